"""DateTime, as far as the allow-list goes, and what DateTimeOffset shares with it."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.dates.time_span import comparisons, unit_part
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, argument_range
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.types.definitions import Definition, Row

DAY_NAMES = {name: index for index, name in enumerate(instants.DAYS)}
_DAY_OF_WEEK = {number: name for name, number in DAY_NAMES.items()}
_KINDS = {"Unspecified": 0, "Utc": 1, "Local": 2}


def day_of_week(number: int) -> Enum:
    """Sunday is 0."""
    return Enum("System.DayOfWeek", number, _DAY_OF_WEEK)


PARTS: tuple[Row, ...] = (
    ("int Year", lambda value: instants.date_of(value.ticks).year),
    ("int Month", lambda value: instants.date_of(value.ticks).month),
    ("int Day", lambda value: instants.date_of(value.ticks).day),
    ("int DayOfYear", lambda value: instants.date_of(value.ticks).timetuple().tm_yday),
    ("DayOfWeek DayOfWeek", lambda value: day_of_week(instants.date_of(value.ticks).isoweekday() % 7)),
    *(
        (f"int {name.removesuffix('s')}", unit_part(*sizes))
        for name, sizes in instants.UNITS.items()
        if name != "Days"
    ),
    ("long Ticks", lambda value: Long(value.ticks)),
    ("TimeSpan TimeOfDay", lambda value: instants.TimeSpan(value.ticks % instants.TICKS_PER_DAY)),
)
"""The parts of a date and a time of day, which both kinds of date have."""


def arithmetic(name: str, ticks: str, years: str) -> tuple[Row, ...]:
    """What is added to both kinds of date; their parameters have different names."""
    return (
        *((f"{name} Add{unit}(double value)", _shifted(size)) for unit, (size, _) in instants.UNITS.items()),
        (f"{name} AddTicks(long {ticks})", lambda value, ticks: value.at(value.ticks + ticks)),
        (f"{name} AddMonths(int months)", lambda value, n: value.at(instants.add_months(value.ticks, n))),
        (f"{name} AddYears(int {years})", lambda value, n: value.at(instants.add_years(value.ticks, n))),
        (f"{name} Add(TimeSpan value)", lambda value, span: value.at(value.ticks + span.ticks)),
        (f"{name} Subtract(TimeSpan value)", lambda value, span: value.at(value.ticks - span.ticks)),
        (f"static {name} operator +({name} a, TimeSpan b)",
         lambda value, span: value.at(value.ticks + span.ticks, "t")),
        (f"static {name} operator -({name} a, TimeSpan b)",
         lambda value, span: value.at(value.ticks - span.ticks, "t")),
        (f"TimeSpan Subtract({name} value)", between),
        (f"static TimeSpan operator -({name} a, {name} b)", between),
    )  # fmt: skip


def _shifted(unit: int) -> Callable[[instants.AnyDate, float], object]:
    """AddSeconds and its family: .NET Core 3 rounds to the millisecond."""

    def shifted(value: instants.AnyDate, amount: float) -> object:
        milliseconds = amount * (unit / instants.TICKS_PER_MILLISECOND)
        if milliseconds != milliseconds:
            return value
        if abs(milliseconds) > 1e16:
            raise argument_range("Value to add was out of range.", "value")
        whole = int(milliseconds + (0.5 if milliseconds >= 0 else -0.5))
        return value.at(value.ticks + whole * instants.TICKS_PER_MILLISECOND)

    return shifted


def between(left: instants.AnyDate, right: instants.AnyDate) -> instants.TimeSpan:
    return instants.TimeSpan(left.utc_ticks - right.utc_ticks)


def _kind(kind: Enum | None) -> str:
    if kind is None:
        return instants.UNSPECIFIED
    if not 0 <= kind.number <= 2:
        raise argument("Invalid DateTimeKind value.", "kind")
    return str(kind)


def new_date(*given: Any) -> instants.DateTime:
    """new DateTime(y, m, d[, h, m, s[, ms]][, kind])"""
    *parts, kind = given if isinstance(given[-1], Enum) else (*given, None)
    return instants.DateTime(kind=_kind(kind), ticks=instants.wall_ticks(*parts))


def date_from_ticks(ticks: int, kind: Enum | None = None) -> instants.DateTime:
    return instants.from_ticks(int(ticks), _kind(kind))


DEFINITIONS = (
    Definition("System.DayOfWeek", "enum", constants=DAY_NAMES, nameable=False),
    Definition("System.DateTimeKind", "enum", constants=_KINDS),
    Definition(
        "System.DateTime", "struct", bases=("System.ValueType", "System.IComparable"),
        default=instants.MIN_DATE,
        rows=(
            ("static DateTime MinValue", lambda: instants.MIN_DATE),
            ("static DateTime MaxValue", lambda: instants.MAX_DATE),
            ("static DateTime Now", lambda: instants.DateTime(CALENDAR.now(), instants.LOCAL)),
            ("static DateTime UtcNow", lambda: instants.DateTime(CALENDAR.now(), instants.UTC)),
            ("static DateTime Today", lambda: instants.DateTime(CALENDAR.today(), instants.LOCAL)),
            ("static DateTime Parse(string s)", parse_date),
            ("static int DaysInMonth(int year, int month)", instants.days_in_month),
            ("static bool IsLeapYear(int year)", lambda year: instants.days_in_month(year, 2) == 29),
            ("new(int year, int month, int day[, int hour, int minute, int second[, int millisecond]"
             "[, DateTimeKind kind]])",
             new_date),
            ("new(long ticks[, DateTimeKind kind])", date_from_ticks),
            *arithmetic("DateTime", ticks="value", years="value"),
            ("DateTime Date", lambda value: value.at(value.ticks - value.ticks % instants.TICKS_PER_DAY)),
            *PARTS,
            ("bool IsDaylightSavingTime()", lambda value: False),
            ("string ToString(string format)", format_date),
            *comparisons("DateTime"),
            ("int CompareTo(object value)", compare),
        ),
    ),
)  # fmt: skip
