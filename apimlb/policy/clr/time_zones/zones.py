"""System.TimeZoneInfo, its adjustment rules and transition times. The gateway's local zone is UTC.

A zone answers one question: how far its clocks are ahead of UTC at an instant. The instant of a time on the
wall is found by asking that for instants around it. Of two instants .NET takes the one in standard time.
"""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.formatting import format_span
from apimlb.policy.clr.exceptions import ClrException, argument, argument_range

_LIMIT = 14 * instants.TICKS_PER_HOUR


def clamped(ticks: int) -> int:
    """The nearest ticks of the calendar."""
    return min(max(ticks, 0), instants.MAX_TICKS)


class Reading(NamedTuple):
    """What a zone's clocks show at an instant: ticks ahead of UTC, and whether that is daylight time."""

    offset: int
    daylight: bool


@dataclass(frozen=True, slots=True)
class TransitionTime:
    """When the clocks change: a day of a month, or the `week`th (5: last) `weekday` (0: Sunday) of one.
    `time` is in ticks since midnight."""

    clr_name: ClassVar[str] = "System.TimeZoneInfo+TransitionTime"
    time: int = 0
    month: int = 0
    week: int = 0
    day: int = 0
    weekday: int = 0
    fixed: bool = False

    def in_year(self, year: int) -> int:
        """Ticks of the change in a year, by the clocks before it."""
        last = instants.days_in_month(year, self.month)
        if self.fixed:
            return instants.date_ticks(year, self.month, min(self.day, last)) + self.time
        first = (calendar.weekday(year, self.month, 1) + 1) % 7
        day = 1 + (self.weekday - first) % 7 + 7 * (self.week - 1)
        return instants.date_ticks(year, self.month, day if day <= last else day - 7) + self.time


def fixed_rule(time_of_day: instants.DateTime, month: int, day: int) -> TransitionTime:
    """TransitionTime.CreateFixedDateRule"""
    return _transition(time_of_day, month, 1, day, 0, True)


def floating_rule(time_of_day: instants.DateTime, month: int, week: int, weekday: int) -> TransitionTime:
    """TransitionTime.CreateFloatingDateRule"""
    return _transition(time_of_day, month, week, 1, weekday, False)


def _transition(
    time_of_day: instants.DateTime, month: int, week: int, day: int, weekday: int, fixed: bool
) -> TransitionTime:
    if time_of_day.kind != instants.UNSPECIFIED:
        raise argument(
            "The supplied DateTime must have the Kind property set to DateTimeKind.Unspecified.", "timeOfDay"
        )
    for name, value, most in (("Month", month, 12), ("Day", day, 31), ("Week", week, 5)):
        if not 1 <= value <= most:
            raise argument_range(f"The {name} parameter must be in the range 1 through {most}.", name.lower())
    if not 0 <= weekday <= 6:
        raise argument_range("The DayOfWeek enumeration must be in the range 0 through 6.", "dayOfWeek")
    if time_of_day.ticks >= instants.TICKS_PER_DAY or time_of_day.ticks % instants.TICKS_PER_MILLISECOND:
        raise argument(
            "The supplied DateTime must have the Year, Month, and Day properties set to 1.  The time cannot "
            "be specified more precisely than whole milliseconds.",
            "timeOfDay",
        )
    return TransitionTime(time_of_day.ticks, month, week, day, weekday, fixed)


@dataclass(slots=True, eq=False)
class AdjustmentRule:
    """Daylight time from one day to another, both included: `delta` ticks from `begins` to `ends` of each
    year, on top of a standard time that is `shift` ticks from the zone's own."""

    clr_name: ClassVar[str] = "System.TimeZoneInfo+AdjustmentRule"
    start: instants.DateTime
    end: instants.DateTime
    delta: int
    begins: TransitionTime
    ends: TransitionTime
    shift: int = 0

    @property
    def parts(self) -> tuple[object, ...]:
        return (self.start, self.end, self.delta, self.begins, self.ends, self.shift)


def adjustment_rule(
    start: instants.DateTime,
    end: instants.DateTime,
    delta: instants.TimeSpan,
    begins: TransitionTime,
    ends: TransitionTime,
) -> AdjustmentRule:
    """AdjustmentRule.CreateAdjustmentRule"""
    for name, value in (("dateStart", start), ("dateEnd", end)):
        if value.kind == instants.LOCAL:
            raise argument(
                "The supplied DateTime must have the Kind property set to DateTimeKind.Unspecified or "
                "DateTimeKind.Utc.",
                name,
            )
    if begins == ends:
        raise argument(
            "The DaylightTransitionStart property must not equal the DaylightTransitionEnd property.",
            "daylightTransitionEnd",
        )
    if start.ticks > end.ticks:
        raise argument("The DateStart property must come before the DateEnd property.", "dateStart")
    if abs(delta.ticks) > _LIMIT:
        raise argument_range(f"{_WITHIN} (Parameter 'daylightDelta')\nActual value was {format_span(delta)}.")
    _whole_minutes(delta, "daylightDelta")
    for name, value in (("dateStart", start), ("dateEnd", end)):
        if value.ticks % instants.TICKS_PER_DAY:
            raise argument(
                "The supplied DateTime includes a TimeOfDay setting.   This is not supported.", name
            )
    return AdjustmentRule(start, end, delta.ticks, begins, ends)


_WITHIN = "The TimeSpan parameter must be within plus or minus 14.0 hours."


def _whole_minutes(span: instants.TimeSpan, name: str) -> None:
    if span.ticks % instants.TICKS_PER_MINUTE:
        raise argument("The TimeSpan parameter cannot be specified more precisely than whole minutes.", name)


Moment = instants.DateTime | instants.DateTimeOffset


def _instant(value: Moment) -> int | None:
    """The instant of a moment in ticks of UTC; None for a time on the wall, which is a DateTime of the kind
    Unspecified."""
    if isinstance(value, instants.DateTimeOffset):
        return value.utc_ticks
    return None if value.kind == instants.UNSPECIFIED else value.ticks


@dataclass(eq=False)
class Zone:
    """System.TimeZoneInfo, here with clocks that never change. `base` is how far its standard time is ahead
    of UTC, in ticks; `rules` are only shown; `kind` is that of a DateTime in the zone."""

    clr_name: ClassVar[str] = "System.TimeZoneInfo"
    id: str
    base: int
    display: str
    standard: str
    daylight: str
    _rules: tuple[AdjustmentRule, ...] = ()
    kind: str = instants.UNSPECIFIED

    def __str__(self) -> str:
        return self.display

    @property
    def rules(self) -> tuple[AdjustmentRule, ...]:
        return self._rules

    def at(self, utc: int) -> Reading:
        """What the clocks show at an instant, given as ticks of UTC."""
        return Reading(self.base, False)

    def on_wall(self, ticks: int) -> tuple[list[Reading], Reading]:
        """What clocks that show `ticks` may be ahead of UTC (nothing in a gap, two readings where an hour is
        repeated), and the reading that .NET takes."""
        only = self.at(ticks)
        return [only], only

    def reads(self, value: Moment) -> Reading:
        """What the clocks show at a moment."""
        utc = _instant(value)
        return self.on_wall(value.ticks)[1] if utc is None else self.at(utc)

    def offsets(self, value: Moment) -> list[int]:
        """How far the clocks may be ahead of UTC when they show what they show at a moment, in ticks: one
        way, two where an hour is repeated, none in a gap."""
        utc = _instant(value)
        fitting, _ = self.on_wall(value.ticks if utc is None else utc + self.at(utc).offset)
        return sorted({each.offset for each in fitting})

    def same_rules(self, other: "Zone") -> bool:
        """HasSameRules"""
        mine, theirs = self.rules, other.rules
        BUDGET.spend(len(mine))
        return self.base == other.base and [each.parts for each in mine] == [each.parts for each in theirs]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Zone) and self.id.lower() == other.id.lower() and self.same_rules(other)

    def __hash__(self) -> int:
        return hash(self.id.lower())


class ChangingZone(Zone):
    """A zone whose clocks change."""

    reading: Callable[[int], Reading]
    """What the clocks show at an instant of the calendar."""

    def fitting(self, ticks: int, near: list[Reading]) -> list[Reading]:
        """The readings, of those around a time, by which the clocks show that time."""
        return [each for each in dict.fromkeys(near) if self.at(ticks - each.offset) == each]

    def at(self, utc: int) -> Reading:
        BUDGET.spend(4)
        return self.reading(clamped(utc))

    def on_wall(self, ticks: int) -> tuple[list[Reading], Reading]:
        shifts = (-instants.TICKS_PER_DAY, 0, instants.TICKS_PER_DAY)
        near = [self.at(ticks - self.base + shift) for shift in shifts]
        fitting = self.fitting(ticks, near)
        found = fitting or near
        standard = [each for each in found if not each.daylight]
        return fitting, (standard or found)[-1 if fitting else 0]


_UTC_NAMES = ("(UTC) Coordinated Universal Time", "Coordinated Universal Time", "Coordinated Universal Time")
UTC_ZONE = Zone("UTC", 0, *_UTC_NAMES, kind=instants.UTC)
LOCAL_ZONE = Zone("UTC", 0, *_UTC_NAMES, kind=instants.LOCAL)
"""TimeZoneInfo.Local equals Utc and is another object, as on a Windows machine set to UTC."""


def custom_zone(
    id: str,
    base: instants.TimeSpan,
    display: str | None,
    standard: str | None,
    daylight: str | None,
    rules: Iterable[Any] | None = None,
    disabled: bool = False,
) -> Zone:
    """TimeZoneInfo.CreateCustomTimeZone; rules that are disabled are shown and not followed."""
    if not id:
        raise argument("The specified ID parameter '' is not supported.", "id")
    if abs(base.ticks) > _LIMIT:
        raise argument_range(_WITHIN, "baseUtcOffset")
    _whole_minutes(base, "baseUtcOffset")
    checked = _checked(rules or (), base.ticks)
    kind = RuledZone if checked and not disabled else Zone
    names = (display or "", standard or "", "" if disabled else daylight or "")
    return kind(id, base.ticks, *names, checked)


def _checked(rules: Iterable[AdjustmentRule | None], base: int) -> tuple[AdjustmentRule, ...]:
    made: list[AdjustmentRule] = []
    for each in rules:
        BUDGET.spend()
        if each is None:
            raise invalid_zone("The AdjustmentRule array cannot contain null elements.")
        if abs(base + each.shift + each.delta) > _LIMIT:
            raise invalid_zone(
                "The sum of the BaseUtcOffset and DaylightDelta properties must within plus or minus 14.0 "
                "hours."
            )
        if made and each.start.ticks <= made[-1].end.ticks:
            raise invalid_zone(
                "The elements of the AdjustmentRule array must be in chronological order and must not "
                "overlap."
            )
        made.append(each)
    return tuple(made)


def invalid_zone(message: str) -> ClrException:
    return ClrException("System.InvalidTimeZoneException", message)


class RuledZone(ChangingZone):
    """A zone that follows adjustment rules: each day the rule whose days (in standard time) include it."""

    def _rule(self, ticks: int) -> AdjustmentRule | None:
        BUDGET.spend(1 + (len(self.rules) >> 2))
        day = ticks - ticks % instants.TICKS_PER_DAY
        found = next((each for each in self.rules if each.start.ticks <= day <= each.end.ticks), None)
        return found if found is None or (found.begins.month and found.ends.month) else None

    def reading(self, utc: int) -> Reading:
        standard = clamped(utc + self.base)
        rule = self._rule(standard)
        if rule is None:
            return Reading(self.base, False)
        base, year = self.base + rule.shift, instants.date_of(standard).year
        begins, ends = rule.begins.in_year(year) - base, rule.ends.in_year(year) - base - rule.delta
        daylight = _is_between(begins, utc, ends)
        return Reading(base + rule.delta if daylight else base, daylight)

    def fitting(self, ticks: int, near: list[Reading]) -> list[Reading]:
        rule = self._rule(ticks)
        if rule is None:
            return [Reading(self.base, False)]
        year, delta = instants.date_of(ticks).year, rule.delta
        begins, ends = rule.begins.in_year(year), rule.ends.in_year(year)
        gap, repeated = (begins, ends - delta) if delta > 0 else (ends, begins + delta)
        if gap <= ticks < gap + abs(delta):
            return []
        standard = Reading(self.base + rule.shift, False)
        daylight = Reading(standard.offset + delta, True)
        if repeated <= ticks < repeated + abs(delta):
            return [standard, daylight]
        return [daylight if _is_between(begins, ticks, ends) else standard]


def _is_between(begins: int, ticks: int, ends: int) -> bool:
    """Whether it is daylight time; south of the equator that ends before it begins."""
    return begins <= ticks < ends if begins <= ends else not ends <= ticks < begins
