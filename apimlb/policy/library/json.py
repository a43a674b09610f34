"""Newtonsoft.Json: JsonConvert, and the tokens with their casts, indexers and LINQ."""

from collections.abc import Callable

from apimlb.policy.casts import RUNTIME
from apimlb.policy.library import json_objects as objects
from apimlb.policy.types import Definition, Needs, Row, Type
from apimlb.policy.values.collections import ClrArray, Enum, Sequence
from apimlb.policy.values.exceptions import ClrException, argument, argument_null, invalid_operation
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.json_convert import TOKEN_CASTS, change_type
from apimlb.policy.values.json_path import select_tokens
from apimlb.policy.values.json_read import parse_token
from apimlb.policy.values.json_tokens import (
    JArray,
    JContainer,
    JObject,
    JProperty,
    JToken,
    JValue,
    holder,
    null,
    root,
    value_of,
)
from apimlb.policy.values.json_tree import ancestors, descendants, merge, path, sibling
from apimlb.policy.values.json_write import to_json
from apimlb.policy.values.numbers import Long
from apimlb.policy.values.text import clr_type_name, token_text

_TYPE_NAMES = (
    "None", "Object", "Array", "Constructor", "Property", "Comment", "Integer", "Float", "String", "Boolean",
    "Null", "Undefined", "Date", "Raw", "Bytes", "Guid", "Uri", "TimeSpan",
)  # fmt: skip
_TYPES = {name: Enum("Newtonsoft.Json.Linq.JTokenType", number, dict(enumerate(_TYPE_NAMES)))
          for number, name in enumerate(_TYPE_NAMES)}  # fmt: skip
L = "Newtonsoft.Json.Linq."


def token_type(token: JToken) -> Enum:
    return _TYPES[token.type_name]


def text_of_token(token: JToken, formatting: Enum) -> str:
    return to_json(token, formatting.number == 1)


# Indexers


def token_at(token: JToken, key: object) -> JToken | None:
    """`token[key]`: by name in an object, by position in an array."""
    if type(token) is JObject:
        if not isinstance(key, str):
            raise argument(
                f"Accessed JObject values with invalid key value: {_shown(key)}. Object property name expected."
            )
        return token.get(key)
    if isinstance(token, JArray):
        if not isinstance(key, int) or isinstance(key, bool):
            raise argument(
                f"Accessed JArray values with invalid key value: {_shown(key)}. Int32 array index expected."
            )
        return item_at(token, key)
    if isinstance(token, JProperty):
        raise invalid_operation(f"Cannot access child value on {token.clr_name}.")
    raise invalid_operation("Cannot access child value on Newtonsoft.Json.Linq.JValue.")


def _shown(key: object) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def token_put(token: JToken, key: object, value: JToken | None) -> None:
    if (isinstance(token, JObject) and isinstance(key, str)) or (isinstance(token, JArray) and isinstance(key, int)):
        token.put(key, value)
    elif isinstance(token, JObject | JArray):
        kind, wanted = ("JObject", "Object property name") if isinstance(token, JObject) else (
            "JArray", "Int32 array index")  # fmt: skip
        raise argument(f"Set {kind} values with invalid key value: {_shown(key)}. {wanted} expected.")
    else:
        raise invalid_operation(f"Cannot set child value on {token.clr_name}.")


def member_at(token: JObject, name: str | None) -> JToken | None:
    return token.get(name)


def member_put(token: JObject, name: str | None, value: JToken | None) -> None:
    token.put(name, value)


def item_at(token: JArray, index: int) -> JToken:
    if index < 0:
        raise _index_error()
    try:
        return token.items[index]
    except IndexError:
        raise _index_error() from None


def _index_error() -> ClrException:
    return ClrException(
        "System.ArgumentOutOfRangeException",
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
    )


def item_put(token: JArray, index: int, value: JToken | None) -> None:
    token.put(index, value)


# Value<T>


def converted(kind: Type, token: JToken | None) -> object:
    """Extensions.Convert: the token itself, its scalar, or that scalar changed to the type."""
    if token is None:
        return kind.default
    if RUNTIME.is_a(token, kind):
        return token
    if not isinstance(token, JValue):
        raise ClrException(
            "System.InvalidCastException",
            f"Cannot cast {clr_type_name(token)} to Newtonsoft.Json.Linq.JToken.",
        )
    value = token.value
    plain = kind.underlying
    if type(value) is int:
        if plain.name == "System.Int32" and -2147483648 <= value <= 2147483647:
            return value
        value = Long(value)
    if value is not None and RUNTIME.is_a(value, plain):
        return value
    if value is None and kind.is_nullable:
        return None
    if value is None and not kind.is_value and kind.name != "System.String":
        return None
    return change_type(value, plain.name)


def value_at(kind: Type, token: JToken, key: object) -> object:
    """token.Value<T>(key)"""
    if type(token) is JObject and type(key) is str:
        prop = token.properties.get(key)
        if prop is None:
            return kind.default
        value = prop.value
        if type(value) is JValue:
            held = value.value
            if type(held) is _PYTHON.get(kind.name) and (
                type(held) is not int or -2147483648 <= held <= 2147483647
            ):
                return held
        return converted(kind, value)
    return converted(kind, token_at(token, key))


_PYTHON: dict[str, type] = {
    "System.Boolean": bool, "System.String": str, "System.Int32": int, "System.Double": float,
}  # fmt: skip


def own_value(kind: Type, source: object) -> object:
    """source.Value<T>() of one token."""
    if source is None:
        raise argument_null("value")
    if not isinstance(source, JToken):
        raise argument("Source value must be a JToken.")
    return converted(kind, source)


def values_of(kind: Type, token: JToken) -> Sequence:
    """token.Values<T>(): the children, converted."""
    return Sequence(lambda: (converted(kind, child) for child in elements(token.children())))


def all_values(kind: Type, source: object) -> Sequence:
    """source.Values<T>() of a sequence of tokens: the children of each."""
    return Sequence(
        lambda: (
            converted(kind, inner)
            for token in elements(source)
            if isinstance(token, JToken)
            for inner in (token.children() if isinstance(token, JContainer) else iter((token,)))
        )
    )


def values_named(source: object, key: object) -> Sequence:
    """source.Values(key): the child under a key, of each token that has one."""
    return Sequence(
        lambda: (
            found
            for token in elements(source)
            if isinstance(token, JToken) and (found := token_at(token, key)) is not None
        )
    )


# Structure


def children(token: JToken) -> Sequence:
    return Sequence(lambda: elements(token.children()), L + "JEnumerable`1[Newtonsoft.Json.Linq.JToken]")


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


def scalar(token: JValue) -> object:
    return Long(token.value) if type(token.value) is int else token.value


def scalar_put(token: JValue, value: object) -> None:
    made = value_of(value)
    token.value, token.type_name = made.value, made.type_name


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


def contains_key(token: JObject, name: str | None) -> bool:
    if name is None:
        raise argument_null("propertyName")
    return name in token.properties


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


def serialize(value: object) -> str:
    return to_json(objects.from_object(value))


def serialize_as(value: object, formatting: Enum) -> str:
    return to_json(objects.from_object(value), formatting.number == 1)


def deserialize(kind: Type, text: str | None) -> object:
    if text is None:
        raise argument_null("value")
    if not text.strip():
        return None
    return objects.to_object(kind, parse_token(text))


def deserialize_object(text: str | None) -> object:
    if text is None:
        raise argument_null("value")
    found = parse_token(text)
    return scalar(found) if isinstance(found, JValue) else found


def parse_object(text: str | None) -> JToken:
    return parse_token(text, "JObject")


def parse_array(text: str | None) -> JToken:
    return parse_token(text, "JArray")


def any_token(text: str | None) -> JToken:
    return parse_token(text)


def undefined() -> JValue:
    return JValue(None, "Undefined")


def raw(value: object) -> JValue:
    return JValue(value, "Raw")


def string_value(text: str | None) -> JValue:
    return JValue(text, "String")


def null_value() -> JValue:
    return null()


_KEYWORDS = {
    "String": "string", "Boolean": "bool", "Int32": "int", "Int64": "long", "Int16": "short", "Byte": "byte",
    "SByte": "sbyte", "UInt16": "ushort", "UInt32": "uint", "UInt64": "ulong", "Double": "double",
    "Single": "float", "Decimal": "decimal", "Char": "char", "DateTime": "DateTime",
    "DateTimeOffset": "DateTimeOffset", "Guid": "Guid", "TimeSpan": "TimeSpan", "Uri": "Uri", "Byte[]": "byte[]",
}  # fmt: skip
_REFERENCES = ("string", "Uri", "byte[]")


def nullable_cast(cast: Callable[[JToken | None], object]) -> Callable[[JToken | None], object]:
    """(int?)token: null for null."""

    def convert(token: JToken | None) -> object:
        if token is None:
            return None
        value = token.value if isinstance(token, JProperty) else token
        if isinstance(value, JValue) and value.value is None and value.type_name in ("Null", "Undefined"):
            return None
        return cast(token)

    convert.__name__ = f"nullable_{getattr(cast, '__name__', 'cast')}"
    return convert


def _cast_rows() -> tuple[Row, ...]:
    rows: list[Row] = []
    for name, keyword in _KEYWORDS.items():
        rows.append((f"explicit {keyword}(JToken value)", TOKEN_CASTS[name]))
        rows.append((f"implicit JToken({keyword} value)", value_of))
        if keyword not in _REFERENCES:
            rows.append((f"explicit {keyword}?(JToken value)", nullable_cast(TOKEN_CASTS[name])))
            rows.append((f"implicit JToken({keyword}? value)", value_of))
    return tuple(row for row in rows if "char" not in row[0] or "explicit" in row[0])


_CONTAINER_ROWS: tuple[Row, ...] = (
    ("int Count", count_children),
    ("IEnumerable<JToken> Descendants()", tokens_below),
    ("void Merge(object content)", merge_into),
)

DEFINITIONS = (
    Definition("Newtonsoft.Json.Formatting", "enum", constants={"None": 0, "Indented": 1}),
    Definition(L + "JTokenType", "enum", constants={name: number for number, name in enumerate(_TYPE_NAMES)}),
    Definition(
        "Newtonsoft.Json.JsonConvert", "class",
        rows=(
            ("static string SerializeObject(object value)", serialize),
            ("static string SerializeObject(object value, Formatting formatting)", serialize_as),
            ("static T DeserializeObject<T>(string value)", Needs(deserialize, types=("T",))),
            ("static object DeserializeObject(string value)", deserialize_object),
        ),
    ),
    Definition(
        L + "JToken", "class", bases=("System.Collections.Generic.IEnumerable<JToken>",),
        test=lambda value: isinstance(value, JToken),
        rows=(
            ("JTokenType Type", token_type),
            ("JToken this[object key]", token_at, token_put),
            ("string ToString()", token_text),
            ("string ToString(Formatting formatting)", text_of_token),
            ("T Value<T>(object key)", Needs(value_at, types=("T",))),
            ("IEnumerable<T> Values<T>()", Needs(values_of, types=("T",))),
            ("IEnumerable<JToken> Children()", children),
            ("IEnumerable<T> Children<T>()", Needs(children_of, types=("T",))),
            ("JToken First", first_child),
            ("JToken Last", last_child),
            ("JToken Next", next_token),
            ("JToken Previous", previous_token),
            ("JContainer Parent", "{0}.parent"),
            ("JToken Root", root),
            ("string Path", path),
            ("bool HasValues", has_values),
            ("JToken SelectToken(string path)", select_token),
            ("JToken SelectToken(string path, bool errorWhenNoMatch)", select_token),
            ("IEnumerable<JToken> SelectTokens(string path)", select_all),
            ("IEnumerable<JToken> SelectTokens(string path, bool errorWhenNoMatch)", select_all),
            ("IEnumerable<JToken> Ancestors()", tokens_above),
            ("JToken DeepClone()", clone),
            ("void Remove()", remove),
            ("void Replace(JToken value)", replace),
            ("void AddAfterSelf(object content)", add_after),
            ("void AddBeforeSelf(object content)", add_before),
            ("T ToObject<T>()", Needs(objects.to_object, types=("T",))),
            ("static JToken Parse(string json)", any_token),
            ("static JToken FromObject(object o)", objects.from_object),
            ("static bool DeepEquals(JToken t1, JToken t2)", deep_equals),
            *_cast_rows(),
        ),
    ),
    Definition(
        L + "JContainer", "class", bases=(L + "JToken",), rows=_CONTAINER_ROWS,
        test=lambda value: isinstance(value, JContainer),
    ),
    Definition(
        L + "JObject", "class",
        bases=(L + "JContainer", "System.Collections.Generic.IEnumerable<KeyValuePair<string, JToken>>"),
        rows=(
            ("new()", JObject),
            ("new(params object[] content)", objects.new_object),
            ("new(JObject other)", clone),
            ("JToken this[string propertyName]", member_at, member_put),
            ("JToken this[object key]", token_at, token_put),
            ("void Add(string propertyName, JToken value)", object_add),
            ("void Add(object content)", object_add_content),
            ("bool Remove(string propertyName)", object_remove),
            ("bool ContainsKey(string propertyName)", contains_key),
            ("void RemoveAll()", clear),
            ("JProperty Property(string name)", property_named),
            ("IEnumerable<JProperty> Properties()", properties),
            ("IEnumerable<JToken> PropertyValues()", property_values),
            ("JToken GetValue(string propertyName)", get_value),
            ("JToken GetValue(string propertyName, StringComparison comparison)", get_value_as),
            ("bool TryGetValue(string propertyName, out JToken value)", try_get_value),
            ("bool TryGetValue(string propertyName, StringComparison comparison, out JToken value)",
             try_get_value_as),
            ("static JObject Parse(string json)", parse_object),
            ("static JObject FromObject(object o)", objects.object_from),
        ),
    ),
    Definition(
        L + "JArray", "class", bases=(L + "JContainer", "System.Collections.Generic.IList<JToken>"),
        rows=(
            ("new()", JArray),
            ("new(params object[] content)", objects.new_array),
            ("new(object content)", lambda content: objects.new_array(ClrArray([content], "System.Object"))),
            ("new(JArray other)", clone),
            ("int Count", "{0}.items.__len__()"),
            ("JToken this[int index]", item_at, item_put),
            ("JToken this[object key]", token_at, token_put),
            ("void Add(JToken item)", array_add),
            ("void Add(object content)", array_add_content),
            ("void AddFirst(object content)", add_first),
            ("void Insert(int index, JToken item)", array_insert),
            ("void RemoveAt(int index)", array_remove_at),
            ("bool Remove(JToken item)", array_remove),
            ("void Clear()", clear),
            ("void RemoveAll()", clear),
            ("int IndexOf(JToken item)", array_index),
            ("bool Contains(JToken item)", array_contains),
            ("static JArray Parse(string json)", parse_array),
            ("static JArray FromObject(object o)", objects.array_from),
        ),
    ),
    Definition(
        L + "JProperty", "class", bases=(L + "JContainer",),
        rows=(
            ("new(string name, object content)", objects.new_property),
            ("new(string name, params object[] content)", objects.new_property),
            ("string Name", "{0}.name"),
            ("JToken Value", property_value, property_put),
        ),
    ),
    Definition(
        L + "JValue", "class", bases=(L + "JToken",),
        rows=(
            ("object Value", scalar, scalar_put),
            *((f"new({keyword} value)", value_of) for keyword in _KEYWORDS.values() if keyword != "byte[]"),
            ("new(object value)", value_of),
            ("new(JValue other)", clone),
            ("static JValue CreateString(string value)", string_value),
            ("static JValue CreateNull()", null_value),
            ("static JValue CreateUndefined()", undefined),
        ),
    ),
    Definition(L + "JRaw", "class", bases=(L + "JValue",), rows=(("new(object rawJson)", raw),)),
    Definition(
        L + "Extensions", "static",
        rows=(
            ("static T Value<T>(this IEnumerable<JToken> value)", Needs(own_value, types=("T",))),
            ("static IEnumerable<T> Values<T>(this IEnumerable<JToken> source)", Needs(all_values, types=("T",))),
            ("static IEnumerable<JToken> Values(this IEnumerable<JToken> source, object key)", values_named),
        ),
    ),
)  # fmt: skip
