"""What Azure has of a stack: what it wants, what it does not want any more, and what others put beside it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from apimlb.deploy.cloud import Cloud, state_of
from apimlb.deploy.guests import CHILDREN, Former, suffix_of, things_in
from apimlb.deploy.ids import (
    ACCOUNT,
    ALERT,
    API,
    BACKEND,
    COMPONENT,
    DEPLOYMENT,
    DIAGNOSTIC,
    FEDERATED_CREDENTIAL,
    GROUP,
    IDENTITY,
    LOGGER,
    NAMED_VALUE,
    OPERATION,
    PRODUCT,
    PRODUCT_API,
    ROLE_ASSIGNMENT,
    SERVICE,
    SMART_RULE,
    SUBSCRIPTION_KEY,
    WORKBOOK,
    WORKSPACE,
    is_within,
    kind_of,
    names_of,
    parent_of,
    short,
)
from apimlb.deploy.reads import each, together
from apimlb.http import last_segment
from apimlb.stack.differences import changes_of
from apimlb.stack.marks import Mark, guests_in, mark_in, mark_of
from apimlb.stack.names import component_of
from apimlb.stack.resources import Json, Resource

# What is asked for by one listing: the types below each type.
_BELOW: Mapping[str, tuple[str, ...]] = {
    GROUP: (ACCOUNT, ROLE_ASSIGNMENT),
    ACCOUNT: (DEPLOYMENT,),
    IDENTITY: (FEDERATED_CREDENTIAL,),
    SERVICE: CHILDREN,
    API: (OPERATION,),
    PRODUCT: (PRODUCT_API,),
}
_WHOLE = frozenset(
    {
        ACCOUNT,
        BACKEND,
        DEPLOYMENT,
        LOGGER,
        NAMED_VALUE,
        OPERATION,
        PRODUCT,
        PRODUCT_API,
        ROLE_ASSIGNMENT,
        SUBSCRIPTION_KEY,
    }
)
"""Of these a listing's row says as much as the resource itself (recorded: apim_cli_core_service t1-t12)."""
_TOLD = frozenset({API, PRODUCT, PRODUCT_API, SUBSCRIPTION_KEY})
"""Of these every row is told of, whosesoever it is."""
_HOLDING = frozenset({PRODUCT})
"""What is listed, and has in it what is asked for."""

_NOUNS = {
    ACCOUNT: "account",
    ALERT: "alert",
    API: "API",
    BACKEND: "backend",
    COMPONENT: "Application Insights",
    DEPLOYMENT: "deployment",
    DIAGNOSTIC: "diagnostics",
    IDENTITY: "identity",
    SERVICE: "gateway",
    SUBSCRIPTION_KEY: "key",
    SMART_RULE: "Azure's own alert rule",
    LOGGER: "logger",
    NAMED_VALUE: "named value",
    OPERATION: "operation",
    PRODUCT: "product",
    ROLE_ASSIGNMENT: "role",
    WORKBOOK: "workbook",
    WORKSPACE: "log workspace",
}
"""What the stack may have and not want any more."""

_IN_GROUP = frozenset({ACCOUNT, ALERT, COMPONENT, IDENTITY, WORKBOOK, WORKSPACE})
"""What of a stack is found in its group's listing."""

_CLOSED = frozenset({"created", "activating", "deleting"})
"""States of a gateway in which nothing in it can be asked for."""

_BUILT_IN = frozenset({"master", "starter", "unlimited", "echo-api"})
"""What Azure puts into a new gateway."""
_CREDENTIALS = "Logger-Credentials-"
"""What the named values are called that Azure makes of a logger's credentials."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What there is of a stack.

    `replies` by lower-case id are of what it wants, `strays` what is its own and not wanted. `others` are the
    ids of what somebody else put into its group, gateway, accounts or identity; `elsewhere` the gateways of
    the same stack at other locations, `former` those that it was in before. `forgotten` are the tags of its
    group that name one where it has nothing. `azures` is what Azure made by itself beside what is the
    stack's. `inside` are the rows of what is listed of the gateway's APIs, keys and products, and of the APIs
    in the products that are wanted. `closed` are the ids of what nobody can look into yet.
    """

    replies: Mapping[str, Json] = field(repr=False)
    strays: tuple[Resource, ...] = ()
    others: tuple[str, ...] = ()
    elsewhere: tuple[Json, ...] = ()
    former: tuple[Former, ...] = ()
    forgotten: tuple[str, ...] = ()
    azures: tuple[Resource, ...] = ()
    inside: tuple[Json, ...] = ()
    closed: tuple[str, ...] = ()


def observe(cloud: Cloud, desired: Iterable[Resource]) -> dict[str, Json]:
    """Replies by lower-case id; what does not exist is absent, and what hangs on it is not asked for.

    Raises what the cloud raises.
    """
    waiting = {resource.key: resource.id for resource in desired}
    seen: dict[str, Json] = {}
    while waiting:
        level = [id for key, id in waiting.items() if not any(is_within(key, other) for other in waiting)]
        found = each(cloud.get, level)
        absent = [id.lower() for id, body in found.items() if body is None]
        seen |= {id.lower(): body for id, body in found.items() if body is not None}
        waiting = {
            key: id
            for key, id in waiting.items()
            if id not in found and not any(is_within(key, gone) for gone in absent)
        }
    return seen


def survey(
    cloud: Cloud, desired: Sequence[Resource], group: Json | None = None, *, retires: bool = False
) -> Observed:
    """All that there is of the stack, also what its file does not name any more; `group` is what Azure has of
    its resource group, where that was just read. What it has at gateways of before is among the strays only
    if it `retires` from there.

    Raises what the cloud raises.
    """
    mark = mark_in(desired)
    wanted = next(resource for resource in desired if kind_of(resource.id) == GROUP)
    adopted = each(cloud.get, [resource.id for resource in desired if resource.adopted])
    found = {id.lower(): body for id, body in adopted.items() if body is not None}
    group = group or cloud.get(wanted.id)
    services = [id for id in adopted if kind_of(id) == SERVICE and id.lower() in found]
    if group is None and not services:
        return Observed(found)
    look = _Look(cloud, desired, mark, found | ({wanted.key: group} if group else {}))
    listed = look.into(wanted.id) if group else []
    look.back(group, listed)
    look.down([*([wanted.id] if group else []), *services])
    return look.observed(listed, retires=retires)


class _Look:
    """One look at a stack, a level at a time: what is there is asked for, and what is in it listed."""

    def __init__(
        self, cloud: Cloud, desired: Sequence[Resource], mark: Mark, replies: dict[str, Json]
    ) -> None:
        self._cloud = cloud
        self._mark = mark
        self._desired = {resource.key: resource for resource in desired}
        self._ending = f"-{suffix_of(desired)}"
        self._rule = f"failure anomalies - {component_of(mark.stack, suffix_of(desired))}"
        self._azures: list[Resource] = []
        self._replies = replies
        self._strays: dict[str, Resource] = {}
        self._others: list[str] = []
        self._roles: list[Json] = []
        self._inside: list[Json] = []
        self._former: list[Former] = []
        self._forgotten: list[str] = []
        self._closed: list[str] = []

    def into(self, group: str) -> list[Json]:
        """What is in the group, without properties."""
        listed = self._cloud.resources_in_group(group)
        for row in listed:
            id, kind = str(row["id"]), kind_of(str(row["id"]))
            mark = mark_of(kind, row)
            if id.lower() in self._desired:
                continue
            if kind == SMART_RULE and last_segment(id).lower() == self._rule:
                self._azures.append(_stray(row))
            elif kind in _IN_GROUP and self._mark.owns(mark) and self._is_here(id, mark):
                self._strays[id.lower()] = _stray(row)
            elif mark is None or mark.stack != self._mark.stack:
                self._others.append(id)
        return listed

    def back(self, group: Json | None, listed: Sequence[Json]) -> None:
        """Look for what there is at gateways of before: the stack's own, and those that its group names."""
        for row in listed:
            id, mark = str(row["id"]), mark_of(SERVICE, row)
            mine = kind_of(id) == SERVICE and id.lower() not in self._desired and self._mark.owns(mark)
            if mine and self._is_here(id, mark) and (service := self._cloud.get(id)) is not None:
                self._former.append(Former(service, (_stray({**row, **service}),)))
        tags = {id: tag for tag, id in guests_in(group).items() if id.lower() not in self._desired}
        for id, former in things_in(self._cloud, tags, self._mark, _stray):
            if former is None:
                self._forgotten.append(tags[id])
            else:
                self._former.append(former)

    def _is_here(self, id: str, mark: Mark | None) -> bool:
        """Whether it is of the stack at this location; a workbook's name says nothing."""
        named = id.endswith(self._ending)
        return named or (kind_of(id) == WORKBOOK and mark is not None and mark.id == self._mark.id)

    def down(self, parents: Sequence[str]) -> None:
        """Ask for what is wanted below the parents, which are there, and list what is in them."""
        while parents:
            self._closed += [id for id in parents if not self._is_open(id)]
            parents = [id for id in parents if id not in self._closed]
            wanted = [r.id for key, r in self._desired.items() if self._is_asked_for(key, parents)]
            listings = [(parent, kind) for parent in parents for kind in _BELOW.get(kind_of(parent), ())]
            reads: dict[Any, Callable[[], Any]] = {id: partial(self._cloud.get, id) for id in wanted}
            reads |= {pair: partial(self._cloud.children, *pair) for pair in listings}
            read = together(reads)
            for pair in listings:
                self._sort(pair[1], read[pair])
            found = {id: read[id] for id in wanted if read[id] is not None}
            self._replies |= {id.lower(): body for id, body in found.items()}
            at_top = any(kind_of(id) == GROUP for id in parents)
            parents = [*found, *self._holders(parents), *(self._accounts() if at_top else ())]

    def _holders(self, parents: Sequence[str]) -> Iterator[str]:
        """What was listed below the parents and has in it what is wanted: a product with APIs."""
        above = {parent.lower() for parent in parents}
        for key in {parent_of(key).lower() for key in self._desired}:
            if kind_of(key) in _HOLDING and key in self._replies and parent_of(key).lower() in above:
                yield self._desired[key].id

    def _accounts(self) -> Iterator[str]:
        """Those that are there, wanted or not any more."""
        for key, resource in {**self._desired, **self._strays}.items():
            if kind_of(key) == ACCOUNT and (key in self._replies or key in self._strays):
                yield resource.id

    def _is_open(self, id: str) -> bool:
        """Whether there can be something in it: not yet in what is being made."""
        return state_of(self._replies.get(id.lower(), {})) not in _CLOSED

    def _is_asked_for(self, key: str, parents: Sequence[str]) -> bool:
        above = parent_of(key).lower()
        resource = self._desired[key]
        # A listing has no secrets.
        known = kind_of(key) in _WHOLE and not resource.secrets - resource.create_only
        return not (known or resource.adopted) and any(above == parent.lower() for parent in parents)

    def _sort(self, kind: str, rows: Sequence[Json]) -> None:
        """Tell what is wanted, what is not any more and what is somebody else's."""
        self._inside += rows if kind in _TOLD else []
        for row in rows:
            id = str(row["id"])
            if id.lower() in self._desired:
                if kind in _WHOLE:
                    self._replies[id.lower()] = row
            elif kind == API and id.lower().partition(";rev=")[0] in self._desired:
                continue  # a revision of an API that is wanted: a way back, or what was not released
            elif kind == SUBSCRIPTION_KEY and self._mark.owns(mark_of(kind, row)):
                continue  # a key that `apimlb keys` made
            elif kind == PRODUCT_API:
                continue  # somebody else's API, which the stack's keys open too
            elif kind == ACCOUNT:
                continue  # among the group's resources already
            elif self._is_stray(id, kind, row):
                self._strays[id.lower()] = _stray(row)
            elif kind == ROLE_ASSIGNMENT:
                self._roles.append(row)
            elif not _is_built_in(row):
                self._others.append(id)

    def _is_stray(self, id: str, kind: str, row: Json) -> bool:
        if kind not in _NOUNS or (kind == ROLE_ASSIGNMENT and not parent_of(id).endswith(self._ending)):
            return False
        if kind == DEPLOYMENT and parent_of(id).lower() in self._strays:
            return True
        mark = mark_of(kind, row)
        if mark is None and kind == OPERATION:
            # In an API from before there were marks nothing has one.
            return mark_of(API, self._replies[parent_of(id).lower()]) is None
        return mark is not None and self._mark.owns(mark) and mark.id == self._mark.id

    def _settle(self, *, retires: bool) -> None:
        """What is at gateways of before goes, or it stays with what it needs. Azure's rule goes with what it
        is about."""
        if not any(kind_of(key) == COMPONENT for key in self._desired):
            self._strays |= {rule.key: rule for rule in self._azures}
        for former in self._former:
            if retires:
                self._strays |= {thing.key: thing for thing in former.things}
            else:
                needed = [key for key, stray in self._strays.items() if former.needs(stray)]
                for key in needed:
                    del self._strays[key]

    def observed(self, listed: Sequence[Json], *, retires: bool) -> Observed:
        """The end of the look; what a listing shows otherwise than it is wanted is asked for itself."""
        for row in self._roles:
            if parent_of(str(row["id"])).lower() in self._strays and self._is_given_to_us(row):
                self._strays[str(row["id"]).lower()] = _stray(row)
        self._find_diagnostics()
        self._settle(retires=retires)
        doubtful = [
            resource.id
            for key, resource in self._desired.items()
            if kind_of(key) in _WHOLE
            and not resource.adopted
            and key in self._replies
            and changes_of(resource, self._replies[key], self._replies)
        ]
        for id, body in each(self._cloud.get, doubtful).items():
            if body is None:
                self._replies.pop(id.lower(), None)
            else:
                self._replies[id.lower()] = body
        return Observed(
            self._replies,
            tuple(self._strays.values()),
            tuple(self._others),
            tuple(row for row in listed if self._is_elsewhere(row)),
            tuple(self._former),
            tuple(self._forgotten),
            tuple(self._azures),
            tuple(self._inside),
            tuple(self._closed),
        )

    def _find_diagnostics(self) -> None:
        """Those of loggers that are not wanted any more: they carry no mark, and keep a logger from going."""
        loggers = [key for key in self._strays if kind_of(key) == LOGGER]
        apis = [resource.id for key, resource in self._desired.items() if kind_of(key) == API]
        held = [id for id in apis if id.lower() in self._replies] if loggers else []
        for rows in each(lambda id: self._cloud.children(id, DIAGNOSTIC), held).values():
            for row in rows:
                logger = str((row.get("properties") or {}).get("loggerId") or "").lower()
                id = str(row["id"])
                if id.lower() not in self._desired and any(logger.endswith(key) for key in loggers):
                    self._strays[id.lower()] = _stray(row)

    def _is_given_to_us(self, role: Json) -> bool:
        """Whether it is one from before there were marks, given to the gateway's identity."""
        ours = [body for key, body in self._replies.items() if kind_of(key) == IDENTITY]
        principals = [(body.get("properties") or {}).get("principalId") for body in ours]
        return (role.get("properties") or {}).get("principalId") in principals

    def _is_elsewhere(self, row: Json) -> bool:
        mark = mark_of(SERVICE, row)
        id = str(row["id"])
        mine = mark is not None and mark.stack == self._mark.stack
        here = [str(former.service["id"]).lower() for former in self._former]
        return mine and kind_of(id) == SERVICE and id.lower() not in (*self._desired, *here)


def _stray(row: Json) -> Resource:
    id = str(row["id"])
    kind = kind_of(id)
    pooled = kind == BACKEND and (row.get("properties") or {}).get("type") == "Pool"
    noun = "pool" if pooled else _NOUNS[kind]
    name = last_segment(short(parent_of(id))) if kind == ROLE_ASSIGNMENT else "/".join(_own(id))
    exclusive = parent_of(id) if kind in (DEPLOYMENT, DIAGNOSTIC, OPERATION) else ""
    return Resource(
        id, kind, row, f"{noun} {'on ' if kind == ROLE_ASSIGNMENT else ''}{name}", exclusive=exclusive
    )


def _own(id: str) -> tuple[str, ...]:
    """The resource's names; what is in a gateway does without the gateway's."""
    names = names_of(id)
    return names[-1:] if kind_of(id).startswith(f"{SERVICE}/") else names


def _is_built_in(row: Json) -> bool:
    properties = row.get("properties") or {}
    scope = last_segment(str(properties.get("scope") or ""))
    if str(properties.get("displayName")).startswith(_CREDENTIALS):
        return True
    return str(row.get("name")).lower() in _BUILT_IN or scope.lower() in _BUILT_IN
