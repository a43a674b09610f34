"""TimeZoneInfo with its nested types, and TimeZone. The gateway's local zone is UTC.

Names of zones are those of Windows, as on Azure's gateways, in any case; those of IANA are taken as well, as
.NET takes them on Linux.
"""

from apimlb.policy.clr.time_zones import calls
from apimlb.policy.clr.time_zones.serialization import deserialized, serialized
from apimlb.policy.clr.time_zones.zones import TransitionTime, adjustment_rule, fixed_rule
from apimlb.policy.clr.types.definitions import Definition

Z = "System.TimeZoneInfo"
_NAMES = "string displayName, string standardDisplayName"
_RULES = (
    f"string id, TimeSpan baseUtcOffset, {_NAMES}, string daylightDisplayName, {Z}.AdjustmentRule[] rules"
)

DEFINITIONS = (
    Definition(
        f"{Z}+TransitionTime", "struct", bases=("System.ValueType",), default=TransitionTime(),
        rows=(
            (f"static {Z}.TransitionTime CreateFixedDateRule(DateTime timeOfDay, int month, int day)",
             fixed_rule),
            (f"static {Z}.TransitionTime CreateFloatingDateRule(DateTime timeOfDay, int month, int week, "
             "DayOfWeek dayOfWeek)", calls.new_floating_rule),
            ("DateTime TimeOfDay", calls.time_of_day),
            ("int Month", "{0}.month"),
            ("int Week", "{0}.week"),
            ("int Day", "{0}.day"),
            ("DayOfWeek DayOfWeek", calls.day_of_week),
            ("bool IsFixedDateRule", "{0}.fixed"),
            (f"bool Equals({Z}.TransitionTime other)", calls.equal_times),
            ("int GetHashCode()", calls.time_hash),
            (f"static bool operator ==({Z}.TransitionTime a, {Z}.TransitionTime b)", "{0} == {1}"),
            (f"static bool operator !=({Z}.TransitionTime a, {Z}.TransitionTime b)", "{0} != {1}"),
        ),
    ),
    Definition(
        f"{Z}+AdjustmentRule", "class",
        rows=(
            (f"static {Z}.AdjustmentRule CreateAdjustmentRule(DateTime dateStart, DateTime dateEnd, TimeSpan "
             f"daylightDelta, {Z}.TransitionTime daylightTransitionStart, {Z}.TransitionTime "
             "daylightTransitionEnd)", adjustment_rule),
            ("DateTime DateStart", "{0}.start"),
            ("DateTime DateEnd", "{0}.end"),
            ("TimeSpan DaylightDelta", calls.daylight_delta),
            (f"{Z}.TransitionTime DaylightTransitionStart", "{0}.begins"),
            (f"{Z}.TransitionTime DaylightTransitionEnd", "{0}.ends"),
            (f"bool Equals({Z}.AdjustmentRule other)", calls.equal_rules),
            ("int GetHashCode()", calls.rule_hash),
        ),
    ),
    Definition(
        Z, "class",
        rows=(
            ("static TimeZoneInfo Utc", calls.utc_zone),
            ("static TimeZoneInfo Local", calls.local_zone),
            ("static TimeZoneInfo FindSystemTimeZoneById(string id)", calls.find_zone),
            ("static System.Collections.ObjectModel.ReadOnlyCollection<TimeZoneInfo> GetSystemTimeZones()",
             calls.all_zones),
            ("static void ClearCachedData()", calls.forget_nothing),
            (f"static TimeZoneInfo CreateCustomTimeZone(string id, TimeSpan baseUtcOffset, {_NAMES})",
             calls.new_fixed_zone),
            (f"static TimeZoneInfo CreateCustomTimeZone({_RULES})", calls.new_zone),
            (f"static TimeZoneInfo CreateCustomTimeZone({_RULES}, bool disableDaylightSavingTime)",
             calls.new_zone),
            ("static TimeZoneInfo FromSerializedString(string source)", deserialized),
            ("string ToSerializedString()", serialized),
            ("static DateTimeOffset ConvertTime(DateTimeOffset dateTimeOffset, TimeZoneInfo "
             "destinationTimeZone)", calls.convert_offset),
            ("static DateTime ConvertTime(DateTime dateTime, TimeZoneInfo destinationTimeZone)",
             calls.convert_to),
            ("static DateTime ConvertTime(DateTime dateTime, TimeZoneInfo sourceTimeZone, TimeZoneInfo "
             "destinationTimeZone)", calls.convert),
            ("static DateTimeOffset ConvertTimeBySystemTimeZoneId(DateTimeOffset dateTimeOffset, string "
             "destinationTimeZoneId)", calls.convert_offset_by_id),
            ("static DateTime ConvertTimeBySystemTimeZoneId(DateTime dateTime, string "
             "destinationTimeZoneId)", calls.convert_to_id),
            ("static DateTime ConvertTimeBySystemTimeZoneId(DateTime dateTime, string sourceTimeZoneId, "
             "string destinationTimeZoneId)", calls.convert_by_id),
            ("static DateTime ConvertTimeFromUtc(DateTime dateTime, TimeZoneInfo destinationTimeZone)",
             calls.convert_from_utc),
            ("static DateTime ConvertTimeToUtc(DateTime dateTime)", calls.local_to_utc),
            ("static DateTime ConvertTimeToUtc(DateTime dateTime, TimeZoneInfo sourceTimeZone)",
             calls.convert_to_utc),
            ("string Id", "{0}.id"),
            ("string DisplayName", "{0}.display"),
            ("string StandardName", "{0}.standard"),
            ("string DaylightName", "{0}.daylight"),
            ("TimeSpan BaseUtcOffset", calls.base_offset),
            ("bool SupportsDaylightSavingTime", calls.supports_daylight),
            ("TimeSpan GetUtcOffset(DateTimeOffset dateTimeOffset)", calls.offset_of_instant),
            ("TimeSpan GetUtcOffset(DateTime dateTime)", calls.offset_of),
            ("TimeSpan[] GetAmbiguousTimeOffsets(DateTimeOffset dateTimeOffset)",
             calls.ambiguous_offsets_of_instant),
            ("TimeSpan[] GetAmbiguousTimeOffsets(DateTime dateTime)", calls.ambiguous_offsets),
            ("bool IsAmbiguousTime(DateTimeOffset dateTimeOffset)", calls.is_ambiguous_instant),
            ("bool IsAmbiguousTime(DateTime dateTime)", calls.is_ambiguous),
            ("bool IsDaylightSavingTime(DateTimeOffset dateTimeOffset)", calls.is_daylight_instant),
            ("bool IsDaylightSavingTime(DateTime dateTime)", calls.is_daylight),
            ("bool IsInvalidTime(DateTime dateTime)", calls.is_invalid),
            (f"{Z}.AdjustmentRule[] GetAdjustmentRules()", calls.rules_of),
            ("bool HasSameRules(TimeZoneInfo other)", calls.has_same_rules),
            ("bool Equals(TimeZoneInfo other)", calls.equal_zones),
            ("int GetHashCode()", calls.zone_hash),
        ),
    ),
    Definition(
        "System.TimeZone", "class",
        rows=(
            ("static TimeZone CurrentTimeZone", calls.current_zone),
            ("string StandardName", "{0}.zone.standard"),
            ("string DaylightName", "{0}.zone.daylight"),
            ("TimeSpan GetUtcOffset(DateTime time)", calls.no_offset),
            ("DateTime ToUniversalTime(DateTime time)", calls.to_universal),
            ("DateTime ToLocalTime(DateTime time)", calls.to_local),
            ("bool IsDaylightSavingTime(DateTime time)", calls.never_daylight),
        ),
    ),
    Definition("System.CurrentSystemTimeZone", "class", bases=("System.TimeZone",), nameable=False),
)  # fmt: skip
