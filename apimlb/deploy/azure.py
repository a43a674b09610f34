"""Azure Resource Manager as a `Cloud`: every operation carried through, whatever passes on the way.

`apimlb.deploy.operations` says which operation serves which type of resource, `apimlb.deploy.patience` how
long it is waited for, `apimlb.deploy.refusals` what passes by itself, `apimlb.deploy.sdk` sends.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, TypeVar

from apimlb.clock import Clock
from apimlb.deploy import refusals
from apimlb.deploy.attempts import Attempts
from apimlb.deploy.cloud import Target
from apimlb.deploy.following import Answer
from apimlb.deploy.ids import NAMED_VALUE, group_of, kind_of, short, subscription_of
from apimlb.deploy.long_running import LongRunning
from apimlb.deploy.operations import KINDS, Kind
from apimlb.deploy.patience import READING, for_reading, patience_for
from apimlb.deploy.recent import LASTS, Recent
from apimlb.deploy.refusals import Refusal, Refused
from apimlb.deploy.sdk.credential import SharedCredential, source_of
from apimlb.deploy.sdk.wire import Wire, silence
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import CloudError, NotFoundError
from apimlb.http import last_segment
from apimlb.stack.resources import Json

Reply = TypeVar("Reply")

_FORBIDDEN = 403
_FIRST, _LONGEST = 0.5, 4.0
"""Seconds before another read where the last one was older than a write."""
LOCKS_VERSION = "2020-05-01"
"""The api-version of Microsoft.Authorization/locks."""
_VERSIONS = {
    "microsoft.apimanagement/service": "2024-05-01",
    "microsoft.cognitiveservices/accounts": "2025-09-01",
    "microsoft.managedidentity/userassignedidentities": "2024-11-30",
    "microsoft.operationalinsights/workspaces": "2025-07-01",
    "microsoft.insights/components": "2020-02-02",
}
"""The api-versions in which bodies are written (`apimlb.stack.desired`)."""
POLICY_VERSION = "2022-03-01"
"""The api-version of Microsoft.PolicyInsights/checkPolicyRestrictions."""
PERMISSIONS_VERSION = "2022-04-01"
"""The api-version of Microsoft.Authorization/permissions."""


class Azure:
    """Azure Resource Manager at a target: a `Cloud`."""

    def __init__(self, subscription_id: str, wire: Wire, clock: Clock) -> None:
        self._subscription_id = subscription_id
        self._wire = wire
        self._clock = clock
        self._recent = Recent(clock)

    def get(self, id: str) -> Json | None:
        end = self._clock.now() + for_reading(kind_of(id)).deadline
        found: Json | None = self._current(
            short(id), lambda: self._found(id, end), lambda body: self._recent.is_older(id, body)
        )
        self._recent.saw(id, found)
        return found

    def _found(self, id: str, end: float) -> Json | None:
        try:
            with _told(id):
                return self._shown(id, self._attempts(id, end))
        except NotFoundError:
            return None

    def secrets(self, id: str) -> Json | None:
        attempts = self._attempts(id, self._clock.now() + for_reading(kind_of(id)).deadline)

        def read() -> Json | None:
            try:
                with _told(id):
                    return self._with_secrets(id, {}, attempts)
            except NotFoundError:
                return None

        return self._current(short(id), read, lambda found: found is None and self._recent.is_older(id, None))

    def put(self, id: str, body: Json, etag: str = "") -> Json:
        kind = _kind(id)
        condition = {"if_match": etag} if etag and kind.guarded else {}
        try:
            return self._write(id, body, kind.put, told=(412,), **condition)
        except CloudError as error:
            # The same role for the same principal under another name: what was wanted is there.
            if error.code != "RoleAssignmentExists":
                raise
            return {"id": id, **body}

    def patch(self, id: str, body: Json) -> Json:
        return self._write(id, body, _kind(id).patch)

    def delete(self, id: str) -> None:
        kind = _kind(id)
        options: dict[str, Any] = {"if_match": "*"} if kind.guarded else {}
        if kind.forced:
            options["params"] = {"force": "true"}
        if kind.revised and ";rev=" not in id:
            options["delete_revisions"] = True
        attempts = self._attempts(id, self._clock.now() + patience_for(kind_of(id)).deadline)
        try:
            with _told(id):
                self._carry_out(id, attempts, kind.delete, **options)
        except NotFoundError:
            pass
        self._recent.wrote(id, None)

    def renew_key(self, id: str, which: Literal["primary", "secondary"]) -> None:
        attempts = self._attempts(id, self._clock.now() + patience_for(kind_of(id)).deadline)
        with _told(id):
            self._carry_out(id, attempts, f"regenerate_{which}_key")

    def children(self, parent: str, kind: str) -> list[Json]:
        way = KINDS[kind]
        # What is listed for the whole subscription is asked for without arguments.
        arguments = (parent,) if way.scoped else _kind(parent).arrange(parent) if group_of(parent) else ()
        ask = partial(self._wire_to(parent).pages, way.client, way.group, way.list, *arguments)

        def read() -> list[Json]:
            try:
                return self._asked(short(parent), ask)
            except NotFoundError:
                return []

        rows: list[Json] = self._current(
            short(parent), read, lambda found: self._recent.is_older_list(parent, kind, found)
        )
        for row in rows:
            self._recent.saw(str(row.get("id")), row)
        return rows

    def resources_in_group(self, group: str) -> list[Json]:
        return self.children(group, "microsoft.resources/resources")

    def locks(self, scope: str) -> list[Json]:
        return self._listed(scope, "Microsoft.Authorization/locks", LOCKS_VERSION)

    def permissions(self, scope: str) -> list[Json]:
        return self._listed(scope, "Microsoft.Authorization/permissions", PERMISSIONS_VERSION)

    def denials(self, scope: str, resource: Json) -> list[Json]:
        path = f"{scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions"
        details = {
            "resourceContent": resource,
            "apiVersion": _VERSIONS.get(str(resource["type"]).lower(), ""),
        }
        answer = self._asked(
            short(scope),
            lambda: _object(self._wire.post(path, {"resourceDetails": details}, POLICY_VERSION)),
        )
        found = (answer.get("contentEvaluationResult") or {}).get("policyEvaluations") or []
        return [row for row in found if _denies(row)]

    def _listed(self, scope: str, collection: str, version: str) -> list[Json]:
        """What no installed client lists at every scope, read as if the collection were a resource."""
        call = ("resources", "resources", "get_by_id", f"{scope.lstrip('/')}/providers/{collection}")
        ask = partial(self._wire.call, *call, api_version=version)
        return list(self._asked(short(scope), lambda: _saying("value", list, _object(ask())))["value"])

    def locations(self) -> list[str]:
        return [str(row["name"]) for row in self.regions()]

    def regions(self) -> list[Json]:
        id = self._subscription_id
        return self._asked(
            "locations", lambda: self._wire.pages("subscriptions", "subscriptions", "list_locations", id)
        )

    def usages(self, location: str) -> list[Json]:
        return self._asked(location, lambda: self._wire.pages("cognitive", "usages", "list", location))

    def models(self, location: str) -> list[Json]:
        return self._asked(location, lambda: self._wire.pages("cognitive", "models", "list", location))

    def service_name_taken(self, name: str) -> str:
        call = ("apim", "api_management_service", "check_name_availability", _bytes({"name": name}))
        ask = partial(self._wire.call, *call)
        answer = self._asked(name, lambda: _saying("nameAvailable", bool, _object(ask())))
        return "" if answer["nameAvailable"] else _why_taken(answer)

    def domain_taken(self, subdomain: str) -> str:
        call = (
            "cognitive",
            "",
            "check_domain_availability",
            subdomain,
            "Microsoft.CognitiveServices/accounts",
            "OpenAI",
        )
        ask = partial(self._wire.call, *call)
        answer = self._asked(subdomain, lambda: _saying("isSubdomainAvailable", bool, _object(ask())))
        return "" if answer["isSubdomainAvailable"] else _why_taken(answer)

    def registration(self, namespace: str) -> str:
        answer = self._asked(
            namespace, lambda: _object(self._wire.call("resources", "providers", "get", namespace))
        )
        return str(answer.get("registrationState") or "")

    def register(self, namespace: str) -> None:
        self._asked(namespace, lambda: self._wire.call("resources", "providers", "register", namespace))

    def _write(self, id: str, body: Json, method: str, *, told: Collection[int] = (), **options: Any) -> Json:
        """Write and wait; the resource as Azure shows it afterwards."""
        end = self._clock.now() + patience_for(kind_of(id)).deadline
        attempts = self._attempts(id, end, absent=refusals.NOT_YET_THERE, told=told)
        with _told(id):
            if not _kind(id).bare:
                options = {"content_type": "application/json", **options}
            last = self._carry_out(id, attempts, method, *_sent(_kind(id), method, body), **options)
            if last is None or not last.body or "id" not in last.body:
                made = self._shown(id, attempts)
            else:
                made = self._with_secrets(id, _object(last), attempts)
        self._recent.wrote(id, made)
        return made

    def _carry_out(
        self, id: str, attempts: Attempts, method: str, *arguments: Any, **options: Any
    ) -> Answer | None:
        kind = _kind(id)
        work = LongRunning(
            self._clock,
            patience_for(kind_of(id)),
            attempts,
            look=self._wire.look,
            read=lambda: self._read(id),
            deleting=method == kind.delete,
        )

        def begin() -> Answer:
            given = {**kind.options, **options}
            wire = self._wire_to(id)
            return wire.call(kind.client, kind.group, method, *kind.arrange(id), *arguments, **given)

        return work.carry_out(begin) if method.startswith("begin_") else attempts.of(begin)

    def _read(self, id: str) -> Answer:
        kind = _kind(id)
        options = {**kind.options, **({"format": "rawxml"} if kind.rawxml else {})}
        answer = self._wire_to(id).call(kind.client, kind.group, kind.get, *kind.arrange(id), **options)
        _object(answer)
        return answer

    def _shown(self, id: str, attempts: Attempts) -> Json:
        body = attempts.of(lambda: _object(self._read(id)))
        return self._with_secrets(id, body, attempts)

    def _with_secrets(self, id: str, body: Json, attempts: Attempts) -> Json:
        kind = _kind(id)
        properties = body.get("properties") or {}
        is_value = kind_of(id) == NAMED_VALUE
        if not kind.secrets or (is_value and not properties.get("secret")):
            return body
        call = (kind.client, kind.group, kind.secrets, *kind.arrange(id))
        try:
            told = attempts.of(lambda: _object(self._wire_to(id).call(*call)))
            shown = {"properties": {**properties, "value": told.get("value")}} if is_value else told
            return {**body, **shown}
        except Refused as refused:
            # A reader sees all but the keys, and under a lock that forbids changes nobody does.
            if refused.refusal.status != _FORBIDDEN and refused.refusal.code != "ScopeLocked":
                raise
            return body

    def _wire_to(self, id: str) -> Wire:
        """The wire to the subscription that the resource is in: a gateway of others may be in another one."""
        return self._wire.at(last_segment(subscription_of(id)))

    def _current(self, where: str, read: Callable[[], Reply], is_older: Callable[[Reply], bool]) -> Reply:
        """What a read answers once that is not older than the last write from here."""
        pause = _FIRST
        while is_older(found := read()):
            wait(self._clock, Wait(where, "Azure answers with what was there before", pause, LASTS))
            pause = min(2 * pause, _LONGEST)
        return found

    def _asked(self, where: str, attempt: Callable[[], Reply]) -> Reply:
        """What is no resource's own, read."""
        attempts = Attempts(self._clock, self._wire.renew, where, self._clock.now() + READING)
        with _told(where):
            return attempts.of(attempt)

    def _attempts(self, id: str, end: float, **options: Any) -> Attempts:
        return Attempts(self._clock, self._wire.renew, short(id), end, **options)


def connect(target: Target, clock: Clock, **options: Any) -> Azure:
    """The cloud at the target. Nothing is asked before the first call; `options` go to every SDK client."""
    silence()
    credential = SharedCredential(lambda: source_of(target, options), target.tenant_id, clock)
    return Azure(target.subscription_id, Wire(target, credential, clock, options), clock)


@contextmanager
def _told(where: str) -> Iterator[None]:
    """What is refused in the end, as apimlb's own error about the resource or place."""
    try:
        yield
    except Refused as refused:
        raise refused.told(short(where) if where.startswith("/") else where) from refused


def _denies(evaluation: Json) -> bool:
    effect = str((evaluation.get("effectDetails") or {}).get("policyEffect") or "").lower()
    return evaluation.get("evaluationResult") == "NonCompliant" and effect == "deny"


def _kind(id: str) -> Kind:
    return KINDS[kind_of(id)]


def _why_taken(answer: Json) -> str:
    return str(answer.get("message") or answer.get("reason") or "it is taken")


def _saying(name: str, kind: type, answer: Json) -> Json:
    """The answer, where it has a field of this name and kind; raises `Refused` for one that is none."""
    if not isinstance(answer.get(name), kind):
        raise Refused(Refusal(0, "", f"Azure's answer does not say {name}"), refusals.GARBLED)
    return answer


def _bytes(body: Json) -> bytes:
    return json.dumps(body).encode()


def _sent(kind: Kind, method: str, body: Json) -> tuple[str | bytes, ...]:
    """What an operation that writes is given behind the parts of the id."""
    if kind.bare:
        return ()
    return ("*", _bytes(body)) if kind.guarded and method == kind.patch else (_bytes(body),)


def _object(answer: Answer) -> Json:
    """The body; an ETag that stands in a header alone is put into it, where other resources have theirs."""
    etag, body = answer.headers.get("etag"), answer.body or {}
    return {"etag": etag, **body} if etag and body else body
