"""Arithmetic of TimeSpan with numbers, and the file times of DateTimeOffset."""

from apimlb.policy.clr.dates import ticks as dates
from apimlb.policy.clr.dates.ticks import DateTimeOffset, TimeSpan
from apimlb.policy.clr.exceptions import argument, argument_range
from apimlb.policy.clr.numbers.arithmetic import Long, divide_float, round_half_even

_FILE_EPOCH = 504_911_232_000_000_000
"""The ticks of 1601-01-01, where the file times of Windows begin."""


def _whole(ticks: float) -> TimeSpan:
    if abs(ticks) >= 2**63:
        raise dates.span_overflow()
    return TimeSpan(round_half_even(ticks))


def _number(value: float, name: str) -> float:
    if value != value:
        raise argument("TimeSpan does not accept floating point Not-a-Number values.", name)
    return value


def multiply(span: TimeSpan, factor: float) -> TimeSpan:
    return _whole(span.ticks * _number(factor, "factor"))


def multiplied(factor: float, span: TimeSpan) -> TimeSpan:
    return multiply(span, factor)


def divide(span: TimeSpan, divisor: float) -> TimeSpan:
    found = divide_float(float(span.ticks), _number(divisor, "divisor"))
    if found != found:
        raise dates.span_overflow()
    return _whole(found)


def ratio(span: TimeSpan, other: TimeSpan) -> float:
    return divide_float(float(span.ticks), float(other.ticks))


def offset_plus(value: DateTimeOffset, span: TimeSpan) -> DateTimeOffset:
    """date + span"""
    return DateTimeOffset(dates.in_range(value.ticks + span.ticks, "t"), value.offset)


def offset_minus(value: DateTimeOffset, span: TimeSpan) -> DateTimeOffset:
    """date - span"""
    return DateTimeOffset(dates.in_range(value.ticks - span.ticks, "t"), value.offset)


def offset_add_ticks(value: DateTimeOffset, ticks: int) -> DateTimeOffset:
    return DateTimeOffset(dates.in_range(value.ticks + ticks), value.offset)


def same_exactly(value: DateTimeOffset, other: DateTimeOffset) -> bool:
    """EqualsExact: the same moment by the same clock"""
    return (value.ticks, value.offset) == (other.ticks, other.offset)


def to_file_time(value: DateTimeOffset) -> int:
    if value.utc_ticks < _FILE_EPOCH:
        raise argument_range("Not a valid Win32 FileTime.")
    return Long(value.utc_ticks - _FILE_EPOCH)


def from_file_time(ticks: int) -> DateTimeOffset:
    if not 0 <= ticks <= dates.MAX_TICKS - _FILE_EPOCH:
        raise argument_range("Not a valid Win32 FileTime.", "fileTime")
    return DateTimeOffset(int(ticks) + _FILE_EPOCH)
