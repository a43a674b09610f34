"""DateTime, as far as the allow-list goes, and what DateTimeOffset shares with it."""

from collections.abc import Callable

from apimlb.policy.clr.dates import ticks as dates
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.dates.ticks import (
    LOCAL,
    TICKS_PER_DAY,
    TICKS_PER_HOUR,
    TICKS_PER_MILLISECOND,
    TICKS_PER_MINUTE,
    TICKS_PER_SECOND,
    UTC,
    DateTime,
    DateTimeOffset,
    TimeSpan,
)
from apimlb.policy.clr.dates.time_span import UNITS, comparisons
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument_range
from apimlb.policy.clr.host import Host
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.definitions import Call, Definition, Row

DAY_NAMES = {name: index for index, name in enumerate(dates.DAYS)}
_DAY_OF_WEEK = {number: name for name, number in DAY_NAMES.items()}
_KINDS = {"Unspecified": 0, "Utc": 1, "Local": 2}


def day_of_week(number: int) -> Enum:
    """Sunday is 0."""
    return Enum("System.DayOfWeek", number, _DAY_OF_WEEK)


PARTS: tuple[Row, ...] = (
    ("int Year", lambda value: dates.date_of(value.ticks).year),
    ("int Month", lambda value: dates.date_of(value.ticks).month),
    ("int Day", lambda value: dates.date_of(value.ticks).day),
    ("int DayOfYear", lambda value: dates.date_of(value.ticks).timetuple().tm_yday),
    ("DayOfWeek DayOfWeek", lambda value: day_of_week(dates.date_of(value.ticks).isoweekday() % 7)),
    ("int Hour", lambda value: value.ticks % TICKS_PER_DAY // TICKS_PER_HOUR),
    ("int Minute", lambda value: value.ticks % TICKS_PER_HOUR // TICKS_PER_MINUTE),
    ("int Second", lambda value: value.ticks % TICKS_PER_MINUTE // TICKS_PER_SECOND),
    ("int Millisecond", lambda value: value.ticks % TICKS_PER_SECOND // TICKS_PER_MILLISECOND),
    ("long Ticks", lambda value: Long(value.ticks)),
)
"""The parts of a date and a time of day, which both kinds of date have."""


def arithmetic(name: str, ticks: str, years: str) -> tuple[Row, ...]:
    """What is added to both kinds of date; their parameters have different names."""
    return (
        *((f"{name} Add{unit}(double value)", _shifted(size)) for unit, size in UNITS.items()),
        (f"{name} AddTicks(long {ticks})", lambda value, ticks: value.at(value.ticks + ticks)),
        (f"{name} AddMonths(int months)", lambda value, n: value.at(dates.add_months(value.ticks, n))),
        (f"{name} AddYears(int {years})", lambda value, n: value.at(dates.add_years(value.ticks, n))),
        (f"{name} Add(TimeSpan value)", lambda value, span: value.at(value.ticks + span.ticks)),
        (f"{name} Subtract(TimeSpan value)", lambda value, span: value.at(value.ticks - span.ticks)),
        (f"static {name} operator +({name} a, TimeSpan b)",
         lambda value, span: value.at(value.ticks + span.ticks, "t")),
        (f"static {name} operator -({name} a, TimeSpan b)",
         lambda value, span: value.at(value.ticks - span.ticks, "t")),
    )  # fmt: skip


def _shifted(unit: int) -> Callable[[DateTime | DateTimeOffset, float], object]:
    return lambda value, amount: value.at(value.ticks + dates.scaled(amount, unit))


def utc_now(host: Host) -> DateTime:
    return dates.from_epoch(host.clock.now(), UTC)


def local_now(host: Host) -> DateTime:
    return dates.from_epoch(host.clock.now(), LOCAL)


def today(host: Host) -> DateTime:
    now = local_now(host)
    return DateTime(now.ticks - now.ticks % TICKS_PER_DAY, LOCAL)


def new_date(year: int, month: int, day: int, *rest: object) -> DateTime:
    """new DateTime(y, m, d[, h, m, s[, ms]][, kind])"""
    kind = str(rest[-1]) if rest and isinstance(rest[-1], Enum) else dates.UNSPECIFIED
    clock = [part for part in rest if isinstance(part, int)]
    dates.check_millisecond(clock[3] if len(clock) == 4 else 0)
    return DateTime(dates.date_ticks(year, month, day) + dates.time_ticks(*(clock or [0, 0, 0])), kind)


def date_from_ticks(ticks: int, kind: Enum | None = None) -> DateTime:
    if not 0 <= ticks <= dates.MAX_TICKS:
        raise argument_range(
            "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.", "ticks"
        )
    return DateTime(int(ticks), dates.UNSPECIFIED if kind is None else str(kind))


def between(left: DateTime, right: DateTime) -> TimeSpan:
    return TimeSpan(left.ticks - right.ticks)


DEFINITIONS = (
    Definition("System.DayOfWeek", "enum", constants=DAY_NAMES, nameable=False),
    Definition("System.DateTimeKind", "enum", constants=_KINDS),
    Definition(
        "System.DateTime", "struct", bases=("System.ValueType", "System.IComparable"), default=dates.MIN_DATE,
        rows=(
            ("static DateTime MinValue", lambda: dates.MIN_DATE),
            ("static DateTime MaxValue", lambda: dates.MAX_DATE),
            ("static DateTime Now", Call(local_now, context=True)),
            ("static DateTime UtcNow", Call(utc_now, context=True)),
            ("static DateTime Today", Call(today, context=True)),
            ("static DateTime Parse(string s)",
             Call(lambda host, text: parse_date(text, today(host).ticks), context=True)),
            ("static int DaysInMonth(int year, int month)", dates.days_in_month),
            ("static bool IsLeapYear(int year)", dates.is_leap),
            ("new(int year, int month, int day)", new_date),
            ("new(int year, int month, int day, int hour, int minute, int second)", new_date),
            ("new(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind)",
             new_date),
            ("new(int year, int month, int day, int hour, int minute, int second, int millisecond)",
             new_date),
            ("new(int year, int month, int day, int hour, int minute, int second, int ms, DateTimeKind kind)",
             new_date),
            ("new(long ticks)", date_from_ticks),
            ("new(long ticks, DateTimeKind kind)", date_from_ticks),
            *arithmetic("DateTime", ticks="value", years="value"),
            ("TimeSpan Subtract(DateTime value)", between),
            ("DateTime Date", lambda value: value.at(value.ticks - value.ticks % TICKS_PER_DAY)),
            ("TimeSpan TimeOfDay", lambda value: TimeSpan(value.ticks % TICKS_PER_DAY)),
            *PARTS,
            ("bool IsDaylightSavingTime()", lambda value: False),
            ("string ToString(string format)", format_date),
            *comparisons("DateTime")[1:2],
            *comparisons("DateTime")[4:],
            ("static TimeSpan operator -(DateTime a, DateTime b)", between),
        ),
    ),
)  # fmt: skip
