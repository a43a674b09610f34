"""DateTimeOffset."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.clr.dates.date_time import PARTS, arithmetic, date_from_ticks
from apimlb.policy.clr.dates.formatting import format_offset
from apimlb.policy.clr.dates.parsing import parse_offset
from apimlb.policy.clr.dates.time_span import comparisons, static_comparisons
from apimlb.policy.clr.exceptions import argument, argument_range
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.definitions import Definition

_FILE_EPOCH = 504_911_232_000_000_000
"""The ticks of 1601-01-01, where the file times of Windows begin."""


def offset_now() -> instants.DateTimeOffset:
    return instants.DateTimeOffset(CALENDAR.now())


def _with_offset(ticks_of: Callable[..., int]) -> Callable[..., instants.DateTimeOffset]:
    """A constructor whose last argument is the offset; `ticks_of` the others are those of the wall clock."""

    def made(*given: Any) -> instants.DateTimeOffset:
        *parts, span = given
        offset = _valid_offset(span)
        return instants.on_clock(ticks_of(*parts), offset)

    return made


def _valid_offset(span: instants.TimeSpan) -> int:
    if span.ticks % instants.TICKS_PER_MINUTE:
        raise argument("Offset must be specified in whole minutes.", "offset")
    if abs(span.ticks) > 14 * instants.TICKS_PER_HOUR:
        raise argument_range("Offset must be within plus or minus 14 hours.", "offset")
    return span.ticks


def offset_from_date(value: instants.DateTime) -> instants.DateTimeOffset:
    return instants.DateTimeOffset(value.ticks)


def _from_unix(unit: int, name: str) -> Callable[[int], instants.DateTimeOffset]:
    """FromUnixTimeSeconds and FromUnixTimeMilliseconds: a number of units since 1970, given as `name`."""
    lowest = -instants.EPOCH_TICKS // unit
    highest = (instants.MAX_TICKS - instants.EPOCH_TICKS) // unit

    def made(count: int) -> instants.DateTimeOffset:
        if not lowest <= count <= highest:
            raise argument_range(f"Valid values are between {lowest} and {highest}, inclusive.", name)
        return instants.DateTimeOffset(instants.EPOCH_TICKS + count * unit)

    return made


def to_universal(value: instants.DateTimeOffset) -> instants.DateTimeOffset:
    return instants.DateTimeOffset(value.utc_ticks)


def to_offset(value: instants.DateTimeOffset, span: instants.TimeSpan) -> instants.DateTimeOffset:
    offset = _valid_offset(span)
    return instants.DateTimeOffset(instants.in_range(value.utc_ticks + offset, "t"), offset)


def to_file_time(value: instants.DateTimeOffset) -> int:
    if value.utc_ticks < _FILE_EPOCH:
        raise argument_range("Not a valid Win32 FileTime.")
    return Long(value.utc_ticks - _FILE_EPOCH)


def from_file_time(ticks: int) -> instants.DateTimeOffset:
    if not 0 <= ticks <= instants.MAX_TICKS - _FILE_EPOCH:
        raise argument_range("Not a valid Win32 FileTime.", "fileTime")
    return instants.DateTimeOffset(int(ticks) + _FILE_EPOCH)


DEFINITIONS = (
    Definition(
        "System.DateTimeOffset", "struct", bases=("System.ValueType", "System.IComparable"),
        default=instants.DateTimeOffset(0),
        rows=(
            ("static DateTimeOffset MinValue", lambda: instants.DateTimeOffset(0)),
            ("static DateTimeOffset MaxValue", lambda: instants.DateTimeOffset(instants.MAX_TICKS)),
            ("static DateTimeOffset UnixEpoch", lambda: instants.DateTimeOffset(instants.EPOCH_TICKS)),
            ("static DateTimeOffset Now", offset_now),
            ("static DateTimeOffset UtcNow", offset_now),
            ("static DateTimeOffset Parse(string input)", parse_offset),
            ("static bool TryParse(string input, out DateTimeOffset result)",
             tried(parse_offset, instants.DateTimeOffset(0))),
            ("static DateTimeOffset FromUnixTimeSeconds(long seconds)",
             _from_unix(instants.TICKS_PER_SECOND, "seconds")),
            ("static DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)",
             _from_unix(instants.TICKS_PER_MILLISECOND, "milliseconds")),
            ("new(DateTime dateTime)", offset_from_date),
            ("new(DateTime dateTime, TimeSpan offset)", _with_offset(lambda value: value.ticks)),
            ("new(long ticks, TimeSpan offset)", _with_offset(lambda ticks: date_from_ticks(ticks).ticks)),
            ("new(int year, int month, int day, int hour, int minute, int second[, int millisecond], "
             "TimeSpan offset)",
             _with_offset(instants.wall_ticks)),
            ("implicit DateTimeOffset(DateTime value)", offset_from_date),
            *arithmetic("DateTimeOffset", ticks="ticks", years="years"),
            ("bool EqualsExact(DateTimeOffset other)",
             lambda value, other: (value.ticks, value.offset) == (other.ticks, other.offset)),
            ("long ToFileTime()", to_file_time),
            ("static DateTimeOffset FromFileTime(long fileTime)", from_file_time),
            ("long ToUnixTimeSeconds()",
             lambda value: Long((value.utc_ticks - instants.EPOCH_TICKS) // instants.TICKS_PER_SECOND)),
            ("long ToUnixTimeMilliseconds()",
             lambda value: Long((value.utc_ticks - instants.EPOCH_TICKS) // instants.TICKS_PER_MILLISECOND)),
            ("DateTime DateTime", lambda value: instants.DateTime(value.ticks)),
            ("DateTime UtcDateTime", lambda value: instants.DateTime(value.utc_ticks, instants.UTC)),
            ("DateTime LocalDateTime", lambda value: instants.DateTime(value.utc_ticks, instants.LOCAL)),
            ("DateTime Date",
             lambda value: instants.DateTime(value.ticks - value.ticks % instants.TICKS_PER_DAY)),
            ("TimeSpan Offset", lambda value: instants.TimeSpan(value.offset)),
            ("long UtcTicks", lambda value: Long(value.utc_ticks)),
            ("DateTimeOffset ToUniversalTime()", to_universal),
            ("DateTimeOffset ToLocalTime()", to_universal),
            ("DateTimeOffset ToOffset(TimeSpan offset)", to_offset),
            *PARTS,
            ("string ToString(string format)", format_offset),
            *comparisons("DateTimeOffset"),
            *static_comparisons("DateTimeOffset"),
        ),
    ),
)  # fmt: skip
