"""System.BitConverter."""

import struct
from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.exceptions import argument, argument_null, argument_range, index_range
from apimlb.policy.clr.keywords import KEYWORDS
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Char, Long, Single
from apimlb.policy.clr.types.definitions import Row

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

    def unpack(content: bytearray | None, start: int) -> object:
        return make(_unpacked(content, start, layout))

    return unpack


_TOO_SHORT = (
    "Destination array is not long enough to copy all the items in the collection. Check array index and "
    "length."
)


def _unpacked(content: bytearray | None, start: int, layout: str) -> float:
    if content is None:
        raise argument_null("value")
    if not 0 <= start < len(content):
        raise index_range("startIndex")
    if start + struct.calcsize(layout) > len(content):
        raise argument(_TOO_SHORT, "value")
    found: float = struct.unpack_from(layout, content, start)[0]
    return found


def _pack(name: str) -> Callable[[float], bytearray]:
    return lambda value: bytearray(struct.pack(_PACKED[name], value))


def hex_text(content: bytearray | None, start: int = 0, length: int | None = None) -> str:
    """BitConverter.ToString: upper-case pairs with dashes."""
    if content is None:
        raise argument_null("value")
    if start < 0 or (start >= len(content) and start > 0):
        raise index_range("startIndex")
    length = len(content) - start if length is None else length
    if length < 0:
        raise argument_range("Value must be positive.", "length")
    if start > len(content) - length:
        raise argument(_TOO_SHORT, "value")
    return bytes(content[start : start + length]).hex("-").upper()


def to_boolean(content: bytearray | None, start: int) -> bool:
    return _unpacked(content, start, "<b") != 0


def to_char(content: bytearray | None, start: int) -> Char:
    number = _unpacked(content, start, "<H")
    assert isinstance(number, int)
    return Char(chr(number))


def _recast(source: str, target: str, make: Callable[[float], object]) -> Callable[[float], object]:
    """The same bits as another type."""
    return lambda value: make(struct.unpack(target, struct.pack(source, value))[0])


BIT_ROWS: tuple[Row, ...] = (
    ("static bool IsLittleEndian", lambda: True),
    ("static string ToString(byte[] value)", hex_text),
    ("static string ToString(byte[] value, int startIndex)", hex_text),
    ("static string ToString(byte[] value, int startIndex, int length)", hex_text),
    *((f"static {KEYWORDS[name]} To{name}(byte[] value, int startIndex)", _unpack(name)) for name in _PACKED),
    *((f"static byte[] GetBytes({KEYWORDS[name]} value)", _pack(name)) for name in _PACKED),
    ("static byte[] GetBytes(bool value)", lambda value: bytearray([value])),
    ("static byte[] GetBytes(char value)", lambda value: bytearray(struct.pack("<H", ord(value)))),
    ("static bool ToBoolean(byte[] value, int startIndex)", to_boolean),
    ("static char ToChar(byte[] value, int startIndex)", to_char),
    ("static long DoubleToInt64Bits(double value)", _recast("<d", "<q", Long)),
    ("static double Int64BitsToDouble(long value)", _recast("<q", "<d", float)),
    ("static int SingleToInt32Bits(float value)", _recast("<f", "<i", int)),
    ("static float Int32BitsToSingle(int value)", _recast("<i", "<f", Single)),
)
