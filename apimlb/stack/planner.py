"""plan(desired, observed): what a deploy would do, as a value. Two values in, one out; nothing is asked.

Only the fields that a resource's body names are compared, so what others set in Azure stays theirs. A field
that Azure writes in another form than it was sent (a location's display name, an id's case, a policy's white
space) is the same field: recorded service and policy replies show each of these.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apimlb.stack.graph import order
from apimlb.stack.resources import Joined, Json, Output, Resource


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its dotted path, what Azure has and what the stack wants."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One resource and what happens to it; `body` is what a PUT sends, with outputs still open in it."""

    action: Action
    resource: Resource
    body: Json = field(repr=False)
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps, each after what it needs."""

    steps: tuple[Step, ...]

    def of(self, action: Action) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action is action)

    @property
    def is_empty(self) -> bool:
        """True when Azure already is as the stack wants it."""
        return all(step.action is Action.KEEP for step in self.steps)

    def summary(self) -> str:
        """`Plan: 7 to create, 1 to change, 12 unchanged.`"""
        counts = [len(self.of(action)) for action in (Action.CREATE, Action.UPDATE, Action.KEEP)]
        return "Plan: {} to create, {} to change, {} unchanged.".format(*counts)


def plan(desired: Sequence[Resource], observed: Mapping[str, Json]) -> Plan:
    """What makes `observed` (replies by lower-case id; absent = not there) into `desired`.

    Raises `GraphError` when a resource needs one that is not there, or some need each other in a circle.
    """
    return Plan(tuple(_step(resource, observed) for resource in order(desired)))


def _step(resource: Resource, observed: Mapping[str, Json]) -> Step:
    there = observed.get(resource.key)
    if there is None:
        return Step(Action.CREATE, resource, resource.body)
    changes = tuple(
        change
        for change in (*_broken(there), *differences(resource.body, there, observed))
        if change.path not in resource.create_only
    )
    action = Action.UPDATE if changes else Action.KEEP
    return Step(action, resource, _kept(resource, there), changes)


def _broken(there: Json) -> Iterator[Change]:
    """A resource that Azure could not finish is made again, whatever its fields say."""
    state = (there.get("properties") or {}).get("provisioningState")
    if state in ("Failed", "Canceled"):
        yield Change("properties.provisioningState", state, "Succeeded")


def differences(wanted: Any, there: Any, observed: Mapping[str, Json], path: str = "") -> Iterator[Change]:
    """The fields of `wanted` that `there` has otherwise; outputs are resolved out of `observed`."""
    match wanted:
        case dict() if not wanted and not isinstance(there, dict):
            yield Change(path, there, wanted)
        case dict():
            held = {k.lower(): v for k, v in there.items()} if isinstance(there, dict) else {}
            for name, value in wanted.items():
                yield from differences(value, held.get(name.lower()), observed, f"{path}.{name}".lstrip("."))
        case list() if isinstance(there, list) and len(there) == len(wanted):
            for index, (value, other) in enumerate(zip(wanted, there, strict=True)):
                yield from differences(value, other, observed, f"{path}[{index}]")
        case Output() | Joined():
            try:
                yield from differences(wanted.of(observed), there, observed, path)
            except LookupError:
                yield Change(path, there, wanted)
        case _ if not same(path, wanted, there):
            yield Change(path, there, wanted)


def same(path: str, wanted: Any, there: Any) -> bool:
    """Whether Azure's value is the wanted one in Azure's spelling."""
    if wanted == there:
        return True
    if not isinstance(wanted, str) or not isinstance(there, str):
        return False
    if path == "location":
        return wanted.replace(" ", "").lower() == there.replace(" ", "").lower()
    if wanted.startswith("/subscriptions/"):
        return wanted.lower() == there.lower()
    if wanted.lstrip().startswith("<"):
        return "".join(wanted.split()) == "".join(there.split())
    return False


def _kept(resource: Resource, there: Json) -> Json:
    """The body of an update: what was for creation only stays as Azure has it, and so do others' tags."""
    body: Json = _copy(resource.body)
    for path in resource.create_only:
        _put(body, path.split("."), _get(there, path.split(".")))
    if "tags" in body:
        body["tags"] = {**(there.get("tags") or {}), **body["tags"]}
    return body


def _copy(value: Any) -> Any:
    match value:
        case dict():
            return {name: _copy(item) for name, item in value.items()}
        case list():
            return [_copy(item) for item in value]
        case _:
            return value


def _get(body: Any, path: Sequence[str]) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _put(body: Json, path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    if value is not None:
        body[path[-1]] = value
