"""What an update sends: what Azure has, with what the stack wants in its place.

Fields that the stack does not name stay as they are, and so do others' tags, identities and words around a
mark. What Azure alone writes is left out.
"""

from collections.abc import Sequence
from typing import Any

from apimlb.stack.differences import Change, at
from apimlb.stack.fates import Fate
from apimlb.stack.fields import fields_of
from apimlb.stack.marks import in_text
from apimlb.stack.resources import Json, Resource

_NEVER_SENT = frozenset({"id", "name", "type", "etag", "systemdata"})


def merged(resource: Resource, there: Json, changes: Sequence[Change]) -> Json:
    """The whole body, for a PUT; what is for creation only stays as Azure has it."""
    rows = {field.path: field for field in fields_of(resource.type)}
    body = _without_nulls({name: value for name, value in there.items() if name.lower() not in _NEVER_SENT})
    if "identity" in body:
        body["identity"] = _writable_identity(body["identity"])
    for field in rows.values():
        if not field.sent:
            _put(body, field.path.split("."), None)
    wanted = _copy(resource.body)
    for path in resource.create_only:
        _put(wanted, path.split("."), at(there, path))
    body = dict(_laid_over(body, wanted))
    for change in changes:
        row = rows.get(change.path)
        if row is not None and row.fate is Fate.REPAIRED and (row.whole or at(wanted, row.path) is None):
            _put(body, change.path.split("."), change.after)
    return body


def part(body: Json, changes: Sequence[Change]) -> Json:
    """What of the body a PATCH sends: the properties and other top-level fields in which something changes.

    A property that is to go is null.
    """
    made: Json = {}
    for change in changes:
        names = change.path.partition("[")[0].split(".")
        path = names[: 2 if names[0] == "properties" else 1]
        _set(made, path, at(body, ".".join(path)))
    return made


def _set(body: Json, path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _laid_over(there: Any, wanted: Any, path: str = "") -> Any:
    if isinstance(there, dict) and isinstance(wanted, dict):
        names = {name.lower(): name for name in there}
        made = dict(there)
        for name, value in wanted.items():
            held = names.get(name.lower(), name)
            made[held] = _laid_over(there.get(held), value, f"{path}.{name}".lstrip("."))
        return made
    if path == "properties.tags" and isinstance(there, list):
        # Of marks it has one: that of a stack that was here before goes.
        kept = [word for word in there if word in wanted or in_text(str(word)) is None]
        return [*kept, *(word for word in wanted if word not in kept)]
    if path == "identity.type":
        return ", ".join(dict.fromkeys([*_types(there), *_types(wanted)]))
    if isinstance(wanted, str) and isinstance(there, str) and (mark := in_text(wanted)) and "<" not in wanted:
        return there if in_text(there) == mark else wanted
    return wanted


def _types(value: Any) -> list[str]:
    return [] if value in (None, "None", "none") else str(value).split(", ")


def _writable_identity(identity: Json) -> Json:
    """Without the principals' ids, which Azure alone writes."""
    given = identity.get("userAssignedIdentities") or {}
    held: Json = {"type": identity.get("type")}
    return held | ({"userAssignedIdentities": {id: {} for id in given}} if given else {})


def _without_nulls(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_nulls(item) for name, item in value.items() if item is not None}
        case list():
            return [_without_nulls(item) for item in value]
        case _:
            return value


def _copy(value: Any) -> Any:
    match value:
        case dict():
            return {name: _copy(item) for name, item in value.items()}
        case list():
            return [_copy(item) for item in value]
        case _:
            return value


def _put(body: Json, path: Sequence[str], value: Any) -> None:
    """Set what stands at the path, or take it away for `None`."""
    for name in path[:-1]:
        if not isinstance(body.get(name), dict):
            if value is None:
                return
            body[name] = {}
        body = body[name]
    if value is None:
        body.pop(path[-1], None)
    else:
        body[path[-1]] = value
