"""Text as dates and spans of time, as .NET reads them in the invariant culture."""

import re

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import ClrException, bad_format, required

# No date is longer.
_LONGEST = 200

_TIME = re.compile(
    r"(?<![\d:+-])(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?(?![\d:])(?:\s*([ap]m)(?![a-z]))?"
    r"|\s*([ap]m)(?![a-z]))",
    re.IGNORECASE,
)
_ZONE = r"\d{1,2}:\d{1,2}|\d{1,4}"
_OFFSET = re.compile(rf"\s*([+-](?:{_ZONE}))(?![\d:/.-])")
_LATE_OFFSET = re.compile(rf"\s*(\+(?:{_ZONE})|-\d{{1,2}}:\d{{1,2}})\s*\Z|(?<=\d)\s+(-\d{{1,2}})\s*\Z")
_ISO_TIME = re.compile(
    r"(?<=\d)\s*T\s*(\d\d)\s*:\s*(\d\d)\s*(?::\s*(\d\d)(?:\.(\d+))?\s*)?(?:(Z)|([+-](?:"
    + _ZONE
    + r")))?\s*\Z",
    re.IGNORECASE,
)
"""What follows the T of a date that has its year first: nothing but digits in pairs, and a zone."""

_MARK = re.compile(r"(?<=\d)\s*T(?![a-z])", re.IGNORECASE)
_HALF = re.compile(r"(?<![a-z])([ap])m(?![a-z])", re.IGNORECASE)
_CHINESE = re.compile(r"(\d)年(\d{1,2})月(\d{1,2})日")
_UTC = re.compile(r"\s*(?:Z|GMT)(?![a-z])", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]{3}")
_PIECE = re.compile(r"(\d+)|([a-z]+)|([\s,/.-]+)", re.IGNORECASE)
_MONTHS = {
    word.lower(): number for number, name in enumerate(instants.MONTHS, 1) for word in (name, name[:3])
}
_WEEKDAYS = {word.lower(): number for number, name in enumerate(instants.DAYS) for word in (name, name[:3])}


class WrongWeekday(ValueError):
    """A text that names another day of the week than its date is."""


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 4:
        raise ValueError(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 30 else 1900)


def _zone(text: str) -> int:
    digits, colon, minutes = text[1:].partition(":")
    if not colon and len(digits) > 2:
        digits, minutes = digits[:-2], digits[-2:]
    if int(digits) > 14 or int(minutes or 0) > 59:
        raise ValueError(text)
    ticks = (int(digits) * 60 + int(minutes or 0)) * instants.TICKS_PER_MINUTE
    return -ticks if text[0] == "-" else ticks


def parse_parts(text: str, today: int) -> tuple[int, int | None]:
    """Ticks of the wall clock and the offset in ticks, None where the text names none. `today` is the
    midnight that a bare time belongs to, in the year of a date that names none. Raises ValueError."""
    BUDGET.spend(8)
    if len(text) > _LONGEST:
        raise ValueError(text[:_LONGEST])
    plain = _CHINESE.sub(r"\1/\2/\3 ", text.strip(" \t\n\r\v\f").rstrip("\0"))
    date = _Date(today)
    mark = _MARK.search(plain)
    clock: int | None
    try:
        if mark is not None:
            clock, offset = _joined_time(date, plain, mark.start())
        else:
            clock, offset = _separate_time(date, plain)
        ticks = date.ticks(mark is not None, clock is not None) + (clock or 0)
    except ClrException:
        raise ValueError(text) from None
    if date.utc:
        offset = 0 if offset is None else offset
    if not 0 <= ticks <= instants.MAX_TICKS:
        raise ValueError(text)
    return ticks, offset


def _joined_time(date: "_Date", text: str, at: int) -> tuple[int, int | None]:
    """The time of day and the offset behind the T at `at`."""
    found = _ISO_TIME.match(text, at)
    if found is None:
        raise ValueError(text)
    date.read(text[:at])
    offset = 0 if found[5] else _zone(found[6]) if found[6] else None
    return _clock(int(found[1]), found[2], found[3], found[4]), offset


def _separate_time(date: "_Date", plain: str) -> tuple[int | None, int | None]:
    """The time of day and the offset, None where there is none; the rest is read as a date."""
    time = _TIME.search(plain)
    half = None if time is not None else _HALF.search(plain)
    if half is not None:  # of a day without a time
        plain = plain[: half.start()] + plain[half.end() :]
    before, after = (plain, "") if time is None else (plain[: time.start()], plain[time.end() :])
    offset: int | None = None
    if time is not None and (found := _OFFSET.match(after)):
        offset, after = _zone(found[1]), after[found.end() :]
    elif time is not None and (found := _UTC.match(after)):
        offset, after = 0, after[found.end() :]
    else:
        offset, before, after = _late_offset(before, after)
    if after.endswith(("/", "-")) or (not after and before.endswith(("/", "-"))):
        raise ValueError(plain)
    date.read(before)
    if time is not None and time[2] and not date.may_be_followed:
        raise ValueError(plain)
    date.read(after)
    if half is not None:
        if len(date.numbers) + 2 * (date.month is not None) < 3:
            raise ValueError(plain)
        return (12 if half[1] in "pP" else 0) * instants.TICKS_PER_HOUR, offset
    return None if time is None else _time(time), offset


def _late_offset(before: str, after: str) -> tuple[int | None, str, str]:
    """The offset behind a date, and what stands before and after the time without it."""
    last = after if after.strip() else before
    found = _LATE_OFFSET.search(last)
    if found is None or (found[2] and not _LETTERS.search(last)):
        return None, before, after
    offset, rest = _zone(found[1] or found[2]), last[: found.start()]
    return (offset, before, rest) if last is after else (offset, rest, after)


class _Date:
    """The numbers and words of a date, in their order."""

    def __init__(self, today: int) -> None:
        self.today = today
        self.numbers: list[str] = []
        self.month: int | None = None
        self.month_at = 0
        self.weekday: int | None = None
        self.utc = False

    def read(self, text: str) -> None:
        at = 0
        while at < len(text):
            piece = _PIECE.match(text, at)
            if piece is None or (self.utc and not piece[3]):
                raise ValueError(text)
            at = piece.end()
            if piece[1]:
                self.numbers.append(piece[1])
            elif piece[2]:
                self._word(piece[2].lower())

    def _word(self, word: str) -> None:
        if word in _MONTHS and self.month is None:
            self.month, self.month_at = _MONTHS[word], len(self.numbers)
        elif word in _WEEKDAYS and self.weekday is None:
            self.weekday = _WEEKDAYS[word]
        elif word in ("z", "gmt") and self.numbers:
            self.utc = True
        else:
            raise ValueError(word)

    @property
    def may_be_followed(self) -> bool:
        """Whether a time may stand behind what was read: behind a whole date, or before all of it."""
        parts = len(self.numbers) + (self.month is not None)
        return parts in (0, 3)

    def ticks(self, joined: bool, timed: bool) -> int:
        """Midnight of the date. `joined` dates are followed by a T, and have their year first."""
        if joined and (self.month is not None or len(self.numbers) != 3 or len(self.numbers[0]) < 3):
            raise ValueError(self.numbers)
        if not self.numbers and self.month is None and timed:
            found = self.today
        else:
            found = self._named() if self.month is not None else self._numbered()
        if self.weekday is not None and (found // instants.TICKS_PER_DAY + 1) % 7 != self.weekday:
            raise WrongWeekday
        return found

    def _named(self) -> int:
        """A date with the name of its month."""
        month, numbers = self.month or 0, self.numbers
        if len(numbers) == 1:
            day = numbers[0]
            if self.utc:
                raise ValueError(numbers)
            if len(day) <= 2 and 1 <= int(day) <= instants.days_in_month(self._this_year, month):
                return instants.date_ticks(self._this_year, month, int(day))
            return instants.date_ticks(_year(day), month, 1)
        if len(numbers) != 2:
            raise ValueError(numbers)
        first_is_year = len(numbers[0]) > 2 or (
            self.month_at == 2 and len(numbers[1]) <= 2 and int(numbers[0]) > 31
        )
        year, day = numbers if first_is_year else reversed(numbers)
        if len(day) > 2:
            raise ValueError(numbers)
        return instants.date_ticks(_year(year), month, int(day))

    def _numbered(self) -> int:
        numbers = self.numbers
        if len(numbers) == 3:
            year, month, day = numbers if len(numbers[0]) > 2 else (numbers[2], *numbers[:2])
        elif len(numbers) == 2 and not self.utc:
            if max(map(len, numbers)) <= 2:
                return instants.date_ticks(self._this_year, int(numbers[0]), int(numbers[1]))
            year, month, day = (*numbers, "1") if len(numbers[0]) > 2 else (numbers[1], numbers[0], "1")
        else:
            raise ValueError(numbers)
        if len(month) > 2 or len(day) > 2:
            raise ValueError(numbers)
        return instants.date_ticks(_year(year), int(month), int(day))

    @property
    def _this_year(self) -> int:
        return instants.date_of(self.today).year


def _time(found: re.Match[str]) -> int:
    hour = int(found[1])
    half = (found[5] or found[6] or "").lower()[:1]
    if (half == "a" and hour > 12) or hour > 23:
        raise ValueError(hour)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return _clock(hour, found[2], found[3], found[4])


def _clock(hour: int, minute: str | None, second: str | None, fraction: str | None) -> int:
    """Ticks since midnight, rounded to a tick."""
    tenths = int((fraction or "")[:8].ljust(8, "0"))
    return instants.time_ticks(hour, int(minute or 0), int(second or 0)) + (tenths + 5) // 10


_KNOWN_WORDS = frozenset(
    word
    for name in (*instants.MONTHS, *instants.DAYS)
    for word in (name.lower(), name[:3].lower())
) | {"am", "pm", "t", "z", "gmt", "utc"}  # fmt: skip


def _unreadable(text: str, error: ValueError) -> ClrException:
    """What cannot be read, and where the first word stands that means nothing."""
    if isinstance(error, WrongWeekday):
        return bad_format(
            f"String '{text}' was not recognized as a valid DateTime because the day of week was incorrect."
        )
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
    except ValueError as error:
        raise _unreadable(text, error) from None
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
    except ValueError as error:
        raise _unreadable(text, error) from None
    if not 0 <= ticks - (offset or 0) <= instants.MAX_TICKS:
        raise bad_format(f"The UTC representation of the date '{text}' falls outside the year range 1-9999.")
    return instants.DateTimeOffset(ticks, offset or 0)


_SPAN = re.compile(r"\s*(-)?(\d+(?:[.:]\d+)*)\s*\Z")
_SPANS = {
    "": ("d",), ":": ("hm",), "::": ("hms", "dhm"), ".:": ("dhm",), "::.": ("hmsf",), ".::": ("dhms",),
    ":::": ("dhms",), ".::.": ("dhmsf",), ":::.": ("dhmsf",),
}  # fmt: skip
"""By the separators of a span, what its numbers may be, the likeliest first."""

_UNITS = {
    "d": (10675199, instants.TICKS_PER_DAY), "h": (23, instants.TICKS_PER_HOUR),
    "m": (59, instants.TICKS_PER_MINUTE), "s": (59, instants.TICKS_PER_SECOND),
}  # fmt: skip


def parse_span(text: str | None) -> instants.TimeSpan:
    """TimeSpan.Parse; throws System.FormatException or System.OverflowException."""
    BUDGET.spend(6)
    text = required(text, "input")
    match = None if len(text) > _LONGEST else _SPAN.match(text)
    shapes = () if match is None else _SPANS.get(re.sub(r"\d", "", match[2]), ())
    if match is None or not shapes:
        raise bad_format(f"String '{text}' was not recognized as a valid TimeSpan.")
    numbers = re.findall(r"\d+", match[2])
    for shape in shapes:
        ticks = _span_ticks(shape, numbers)
        if ticks is not None and ticks <= 2**63 - (not match[1]):
            return instants.TimeSpan(-ticks if match[1] else ticks)
    raise ClrException(
        "System.OverflowException",
        f"The TimeSpan string '{text}' could not be parsed because at least one of the numeric components is "
        "out of range or contains too many digits.",
    )


def _span_ticks(shape: str, numbers: list[str]) -> int | None:
    """The ticks that numbers stand for, None where one is out of range."""
    ticks = 0
    for unit, digits in zip(shape, numbers, strict=True):
        if unit == "f":
            if int(digits) > 9_999_999 or len(digits) - len(digits.lstrip("0")) > 7:
                return None
            ticks += int(digits[:7].ljust(7, "0"))
            continue
        most, size = _UNITS[unit]
        if len(digits) > 8 or int(digits) > most:
            return None
        ticks += int(digits) * size
    return ticks
