"""DateTime, DateTimeOffset and TimeSpan."""

# Values of these types have their text wherever they are made.
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.types.definitions import Definition, Family, names_in

__all__ = ["format_date"]


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.dates import date_time, date_time_offset, time_span

    return (*date_time.DEFINITIONS, *date_time_offset.DEFINITIONS, *time_span.DEFINITIONS)


DATES = Family(
    _definitions,
    types=names_in("System", "DayOfWeek DateTimeKind DateTime DateTimeOffset TimeSpan"),
)
