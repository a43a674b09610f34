"""Where Azure has a resource otherwise than the stack wants it, field by field.

What the resource's body names is compared, and what the table of `apimlb.stack.fields` says of the other
fields. A field that Azure writes in another form than it was sent (a location's display name, an id's case, a
policy's white space, the order of a pool's members) is the same field: recorded replies show each of these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apimlb.stack.fates import Fate, Field
from apimlb.stack.fields import fields_of
from apimlb.stack.marks import in_text
from apimlb.stack.policy_text import canonical
from apimlb.stack.resources import Json, Output, Resource

_AZURES_OWN = "{{Logger-Credentials-"
"""What a logger shows of a credential that it was given as it is: a named value of Azure's own has it."""
_FAILED = ("Failed", "Canceled")
_KEYS = ("id", "name")
"""What tells the members of a list apart whose order means nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its dotted path, what Azure has and what the stack wants; both are shown to
    nobody where it `is_secret`."""

    path: str
    before: Any
    after: Any
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Warning:
    """A field of ours that somebody changed and that is left so: what it is now, and what that means."""

    path: str
    value: Any
    danger: str


def changes_of(resource: Resource, there: Json, observed: Mapping[str, Json]) -> tuple[Change, ...]:
    """What a deploy would change of the resource that Azure has as `there`."""
    wholes = tuple(f"{field.path}." for field in fields_of(resource.type) if field.whole)
    named = (c for c in differences(resource.body, there, observed) if not c.path.startswith(wholes))
    found = (*_unfinished(there), *named, *_untidied(resource, there))
    kept = (change for change in found if change.path not in resource.create_only)
    return tuple(_with_secrecy(kept, resource))


def made_of(resource: Resource, body: Json) -> tuple[Change, ...]:
    """What making the resource anew writes, field by field: a change from nothing for each."""
    fields = differences(body, None, {})
    return tuple(replace(field, is_secret=field.path in resource.secrets) for field in fields)


def _with_secrecy(changes: Iterable[Change], resource: Resource) -> Iterator[Change]:
    """A secret that this login may not read is taken to be what it should be."""
    for change in changes:
        if change.path not in resource.secrets:
            yield change
        elif change.before is not None:
            yield replace(change, is_secret=True)


def warnings_of(resource: Resource, there: Json) -> tuple[Warning, ...]:
    """What is left, and worth a word."""
    return tuple(
        Warning(field.path, at(there, field.path), field.danger)
        for field in fields_of(resource.type)
        if field.fate is Fate.WARNED and not _is_usual(field, there)
    )


def _unfinished(there: Json) -> Iterator[Change]:
    """A resource that Azure could not finish is made again, whatever its fields say."""
    state = (there.get("properties") or {}).get("provisioningState")
    if state in _FAILED:
        yield Change("properties.provisioningState", state, "Succeeded")


def _untidied(resource: Resource, there: Json) -> Iterator[Change]:
    """Fields that the body does not name, which should be as they are when nobody touches them."""
    for field in fields_of(resource.type):
        if field.fate is not Fate.REPAIRED:
            continue
        wanted, found = at(resource.body, field.path), at(there, field.path)
        if wanted is None and not _is_usual(field, there):
            yield Change(field.path, found, _untouched(field))
        elif wanted is not None and field.whole and _bare(found) != _bare(wanted):
            yield Change(field.path, found, wanted)


def _untouched(field: Field) -> Any:
    """What a repair writes; objects are taken away as a whole."""
    return next((value for value in field.usual if not isinstance(value, dict)), None)


def _is_usual(field: Field, there: Json) -> bool:
    found = _bare(at(there, field.path))
    return found in (None, {}, [], *field.usual) or any(_is_default(found, usual) for usual in field.usual)


def _is_default(found: Any, usual: Any) -> bool:
    """A usual object may stand among empty lists: `{"defaultAction": "Allow", "ipRules": []}`."""
    if not isinstance(found, dict) or not isinstance(usual, dict):
        return False
    return all(value == usual.get(name) or value in (None, [], {}) for name, value in found.items())


def _bare(value: Any) -> Any:
    """The value without what is null in it."""
    match value:
        case dict():
            return {name: _bare(item) for name, item in value.items() if item is not None}
        case list():
            return [_bare(item) for item in value]
        case _:
            return value


def differences(wanted: Any, there: Any, observed: Mapping[str, Json], path: str = "") -> Iterator[Change]:
    """The fields of `wanted` that `there` has otherwise; outputs are resolved out of `observed`."""
    match wanted:
        case dict() if not wanted:
            yield from _attachment(there, observed, path)
        case dict():
            held = {k.lower(): v for k, v in there.items()} if isinstance(there, dict) else {}
            for name, value in wanted.items():
                yield from differences(value, held.get(name.lower()), observed, f"{path}.{name}".lstrip("."))
        case list() if path == "properties.tags":
            if not isinstance(there, list) or not all(word in there for word in wanted):
                yield Change(path, there, wanted)
        case list() if isinstance(there, list) and len(there) == len(wanted):
            for index, (value, other) in enumerate(zip(wanted, _paired(wanted, there), strict=True)):
                yield from differences(value, other, observed, f"{path}[{index}]")
        case Output():
            try:
                yield from differences(wanted.of(observed), there, observed, path)
            except LookupError:
                if not wanted.is_hidden(observed):
                    yield Change(path, there, wanted)
        case _ if not same(path, wanted, there):
            yield Change(path, there, wanted)


def _attachment(there: Any, observed: Mapping[str, Json], path: str) -> Iterator[Change]:
    """An identity that is attached, `{}` in a body; one made anew under its name has to be attached again."""
    if not isinstance(there, dict):
        yield Change(path, there, {})
        return
    id = path.removeprefix("identity.userAssignedIdentities.")
    if id == path or "principalId" not in there:
        return
    now = at(observed.get(id.lower()), "properties.principalId")
    if now != there["principalId"]:
        yield Change(path, there["principalId"], now or Output(id, "properties.principalId"))


def _paired(wanted: Sequence[Any], there: Sequence[Any]) -> Sequence[Any]:
    """`there` in the order of `wanted`, where its members have names and are the same ones."""
    for key in _KEYS:
        names = [_named(item, key) for item in wanted]
        by_name = {_named(item, key): item for item in there}
        if names and all(name and name in by_name for name in names) and len(by_name) == len(there):
            return [by_name[name] for name in names]
    return there


def _named(item: Any, key: str) -> str:
    return str(item.get(key) or "").lower() if isinstance(item, dict) else ""


def same(path: str, wanted: Any, there: Any) -> bool:
    """Whether Azure's value is the wanted one in Azure's spelling."""
    if wanted == there:
        return type(wanted) is type(there) or (not isinstance(wanted, bool) and not isinstance(there, bool))
    if not isinstance(wanted, str) or not isinstance(there, str):
        return False
    if path.startswith("properties.credentials.") and there.startswith(_AZURES_OWN):
        return True
    if path == "location":
        return wanted.replace(" ", "").lower() == there.replace(" ", "").lower()
    if wanted.startswith("/subscriptions/"):
        return wanted.lower() == there.lower()
    if path == "identity.type":
        return wanted in there.split(", ")
    if wanted.lstrip().startswith("<"):
        return canonical(wanted) == canonical(there)
    mark = in_text(wanted)
    return mark is not None and in_text(there) == mark


def at(body: Any, path: str) -> Any:
    """What stands at a dotted path, `None` where nothing does."""
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body
