"""System.Math."""

import math
from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import partial

from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument, argument_range, overflow_exception
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, NAN, Long, checked, divide, divide_float
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.types.definitions import Row


def _away(value: float) -> int:
    whole = math.trunc(value)
    return whole + (int(math.copysign(1, value)) if abs(value - whole) >= 0.5 else 0)


_ROUNDINGS: dict[str, tuple[Callable[[float], int], str]] = {
    "ToEven": (round, ROUND_HALF_EVEN),
    "AwayFromZero": (_away, ROUND_HALF_UP),
    "ToZero": (math.trunc, ROUND_DOWN),
    "ToNegativeInfinity": (math.floor, ROUND_FLOOR),
    "ToPositiveInfinity": (math.ceil, ROUND_CEILING),
}
"""How each MidpointRounding rounds a double to an integer, and a decimal."""

MODES = {name: number for number, name in enumerate(_ROUNDINGS)}
_BY_NUMBER = tuple(_ROUNDINGS.values())


def _rounding(given: tuple[int | Enum, ...]) -> tuple[int, Callable[[float], int], str]:
    """The digits and the ways to round among the arguments of an overload of Round; each may be missing."""
    digits = next((each for each in given if isinstance(each, int)), 0)
    mode = next((each for each in given if isinstance(each, Enum)), None)
    if mode is not None and not 0 <= mode.number < len(_BY_NUMBER):
        raise argument(
            f"The value '{mode}' is not valid for this usage of the type MidpointRounding.", "mode"
        )
    return digits, *_BY_NUMBER[mode.number if mode else 0]


def round_real(value: float, *given: int | Enum) -> float:
    """Math.Round of a double; .NET Core 3 scales, rounds to an integer, and scales back."""
    digits, rounded, _ = _rounding(given)
    if not 0 <= digits <= 15:
        raise argument_range("Rounding digits must be between 0 and 15, inclusive.", "digits")
    if not abs(value) < 1e16:  # NaN included
        return value
    scale = 10.0**digits
    return math.copysign(float(rounded(value * scale)), value) / scale


def round_decimal(value: Decimal, *given: int | Enum) -> Decimal:
    digits, _, rounding = _rounding(given)
    if not 0 <= digits <= 28:
        raise argument_range("Decimal can only round to between 0 and 28 digits of precision.", "decimals")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    return value.quantize(Decimal(1).scaleb(-digits), rounding)


def _whole(rounded: Callable[[float], int]) -> Callable[[float], float]:
    """Rounding to whole numbers, which keeps the sign of what becomes zero, infinities and NaN."""
    return lambda value: math.copysign(float(rounded(value)), value) if math.isfinite(value) else value


ROUNDING_ROWS: tuple[Row, ...] = (
    ("static decimal Round(decimal d[, int decimals][, MidpointRounding mode])", round_decimal),
    *(
        (f"static decimal {name}(decimal d)", partial(Decimal.to_integral_value, rounding=rounding))
        for name, rounding in (("Floor", ROUND_FLOOR), ("Ceiling", ROUND_CEILING), ("Truncate", ROUND_DOWN))
    ),
)
"""What rounds decimals, which Math and Decimal have alike."""


def power(value: float, exponent: float) -> float:
    try:
        return math.pow(value, exponent)
    except OverflowError:
        return -math.inf if value < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        if value != 0:
            return math.nan
        return math.copysign(math.inf, value) if exponent % 2 == 1 else math.inf


def _real(call: Callable[[float], float], value: float) -> float:
    """A function of one real number; outside of its domain it is NaN or infinite."""
    try:
        return call(value)
    except ValueError:
        return -math.inf if value == 0 else math.nan
    except OverflowError:
        return math.copysign(math.inf, value) if call is math.sinh else math.inf


def logarithm(value: float, base: float) -> float:
    """Math.Log(a, newBase)"""
    if base == 1 or (value != 1 and (base == 0 or base == math.inf)):
        return NAN
    return divide_float(natural_logarithm(value), natural_logarithm(base))


natural_logarithm = partial(_real, math.log)


def fused(x: float, y: float, z: float) -> float:
    """Math.FusedMultiplyAdd: x * y + z, rounded once."""
    if math.isfinite(x) and math.isfinite(y) and math.isinf(z):
        return z
    plain = x * y + z
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)) or plain == 0 == x * y:
        return plain
    (a, b), (c, d), (e, f) = x.as_integer_ratio(), y.as_integer_ratio(), z.as_integer_ratio()
    sum_over = a * c * f + e * b * d
    try:
        return sum_over / (b * d * f) if sum_over else plain
    except OverflowError:
        return math.inf if sum_over > 0 else -math.inf


def exponent_of(value: float) -> int:
    """Math.ILogB"""
    if not math.isfinite(value):
        return 2**31 - 1
    return math.frexp(value)[1] - 1 if value else -(2**31)


def scale(value: float, power_of_two: int) -> float:
    """Math.ScaleB"""
    try:
        return math.ldexp(value, power_of_two)
    except OverflowError:
        return math.copysign(math.inf, value)


def hyperbolic_arctangent(value: float) -> float:
    if abs(value) == 1:
        return math.copysign(math.inf, value)
    return _real(math.atanh, value)


def absolute(value: float, *, lowest: int | None) -> float:
    """Math.Abs of a type whose numbers Python computes with; `lowest` is that of an integer type."""
    if value == lowest:
        raise overflow_exception("Negating the minimum value of a twos complement number is invalid.")
    return type(value)(abs(value))


def sign(value: float) -> int:
    if value != value:
        raise ClrException(
            "System.ArithmeticException", "Function does not accept floating point Not-a-Number values."
        )
    return (value > 0) - (value < 0)


def _by_magnitude(value: float) -> tuple[float, float, float]:
    return abs(value), value, math.copysign(1, value)


def _extreme(choose: Callable[..., float], a: float, b: float, *, magnitude: bool = False) -> float:
    """Math.Max and Min of reals: NaN wins, and 0 is larger than -0. Magnitudes come first where wanted."""
    if a != a or b != b:
        return a if a != a else b
    return choose(a, b, key=_by_magnitude) if a == b or magnitude else choose(a, b)


def _least(a: float, b: float) -> float:
    """Math.Min; of equal decimals, which may differ in their zeros, .NET takes the second."""
    return min(b, a)


def clamp(value: object, lowest: object, highest: object) -> object:
    if lowest > highest:  # type: ignore[operator]
        raise argument(f"'{text_of(lowest)}' cannot be greater than {text_of(highest)}.")
    return lowest if value < lowest else highest if value > highest else value  # type: ignore[operator]


def divide_with_rest(a: int, b: int, *, name: str) -> tuple[int, int]:
    """Math.DivRem of two integers of a type"""
    quotient = checked(divide(a, b), name)
    return quotient, INTEGERS[name][2](int(a) - int(quotient) * int(b))


def _rows_of(name: str) -> Iterator[Row]:
    """The members of Math that each numeric type has."""
    real = name in ("Single", "Double")
    lowest = INTEGERS[name][0] if name in INTEGERS else None
    yield f"static {name} Max({name} val1, {name} val2)", partial(_extreme, max) if real else max
    yield f"static {name} Min({name} val1, {name} val2)", partial(_extreme, min) if real else _least
    yield f"static {name} Clamp({name} value, {name} min, {name} max)", clamp
    if lowest != 0:
        yield f"static int Sign({name} value)", sign
        yield (
            f"static {name} Abs({name} value)",
            Decimal.copy_abs if name == "Decimal" else partial(absolute, lowest=lowest),
        )


_OF_ONE = (
    "sqrt", "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "asinh", "log2", "cbrt",
)  # fmt: skip
"""Functions of one real number, which have one name here and there."""

MATH_ROWS: tuple[Row, ...] = (
    *(row for name in (*INTEGERS, "Single", "Double", "Decimal") for row in _rows_of(name)),
    *(
        (f"static double {name.capitalize()}(double d)", partial(_real, getattr(math, name)))
        for name in _OF_ONE
    ),
    *ROUNDING_ROWS,
    ("static double PI", lambda: math.pi),
    ("static double E", lambda: math.e),
    ("static double Round(double a)", round_real),
    ("static double Round(double value, int digits[, MidpointRounding mode])", round_real),
    ("static double Round(double value, MidpointRounding mode)", round_real),
    ("static double Floor(double d)", _whole(math.floor)),
    ("static double Ceiling(double a)", _whole(math.ceil)),
    ("static double Truncate(double d)", _whole(math.trunc)),
    ("static double Pow(double x, double y)", power),
    ("static double Log(double a, double newBase)", logarithm),
    ("static double Atan2(double y, double x)", math.atan2),
    ("static int DivRem(int a, int b, out int result)", partial(divide_with_rest, name="Int32")),
    ("static long DivRem(long a, long b, out long result)", partial(divide_with_rest, name="Int64")),
    ("static double Acosh(double d)", lambda value: math.acosh(value) if value >= 1 else math.nan),
    ("static double Atanh(double d)", hyperbolic_arctangent),
    ("static double FusedMultiplyAdd(double x, double y, double z)", fused),
    ("static int ILogB(double x)", exponent_of),
    ("static double ScaleB(double x, int n)", scale),
    ("static double BitIncrement(double x)", lambda value: math.nextafter(value, math.inf)),
    ("static double BitDecrement(double x)", lambda value: math.nextafter(value, -math.inf)),
    ("static double CopySign(double x, double y)", math.copysign),
    (
        "static double IEEERemainder(double x, double y)",
        lambda x, y: math.remainder(x, y) if y and math.isfinite(x) else NAN,
    ),
    ("static double MaxMagnitude(double x, double y)", partial(_extreme, max, magnitude=True)),
    ("static double MinMagnitude(double x, double y)", partial(_extreme, min, magnitude=True)),
    ("static long BigMul(int a, int b)", lambda a, b: Long(a * b)),
)
