"""What the members of TimeZoneInfo and TimeZone do."""

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.values import ClrArray, ReadOnlyList
from apimlb.policy.clr.dates.moments import DAY_NAMES
from apimlb.policy.clr.dates.ticks import (
    LOCAL,
    MAX_TICKS,
    UNSPECIFIED,
    UTC,
    DateTime,
    DateTimeOffset,
    TimeSpan,
)
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument, argument_null
from apimlb.policy.clr.objects.members import hash_code
from apimlb.policy.clr.time_zones.zones import (
    LOCAL_ZONE,
    UTC_ZONE,
    AdjustmentRule,
    TransitionTime,
    Zone,
    custom_zone,
    floating_rule,
    kind_of,
)

_DAY_OF_WEEK = {number: name for name, number in DAY_NAMES.items()}

# Transition times and rules


def new_floating_rule(time_of_day: DateTime, month: int, week: int, weekday: Enum) -> TransitionTime:
    return floating_rule(time_of_day, month, week, weekday.number)


def time_of_day(value: TransitionTime) -> DateTime:
    return DateTime(value.time)


def day_of_week(value: TransitionTime) -> Enum:
    return Enum("System.DayOfWeek", value.weekday, _DAY_OF_WEEK)


def equal_times(left: TransitionTime, right: TransitionTime) -> bool:
    return left == right


def time_hash(value: TransitionTime) -> int:
    return value.month ^ value.week << 8


def daylight_delta(rule: AdjustmentRule) -> TimeSpan:
    return TimeSpan(rule.delta)


def equal_rules(left: AdjustmentRule, right: AdjustmentRule | None) -> bool:
    return right is not None and left.parts == right.parts


def rule_hash(rule: AdjustmentRule) -> int:
    found = (rule.start.ticks ^ rule.start.ticks >> 32) & 0xFFFFFFFF
    return found - 0x100000000 if found > 0x7FFFFFFF else found


# Zones


def utc_zone() -> Zone:
    return UTC_ZONE


def local_zone() -> Zone:
    return LOCAL_ZONE


def find_zone(id: str | None) -> Zone:
    """TimeZoneInfo.FindSystemTimeZoneById; throws TimeZoneNotFoundException."""
    # The table of names and the data of the zones are read when a policy first asks for one.
    from apimlb.policy.clr.time_zones.system import system_zone

    if id is None:
        raise argument_null("id")
    found = system_zone(id)
    if found is None:
        BUDGET.spend(100)
        raise ClrException(
            "System.TimeZoneNotFoundException",
            f"The time zone ID '{id}' was not found on the local computer.",
        )
    return found


def all_zones() -> ReadOnlyList:
    from apimlb.policy.clr.time_zones.system import windows_zones

    BUDGET.spend(1_000)
    return ReadOnlyList([*windows_zones()], "System.TimeZoneInfo")


def forget_nothing() -> None:
    """ClearCachedData: the zones do not change while a gateway runs."""


def new_fixed_zone(id: str | None, base: TimeSpan, display: str | None, standard: str | None) -> Zone:
    return custom_zone(id, base, (display, standard, standard))


def new_zone(
    id: str | None, base: TimeSpan, display: str | None, standard: str | None, daylight: str | None,
    rules: ClrArray | None, disabled: bool = False,
) -> Zone:  # fmt: skip
    """CreateCustomTimeZone(id, offset, names, rules[, disableDaylightSavingTime])"""
    given: tuple[AdjustmentRule | None, ...] = tuple(rules.items) if rules is not None else ()  # type: ignore[arg-type]
    return custom_zone(id, base, (display, standard, None if disabled else daylight), given, not disabled)


def base_offset(zone: Zone) -> TimeSpan:
    return TimeSpan(zone.base)


def supports_daylight(zone: Zone) -> bool:
    return zone.follows_rules and bool(zone.rules)


def rules_of(zone: Zone) -> ClrArray:
    return ClrArray([*zone.rules], "System.TimeZoneInfo+AdjustmentRule")


def has_same_rules(zone: Zone, other: Zone | None) -> bool:
    if other is None:
        raise argument_null("other")
    return zone.same_rules(other)


def equal_zones(zone: Zone, other: Zone | None) -> bool:
    return zone == other


def zone_hash(zone: Zone) -> int:
    return hash_code(zone.id.upper())


# What the clocks show


def offset_of(zone: Zone, value: DateTime) -> TimeSpan:
    return TimeSpan(zone.reads(value).offset)


def offset_of_instant(zone: Zone, value: DateTimeOffset) -> TimeSpan:
    return TimeSpan(zone.at(value.utc_ticks).offset)


def is_daylight(zone: Zone, value: DateTime) -> bool:
    return zone.reads(value).daylight


def is_daylight_instant(zone: Zone, value: DateTimeOffset) -> bool:
    return zone.at(value.utc_ticks).daylight


def is_invalid(zone: Zone, value: DateTime) -> bool:
    """Whether the clocks never show that time; an instant always exists."""
    return value.kind == UNSPECIFIED and not zone.on_wall(value.ticks)[0]


def is_ambiguous(zone: Zone, value: DateTime) -> bool:
    return zone.is_ambiguous(zone.wall(value))


def is_ambiguous_instant(zone: Zone, value: DateTimeOffset) -> bool:
    return zone.is_ambiguous(value.utc_ticks + zone.at(value.utc_ticks).offset)


def ambiguous_offsets(zone: Zone, value: DateTime) -> ClrArray:
    return _ambiguous(zone, zone.wall(value), "dateTime")


def ambiguous_offsets_of_instant(zone: Zone, value: DateTimeOffset) -> ClrArray:
    return _ambiguous(zone, value.utc_ticks + zone.at(value.utc_ticks).offset, "dateTimeOffset")


def _ambiguous(zone: Zone, ticks: int, name: str) -> ClrArray:
    offsets = sorted({each.offset for each in zone.on_wall(ticks)[0]})
    if len(offsets) < 2:
        raise argument(f"The supplied D{name[1:]} is not in an ambiguous time range.", name)
    return ClrArray([TimeSpan(each) for each in offsets], "System.TimeSpan")


# From zone to zone


def _clamped(ticks: int) -> int:
    return min(max(ticks, 0), MAX_TICKS)


def convert(value: DateTime, source: Zone | None, target: Zone | None) -> DateTime:
    """TimeZoneInfo.ConvertTime: the same instant by the clocks of another zone."""
    if source is None:
        raise argument_null("sourceTimeZone")
    if target is None:
        raise argument_null("destinationTimeZone")
    kind = kind_of(source)
    if value.kind not in (UNSPECIFIED, kind):
        raise argument(
            "The conversion could not be completed because the supplied DateTime did not have the Kind "
            "property set correctly.  For example, when the Kind property is DateTimeKind.Local, the source "
            "time zone must be TimeZoneInfo.Local.",
            "sourceTimeZone",
        )
    fitting, reading = source.on_wall(value.ticks)
    if not fitting:
        raise argument(
            "The supplied DateTime represents an invalid time.  For example, when the clock is adjusted "
            "forward, any time in the period that is skipped is invalid.",
            "dateTime",
        )
    utc = _clamped(value.ticks - reading.offset)
    return DateTime(_clamped(utc + target.at(utc).offset), kind_of(target))


def convert_to(value: DateTime, target: Zone | None) -> DateTime:
    """ConvertTime from UTC or from the local zone, as the kind says."""
    return convert(value, UTC_ZONE if value.kind == UTC else LOCAL_ZONE, target)


def convert_offset(value: DateTimeOffset, target: Zone | None) -> DateTimeOffset:
    if target is None:
        raise argument_null("destinationTimeZone")
    utc = value.utc_ticks
    offset = target.at(utc).offset
    if not 0 <= utc + offset <= MAX_TICKS:
        return DateTimeOffset(_clamped(utc + offset))
    return DateTimeOffset(utc + offset, offset)


def convert_offset_by_id(value: DateTimeOffset, id: str | None) -> DateTimeOffset:
    return convert_offset(value, find_zone(id))


def convert_to_id(value: DateTime, id: str | None) -> DateTime:
    return convert_to(value, find_zone(id))


def convert_by_id(value: DateTime, source: str | None, target: str | None) -> DateTime:
    """ConvertTimeBySystemTimeZoneId: for a local time, "UTC" is the name of the local zone."""
    if value.kind == LOCAL and source is not None and source.lower() == "utc":
        return convert(value, LOCAL_ZONE, find_zone(target))
    return convert(value, find_zone(source), find_zone(target))


def convert_from_utc(value: DateTime, target: Zone | None) -> DateTime:
    return convert(value, UTC_ZONE, target)


def local_to_utc(value: DateTime) -> DateTime:
    return DateTime(value.ticks, UTC)


def convert_to_utc(value: DateTime, source: Zone | None) -> DateTime:
    return convert(value, source, UTC_ZONE)


# System.TimeZone


class CurrentZone:
    """TimeZone.CurrentTimeZone"""

    clr_name = "System.CurrentSystemTimeZone"
    zone = LOCAL_ZONE


_CURRENT = CurrentZone()


def current_zone() -> CurrentZone:
    return _CURRENT


def no_offset(zone: CurrentZone, value: DateTime) -> TimeSpan:
    return TimeSpan(0)


def never_daylight(zone: CurrentZone, value: DateTime) -> bool:
    return False


def to_universal(zone: CurrentZone, value: DateTime) -> DateTime:
    return DateTime(value.ticks, UTC)


def to_local(zone: CurrentZone, value: DateTime) -> DateTime:
    return DateTime(value.ticks, LOCAL)
