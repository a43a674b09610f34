"""What Newtonsoft.Json 10 makes of a token: the casts, Value<T> and ToObject<T> of scalars."""

from collections.abc import Callable

from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.dates.parsing import parse_offset, parse_span
from apimlb.policy.clr.exceptions import ClrException, argument, required
from apimlb.policy.clr.guids import Guid, parse_guid
from apimlb.policy.clr.json.tokens import JProperty, JToken, JValue
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, BigInteger
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64, to_base64
from apimlb.policy.clr.web.uris import Uri, make_uri

_TEXT = {
    "Date",
    "Integer",
    "Float",
    "String",
    "Comment",
    "Raw",
    "Boolean",
    "Bytes",
    "Guid",
    "TimeSpan",
    "Uri",
}
_NUMBER = {"Integer", "Float", "String", "Comment", "Raw", "Boolean"}
_CHAR = {"Integer", "Float", "String", "Comment", "Raw"}
_DATE = {"Date", "String", "Comment", "Raw"}
_GUID = {"String", "Comment", "Raw", "Guid", "Bytes"}
_SPAN = {"String", "Comment", "Raw", "TimeSpan"}
_URI = {"String", "Comment", "Raw", "Uri"}
_BYTES = {"Bytes", "String", "Comment", "Raw", "Integer"}


def _scalar(token: JToken | None, allowed: set[str], wanted: str) -> JValue:
    """The scalar that a cast works on; throws System.ArgumentException for another kind of token."""
    token = required(token, "value")
    value = token.value if isinstance(token, JProperty) else token
    if not isinstance(value, JValue) or value.type_name not in allowed:
        raise argument(f"Can not convert {value.type_name} to {wanted}.")
    return value


def token_to_string(token: JToken | None) -> str | None:
    """(string)token"""
    if type(token) is JValue and token.type_name == "String":
        text = token.value
        assert isinstance(text, str)
        return text
    if token is None:
        return None
    value = _scalar(token, _TEXT | {"Null", "Undefined"}, "String").value
    if value is None:
        return None
    return to_base64(value) if isinstance(value, bytearray) else text_of(value)


def token_to_integer(name: str) -> Callable[[JToken | None], int]:
    """(int)token and the casts to the other integers; reals round to even, texts are parsed."""

    lowest, highest, make = INTEGERS[name]

    def convert(token: JToken | None) -> int:
        if type(token) is JValue and type(token.value) is int and lowest <= token.value <= highest:
            return make(token.value)
        return parsing.to_integer(_scalar(token, _NUMBER, name).value, name)

    return convert


def token_to_boolean(token: JToken | None) -> bool:
    if type(token) is JValue and type(token.value) is bool:
        return token.value
    value = _scalar(token, _NUMBER, "Boolean").value
    return parsing.to_boolean(parsing.to_integer(value, "Int32") if type(value) is BigInteger else value)


def token_to_date(token: JToken | None) -> DateTime:
    value = _scalar(token, _DATE, "DateTime").value
    return DateTime(value.ticks) if isinstance(value, DateTimeOffset) else parsing.to_date(value)


def token_to_offset(token: JToken | None) -> DateTimeOffset:
    value = _scalar(token, _DATE, "DateTimeOffset").value
    if isinstance(value, DateTimeOffset):
        return value
    return DateTimeOffset(value.ticks) if isinstance(value, DateTime) else parse_offset(str(value))


def token_to_guid(token: JToken | None) -> Guid:
    value = _scalar(token, _GUID, "Guid").value
    return value if isinstance(value, Guid) else parse_guid(str(value))


def token_to_span(token: JToken | None) -> TimeSpan:
    value = _scalar(token, _SPAN, "TimeSpan").value
    return value if isinstance(value, TimeSpan) else parse_span(str(value))


def token_to_uri(token: JToken | None) -> Uri | None:
    if token is None:
        return None
    value = _scalar(token, _URI | {"Null"}, "Uri").value
    return value if isinstance(value, Uri) or value is None else make_uri(str(value))


def token_to_bytes(token: JToken | None) -> bytearray | None:
    if token is None:
        return None
    value = _scalar(token, _BYTES | {"Null"}, "byte array").value
    return value if isinstance(value, bytearray) or value is None else from_base64(str(value))


TOKEN_CASTS: dict[str, Callable[[JToken | None], object]] = {
    "String": token_to_string,
    "Boolean": token_to_boolean,
    **{
        name: token_to_integer(name)
        for name in ("Int32", "Int64", "Int16", "Byte", "SByte", "UInt16", "UInt32", "UInt64")
    },
    "Double": lambda token: parsing.to_double(_scalar(token, _NUMBER, "Double").value),
    "Single": lambda token: parsing.to_single(_scalar(token, _NUMBER, "Single").value),
    "Decimal": lambda token: parsing.to_decimal(_scalar(token, _NUMBER, "Decimal").value),
    "Char": lambda token: parsing.to_char(_scalar(token, _CHAR, "Char").value),
    "DateTime": token_to_date,
    "DateTimeOffset": token_to_offset,
    "Guid": token_to_guid,
    "TimeSpan": token_to_span,
    "Uri": token_to_uri,
    "Byte[]": token_to_bytes,
}

_CHANGES: dict[str, Callable[[object], object]] = {
    "Boolean": parsing.to_boolean,
    **{
        name: (lambda value, name=name: parsing.to_integer(value, name))  # type: ignore[misc]
        for name in ("Int32", "Int64", "Int16", "Byte", "SByte", "UInt16", "UInt32", "UInt64")
    },
    "Double": parsing.to_double,
    "Single": parsing.to_single,
    "Decimal": parsing.to_decimal,
    "Char": parsing.to_char,
    "DateTime": parsing.to_date,
}


def change_type(value: object, name: str) -> object:
    """System.Convert.ChangeType to the type of that CLR name, as Value<T> uses it."""
    short = name.removeprefix("System.")
    if value is None and short == "String":
        return None
    if value is not None and not parsing.convertible(value):
        raise ClrException("System.InvalidCastException", "Object must implement IConvertible.")
    if short == "String":
        return text_of(value)
    if value is None:
        raise ClrException("System.InvalidCastException", "Null object cannot be converted to a value type.")
    change = _CHANGES.get(short)
    if change is None:
        from_name = {str: "String", int: "Int64", bool: "Boolean", float: "Double"}.get(
            type(value), type(value).__name__
        )
        raise ClrException(
            "System.InvalidCastException", f"Invalid cast from 'System.{from_name}' to '{name}'."
        )
    return change(value)
