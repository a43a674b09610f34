"""Dates and spans of time as text, by .NET's standard and custom format strings (invariant culture)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from apimlb.policy.clr.budget import bounded_layout
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import bad_format
from apimlb.policy.clr.objects.text import laid_out, written

_BY_LETTERS = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "FU": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "mM": "MMMM dd",
    "oO": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "rR": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "yY": "yyyy MMMM",
}
_STANDARD = {letter: layout for letters, layout in _BY_LETTERS.items() for letter in letters}
_PIECE = re.compile(
    r"(?P<quote>['\"])(?P<quoted>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)|\\(?P<escaped>.)|%(?P<single>[^%\\])"
    r"|(?P<run>(?P<char>.)(?P=char)*)",
    re.DOTALL,
)


@lru_cache(maxsize=256)
def _tokens(layout: str) -> list[tuple[str, int]]:
    """Literal texts with 0, and every other character with how often it stands there."""
    tokens: list[tuple[str, int]] = []
    for found in _PIECE.finditer(layout):
        char = found["single"] or found["char"]
        if char is not None:
            tokens.append((char, len(found["run"] or char)))
        else:
            text = found["escaped"] or re.sub(r"\\(.)", r"\1", found["quoted"], flags=re.DOTALL)
            tokens.append((text, 0))
    return tokens


def _pieces(layout: str) -> Iterator[tuple[str, int]]:
    """Literal texts with 0, and the letter of each field with how often it stands there; throws
    System.FormatException."""
    for text, count in _tokens(layout):
        if count and text in "'\"" and not layout.endswith("\\"):
            raise bad_format(f"Cannot find a matching quote character for the character '{text}'.")
        if count and text in "'\"%\\":
            raise bad_format()
        yield text, count


@laid_out.register
@written.register
def format_date(value: instants.DateTime, layout: str | None = None) -> str:
    """DateTime.ToString(format); throws System.FormatException."""
    zone = "Z" if value.kind == instants.UTC else "+00:00" if value.kind == instants.LOCAL else ""
    return _date_text(value.ticks, bounded_layout(layout or "G"), 0, zone)


@laid_out.register
@written.register
def format_offset(value: instants.DateTimeOffset, layout: str | None = None) -> str:
    """DateTimeOffset.ToString(format); throws System.FormatException."""
    layout = bounded_layout(layout or "MM/dd/yyyy HH:mm:ss zzz")
    if layout == "U":
        raise bad_format()
    ticks = value.utc_ticks if layout in ("r", "R", "u") else value.ticks
    return _date_text(ticks, layout, value.offset, offset_text(value.offset))


def offset_text(offset: int) -> str:
    """`+02:00`"""
    minutes = abs(offset) // instants.TICKS_PER_MINUTE
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _date_text(ticks: int, layout: str, offset: int, zone: str) -> str:
    """`zone` is what K shows."""
    if len(layout) == 1:
        if layout not in _STANDARD:
            raise bad_format()
        layout = _STANDARD[layout]
    out = ""
    for text, count in _pieces(layout):
        if text == "F" and count and out.endswith(".") and not _fraction(ticks, "F", count):
            out = out[:-1]
        out += _field(text, count, ticks, offset, zone) if count else text
    return out


def _fraction(ticks: int, char: str, places: int) -> str:
    if places > 7:
        raise bad_format()
    digits = f"{ticks % instants.TICKS_PER_SECOND:07d}"[:places]
    return digits if char == "f" else digits.rstrip("0")


_CLOCK = {"H": instants.UNITS["Hours"], "m": instants.UNITS["Minutes"], "s": instants.UNITS["Seconds"]}


def _field(char: str, count: int, ticks: int, offset: int, zone: str) -> str:
    if char in "dMy":
        return _date_field(char, count, ticks)
    if char in _CLOCK:
        unit, most = _CLOCK[char]
        return str(ticks // unit % most).rjust(min(count, 2), "0")
    hour = ticks // instants.TICKS_PER_HOUR % 24
    match char:
        case "h":
            return str(hour % 12 or 12).rjust(min(count, 2), "0")
        case "f" | "F":
            return _fraction(ticks, char, count)
        case "t":
            return ("AM" if hour < 12 else "PM")[: min(count, 2)]
        case "z":
            text = offset_text(offset)
            return text if count > 2 else text[:3] if count == 2 else f"{text[0]}{int(text[1:3])}"
        case "K":
            return zone * count
        case "g":
            return "A.D."
    return char * count


def _date_field(char: str, count: int, ticks: int) -> str:
    day = instants.date_of(ticks)
    if char == "y":
        return str(day.year % 100 if count <= 2 else day.year).rjust(count, "0")
    number, names, at = (
        (day.day, instants.DAYS, day.isoweekday() % 7)
        if char == "d"
        else (day.month, instants.MONTHS, day.month - 1)
    )
    if count <= 2:
        return str(number).rjust(count, "0")
    return names[at][:3] if count == 3 else names[at]


@laid_out.register
@written.register
def format_span(value: instants.TimeSpan, layout: str | None = None) -> str:
    """TimeSpan.ToString(format): c, g, G or custom; throws System.FormatException."""
    layout = bounded_layout(layout or "c")
    ticks = abs(value.ticks)
    sign = ""
    if len(layout) == 1:
        if layout not in _STANDARD_SPANS:
            raise bad_format()
        days, clock, fraction = _STANDARD_SPANS[layout]
        sign = "-" if value.ticks < 0 else ""
        has_days = layout == "G" or ticks >= instants.TICKS_PER_DAY
        has_fraction = layout == "G" or ticks % instants.TICKS_PER_SECOND
        layout = f"{days if has_days else ''}{clock}{fraction if has_fraction else ''}"
    return sign + "".join(
        _span_field(text, count, ticks) if count else text for text, count in _pieces(layout)
    )


_CONSTANT = ("d'.'", "hh':'mm':'ss", "'.'fffffff")
_STANDARD_SPANS = {
    "c": _CONSTANT, "t": _CONSTANT, "T": _CONSTANT, "g": ("d':'", "h':'mm':'ss", "'.'FFFFFFF"),
    "G": ("d':'", "hh':'mm':'ss", "'.'fffffff"),
}  # fmt: skip
"""Of the standard formats the days, the time, and the fraction; days and fraction are left out where they
are 0, but in G."""

_SPAN_FIELDS = {"d": (*instants.UNITS["Days"], 8)} | {
    letter.lower(): (*unit, 2) for letter, unit in _CLOCK.items()
}
"""Also how often the letter may stand there."""


def _span_field(char: str, count: int, ticks: int) -> str:
    if char in "fF":
        return _fraction(ticks, char, count)
    unit, most, longest = _SPAN_FIELDS.get(char, (1, 1, 0))
    if count > longest:
        raise bad_format()
    return str(ticks // unit % most).rjust(count, "0")


def iso_date(value: instants.AnyDate) -> str:
    """The date as JSON holds it: no trailing zeros in the fraction."""
    return laid_out(value, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK")
