"""System.Convert."""

import struct
from collections.abc import Callable
from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.convert.type_codes import DB_NULL, change_type, type_code
from apimlb.policy.clr.keywords import KEYWORDS
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Char, Long, Single, chars_of
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings.encodings import from_base64, to_base64
from apimlb.policy.clr.types.definitions import Definition, Row

_PACKED = {
    "Int16": "<h", "UInt16": "<H", "Int32": "<i", "UInt32": "<I", "Int64": "<q", "UInt64": "<Q",
    "Single": "<f",
    "Double": "<d",
}  # fmt: skip


def _unpack(name: str) -> Callable[[bytearray | None, int], object]:
    layout = _PACKED[name]
    make: Callable[[Any], object] = Single if name == "Single" else float
    if name in INTEGERS:
        make = INTEGERS[name][2]
    return lambda content, start: make(_unpacked(content, start, layout))


def _unpacked(content: bytearray | None, start: int, layout: str) -> float:
    content = exceptions.required(content, "value")
    if not 0 <= start < len(content):
        raise exceptions.index_range("startIndex")
    if start + struct.calcsize(layout) > len(content):
        raise exceptions.destination_too_short("value")
    found: float = struct.unpack_from(layout, content, start)[0]
    return found


def _pack(name: str) -> Callable[[float], bytearray]:
    return lambda value: bytearray(struct.pack(_PACKED[name], value))


def hex_text(content: bytearray | None, start: int = 0, length: int | None = None) -> str:
    """BitConverter.ToString: upper-case pairs with dashes."""
    content = exceptions.required(content, "value")
    if start < 0 or (start >= len(content) and start > 0):
        raise exceptions.index_range("startIndex")
    length = len(content) - start if length is None else length
    exceptions.not_negative(length, "length", "Value must be positive.")
    if start > len(content) - length:
        raise exceptions.destination_too_short("value")
    return bytes(content[start : start + length]).hex("-").upper()


def to_char(content: bytearray | None, start: int) -> Char:
    number = _unpacked(content, start, "<H")
    assert isinstance(number, int)
    return Char(chr(number))


def _recast(source: str, target: str, make: Callable[[float], object]) -> Callable[[float], object]:
    """The same bits as another type."""
    return lambda value: make(struct.unpack(target, struct.pack(source, value))[0])


BIT_ROWS: tuple[Row, ...] = (
    ("static bool IsLittleEndian", lambda: True),
    ("static string ToString(byte[] value[, int startIndex[, int length]])", hex_text),
    *((f"static {KEYWORDS[name]} To{name}(byte[] value, int startIndex)", _unpack(name)) for name in _PACKED),
    *((f"static byte[] GetBytes({KEYWORDS[name]} value)", _pack(name)) for name in _PACKED),
    ("static byte[] GetBytes(bool value)", lambda value: bytearray([value])),
    ("static byte[] GetBytes(char value)", lambda value: bytearray(struct.pack("<H", ord(value)))),
    (
        "static bool ToBoolean(byte[] value, int startIndex)",
        lambda content, start: _unpacked(content, start, "<b") != 0,
    ),
    ("static char ToChar(byte[] value, int startIndex)", to_char),
    ("static long DoubleToInt64Bits(double value)", _recast("<d", "<q", Long)),
    ("static double Int64BitsToDouble(long value)", _recast("<q", "<d", float)),
    ("static int SingleToInt32Bits(float value)", _recast("<f", "<i", int)),
    ("static float Int32BitsToSingle(int value)", _recast("<i", "<f", Single)),
)

_DIGITS = "0123456789abcdef"


def _digits(value: int, base: int, bits: int) -> str:
    """Convert.ToString(value, base): two's complement but for base 10."""
    if base == 10:
        return str(int(value))
    if base not in (2, 8, 16):
        raise exceptions.argument("Invalid Base.")
    return format(int(value) % (1 << bits), {2: "b", 8: "o", 16: "x"}[base])


def _from_digits(text: str | None, base: int, name: str) -> int:
    """Convert.ToInt32(text, base)"""
    if base not in (2, 8, 10, 16):
        raise exceptions.argument("Invalid Base.")
    lowest, highest, make = INTEGERS[name]
    if text is None:
        return make(0)
    if not text:
        raise exceptions.argument_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        )
    minus = text[0] == "-"
    if minus and base != 10:
        raise exceptions.argument("String cannot contain a minus sign if the base is not 10.")
    if minus and lowest == 0:
        raise exceptions.ClrException(
            "System.OverflowException",
            "The string was being parsed as an unsigned number and could not have a negative sign.",
        )
    text = text[1:] if text[0] in "+-" else text
    digits = text.lower().removeprefix("0x") if base == 16 else text
    wanted = _DIGITS[:base]
    if not digits or digits[0] not in wanted:
        raise exceptions.bad_format("Could not find any recognizable digits.")
    if digits.strip(wanted):
        read = digits[: len(digits) - len(digits.lstrip(wanted))]
        bits = 64 if name.endswith("64") else 32
        if len(read) > 64 or int(read, base) >= 1 << bits:  # told before the rest is looked at
            raise parsing.overflow_of(f"UInt{bits}")
        raise exceptions.bad_format("Additional non-parsable characters are at the end of the string.")
    if len(digits) > 400:
        raise parsing.overflow_of(name)
    value = int(digits, base)
    if base == 10:
        return parsing.fitted(-value if minus else value, name)
    if value >= (highest - lowest + 1):
        raise parsing.overflow_of(name)
    return make(value - (highest - lowest + 1) if value > highest else value)


def _convert_rows() -> tuple[Row, ...]:
    rows: list[Row] = []
    sources = ("object", "string", "bool", "char", *KEYWORDS.values())
    for name in INTEGERS:
        for source in sources:
            rows.append((f"static {KEYWORDS[name]} To{name}({source} value)", _to_integer(name)))
        rows.append((f"static {KEYWORDS[name]} To{name}(DateTime value)", _to_integer(name)))
        rows.append((f"static {KEYWORDS[name]} To{name}(string value, int fromBase)", _from_base(name)))
    others: dict[str, tuple[str, Callable[[object], object]]] = {
        "Boolean": ("bool", parsing.to_boolean), "Double": ("double", parsing.to_double),
        "Single": ("float", parsing.to_single), "Decimal": ("decimal", parsing.to_decimal),
        "Char": ("char", parsing.to_char), "String": ("string", _to_text),
    }  # fmt: skip
    for name, (keyword, call) in others.items():
        calls: dict[str, Callable[..., object]] = {"string": _OF_TEXT.get(name, call)}
        rows += [
            (f"static {keyword} To{name}({source} value)", calls.get(source, call)) for source in sources
        ]
    rows += [
        (f"static DateTime ToDateTime({source} value)", parsing.to_date)
        for source in ("object", "string", "DateTime")
    ]
    for keyword, bits in (("byte", 8), ("short", 16), ("int", 32), ("long", 64)):
        rows.append((f"static string ToString({keyword} value, int toBase)", _in_base(bits)))
    return (
        *rows,
        ("static string ToString(DateTime value)", _to_text),
        ("static byte[] FromBase64String(string s)", from_base64),
        ("static string ToBase64String(byte[] inArray)", to_base64),
        (
            "static string ToBase64String(byte[] inArray, int offset, int length)",
            lambda content, start, length: to_base64(_piece(content, start, length, "offset")),
        ),
        ("static byte[] FromBase64CharArray(char[]! inArray, int offset, int length)", chars_from_base64),
        (
            "static int ToBase64CharArray(byte[] inArray, int offsetIn, int length, char[] outArray, "
            "int offsetOut)",
            to_base64_chars,
        ),
        ("static TypeCode GetTypeCode(object value)", type_code),
        ("static bool IsDBNull(object value)", lambda value: value is DB_NULL),
        ("static object DBNull", lambda: DB_NULL),
        ("static object ChangeType(object value, TypeCode typeCode)", change_type),
    )


def _to_text(value: object) -> str | None:
    return text_of(value)


def _text_to_char(value: str | None) -> Char:
    value = exceptions.required(value, "value")
    return parsing.to_char(value)


def _piece(content: bytearray | None, start: int, length: int, name: str) -> bytearray:
    """A part of the bytes that are given as `inArray`, its start being `name`."""
    content = exceptions.required(content, "inArray")
    if length < 0:
        raise exceptions.index_range("length")
    exceptions.not_negative(start, name, "Value must be positive.")
    if start > len(content) - length:
        raise exceptions.argument_range("Offset and length must refer to a position in the string.", name)
    return content[start : start + length]


def chars_from_base64(chars: ClrArray, start: int, length: int) -> bytearray:
    """Convert.FromBase64CharArray"""
    if length < 0:
        raise exceptions.index_range("length")
    exceptions.not_negative(start, "offset", "Value must be positive.")
    if start > len(chars.items) - length:
        raise exceptions.argument_range("Offset and length must refer to a position in the string.", "offset")
    return from_base64("".join(map(str, chars.items[start : start + length])))


def to_base64_chars(
    content: bytearray | None, start: int, length: int, target: ClrArray | None, place: int
) -> int:
    """Convert.ToBase64CharArray"""
    if content is not None and target is None:
        raise exceptions.argument_null("outArray")
    if content is not None and length >= 0 and place < 0:
        raise exceptions.argument_range("Value must be positive.", "offsetOut")
    text = to_base64(_piece(content, start, length, "offsetIn"))
    assert target is not None
    if place > len(target.items) - len(text):
        raise exceptions.argument_range(
            "Either offset did not refer to a position in the string, or there is an insufficient length of "
            "destination character array.",
            "offsetOut",
        )
    target.items[place : place + len(text)] = chars_of(text)
    return len(text)


def _to_integer(name: str) -> Callable[[object], int]:
    return lambda value: parsing.to_integer(value, name)


def _from_base(name: str) -> Callable[[str | None, int], int]:
    return lambda text, base: _from_digits(text, base, name)


def _in_base(bits: int) -> Callable[[int, int], str]:
    return lambda value, base: _digits(value, base, bits)


_OF_TEXT: dict[str, Callable[..., object]] = {"Char": _text_to_char, "String": lambda value: value}


DEFINITIONS = (
    Definition("System.Convert", "static", rows=_convert_rows()),
    Definition("System.BitConverter", "static", rows=BIT_ROWS),
)
