"""The numeric types, Boolean and Math."""

import math
from collections.abc import Callable
from decimal import Decimal

from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.convert.type_codes import type_code
from apimlb.policy.clr.numbers import decimals
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, NAN, NARROW, Single
from apimlb.policy.clr.numbers.formatting import format_number
from apimlb.policy.clr.numbers.mathematics import MATH_ROWS, MODES
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.definitions import Definition, Row

_BASES = ("System.ValueType", "System.IComparable")
_KEYWORDS = {
    "SByte": "sbyte", "Byte": "byte", "Int16": "short", "UInt16": "ushort", "Int32": "int", "UInt32": "uint",
    "Int64": "long", "UInt64": "ulong", "Single": "float", "Double": "double", "Decimal": "decimal",
}  # fmt: skip
"""What C# calls the numeric types."""

_REALS = {
    "Single": (3.4028234663852886e38, 1.401298464324817e-45, 2.0**-126),
    "Double": (1.7976931348623157e308, 5e-324, 2.0**-1022),
}
"""Of each type the largest value, the smallest beyond 0, and the smallest that has all its digits."""


def _limits(name: str) -> dict[str, object]:
    if name in INTEGERS:
        lowest, highest, make = INTEGERS[name]
        return {"MinValue": make(lowest), "MaxValue": make(highest)}
    if name == "Decimal":
        return {
            "MinValue": Decimal(1 - 2**96),
            "MaxValue": Decimal(2**96 - 1),
            "Zero": Decimal(0),
            "One": Decimal(1),
            "MinusOne": Decimal(-1),
        }
    real = Single if name == "Single" else float
    largest, smallest, _ = _REALS[name]
    return {
        "MinValue": real(-largest),
        "MaxValue": real(largest),
        "NaN": real(NAN),
        "PositiveInfinity": real(math.inf),
        "NegativeInfinity": real(-math.inf),
        "Epsilon": real(smallest),
    }


def difference(left: int, right: object) -> int:
    """CompareTo of short integers"""
    if isinstance(right, type(left)):
        return int(left) - int(right)
    return compare(left, right)


def _real_rows(name: str) -> list[Row]:
    smallest = _REALS[name][2]
    tests: dict[str, Callable[[float], bool]] = {
        "IsNaN": math.isnan,
        "IsInfinity": math.isinf,
        "IsFinite": math.isfinite,
        "IsNegative": lambda value: math.copysign(1, value) < 0,
        "IsPositiveInfinity": lambda value: value == math.inf,
        "IsNegativeInfinity": lambda value: value == -math.inf,
        "IsNormal": lambda value: math.isfinite(value) and abs(value) >= smallest,
        "IsSubnormal": lambda value: 0 < abs(value) < smallest,
    }
    return [(f"static bool {test}({name} d)", call) for test, call in tests.items()]


def _numeric(name: str) -> Definition:
    parse = parsing.PARSERS[name]
    zero = parse("0")
    rows: list[Row] = [
        ("string ToString(string format)", format_number),
        (f"int CompareTo({name}|object value)", difference if name in NARROW else compare),
        ("TypeCode GetTypeCode()", type_code),
        (f"bool Equals({name} obj)", clr_equals),
        (f"static {name} Parse(string s)", parse),
        (f"static bool TryParse(string s, out {name} result)", tried(parse, zero)),
        *((f"static {name} {limit}", lambda value=value: value) for limit, value in _limits(name).items()),
    ]
    if name in ("Single", "Double"):
        rows += _real_rows(name)
    if name == "Decimal":
        rows += decimals.ROWS
    return Definition(
        f"System.{name}",
        "struct",
        bases=_BASES,
        keyword=_KEYWORDS[name],
        rows=tuple(rows),
        default=zero,
    )


DEFINITIONS = (
    *(_numeric(name) for name in _KEYWORDS),
    Definition(
        "System.Boolean", "struct", bases=_BASES, keyword="bool", default=False,
        rows=(
            ("static bool Parse(string value)", parsing.parse_boolean),
            ("static bool TryParse(string value, out bool result)", tried(parsing.parse_boolean, False)),
            ("static string TrueString", lambda: "True"),
            ("static string FalseString", lambda: "False"),
            ("bool Equals(bool obj)", clr_equals),
            ("int CompareTo(bool value)", compare),
            ("int CompareTo(object obj)", compare),
            ("TypeCode GetTypeCode()", type_code),
        ),
    ),
    Definition("System.MidpointRounding", "enum", constants=MODES),
    Definition("System.Math", "static", rows=MATH_ROWS),
)  # fmt: skip
