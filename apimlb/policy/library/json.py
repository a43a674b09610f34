"""Newtonsoft.Json: JsonConvert, and the tokens with their casts, indexers and LINQ."""

from apimlb.policy.csharp.types import Definition, Needs, Row
from apimlb.policy.library import json_objects as objects
from apimlb.policy.library.json_calls import (
    TYPE_NAMES,
    add_after,
    add_before,
    add_first,
    array_add,
    array_add_content,
    array_contains,
    array_index,
    array_insert,
    array_remove,
    array_remove_at,
    children,
    children_of,
    clear,
    clone,
    count_children,
    deep_equals,
    first_child,
    get_value,
    get_value_as,
    has_values,
    item_put,
    last_child,
    member_at,
    member_put,
    merge_into,
    next_token,
    object_add,
    object_add_content,
    object_remove,
    previous_token,
    properties,
    property_named,
    property_put,
    property_value,
    property_values,
    remove,
    replace,
    select_all,
    select_token,
    text_of_token,
    token_put,
    token_type,
    tokens_above,
    tokens_below,
    try_get_value,
    try_get_value_as,
)
from apimlb.policy.library.json_conversions import (
    all_values,
    any_token,
    deserialize,
    deserialize_object,
    item_at,
    null_value,
    nullable_cast,
    own_value,
    parse_array,
    parse_object,
    raw,
    scalar,
    scalar_put,
    serialize,
    serialize_as,
    string_value,
    token_at,
    undefined,
    value_at,
    values_named,
    values_of,
)
from apimlb.policy.values.collections import ClrArray
from apimlb.policy.values.json_convert import TOKEN_CASTS
from apimlb.policy.values.json_tokens import (
    JArray,
    JContainer,
    JObject,
    JToken,
    root,
    value_of,
)
from apimlb.policy.values.json_tree import path
from apimlb.policy.values.text import token_text

L = "Newtonsoft.Json.Linq."


# Indexers


# Value<T>


# Structure


_KEYWORDS = {
    "String": "string", "Boolean": "bool", "Int32": "int", "Int64": "long", "Int16": "short", "Byte": "byte",
    "SByte": "sbyte", "UInt16": "ushort", "UInt32": "uint", "UInt64": "ulong", "Double": "double",
    "Single": "float", "Decimal": "decimal", "Char": "char", "DateTime": "DateTime",
    "DateTimeOffset": "DateTimeOffset", "Guid": "Guid", "TimeSpan": "TimeSpan", "Uri": "Uri",
    "Byte[]": "byte[]",
}  # fmt: skip
_REFERENCES = ("string", "Uri", "byte[]")


def _cast_rows() -> tuple[Row, ...]:
    rows: list[Row] = []
    for name, keyword in _KEYWORDS.items():
        rows.append((f"explicit {keyword}(JToken value)", TOKEN_CASTS[name]))
        rows.append((f"implicit JToken({keyword} value)", string_value if name == "String" else value_of))
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
    Definition(L + "JTokenType", "enum", constants={name: number for number, name in enumerate(TYPE_NAMES)}),
    Definition(
        "Newtonsoft.Json.JsonConvert", "static",
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
            *(
                (f"new({keyword} value)", string_value if keyword == "string" else value_of)
                for keyword in _KEYWORDS.values()
                if keyword != "byte[]"
            ),
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
            ("static IEnumerable<T> Values<T>(this IEnumerable<JToken> source)",
             Needs(all_values, types=("T",))),
            ("static IEnumerable<JToken> Values(this IEnumerable<JToken> source, object key)", values_named),
        ),
    ),
)  # fmt: skip
