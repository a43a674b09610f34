"""Dates and spans of time as text, by .NET's standard and custom format strings (invariant culture)."""

from apimlb.policy.clr.budget import bounded_layout
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import bad_format
from apimlb.policy.clr.objects.text import laid_out, written

_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_OFFSET_STANDARD = {**_STANDARD, "o": "yyyy-MM-ddTHH:mm:ss.fffffffzzz", "O": "yyyy-MM-ddTHH:mm:ss.fffffffzzz"}


@laid_out.register
@written.register
def format_date(value: instants.DateTime, layout: str | None = None) -> str:
    """DateTime.ToString(format); throws System.FormatException."""
    layout = bounded_layout(layout or "G")
    if len(layout) == 1:
        layout = _standard(_STANDARD, layout)
    offset = 0 if value.kind in (instants.UTC, instants.LOCAL) else None
    return _custom(value.ticks, layout, offset, value.kind)


@laid_out.register
@written.register
def format_offset(value: instants.DateTimeOffset, layout: str | None = None) -> str:
    """DateTimeOffset.ToString(format); throws System.FormatException."""
    layout = bounded_layout(layout or "MM/dd/yyyy HH:mm:ss zzz")
    ticks = value.ticks
    if len(layout) == 1:
        if layout == "U":
            raise bad_format()
        if layout in "rRu":
            ticks = value.utc_ticks
        layout = _standard(_OFFSET_STANDARD, layout)
    return _custom(ticks, layout, value.offset, "")


def _standard(table: dict[str, str], letter: str) -> str:
    if letter not in table:
        raise bad_format()
    return table[letter]


def offset_text(offset: int) -> str:
    """`+02:00`"""
    minutes = abs(offset) // instants.TICKS_PER_MINUTE
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _custom(ticks: int, layout: str, offset: int | None, kind: str) -> str:
    out = ""
    at = 0
    layout = layout[1:] if layout[0] == "%" and len(layout) == 2 else layout
    while at < len(layout):
        char = layout[at]
        if char in "'\"":
            end = layout.find(char, at + 1)
            if end < 0:
                raise bad_format()
            out += layout[at + 1 : end]
            at = end + 1
            continue
        if char == "\\":
            out += layout[at + 1 : at + 2]
            at += 2
            continue
        if char == "%":  # the next character by itself
            if layout[at + 1 : at + 2] in ("", "%"):
                raise bad_format()
            out += _field(layout[at + 1], 1, ticks, offset, kind)
            at += 2
            continue
        count = len(layout[at:]) - len(layout[at:].lstrip(char))
        if char == "F" and not _fraction(ticks, count).rstrip("0") and out.endswith("."):
            out = out[:-1]
        out += _field(char, count, ticks, offset, kind)
        at += count
    return out


def _fraction(ticks: int, places: int) -> str:
    if places > 7:
        raise bad_format()
    return f"{ticks % instants.TICKS_PER_SECOND:07d}"[:places]


def _field(char: str, count: int, ticks: int, offset: int | None, kind: str) -> str:
    if char in "dMy":
        return _date_field(char, count, ticks)
    hour = ticks % instants.TICKS_PER_DAY // instants.TICKS_PER_HOUR
    if char == "H":
        return str(hour).rjust(min(count, 2), "0")
    if char == "h":
        return str(hour % 12 or 12).rjust(min(count, 2), "0")
    if char == "m":
        return str(ticks % instants.TICKS_PER_HOUR // instants.TICKS_PER_MINUTE).rjust(min(count, 2), "0")
    if char == "s":
        return str(ticks % instants.TICKS_PER_MINUTE // instants.TICKS_PER_SECOND).rjust(min(count, 2), "0")
    if char == "f":
        return _fraction(ticks, count)
    if char == "F":
        return _fraction(ticks, count).rstrip("0")
    if char == "t":
        return ("AM" if hour < 12 else "PM")[: min(count, 2)]
    if char == "z":
        text = offset_text(offset or 0)
        return (
            text if count > 2 else text[:3] if count == 2 else text[0] + text[1:3].lstrip("0").rjust(1, "0")
        )
    if char == "K":
        mark = "Z" if kind == instants.UTC else "" if offset is None else offset_text(offset)
        return mark * count
    if char == "g":
        return "A.D."
    return char * count


def _date_field(char: str, count: int, ticks: int) -> str:
    day = instants.date_of(ticks)
    if char == "d":
        if count <= 2:
            return str(day.day).rjust(count, "0")
        name = instants.DAYS[day.isoweekday() % 7]
        return name[:3] if count == 3 else name
    if char == "M":
        if count <= 2:
            return str(day.month).rjust(count, "0")
        return instants.MONTHS[day.month - 1][:3] if count == 3 else instants.MONTHS[day.month - 1]
    if count <= 2:
        return str(day.year % 100).rjust(count, "0")
    return str(day.year).rjust(count, "0")


@laid_out.register
@written.register
def format_span(value: instants.TimeSpan, layout: str | None = None) -> str:
    """TimeSpan.ToString(format): c, g, G or custom; throws System.FormatException."""
    bounded_layout(layout or "")
    ticks = abs(value.ticks)
    days, rest = divmod(ticks, instants.TICKS_PER_DAY)
    hours, minutes = (
        rest // instants.TICKS_PER_HOUR,
        rest % instants.TICKS_PER_HOUR // instants.TICKS_PER_MINUTE,
    )
    seconds, fraction = (
        rest % instants.TICKS_PER_MINUTE // instants.TICKS_PER_SECOND,
        rest % instants.TICKS_PER_SECOND,
    )
    sign = "-" if value.ticks < 0 else ""
    if layout in (None, "", "c", "t", "T"):
        text = f"{hours:02d}:{minutes:02d}:{seconds:02d}"
        return sign + (f"{days}." if days else "") + text + (f".{fraction:07d}" if fraction else "")
    if layout == "g":
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
        return (
            sign + (f"{days}:" if days else "") + text + (f".{fraction:07d}".rstrip("0") if fraction else "")
        )
    if layout == "G":
        return f"{sign}{days}:{hours:02d}:{minutes:02d}:{seconds:02d}.{fraction:07d}"
    assert layout is not None
    if len(layout) == 1:
        raise bad_format()
    return _custom_span({"d": days, "h": hours, "m": minutes, "s": seconds}, fraction, layout)


def _custom_span(fields: dict[str, int], fraction: int, layout: str) -> str:
    out = ""
    at = 0
    while at < len(layout):
        char = layout[at]
        if char == "\\":
            out += layout[at + 1 : at + 2]
            at += 2
        elif char in "'\"":
            end = layout.find(char, at + 1)
            if end < 0:
                raise bad_format()
            out += layout[at + 1 : end]
            at = end + 1
        elif char == "%" and layout[at + 1 : at + 2] not in ("", "%"):
            out += _span_field(fields, fraction, layout[at + 1], 1)
            at += 2
        elif char in fields or char in "fF":
            count = len(layout[at:]) - len(layout[at:].lstrip(char))
            if count > _MOST_REPEATED.get(char, 2):
                raise bad_format()
            out += _span_field(fields, fraction, char, count)
            at += count
        else:
            raise bad_format()
    return out


_MOST_REPEATED = {"d": 8, "f": 7, "F": 7}


def _span_field(fields: dict[str, int], fraction: int, char: str, count: int) -> str:
    if char in "fF":
        text = f"{fraction:07d}"[:count]
        return text if char == "f" else text.rstrip("0")
    if char not in fields:
        raise bad_format()
    return str(fields[char]).rjust(count, "0")


def iso_date(value: instants.DateTime | instants.DateTimeOffset) -> str:
    """The date as JSON holds it: no trailing zeros in the fraction."""
    if isinstance(value, instants.DateTimeOffset):
        text, zone = format_offset(value, "yyyy-MM-ddTHH:mm:ss.fffffff"), format_offset(value, "zzz")
    else:
        text = format_date(value, "yyyy-MM-ddTHH:mm:ss.fffffff")
        zone = "Z" if value.kind == instants.UTC else "+00:00" if value.kind == instants.LOCAL else ""
    return text.rstrip("0").rstrip(".") + zone
