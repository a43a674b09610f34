"""Text as dates and spans of time, as .NET reads them in the invariant culture."""

import re
from functools import cache

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import ClrException, bad_format, required

_TIME = r"(?P<h>\d{1,2}):(?P<mi>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,16}))?)?\s*(?P<ap>[AaPp][Mm]?)?"
_ZONE = r"\s*(?P<z>Z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?"
_DAY_NAME = r"(?:(?:Sun|Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Satur|Sat)(?:day)?,?\s*)?"
_MONTH_NAME = r"(?P<mn>[A-Za-z]{3,9})"
_DATES = (
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})",
    r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4}|\d{2})",
    rf"(?P<d>\d{{1,2}})[\s-]{_MONTH_NAME}[\s,-]+(?P<y>\d{{4}}|\d{{2}})",
    rf"{_MONTH_NAME}\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})",
    rf"{_MONTH_NAME},?\s+(?P<y>\d{{4}})",
    r"(?P<y>\d{4})-(?P<m>\d{1,2})",
)


# No date is longer, and looking at white space in all these ways takes time that grows with its square.
_LONGEST = 200


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """One for each way to write a date, the last for a bare time; made when first asked for."""
    dated = [rf"\s*{_DAY_NAME}{date}(?:(?:\s+|T|,\s*){_TIME})?{_ZONE}\s*\Z" for date in _DATES]
    return tuple(re.compile(text, re.IGNORECASE) for text in (*dated, rf"\s*{_TIME}{_ZONE}\s*\Z"))


def _month(name: str) -> int:
    for number, month in enumerate(instants.MONTHS, 1):
        if name.lower() in (month.lower(), month[:3].lower()):
            return number
    raise ValueError(name)


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 30 else 1900)


def _zone(text: str) -> int:
    if text.upper() in ("Z", "GMT", "UTC"):
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    ticks = (hours * 60 + minutes) * instants.TICKS_PER_MINUTE
    return -ticks if text[0] == "-" else ticks


def parse_parts(text: str, today: int) -> tuple[int, int | None]:
    """Ticks of the wall clock and the offset in ticks, None where the text names none. `today` is the
    midnight that a bare time belongs to. Raises ValueError."""
    BUDGET.spend(8)
    if len(text) > _LONGEST:
        raise ValueError(text[:_LONGEST])
    for pattern in _patterns():
        match = pattern.match(text)
        if match is not None:
            found = match.groupdict()
            try:
                ticks = _date(found, today) + _time(found)
            except ClrException:
                raise ValueError(text) from None
            if not 0 <= ticks <= instants.MAX_TICKS:
                raise ValueError(text)
            return ticks, _zone(found["z"]) if found["z"] else None
    raise ValueError(text)


def _date(found: dict[str, str | None], today: int) -> int:
    year = found.get("y")
    if year is None:
        return today
    month = _month(found["mn"] or "") if found.get("mn") else int(found.get("m") or 0)
    return instants.date_ticks(_year(year), month, int(found.get("d") or 1))


def _time(found: dict[str, str | None]) -> int:
    if not found.get("h"):
        return 0
    hour = int(found["h"] or 0)
    half = (found.get("ap") or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = (found.get("f") or "")[:8].ljust(8, "0")
    ticks = (int(fraction) + 5) // 10
    return instants.time_ticks(hour, int(found["mi"] or 0), int(found.get("s") or 0)) + ticks


_KNOWN_WORDS = frozenset(
    word
    for name in (*instants.MONTHS, *instants.DAYS)
    for word in (name.lower(), name[:3].lower())
) | {"am", "pm", "t", "z", "gmt", "utc"}  # fmt: skip


def _unreadable(text: str) -> ClrException:
    """What cannot be read, and where the first word stands that means nothing."""
    for match in re.finditer(r"[^\W\d_]+", text[:_LONGEST]):
        before = re.sub(r"[^\W\d_]+", "", text[: match.start()])
        if re.search(r"[^\s\d:/.,-]|\d{9}\Z", before):
            break
        if match[0].lower() not in _KNOWN_WORDS:
            return bad_format(
                f"The string '{text}' was not recognized as a valid DateTime. There is an unknown word "
                f"starting at index '{match.start()}'."
            )
    return bad_format(f"String '{text}' was not recognized as a valid DateTime.")


def parse_date(text: str | None, today: int = 0) -> instants.DateTime:
    """DateTime.Parse: a text with a zone becomes local time; throws System.FormatException."""
    text = required(text, "s")
    try:
        ticks, offset = parse_parts(text, today)
    except ValueError:
        raise _unreadable(text) from None
    if offset is None:
        return instants.DateTime(ticks, instants.UNSPECIFIED)
    ticks -= offset
    if ticks > instants.MAX_TICKS:
        raise bad_format(f"The DateTime represented by the string '{text}' is out of range.")
    return instants.DateTime(
        ticks + instants.TICKS_PER_DAY if ticks < 0 else ticks, instants.LOCAL
    )  # before the year 1 .NET adds a day


def parse_offset(text: str | None, today: int = 0) -> instants.DateTimeOffset:
    """DateTimeOffset.Parse; throws System.FormatException."""
    text = required(text, "input")
    try:
        ticks, offset = parse_parts(text, today)
    except ValueError:
        raise _unreadable(text) from None
    if not 0 <= ticks - (offset or 0) <= instants.MAX_TICKS:
        raise bad_format(f"The UTC representation of the date '{text}' falls outside the year range 1-9999.")
    return instants.DateTimeOffset(ticks, offset or 0)


_SPAN = re.compile(
    r"\s*(?P<sign>-)?(?:(?P<d>\d+)\.)?(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2})(?:\.(?P<f>\d{1,7}))?)?"
    r"\s*\Z"
)
_FOUR_PARTS = re.compile(
    r"\s*(?P<sign>-)?(?P<d>\d+):(?P<h>\d{1,2}):(?P<m>\d{1,2}):(?P<s>\d{1,2})(?:\.(?P<f>\d{1,7}))?\s*\Z"
)
_DAYS_ONLY = re.compile(r"\s*(?P<sign>-)?(?P<d>\d{1,8})\s*\Z")


def parse_span(text: str | None) -> instants.TimeSpan:
    """TimeSpan.Parse; throws System.FormatException or System.OverflowException."""
    text = required(text, "input")
    match = (
        None
        if len(text) > _LONGEST
        else _DAYS_ONLY.match(text) or _SPAN.match(text) or _FOUR_PARTS.match(text)
    )
    if match is None:
        raise bad_format(f"String '{text}' was not recognized as a valid TimeSpan.")
    found = match.groupdict()
    hours, minutes, seconds = (int(found.get(key) or 0) for key in "hms")
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ClrException(
            "System.OverflowException",
            f"The TimeSpan string '{text}' could not be parsed because at least one of the numeric "
            "components is out of range or contains too many digits.",
        )
    ticks = (
        int(found["d"] or 0) * instants.TICKS_PER_DAY
        + hours * instants.TICKS_PER_HOUR
        + minutes * instants.TICKS_PER_MINUTE
    )
    ticks += seconds * instants.TICKS_PER_SECOND + int((found.get("f") or "").ljust(7, "0"))
    return instants.TimeSpan(-ticks if found["sign"] else ticks)
