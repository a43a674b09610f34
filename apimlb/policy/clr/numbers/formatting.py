"""Numbers as .NET Core 3 writes them: shortest round trip, standard and custom format strings, invariant
culture."""

import decimal
import math
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from apimlb.policy.clr.budget import BUDGET, bounded_layout
from apimlb.policy.clr.exceptions import bad_format
from apimlb.policy.clr.numbers.arithmetic import INTEGER_NAMES, Single, to_single
from apimlb.policy.clr.objects.text import laid_out, written

_STANDARD = re.compile(r"([A-Za-z])(\d{0,2})\Z")
_EXPONENT = re.compile(r"[eE][+-]?0+")
_BITS = {
    "SByte": 8, "Byte": 8, "Int16": 16, "UInt16": 16, "Int32": 32, "UInt32": 32, "Int64": 64, "UInt64": 64,
}  # fmt: skip
_WIDE = decimal.Context(prec=4800)
"""Room for the largest double, with two places more for each character of a layout and as many behind the
point."""
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
        return _custom(value, layout)
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
        return number_text(value)
    if upper == "G":
        return _general_format(value, letter, precision)
    if upper == "E":
        return _scientific(value, letter, 6 if precision is None else precision)
    places = 2 if precision is None else precision
    if upper == "P":
        return _fixed(_rounded(value, places + 2).scaleb(2), places, value, "-{} %", "{} %")
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
    if not precision:
        return number_text(value)
    with decimal.localcontext(_WIDE):
        exact = Decimal(value)
        if exact:
            places = precision - 1 - exact.adjusted()
            exact = exact.quantize(Decimal(1).scaleb(-places), _halves(value))
    return _general(exact, precision, letter="e" if letter == "g" else "E")


def _scientific(value: Number, letter: str, precision: int) -> str:
    exact = Decimal(value)
    power = exact.adjusted() if exact else 0
    with decimal.localcontext(_WIDE):
        figures = exact.scaleb(-power).quantize(Decimal(1).scaleb(-precision), _halves(value))
        if abs(figures) >= 10:
            power += 1
            figures = figures.scaleb(-1).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
    return f"{figures:f}{letter}{'-' if power < 0 else '+'}{abs(power):03d}"


def _sections(layout: str) -> list[str]:
    parts, current, quote, skip = [], "", "", False
    for char in layout:
        if skip or quote:
            skip = False
            quote = "" if char == quote else quote
        elif char == "\\":
            skip = True
        elif char in "'\"":
            quote = char
        elif char == ";":
            parts.append(current)
            current = ""
            continue
        current += char
    return [*parts, current]


def _custom(value: Number, layout: str) -> str:
    """Sections for positive, negative and zero; what rounds to zero in its section counts as zero."""
    sections = _sections(layout)
    exact = _exact(value)
    BUDGET.spend(abs(exact.adjusted()) >> 3)  # the zeros before or behind its digits are written too
    negative = exact.is_signed() and (isinstance(value, float) or exact != 0)
    place = 1 if negative and len(sections) > 1 and sections[1] else 0
    text, zero = _custom_section(exact.copy_abs(), sections[place])
    if zero:
        place = 2 if len(sections) > 2 else 0
        text, _ = _custom_section(exact.copy_abs(), sections[place])
        negative = negative and isinstance(value, float) and "0" in sections[place]
    return f"-{text}" if negative and place == 0 and text else text


def _tokens(section: str) -> list[tuple[str, str]]:
    """Pairs of (kind, text): digit placeholders, point, comma, percent, exponent, and literal text."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(section):
        char = section[at]
        exponent = _EXPONENT.match(section, at)
        if char in "0#":
            found.append(("digit", char))
        elif char == ".":
            found.append(("point", char))
        elif char == ",":
            found.append(("comma", char))
        elif char in "%‰":
            found.append(("percent", char))
        elif exponent:
            found.append(("exponent", exponent[0]))
            at = exponent.end() - 1
        elif char == "\\":
            at += 1
            found.append(("text", section[at : at + 1]))
        elif char in "'\"":
            end = section.find(char, at + 1)
            end = len(section) if end < 0 else end
            found.append(("text", section[at + 1 : end]))
            at = end
        else:
            found.append(("text", char))
        at += 1
    return found


def _custom_section(value: Decimal, section: str) -> tuple[str, bool]:
    """The number in one section, and whether its digits were all zero."""
    pieces = _tokens(section)
    point = next((i for i, (kind, _) in enumerate(pieces) if kind == "point"), len(pieces))
    whole = [i for i, (kind, _) in enumerate(pieces) if kind == "digit" and i < point]
    fraction = [i for i, (kind, _) in enumerate(pieces) if kind == "digit" and i > point]
    last_whole = whole[-1] if whole else -1
    commas = [i for i, (kind, _) in enumerate(pieces) if kind == "comma" and i < point]
    grouping = any(whole and whole[0] < i < last_whole for i in commas)
    scaling = sum(1 for i in commas if i > last_whole)
    exponent = next((text for kind, text in pieces if kind == "exponent"), "")
    with decimal.localcontext(_WIDE):
        value = value.scaleb(2 * sum(text == "%" for _, text in pieces) - 3 * scaling)
        power = 0
        if exponent and value:
            power = value.adjusted() - max(len(whole), 1) + 1
            value = value.scaleb(-power)
        value = value.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    left, _, right = f"{value:f}".partition(".")
    left = left.lstrip("0")
    zeros = next((len(whole) - n for n, i in enumerate(whole) if pieces[i][1] == "0"), 0)
    left = left.rjust(zeros, "0")
    keep = max((n + 1 for n, i in enumerate(fraction) if pieces[i][1] == "0"), default=0)
    right = right[:keep] + right[keep:].rstrip("0")
    digits = any(kind == "digit" for kind, _ in pieces)
    zero = digits and not (left + right).strip("0")
    return _laid_out(pieces, point, whole, left, right, grouping, exponent, power), zero


def _laid_out(
    pieces: list[tuple[str, str]],
    point: int,
    whole: list[int],
    left: str,
    right: str,
    grouping: bool,
    exponent: str,
    power: int,
) -> str:
    out = ""
    places = len(whole)
    spent = 0
    for i, (kind, text) in enumerate(pieces):
        if kind == "digit" and i < point:
            taken = len(left) - places if i == whole[0] else 0
            for _ in range(max(taken, 0)):
                out += _digit(left, spent, grouping)
                spent += 1
            places -= 1
            if len(left) - spent > places:
                out += _digit(left, spent, grouping)
                spent += 1
        elif kind == "digit":
            out += right[:1]
            right = right[1:]
        elif kind == "point":
            if not whole:
                out += left
            out += "." if right else ""
        elif kind == "exponent":
            sign = "-" if power < 0 else ("+" if "+" in exponent else "")
            out += f"{exponent[0]}{sign}{abs(power):0{exponent.count('0')}d}"
        elif kind in ("text", "percent"):
            out += text
    return out


def _digit(left: str, at: int, grouping: bool) -> str:
    rest = len(left) - at - 1
    return left[at] + ("," if grouping and rest and rest % 3 == 0 else "")
