"""The models of Azure's SDKs for Python as shapes.

There are two generations. The older one has tables: `_attribute_map` with the JSON path and type of each
attribute, and `_validation` with what is required and what is read-only. The newer one has a `rest_field`
for each attribute, and says with an annotation what is optional. Which enumeration an attribute is of stands
in the older one's docstrings alone.
"""

import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import ModuleType, NoneType, UnionType
from typing import Any

from tests.wire.shapes import Field, Object, Problems, Rows, Scalar, Shape, Table

_SCALARS = {
    "str": "text",
    "iso-8601": "text",
    "rfc-1123": "text",
    "duration": "text",
    "date": "text",
    "time": "text",
    "decimal": "number",
    "bytearray": "text",
    "bool": "truth",
    "int": "whole number",
    "long": "whole number",
    "float": "number",
    "object": "anything",
}
_PYTHON = {str: "text", bool: "truth", int: "whole number", float: "number"}
_DOT = re.compile(r"(?<!\\)\.")


def shape(models: ModuleType, name: str) -> Shape:
    """The shape of a type as the SDKs write it: "Account", "[Account]", "{str}", "str".

    Raises `AttributeError` for a model that the module does not have.
    """
    if name[0] == "[":
        return Rows(shape(models, name[1:-1]))
    if name[0] == "{":
        return Table(shape(models, name[1:-1]))
    if name in _SCALARS:
        return Scalar(_SCALARS[name])
    return Model(getattr(models, name))


@dataclass(frozen=True, slots=True)
class Model:
    """A model class, which may contain itself: its fields are read when they are asked for."""

    kind: Any

    def wrong(self, value: Any, place: str, sent: bool) -> Problems:
        yield from described(self.kind).wrong(value, place, sent)


@cache
def described(kind: Any) -> Object:
    """The fields of a model class; one with variants may have theirs too."""
    fields = _tabled(kind) if hasattr(kind, "_attribute_map") else _annotated(kind)
    return Object(fields, open=bool(getattr(kind, "_subtype_map", {})) or "*" in fields)


def _tabled(kind: Any) -> dict[str, Field]:
    """The fields of a model of the older generation; a path with dots is objects in one another."""
    models, validation = _module(kind), getattr(kind, "_validation", {})
    tree: dict[str, Any] = {}
    for attribute, described in kind._attribute_map.items():
        marks = validation.get(attribute, {})
        values = _enumeration(kind, models, attribute)
        made = Scalar("text", values) if values else shape(models, described["type"])
        *path, last = [part.replace("\\.", ".") for part in _DOT.split(described["key"])]
        room = tree
        for part in path:
            room = room.setdefault(part, {})
        room[last or "*"] = Field(made, bool(marks.get("required")), bool(marks.get("readonly")))
    return _nested(tree)


def _nested(tree: Mapping[str, Any]) -> dict[str, Field]:
    made: dict[str, Field] = {}
    for key, inner in tree.items():
        if isinstance(inner, Field):
            made[key] = inner
        else:
            fields = _nested(inner)
            made[key] = Field(Object(fields), any(each.required for each in fields.values()))
    return made


def _module(kind: type) -> Any:
    """The `models` package of a class, which has all of its classes and enumerations."""
    package = kind.__module__.rpartition(".")[0]
    return __import__(package, fromlist=["models"])


def _enumeration(kind: type, models: Any, attribute: str) -> frozenset[str]:
    """The values of the enumeration that an attribute is of; none for any other attribute."""
    said = rf":vartype {attribute}: (?:str|int) or\s+~[\w.]+\.(\w+)\s*$"
    found = re.search(said, kind.__doc__ or "", re.MULTILINE)
    return _values(getattr(models, found[1])) if found else frozenset()


def _values(enumeration: Any) -> frozenset[str]:
    return frozenset(str(member.value).lower() for member in enumeration)


def _annotated(kind: Any) -> dict[str, Field]:
    """The fields of a model of the newer generation, which knows them once there was an instance."""
    scope = {"_models": _module(kind)}
    hints: dict[str, Any] = {}
    for base in (each for each in reversed(kind.__mro__) if _is_annotated(each)):
        hints |= typing.get_type_hints(base, localns=scope)
    kind.__new__(kind)
    made: dict[str, Field] = {}
    for attribute, rest in kind._attr_to_rest_field.items():
        required = NoneType not in typing.get_args(hints[attribute])
        made[rest._rest_name] = Field(_hinted(hints[attribute]), required, rest._visibility == ["read"])
    return made


def _is_annotated(kind: type) -> bool:
    """Whether a class is a model of the newer generation, and not what all of them come from."""
    return any(each.__module__.endswith("model_base") for each in kind.__mro__[1:])


def _hinted(hint: Any) -> Shape:
    """The shape of an annotation."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        chosen = [part for part in parts if part is not NoneType]
        enumerations = [part for part in chosen if isinstance(part, type) and issubclass(part, Enum)]
        return Scalar("text", _values(enumerations[0])) if enumerations else _hinted(chosen[0])
    if origin is list:
        return Rows(_hinted(parts[0]))
    if origin is dict:
        return Table(_hinted(parts[1]))
    if hasattr(hint, "__mro__") and _is_annotated(hint):
        return Model(hint)
    if isinstance(hint, type) and hint.__module__ == "datetime":
        return Scalar("text")
    return Scalar(_PYTHON.get(hint, "anything"))
