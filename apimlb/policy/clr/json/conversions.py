"""Tokens made of text and objects, and values taken out of tokens: Parse, Value<T>, Values<T>, casts."""

from collections.abc import Iterator

from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import ClrException, argument, invalid_operation, required
from apimlb.policy.clr.json import tokens
from apimlb.policy.clr.json.scalar_casts import change_type
from apimlb.policy.clr.json.scalars import scalar, value_of
from apimlb.policy.clr.json.typed_scalars import shown
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.types.constructed import Type


def token_at(token: tokens.JToken, key: object) -> tokens.JToken | None:
    """`token[key]`: by name in an object, by position in an array."""
    if type(token) is tokens.JObject:
        if type(key) is str:
            return token.get(key)
    elif isinstance(token, tokens.JList):
        if type(key) is int:
            return token.item(key)
    else:
        raise _childless(token)
    raise wrong_key("Accessed", token, key)


def _childless(token: tokens.JToken) -> ClrException:
    return invalid_operation(f"Cannot access child value on {token.clr_name}.")


def children_of(token: tokens.JToken) -> Iterator[tokens.JToken]:
    """The children of a token that may have some; throws System.InvalidOperationException for a scalar."""
    if isinstance(token, tokens.JValue):
        raise _childless(token)
    return iter(token)


def wrong_key(done: str, token: tokens.JObject | tokens.JList, key: object) -> ClrException:
    """A key that is of the wrong type for a container, which was `done` with it."""
    key = required(key, "key")
    wanted = {"Object": "Object property name", "Array": "Int32 array index"}.get(
        token.type_name, "Argument position index"
    )
    return argument(
        f"{done} J{token.type_name} values with invalid key value: {shown(key)}. {wanted} expected."
    )


_PYTHON = {
    name: made
    for plain, made in (("Boolean", bool), ("String", str), ("Int32", int), ("Double", float))
    for name in (f"System.{plain}", f"System.Nullable`1[System.{plain}]")
}
"""The classes that values of the commonest types have in Python."""


def converted(kind: Type, token: object) -> object:
    """Extensions.Convert: the token itself, its scalar, or that scalar changed to the type."""
    if type(token) is tokens.JValue and type(token.value) is _PYTHON.get(kind.name):
        held = token.value
        if type(held) is not int or -2147483648 <= held <= 2147483647:
            return held
    if RUNTIME.is_a(token, kind):
        return token
    if not isinstance(token, tokens.JValue):
        raise ClrException(
            "System.InvalidCastException",
            f"Cannot cast {clr_type_name(token)} to Newtonsoft.Json.Linq.JToken.",
        )
    value, plain = scalar(token), kind.underlying
    if RUNTIME.is_a(value, plain):
        return value
    return None if value is None and kind.takes_null else change_type(value, plain.name)


def value_at(kind: Type, token: tokens.JToken, key: object) -> object:
    """token.Value<T>(key)"""
    if type(token) is tokens.JObject and type(key) is str:  # as in most policies
        prop = token.properties.get(key)
        return kind.default if prop is None else converted(kind, prop.value)
    return converted(kind, token_at(token, key))


def own_value(kind: Type, source: object) -> object:
    """source.Value<T>() of one token."""
    if not isinstance(source, tokens.JToken):
        raise argument("Source value must be a JToken.")
    return converted(kind, source)


def values_of(kind: Type, token: tokens.JToken) -> LazySequence:
    """token.Values<T>(): the children, converted."""
    children_of(token)  # a scalar throws before anything is enumerated
    return LazySequence(lambda: (converted(kind, child) for child in elements(children_of(token))))


def scalar_put(token: tokens.JValue, value: object) -> None:
    """Set JValue.Value: the token's type stays for a value of the same type, and for a text in a comment."""
    made = value_of(value)
    stays_text = made.type_name == "String" and token.type_name in ("Comment", "Raw")
    if type(value) is not type(token.value) and not stays_text:
        token.type_name = made.type_name
    token.value = made.value
