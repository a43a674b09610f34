"""Tokens from CLR objects: FromObject, SerializeObject."""

from collections.abc import Iterable
from typing import TypeVar

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections import containers
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument
from apimlb.policy.clr.json.markup import xml_token
from apimlb.policy.clr.json.scalars import object_of, value_of
from apimlb.policy.clr.json.tokens import JArray, JObject, JToken, JValue, deeper, string_value
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects.anonymous import Anonymous
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.objects.tuples import ClrTuple
from apimlb.policy.clr.system_exception import get_code
from apimlb.policy.clr.xml.nodes import XObject

C = TypeVar("C", JObject, JArray)


def is_listed(value: object) -> bool:
    """Whether a value is a collection, which becomes an array."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytearray | JToken)


def from_object(value: object, depth: int = 0) -> JToken:
    """The token that Newtonsoft.Json serializes a value to; throws System.ArgumentException for what it
    cannot."""
    BUDGET.spend(3)
    if isinstance(value, JToken):
        return value.clone()
    if isinstance(value, Anonymous):
        return _object(value.members.items(), depth)
    if isinstance(value, containers.ReadOnlyMap):
        return _object(((text_of(name), item) for name, item in value.pairs()), depth)
    if isinstance(value, containers.KeyValuePair):
        return _object([("Key", value.key), ("Value", value.value)], depth)
    if isinstance(value, ClrTuple):
        return _object(((f"Item{i}", item) for i, item in enumerate(value.items, 1)), depth)
    if isinstance(value, Enum):
        return JValue(value.number, "Integer")
    if isinstance(value, Char):
        return string_value(value)
    if isinstance(value, XObject):
        return xml_token(value)
    if is_listed(value):
        made = JArray()
        for item in elements(value):
            made.add(from_object(item, deeper(depth)))
        return made
    if isinstance(value, ClrException):
        return _object(_facts(value), depth)
    return value_of(value)


def _facts(error: ClrException) -> list[tuple[str, object]]:
    """What an exception serializes of itself; where it came from is left out."""
    return [
        ("ClassName", error.type_name), ("Message", error.message), ("Data", None),
        ("InnerException", error.inner), ("HelpURL", error.help_link), ("StackTraceString", None),
        ("RemoteStackTraceString", None), ("RemoteStackIndex", 0), ("ExceptionMethod", None),
        ("HResult", get_code(error)), ("Source", error.source), ("WatsonBuckets", None),
    ]  # fmt: skip


def _object(pairs: Iterable[tuple[str, object]], depth: int) -> JObject:
    return object_of([(name, from_object(item, deeper(depth))) for name, item in pairs])


def container_of(kind: type[C], value: object) -> C:
    """JObject.FromObject and JArray.FromObject"""
    made = from_object(value)
    if not isinstance(made, kind):
        raise argument(f"Object serialized to {made.type_name}. {kind.__name__} instance expected.")
    return made
