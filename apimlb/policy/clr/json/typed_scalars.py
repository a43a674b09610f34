"""Scalars as Newtonsoft.Json reads them by the type that is wanted, of a text and of tokens.

Some types are read from the text itself, so that `5.5` is no int and `1.50` keeps its zero as a string;
others are cast from the scalar that was read. Source: Newtonsoft.Json 10, confirmed by running it.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, NoReturn

from apimlb.numerals import is_digits
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.dates.parsing import parse_offset
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.items import TextNumber, TextObject, items_of, plain, scalar_token, token_name
from apimlb.policy.clr.json.scalar_casts import TOKEN_CASTS
from apimlb.policy.clr.json.scalars import read_date
from apimlb.policy.clr.json.tokens import JToken, JValue
from apimlb.policy.clr.numbers.arithmetic import decimal_from_float
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.utf16 import enter
from apimlb.policy.clr.web.uris import make_uri

_READER = "Newtonsoft.Json.JsonReaderException"
SERIALIZATION = "Newtonsoft.Json.JsonSerializationException"

_ODD = re.compile(r"0[^.eE]")
_WHOLE = re.compile(r"-?[0-9]+\Z")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?(?![.0-9])")


class ScalarReading(NamedTuple):
    """How a type is read: as which type, its name in messages, the tokens that are cast to it, and what reads
    the string and the number of a text, where they may stand for it. What is read for a `narrow` type is cast
    to it."""

    name: str
    word: str
    casts: frozenset[str]
    of_string: Callable[[str], object]
    of_number: Callable[[TextNumber], object] | None = None
    narrow: bool = False


def _decimally(number: TextNumber) -> str:
    """A number with what is hexadecimal or octal written in decimal digits."""
    if _ODD.match(number):
        return str(scalar_token(number).value)  # type: ignore[attr-defined]
    return str(number)


def _integer(number: TextNumber) -> int:
    digits = _decimally(number)
    if not _WHOLE.match(digits):
        refuse(f"Input string '{digits}' is not a valid integer.")
    if not -(2**31) <= int(digits) < 2**31:
        refuse(f"JSON integer {digits} is too large or small for an Int32.")
    return int(digits)


def _decimal(number: TextNumber) -> object:
    digits = _decimally(number)
    with suppress(ClrException):  # beyond every decimal
        if is_digits(digits.removeprefix("-")):
            return parsing.parse_decimal(digits)
        if _PLAIN.match(digits):
            return decimal_from_float(float(digits))
    refuse(f"Input string '{number}' is not a valid decimal.")


def _boolean(number: TextNumber) -> bool:
    if number.lstrip("-")[:1] in "NI":
        _refuse_item(number, "boolean")
    return float(_decimally(number)) != 0


_NUMBERS = frozenset({"Integer", "Float"})
_INTEGER = ScalarReading("Int32", "integer", _NUMBERS, parsing.PARSERS["Int32"], _integer)
_DOUBLE = ScalarReading("Double", "double", _NUMBERS, parsing.parse_double,
                        lambda number: parsing.parse_double(_decimally(number)))  # fmt: skip
READINGS = {
    "System.Int32": _INTEGER, "System.Double": _DOUBLE, "System.Single": _DOUBLE._replace(narrow=True),
    **dict.fromkeys(("System.Int16", "System.Byte"), _INTEGER._replace(narrow=True)),
    "System.Decimal": ScalarReading("Decimal", "decimal", _NUMBERS, parsing.parse_decimal, _decimal),
    "System.Boolean": ScalarReading("Boolean", "boolean", _NUMBERS | {"Boolean"}, parsing.parse_boolean,
                                    _boolean),
    "System.String": ScalarReading("String", "string", _NUMBERS | {"Boolean", "Date", "Bytes"}, str, str),
    "System.DateTime": ScalarReading("DateTime", "date", frozenset({"Date"}), read_date),
    "System.DateTimeOffset": ScalarReading("DateTimeOffset", "date", frozenset({"Date"}), parse_offset),
    "System.Byte[]": ScalarReading("Byte[]", "bytes", frozenset({"Bytes"}), from_base64),
}  # fmt: skip
"""By the names of the types that are read by them."""


def read_scalar(kind: Type, reading: ScalarReading, item: object) -> object:
    """The value of a type that is read, or of null; throws Newtonsoft.Json.JsonReaderException for what is
    written otherwise, JsonSerializationException for a value that does not convert."""
    held = plain(item)
    found = None if held is None else _read(reading, held)
    if found is None:
        if not kind.takes_null:
            no_conversion(kind, None)
        return None
    return cast_scalar(kind, scalar_token(found)) if reading.narrow else found


def _read(reading: ScalarReading, item: object) -> object:
    name, casts = reading.name, reading.casts
    if type(item) is TextNumber:
        if item.lstrip("-")[0] in "NI" and reading.word in ("integer", "decimal", "date"):
            refuse(f"Cannot read {item} value.")
        if reading.of_number is not None:
            return reading.of_number(item)
    if isinstance(item, JToken) and item.type_name in casts:
        return TOKEN_CASTS[name](item)
    if type(item) is str:
        return _parsed(enter(item), reading)
    if type(item) is bool and "Boolean" in casts:
        return item if name == "Boolean" else str(item).lower()
    items = items_of(item) if name == "Byte[]" else None
    if items is None:
        _refuse_item(item, reading.word)
    return bytearray(map(_byte, items))


def _parsed(text: str, reading: ScalarReading) -> object:
    if reading.name in ("String", "Byte[]"):
        return reading.of_string(text)
    try:
        return reading.of_string(text) if text else None
    except ClrException as error:
        if error.type_name == "System.ArgumentOutOfRangeException":
            raise
        word = reading.name if reading.word == "date" else reading.word
        refuse(f"Could not convert string to {word}: {text}.")


def _byte(item: object) -> int:
    token = None if isinstance(item, list) else scalar_token(item)
    if not (isinstance(token, JValue) and token.type_name == "Integer"):
        refuse(f"Unexpected token when reading bytes: {token_name(item)}.")
    return parsing.to_integer(token.value, "Byte")


def cast_scalar(kind: Type, token: JToken) -> object:
    """The value that a scalar is cast to; throws JsonSerializationException for another token."""
    BUDGET.spend(2)
    assert isinstance(token, JValue)
    cast = TOKEN_CASTS.get(kind.underlying.name.removeprefix("System."))
    try:
        if kind.name == "System.Uri" and token.type_name == "String":
            return make_uri(text_of(token), 0)
        if cast is not None:
            return cast(token)
    except ClrException as error:
        if error.type_name.startswith("System.Insufficient"):
            raise
    no_conversion(kind, token.value)


def _refuse_item(item: object, word: str) -> NoReturn:
    """Refuse what cannot become the type that messages call by a word."""
    if isinstance(item, JToken) or (word == "bytes" and isinstance(item, TextObject)):
        refuse(f"Error reading {word}. Unexpected token: {token_name(item)}.")
    text = str(item).lower() if type(item) is bool else str(item)
    first = "[" if type(item) is list else "{" if isinstance(item, list) else text[:1]
    refuse(f"Unexpected character encountered while parsing value: {first}.")


def no_conversion(kind: Type, value: object) -> NoReturn:
    """A scalar that does not become a type."""
    refuse(f"Error converting value {shown(value)} to type '{kind.name}'.", SERIALIZATION)


def shown(value: object) -> str:
    """A value as messages show it."""
    if value is None:
        return "{null}"
    return f'"{value}"' if type(value) is str else text_of(value)


def refuse(what: str, kind: str = _READER) -> NoReturn:
    """Throw an exception of Newtonsoft.Json, with the place that .NET names for a value read alone."""
    raise ClrException(kind, f"{what} Path '', line 1, position 1.")
