"""System.Convert and BitConverter."""

import struct
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.convert.parsing import CONVERSIONS
from apimlb.policy.clr.convert.type_codes import DB_NULL, change_type, type_code
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, chars_of, fitted, wrap
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64, to_base64
from apimlb.policy.clr.types.definitions import Definition, Row

Items = TypeVar("Items", bytearray, list[object])
_LAYOUTS = {
    "Boolean": "<?", "Char": "<H", "Int16": "<h", "UInt16": "<H", "Int32": "<i", "UInt32": "<I",
    "Int64": "<q", "UInt64": "<Q", "Single": "<f", "Double": "<d",
}  # fmt: skip
"""How the bytes of a value lie, for struct."""


def _unpacked(name: str, content: bytearray, start: int) -> object:
    """BitConverter.ToInt32 and the others"""
    exceptions.check_index(start, len(content), "startIndex")
    if start + struct.calcsize(_LAYOUTS[name]) > len(content):
        raise exceptions.destination_too_short("value")
    return CONVERSIONS[name](struct.unpack_from(_LAYOUTS[name], content, start)[0])


def _packed(name: str, value: Any) -> bytearray:
    """BitConverter.GetBytes"""
    return bytearray(struct.pack(_LAYOUTS[name], ord(value) if name == "Char" else value))


def hex_text(content: bytearray, start: int = 0, length: int | None = None) -> str:
    """BitConverter.ToString: upper-case pairs with dashes."""
    if start < 0 or (start >= len(content) and start > 0):
        raise exceptions.index_range("startIndex")
    length = len(content) - start if length is None else length
    exceptions.not_negative(length, "length", "Value must be positive.")
    if start > len(content) - length:
        raise exceptions.destination_too_short("value")
    return bytes(content[start : start + length]).hex("-").upper()


def _recast(source: str, target: str) -> Callable[[float], object]:
    """The same bits as another type."""
    return lambda value: _unpacked(target, _packed(source, value), 0)


BIT_ROWS: tuple[Row, ...] = (
    ("static bool IsLittleEndian", lambda: True),
    ("static string ToString(byte[]! value[, int startIndex[, int length]])", hex_text),
    *(
        (f"static {name} To{name}(byte[]! value, int startIndex)", partial(_unpacked, name))
        for name in _LAYOUTS
    ),
    *((f"static byte[] GetBytes({name} value)", partial(_packed, name)) for name in _LAYOUTS),
    ("static long DoubleToInt64Bits(double value)", _recast("Double", "Int64")),
    ("static double Int64BitsToDouble(long value)", _recast("Int64", "Double")),
    ("static int SingleToInt32Bits(float value)", _recast("Single", "Int32")),
    ("static float Int32BitsToSingle(int value)", _recast("Int32", "Single")),
)

_DIGITS = "0123456789abcdef"
_BASES = {2: "b", 8: "o", 10: "d", 16: "x"}
"""Their letters in Python's formats."""


def _check_base(base: int) -> None:
    if base not in _BASES:
        raise exceptions.argument("Invalid Base.")


def _digits(value: int, base: int, bits: int) -> str:
    """Convert.ToString(value, base): two's complement but for base 10."""
    _check_base(base)
    return format(int(value) if base == 10 else int(value) % (1 << bits), _BASES[base])


def _from_digits(text: str | None, base: int, name: str) -> int:
    """Convert.ToInt32(text, base)"""
    _check_base(base)
    lowest, highest, make = INTEGERS[name]
    if text is None:
        return make(0)
    if not text:
        raise exceptions.out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection."
        )
    minus = text[0] == "-"
    if minus and base != 10:
        raise exceptions.argument("String cannot contain a minus sign if the base is not 10.")
    if minus and lowest == 0:
        raise exceptions.overflow_exception(
            "The string was being parsed as an unsigned number and could not have a negative sign."
        )
    text = text[1:] if text[0] in "+-" else text
    digits = text.lower().removeprefix("0x") if base == 16 else text
    rest = digits.lstrip(_DIGITS[:base])
    read = digits.removesuffix(rest)
    if not read:
        raise exceptions.bad_format("Could not find any recognizable digits.")
    significant = read.lstrip("0") or "0"
    value = int(significant, base) if len(significant) <= 64 else 1 << 64
    bits = 64 if name.endswith("64") else 32
    signed = base == 10 and lowest < 0
    if value > (2 ** (bits - 1) if signed else 2**bits - 1):  # told before the rest is looked at
        raise exceptions.overflow(f"{'Int' if signed else 'UInt'}{bits}")
    if rest:
        raise exceptions.bad_format("Additional non-parsable characters are at the end of the string.")
    if base == 10:
        return fitted(-value if minus else value, name)
    if value > highest - lowest:
        raise exceptions.overflow(name)
    return wrap(value, name)


def _piece(items: Items, start: int, length: int, name: str) -> Items:
    """A part of bytes or characters; its start is the argument `name`."""
    if length < 0:
        raise exceptions.index_range("length")
    exceptions.not_negative(start, name, "Value must be positive.")
    if start > len(items) - length:
        raise exceptions.argument_range("Offset and length must refer to a position in the string.", name)
    return items[start : start + length]


def to_base64_chars(content: bytearray, start: int, length: int, target: ClrArray | None, place: int) -> int:
    """Convert.ToBase64CharArray"""
    target = exceptions.required(target, "outArray")
    if length >= 0 and place < 0:
        raise exceptions.argument_range("Value must be positive.", "offsetOut")
    text = to_base64(_piece(content, start, length, "offsetIn"))
    if place > len(target.items) - len(text):
        raise exceptions.argument_range(
            "Either offset did not refer to a position in the string, or there is an insufficient length of "
            "destination character array.",
            "offsetOut",
        )
    target.items[place : place + len(text)] = chars_of(text)
    return len(text)


_SOURCES = "|".join(("object", "bool", *INTEGERS, "Single", "Double", "Decimal"))
_CONVERT_ROWS: tuple[Row, ...] = (
    *(
        (f"static {name} To{name}({_SOURCES}|char|string value)", convert)
        for name, convert in CONVERSIONS.items()
        if name not in ("Char", "DateTime")
    ),
    *((f"static {name} To{name}(DateTime value)", CONVERSIONS[name]) for name in INTEGERS),
    *(
        (f"static {name} To{name}(string value, int fromBase)", partial(_from_digits, name=name))
        for name in INTEGERS
    ),
    *(
        (f"static string ToString({keyword} value, int toBase)", partial(_digits, bits=bits))
        for keyword, bits in (("byte", 8), ("short", 16), ("int", 32), ("long", 64))
    ),
    (f"static char ToChar({_SOURCES}|char value)", parsing.to_char),
    ("static char ToChar(string! value)", parsing.to_char),
    (f"static string ToString({_SOURCES}|char|DateTime value)", text_of),
    ("static string ToString(string value)", lambda value: value),
    ("static DateTime ToDateTime(object|string|DateTime value)", parsing.to_date),
    ("static byte[] FromBase64String(string s)", from_base64),
    ("static string ToBase64String(byte[] inArray)", to_base64),
    ("static string ToBase64String(byte[]! inArray, int offset, int length)",
     lambda content, start, length: to_base64(_piece(content, start, length, "offset"))),
    ("static byte[] FromBase64CharArray(char[]! inArray, int offset, int length)",
     lambda chars, start, length:
         from_base64("".join(map(str, _piece(chars.items, start, length, "offset"))))),
    ("static int ToBase64CharArray(byte[]! inArray, int offsetIn, int length, char[] outArray, "
     "int offsetOut)",
     to_base64_chars),
    ("static TypeCode GetTypeCode(object value)", type_code),
    ("static bool IsDBNull(object value)", lambda value: value is DB_NULL),
    ("static object DBNull", lambda: DB_NULL),
    ("static object ChangeType(object value, TypeCode typeCode)", change_type),
)  # fmt: skip


DEFINITIONS = (
    Definition("System.Convert", "static", rows=_CONVERT_ROWS),
    Definition("System.BitConverter", "static", rows=BIT_ROWS),
)
