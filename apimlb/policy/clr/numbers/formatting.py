"""Numbers as .NET Core 3 writes them: shortest round trip, standard and custom format strings, invariant
culture."""

import math
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

from apimlb.policy.clr.budget import bounded_layout
from apimlb.policy.clr.exceptions import bad_format
from apimlb.policy.clr.numbers.arithmetic import INTEGER_NAMES, INTEGERS, Single, to_single
from apimlb.policy.clr.numbers.layouts import WIDE, custom_text
from apimlb.policy.clr.objects.text import laid_out, written

_STANDARD = re.compile(r"([A-Za-z])(0*\d{0,2})\Z")
_DECIMAL_FIGURES = 29
Number = int | float | Decimal


def float_text(value: float) -> str:
    """double.ToString(): the shortest digits that read back as the same number."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Single):
        return _general(_single_digits(value), 9)
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value)) if value or math.copysign(1, value) > 0 else "-0"
    return _general(Decimal(repr(value)), 17)


def _single_digits(value: float) -> Decimal:
    texts = (f"{float(value):.{figures}g}" for figures in range(1, 10))  # nine are always enough
    return Decimal(next(text for text in texts if to_single(float(text)) == value))


def _general(digits: Decimal, limit: int) -> str:
    """Plain notation while the exponent is in (-5, limit), else scientific; no trailing zeros."""
    if not digits:
        return "-0" if digits.is_signed() else "0"
    power = digits.adjusted()
    if -5 < power < limit:
        return _bare(f"{digits:f}")
    return f"{_bare(f'{digits:E}'.partition('E')[0])}E{power:+03d}"


def _bare(text: str) -> str:
    """Without the zeros at the end of its fraction."""
    return text.rstrip("0").rstrip(".") if "." in text else text


@written.register
def number_text(value: Number) -> str:
    """ToString() of any number; a decimal of 0 shows no sign."""
    if isinstance(value, float):
        return float_text(value)
    return f"{value or value.copy_abs():f}" if isinstance(value, Decimal) else int.__repr__(value)


@laid_out.register
def format_number(value: Number, layout: str | None) -> str:
    """ToString(format) in the invariant culture, where a format ends at its first zero character; throws
    System.FormatException."""
    layout, ended, _ = (layout or "").partition("\0")
    if not layout or (isinstance(value, float) and not math.isfinite(value)):
        return number_text(value)
    match = _STANDARD.match(bounded_layout(layout))
    if match is None:
        return custom_text(value, layout)
    figures = match[2] or (ended and "0")
    return _standard(value, match[1], int(figures) if figures else None)


def _halves(value: Number) -> str:
    """How .NET Core 3 rounds: a double's exact binary value, ties to even; a decimal's ties away from
    zero."""
    return ROUND_HALF_EVEN if isinstance(value, float) else ROUND_HALF_UP


_PATTERNS = {"F": ("{}", "-{}"), "N": ("{}", "-{}"), "C": ("¤{}", "(¤{})"), "P": ("{} %", "-{} %")}
"""Of positive numbers and of negative ones."""


def _fixed(value: Number, kind: str, places: int) -> str:
    """A rounded number in the pattern for its sign; a double keeps the sign of what rounds to zero."""
    scaled = Decimal(value).scaleb(2, WIDE) if kind == "P" else Decimal(value)
    rounded = scaled.quantize(Decimal(1).scaleb(-places), _halves(value), WIDE)
    signed = rounded.is_signed() and (isinstance(value, float) or rounded != 0)
    comma = "" if kind == "F" else ","
    return _PATTERNS[kind][signed].format(f"{rounded.copy_abs():{comma}.{places}f}")


def _standard(value: Number, letter: str, precision: int | None) -> str:
    kind = letter.upper()
    if kind in _PATTERNS:
        return _fixed(value, kind, 2 if precision is None else precision)
    if kind in ("D", "X") and isinstance(value, int):
        return _integer_format(value, letter, precision or 0)
    if kind == "E":
        return _scientific(value, letter, 6 if precision is None else precision)
    if kind == "G" or (kind == "R" and isinstance(value, float)):
        text = _general_format(value, precision) if kind == "G" else number_text(value)
        return text if letter == kind else text.lower()
    raise bad_format("Format specifier was invalid.")


def _integer_format(value: int, letter: str, width: int) -> str:
    if letter in "dD":
        return ("-" if value < 0 else "") + str(abs(int(value))).rjust(width, "0")
    lowest, highest, _ = INTEGERS[INTEGER_NAMES.get(type(value), "Int64")]
    return format(int(value) % (highest - lowest + 1), letter).rjust(width, "0")


def _general_format(value: Number, precision: int | None) -> str:
    if isinstance(value, Decimal):
        value = value or value.copy_abs()
        if precision == 0:  # unlike G it drops zeros at the end
            return _general(value, _DECIMAL_FIGURES + 1)
    if not precision:
        return number_text(value)
    return _general(Context(prec=precision, rounding=_halves(value)).create_decimal(value), precision)


def _scientific(value: Number, letter: str, precision: int) -> str:
    exact = Decimal(value) if value or isinstance(value, float) else Decimal(0)
    with localcontext(WIDE, rounding=_halves(value)):
        figures, _, power = f"{exact:.{precision}E}".partition("E")
    return f"{figures}{letter}{int(power) if exact else 0:+04d}"
