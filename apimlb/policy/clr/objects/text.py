"""Every value as text and as a type name; equality; and the string building that expressions compile to."""

import re
from decimal import Decimal
from typing import NoReturn

from apimlb.policy.clr.budget import BUDGET, LONGEST_TEXT, bounded_length, bounded_text
from apimlb.policy.clr.collections.values import KeyValuePair
from apimlb.policy.clr.dates.formatting import format_date, format_offset, format_span
from apimlb.policy.clr.dates.ticks import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument_null, bad_format, null_reference, over_limit
from apimlb.policy.clr.guids import Guid, format_guid
from apimlb.policy.clr.json.tokens import JProperty, JToken, JValue
from apimlb.policy.clr.json.writer import json_string, to_json
from apimlb.policy.clr.numbers.arithmetic import (
    BigInteger,
    Byte,
    Char,
    Long,
    SByte,
    Short,
    Single,
    UInt,
    ULong,
    UShort,
)
from apimlb.policy.clr.numbers.formatting import format_number, number_text
from apimlb.policy.clr.objects.values import Anonymous, ClrTuple
from apimlb.policy.clr.utf16 import leave
from apimlb.policy.clr.xml.nodes import XAttribute, XNode
from apimlb.policy.clr.xml.writer import attribute_text, xml_text

_NAMES: dict[type, str] = {
    str: "String", int: "Int32", bool: "Boolean", float: "Double", Decimal: "Decimal", Char: "Char",
    Long: "Int64", UInt: "UInt32", ULong: "UInt64", Short: "Int16", UShort: "UInt16", Byte: "Byte",
    SByte: "SByte", Single: "Single", bytearray: "Byte[]", bytes: "Byte[]", DateTime: "DateTime",
    DateTimeOffset: "DateTimeOffset", TimeSpan: "TimeSpan", Guid: "Guid", BigInteger: "Numerics.BigInteger",
}  # fmt: skip


def clr_type_name(value: object) -> str:
    """The full CLR name of a value's type; "null" for null."""
    if value is None:
        return "null"
    name = _NAMES.get(type(value))
    if name is not None:
        return f"System.{name}"
    if isinstance(value, ClrException):
        return value.type_name
    return str(getattr(value, "clr_name", None) or f"System.{type(value).__name__}")


def to_clr_string(value: object) -> str:
    """What policy elements write of a value: ToString(), null as nothing, in Python's own characters."""
    return leave(text_of(value))


def text_of(value: object) -> str:
    """ToString() as concatenation and formatting call it; null is the empty text."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "True" if value else "False"
    if type(value) is int:
        return repr(value)
    return _other_text(value)


def _other_text(value: object) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int | float | Decimal):
        return number_text(value)
    if isinstance(value, JToken):
        return token_text(value)
    if isinstance(value, DateTime):
        return format_date(value)
    if isinstance(value, DateTimeOffset):
        return format_offset(value)
    if isinstance(value, TimeSpan):
        return format_span(value)
    if isinstance(value, KeyValuePair | ClrTuple | Anonymous):
        BUDGET.spend()
    if isinstance(value, KeyValuePair):
        return f"[{text_of(value.key)}, {text_of(value.value)}]"
    if isinstance(value, ClrTuple):
        return bounded_text(f"({_items_text(value)})")
    if isinstance(value, Anonymous):
        if not value.members:
            return "{ }"
        inner = ", ".join(f"{name} = {text_of(item)}" for name, item in value.members.items())
        return bounded_text(f"{{ {inner} }}")
    if isinstance(value, ClrException):
        return _exception_text(value)
    if isinstance(value, XNode):
        return xml_text(value)
    if isinstance(value, XAttribute):
        return attribute_text(value)
    if isinstance(value, Enum | Guid) or type(value).__str__ is not object.__str__:
        return str(value)
    return clr_type_name(value)


def _items_text(value: ClrTuple) -> str:
    """The items of a tuple; the eighth is a tuple of those that follow."""
    rest = value.items[7] if len(value.items) == 8 else None
    if isinstance(rest, ClrTuple):
        return f"{', '.join(text_of(item) for item in value.items[:7])}, {_items_text(rest)}"
    return ", ".join(text_of(item) for item in value.items)


def _exception_text(value: ClrException) -> str:
    text = f"{value.type_name}: {value.message}" if value.message else value.type_name
    if value.inner is None:
        return text
    inner = _exception_text(value.inner)
    return bounded_text(f"{text}\n ---> {inner}\n   --- End of inner exception stack trace ---")


def token_text(token: JToken) -> str:
    """JToken.ToString(): a scalar's own text, else indented JSON."""
    if isinstance(token, JValue):
        return text_of(token.value)
    if isinstance(token, JProperty):
        return f"{json_string(token.name)}: {to_json(token.value, indented=True)}"
    return bounded_text(to_json(token, indented=True))


def to_string(value: object) -> str:
    """`value.ToString()` of a value that is not null."""
    if value is None:
        raise null_reference()
    return text_of(value)


def format_value(value: object, layout: str | None) -> str:
    """`value.ToString(format)` where the type knows formats, else ToString()."""
    if layout is None or layout == "" or value is None or isinstance(value, str | bool):
        return text_of(value)
    if isinstance(value, int | float | Decimal):
        return format_number(value, layout)
    if isinstance(value, DateTime):
        return format_date(value, layout)
    if isinstance(value, DateTimeOffset):
        return format_offset(value, layout)
    if isinstance(value, TimeSpan):
        return format_span(value, layout)
    if isinstance(value, Guid):
        return format_guid(value, layout)
    if isinstance(value, Enum):
        return format_enum(value, layout)
    if isinstance(value, JValue):
        return format_value(value.value, layout)
    return text_of(value)


def format_enum(value: Enum, layout: str) -> str:
    """Enum.ToString(format): G, F, D or X."""
    letter = layout.upper()
    if letter in ("G", "F"):
        return str(value)
    if letter == "D":
        return str(value.number)
    if letter == "X":
        return f"{value.number & 0xFFFFFFFF:08X}"
    raise bad_format('Format String can be only "G", "g", "X", "x", "F", "f", "D" or "d".')


def aligned(text: str, width: int) -> str:
    """Padded to a width: on the left for a positive one."""
    bounded_length(abs(width))
    return text.rjust(width) if width >= 0 else text.ljust(-width)


def concat(*parts: str) -> str:
    """String concatenation, bounded."""
    made = "".join(parts)
    if len(made) > 1_000:
        return bounded_text(made)
    return made


def same(left: object, right: object) -> bool:
    """Reference equality; boxes of equal numbers are different objects."""
    return left is right


def clr_equals(left: object, right: object) -> bool:
    """object.Equals: same type and equal value; tokens by reference or scalar value."""
    if left is right:
        return True
    if left is None or right is None or type(left) is not type(right):
        return False
    if isinstance(left, JValue) and isinstance(right, JValue):
        return _equal_tokens(left, right)
    if isinstance(left, float) and left != left:
        return bool(right != right)
    BUDGET.spend(2)
    if isinstance(left, KeyValuePair) and isinstance(right, KeyValuePair):
        return clr_equals(left.key, right.key) and clr_equals(left.value, right.value)
    if isinstance(left, ClrTuple) and isinstance(right, ClrTuple):
        return len(left.items) == len(right.items) and all(map(clr_equals, left.items, right.items))
    if isinstance(left, Anonymous) and isinstance(right, Anonymous):
        return left.members.keys() == right.members.keys() and all(
            clr_equals(left.members[name], right.members[name]) for name in left.members
        )
    if isinstance(left, bytearray):
        return False
    return bool(left == right)


def _equal_tokens(left: JValue, right: JValue) -> bool:
    if left.type_name != right.type_name:
        return False
    return bool(left.value == right.value)


def key_of(value: object) -> object:
    """A dictionary key under which equal values meet."""
    if type(value) is str or type(value) is int:
        return value
    BUDGET.spend(10)  # a tree of values may hold the same one many times
    if isinstance(value, JValue):
        return ("token", value.type_name, value.value)
    if isinstance(value, Anonymous):
        return tuple((name, key_of(item)) for name, item in value.members.items())
    if isinstance(value, ClrTuple):
        return tuple(key_of(item) for item in value.items)
    if isinstance(value, KeyValuePair):
        return (key_of(value.key), key_of(value.value))
    if isinstance(value, bytearray):
        return id(value)
    return (type(value).__name__, value)


_ITEM = re.compile(r"\{\{|\}\}|\{(\d+)\s*(?:,\s*(-?\d+)\s*)?(?::([^{}]*))?\}|[{}]")


def format_text(layout: str | None, arguments: list[object]) -> str:
    """string.Format; throws System.FormatException."""
    if layout is None:
        raise argument_null("format")
    size = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal size
        piece = match[0]
        if piece in ("{{", "}}"):
            return piece[0]
        if match[1] is None:
            raise bad_format()
        index = int(match[1]) if len(match[1]) < 9 else len(arguments)
        if index >= len(arguments):
            raise bad_format(
                "Index (zero based) must be greater than or equal to zero and less than the size of the "
                "argument list."
            )
        text = format_value(arguments[index], match[3])
        if match[2]:
            text = aligned(text, int(match[2]) if len(match[2]) < 12 else LONGEST_TEXT + 1)
        size += len(text)
        if size > LONGEST_TEXT:
            raise over_limit(f"{LONGEST_TEXT} characters in one string")
        return text

    return bounded_text(_ITEM.sub(replace, layout))


def raise_value(value: object) -> NoReturn:
    """`throw value` as an expression."""
    raise value if isinstance(value, ClrException) else null_reference()
