"""What the members of DateTime, DateTimeOffset and TimeSpan do."""

from collections.abc import Callable

from apimlb.policy.clr.dates import ticks as dates
from apimlb.policy.clr.dates.parsing import parse_date, parse_offset, parse_span
from apimlb.policy.clr.dates.ticks import (
    EPOCH_TICKS,
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
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument_range
from apimlb.policy.clr.host import Host
from apimlb.policy.clr.numbers.arithmetic import Long

DAY_NAMES = {name: index for index, name in enumerate(dates.DAYS)}


_DAY_OF_WEEK = {number: name for name, number in DAY_NAMES.items()}


def utc_now(host: Host) -> DateTime:
    return dates.from_epoch(host.clock.now(), UTC)


def local_now(host: Host) -> DateTime:
    return dates.from_epoch(host.clock.now(), LOCAL)


def today(host: Host) -> DateTime:
    now = local_now(host)
    return DateTime(now.ticks - now.ticks % TICKS_PER_DAY, LOCAL)


def offset_now(host: Host) -> DateTimeOffset:
    return DateTimeOffset(utc_now(host).ticks)


def parse_today(host: Host, text: str | None) -> DateTime:
    return parse_date(text, today(host).ticks)


def parse_offset_today(host: Host, text: str | None) -> DateTimeOffset:
    return parse_offset(text, today(host).ticks)


def try_parse_offset(host: Host, text: str | None) -> tuple[bool, DateTimeOffset]:
    try:
        return True, parse_offset_today(host, text)
    except ClrException:
        return False, DateTimeOffset(0)


def try_parse_span(text: str | None) -> tuple[bool, TimeSpan]:
    try:
        return True, parse_span(text)
    except ClrException:
        return False, dates.ZERO


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


def _shifted(unit: int) -> Callable[[DateTime, float], DateTime]:
    def add(value: DateTime, amount: float) -> DateTime:
        return DateTime(dates.in_range(value.ticks + dates.scaled(amount, unit)), value.kind)

    return add


def _offset_shifted(unit: int) -> Callable[[DateTimeOffset, float], DateTimeOffset]:
    def add(value: DateTimeOffset, amount: float) -> DateTimeOffset:
        return DateTimeOffset(dates.in_range(value.ticks + dates.scaled(amount, unit)), value.offset)

    return add


def add_ticks(value: DateTime, ticks: int) -> DateTime:
    return DateTime(dates.in_range(value.ticks + ticks), value.kind)


def add_months(value: DateTime, months: int) -> DateTime:
    return DateTime(dates.add_months(value.ticks, months), value.kind)


def add_years(value: DateTime, years: int) -> DateTime:
    return DateTime(dates.add_years(value.ticks, years), value.kind)


def add_span(value: DateTime, span: TimeSpan) -> DateTime:
    return DateTime(dates.in_range(value.ticks + span.ticks), value.kind)


def take_span(value: DateTime, span: TimeSpan) -> DateTime:
    return DateTime(dates.in_range(value.ticks - span.ticks), value.kind)


def plus_span(value: DateTime, span: TimeSpan) -> DateTime:
    """date + span"""
    return DateTime(dates.in_range(value.ticks + span.ticks, "t"), value.kind)


def minus_span(value: DateTime, span: TimeSpan) -> DateTime:
    """date - span"""
    return DateTime(dates.in_range(value.ticks - span.ticks, "t"), value.kind)


def between(left: DateTime, right: DateTime) -> TimeSpan:
    return TimeSpan(left.ticks - right.ticks)


def midnight(value: DateTime) -> DateTime:
    return DateTime(value.ticks - value.ticks % TICKS_PER_DAY, value.kind)


def time_of_day(value: DateTime) -> TimeSpan:
    return TimeSpan(value.ticks % TICKS_PER_DAY)


def day_of_week(value: DateTime | DateTimeOffset) -> Enum:
    return Enum("System.DayOfWeek", dates.date_of(value.ticks).isoweekday() % 7, _DAY_OF_WEEK)


def year(value: DateTime | DateTimeOffset) -> int:
    return dates.date_of(value.ticks).year


def month(value: DateTime | DateTimeOffset) -> int:
    return dates.date_of(value.ticks).month


def day(value: DateTime | DateTimeOffset) -> int:
    return dates.date_of(value.ticks).day


def day_of_year(value: DateTime | DateTimeOffset) -> int:
    return dates.date_of(value.ticks).timetuple().tm_yday


def hour(value: DateTime | DateTimeOffset) -> int:
    return value.ticks % TICKS_PER_DAY // TICKS_PER_HOUR


def minute(value: DateTime | DateTimeOffset) -> int:
    return value.ticks % TICKS_PER_HOUR // TICKS_PER_MINUTE


def second(value: DateTime | DateTimeOffset) -> int:
    return value.ticks % TICKS_PER_MINUTE // TICKS_PER_SECOND


def millisecond(value: DateTime | DateTimeOffset) -> int:
    return value.ticks % TICKS_PER_SECOND // TICKS_PER_MILLISECOND


def ticks(value: DateTime | DateTimeOffset | TimeSpan) -> Long:
    return Long(value.ticks)


def new_offset(*parts: object) -> DateTimeOffset:
    """new DateTimeOffset(y, m, d, h, m, s[, ms], offset)"""
    *numbers, span = parts
    whole = [part for part in numbers if isinstance(part, int)]
    assert isinstance(span, TimeSpan)
    offset = _valid_offset(span)
    return DateTimeOffset(dates.date_ticks(*whole[:3]) + dates.time_ticks(*whole[3:]), offset)


def _valid_offset(span: TimeSpan) -> int:
    if span.ticks % TICKS_PER_MINUTE:
        raise ClrException(
            "System.ArgumentException", "Offset must be specified in whole minutes. (Parameter 'offset')"
        )
    if abs(span.ticks) > 14 * TICKS_PER_HOUR:
        raise argument_range("Offset must be within plus or minus 14 hours.", "offset")
    return span.ticks


def offset_from_date(value: DateTime, span: TimeSpan | None = None) -> DateTimeOffset:
    return DateTimeOffset(value.ticks, 0 if span is None else _valid_offset(span))


def offset_from_ticks(value: int, span: TimeSpan) -> DateTimeOffset:
    return DateTimeOffset(int(value), _valid_offset(span))


def from_unix_seconds(seconds: int) -> DateTimeOffset:
    if not -62135596800 <= seconds <= 253402300799:
        raise argument_range("Valid values are between -62135596800 and 253402300799, inclusive.", "seconds")
    return DateTimeOffset(EPOCH_TICKS + seconds * TICKS_PER_SECOND)


def from_unix_milliseconds(milliseconds: int) -> DateTimeOffset:
    if not -62135596800000 <= milliseconds <= 253402300799999:
        raise argument_range(
            "Valid values are between -62135596800000 and 253402300799999, inclusive.", "milliseconds"
        )
    return DateTimeOffset(EPOCH_TICKS + milliseconds * TICKS_PER_MILLISECOND)


def unix_seconds(value: DateTimeOffset) -> Long:
    return Long((value.utc_ticks - EPOCH_TICKS) // TICKS_PER_SECOND)


def unix_milliseconds(value: DateTimeOffset) -> Long:
    return Long((value.utc_ticks - EPOCH_TICKS) // TICKS_PER_MILLISECOND)


def utc_date(value: DateTimeOffset) -> DateTime:
    return DateTime(value.utc_ticks, UTC)


def wall_date(value: DateTimeOffset) -> DateTime:
    return DateTime(value.ticks)


def local_date(value: DateTimeOffset) -> DateTime:
    return DateTime(value.utc_ticks, LOCAL)


def to_universal(value: DateTimeOffset) -> DateTimeOffset:
    return DateTimeOffset(value.utc_ticks)


def to_offset(value: DateTimeOffset, span: TimeSpan) -> DateTimeOffset:
    offset = _valid_offset(span)
    return DateTimeOffset(dates.in_range(value.utc_ticks + offset), offset)


def offset_span(value: DateTimeOffset) -> TimeSpan:
    return TimeSpan(value.offset)


def offset_add(value: DateTimeOffset, span: TimeSpan) -> DateTimeOffset:
    return DateTimeOffset(dates.in_range(value.ticks + span.ticks), value.offset)


def offset_take(value: DateTimeOffset, span: TimeSpan) -> DateTimeOffset:
    return DateTimeOffset(dates.in_range(value.ticks - span.ticks), value.offset)


def offset_between(left: DateTimeOffset, right: DateTimeOffset) -> TimeSpan:
    return TimeSpan(left.utc_ticks - right.utc_ticks)


def offset_months(value: DateTimeOffset, months: int) -> DateTimeOffset:
    return DateTimeOffset(dates.add_months(value.ticks, months), value.offset)


def offset_years(value: DateTimeOffset, years: int) -> DateTimeOffset:
    return DateTimeOffset(dates.add_years(value.ticks, years), value.offset)


def offset_time_of_day(value: DateTimeOffset) -> TimeSpan:
    return TimeSpan(value.ticks % TICKS_PER_DAY)


def offset_utc_ticks(value: DateTimeOffset) -> Long:
    return Long(value.utc_ticks)


def offset_midnight(value: DateTimeOffset) -> DateTime:
    return DateTime(value.ticks - value.ticks % TICKS_PER_DAY)


def new_span(*parts: int) -> TimeSpan:
    """new TimeSpan(ticks), (h, m, s), (d, h, m, s) or (d, h, m, s, ms)"""
    if len(parts) == 1:
        return TimeSpan(int(parts[0]))
    if len(parts) == 3:
        parts = (0, *parts)
    days, hours, minutes, seconds, *rest = parts
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    ticks = whole * TICKS_PER_SECOND + (rest[0] if rest else 0) * TICKS_PER_MILLISECOND
    if not -(2**63) <= ticks < 2**63:
        raise argument_range("TimeSpan overflowed because the duration is too long.")
    return TimeSpan(ticks)


def span_part(unit: int, limit: int) -> Callable[[TimeSpan], int]:
    def part(value: TimeSpan) -> int:
        found = abs(value.ticks) // unit % limit
        return -found if value.ticks < 0 else found

    return part


def span_total(unit: int) -> Callable[[TimeSpan], float]:
    return lambda value: value.ticks / unit


def span_from(unit: int) -> Callable[[float], TimeSpan]:
    return lambda value: dates.span_scaled(value, unit)


def span_add(left: TimeSpan, right: TimeSpan) -> TimeSpan:
    return dates.span_of(left.ticks + right.ticks)


def span_take(left: TimeSpan, right: TimeSpan) -> TimeSpan:
    return dates.span_of(left.ticks - right.ticks)


def span_negate(value: TimeSpan) -> TimeSpan:
    if value == dates.MIN_SPAN:
        raise _overflow("Negating the minimum value of a twos complement number is invalid.")
    return dates.span_of(-value.ticks)


def span_duration(value: TimeSpan) -> TimeSpan:
    if value == dates.MIN_SPAN:
        raise _overflow(
            "The duration cannot be returned for TimeSpan.MinValue because the absolute value of "
            "TimeSpan.MinValue exceeds the value of TimeSpan.MaxValue."
        )
    return dates.span_of(abs(value.ticks))


def _overflow(message: str) -> ClrException:
    return ClrException("System.OverflowException", message)
