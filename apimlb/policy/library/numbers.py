"""The numeric types, Boolean, Math, Convert and BitConverter."""

import math
from collections.abc import Callable
from decimal import Decimal

from apimlb.policy.csharp.types import NUMERIC_DEFAULTS, Definition, Row
from apimlb.policy.library.converts import (
    _PACKED,
    _convert_rows,
    _pack,
    _unpack,
    hex_text,
)
from apimlb.policy.library.keywords import KEYWORDS
from apimlb.policy.library.mathematics import (
    _math_rows,
    ceiling_decimal,
    floor_decimal,
    round_decimal,
    truncate_decimal,
)
from apimlb.policy.values import conversions as convert
from apimlb.policy.values.compare import compare
from apimlb.policy.values.exceptions import (
    ClrException,
)
from apimlb.policy.values.number_format import format_number
from apimlb.policy.values.numbers import INTEGERS, Single, decimal_of, truncate
from apimlb.policy.values.text import clr_equals

_BASES = ("System.ValueType", "System.IComparable")


def attempt(
    parse: Callable[[str | None], object], nothing: object
) -> Callable[[str | None], tuple[bool, object]]:
    """The TryParse of a Parse: the value, or the type's default."""

    def attempted(text: str | None) -> tuple[bool, object]:
        try:
            return True, parse(text)
        except ClrException:
            return False, nothing

    attempted.__name__ = f"try_{getattr(parse, '__name__', 'parse')}"
    return attempted


def _parser(name: str) -> Callable[[str | None], object]:
    if name == "Double":
        return convert.parse_double
    if name == "Single":
        return lambda text: Single(convert.parse_double(text))
    if name == "Decimal":
        return convert.parse_decimal

    def parse(text: str | None) -> int:
        return convert.parse_integer(text, name)

    parse.__name__ = f"parse_{name}"
    return parse


def _limits(name: str) -> dict[str, object]:
    if name in INTEGERS:
        lowest, highest, make = INTEGERS[name]
        return {"MinValue": make(lowest), "MaxValue": make(highest)}
    if name == "Decimal":
        return {
            "MinValue": -Decimal(2**96 - 1),
            "MaxValue": Decimal(2**96 - 1),
            "Zero": Decimal(0),
            "One": Decimal(1),
            "MinusOne": Decimal(-1),
        }
    real: Callable[[float], float] = Single if name == "Single" else float
    largest = 3.4028234663852886e38 if name == "Single" else 1.7976931348623157e308
    epsilon = 1.401298464324817e-45 if name == "Single" else 5e-324
    return {
        "MinValue": real(-largest),
        "MaxValue": real(largest),
        "NaN": real(math.nan),
        "PositiveInfinity": real(math.inf),
        "NegativeInfinity": real(-math.inf),
        "Epsilon": real(epsilon),
    }


def _constant(value: object) -> Callable[[], object]:
    return lambda: value


def _numeric(name: str) -> Definition:
    keyword = KEYWORDS[name]
    parse = _parser(name)
    rows: list[Row] = [
        ("string ToString(string format)", format_number),
        (f"int CompareTo({keyword} value)", compare),
        (f"bool Equals({keyword} obj)", clr_equals),
        (f"static {keyword} Parse(string s)", parse),
        (f"static bool TryParse(string s, out {keyword} result)", attempt(parse, NUMERIC_DEFAULTS[name])),
        *((f"static {keyword} {limit}", _constant(value)) for limit, value in _limits(name).items()),
    ]
    if name in ("Single", "Double"):
        rows += [
            (f"static bool IsNaN({keyword} d)", math.isnan),
            (f"static bool IsInfinity({keyword} d)", math.isinf),
        ]
    if name == "Decimal":
        rows += [(row.replace("TYPE", "decimal"), call) for row, call in _DECIMAL_ROWS]
    return Definition(
        f"System.{name}",
        "struct",
        bases=_BASES,
        keyword=keyword,
        rows=tuple(rows),
        default=NUMERIC_DEFAULTS[name],
    )


# Math


_DECIMAL_ROWS: tuple[tuple[str, Callable[..., object]], ...] = (
    ("static TYPE Round(TYPE d)", round_decimal),
    ("static TYPE Round(TYPE d, int decimals)", round_decimal),
    ("static TYPE Floor(TYPE d)", floor_decimal),
    ("static TYPE Ceiling(TYPE d)", ceiling_decimal),
    ("static TYPE Truncate(TYPE d)", truncate_decimal),
    ("static int ToInt32(TYPE d)", lambda value: truncate(value, "Int32")),
    ("static double ToDouble(TYPE d)", float),
    ("static TYPE Negate(TYPE d)", lambda value: decimal_of(-value)),
)


# Convert


# BitConverter


def compare_values(left: object, right: object) -> int:
    return compare(left, right)


DEFINITIONS = (
    *(_numeric(name) for name in KEYWORDS),
    Definition(
        "System.Boolean", "struct", bases=_BASES, keyword="bool", default=False,
        rows=(
            ("static bool Parse(string value)", convert.parse_boolean),
            ("static bool TryParse(string value, out bool result)", attempt(convert.parse_boolean, False)),
            ("static string TrueString", lambda: "True"),
            ("static string FalseString", lambda: "False"),
            ("bool Equals(bool obj)", clr_equals),
            ("int CompareTo(bool value)", compare),
        ),
    ),
    Definition("System.MidpointRounding", "enum", constants={"ToEven": 0, "AwayFromZero": 1}),
    Definition("System.Math", "static", rows=_math_rows()),
    Definition("System.Convert", "static", rows=_convert_rows()),
    Definition(
        "System.BitConverter", "static",
        rows=(
            ("static bool IsLittleEndian", lambda: True),
            ("static string ToString(byte[] value)", hex_text),
            ("static string ToString(byte[] value, int startIndex)", hex_text),
            ("static string ToString(byte[] value, int startIndex, int length)", hex_text),
            *((f"static {KEYWORDS[name]} To{name}(byte[] value, int startIndex)",
            _unpack(name)) for name in _PACKED),
            *((f"static byte[] GetBytes({KEYWORDS[name]} value)", _pack(name)) for name in _PACKED),
            ("static byte[] GetBytes(bool value)", lambda value: bytearray([value])),
            ("static bool ToBoolean(byte[] value, int startIndex)",
             lambda content, start: content[start] != 0),
        ),
    ),
)  # fmt: skip
