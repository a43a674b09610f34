"""Values as XML writes them and reads them: `true`, ISO dates, durations like PT1H30M."""

import re

from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.formatting import iso_date
from apimlb.policy.clr.exceptions import ClrException, argument, bad_format, overflow_exception, required
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.xml.nodes import XObject

_DURATION = re.compile(
    r"(-?)P(?!\Z)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?\Z",
    re.ASCII,
)
_DAY, _HOUR, _MINUTE = instants.TICKS_PER_DAY, instants.TICKS_PER_HOUR, instants.TICKS_PER_MINUTE
_UNITS = (365 * _DAY, 30 * _DAY, _DAY, _HOUR, _MINUTE, instants.TICKS_PER_SECOND)
"""A year, a month, and so on, as a duration has them."""

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)


def content_text(value: object) -> str:
    """A value as the content of XML."""
    value = required(value, "value")
    if isinstance(value, XObject):
        raise argument("An XObject cannot be used as a value.")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, instants.DateTimeOffset) and not value.offset:
        return iso_date(value).replace("+00:00", "Z")
    if isinstance(value, instants.DateTime | instants.DateTimeOffset):
        return iso_date(value)
    if isinstance(value, instants.TimeSpan):
        return duration(value)
    if isinstance(value, float) and abs(value) == float("inf"):
        return "INF" if value > 0 else "-INF"
    return text_of(value)


def duration(span: instants.TimeSpan) -> str:
    """XmlConvert.ToString(TimeSpan)"""
    days, rest = divmod(abs(span.ticks), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    whole, part = divmod(rest, instants.TICKS_PER_SECOND)
    seconds = f"{whole}.{part:07}".rstrip("0").rstrip(".") if part else whole or ""
    time = "".join(
        f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number
    )
    date = f"{days}D" if days else ""
    if not date and not time:
        time = "0S"
    return f"{'-' if span.ticks < 0 else ''}P{date}{'T' if time else ''}{time}"


def parse_duration(text: str) -> instants.TimeSpan:
    """XmlConvert.ToTimeSpan: a year has 365 days, a month 30; throws System.FormatException."""
    match = _DURATION.match(text.strip(" \t\r\n")) if len(text) < 200 else None
    numbers = [int(number or 0) for number in match.groups()[1:-1]] if match is not None else []
    if match is None or max(numbers) >= 2**31:
        raise bad_format(f"The string '{text}' is not a valid TimeSpan value.")
    ticks = sum(number * unit for number, unit in zip(numbers, _UNITS, strict=True)) + _fraction(match[8])
    if ticks >= 2**63 + bool(match[1]):
        raise overflow_exception("Value 'Duration' was either too large or too small for TimeSpan.")
    return instants.TimeSpan(-ticks if match[1] else ticks)


def _fraction(digits: str | None) -> int:
    """The ticks of a fraction of a second."""
    return int((digits or "")[:7].ljust(7, "0"))


def parse_moment(text: str) -> instants.DateTimeOffset:
    """XmlConvert.ToDateTimeOffset of a date, with or without a time and a zone."""
    match = _MOMENT.match(text.strip(" \t\r\n")) if len(text) < 200 else None
    if match is None:
        raise bad_format(f"The string '{text}' is not a valid AllXsd value.")
    try:
        ticks = instants.wall_ticks(*(int(match[i] or 0) for i in range(1, 7)))
    except ClrException:
        raise bad_format(f"The string '{text}' is not a valid AllXsd value.") from None
    ticks += _fraction(match[7])
    zone = match[8] or "Z"
    if zone == "Z":
        return instants.DateTimeOffset(ticks)
    offset = (int(zone[1:3]) * 60 + int(zone[4:])) * instants.TICKS_PER_MINUTE
    return instants.DateTimeOffset(ticks, -offset if zone[0] == "-" else offset)


def parse_flag(text: str) -> bool:
    """XmlConvert.ToBoolean, without regard to case."""
    word = text.strip().lower()
    if word not in ("true", "false", "1", "0"):
        raise bad_format(f"The string '{text}' is not a valid Boolean value.")
    return word in ("true", "1")
