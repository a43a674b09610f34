"""The scalars inside a collection that ToObject makes: Newtonsoft.Json reads them by the type that is wanted,
and does not cast them. Source: Newtonsoft.Json 10, confirmed by running it.
"""

from collections.abc import Callable

from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.composites import mismatch, no_conversion, refuse
from apimlb.policy.clr.json.scalar_casts import TOKEN_CASTS
from apimlb.policy.clr.json.tokens import JArray, JToken, JValue
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.web.uris import Uri, make_uri

_NUMBERS = frozenset({"Integer", "Float"})
_PRIMITIVE = _NUMBERS | {"String", "Boolean", "Date", "Bytes"}

_READ: dict[str, tuple[str, frozenset[str], Callable[[str], object]]] = {
    "Int32": ("integer", _NUMBERS, lambda text: parsing.parse_integer(text, "Int32")),
    "Double": ("double", _NUMBERS, parsing.parse_double),
    "Decimal": ("decimal", _NUMBERS, parsing.parse_decimal),
    "Boolean": ("boolean", _NUMBERS | {"Boolean"}, parsing.parse_boolean),
    "String": ("string", _PRIMITIVE, str),
    "DateTime": ("date", frozenset({"Date"}), parsing.to_date),
}  # fmt: skip
"""By type: its name in messages, the tokens that it is converted from, and what reads a text."""

READ_AS = {"Byte": "Int32", "SByte": "Int32", "Int16": "Int32", "UInt16": "Int32", "Single": "Double"}


def read_scalar(kind: Type, token: JToken) -> object:
    """The value of an element, of a type that has a cast; throws Newtonsoft.Json.JsonReaderException for a
    token of the wrong kind, JsonSerializationException for a value that does not convert."""
    plain = kind.underlying.name.removeprefix("System.")
    if plain == "Uri" and token.type_name == "String":
        return _converted(kind, token, _uri)
    if token.type_name == "Null":
        _check_null(kind)
        return None
    cast = TOKEN_CASTS[plain]
    read = _READ.get(READ_AS.get(plain, plain))
    held = token.value if isinstance(token, JValue) else None
    if read is None:
        nothing = token.type_name == "Undefined" or held == ""
        return None if nothing and kind.is_nullable else _converted(kind, token, cast)
    word, numbers, parse = read
    if isinstance(held, str) and token.type_name == "String":
        if held == "" and plain != "String":
            _check_null(kind)
            return None
        try:
            parse(held)
        except ClrException:
            refuse(f"Could not convert string to {word}: {held}.")
        return _converted(kind, token, cast)
    if token.type_name not in numbers:
        refuse(f"Error reading {word}. Unexpected token: {_token_name(token)}.")
    return cast(token)


def _uri(token: JToken | None) -> Uri | None:
    text = text_of(token)
    return make_uri(text, 0) if text else None


def read_bytes(token: JToken) -> bytearray:
    """A byte[]: Base64, or numbers."""
    if isinstance(token, JArray):
        return bytearray(map(_byte, token.items))
    held = token.value if isinstance(token, JValue) else None
    if isinstance(held, bytearray):
        return held
    if not isinstance(held, str):
        refuse(f"Error reading bytes. Unexpected token: {_token_name(token)}.")
    return from_base64(held)


def _byte(token: JToken) -> int:
    if token.type_name != "Integer":
        refuse(f"Unexpected token when reading bytes: {_token_name(token)}.")
    return parsing.to_integer(token.value, "Byte")  # type: ignore[attr-defined]


def _check_null(kind: Type) -> None:
    if kind.is_value and not kind.is_nullable:
        no_conversion(kind, None)


def _converted(kind: Type, token: JToken, cast: Callable[[JToken | None], object]) -> object:
    if not isinstance(token, JValue):
        mismatch(kind, token.type_name.lower())
    try:
        return cast(token)
    except ClrException as error:
        if error.type_name.startswith(("Newtonsoft.", "System.Insufficient")):
            raise
        no_conversion(kind, token.value)


def _token_name(token: JToken) -> str:
    """JsonToken: how the reader calls what begins a token."""
    return token.type_name if isinstance(token, JValue) else f"Start{token.type_name}"
