"""TimeZoneInfo and TimeZone."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.time_zones import time_zone_info

    return time_zone_info.DEFINITIONS


TIME_ZONES = Family(
    _definitions,
    types=names_in(
        "System",
        "TimeZoneInfo+TransitionTime TimeZoneInfo+AdjustmentRule TimeZoneInfo TimeZone CurrentSystemTimeZone",
    ),
)
