"""What Newtonsoft.Json 10 makes of a token: the casts, Value<T> and ToObject<T> of scalars."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial

from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.dates.parsing import parse_offset, parse_span
from apimlb.policy.clr.exceptions import argument, required
from apimlb.policy.clr.guids import Guid, guid_from_bytes, parse_guid
from apimlb.policy.clr.json.tokens import JProperty, JToken, JValue
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, BigInteger, Char, Single
from apimlb.policy.clr.objects.text import clr_type_name, text_of
from apimlb.policy.clr.strings.encodings import from_base64, to_base64
from apimlb.policy.clr.web.uris import Uri, make_uri

Cast = Callable[[JToken | None], object]


def _to_bytes(value: object) -> bytearray | None:
    """The bytes of a text in Base64 or of a BigInteger; None for any other value."""
    if type(value) is str:
        return from_base64(value)
    if type(value) is BigInteger:
        size = (value ^ (value >> value.bit_length())).bit_length() // 8 + 1
        return bytearray(value.to_bytes(size, "little", signed=True))
    return None


def _by_int(change: Callable[[object], object]) -> Callable[[object], object]:
    """A change by way of int where the value is a BigInteger."""
    return lambda value: change(parsing.to_integer(value, "Int32") if type(value) is BigInteger else value)


_SMALL = ("SByte", "Byte", "Int16", "UInt16")
_WRITTEN = frozenset({"String", "Comment", "Raw"})
_CHAR = _WRITTEN | {"Integer", "Float"}
_NUMBER = _CHAR | {"Boolean"}
_DATE = _WRITTEN | {"Date"}
_NULL = frozenset({"Null", "Undefined"})
_REFERENCES = ("String", "Uri", "Byte[]")
_CASTS: dict[str, tuple[type, frozenset[str], Callable[..., object]]] = {
    "String": (str, _NUMBER | _NULL | {"Date", "Bytes", "Guid", "TimeSpan", "Uri"}, lambda value:
        to_base64(value) if isinstance(value, bytearray) else text_of(value)),
    "Boolean": (bool, _NUMBER, _by_int(parsing.to_boolean)),
    **{name: (object, _NUMBER, partial(parsing.to_integer, name=name)) for name in INTEGERS},
    **{name: (object, _NUMBER, _by_int(partial(parsing.to_integer, name=name))) for name in _SMALL},
    "Double": (float, _NUMBER, parsing.to_double),
    "Single": (Single, _NUMBER, parsing.to_single),
    "Decimal": (Decimal, _NUMBER, parsing.to_decimal),
    "Char": (Char, _CHAR, _by_int(parsing.to_char)),
    "DateTime": (DateTime, _DATE, lambda value:
        DateTime(value.ticks) if isinstance(value, DateTimeOffset) else parsing.to_date(value)),
    "DateTimeOffset": (DateTimeOffset, _DATE, lambda value:
        parse_offset(value) if type(value) is str else DateTimeOffset(parsing.to_date(value).ticks)),
    "Guid": (Guid, _WRITTEN | {"Guid", "Bytes"}, lambda value:
        guid_from_bytes(value) if isinstance(value, bytearray) else parse_guid(text_of(value))),
    "TimeSpan": (TimeSpan, _WRITTEN | {"TimeSpan"}, lambda value: parse_span(text_of(value))),
    "Uri": (Uri, _WRITTEN | _NULL | {"Uri"}, lambda value: make_uri(text_of(value))),
    "Byte[]": (bytearray, _WRITTEN | {"Bytes", "Integer"}, _to_bytes),
}  # fmt: skip
"""By the name of the type: the class of a value that needs no change, the tokens that are cast to it, and
what changes the value of one, or yields None for a value that it does not change."""


def _cast(name: str, nullable: bool) -> Cast:
    """A cast of tokens; throws System.ArgumentException for another kind of token."""
    own, allowed, change = _CASTS[name]
    if nullable:
        allowed |= _NULL
    takes_null = "Null" in allowed

    def cast(token: JToken | None) -> object:
        value = token.value if isinstance(token, JProperty) else token
        if isinstance(value, JValue) and type(value.value) is own:
            return value.value
        if value is None and (nullable or name in _REFERENCES):
            return None
        value = required(value, "value")
        if isinstance(value, JValue) and value.type_name in allowed:
            if value.value is None and takes_null:
                return None
            made = change(value.value)
            if made is not None:
                return made
        raise argument(f"Can not convert {value.type_name} to {'byte array' if name == 'Byte[]' else name}.")

    return cast


def _integer_cast(name: str, nullable: bool) -> Cast:
    """Likewise, and at once for what most tokens of numbers hold."""
    lowest, highest, make = INTEGERS[name]
    cast_other = _cast(name, nullable)

    def cast(token: JToken | None) -> object:
        if type(token) is JValue and type(token.value) is int and lowest <= token.value <= highest:
            return make(token.value)
        return cast_other(token)

    return cast


def _casts(names: Iterable[str], nullable: bool) -> dict[str, Cast]:
    return {name: (_integer_cast if name in INTEGERS else _cast)(name, nullable) for name in names}


TOKEN_CASTS = _casts(_CASTS, nullable=False)
NULLABLE_CASTS = _casts([name for name in _CASTS if name not in _REFERENCES], nullable=True)
"""The casts to T and to T?, for each type that is a struct."""


def change_type(value: object, name: str) -> object:
    """System.Convert.ChangeType to the type of that CLR name, as Value<T> uses it."""
    short = name.removeprefix("System.")
    if value is None:
        raise parsing.no_cast("Null object cannot be converted to a value type.")
    if not parsing.convertible(value):
        raise parsing.no_cast("Object must implement IConvertible.")
    if short == "String":
        return text_of(value)
    if short not in parsing.CONVERSIONS:
        raise parsing.no_cast(f"Invalid cast from '{clr_type_name(value)}' to '{name}'.")
    return parsing.CONVERSIONS[short](value)
