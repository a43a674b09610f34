"""JsonConvert.DeserializeObject: what a text becomes as a value of a type.

Newtonsoft.Json reads some types from the text itself, so that `5.5` is no int and `1.50` keeps its zero as a
string; others it converts from the scalar that it read. Source: Newtonsoft.Json 10, confirmed by running it.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import NoReturn

from apimlb.numerals import is_digits
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.dates.instants import UTC, DateTime
from apimlb.policy.clr.dates.parsing import parse_date, parse_offset
from apimlb.policy.clr.exceptions import ClrException, bad_format
from apimlb.policy.clr.json import serialization, tokens
from apimlb.policy.clr.json.composites import (
    SERIALIZATION,
    Composer,
    Members,
    made_of,
    mismatch,
    no_conversion,
    refuse,
)
from apimlb.policy.clr.json.copying_reader import written
from apimlb.policy.clr.json.reader import charge_document, copied_token, iso, paired, parse_token, token_of
from apimlb.policy.clr.json.token_reader import READ_AS, read_scalar
from apimlb.policy.clr.json.tolerant_reader import TolerantReader
from apimlb.policy.clr.numbers.arithmetic import decimal_from_float
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.utf16 import enter

_NOTHING = re.compile(r"(?:\s|\0|/\*.*?\*/|//[^\r\n]*)*\Z", re.DOTALL)


class _NumberText(str):
    """A number as the text writes it."""

    __slots__ = ()


class _Members(list[tuple[str, object]]):
    """An object's names and values."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_float=_NumberText,
    parse_int=_NumberText,
    parse_constant=_NumberText,
    strict=False,
)


def deserialize(kind: Type, text: str) -> object:
    """DeserializeObject<T>; throws Newtonsoft.Json.JsonReaderException or JsonSerializationException."""
    if _NOTHING.match(text):
        if kind.is_value and not kind.is_nullable:
            refuse(f"No JSON content found and type '{kind.name}' is not nullable.", SERIALIZATION)
        return None
    if serialization.is_token_type(kind):
        return serialization.to_object(kind, copied_token(text, typed=True))
    if kind.name == "System.Object":
        return deserialize_object(text)
    charge_document(text)
    text = paired(text)
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _tolerantly(kind, text)
    return _TextComposer().element(kind, found)


def deserialize_object(text: str) -> object:
    """DeserializeObject: scalars as values, objects and arrays as tokens."""
    if _NOTHING.match(text):
        return None
    return serialization.untyped(copied_token(text, typed=False), fresh=True)


class _TypedReader(TolerantReader):
    """What becomes a value of a type: numbers and strings stay as the text writes them."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "JToken", _Members, _as_token)  # type: ignore[arg-type]

    def value(self) -> object:
        return self._value()

    def first(self) -> str:
        """The first character of the value."""
        self._skip()
        return self._text[self._at : self._at + 1]

    def first_name(self) -> str:
        """The name of the first member of an object, empty where it has none."""
        start = self._at
        self._at += 1
        self._skip()
        char = self._text[self._at : self._at + 1]
        name = "" if char in ("", "}") else self._member_name(char)
        self._at = start
        return name

    def _ended(self, inside: bool = False, last: Sequence[str] = ()) -> NoReturn:
        refuse("Unexpected end when deserializing.", SERIALIZATION)

    def _string_value(self, quote: str) -> object:
        return self._string(quote)

    def _number_value(self, text: str, value: int | float) -> object:
        return _NumberText(text)


def _tolerantly(kind: Type, text: str) -> object:
    """A text that is no strict JSON. A value that cannot become the type is refused before a fault of
    JSON."""
    reader = _TypedReader(text)
    _check_start(kind, reader)
    found = reader.value()
    made = _TextComposer().element(kind, found)
    reader.end()
    return made


def _check_start(kind: Type, reader: _TypedReader) -> None:
    first = reader.first()
    plain = kind.underlying.name.removeprefix("System.")
    if first not in ("[", "{") or (first, plain) == ("[", "Byte[]"):
        return
    if READ_AS.get(plain, plain) in _READ:
        _unexpected([] if first == "[" else _Members())
    made = made_of(kind)
    if first == "[" and made != "array":
        mismatch(kind, "array")
    if first == "{" and made != "object" and not reader.first_name().startswith("$"):
        mismatch(kind, "object")


def _unexpected(value: object) -> NoReturn:
    first = "[" if type(value) is list else "{" if isinstance(value, _Members) else text_of(value).lower()[:1]
    refuse(f"Unexpected character encountered while parsing value: {first}.")


class _TextComposer(Composer):
    """Makes values of what the decoder yields."""

    def element(self, kind: Type, item: object) -> object:
        BUDGET.spend(2)
        plain = kind.underlying.name.removeprefix("System.")
        read = _READ.get(READ_AS.get(plain, plain))
        if read is not None:
            return _scalar(kind, plain, None if item is None else read(item))
        if serialization.is_token_type(kind):
            return serialization.element_token(kind, _as_token(item))
        if type(item) is list:
            return self.of_items(kind, item)
        if isinstance(item, _Members):
            return self.of_members(kind, item)
        if kind.name == "System.Uri":
            return read_scalar(kind, _token(item))
        if item == "" and kind.is_nullable:
            return None
        return _converted(kind, _token(item))

    def key(self, kind: Type, name: str) -> object:
        return _converted(kind, tokens.JValue(enter(name), "String"))

    def array_token(self, items: Sequence[object]) -> object:
        return _as_token(list(items))

    def object_token(self, members: Members) -> object:
        return _as_token(_Members(members))

    def text(self, item: object) -> str | None:
        return None if isinstance(item, list) or item is None else text_of(item)

    def items(self, item: object) -> list[object] | None:
        return item if type(item) is list else None

    def can_refer(self, item: object) -> bool:
        return item is None or type(item) is str


def _scalar(kind: Type, plain: str, found: object) -> object:
    """A scalar that was read, as the type that is wanted."""
    if plain in READ_AS and found is not None:
        found = _converted(kind, token_of(found))
    if found is None and kind.is_value and not kind.is_nullable:
        no_conversion(kind, None)
    return found


def _token(value: object) -> tokens.JToken:
    if type(value) is _NumberText:
        return parse_token(str(value))
    return token_of(value)


def _converted(kind: Type, token: tokens.JToken) -> object:
    if isinstance(token, tokens.JConstructor):
        no_conversion(kind, token.name)
    try:
        return serialization.to_object(kind, token)
    except ClrException as error:
        if error.type_name.startswith(("Newtonsoft.", "System.Insufficient")):
            raise
        no_conversion(kind, token.value if isinstance(token, tokens.JValue) else text_of(token))


def _as_token(value: object) -> tokens.JToken:
    if isinstance(value, _Members):
        made = tokens.JObject()
        for name, item in value:
            made.put(enter(name), _as_token(item))
        return made
    if type(value) is list:
        items = tokens.JArray()
        for item in value:
            items.add(_as_token(item))
        return items
    return written(_token(value))


# Types that are read from the text itself. None stands for null.


def _decimally(number: _NumberText) -> str:
    """A number with what is hexadecimal or octal written in decimal digits."""
    if re.match(r"0[^.eE]", number):
        return str(parse_token(str(number)).value)  # type: ignore[attr-defined]
    return str(number)


def _integer(value: object) -> object:
    if type(value) is _NumberText:
        value = _NumberText(_decimally(value))
        if not re.match(r"-?[0-9]+\Z", value):
            refuse(f"Input string '{value}' is not a valid integer.")
        if not -(2**31) <= int(value) < 2**31:
            refuse(f"JSON integer {value} is too large or small for an Int32.")
        return int(value)
    return _parsed(value, lambda text: parsing.parse_integer(text, "Int32"), "integer")


def _parsed(value: object, parse: Callable[[str], object], what: str) -> object:
    if type(value) is not str:
        _unexpected(value)
    if not value:
        return None
    try:
        return parse(enter(value))
    except ClrException:
        refuse(f"Could not convert string to {what}: {value}.")


def _real(parse: Callable[[str], object], what: str) -> Callable[[object], object]:
    def read(value: object) -> object:
        return parse(_decimally(value)) if type(value) is _NumberText else _parsed(value, parse, what)

    return read


def _decimal(value: object) -> object:
    if type(value) is not _NumberText:
        return _parsed(value, parsing.parse_decimal, "decimal")
    text = _decimally(value)
    try:
        if is_digits(text.removeprefix("-")):
            return parsing.parse_decimal(text)
        if re.match(r"-?[0-9]+(\.[0-9]+)?(?![.0-9])", text):
            return decimal_from_float(float(text))
    except ClrException as error:
        if error.type_name != "System.OverflowException":
            raise
    refuse(f"Input string '{value}' is not a valid decimal.")


def _boolean(value: object) -> object:
    if type(value) is bool:
        return value
    if type(value) is _NumberText:
        if value.lstrip("-")[:1] in "NI":
            _unexpected(value)
        return float(_decimally(value)) != 0
    return _parsed(value, parsing.parse_boolean, "boolean")


def _string(value: object) -> object:
    if isinstance(value, list | tokens.JToken):
        _unexpected(value)
    if type(value) is bool:
        return "true" if value else "false"
    assert isinstance(value, str)
    return enter(str(value))


def _date(value: object) -> object:
    return _parsed(value, _date_of, "DateTime")


def _date_of(text: str) -> DateTime:
    """The date that a text names; one in UTC stays there."""
    found = iso(text)
    if found is not None:
        return found
    parsed = parse_date(text)
    return DateTime(parsed.ticks, UTC) if text.rstrip()[-1:] in "Zz" else parsed


def _bytes(value: object) -> object:
    if type(value) is list:
        return bytearray(_byte(item) for item in value)
    if type(value) is not str:
        _unexpected(value)
    return from_base64(value)


def _byte(value: object) -> int:
    if type(value) is not _NumberText:
        _unexpected(value)
    if not is_digits(value) or int(value) > 255:
        raise bad_format()
    return int(value)


_READ: dict[str, Callable[[object], object]] = {
    "Int32": _integer, "Double": _real(parsing.parse_double, "double"),
    "Decimal": _decimal, "Boolean": _boolean, "String": _string, "DateTime": _date,
    "DateTimeOffset": lambda value: _parsed(value, parse_offset, "DateTimeOffset"), "Byte[]": _bytes,
}  # fmt: skip
