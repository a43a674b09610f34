"""Text as dates and spans of time, as .NET reads them in the invariant culture."""

import re

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.machine import WHITE, DateMachine, Unreadable
from apimlb.policy.clr.exceptions import ClrException, bad_format, overflow_exception, required

# No date is longer.
_LONGEST = 200

_DATE_WORDS = re.compile("([0-9])[年년] *([0-9]{1,2})[月월] *([0-9]{1,2})[日일]")
_TIME_WORDS = re.compile("([0-9]{1,2})[時时시] *([0-9]{1,2})[分분](?: *([0-9]{1,2})[秒초])?")
"""Dates and times of China, Japan and Korea, which .NET reads in every culture."""


def _joined(found: re.Match[str]) -> str:
    return ":".join(part for part in found.groups() if part)


def _read(text: str) -> tuple[int, int | None]:
    """Ticks of the wall clock, and the offset in ticks: None for a text without one; throws
    System.FormatException."""
    BUDGET.spend(8)
    problem = "String '{}' was not recognized as a valid DateTime."
    plain = text.rstrip("\0") if len(text) <= _LONGEST else ""  # a longer one is no date either
    if not plain.isascii():
        plain = _TIME_WORDS.sub(_joined, _DATE_WORDS.sub(r"\1/\2/\3 ", plain))
    machine = DateMachine(plain)
    try:
        ticks = machine.run()
        if 0 <= ticks <= instants.MAX_TICKS:
            return ticks, machine.told.get("offset")
    except Unreadable as error:
        problem = str(error) or problem
    except ClrException:  # a date that there is not
        pass
    raise bad_format(problem.format(text))


def parse_date(text: str | None) -> instants.DateTime:
    """DateTime.Parse: a text with a zone becomes local time; throws System.FormatException."""
    text = required(text, "s")
    ticks, offset = _read(text)
    if offset is None:
        return instants.DateTime(ticks, instants.UNSPECIFIED)
    ticks -= offset
    if ticks > instants.MAX_TICKS:
        raise bad_format(f"The DateTime represented by the string '{text}' is out of range.")
    return instants.DateTime(
        ticks + instants.TICKS_PER_DAY if ticks < 0 else ticks, instants.LOCAL
    )  # before the year 1 .NET adds a day


_UTC = re.compile("Z|GMT", re.IGNORECASE)
"""What no date in UTC is written without, and no other date with."""


def parse_kept(text: str) -> instants.DateTime:
    """Likewise with RoundtripKind: a text in UTC stays there."""
    made = parse_date(text)
    return instants.DateTime(made.ticks, instants.UTC) if _UTC.search(text) else made


def parse_offset(text: str | None) -> instants.DateTimeOffset:
    """DateTimeOffset.Parse; throws System.FormatException."""
    text = required(text, "input")
    ticks, offset = _read(text)
    if not 0 <= ticks - (offset or 0) <= instants.MAX_TICKS:
        raise bad_format(f"The UTC representation of the date '{text}' falls outside the year range 1-9999.")
    return instants.DateTimeOffset(ticks, offset or 0)


_SPAN = re.compile(rf"[{WHITE}]*(-)?([0-9]+(?:[.:][0-9]+)*)[{WHITE}]*\Z")
_PARTS = re.compile("[^0-9]*0*([0-9]*)")
_MOST_PARTS = 5
_WIDEST = 0x10000000
_SPANS = {
    "": ("d",), ":": ("hm",), "::": ("hms", "dhm"), ".:": ("dhm",), "::.": ("hmsf",), ".::": ("dhms",),
    ":::": ("dhms",), ".::.": ("dhmsf",), ":::.": ("dhmsf",),
}  # fmt: skip
"""By the separators of a span, what its numbers may be, the likeliest first."""

_UNITS = {name[0].lower(): instants.UNITS[name] for name in ("Days", "Hours", "Minutes", "Seconds")}


def parse_span(text: str | None) -> instants.TimeSpan:
    """TimeSpan.Parse; throws System.FormatException or System.OverflowException."""
    BUDGET.spend(6)
    text = required(text, "input")
    shapes: tuple[str, ...] = ()
    if len(text) <= _LONGEST and (match := _SPAN.match(text)) is not None:
        shapes, numbers = _SPANS.get(re.sub("[0-9]", "", match[2]), ()), re.findall("[0-9]+", match[2])
        for shape in shapes:
            ticks = _span_ticks(shape, numbers)
            if ticks is not None and ticks <= 2**63 - (not match[1]):
                return instants.TimeSpan(-ticks if match[1] else ticks)
    if not shapes and not _has_wide_number(text):
        raise bad_format(f"String '{text}' was not recognized as a valid TimeSpan.")
    raise overflow_exception(
        f"The TimeSpan string '{text}' could not be parsed because at least one of the numeric components is "
        "out of range or contains too many digits."
    )


def _has_wide_number(text: str) -> bool:
    """Whether a number is too wide, which .NET tells before it looks at the shape."""
    parts = [part for part in _PARTS.findall(text) if part][:_MOST_PARTS] if len(text) <= _LONGEST else []
    return any(len(part) > 9 or int(part) >= _WIDEST for part in parts)


def _span_ticks(shape: str, numbers: list[str]) -> int | None:
    """The ticks of days, hours and so on; None where a number is out of range."""
    ticks = 0
    for unit, digits in zip(shape, numbers, strict=True):
        if unit == "f":
            zeros = len(digits) - len(digits.lstrip("0"))
            if int(digits) > 9_999_999 or 7 < zeros < len(digits):
                return None
            ticks += int(digits[:7].ljust(7, "0"))
            continue
        size, most = _UNITS[unit]
        if int(digits) >= most:
            return None
        ticks += int(digits) * size
    return ticks
