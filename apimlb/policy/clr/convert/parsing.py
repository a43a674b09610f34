"""System.Convert and the Parse methods: any scalar as any other."""

import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.dates.instants import DateTime
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.numbers.arithmetic import fitted
from apimlb.policy.clr.objects.text import clr_type_name

# Possessive, all of them: giving back white space would take time that grows with its square.
_INTEGER = re.compile(r"[ \t-\r]*+([+-]?)(?=\d)0*+(\d*+)[ \t-\r]*+\0*+\Z", re.ASCII)
_REAL = r"[ \t-\r]*+(?P<sign>[+-]?)(?P<whole>(?:\d[\d,]*+)?)(?P<point>(?:\.\d*+)?)"
_FLOAT = re.compile(rf"{_REAL}(?P<exp>(?:[eE][+-]?\d++)?)(?P<after>)[ \t-\r]*+\0*+\Z", re.ASCII)
_DECIMAL = re.compile(rf"{_REAL}(?P<exp>)(?:[ \t-\r]*+(?P<after>[+-]))?[ \t-\r]*+\0*+\Z", re.ASCII)
"""NumberStyles.Float with thousands, and NumberStyles.Number: an exponent here, a sign at the end there."""

CODES = {
    "Empty": 0, "Object": 1, "DBNull": 2, "Boolean": 3, "Char": 4, "SByte": 5, "Byte": 6, "Int16": 7,
    "UInt16": 8, "Int32": 9, "UInt32": 10, "Int64": 11, "UInt64": 12, "Single": 13, "Double": 14,
    "Decimal": 15, "DateTime": 16, "String": 18,
}  # fmt: skip
"""System.TypeCode"""


def code_of(value: object) -> int:
    """The TypeCode of a value."""
    if value is None:
        return CODES["Empty"]
    name = "Int32" if isinstance(value, Enum) else clr_type_name(value).removeprefix("System.")
    return CODES.get(name, CODES["Object"])


def convertible(value: object) -> bool:
    """Whether a value implements System.IConvertible, as enumerations do and what has a code of its own."""
    return code_of(value) > CODES["Object"]


def no_cast(message: str) -> exceptions.ClrException:
    return exceptions.ClrException("System.InvalidCastException", message)


def bad_cast(value: object, target: str) -> exceptions.ClrException:
    source = clr_type_name(value)
    if not convertible(value):
        return exceptions.invalid_cast(source, "System.IConvertible")
    if source == "System.DBNull":
        return no_cast("Object cannot be cast from DBNull to other types.")
    plain = "Enum" if isinstance(value, Enum) else source.removeprefix("System.")
    return no_cast(f"Invalid cast from '{plain}' to '{target}'.")


def parse_integer(text: str | None, name: str) -> int:
    """int.Parse, long.Parse and those of the other integers: optional sign and white space; throws Format- or
    OverflowException."""
    text = exceptions.required(text, "s")
    if len(text) < 20 and text.isascii() and text.isdigit():
        return fitted(int(text), name)
    match = _INTEGER.match(text)
    if match is None:
        raise exceptions.bad_format()
    if len(match[2]) > 400:
        raise exceptions.overflow(name)
    return fitted(int(match[1] + (match[2] or "0")), name)


def _real_text(text: str, form: re.Pattern[str]) -> str:
    """The plain digits of a real number; raises ValueError."""
    match = form.match(text)
    if match is None or not (match["whole"] or match["point"].strip(".")):
        raise ValueError(text)
    after = match["after"] or ""
    if match["sign"] and after:
        raise ValueError(text)
    whole = match["whole"].replace(",", "") or "0"
    return f"{match['sign'] or after}{whole}{match['point']}{match['exp']}"


_WORDS = {
    **dict.fromkeys(("nan", "+nan", "-nan"), arithmetic.NAN),
    **dict.fromkeys(("infinity", "+infinity"), math.inf),
    "-infinity": -math.inf,
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
        return arithmetic.decimal_of(Decimal(_real_text(text, _DECIMAL)))
    except (ValueError, InvalidOperation):
        raise exceptions.bad_format() from None


def parse_boolean(text: str | None) -> bool:
    """bool.Parse; throws System.FormatException."""
    text = exceptions.required(text, "value")
    word = text.strip(" \t\r\n\0").lower()
    if word not in ("true", "false"):
        raise exceptions.bad_format(f"String '{text}' was not recognized as a valid Boolean.")
    return word == "true"


def _plain(value: object) -> object:
    """What all conversions to numbers take alike: null as 0, and a value of an enumeration as its number."""
    if value is None:
        return 0
    return value.number if isinstance(value, Enum) else value


def to_integer(value: object, name: str) -> int:
    """Convert.ToInt32, ToInt64 and those of the other integers: null is 0, reals round to even, texts are
    parsed."""
    if type(value) is str:
        return parse_integer(value, name)
    plain = ord(value) if isinstance(value, arithmetic.Char) else _plain(value)
    if isinstance(plain, int):
        return fitted(int(plain), name)
    if isinstance(plain, float):
        return _rounded(plain, name)
    if isinstance(plain, Decimal):
        return fitted(int(plain.to_integral_value("ROUND_HALF_EVEN")), name)
    raise bad_cast(value, name)


def _rounded(value: float, name: str) -> int:
    """A real number as an integer: the short types go by way of Int32, the long ones are cast, checked."""
    lowest, highest, make = arithmetic.INTEGERS[name]
    whole = round(value) if math.isfinite(value) else None
    if whole is None or not lowest <= whole <= highest:
        if name in ("Int64", "UInt64"):
            raise exceptions.arithmetic_overflow()
        if name in arithmetic.NARROW:
            fitted(2**31 if whole is None else whole, "Int32")
        raise exceptions.overflow(name)
    return make(whole)


def to_boolean(value: object) -> bool:
    """Convert.ToBoolean: numbers are true unless 0, texts are parsed, null is false."""
    plain = _plain(value)
    if type(plain) is str:
        return parse_boolean(plain)
    if isinstance(plain, int | float | Decimal):
        return plain != 0
    raise bad_cast(value, "Boolean")


def to_double(value: object, target: str = "Double") -> float:
    plain = _plain(value)
    if type(plain) is str:
        return parse_double(plain)
    if isinstance(plain, int | float | Decimal):
        try:
            return arithmetic.double_of(plain)
        except OverflowError:  # an integer of JSON beyond every double
            return math.inf if plain > 0 else -math.inf
    raise bad_cast(value, target)


def to_single(value: object) -> float:
    return arithmetic.Single(to_double(value, "Single"))


def to_decimal(value: object) -> Decimal:
    plain = _plain(value)
    if type(plain) is str:
        return parse_decimal(plain)
    if isinstance(plain, float):
        return arithmetic.decimal_from_float(plain)
    if isinstance(plain, int):
        return arithmetic.decimal_of(Decimal(int(plain)))
    if isinstance(plain, Decimal):
        return plain
    raise bad_cast(value, "Decimal")


def to_char(value: object) -> arithmetic.Char:
    """Convert.ToChar: a one-character text or a number."""
    plain = _plain(value)
    if isinstance(plain, arithmetic.Char):
        return plain
    if isinstance(plain, str):
        if len(plain) != 1:
            raise exceptions.bad_format("String must be exactly one character long.")
        return arithmetic.Char(plain)
    if isinstance(plain, int) and not isinstance(plain, bool):
        if not 0 <= plain <= 0xFFFF:
            raise exceptions.overflow("character")
        return arithmetic.Char(chr(plain))
    raise bad_cast(value, "Char")


def to_date(value: object) -> DateTime:
    if isinstance(value, DateTime):
        return value
    if value is None:
        return DateTime(0)
    if type(value) is str:
        return parse_date(value)
    raise bad_cast(value, "DateTime")


PARSERS: dict[str, Callable[[str | None], object]] = {
    "Boolean": parse_boolean,
    **{name: partial(parse_integer, name=name) for name in arithmetic.INTEGERS},
    "Single": lambda text: arithmetic.Single(parse_double(text)),
    "Double": parse_double,
    "Decimal": parse_decimal,
}
"""What Parse of a type does, by CLR name without "System."."""

CONVERSIONS: dict[str, Callable[[object], object]] = {
    "Boolean": to_boolean,
    "Char": to_char,
    **{name: partial(to_integer, name=name) for name in arithmetic.INTEGERS},
    "Single": to_single,
    "Double": to_double,
    "Decimal": to_decimal,
    "DateTime": to_date,
}
"""What Convert makes of any value, by the CLR name of the result without "System."."""
