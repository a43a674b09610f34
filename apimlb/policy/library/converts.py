"""System.Convert and System.BitConverter."""

import struct
from collections.abc import Callable

from apimlb.policy.csharp.types import Row
from apimlb.policy.library.keywords import KEYWORDS
from apimlb.policy.values import conversions as convert
from apimlb.policy.values.encodings import from_base64, to_base64
from apimlb.policy.values.exceptions import (
    argument,
    argument_null,
    argument_range,
    bad_format,
)
from apimlb.policy.values.numbers import INTEGERS, Single
from apimlb.policy.values.text import text_of


def _digits(value: int, base: int, bits: int) -> str:
    """Convert.ToString(value, base): two's complement but for base 10."""
    if base == 10:
        return str(int(value))
    if base not in (2, 8, 16):
        raise argument("Invalid Base.")
    return format(int(value) % (1 << bits), {2: "b", 8: "o", 16: "x"}[base])


def _from_digits(text: str | None, base: int, name: str) -> int:
    """Convert.ToInt32(text, base)"""
    if base not in (2, 8, 10, 16):
        raise argument("Invalid Base.")
    lowest, highest, make = INTEGERS[name]
    if text is None:
        return make(0)
    if not text:
        raise argument_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        )
    if base == 10:
        return convert.parse_integer(text, name)
    if text[0] == "-":
        raise argument("String cannot contain a minus sign if the base is not 10.")
    try:
        value = int(text.lower().removeprefix("0x") if base == 16 else text, base)
    except ValueError:
        raise bad_format("Could not find any recognizable digits.") from None
    if value >= (highest - lowest + 1):
        raise convert.overflow_of(name)
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
        "Boolean": ("bool", convert.to_boolean), "Double": ("double", convert.to_double),
        "Single": ("float", convert.to_single), "Decimal": ("decimal", convert.to_decimal),
        "Char": ("char", convert.to_char), "String": ("string", _to_text),
    }  # fmt: skip
    for name, (keyword, call) in others.items():
        rows += [(f"static {keyword} To{name}({source} value)", call) for source in sources]
    rows += [
        (f"static DateTime ToDateTime({source} value)", convert.to_date)
        for source in ("object", "string", "DateTime")
    ]
    for keyword, bits in (("byte", 8), ("short", 16), ("int", 32), ("long", 64)):
        rows.append((f"static string ToString({keyword} value, int toBase)", _in_base(bits)))
    return (
        *rows,
        ("static string ToString(DateTime value)", _to_text),
        ("static byte[] FromBase64String(string s)", from_base64),
        ("static string ToBase64String(byte[] inArray)", to_base64),
    )


def _to_text(value: object) -> str | None:
    return text_of(value)


def _to_integer(name: str) -> Callable[[object], int]:
    def to_integer(value: object) -> int:
        return convert.to_integer(value, name)

    to_integer.__name__ = f"to_{name}"
    return to_integer


def _from_base(name: str) -> Callable[[str | None, int], int]:
    return lambda text, base: _from_digits(text, base, name)


def _in_base(bits: int) -> Callable[[int, int], str]:
    return lambda value, base: _digits(value, base, bits)


_PACKED = {
    "Int16": "<h", "UInt16": "<H", "Int32": "<i", "UInt32": "<I", "Int64": "<q", "UInt64": "<Q",
    "Single": "<f",
    "Double": "<d",
}  # fmt: skip


def _unpack(name: str) -> Callable[[bytearray | None, int], object]:
    layout = _PACKED[name]
    make = INTEGERS[name][2] if name in INTEGERS else Single if name == "Single" else float

    def unpack(content: bytearray | None, start: int) -> object:
        if content is None:
            raise argument_null("value")
        if not 0 <= start < len(content):
            raise argument_range(
                "Index was out of range. Must be non-negative and less than the size of the collection.",
                "startIndex",
            )
        if start + struct.calcsize(layout) > len(content):
            raise argument(
                "Destination array is not long enough to copy all the items in the collection. Check "
                "array index and length.",
                "value",
            )
        return make(struct.unpack_from(layout, content, start)[0])

    return unpack


def _pack(name: str) -> Callable[[float], bytearray]:
    return lambda value: bytearray(struct.pack(_PACKED[name], value))


def hex_text(content: bytearray | None, start: int = 0, length: int | None = None) -> str:
    """BitConverter.ToString: upper-case pairs with dashes."""
    if content is None:
        raise argument_null("value")
    piece = content[start:] if length is None else content[start : start + length]
    return bytes(piece).hex("-").upper()
