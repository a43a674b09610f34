"""System.Convert and the Parse methods: any scalar as any other."""

import math
import re
from decimal import Decimal, InvalidOperation

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.dates.instants import DateTime
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.objects.text import clr_type_name

# Possessive, all of them: giving back white space would take time that grows with its square.
_INTEGER = re.compile(r"[ \t-\r]*+([+-]?\d++)[ \t-\r]*+\0*+\Z", re.ASCII)
_FLOAT = re.compile(
    r"[ \t-\r]*+(?P<sign>[+-]?)(?P<whole>(?:\d[\d,]*+)?)(?P<point>(?:\.\d*+)?)(?P<exp>(?:[eE][+-]?\d++)?)"
    r"[ \t-\r]*+\0*+\Z",
    re.ASCII,
)
_DECIMAL = re.compile(
    r"[ \t-\r]*+(?P<sign>[+-]?)(?P<whole>(?:\d[\d,]*+)?)(?P<point>(?:\.\d*+)?)(?P<exp>)"
    r"(?:[ \t-\r]*+(?P<after>[+-]))?[ \t-\r]*+\0*+\Z",
    re.ASCII,
)
"""NumberStyles.Float with thousands, and NumberStyles.Number: an exponent here, a sign at the end there."""

_CONVERTIBLE = frozenset(
    ["Boolean", "Char", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single",
     "Double", "Decimal", "DateTime", "String", "DBNull"]
)  # fmt: skip
"""What implements System.IConvertible, beside enumerations."""


def convertible(value: object) -> bool:
    return hasattr(value, "number") or clr_type_name(value).removeprefix("System.") in _CONVERTIBLE


def bad_cast(value: object, target: str) -> exceptions.ClrException:
    source = clr_type_name(value)
    if not convertible(value):
        return exceptions.invalid_cast(source, "System.IConvertible")
    if source == "System.DBNull":
        return exceptions.ClrException(
            "System.InvalidCastException", "Object cannot be cast from DBNull to other types."
        )
    plain = "Enum" if isinstance(value, Enum) else source.removeprefix("System.")
    return exceptions.ClrException(
        "System.InvalidCastException", f"Invalid cast from '{plain}' to '{target}'."
    )


def parse_integer(text: str | None, name: str) -> int:
    """int.Parse, long.Parse and those of the other integers: optional sign and white space; throws Format- or
    OverflowException."""
    text = exceptions.required(text, "s")
    if len(text) < 20 and text.isascii() and text.isdigit():
        return fitted(int(text), name)
    match = _INTEGER.match(text)
    if match is None:
        raise exceptions.bad_format()
    if len(match[1]) > 400:
        raise overflow_of(name)
    return fitted(int(match[1]), name)


def overflow_of(name: str) -> exceptions.ClrException:
    if name in ("SByte", "Byte"):
        word = "a signed byte" if name == "SByte" else "an unsigned byte"
        return exceptions.ClrException(
            "System.OverflowException", f"Value was either too large or too small for {word}."
        )
    return exceptions.overflow(name)


def fitted(value: int, name: str) -> int:
    lowest, highest, make = arithmetic.INTEGERS[name]
    if not lowest <= value <= highest:
        raise overflow_of(name)
    return make(value)


def _real_text(text: str, form: re.Pattern[str]) -> str:
    """The plain digits of a real number; raises ValueError."""
    match = form.match(text)
    if match is None or not (match["whole"] or match["point"].strip(".")):
        raise ValueError(text)
    after = match.groupdict().get("after") or ""
    if match["sign"] and after:
        raise ValueError(text)
    whole = match["whole"].replace(",", "") or "0"
    return f"{match['sign'] or after}{whole}{match['point']}{match['exp']}"


_WORDS = {
    "nan": math.nan,
    "-nan": math.nan,
    "+nan": math.nan,
    "infinity": math.inf,
    "-infinity": -math.inf,
    "+infinity": math.inf,
}


def parse_double(text: str | None) -> float:
    """double.Parse; throws System.FormatException."""
    text = exceptions.required(text, "s")
    try:
        return float(_real_text(text, _FLOAT))
    except ValueError:
        found = _WORDS.get(text.strip().lower())
        if found is None:
            raise exceptions.bad_format() from None
        return found


def parse_decimal(text: str | None) -> Decimal:
    text = exceptions.required(text, "s")
    try:
        found = arithmetic.decimal_of(Decimal(_real_text(text, _DECIMAL)))
    except (ValueError, InvalidOperation):
        raise exceptions.bad_format() from None
    return found or found.copy_abs()


def parse_boolean(text: str | None) -> bool:
    """bool.Parse; throws System.FormatException."""
    text = exceptions.required(text, "value")
    word = text.strip(" \t\r\n\0").lower()
    if word not in ("true", "false"):
        raise exceptions.bad_format(f"String '{text}' was not recognized as a valid Boolean.")
    return word == "true"


def to_integer(value: object, name: str) -> int:
    """Convert.ToInt32, ToInt64 and those of the other integers: null is 0, reals round to even, texts are
    parsed."""
    if isinstance(value, bool):
        return fitted(int(value), name)
    if isinstance(value, int):
        return fitted(int(value), name)
    if isinstance(value, arithmetic.Char):
        return fitted(ord(value), name)
    if isinstance(value, str):
        return parse_integer(value, name)
    if isinstance(value, float):
        return _rounded(value, name)
    if isinstance(value, Decimal):
        return fitted(int(value.to_integral_value("ROUND_HALF_EVEN")), name)
    if value is None:
        return fitted(0, name)
    number = getattr(value, "number", None)
    if isinstance(number, int):
        return fitted(number, name)
    raise bad_cast(value, name)


_BY_INT32 = frozenset(["SByte", "Byte", "Int16", "UInt16"])


def _rounded(value: float, name: str) -> int:
    """A real number as an integer: the short types go by way of Int32, the long ones are cast, checked."""
    lowest, highest, make = arithmetic.INTEGERS[name]
    whole = None if math.isnan(value) or math.isinf(value) else arithmetic.round_half_even(value)
    if whole is None or not lowest <= whole <= highest:
        if name in ("Int64", "UInt64"):
            raise exceptions.arithmetic_overflow()
        if name in _BY_INT32:
            fitted(2**31 if whole is None else whole, "Int32")
        raise overflow_of(name)
    return make(whole)


def to_boolean(value: object) -> bool:
    """Convert.ToBoolean: numbers are true unless 0, texts are parsed, null is false."""
    if value is None:
        return False
    if isinstance(value, str) and not isinstance(value, arithmetic.Char):
        return parse_boolean(value)
    if isinstance(value, int | float | Decimal):
        return value != 0
    if isinstance(value, Enum):
        return value.number != 0
    raise bad_cast(value, "Boolean")


def to_double(value: object, target: str = "Double") -> float:
    if value is None:
        return 0.0
    if isinstance(value, str) and not isinstance(value, arithmetic.Char):
        return parse_double(value)
    if isinstance(value, int | float | Decimal):
        try:
            return float(value)
        except OverflowError:  # an integer of JSON beyond every double
            return math.inf if value > 0 else -math.inf
    if isinstance(value, Enum):
        return float(value.number)
    raise bad_cast(value, target)


def to_single(value: object) -> float:
    return arithmetic.Single(arithmetic.to_single(to_double(value, "Single")))


def to_decimal(value: object) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, str) and not isinstance(value, arithmetic.Char):
        return parse_decimal(value)
    if isinstance(value, float):
        return arithmetic.decimal_from_float(value)
    if isinstance(value, int):
        return arithmetic.decimal_of(Decimal(int(value)))
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Enum):
        return Decimal(value.number)
    raise bad_cast(value, "Decimal")


def to_char(value: object) -> arithmetic.Char:
    """Convert.ToChar: a one-character text or a number."""
    if isinstance(value, arithmetic.Char):
        return value
    if value is None:
        return arithmetic.Char("\0")
    if isinstance(value, str):
        if len(value) != 1:
            raise exceptions.bad_format("String must be exactly one character long.")
        return arithmetic.Char(value)
    if isinstance(value, Enum):
        value = value.number
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= 0xFFFF:
            raise exceptions.ClrException(
                "System.OverflowException", "Value was either too large or too small for a character."
            )
        return arithmetic.Char(chr(value))
    raise bad_cast(value, "Char")


def to_date(value: object) -> DateTime:
    if isinstance(value, DateTime):
        return value
    if value is None:
        return DateTime(0)
    if isinstance(value, str) and not isinstance(value, arithmetic.Char):
        return parse_date(value)
    raise bad_cast(value, "DateTime")
