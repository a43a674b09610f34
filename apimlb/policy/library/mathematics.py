"""System.Math."""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from apimlb.policy.csharp.types import Row
from apimlb.policy.library.keywords import KEYWORDS
from apimlb.policy.values.exceptions import (
    ClrException,
    argument,
    argument_range,
)
from apimlb.policy.values.numbers import INTEGERS, Long, Single, truncate
from apimlb.policy.values.objects import Enum
from apimlb.policy.values.text import text_of


def round_real(value: float, digits: int = 0, away: bool = False) -> float:
    """Math.Round of a double; .NET Core 3 scales, rounds to an integer, and scales back."""
    if not 0 <= digits <= 15:
        raise argument_range("Rounding digits must be between 0 and 15, inclusive.", "digits")
    if math.isinf(value) or math.isnan(value) or abs(value) >= 1e16:
        return value
    scale = 10.0**digits
    scaled = value * scale
    if away:
        whole = math.trunc(scaled)
        rounded = float(whole + (math.copysign(1, scaled) if abs(scaled - whole) >= 0.5 else 0))
    else:
        rounded = float(round(scaled))
    return math.copysign(rounded, value) / scale


def round_mode(value: float, mode: Enum) -> float:
    return round_real(value, 0, str(mode) == "AwayFromZero")


def round_digits_mode(value: float, digits: int, mode: Enum) -> float:
    return round_real(value, digits, str(mode) == "AwayFromZero")


def round_decimal(value: Decimal, digits: int = 0) -> Decimal:
    return _quantized(value, digits, ROUND_HALF_EVEN)


def round_decimal_mode(value: Decimal, mode: Enum) -> Decimal:
    return _quantized(value, 0, ROUND_HALF_UP if str(mode) == "AwayFromZero" else ROUND_HALF_EVEN)


def round_decimal_digits_mode(value: Decimal, digits: int, mode: Enum) -> Decimal:
    return _quantized(value, digits, ROUND_HALF_UP if str(mode) == "AwayFromZero" else ROUND_HALF_EVEN)


def _quantized(value: Decimal, digits: int, rounding: str) -> Decimal:
    if not 0 <= digits <= 28:
        raise argument_range("Decimal can only round to between 0 and 28 digits of precision.", "decimals")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    return value.quantize(Decimal(1).scaleb(-digits), rounding)


def floor(value: float) -> float:
    if not math.isfinite(value):
        return value
    return (
        math.copysign(float(math.floor(value)), value)
        if -1 < value < 1 and value >= 0
        else float(math.floor(value))
    )


def ceiling(value: float) -> float:
    if not math.isfinite(value):
        return value
    return math.copysign(float(math.ceil(value)), value) if -1 < value <= 0 else float(math.ceil(value))


def truncate_real(value: float) -> float:
    return math.copysign(float(math.trunc(value)), value) if math.isfinite(value) else value


def floor_decimal(value: Decimal) -> Decimal:
    return value.to_integral_value("ROUND_FLOOR")


def ceiling_decimal(value: Decimal) -> Decimal:
    return value.to_integral_value("ROUND_CEILING")


def truncate_decimal(value: Decimal) -> Decimal:
    return value.to_integral_value("ROUND_DOWN")


def power(value: float, exponent: float) -> float:
    try:
        made = math.pow(value, exponent)
    except OverflowError:
        return -math.inf if value < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.nan if value != 0 else math.inf
    return made


def _real(call: Callable[[float], float]) -> Callable[[float], float]:
    """A function of one real number; outside of its domain it is NaN or infinite."""

    def computed(value: float) -> float:
        try:
            return call(value)
        except ValueError:
            return -math.inf if value == 0 else math.nan
        except OverflowError:
            return math.inf

    return computed


def logarithm(value: float, base: float) -> float:
    if value <= 0 or base <= 0 or base == 1:
        return math.nan
    return math.log(value) / math.log(base)


def absolute(name: str) -> Callable[[int], int]:
    def absolute_of(value: int) -> int:
        if value == INTEGERS[name][0]:
            raise ClrException(
                "System.OverflowException",
                "Negating the minimum value of a twos complement number is invalid.",
            )
        return INTEGERS[name][2](abs(int(value)))

    return absolute_of


def absolute_real(value: float) -> float:
    return Single(abs(value)) if isinstance(value, Single) else abs(value)


def sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _keeping_nan(pick: Callable[[float, float], float]) -> Callable[[float, float], float]:
    return lambda a, b: a if a != a else b if b != b else pick(a, b)


def larger(a: object, b: object) -> object:
    return a if a >= b else b  # type: ignore[operator]


def smaller(a: object, b: object) -> object:
    return a if a <= b else b  # type: ignore[operator]


def clamp(value: object, lowest: object, highest: object) -> object:
    if lowest > highest:  # type: ignore[operator]
        raise argument(f"'{text_of(lowest)}' cannot be greater than {text_of(highest)}.")
    return lowest if value < lowest else highest if value > highest else value  # type: ignore[operator]


def divide_with_rest(a: int, b: int) -> tuple[int, int]:
    from_zero = truncate(a / b, "Int32") if b else 0
    return from_zero, a - from_zero * b


def _math_rows() -> tuple[Row, ...]:
    rows: list[Row] = []
    for name, keyword in KEYWORDS.items():
        real = name in ("Single", "Double")
        highest = _keeping_nan(max) if real else larger
        lowest = _keeping_nan(min) if real else smaller
        rows.append((f"static {keyword} Max({keyword} val1, {keyword} val2)", highest))
        rows.append((f"static {keyword} Min({keyword} val1, {keyword} val2)", lowest))
        rows.append((f"static {keyword} Clamp({keyword} value, {keyword} min, {keyword} max)", clamp))
        if name in ("SByte", "Int16", "Int32", "Int64"):
            rows.append((f"static {keyword} Abs({keyword} value)", absolute(name)))
        if real or name == "Decimal":
            rows.append((f"static {keyword} Abs({keyword} value)", absolute_real))
        if name not in ("Byte", "UInt16", "UInt32", "UInt64"):
            rows.append((f"static int Sign({keyword} value)", sign))
    one = {
        "Sqrt": math.sqrt, "Exp": math.exp, "Log": math.log, "Log10": math.log10, "Sin": math.sin,
        "Cos": math.cos,
        "Tan": math.tan, "Asin": math.asin, "Acos": math.acos, "Atan": math.atan, "Sinh": math.sinh,
        "Cosh": math.cosh, "Tanh": math.tanh,
    }  # fmt: skip
    rows += [(f"static double {name}(double d)", _real(call)) for name, call in one.items()]
    return (*rows, *_MATH_ROWS)


_MATH_ROWS: tuple[Row, ...] = (
    ("static double PI", lambda: math.pi),
    ("static double E", lambda: math.e),
    ("static double Round(double a)", round_real),
    ("static double Round(double value, int digits)", round_real),
    ("static double Round(double value, MidpointRounding mode)", round_mode),
    ("static double Round(double value, int digits, MidpointRounding mode)", round_digits_mode),
    ("static decimal Round(decimal d)", round_decimal),
    ("static decimal Round(decimal d, int decimals)", round_decimal),
    ("static decimal Round(decimal d, MidpointRounding mode)", round_decimal_mode),
    ("static decimal Round(decimal d, int decimals, MidpointRounding mode)", round_decimal_digits_mode),
    ("static double Floor(double d)", floor),
    ("static decimal Floor(decimal d)", floor_decimal),
    ("static double Ceiling(double a)", ceiling),
    ("static decimal Ceiling(decimal d)", ceiling_decimal),
    ("static double Truncate(double d)", truncate_real),
    ("static decimal Truncate(decimal d)", truncate_decimal),
    ("static double Pow(double x, double y)", power),
    ("static double Log(double a, double newBase)", logarithm),
    ("static double Atan2(double y, double x)", math.atan2),
    ("static int DivRem(int a, int b, out int result)", divide_with_rest),
    ("static long BigMul(int a, int b)", lambda a, b: Long(a * b)),
)
