"""TimeZoneInfo with its nested types, and TimeZone. The gateway's local zone is UTC.

Names of zones are those of Windows, as on Azure's gateways, in any case; those of IANA are taken as well, as
.NET takes them on Linux.
"""

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.containers import ClrArray, ReadOnlyList
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.date_time import day_of_week
from apimlb.policy.clr.exceptions import ClrException, argument, required
from apimlb.policy.clr.numbers.arithmetic import wrap32
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.time_zones import zones
from apimlb.policy.clr.time_zones.serialization import deserialized, serialized
from apimlb.policy.clr.types.definitions import Definition, Row

# Zones


def find_zone(id: str | None) -> zones.Zone:
    """TimeZoneInfo.FindSystemTimeZoneById; throws TimeZoneNotFoundException."""
    # The table of names and the data of the zones are read when a policy first asks for one.
    from apimlb.policy.clr.time_zones.system import system_zone

    id = required(id, "id")
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


# What the clocks show


def _moment_rows(kind: str, name: str) -> tuple[Row, ...]:
    """What a zone's clocks show at a DateTime or a DateTimeOffset."""

    def ambiguous(zone: zones.Zone, value: zones.Moment) -> ClrArray:
        offsets = zone.offsets(value)
        if len(offsets) < 2:
            raise argument(f"The supplied {kind} is not in an ambiguous time range.", name)
        return ClrArray([instants.TimeSpan(each) for each in offsets], "System.TimeSpan")

    given = f"({kind} {name})"
    return (
        (f"TimeSpan GetUtcOffset{given}", lambda zone, value: instants.TimeSpan(zone.reads(value).offset)),
        (f"TimeSpan[] GetAmbiguousTimeOffsets{given}", ambiguous),
        (f"bool IsAmbiguousTime{given}", lambda zone, value: len(zone.offsets(value)) > 1),
        (f"bool IsDaylightSavingTime{given}", lambda zone, value: zone.reads(value).daylight),
    )


# From zone to zone


def convert(value: instants.DateTime, source: zones.Zone, target: zones.Zone) -> instants.DateTime:
    """TimeZoneInfo.ConvertTime: the same instant by the clocks of another zone."""
    BUDGET.spend(4)
    if value.kind not in (instants.UNSPECIFIED, source.kind):
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
    utc = zones.clamped(value.ticks - reading.offset)
    return instants.DateTime(zones.clamped(utc + target.at(utc).offset), target.kind)


def convert_to(value: instants.DateTime, target: zones.Zone) -> instants.DateTime:
    """ConvertTime from UTC or from the local zone, as the kind says."""
    return convert(value, zones.UTC_ZONE if value.kind == instants.UTC else zones.LOCAL_ZONE, target)


def convert_offset(value: instants.DateTimeOffset, target: zones.Zone) -> instants.DateTimeOffset:
    utc = value.utc_ticks
    offset = target.at(utc).offset
    if not 0 <= utc + offset <= instants.MAX_TICKS:
        return instants.DateTimeOffset(zones.clamped(utc + offset))
    return instants.DateTimeOffset(utc + offset, offset)


def convert_by_id(value: instants.DateTime, source: str | None, target: str | None) -> instants.DateTime:
    """ConvertTimeBySystemTimeZoneId: for a local time, "UTC" is the name of the local zone."""
    if value.kind == instants.LOCAL and source is not None and source.lower() == "utc":
        return convert(value, zones.LOCAL_ZONE, find_zone(target))
    return convert(value, find_zone(source), find_zone(target))


# System.TimeZone


class CurrentZone:
    """TimeZone.CurrentTimeZone"""

    clr_name = "System.CurrentSystemTimeZone"
    zone = zones.LOCAL_ZONE


_CURRENT = CurrentZone()
Z = "System.TimeZoneInfo"
_NAMES = "string displayName, string standardDisplayName"
_RULES = (
    f"string! id, TimeSpan baseUtcOffset, {_NAMES}, string daylightDisplayName, {Z}.AdjustmentRule[] rules"
)

DEFINITIONS = (
    Definition(
        f"{Z}+TransitionTime", "struct", bases=("System.ValueType",), default=zones.TransitionTime(),
        rows=(
            (f"static {Z}.TransitionTime CreateFixedDateRule(DateTime timeOfDay, int month, int day)",
             zones.fixed_rule),
            (f"static {Z}.TransitionTime CreateFloatingDateRule(DateTime timeOfDay, int month, int week, "
             "DayOfWeek dayOfWeek)",
             lambda time_of_day, month, week, weekday:
                 zones.floating_rule(time_of_day, month, week, weekday.number)),
            ("DateTime TimeOfDay", lambda value: instants.DateTime(value.time)),
            ("int Month", "{0}.month"),
            ("int Week", "{0}.week"),
            ("int Day", "{0}.day"),
            ("DayOfWeek DayOfWeek", lambda value: day_of_week(value.weekday)),
            ("bool IsFixedDateRule", "{0}.fixed"),
            (f"bool Equals({Z}.TransitionTime other)", lambda left, right: left == right),
            ("int GetHashCode()", lambda value: value.month ^ value.week << 8),
            (f"static bool operator ==({Z}.TransitionTime a, {Z}.TransitionTime b)", "{0} == {1}"),
            (f"static bool operator !=({Z}.TransitionTime a, {Z}.TransitionTime b)", "{0} != {1}"),
        ),
    ),
    Definition(
        f"{Z}+AdjustmentRule", "class",
        rows=(
            (f"static {Z}.AdjustmentRule CreateAdjustmentRule(DateTime dateStart, DateTime dateEnd, TimeSpan "
             f"daylightDelta, {Z}.TransitionTime daylightTransitionStart, {Z}.TransitionTime "
             "daylightTransitionEnd)", zones.adjustment_rule),
            ("DateTime DateStart", "{0}.start"),
            ("DateTime DateEnd", "{0}.end"),
            ("TimeSpan DaylightDelta", lambda rule: instants.TimeSpan(rule.delta)),
            (f"{Z}.TransitionTime DaylightTransitionStart", "{0}.begins"),
            (f"{Z}.TransitionTime DaylightTransitionEnd", "{0}.ends"),
            (f"bool Equals({Z}.AdjustmentRule other)",
             lambda left, right: right is not None and left.parts == right.parts),
            ("int GetHashCode()", lambda rule: wrap32(rule.start.ticks ^ rule.start.ticks >> 32)),
        ),
    ),
    Definition(
        Z, "class",
        rows=(
            ("static TimeZoneInfo Utc", lambda: zones.UTC_ZONE),
            ("static TimeZoneInfo Local", lambda: zones.LOCAL_ZONE),
            ("static TimeZoneInfo FindSystemTimeZoneById(string id)", find_zone),
            ("static System.Collections.ObjectModel.ReadOnlyCollection<TimeZoneInfo> GetSystemTimeZones()",
             all_zones),
            ("static void ClearCachedData()", lambda: None),  # zones do not change while a gateway runs
            (f"static TimeZoneInfo CreateCustomTimeZone(string! id, TimeSpan baseUtcOffset, {_NAMES})",
             lambda id, base, display, standard: zones.custom_zone(id, base, display, standard, standard)),
            (f"static TimeZoneInfo CreateCustomTimeZone({_RULES}[, bool disableDaylightSavingTime])",
             zones.custom_zone),
            ("static TimeZoneInfo FromSerializedString(string! source)", deserialized),
            ("string ToSerializedString()", serialized),
            ("static DateTimeOffset ConvertTime(DateTimeOffset dateTimeOffset, TimeZoneInfo! "
             "destinationTimeZone)", convert_offset),
            ("static DateTime ConvertTime(DateTime dateTime, TimeZoneInfo! destinationTimeZone)",
             convert_to),
            ("static DateTime ConvertTime(DateTime dateTime, TimeZoneInfo! sourceTimeZone, TimeZoneInfo! "
             "destinationTimeZone)", convert),
            ("static DateTimeOffset ConvertTimeBySystemTimeZoneId(DateTimeOffset dateTimeOffset, string "
             "destinationTimeZoneId)", lambda value, id: convert_offset(value, find_zone(id))),
            ("static DateTime ConvertTimeBySystemTimeZoneId(DateTime dateTime, string "
             "destinationTimeZoneId)", lambda value, id: convert_to(value, find_zone(id))),
            ("static DateTime ConvertTimeBySystemTimeZoneId(DateTime dateTime, string sourceTimeZoneId, "
             "string destinationTimeZoneId)", convert_by_id),
            ("static DateTime ConvertTimeFromUtc(DateTime dateTime, TimeZoneInfo! destinationTimeZone)",
             lambda value, target: convert(value, zones.UTC_ZONE, target)),
            ("static DateTime ConvertTimeToUtc(DateTime dateTime)",
             lambda value: instants.DateTime(value.ticks, instants.UTC)),
            ("static DateTime ConvertTimeToUtc(DateTime dateTime, TimeZoneInfo! sourceTimeZone)",
             lambda value, source: convert(value, source, zones.UTC_ZONE)),
            ("string Id", "{0}.id"),
            ("string DisplayName", "{0}.display"),
            ("string StandardName", "{0}.standard"),
            ("string DaylightName", "{0}.daylight"),
            ("TimeSpan BaseUtcOffset", lambda zone: instants.TimeSpan(zone.base)),
            ("bool SupportsDaylightSavingTime",
             lambda zone: isinstance(zone, zones.ChangingZone) and bool(zone.rules)),
            *_moment_rows("DateTimeOffset", "dateTimeOffset"),
            *_moment_rows("DateTime", "dateTime"),
            ("bool IsInvalidTime(DateTime dateTime)",
             lambda zone, value: value.kind == instants.UNSPECIFIED and not zone.offsets(value)),
            (f"{Z}.AdjustmentRule[] GetAdjustmentRules()",
             lambda zone: ClrArray([*zone.rules], "System.TimeZoneInfo+AdjustmentRule")),
            ("bool HasSameRules(TimeZoneInfo! other)", lambda zone, other: zone.same_rules(other)),
            ("bool Equals(TimeZoneInfo other)", lambda zone, other: zone == other),
            ("int GetHashCode()", lambda zone: hash_code(zone.id.upper())),
        ),
    ),
    Definition(
        "System.TimeZone", "class",
        rows=(
            ("static TimeZone CurrentTimeZone", lambda: _CURRENT),
            ("string StandardName", "{0}.zone.standard"),
            ("string DaylightName", "{0}.zone.daylight"),
            ("TimeSpan GetUtcOffset(DateTime time)", lambda zone, value: instants.TimeSpan(0)),
            ("DateTime ToUniversalTime(DateTime time)",
             lambda zone, value: instants.DateTime(value.ticks, instants.UTC)),
            ("DateTime ToLocalTime(DateTime time)",
             lambda zone, value: instants.DateTime(value.ticks, instants.LOCAL)),
            ("bool IsDaylightSavingTime(DateTime time)", lambda zone, value: False),
        ),
    ),
    Definition("System.CurrentSystemTimeZone", "class", bases=("System.TimeZone",), nameable=False),
)  # fmt: skip
