"""Numbers as .NET Core 3 writes them: shortest round trip, standard and custom format strings, invariant
culture."""

import decimal
import math
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from apimlb.policy.clr.budget import bounded_layout
from apimlb.policy.clr.exceptions import bad_format
from apimlb.policy.clr.numbers.arithmetic import INTEGER_NAMES, Single, to_single
from apimlb.policy.clr.numbers.layouts import custom_text
from apimlb.policy.clr.objects.text import laid_out, written

_STANDARD = re.compile(r"([A-Za-z])(0*\d{0,2})\Z")
_BITS = {
    "SByte": 8, "Byte": 8, "Int16": 16, "UInt16": 16, "Int32": 32, "UInt32": 32, "Int64": 64, "UInt64": 64,
}  # fmt: skip
_WIDE = decimal.Context(prec=4800)
"""Room for the largest double, with two places more for each character of a layout and as many behind the
point."""
_DECIMAL_FIGURES = 29
Number = int | float | Decimal


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def float_text(value: float) -> str:
    """double.ToString(): the shortest digits that read back as the same number."""
    if math.isnan(value) or math.isinf(value):
        return _special(value)
    if isinstance(value, Single):
        return _general(_single_digits(value), 9)
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value)) if value or math.copysign(1, value) > 0 else "-0"
    return _general(Decimal(repr(value)), 17)


def _single_digits(value: float) -> Decimal:
    for precision in range(1, 10):
        text = f"{float(value):.{precision}g}"
        if to_single(float(text)) == value:
            return Decimal(text)
    return Decimal(repr(float(value)))


def _general(digits: Decimal, limit: int, exponent_digits: int = 2, letter: str = "E") -> str:
    """Plain notation while the exponent is in (-5, limit), else scientific; no trailing zeros."""
    sign, figures, exponent = digits.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, figures)).lstrip("0")
    stripped = text.rstrip("0")
    exponent += len(text) - len(stripped)
    if not stripped:
        return "-0" if sign else "0"
    power = len(stripped) + exponent - 1
    mark = "-" if sign else ""
    if -5 < power < limit:
        return mark + _plain(stripped, exponent)
    fraction = f".{stripped[1:]}" if len(stripped) > 1 else ""
    return f"{mark}{stripped[0]}{fraction}{letter}{'-' if power < 0 else '+'}{abs(power):0{exponent_digits}d}"


def _plain(figures: str, exponent: int) -> str:
    if exponent >= 0:
        return figures + "0" * exponent
    point = len(figures) + exponent
    if point > 0:
        return f"{figures[:point]}.{figures[point:]}"
    return "0." + "0" * -point + figures


def decimal_text(value: Decimal) -> str:
    return f"{value:f}"


@written.register
def number_text(value: Number) -> str:
    """ToString() of any number; a decimal of 0 shows no sign."""
    if isinstance(value, float):
        return float_text(value)
    return decimal_text(value or value.copy_abs()) if isinstance(value, Decimal) else int.__repr__(value)


@laid_out.register
def format_number(value: Number, layout: str | None) -> str:
    """ToString(format) in the invariant culture; throws System.FormatException."""
    if not layout:
        return number_text(value)
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return _special(value)
    match = _STANDARD.match(bounded_layout(layout))
    if match is None:
        return custom_text(value, layout)
    letter, figures = match[1], match[2]
    return _standard(value, letter, int(figures) if figures else None)


def _exact(value: Number) -> Decimal:
    if isinstance(value, Single):
        return _single_digits(value)
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _halves(value: Number) -> str:
    """How .NET Core 3 rounds: a double's exact binary value, ties to even; a decimal's ties away from
    zero."""
    return ROUND_HALF_EVEN if isinstance(value, float) else ROUND_HALF_UP


def _rounded(value: Number, places: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), _halves(value), _WIDE)


def _fixed(
    rounded: Decimal, places: int, value: Number, negative: str, positive: str, comma: str = ","
) -> str:
    """A rounded number in the pattern for its sign; a double keeps the sign of what rounds to zero."""
    signed = rounded.is_signed() and (isinstance(value, float) or rounded != 0)
    return (negative if signed else positive).format(f"{rounded.copy_abs():{comma}.{places}f}")


def _standard(value: Number, letter: str, precision: int | None) -> str:
    upper = letter.upper()
    if upper in "DXB" and isinstance(value, int):
        return _integer_format(value, letter, precision or 0)
    if upper in "DXB":
        raise bad_format("Format specifier was invalid.")
    if upper == "R":
        if not isinstance(value, float):
            raise bad_format("Format specifier was invalid.")
        return number_text(value).replace("E", "e" if letter == "r" else "E")
    if upper == "G":
        return _general_format(value, letter, precision)
    if upper == "E":
        return _scientific(value, letter, 6 if precision is None else precision)
    places = 2 if precision is None else precision
    if upper == "P":
        return _fixed(_rounded(value, places + 2).scaleb(2, _WIDE), places, value, "-{} %", "{} %")
    if upper == "F":
        return _fixed(_rounded(value, places), places, value, "-{}", "{}", "")
    if upper == "N":
        return _fixed(_rounded(value, places), places, value, "-{}", "{}")
    if upper == "C":
        return _fixed(_rounded(value, places), places, value, "(¤{})", "¤{}")
    raise bad_format("Format specifier was invalid.")


def _integer_format(value: int, letter: str, width: int) -> str:
    if letter in "dD":
        return ("-" if value < 0 else "") + str(abs(int(value))).rjust(width, "0")
    if letter in "bB":
        raise bad_format("Format specifier was invalid.")
    name = INTEGER_NAMES.get(type(value), "Int64")
    bits = int(value) % (1 << _BITS[name])
    return format(bits, letter).rjust(width, "0")


def _general_format(value: Number, letter: str, precision: int | None) -> str:
    if precision == 0 and isinstance(value, Decimal):  # unlike G it drops zeros at the end
        return _general(value or value.copy_abs(), _DECIMAL_FIGURES + 1, letter="e" if letter == "g" else "E")
    if not precision:
        return number_text(value).replace("E", "e" if letter == "g" else "E")
    with decimal.localcontext(_WIDE):
        exact = Decimal(value)
        if exact:
            places = precision - 1 - exact.adjusted()
            exact = exact.quantize(Decimal(1).scaleb(-places), _halves(value))
    return _general(exact, precision, letter="e" if letter == "g" else "E")


def _scientific(value: Number, letter: str, precision: int) -> str:
    exact = Decimal(value) if value or isinstance(value, float) else Decimal(0)
    power = exact.adjusted() if exact else 0
    with decimal.localcontext(_WIDE):
        figures = exact.scaleb(-power).quantize(Decimal(1).scaleb(-precision), _halves(value))
        if abs(figures) >= 10:
            power += 1
            figures = figures.scaleb(-1).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
    return f"{figures:f}{letter}{'-' if power < 0 else '+'}{abs(power):03d}"
