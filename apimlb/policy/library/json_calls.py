"""What the members of the JSON tokens do."""

from apimlb.policy.csharp.casts import RUNTIME
from apimlb.policy.csharp.types import Type
from apimlb.policy.library import json_objects as objects
from apimlb.policy.library.json_conversions import (
    shown,
)
from apimlb.policy.values.exceptions import ClrException, argument, invalid_operation
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.json_path import select_tokens
from apimlb.policy.values.json_tokens import (
    JArray,
    JContainer,
    JObject,
    JProperty,
    JToken,
    JValue,
    holder,
    null,
)
from apimlb.policy.values.json_tree import ancestors, descendants, merge, sibling
from apimlb.policy.values.json_write import to_json
from apimlb.policy.values.objects import Enum, Sequence
from apimlb.policy.values.text import clr_type_name

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
    elif isinstance(token, JArray) and isinstance(key, int):
        item_put(token, key, value)
    elif isinstance(token, JObject | JArray):
        kind, wanted = (
            ("JObject", "Object property name")
            if isinstance(token, JObject)
            else ("JArray", "Int32 array index")
        )
        raise argument(f"Set {kind} values with invalid key value: {shown(key)}. {wanted} expected.")
    else:
        raise invalid_operation(f"Cannot set child value on {token.clr_name}.")


def member_at(token: JObject, name: str | None) -> JToken | None:
    return token.get(name)


def member_put(token: JObject, name: str | None, value: JToken | None) -> None:
    token.put(name, value)


def item_put(token: JArray, index: int, value: JToken | None) -> None:
    token.put(index, value)


def children(token: JToken) -> Sequence:
    return Sequence(
        lambda: elements(token.children()), "Newtonsoft.Json.Linq.JEnumerable`1[Newtonsoft.Json.Linq.JToken]"
    )


def children_of(kind: Type, token: JToken) -> Sequence:
    return Sequence(lambda: (item for item in elements(token.children()) if RUNTIME.is_a(item, kind)))


def first_child(token: JToken) -> JToken | None:
    return next(token.children(), None)


def last_child(token: JToken) -> JToken | None:
    found = list(token.children())
    return found[-1] if found else None


def has_values(token: JToken) -> bool:
    return any(True for _ in token.children())


def count_children(token: JToken) -> int:
    if isinstance(token, JArray):
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


def object_add_content(token: JObject, content: object) -> None:
    for item in objects.content_tokens(content):
        if isinstance(item, JProperty):
            token.add_property(item)
        else:
            raise argument(f"Can not add {clr_type_name(item)} to Newtonsoft.Json.Linq.JObject.")


def object_remove(token: JObject, name: str | None) -> bool:
    return token.remove(name)


def array_add(token: JArray, value: JToken | None) -> None:
    token.add(value)


def array_add_content(token: JArray, content: object) -> None:
    for item in objects.content_tokens(content):
        token.add(item)


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


def clear(token: JArray | JObject) -> None:
    token.clear()


def remove(token: JToken) -> None:
    holder(token).remove_child(token)


def replace(token: JToken, value: JToken | None) -> None:
    holder(token).replace_child(token, value if value is not None else null())


def _beside(token: JToken, content: object, offset: int) -> None:
    owner = holder(token)
    if not isinstance(owner, JArray):
        raise invalid_operation("Only tokens in an array have a place beside them here.")
    place = owner.place(token) + offset
    for item in reversed(objects.content_tokens(content)):
        owner.insert(place, item)


def add_after(token: JToken, content: object) -> None:
    _beside(token, content, 1)


def add_before(token: JToken, content: object) -> None:
    _beside(token, content, 0)


def add_first(token: JArray, content: object) -> None:
    for item in reversed(objects.content_tokens(content)):
        token.insert(0, item)


def clone(token: JToken) -> JToken:
    return token.clone()


def deep_equals(left: JToken | None, right: JToken | None) -> bool:
    """JToken.DeepEquals: same shape and values; the order of an object's properties does not matter."""
    if left is None or right is None or left is right:
        return left is right
    if left.type_name != right.type_name:
        return False
    if isinstance(left, JObject) and isinstance(right, JObject):
        return left.properties.keys() == right.properties.keys() and all(
            deep_equals(prop.value, right.properties[name].value) for name, prop in left.properties.items()
        )
    if isinstance(left, JArray) and isinstance(right, JArray):
        return len(left.items) == len(right.items) and all(map(deep_equals, left.items, right.items))
    if isinstance(left, JProperty) and isinstance(right, JProperty):
        return left.name == right.name and deep_equals(left.value, right.value)
    return isinstance(left, JValue) and isinstance(right, JValue) and bool(left.value == right.value)


def select_token(token: JToken, expression: str | None, error: bool = False) -> JToken | None:
    """SelectToken: the one match, null without, an error for several."""
    found = select_tokens(token, expression, error)
    if len(found) > 1:
        raise ClrException("Newtonsoft.Json.JsonException", "Path returned multiple tokens.")
    return found[0] if found else None


def select_all(token: JToken, expression: str | None, error: bool = False) -> Sequence:
    found = select_tokens(token, expression, error)
    return Sequence(lambda: iter(found))


def tokens_above(token: JToken) -> Sequence:
    return Sequence(lambda: ancestors(token))


def tokens_below(token: JToken) -> Sequence:
    return Sequence(lambda: elements(descendants(token)))


def next_token(token: JToken) -> JToken | None:
    return sibling(token, 1)


def previous_token(token: JToken) -> JToken | None:
    return sibling(token, -1)


def merge_into(token: JContainer, content: object) -> None:
    merge(token, content if isinstance(content, JToken) else objects.from_object(content))
