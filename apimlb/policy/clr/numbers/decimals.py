"""What the members of Decimal do."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial

from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.exceptions import argument, argument_range, overflow
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.numbers.mathematics import ROUNDING_ROWS
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.types.definitions import Row

_NEGATIVE = 0x80000000
_SCALE_BITS = 0x00FF0000
_MOST_PLACES = 28
_CURRENCY = 10_000
"""Parts of an OLE Automation currency unit."""


def from_currency(units: int) -> Decimal:
    """decimal.FromOACurrency"""
    found = arithmetic.EXACT.divide(Decimal(int(units)), Decimal(_CURRENCY))
    return found if units else Decimal("0.0000")


def to_currency(value: Decimal) -> int:
    """decimal.ToOACurrency"""
    units = int(arithmetic.EXACT.multiply(value, Decimal(_CURRENCY)).to_integral_value(ROUND_HALF_EVEN))
    if not -(2**63) <= units < 2**63:
        raise overflow("Currency")
    return arithmetic.Long(units)


def get_bits(value: Decimal) -> ClrArray:
    """The low, middle and high 32 bits of the digits, then sign and scale."""
    number, places = arithmetic.units_of(value)
    flags = places << 16 | (_NEGATIVE if value.is_signed() else 0)
    words = [number & 0xFFFFFFFF, number >> 32 & 0xFFFFFFFF, number >> 64, flags]
    return ClrArray(list(map(arithmetic.wrap32, words)), "System.Int32")


def from_parts(low: int, middle: int, high: int, negative: bool, places: int) -> Decimal:
    """new decimal(lo, mid, hi, isNegative, scale)"""
    if places > _MOST_PLACES:
        raise argument_range("Decimal's scale value must be between 0 and 28, inclusive.", "scale")
    number = (high & 0xFFFFFFFF) << 64 | (middle & 0xFFFFFFFF) << 32 | (low & 0xFFFFFFFF)
    return Decimal((int(negative), tuple(map(int, str(number))), -int(places)))


def from_bits(bits: ClrArray) -> Decimal:
    """new decimal(int[])"""
    words = [int(str(word)) & 0xFFFFFFFF for word in bits.items]
    valid = len(words) == 4 and words[3] & ~(_NEGATIVE | _SCALE_BITS) == 0
    if not valid or words[3] >> 16 & 0xFF > _MOST_PLACES:
        raise argument(
            "Decimal byte array constructor requires an array of length four containing valid decimal bytes."
        )
    return from_parts(words[0], words[1], words[2], words[3] & _NEGATIVE != 0, words[3] >> 16 & 0xFF)


ROWS: tuple[Row, ...] = (
    ("new(int|uint|long|ulong value)", lambda value: Decimal(int(value))),
    ("new(float|double value)", arithmetic.decimal_from_float),
    ("new(int[]! bits)", from_bits),
    ("new(int lo, int mid, int hi, bool isNegative, byte scale)", from_parts),
    ("static decimal Add(decimal d1, decimal d2)", arithmetic.decimal_add),
    ("static decimal Subtract(decimal d1, decimal d2)", arithmetic.decimal_subtract),
    ("static decimal Multiply(decimal d1, decimal d2)", arithmetic.decimal_multiply),
    ("static decimal Divide(decimal d1, decimal d2)", arithmetic.decimal_divide),
    ("static decimal Remainder(decimal d1, decimal d2)", arithmetic.decimal_remainder),
    ("static decimal Negate(decimal d)", Decimal.copy_negate),
    ("static int Compare(decimal d1, decimal d2)", compare),
    ("static bool Equals(decimal d1, decimal d2)", "{0} == {1}"),
    ("static int[] GetBits(decimal d)", get_bits),
    ("static decimal FromOACurrency(long cy)", from_currency),
    ("static long ToOACurrency(decimal value)", to_currency),
    *ROUNDING_ROWS,
    ("static double ToDouble(decimal d)", arithmetic.double_of),
    ("static float ToSingle(decimal d)", lambda value: arithmetic.Single(arithmetic.double_of(value))),
    *(
        (f"static {name} To{name}(decimal d)", partial(arithmetic.truncate, name=name))
        for name in arithmetic.INTEGERS
    ),
)
