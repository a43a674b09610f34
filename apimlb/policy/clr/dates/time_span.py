"""TimeSpan, and what compares it and dates."""

from collections.abc import Callable
from functools import partial

from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.formatting import format_span
from apimlb.policy.clr.dates.parsing import parse_span
from apimlb.policy.clr.exceptions import argument, argument_range, overflow_exception
from apimlb.policy.clr.numbers.arithmetic import Long, divide_float
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.definitions import Definition, Row

_MOST_MILLISECONDS = float(2**63 // instants.TICKS_PER_MILLISECOND)


def comparisons(name: str) -> tuple[Row, ...]:
    return (
        (f"int CompareTo({name} value)", compare),
        (f"bool Equals({name} value)", clr_equals),
        (f"static bool operator ==({name} a, {name} b)", "{0} == {1}"),
        (f"static bool operator !=({name} a, {name} b)", "{0} != {1}"),
        (f"static bool operator <({name} a, {name} b)", "{0} < {1}"),
        (f"static bool operator >({name} a, {name} b)", "{1} < {0}"),
        (f"static bool operator <=({name} a, {name} b)", "not {1} < {0}"),
        (f"static bool operator >=({name} a, {name} b)", "not {0} < {1}"),
    )


def static_comparisons(name: str) -> tuple[Row, ...]:
    return (
        (f"static int Compare({name} t1, {name} t2)", compare),
        (f"static bool Equals({name} t1, {name} t2)", clr_equals),
    )


def new_span(days: int, hours: int, minutes: int, seconds: int, milliseconds: int = 0) -> instants.TimeSpan:
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    ticks = whole * instants.TICKS_PER_SECOND + milliseconds * instants.TICKS_PER_MILLISECOND
    if not -(2**63) <= ticks < 2**63:
        raise argument_range("TimeSpan overflowed because the duration is too long.")
    return instants.TimeSpan(ticks)


def unit_part(unit: int, most: int) -> Callable[[instants.TimeSpan], int]:
    """How many of a unit there are beside whole ones of the next, of which `most` make one."""

    def part(value: instants.TimeSpan) -> int:
        found = abs(value.ticks) // unit % most
        return -found if value.ticks < 0 else found

    return part


def span_total(unit: int) -> Callable[[instants.TimeSpan], float]:
    if unit == instants.TICKS_PER_MILLISECOND:  # it stays within the whole milliseconds of a long
        return lambda value: min(max(value.ticks / unit, -_MOST_MILLISECONDS), _MOST_MILLISECONDS)
    return lambda value: value.ticks / unit


def span_add(left: instants.TimeSpan, right: instants.TimeSpan) -> instants.TimeSpan:
    return instants.span_of(left.ticks + right.ticks)


def span_take(left: instants.TimeSpan, right: instants.TimeSpan) -> instants.TimeSpan:
    return instants.span_of(left.ticks - right.ticks)


def span_negate(value: instants.TimeSpan) -> instants.TimeSpan:
    if value == instants.MIN_SPAN:
        raise overflow_exception("Negating the minimum value of a twos complement number is invalid.")
    return instants.span_of(-value.ticks)


def span_duration(value: instants.TimeSpan) -> instants.TimeSpan:
    if value == instants.MIN_SPAN:
        raise overflow_exception(
            "The duration cannot be returned for TimeSpan.MinValue because the absolute value of "
            "TimeSpan.MinValue exceeds the value of TimeSpan.MaxValue."
        )
    return instants.span_of(abs(value.ticks))


def _number(value: float, name: str = "") -> float:
    if value != value:
        raise argument("TimeSpan does not accept floating point Not-a-Number values.", name)
    return value


def _of_real(ticks: float, rounded: Callable[[float], int]) -> instants.TimeSpan:
    """A span of ticks that may be infinite or NaN, which is too long."""
    if abs(ticks) == 2**63:  # .NET compares with long.MaxValue as a double, and the cast wraps around
        return instants.MIN_SPAN
    return instants.span_of(rounded(ticks) if abs(ticks) < 2**63 else 2**63)


def multiply(span: instants.TimeSpan, factor: float) -> instants.TimeSpan:
    return _of_real(span.ticks * _number(factor, "factor"), round)


def divide(span: instants.TimeSpan, divisor: float) -> instants.TimeSpan:
    found = divide_float(float(span.ticks), _number(divisor, "divisor"))
    return _of_real(found, round)


def ratio(span: instants.TimeSpan, other: instants.TimeSpan) -> float:
    return divide_float(float(span.ticks), float(other.ticks))


DEFINITIONS = (
    Definition(
        "System.TimeSpan", "struct", bases=("System.ValueType", "System.IComparable"), default=instants.ZERO,
        rows=(
            ("static TimeSpan Zero", lambda: instants.ZERO),
            ("static TimeSpan MinValue", lambda: instants.MIN_SPAN),
            ("static TimeSpan MaxValue", lambda: instants.MAX_SPAN),
            *((f"static long TicksPer{name[:-1]}", lambda unit=unit: Long(unit))
              for name, (unit, _) in instants.UNITS.items()),
            ("new(long ticks)", lambda ticks: instants.TimeSpan(int(ticks))),
            ("new(int hours, int minutes, int seconds)", partial(new_span, 0)),
            ("new(int days, int hours, int minutes, int seconds[, int milliseconds])", new_span),
            # Whole ticks; the rest is cut off.
            *((f"static TimeSpan From{name}(double value)",
               lambda value, unit=unit: _of_real(_number(value) * unit, int))
              for name, (unit, _) in instants.UNITS.items()),
            ("static TimeSpan FromTicks(long value)", lambda ticks: instants.TimeSpan(int(ticks))),
            ("static TimeSpan Parse(string s)", parse_span),
            ("static bool TryParse(string s, out TimeSpan result)", tried(parse_span, instants.ZERO)),
            *((f"int {name}", unit_part(*sizes)) for name, sizes in instants.UNITS.items()),
            *((f"double Total{name}", span_total(unit)) for name, (unit, _) in instants.UNITS.items()),
            ("long Ticks", lambda value: Long(value.ticks)),
            ("TimeSpan Add(TimeSpan ts)", span_add),
            ("TimeSpan Subtract(TimeSpan ts)", span_take),
            ("TimeSpan Negate()", span_negate),
            ("TimeSpan Duration()", span_duration),
            ("string ToString(string format)", format_span),
            *comparisons("TimeSpan"),
            *static_comparisons("TimeSpan"),
            ("static TimeSpan operator +(TimeSpan a, TimeSpan b)", span_add),
            ("static TimeSpan operator -(TimeSpan a, TimeSpan b)", span_take),
            ("static TimeSpan operator -(TimeSpan a)", span_negate),
            ("static TimeSpan operator +(TimeSpan a)", "{0}"),
            ("int CompareTo(object value)", compare),
            ("TimeSpan Multiply(double factor)", multiply),
            ("TimeSpan Divide(double divisor)", divide),
            ("double Divide(TimeSpan ts)", ratio),
            ("static TimeSpan operator *(TimeSpan a, double b)", multiply),
            ("static TimeSpan operator *(double a, TimeSpan b)",
             lambda factor, span: multiply(span, factor)),
            ("static TimeSpan operator /(TimeSpan a, double b)", divide),
            ("static double operator /(TimeSpan a, TimeSpan b)", ratio),
        ),
    ),
)  # fmt: skip
