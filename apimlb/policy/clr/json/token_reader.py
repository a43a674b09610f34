"""The scalars inside a collection that ToObject makes: Newtonsoft.Json reads them by the type that is wanted,
and does not cast them. Source: Newtonsoft.Json 10, confirmed by running it.
"""

from collections.abc import Callable
from typing import NoReturn

from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.scalar_casts import TOKEN_CASTS
from apimlb.policy.clr.json.tokens import JArray, JToken, JValue
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.web.uris import make_uri

_READER = "Newtonsoft.Json.JsonReaderException"
SERIALIZATION = "Newtonsoft.Json.JsonSerializationException"
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
"""The types that are read as a wider one, and then narrowed."""


def read_scalar(kind: Type, token: JToken) -> object:
    """The value of an element, of a type that has a cast; throws Newtonsoft.Json.JsonReaderException for a
    token of the wrong kind, JsonSerializationException for a value that does not convert."""
    plain = kind.underlying.name.removeprefix("System.")
    if plain == "Uri" and token.type_name == "String":
        return make_uri(token.value, 0)  # type: ignore[attr-defined]
    cast = TOKEN_CASTS[plain]
    read = _READ.get(READ_AS.get(plain, plain))
    if read is None:
        return _converted(kind, token, cast)
    word, numbers, parse = read
    held = token.value if isinstance(token, JValue) else None
    if isinstance(held, str) and token.type_name == "String":
        if held == "" and plain != "String":
            _check_null(kind)
            return None
        try:
            parse(held)
        except ClrException:
            refuse(f"Could not convert string to {word}: {held}.")
        return _converted(kind, token, cast)
    if token.type_name == "Null":
        _check_null(kind)
        return None
    if token.type_name not in numbers:
        refuse(f"Error reading {word}. Unexpected token: {_token_name(token)}.")
    return cast(token)


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
        refuse(f"Error converting value {{null}} to type '{kind.name}'.", SERIALIZATION)


def _converted(kind: Type, token: JToken, cast: Callable[[JToken | None], object]) -> object:
    if not isinstance(token, JValue):
        what = token.type_name.lower()
        refuse(f"Cannot deserialize the current JSON {what} into type '{kind.name}'.", SERIALIZATION)
    try:
        return cast(token)
    except ClrException as error:
        if error.type_name.startswith(("Newtonsoft.", "System.Insufficient")):
            raise
        refuse(f"Error converting value {text_of(token.value)} to type '{kind.name}'.", SERIALIZATION)


def _token_name(token: JToken) -> str:
    """JsonToken: how the reader calls what begins a token."""
    return token.type_name if isinstance(token, JValue) else f"Start{token.type_name}"


def refuse(what: str, kind: str = _READER) -> NoReturn:
    """Throw an exception of Newtonsoft.Json, with the place that .NET names for a value read alone."""
    raise ClrException(kind, f"{what} Path '', line 1, position 1.")
