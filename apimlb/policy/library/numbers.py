"""The numeric types, Boolean, Math, Convert and BitConverter."""

import math
import struct
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from apimlb.policy.types import NUMERIC_DEFAULTS, Definition, Row
from apimlb.policy.values import conversions as convert
from apimlb.policy.values.collections import Enum
from apimlb.policy.values.compare import compare
from apimlb.policy.values.encodings import from_base64, to_base64
from apimlb.policy.values.exceptions import (
    ClrException,
    argument,
    argument_null,
    argument_range,
    bad_format,
)
from apimlb.policy.values.number_format import format_number
from apimlb.policy.values.numbers import INTEGERS, Long, Single, checked, decimal_of, truncate
from apimlb.policy.values.text import clr_equals, text_of

KEYWORDS = {
    "SByte": "sbyte", "Byte": "byte", "Int16": "short", "UInt16": "ushort", "Int32": "int", "UInt32": "uint",
    "Int64": "long", "UInt64": "ulong", "Single": "float", "Double": "double", "Decimal": "decimal",
}  # fmt: skip
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
        return {"MinValue": -Decimal(2**96 - 1), "MaxValue": Decimal(2**96 - 1), "Zero": Decimal(0),
                "One": Decimal(1), "MinusOne": Decimal(-1)}  # fmt: skip
    make = Single if name == "Single" else float
    largest = 3.4028234663852886e38 if name == "Single" else 1.7976931348623157e308
    epsilon = 1.401298464324817e-45 if name == "Single" else 5e-324
    return {"MinValue": make(-largest), "MaxValue": make(largest), "NaN": make(math.nan),
            "PositiveInfinity": make(math.inf), "NegativeInfinity": make(-math.inf), "Epsilon": make(epsilon)}  # fmt: skip


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
    return Definition(f"System.{name}", "struct", bases=_BASES, keyword=keyword, rows=tuple(rows),
                      default=NUMERIC_DEFAULTS[name])  # fmt: skip


# Math


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
    return lambda value: checked(abs(int(value)), name)


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
        "Sqrt": math.sqrt, "Exp": math.exp, "Log": math.log, "Log10": math.log10, "Sin": math.sin, "Cos": math.cos,
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
        raise argument_range("Index was out of range. Must be non-negative and less than the size of the "
                             "collection.", "startIndex")  # fmt: skip
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
    rows += [(f"static DateTime ToDateTime({source} value)", convert.to_date)
             for source in ("object", "string", "DateTime")]  # fmt: skip
    for keyword, bits in (("byte", 8), ("short", 16), ("int", 32), ("long", 64)):
        rows.append((f"static string ToString({keyword} value, int toBase)", _in_base(bits)))
    return (*rows, ("static string ToString(DateTime value)", _to_text),
            ("static byte[] FromBase64String(string s)", from_base64),
            ("static string ToBase64String(byte[] inArray)", to_base64))  # fmt: skip


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


# BitConverter

_PACKED = {
    "Int16": "<h", "UInt16": "<H", "Int32": "<i", "UInt32": "<I", "Int64": "<q", "UInt64": "<Q", "Single": "<f",
    "Double": "<d",
}  # fmt: skip


def _unpack(name: str) -> Callable[[bytearray | None, int], object]:
    layout = _PACKED[name]
    make = INTEGERS[name][2] if name in INTEGERS else Single if name == "Single" else float

    def unpack(content: bytearray | None, start: int) -> object:
        if content is None:
            raise argument_null("value")
        if not 0 <= start < len(content):
            raise argument_range("Index was out of range. Must be non-negative and less than the size of the "
                                 "collection.", "startIndex")  # fmt: skip
        if start + struct.calcsize(layout) > len(content):
            raise argument("Destination array is not long enough to copy all the items in the collection. Check "
                           "array index and length.", "value")  # fmt: skip
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
    Definition("System.Math", "class", rows=_math_rows()),
    Definition("System.Convert", "class", rows=_convert_rows()),
    Definition(
        "System.BitConverter", "class",
        rows=(
            ("static bool IsLittleEndian", lambda: True),
            ("static string ToString(byte[] value)", hex_text),
            ("static string ToString(byte[] value, int startIndex)", hex_text),
            ("static string ToString(byte[] value, int startIndex, int length)", hex_text),
            *((f"static {KEYWORDS[name]} To{name}(byte[] value, int startIndex)", _unpack(name)) for name in _PACKED),
            *((f"static byte[] GetBytes({KEYWORDS[name]} value)", _pack(name)) for name in _PACKED),
            ("static byte[] GetBytes(bool value)", lambda value: bytearray([value])),
            ("static bool ToBoolean(byte[] value, int startIndex)", lambda content, start: content[start] != 0),
        ),
    ),
)  # fmt: skip
