"""A cloud in memory that refuses what Azure refuses: a `apimlb.deploy.cloud.Cloud` for tests.

Operations end at once. Parents must exist; deleted accounts and services are kept until they are purged; two
writes at a time under one account, or on one API, are a conflict.
"""

import copy
import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from apimlb.deploy.ids import (
    ACCOUNT,
    COMPONENT,
    DELETED_ACCOUNT,
    DELETED_SERVICE,
    DEPLOYMENT,
    GROUP,
    IDENTITY,
    SERVICE,
    deleted_id,
    group_of,
    is_within,
    kind_of,
    names_of,
    parent_of,
    subscription_of,
)
from apimlb.errors import ApimlbError, CloudError, ConflictError
from tests.stacks import TENANT

Json = dict[str, Any]

LOCATIONS = ("eastus2", "swedencentral", "westus3")
APIM_SUBSCRIPTION = "microsoft.apimanagement/service/subscriptions"
API = "microsoft.apimanagement/service/apis"


class Killed(BaseException):
    """The process dies here."""


class FakeCloud:
    """`limit` is every region's quota per model; `fail` says what to raise for a write, by verb and id."""

    def __init__(self, *, limit: int = 1000, models: Mapping[str, str] | None = None) -> None:
        self.limit = limit
        self.retired: dict[str, str] = {}
        self.offered = dict(models or {"gpt-5.1": "2025-11-13", "text-embedding-3-small": "1"})
        self.resources: dict[str, Json] = {}
        self.deleted: dict[str, Json] = {}
        self.taken: dict[str, str] = {}
        self.unregistered: set[str] = set()
        self.registering: dict[str, int] = {}
        self.locked: list[Json] = []
        self.allowed = ["*"]
        self.denied: dict[str, list[str]] = {}
        self.reads: list[str] = []
        self.writes: list[tuple[str, str]] = []
        self.fail: Callable[[str, str], None] = lambda verb, id: None
        self.during: Callable[[str, str], None] = lambda verb, id: None
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    # What the deployer asks.

    def get(self, id: str) -> Json | None:
        self.reads.append(id)
        with self._lock:
            found = self.resources.get(id.lower()) or self.deleted.get(id.lower())
            return copy.deepcopy(found)

    def secrets(self, id: str) -> Json | None:
        found = self.get(id)
        return found and {name: found[name] for name in ("primaryKey", "secondaryKey") if name in found}

    def put(self, id: str, body: Json, etag: str = "") -> Json:
        with self._writing("put", id):
            before = self.resources.get(id.lower())
            self._check_parent(id)
            if before is None and body.get("properties", {}).get("restore"):
                return self._dig_up(id, body)
            self._check_deleted(id, body)
            made = {**copy.deepcopy(body), "id": id, "name": id.rsplit("/", 1)[-1]}
            made = _as_azure_shows_it(made, before)
            self.resources[id.lower()] = made
            return copy.deepcopy(made)

    def patch(self, id: str, body: Json) -> Json:
        with self._writing("patch", id):
            there = self.resources.get(id.lower())
            if there is None:
                raise CloudError("not found", where=id, status=404, code="ResourceNotFound")
            _merge(there, body)
            if "tags" in body:  # all of them at once
                there["tags"] = dict(body["tags"])
            return copy.deepcopy(there)

    def delete(self, id: str) -> None:
        with self._writing("delete", id):
            key = id.lower()
            if self.deleted.pop(key, None) is not None:
                return
            if kind_of(id) == ACCOUNT and self._below(id, DEPLOYMENT):
                raise CloudError("nested resources exist", where=id, status=409, code="CannotDeleteResource")
            self._check_unused(id)
            gone = {k: b for k, b in self.resources.items() if k == key or is_within(k, key)}
            for k in gone:
                del self.resources[k]
            for k, body in gone.items():
                self._bury(k, body, gone)

    def renew_key(self, id: str, which: str) -> None:
        with self._writing("renew", id):
            self.resources[id.lower()][f"{which}Key"] = _key(id, which, str(len(self.writes)))

    def children(self, parent: str, kind: str) -> list[Json]:
        with self._lock:
            if kind in (DELETED_ACCOUNT, DELETED_SERVICE):
                return [copy.deepcopy(b) for k, b in self.deleted.items() if kind_of(k) == kind]
            return [copy.deepcopy(b) for b in self._below(parent, kind)]

    def resources_in_group(self, group: str) -> list[Json]:
        with self._lock:
            below = [(k, b) for k, b in self.resources.items() if is_within(k, group)]
            return [
                copy.deepcopy(b) for k, b in below if len(names_of(k)) == 1 and k.count("/providers/") == 1
            ]

    def locks(self, scope: str) -> list[Json]:
        return copy.deepcopy(self.locked)

    def permissions(self, scope: str) -> list[Json]:
        return [{"actions": self.allowed, "notActions": []}]

    def denials(self, scope: str, resource: Json) -> list[Json]:
        return [
            {"policyInfo": {"policyAssignmentId": id}} for id in self.denied.get(resource["type"].lower(), ())
        ]

    def locations(self) -> list[str]:
        return list(LOCATIONS)

    def regions(self) -> list[Json]:
        groups = ("US", "Europe", "US")
        rows = zip(LOCATIONS, groups, strict=True)
        return [{"name": name, "metadata": {"geographyGroup": group}} for name, group in rows]

    def usages(self, location: str) -> list[Json]:
        with self._lock:
            return [
                {
                    "name": {"value": _quota(model)},
                    "currentValue": self._used(location, model),
                    "limit": self.limit,
                }
                for model in self.offered
            ]

    def models(self, location: str) -> list[Json]:
        return [
            {
                "kind": "OpenAI",
                "model": {
                    "format": "OpenAI",
                    "name": name,
                    "version": version,
                    "skus": [
                        {"name": "GlobalStandard", "usageName": _quota(name), "capacity": {"maximum": 5000}}
                    ],
                    "deprecation": {"inference": self.retired.get(name, "2040-01-01T00:00:00Z")},
                },
            }
            for name, version in self.offered.items()
        ]

    def registration(self, namespace: str) -> str:
        with self._lock:
            if namespace in self.registering:
                self.registering[namespace] -= 1
                return "Registering" if self.registering[namespace] > 0 else "Registered"
            return "NotRegistered" if namespace in self.unregistered else "Registered"

    def register(self, namespace: str) -> None:
        with self._lock:
            self.registering[namespace] = 3

    def service_name_taken(self, name: str) -> str:
        return self.taken.get(name, "")

    def domain_taken(self, subdomain: str) -> str:
        return self.taken.get(subdomain, "")

    # What tests ask.

    def ids(self, kind: str) -> list[str]:
        """The ids of what there is of a type."""
        return [body["id"] for key, body in self.resources.items() if kind_of(key) == kind]

    def dies_after(self, writes: int) -> None:
        """Kill whoever makes one write more than that, and all who write after it; see `reborn`."""
        left = iter(range(writes))

        def fail(verb: str, id: str) -> None:
            if next(left, None) is None:
                raise Killed(id)  # an exhausted iterator stays exhausted

        self.fail = fail

    def reborn(self) -> "FakeCloud":
        """The same cloud for another process: what threads of a killed one still try does not reach it."""
        other = FakeCloud(limit=self.limit, models=self.offered)
        other.resources, other.deleted, other._lock = self.resources, self.deleted, self._lock
        return other

    def refuses(self, part: str, error: ApimlbError) -> None:
        """Raise the error for every write whose id contains `part`."""

        def fail(verb: str, id: str) -> None:
            if part in id:
                raise error

        self.fail = fail

    @contextmanager
    def _writing(self, verb: str, id: str) -> Iterator[None]:
        exclusive = _exclusive(id)
        with self._lock:
            self.fail(verb, id)
            if exclusive in self._busy:
                raise CloudError("another operation", where=id, status=409, code="RequestConflict")
            self._busy |= {exclusive} - {""}
            self.writes.append((verb, id))
        try:
            self.during(verb, id)
            with self._lock:
                yield
        finally:
            with self._lock:
                self._busy -= {exclusive}

    def _check_parent(self, id: str) -> None:
        parent = parent_of(id)
        if kind_of(id) != GROUP and parent.lower() not in self.resources:
            raise CloudError(f"{parent} not found", where=id, status=404, code="ParentResourceNotFound")

    def _check_unused(self, id: str) -> None:
        """A member of a pool cannot be deleted."""
        for pool in self.resources.values():
            members = (pool["properties"].get("pool") or {}).get("services") or []
            if any(member["id"].lower() == id.lower() for member in members):
                raise CloudError("in use by a pool", where=id, status=400, code="ValidationError")

    def _check_deleted(self, id: str, body: Json) -> None:
        kept = [k for k in self.deleted if names_of(k)[-1] == names_of(id)[-1].lower()]
        if kind_of(id) in (ACCOUNT, SERVICE) and kept:
            raise ConflictError("soft-deleted", where=id)

    def _bury(self, key: str, body: Json, gone: Mapping[str, Json]) -> None:
        if kind_of(key) not in (ACCOUNT, SERVICE):
            return
        id = deleted_id(body["id"], body["location"])
        properties = {"serviceId": body["id"]} if kind_of(key) == SERVICE else body["properties"]
        tags = {} if kind_of(key) == SERVICE else {"tags": body.get("tags", {})}
        tree = {k: b for k, b in gone.items() if (k == key or is_within(k, key)) and "roleassign" not in k}
        shown = {"id": id, "name": body["name"], "properties": properties, **tags}
        self.deleted[id.lower()] = {**shown, "tree": tree}

    def _dig_up(self, id: str, body: Json) -> Json:
        gone = self.deleted.pop(deleted_id(id, body["location"]).lower())
        self.resources |= gone["tree"]
        return copy.deepcopy(self.resources[id.lower()])

    def _below(self, parent: str, kind: str) -> list[Json]:
        return [b for k, b in self.resources.items() if kind_of(k) == kind and is_within(k, parent)]

    def _used(self, location: str, model: str) -> int:
        return sum(
            body["sku"]["capacity"]
            for key, body in self.resources.items()
            if kind_of(key) == DEPLOYMENT
            and body["properties"]["model"]["name"] == model
            and self.resources[parent_of(key)]["location"] == location
        )


def _exclusive(id: str) -> str:
    """What allows one write at a time: an account's children, an API with all that is in it."""
    kind = kind_of(id)
    if kind == DEPLOYMENT:
        return parent_of(id).lower()
    if kind == API or kind.startswith(API + "/"):
        return "/".join(id.split("/")[:11]).lower()
    return ""


def _quota(model: str) -> str:
    return f"OpenAI.GlobalStandard.{model}"


def _as_azure_shows_it(made: Json, before: Json | None) -> Json:
    """What Azure adds: states, principals, keys, the gateway's address, a location's display name."""
    kind, id = kind_of(made["id"]), made["id"]
    properties = made.setdefault("properties", {})
    if kind == SERVICE:
        properties["gatewayUrl"] = f"https://{made['name']}.azure-api.net"
    if kind == IDENTITY:
        assigned = {name: _uuid(id, name.removesuffix("Id")) for name in ("principalId", "clientId")}
        properties |= {**assigned, "tenantId": TENANT}
    if kind == COMPONENT:
        properties["ConnectionString"] = f"InstrumentationKey={_uuid(id, 'instrumentation')}"
    if kind == APIM_SUBSCRIPTION:
        made |= {name: _key(id, name) for name in ("primaryKey", "secondaryKey")}
    properties["provisioningState"] = "Succeeded"
    if before is not None and "tags" not in made and "tags" in before:
        made["tags"] = before["tags"]
    made["subscriptionId"] = subscription_of(id)
    made["group"] = group_of(id)
    return made


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(parts).lower()))


def _key(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).lower().encode()).hexdigest()[:32]


def _merge(there: Json, body: Json) -> None:
    for name, value in body.items():
        if isinstance(value, dict) and isinstance(there.get(name), dict):
            _merge(there[name], value)
        else:
            there[name] = copy.deepcopy(value)
