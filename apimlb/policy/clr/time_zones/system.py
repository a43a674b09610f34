"""The time zones that the system knows: by the names of Windows, as the gateways of Azure do, or by those of
IANA.

Offsets come from the standard library's `zoneinfo`; which zone of IANA is meant by a name of Windows is the
table of the Unicode CLDR (windowsZones), as `tzlocal` ships it. Nothing here is imported before an expression
asks for a zone: the table and the data of the zones cost a start-up that few policies need.
"""

import re
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import win_tz

from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.formatting import offset_text
from apimlb.policy.clr.time_zones.zones import (
    UTC_ZONE,
    AdjustmentRule,
    ChangingZone,
    Reading,
    TransitionTime,
    Zone,
)

_IANA = re.compile(r"(?!posix/|right/)[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_WINDOWS = {name.lower(): name for name in win_tz}
_SAFE = 2 * instants.TICKS_PER_DAY
"""How far from the ends of the calendar Python's dates can be shifted by an offset."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2037


def system_zone(id: str) -> Zone | None:
    """A zone by name: of Windows in any case, of IANA as it is written; None for an unknown name."""
    name = _WINDOWS.get(id.lower(), id)
    if name == "UTC":
        return UTC_ZONE
    if name in win_tz or (len(id) <= 64 and _IANA.fullmatch(id)):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return _zone(name)
    return None


def windows_zones() -> list[Zone]:
    """All zones of Windows, from west to east."""
    found = [zone for name in win_tz if (zone := system_zone(name))]
    return sorted(found, key=lambda zone: (zone.base, zone.display))


class _SystemZone(ChangingZone):
    """A zone whose clocks are asked of Python. .NET's offsets from standard time are whole minutes."""

    def __init__(self, id: str) -> None:
        self._zone = ZoneInfo(win_tz.get(id, id))
        months = [self._look(instants.date_ticks(_LAST_YEAR - 1, month, 1)) for month in range(1, 13)]
        base = next((each.offset for each in months if not each.daylight), months[0].offset)
        summer = next((each.offset for each in months if each.daylight), base)
        if id in win_tz:
            standard, daylight = id, id.replace("Standard", "Daylight")
        else:
            standard, daylight = (f"GMT{offset_text(each) if each else ''}" for each in (base, summer))
        super().__init__(id, base, f"(UTC{offset_text(base)}) {standard}", standard, daylight)

    def _look(self, utc: int) -> Reading:
        ticks = min(max(utc, _SAFE), instants.MAX_TICKS - _SAFE)
        instant = datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
        there = instant.astimezone(self._zone)
        offset = there.utcoffset() or timedelta()
        return Reading(round(offset.total_seconds()) * instants.TICKS_PER_SECOND, bool(there.dst()))

    def reading(self, utc: int) -> Reading:
        found = self._look(utc)
        apart = int((found.offset - self.base) / instants.TICKS_PER_MINUTE) * instants.TICKS_PER_MINUTE
        return Reading(self.base + apart, found.daylight)

    @cached_property
    def rules(self) -> tuple[AdjustmentRule, ...]:
        """Rules as Windows keeps them, a run of years each, from 1970 on; the last rule has no end."""
        groups: list[_Years] = []
        for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
            found = self._year(year)
            if found is not None and not (groups and groups[-1].takes(found)):
                groups.append(found)
        return tuple(each.rule() for each in groups)

    def _year(self, year: int) -> "_Years | None":
        """The daylight time of a year; None for a year without daylight time, or with nothing else."""
        first = instants.date_ticks(year, 1, 1)
        last = instants.date_ticks(year, 12, 31) + instants.TICKS_PER_DAY
        changes: dict[bool, tuple[int, int]] = {}  # by what is after: the time on the wall, and the shift
        end = last - self.base - 1
        for at in range(first - self.base, end, 28 * instants.TICKS_PER_DAY):
            then = min(at + 28 * instants.TICKS_PER_DAY, end)
            before, after = self.reading(at), self.reading(then)
            if before.daylight != after.daylight:
                shift = after.offset - before.offset
                wall = self._change(at, then) + before.offset
                changes[after.daylight] = (wall, shift if after.daylight else -shift)
        if not changes:
            return None
        begins = changes.get(True, (first, 0))[0]
        ends = changes.get(False, (last - instants.TICKS_PER_MILLISECOND, 0))[0]
        delta = (changes.get(True) or changes[False])[1]
        return _Years(year, year, delta, _times(begins), _times(ends))

    def _change(self, low: int, high: int) -> int:
        """The instant between two at which the daylight of the first ends or begins."""
        before, seconds = self.reading(low).daylight, range(low, high + 1, instants.TICKS_PER_SECOND)
        return seconds[bisect_left(seconds, True, key=lambda utc: self.reading(utc).daylight != before)]


_zone = cache(_SystemZone)  # one entry a zone that exists


def _times(ticks: int) -> frozenset[TransitionTime]:
    """The ways to write a moment as the nth weekday of its month."""
    day = instants.date_of(ticks)
    week, left = (day.day - 1) // 7 + 1, instants.days_in_month(day.year, day.month) - day.day
    weeks = {min(week, 5), 5} if left < 7 else {week}
    time, weekday = ticks % instants.TICKS_PER_DAY, day.isoweekday() % 7
    return frozenset(TransitionTime(time, day.month, each, 1, weekday, False) for each in weeks)


@dataclass(slots=True)
class _Years:
    """Consecutive years of the same daylight time; for its begin and its end, the ways to write them."""

    first: int
    last: int
    delta: int
    begins: frozenset[TransitionTime]
    ends: frozenset[TransitionTime]

    def takes(self, other: "_Years") -> bool:
        """Whether the year after is like these; if so it is taken in."""
        begins, ends = self.begins & other.begins, self.ends & other.ends
        if other.first != self.last + 1 or other.delta != self.delta or not begins or not ends:
            return False
        self.last, self.begins, self.ends = other.last, begins, ends
        return True

    def rule(self) -> AdjustmentRule:
        end = instants.date_ticks(self.last, 12, 31) if self.last < _LAST_YEAR else instants.MAX_DATE.ticks
        begins, ends = (max(each, key=lambda time: time.week) for each in (self.begins, self.ends))
        first = instants.DateTime(instants.date_ticks(self.first, 1, 1))
        last = instants.DateTime(end - end % instants.TICKS_PER_DAY)
        return AdjustmentRule(first, last, self.delta, begins, ends)
