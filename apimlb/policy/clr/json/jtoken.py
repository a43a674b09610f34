"""Newtonsoft.Json: JsonConvert, and the tokens with their casts, indexers and LINQ."""

from collections.abc import Callable, Iterator

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.collections.enumerators import Enumerator, pair_enumerator
from apimlb.policy.clr.collections.interfaces import collection_copy, collection_remove
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.json import conversions, deserialization, edits, sequences
from apimlb.policy.clr.json.composites import to_object
from apimlb.policy.clr.json.order import compare_values, equal_scalars
from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.json.scalar_casts import NULLABLE_CASTS, TOKEN_CASTS
from apimlb.policy.clr.json.scalars import scalar, value_of
from apimlb.policy.clr.json.sequences import tokens, walked, with_self
from apimlb.policy.clr.json.serialization import container_of, from_object
from apimlb.policy.clr.json.tokens import (
    LINQ,
    JArray,
    JConstructor,
    JContainer,
    JList,
    JObject,
    JProperty,
    JRaw,
    JToken,
    JValue,
    null,
    root,
    string_value,
)
from apimlb.policy.clr.json.tree import ancestors, descendants, path, sibling
from apimlb.policy.clr.json.writer import to_json
from apimlb.policy.clr.objects.annotations import ANNOTATIONS
from apimlb.policy.clr.objects.text import format_value, text_of
from apimlb.policy.clr.types.definitions import Call, Definition, setting

TYPE_NAMES = (
    "None", "Object", "Array", "Constructor", "Property", "Comment", "Integer", "Float", "String", "Boolean",
    "Null", "Undefined", "Date", "Raw", "Bytes", "Guid", "Uri", "TimeSpan",
)  # fmt: skip
_TYPES = {
    name: Enum(LINQ + "JTokenType", number, dict(enumerate(TYPE_NAMES)))
    for number, name in enumerate(TYPE_NAMES)
}


def token_put(token: JToken, key: object, value: JToken | None) -> None:
    if not isinstance(token, JObject | JList):
        raise exceptions.invalid_operation(f"Cannot set child value on {token.clr_name}.")
    if type(key) is not (str if isinstance(token, JObject) else int):
        raise conversions.wrong_key("Set", token, key)
    token.put(key, value)  # type: ignore[arg-type]


def get_value(token: JObject, name: str | None, comparison: Enum | None = None) -> JToken | None:
    """GetValue(name, comparison): an exact match first, then by the comparison."""
    if name is None:
        return None
    found = token.properties.get(name)
    if found is None and str(comparison).endswith("IgnoreCase"):
        charge_each(len(token.properties))
        found = next((p for p in token.properties.values() if p.name.casefold() == name.casefold()), None)
    return None if found is None else found.value


def try_get_value(token: JObject, name: str | None, comparison: Enum | None = None) -> tuple[bool, object]:
    found = get_value(token, name, comparison)
    return found is not None, found


def deep_equals(left: JToken | None, right: JToken | None) -> bool:
    """JToken.DeepEquals: same shape and values; the order of an object's properties does not matter."""
    BUDGET.spend()
    if left is None or right is None or left is right:
        return left is right
    if isinstance(left, JValue) and isinstance(right, JValue):
        return equal_scalars(left, right)
    if left.type_name != right.type_name or getattr(left, "name", None) != getattr(right, "name", None):
        return False
    if isinstance(left, JObject) and isinstance(right, JObject):
        return left.properties.keys() == right.properties.keys() and all(
            deep_equals(prop.value, right.properties[name].value) for name, prop in left.properties.items()
        )
    lefts, rights = list(left), list(right)
    return len(lefts) == len(rights) and all(map(deep_equals, lefts, rights))


def _selected(token: JToken, path: str | None, error: bool = False) -> Callable[[], Iterator[JToken]]:
    from apimlb.policy.clr.json.path import select_tokens  # loaded when an expression first follows a path

    return select_tokens(token, path, error)


def select_token(token: JToken, path: str | None, error: bool = False) -> JToken | None:
    """SelectToken: the one match, null without, an error for several."""
    found: JToken | None = None
    for each in _selected(token, path, error)():
        if found is not None:
            raise exceptions.ClrException("Newtonsoft.Json.JsonException", "Path returned multiple tokens.")
        found = each
    return found


_VALUES = [name for name in NULLABLE_CASTS if name != "Char"]
_SCALARS = "|".join([*_VALUES, "Uri"])
_NULLABLE = "|".join(f"{name}?" for name in _VALUES)
_TOKEN_ENUMERATOR = "System.Collections.Generic.List`1+Enumerator[Newtonsoft.Json.Linq.JToken]"

DEFINITIONS = (
    Definition("Newtonsoft.Json.Formatting", "enum", constants={"None": 0, "Indented": 1}),
    Definition(LINQ + "JTokenType", "enum", constants={name: each.number for name, each in _TYPES.items()}),
    Definition(
        "Newtonsoft.Json.JsonConvert", "static",
        rows=(
            ("static string SerializeObject(object value[, Formatting formatting])",
             lambda value, formatting=None: to_json(from_object(value), str(formatting) == "Indented")),
            ("static T DeserializeObject<T>(string! value)", Call(deserialization.deserialize, types=("T",))),
            ("static object DeserializeObject(string! value)", deserialization.deserialize_object),
        ),
    ),
    Definition(
        LINQ + "JToken", "class", bases=("IJEnumerable<JToken>",),
        test=lambda value: isinstance(value, JToken),
        rows=(
            ("JTokenType Type", lambda token: _TYPES[token.type_name]),
            ("JToken this[object key]", conversions.token_at, token_put),
            ("string ToString()", text_of),
            ("string ToString(Formatting formatting)",
             lambda token, formatting: to_json(token, formatting.number == 1)),
            ("T Value<T>(object key)", Call(conversions.value_at, types=("T",), cost="none")),
            ("IEnumerable<T> Values<T>()", Call(conversions.values_of, types=("T",))),
            ("IJEnumerable<JToken> Children()", lambda token: tokens(lambda: elements(token))),
            ("IEnumerable<T> Children<T>()", Call(sequences.children_of, types=("T",))),
            ("JToken First", lambda token: next(conversions.children_of(token), None)),
            ("JToken Last", lambda token: next(reversed([*conversions.children_of(token)]), None)),
            ("JToken Next", lambda token: sibling(token, 1)),
            ("JToken Previous", lambda token: sibling(token, -1)),
            ("JContainer Parent", "{0}.parent"),
            ("JToken Root", root),
            ("string Path", path),
            ("bool HasValues", lambda token: any(True for _ in token)),
            ("JToken SelectToken(string path[, bool errorWhenNoMatch])", select_token),
            ("IEnumerable<JToken> SelectTokens(string path[, bool errorWhenNoMatch])",
             lambda token, path, error=False: LazySequence(_selected(token, path, error))),
            ("IEnumerable<JToken> Ancestors()", walked(ancestors)),
            ("IEnumerable<JToken> AncestorsAndSelf()", walked(with_self(ancestors))),
            ("IEnumerable<JToken> AfterSelf()", walked(sequences.after_self)),
            ("IEnumerable<JToken> BeforeSelf()", walked(sequences.before_self)),
            *ANNOTATIONS,
            ("JToken DeepClone()", lambda token: token.clone()),
            ("void Remove()", lambda token: edits.holder(token).remove_child(token)),
            ("void Replace(JToken value)",
             lambda token, value: edits.holder(token).replace_child(token, value or null())),
            ("void AddAfterSelf(object content)", lambda token, content: edits.add_at(token, content, 1)),
            ("void AddBeforeSelf(object content)", lambda token, content: edits.add_at(token, content, 0)),
            ("T ToObject<T>()", Call(to_object, types=("T",))),
            ("static JToken Parse(string json)", parse_token),
            ("static JToken FromObject(object! o)", from_object),
            ("static bool DeepEquals(JToken t1, JToken t2)", deep_equals),
            *((f"explicit {name}(JToken value)", cast) for name, cast in TOKEN_CASTS.items()),
            *((f"explicit {name}?(JToken value)", cast) for name, cast in NULLABLE_CASTS.items()),
            ("implicit JToken(string value)", string_value),
            (f"implicit JToken({_SCALARS}|byte[]|{_NULLABLE} value)", value_of),
        ),
    ),
    Definition(
        LINQ + "JContainer", "class", bases=(LINQ + "JToken",),
        test=lambda value: isinstance(value, JContainer),
        rows=(
            ("int Count", "{0}.count()"),
            ("void Add(object content)", Call(edits.add, cost="result")),
            ("void AddFirst(object content)", lambda target, content: edits.insert(target, 0, content)),
            ("void RemoveAll()", lambda token: token.clear()),
            ("void ReplaceAll(object content)", edits.replace_all),
            ("IEnumerable<JToken> Descendants()", walked(descendants)),
            ("IEnumerable<JToken> DescendantsAndSelf()", walked(with_self(descendants))),
            ("void Merge(object content)", edits.merge),
        ),
    ),
    Definition(
        LINQ + "JObject", "class",
        bases=(LINQ + "JContainer", "IDictionary<string, JToken>"),
        rows=(
            ("new()", JObject),
            ("new(params object[] content)", lambda content: edits.filled(JObject(), content)),
            ("new(JObject! other)", JObject.clone),
            ("JToken this[string propertyName]", JObject.get, JObject.put),
            ("void Add(string propertyName, JToken value)", JObject.add),
            ("bool Remove(string propertyName)", JObject.remove),
            ("IEnumerator<KeyValuePair<string, JToken>> GetEnumerator()", pair_enumerator),
            ("JProperty Property(string name)",
             lambda token, name: None if name is None else token.properties.get(name)),
            ("IEnumerable<JProperty> Properties()", walked(iter)),
            ("IEnumerable<JToken> PropertyValues()",
             lambda token: LazySequence(lambda: (prop.value for prop in token))),
            ("JToken GetValue(string propertyName[, StringComparison comparison])", get_value),
            ("bool TryGetValue(string propertyName[, StringComparison comparison], out JToken value)",
             try_get_value),
            ("static JObject Parse(string json)", lambda text: parse_token(text, "JObject")),
            ("static JObject FromObject(object! o)", lambda value: container_of(JObject, value)),
        ),
    ),
    Definition(
        LINQ + "JArray", "class", bases=(LINQ + "JContainer", "System.Collections.Generic.IList<JToken>"),
        rows=(
            ("new()", JArray),
            ("new(params object[] content)", lambda content: edits.filled(JArray(), content)),
            ("new(object content)", lambda content: edits.filled(JArray(), content)),
            ("new(JArray! other)", JArray.clone),
            ("int Count", "{0}.items.__len__()"),
            ("JToken this[int index]", JArray.item, JArray.put),
            ("void Add(JToken item)", JArray.add),
            ("void Insert(int index, JToken item)", JArray.insert),
            ("void RemoveAt(int index)", JArray.remove_at),
            ("bool Remove(JToken item)", collection_remove),
            ("void Clear()", JArray.clear),
            ("void CopyTo(JToken[] array, int arrayIndex)", collection_copy),
            ("bool IsReadOnly", lambda token: token is None),
            ("IEnumerator<JToken> GetEnumerator()",
             lambda source: Enumerator(lambda: elements(source), _TOKEN_ENUMERATOR, None, restarts=False)),
            ("int IndexOf(JToken item)", JArray.place),
            ("bool Contains(JToken item)", lambda token, value: token.place(value) >= 0),
            ("static JArray Parse(string json)", lambda text: parse_token(text, "JArray")),
            ("static JArray FromObject(object! o)", lambda value: container_of(JArray, value)),
        ),
    ),
    Definition(
        LINQ + "JConstructor", "class", bases=(LINQ + "JContainer",),
        rows=(
            ("new()", JConstructor),
            ("new(JConstructor! other)", JConstructor.clone),
            ("new(string name[, object content])", edits.new_constructor),
            ("new(string name, params object[] content)", edits.new_constructor),
            ("string Name", "{0}.name", setting("name")),
        ),
    ),
    Definition(
        LINQ + "JProperty", "class", bases=(LINQ + "JContainer",),
        rows=(
            ("new(JProperty! other)", JProperty.clone),
            ("new(string! name, object content)", edits.new_property),
            ("new(string! name, params object[] content)", edits.new_property),
            ("string Name", "{0}.name"),
            ("JToken Value", "{0}.value", JProperty.set_value),
        ),
    ),
    Definition(
        LINQ + "JValue", "class", bases=(LINQ + "JToken",),
        rows=(
            ("int CompareTo(JValue obj)", compare_values),
            ("string ToString(string format)", lambda token, layout: format_value(token.value, layout)),
            ("static JValue CreateComment(string value)", lambda text: JValue(text, "Comment")),
            ("object Value", scalar, conversions.scalar_put),
            ("new(string|char value)", string_value),
            (f"new({_SCALARS} value)", value_of),
            ("new(object value)", value_of),
            ("new(JValue other)", lambda other: JValue(other.value, other.type_name)),
            ("static JValue CreateString(string value)", string_value),
            ("static JValue CreateNull()", null),
            ("static JValue CreateUndefined()", lambda: JValue(None, "Undefined")),
        ),
    ),
    Definition(
        LINQ + "JRaw", "class", bases=(LINQ + "JValue",),
        rows=(
            ("new(object rawJson)", lambda value: JRaw(value, "Raw")),
            ("new(JRaw other)", lambda token: token.clone()),
        ),
    ),
    *sequences.SEQUENCES,
)  # fmt: skip
