"""DateTime, DateTimeOffset and TimeSpan: ticks of 100 ns since 0001-01-01. The gateway's local zone is
UTC."""

import calendar
import datetime
from dataclasses import dataclass

from apimlb.policy.clr.exceptions import argument_range, overflow_exception

TICKS_PER_MILLISECOND = 10_000
TICKS_PER_SECOND = 10_000_000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE
TICKS_PER_DAY = 24 * TICKS_PER_HOUR
MAX_TICKS = 3_155_378_975_999_999_999
EPOCH_TICKS = 621_355_968_000_000_000

UNSPECIFIED, UTC, LOCAL = "Unspecified", "Utc", "Local"
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


UNITS = {
    "Days": (TICKS_PER_DAY, 2**63),
    "Hours": (TICKS_PER_HOUR, 24),
    "Minutes": (TICKS_PER_MINUTE, 60),
    "Seconds": (TICKS_PER_SECOND, 60),
    "Milliseconds": (TICKS_PER_MILLISECOND, 1000),
}
"""Ticks of each unit, and how many make one of the next."""


class _Ticks:
    """Values of one class are equal and ordered by their ticks on the clock of UTC."""

    __slots__ = ()
    boxed = True

    ticks: int

    @property
    def utc_ticks(self) -> int:
        return self.ticks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ticks) and type(self) is type(other) and self.utc_ticks == other.utc_ticks

    def __hash__(self) -> int:
        return hash(self.utc_ticks)

    def __lt__(self, other: "_Ticks") -> bool:
        return self.utc_ticks < other.utc_ticks


@dataclass(slots=True, eq=False)
class TimeSpan(_Ticks):
    """System.TimeSpan"""

    ticks: int


@dataclass(slots=True, eq=False)
class DateTime(_Ticks):
    """System.DateTime; equality and order look at the ticks alone, as in .NET."""

    ticks: int
    kind: str = UNSPECIFIED

    def at(self, ticks: int, name: str = "value") -> "DateTime":
        """The date of other ticks; throws System.ArgumentOutOfRangeException."""
        return DateTime(in_range(ticks, name), self.kind)


@dataclass(slots=True, eq=False)
class DateTimeOffset(_Ticks):
    """System.DateTimeOffset: `ticks` of the clock on the wall, `offset` in ticks east of UTC."""

    ticks: int
    offset: int = 0

    @property
    def utc_ticks(self) -> int:
        return self.ticks - self.offset

    def at(self, ticks: int, name: str = "value") -> "DateTimeOffset":
        """Other ticks on a clock with the same offset; throws System.ArgumentOutOfRangeException."""
        return on_clock(in_range(ticks, name), self.offset)


AnyDate = DateTime | DateTimeOffset


def on_clock(ticks: int, offset: int) -> DateTimeOffset:
    """A date by its ticks on a clock with an offset; throws System.ArgumentOutOfRangeException where it does
    not exist in UTC."""
    if not 0 <= ticks - offset <= MAX_TICKS:
        raise argument_range(
            "The UTC time represented when the offset is applied must be between year 0 and 10,000.", "offset"
        )
    return DateTimeOffset(ticks, offset)


MIN_DATE = DateTime(0)
MAX_DATE = DateTime(MAX_TICKS)
ZERO = TimeSpan(0)
MIN_SPAN = TimeSpan(-(2**63))
MAX_SPAN = TimeSpan(2**63 - 1)


def from_epoch(seconds: float, kind: str = UTC) -> DateTime:
    """The clock's seconds as a DateTime."""
    return DateTime(EPOCH_TICKS + round(seconds * 1_000_000) * 10, kind)


def from_ticks(ticks: int, kind: str) -> DateTime:
    """new DateTime(ticks, kind); throws System.ArgumentOutOfRangeException."""
    if not 0 <= ticks <= MAX_TICKS:
        raise argument_range(
            "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.", "ticks"
        )
    return DateTime(ticks, kind)


def in_range(ticks: int, name: str = "value") -> int:
    """Ticks of a date that exists; throws System.ArgumentOutOfRangeException."""
    if not 0 <= ticks <= MAX_TICKS:
        raise argument_range("The added or subtracted value results in an un-representable DateTime.", name)
    return ticks


def span_of(ticks: int) -> TimeSpan:
    if not -(2**63) <= ticks < 2**63:
        raise overflow_exception("TimeSpan overflowed because the duration is too long.")
    return TimeSpan(ticks)


def date_of(ticks: int) -> datetime.date:
    return datetime.date.fromordinal(ticks // TICKS_PER_DAY + 1)


def date_ticks(year: int, month: int, day: int) -> int:
    """Midnight of a date; throws System.ArgumentOutOfRangeException."""
    try:
        return (datetime.date(year, month, day).toordinal() - 1) * TICKS_PER_DAY
    except (ValueError, OverflowError):
        raise argument_range(
            "Year, Month, and Day parameters describe an un-representable DateTime."
        ) from None


def time_ticks(hour: int, minute: int, second: int) -> int:
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        raise argument_range("Hour, Minute, and Second parameters describe an un-representable DateTime.")
    return (hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND


def wall_ticks(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, millisecond: int = 0
) -> int:
    """A date and a time of day; throws System.ArgumentOutOfRangeException."""
    if not 0 <= millisecond < 1000:
        raise argument_range("Valid values are between 0 and 999, inclusive.", "millisecond")
    clock = millisecond * TICKS_PER_MILLISECOND
    return date_ticks(year, month, day) + time_ticks(hour, minute, second) + clock


def add_months(ticks: int, months: int) -> int:
    """The same day a number of months later, or the last day of a shorter month."""
    if abs(months) > 120_000:
        raise argument_range("Months value must be between +/-120000.", "months")
    start = date_of(ticks)
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        raise argument_range(
            "The added or subtracted value results in an un-representable DateTime.", "months"
        )
    day = min(start.day, days_in_month(year, month + 1))
    return date_ticks(year, month + 1, day) + ticks % TICKS_PER_DAY


def add_years(ticks: int, years: int) -> int:
    if abs(years) > 10_000:
        raise argument_range("Years value must be between +/-10000.", "years")
    return add_months(ticks, 12 * years)


def days_in_month(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        raise argument_range("Month must be between one and twelve.", "month")
    if not 1 <= year <= 9999:
        raise argument_range("Year must be between 1 and 9999.", "year")
    return calendar.monthrange(year, month)[1]
