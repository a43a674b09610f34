"""Newtonsoft.Json: JsonConvert, and the tokens with their casts, indexers and LINQ."""

from apimlb.policy.clr.collections.interfaces import pair_enumerator, token_enumerator
from apimlb.policy.clr.collections.values import ClrArray
from apimlb.policy.clr.json import calls, conversions, edits, sequences
from apimlb.policy.clr.json import serialization as objects
from apimlb.policy.clr.json.scalar_casts import TOKEN_CASTS
from apimlb.policy.clr.json.scalars import value_of
from apimlb.policy.clr.json.tokens import JArray, JContainer, JObject, JToken, root
from apimlb.policy.clr.json.tree import path
from apimlb.policy.clr.objects.text import to_string
from apimlb.policy.clr.types.definitions import Call, Definition, Row

L = "Newtonsoft.Json.Linq."


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
        rows.append(
            (f"implicit JToken({keyword} value)", conversions.string_value if name == "String" else value_of)
        )
        if keyword not in _REFERENCES:
            rows.append((f"explicit {keyword}?(JToken value)", conversions.nullable_cast(TOKEN_CASTS[name])))
            rows.append((f"implicit JToken({keyword}? value)", value_of))
    return tuple(row for row in rows if "char" not in row[0] or "explicit" in row[0])


_CONTAINER_ROWS: tuple[Row, ...] = (
    ("int Count", calls.count_children),
    ("void Add(object content)", Call(edits.add, cost="result")),
    ("void AddFirst(object content)", edits.add_first),
    ("void RemoveAll()", edits.clear),
    ("void ReplaceAll(object content)", edits.replace_all),
    ("IEnumerable<JToken> Descendants()", sequences.tokens_below),
    ("IEnumerable<JToken> DescendantsAndSelf()", sequences.token_and_below),
    ("void Merge(object content)", calls.merge_into),
)

DEFINITIONS = (
    Definition("Newtonsoft.Json.Formatting", "enum", constants={"None": 0, "Indented": 1}),
    Definition(
        L + "JTokenType", "enum",
        constants={name: number for number, name in enumerate(calls.TYPE_NAMES)},
    ),
    Definition(
        "Newtonsoft.Json.JsonConvert", "static",
        rows=(
            ("static string SerializeObject(object value)", conversions.serialize),
            ("static string SerializeObject(object value, Formatting formatting)", conversions.serialize_as),
            ("static T DeserializeObject<T>(string value)", Call(conversions.deserialize, types=("T",))),
            ("static object DeserializeObject(string value)", conversions.deserialize_object),
        ),
    ),
    Definition(
        L + "JToken", "class", bases=("IJEnumerable<JToken>",),
        test=lambda value: isinstance(value, JToken),
        rows=(
            ("JTokenType Type", calls.token_type),
            ("JToken this[object key]", conversions.token_at, calls.token_put),
            ("string ToString()", to_string),
            ("string ToString(Formatting formatting)", calls.text_of_token),
            ("T Value<T>(object key)", Call(conversions.value_at, types=("T",), cost="none")),
            ("IEnumerable<T> Values<T>()", Call(conversions.values_of, types=("T",))),
            ("IJEnumerable<JToken> Children()", sequences.children),
            ("IEnumerable<T> Children<T>()", Call(sequences.children_of, types=("T",))),
            ("JToken First", calls.first_child),
            ("JToken Last", calls.last_child),
            ("JToken Next", sequences.next_token),
            ("JToken Previous", sequences.previous_token),
            ("JContainer Parent", "{0}.parent"),
            ("JToken Root", root),
            ("string Path", path),
            ("bool HasValues", calls.has_values),
            ("JToken SelectToken(string path)", calls.select_token),
            ("JToken SelectToken(string path, bool errorWhenNoMatch)", calls.select_token),
            ("IEnumerable<JToken> SelectTokens(string path)", calls.select_all),
            ("IEnumerable<JToken> SelectTokens(string path, bool errorWhenNoMatch)", calls.select_all),
            ("IEnumerable<JToken> Ancestors()", sequences.tokens_above),
            ("IEnumerable<JToken> AncestorsAndSelf()", sequences.token_and_above),
            ("IEnumerable<JToken> AfterSelf()", sequences.tokens_after),
            ("IEnumerable<JToken> BeforeSelf()", sequences.tokens_before),
            ("void AddAnnotation(object annotation)", edits.annotate),
            ("T Annotation<T>()", Call(edits.annotation, types=("T",))),
            ("IEnumerable<T> Annotations<T>()", Call(edits.annotations, types=("T",))),
            ("void RemoveAnnotations<T>()", Call(edits.forget, types=("T",))),
            ("JToken DeepClone()", calls.clone),
            ("void Remove()", edits.remove),
            ("void Replace(JToken value)", edits.replace),
            ("void AddAfterSelf(object content)", edits.add_after),
            ("void AddBeforeSelf(object content)", edits.add_before),
            ("T ToObject<T>()", Call(objects.to_object, types=("T",))),
            ("static JToken Parse(string json)", conversions.any_token),
            ("static JToken FromObject(object o)", objects.from_object),
            ("static bool DeepEquals(JToken t1, JToken t2)", calls.deep_equals),
            *_cast_rows(),
        ),
    ),
    Definition(
        L + "JContainer", "class", bases=(L + "JToken",), rows=_CONTAINER_ROWS,
        test=lambda value: isinstance(value, JContainer),
    ),
    Definition(
        L + "JObject", "class",
        bases=(L + "JContainer", "IDictionary<string, JToken>"),
        rows=(
            ("new()", JObject),
            ("new(params object[] content)", objects.new_object),
            ("new(JObject other)", calls.clone),
            ("JToken this[string propertyName]", calls.member_at, calls.member_put),
            ("JToken this[object key]", conversions.token_at, calls.token_put),
            ("void Add(string propertyName, JToken value)", calls.object_add),
            ("bool Remove(string propertyName)", calls.object_remove),
            ("IEnumerator<KeyValuePair<string, JToken>> GetEnumerator()", pair_enumerator),
            ("JProperty Property(string name)", calls.property_named),
            ("IEnumerable<JProperty> Properties()", calls.properties),
            ("IEnumerable<JToken> PropertyValues()", calls.property_values),
            ("JToken GetValue(string propertyName)", calls.get_value),
            ("JToken GetValue(string propertyName, StringComparison comparison)", calls.get_value_as),
            ("bool TryGetValue(string propertyName, out JToken value)", calls.try_get_value),
            ("bool TryGetValue(string propertyName, StringComparison comparison, out JToken value)",
             calls.try_get_value_as),
            ("static JObject Parse(string json)", conversions.parse_object),
            ("static JObject FromObject(object o)", objects.object_from),
        ),
    ),
    Definition(
        L + "JArray", "class", bases=(L + "JContainer", "System.Collections.Generic.IList<JToken>"),
        rows=(
            ("new()", JArray),
            ("new(params object[] content)", objects.new_array),
            ("new(object content)", lambda content: objects.new_array(ClrArray([content], "System.Object"))),
            ("new(JArray other)", calls.clone),
            ("int Count", "{0}.items.__len__()"),
            ("JToken this[int index]", conversions.item_at, calls.item_put),
            ("JToken this[object key]", conversions.token_at, calls.token_put),
            ("void Add(JToken item)", calls.array_add),
            ("void Insert(int index, JToken item)", calls.array_insert),
            ("void RemoveAt(int index)", calls.array_remove_at),
            ("bool Remove(JToken item)", calls.array_remove),
            ("void Clear()", edits.clear),
            ("void CopyTo(JToken[] array, int arrayIndex)", calls.copy_children),
            ("bool IsReadOnly", calls.writable),
            ("IEnumerator<JToken> GetEnumerator()", token_enumerator),
            ("int IndexOf(JToken item)", calls.array_index),
            ("bool Contains(JToken item)", calls.array_contains),
            ("static JArray Parse(string json)", conversions.parse_array),
            ("static JArray FromObject(object o)", objects.array_from),
        ),
    ),
    Definition(
        L + "JConstructor", "class", bases=(L + "JContainer",),
        rows=(
            ("new()", edits.empty_constructor),
            ("new(JConstructor other)", calls.clone),
            ("new(string name)", edits.new_constructor),
            ("new(string name, object content)", edits.new_constructor),
            ("new(string name, params object[] content)", edits.new_constructor),
            ("string Name", edits.constructor_name, edits.constructor_rename),
        ),
    ),
    Definition(
        L + "JProperty", "class", bases=(L + "JContainer",),
        rows=(
            ("new(JProperty other)", calls.clone),
            ("new(string name, object content)", objects.new_property),
            ("new(string name, params object[] content)", objects.new_property),
            ("string Name", "{0}.name"),
            ("JToken Value", calls.property_value, calls.property_put),
        ),
    ),
    Definition(
        L + "JValue", "class", bases=(L + "JToken",),
        rows=(
            ("int CompareTo(JValue obj)", calls.compare_to),
            ("string ToString(string format)", calls.formatted),
            ("static JValue CreateComment(string value)", edits.new_comment),
            ("object Value", conversions.scalar, conversions.scalar_put),
            *(
                (f"new({keyword} value)", conversions.string_value if keyword == "string" else value_of)
                for keyword in _KEYWORDS.values()
                if keyword != "byte[]"
            ),
            ("new(object value)", value_of),
            ("new(JValue other)", calls.clone),
            ("static JValue CreateString(string value)", conversions.string_value),
            ("static JValue CreateNull()", conversions.null_value),
            ("static JValue CreateUndefined()", conversions.undefined),
        ),
    ),
    Definition(L + "JRaw", "class", bases=(L + "JValue",), rows=(("new(object rawJson)", conversions.raw),)),
    *sequences.SEQUENCES,
)  # fmt: skip
