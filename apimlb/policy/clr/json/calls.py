"""What the members of the JSON tokens do."""

from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import Sequence
from apimlb.policy.clr.collections.values import ClrArray
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import (
    ClrException,
    argument,
    argument_null,
    argument_range,
    invalid_operation,
)
from apimlb.policy.clr.json import serialization as objects
from apimlb.policy.clr.json.conversions import KEYS, shown
from apimlb.policy.clr.json.order import compare_values
from apimlb.policy.clr.json.path import select_tokens
from apimlb.policy.clr.json.tokens import (
    JArray,
    JConstructor,
    JContainer,
    JList,
    JObject,
    JProperty,
    JToken,
    JValue,
    null,
)
from apimlb.policy.clr.json.tree import merge
from apimlb.policy.clr.json.writer import to_json
from apimlb.policy.clr.objects.text import format_value

TYPE_NAMES = (
    "None", "Object", "Array", "Constructor", "Property", "Comment", "Integer", "Float", "String", "Boolean",
    "Null", "Undefined", "Date", "Raw", "Bytes", "Guid", "Uri", "TimeSpan",
)  # fmt: skip
_TYPES = {
    name: Enum("Newtonsoft.Json.Linq.JTokenType", number, dict(enumerate(TYPE_NAMES)))
    for number, name in enumerate(TYPE_NAMES)
}


def token_type(token: JToken) -> Enum:
    return _TYPES[token.type_name]


def text_of_token(token: JToken, formatting: Enum) -> str:
    return to_json(token, formatting.number == 1)


def token_put(token: JToken, key: object, value: JToken | None) -> None:
    if isinstance(token, JObject) and isinstance(key, str):
        member_put(token, key, value)
    elif isinstance(token, JList) and type(key) is int:
        token.put(key, value)
    elif isinstance(token, JObject | JList):
        if key is None:
            raise argument_null("key")
        kind, wanted = KEYS[type(token)]
        raise argument(f"Set {kind} values with invalid key value: {shown(key)}. {wanted} expected.")
    else:
        raise invalid_operation(f"Cannot set child value on {token.clr_name}.")


def member_at(token: JObject, name: str | None) -> JToken | None:
    return token.get(name)


def member_put(token: JObject, name: str | None, value: JToken | None) -> None:
    token.put(name, value)


def item_put(token: JArray, index: int, value: JToken | None) -> None:
    token.put(index, value)


def first_child(token: JToken) -> JToken | None:
    return next(token.children(), None)


def last_child(token: JToken) -> JToken | None:
    found = list(token.children())
    return found[-1] if found else None


def has_values(token: JToken) -> bool:
    return any(True for _ in token.children())


def count_children(token: JToken) -> int:
    if isinstance(token, JList):
        return len(token.items)
    return len(token.properties) if isinstance(token, JObject) else 1


def property_value(token: JProperty) -> JToken:
    return token.value


def property_put(token: JProperty, value: JToken | None) -> None:
    token.set_value(value if value is not None else null())


def properties(token: JObject) -> Sequence:
    return Sequence(lambda: elements(token.children()))


def property_named(token: JObject, name: str | None) -> JProperty | None:
    return None if name is None else token.properties.get(name)


def property_values(token: JObject) -> Sequence:
    return Sequence(lambda: (prop.value for prop in list(token.properties.values())))


def get_value(token: JObject, name: str | None) -> JToken | None:
    return None if name is None else token.get(name)


def get_value_as(token: JObject, name: str | None, comparison: Enum) -> JToken | None:
    """GetValue(name, comparison): an exact match first, then by the comparison."""
    if name is None:
        return None
    found = token.properties.get(name)
    if found is None and str(comparison).endswith("IgnoreCase"):
        charge_each(len(token.properties))
        found = next((p for p in token.properties.values() if p.name.casefold() == name.casefold()), None)
    return None if found is None else found.value


def try_get_value(token: JObject, name: str | None) -> tuple[bool, JToken | None]:
    found = get_value(token, name)
    return found is not None, found


def try_get_value_as(token: JObject, name: str | None, comparison: Enum) -> tuple[bool, JToken | None]:
    found = get_value_as(token, name, comparison)
    return found is not None, found


def object_add(token: JObject, name: str | None, value: JToken | None) -> None:
    token.add(name, value)


def object_remove(token: JObject, name: str | None) -> bool:
    return token.remove(name)


def array_add(token: JArray, value: JToken | None) -> None:
    token.add(value)


def array_insert(token: JArray, index: int, value: JToken | None) -> None:
    token.insert(index, value)


def array_remove_at(token: JArray, index: int) -> None:
    token.remove_at(index)


def array_remove(token: JArray, value: JToken | None) -> bool:
    place = -1 if value is None else token.place(value)
    if place >= 0:
        token.remove_at(place)
    return place >= 0


def array_index(token: JArray, value: JToken | None) -> int:
    return -1 if value is None else token.place(value)


def array_contains(token: JArray, value: JToken | None) -> bool:
    """JArray.Contains looks for the very token."""
    return array_index(token, value) >= 0


def clone(token: JToken) -> JToken:
    return token.clone()


def deep_equals(left: JToken | None, right: JToken | None) -> bool:
    """JToken.DeepEquals: same shape and values; the order of an object's properties does not matter."""
    BUDGET.spend()
    if left is None or right is None or left is right:
        return left is right
    if left.type_name != right.type_name:
        return False
    if isinstance(left, JObject) and isinstance(right, JObject):
        return left.properties.keys() == right.properties.keys() and all(
            deep_equals(prop.value, right.properties[name].value) for name, prop in left.properties.items()
        )
    if isinstance(left, JList) and isinstance(right, JList):
        if isinstance(left, JConstructor) and isinstance(right, JConstructor) and left.name != right.name:
            return False
        return len(left.items) == len(right.items) and all(map(deep_equals, left.items, right.items))
    if isinstance(left, JProperty) and isinstance(right, JProperty):
        return left.name == right.name and deep_equals(left.value, right.value)
    return isinstance(left, JValue) and isinstance(right, JValue) and bool(left.value == right.value)


def compare_to(left: JValue, right: JValue | None) -> int:
    return compare_values(left, right)


def formatted(token: JValue, layout: str | None) -> str:
    """JValue.ToString(format)"""
    return format_value(token.value, layout)


def copy_children(token: JArray, array: ClrArray | None, at: int) -> None:
    """JArray.CopyTo"""
    if array is None:
        raise argument_null("array")
    if at < 0:
        raise argument_range("arrayIndex is less than 0.", "arrayIndex")
    if at >= len(array) and at != 0:
        raise argument("arrayIndex is equal to or greater than the length of array.")
    if len(token.items) > len(array) - at:
        raise argument(
            "The number of elements in the source JObject is greater than the available space from "
            "arrayIndex to the end of the destination array."
        )
    charge_each(len(token.items))
    array.items[at : at + len(token.items)] = token.items


def writable(token: JArray) -> bool:
    """JArray.IsReadOnly"""
    return token is None


def select_token(token: JToken, path: str | None, error: bool = False) -> JToken | None:
    """SelectToken: the one match, null without, an error for several."""
    found: JToken | None = None
    for each in select_tokens(token, path, error)():
        if found is not None:
            raise ClrException("Newtonsoft.Json.JsonException", "Path returned multiple tokens.")
        found = each
    return found


def select_all(token: JToken, path: str | None, error: bool = False) -> Sequence:
    return Sequence(select_tokens(token, path, error))


def merge_into(token: JContainer, content: object) -> None:
    merge(token, content if isinstance(content, JToken) else objects.from_object(content))
