"""The numbers of C#: the Python type of each, and arithmetic that wraps and divides as C# does.

bool Boolean · int Int32 · Long Int64 · UInt UInt32 · ULong UInt64 · Short Int16 · UShort UInt16
Byte · SByte · float Double · Single · decimal.Decimal Decimal · Char (a str of one UTF-16 unit)
"""

import decimal
import math
import struct
from decimal import Decimal

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException, arithmetic_overflow, overflow


class Long(int):
    """System.Int64"""

    __slots__ = ()
    clr_name = "System.Int64"


class UInt(int):
    """System.UInt32"""

    __slots__ = ()
    clr_name = "System.UInt32"


class ULong(int):
    """System.UInt64"""

    __slots__ = ()
    clr_name = "System.UInt64"


class Short(int):
    """System.Int16"""

    __slots__ = ()
    clr_name = "System.Int16"


class UShort(int):
    """System.UInt16"""

    __slots__ = ()
    clr_name = "System.UInt16"


class Byte(int):
    """System.Byte"""

    __slots__ = ()


class SByte(int):
    """System.SByte"""

    __slots__ = ()


class BigInteger(int):
    """System.Numerics.BigInteger: what Newtonsoft.Json reads an integer beyond 64 bits as."""

    __slots__ = ()
    clr_name = "System.Numerics.BigInteger"


class Char(str):
    """System.Char: one UTF-16 code unit."""

    __slots__ = ()
    boxed = True


def chars_of(text: str) -> list[object]:
    """The characters of a text as values of their own, each of which is paid for."""
    BUDGET.spend(len(text))
    return list(map(Char, text))


class Single(float):
    """System.Single: rounded to 32 bits when made."""

    __slots__ = ()

    def __new__(cls, value: float) -> "Single":
        return super().__new__(cls, to_single(value))


def to_single(value: float) -> float:
    """The nearest 32-bit float."""
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


# (lowest, highest, Python class) by CLR name without "System."
INTEGERS: dict[str, tuple[int, int, type[int]]] = {
    "SByte": (-(2**7), 2**7 - 1, SByte),
    "Byte": (0, 2**8 - 1, Byte),
    "Int16": (-(2**15), 2**15 - 1, Short),
    "UInt16": (0, 2**16 - 1, UShort),
    "Int32": (-(2**31), 2**31 - 1, int),
    "UInt32": (0, 2**32 - 1, UInt),
    "Int64": (-(2**63), 2**63 - 1, Long),
    "UInt64": (0, 2**64 - 1, ULong),
}

NARROW = ("SByte", "Byte", "Int16", "UInt16")
"""Integers with which .NET computes as Int32."""

INTEGER_NAMES = {make: name for name, (_, _, make) in INTEGERS.items()}

NAN = -math.nan
"""double.NaN; it has a sign."""

EXACT = decimal.Context(prec=58, rounding=decimal.ROUND_HALF_EVEN, traps=[])
"""Room for the product of two decimals."""


def wrap(value: int, name: str) -> int:
    """An integer cut down to its type's bits, as unchecked C# does."""
    lowest, highest, make = INTEGERS[name]
    if not lowest <= value <= highest:
        value = (value - lowest) % (highest - lowest + 1) + lowest
    return make(value)


def wrap32(value: int) -> int:
    return (value + 0x80000000) % 0x100000000 - 0x80000000


def checked(value: int, name: str) -> int:
    """An integer that must fit its type; throws System.OverflowException."""
    lowest, highest, make = INTEGERS[name]
    if not lowest <= value <= highest:
        raise arithmetic_overflow()
    return make(value)


def fitted(value: int, name: str) -> int:
    """An integer that must fit the type that it is converted to; throws System.OverflowException."""
    lowest, highest, make = INTEGERS[name]
    if not lowest <= value <= highest:
        raise overflow(name)
    return make(value)


def both(left: bool | None, right: bool | None) -> bool | None:
    """`&` of bool?: false as soon as one side is."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    """`|` of bool?: true as soon as one side is."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def divide_by_zero() -> ClrException:
    return ClrException("System.DivideByZeroException", "Attempted to divide by zero.")


def divide(left: int, right: int) -> int:
    """Integer division towards zero."""
    if right == 0:
        raise divide_by_zero()
    quotient = abs(int(left)) // abs(int(right))
    return quotient if (left < 0) == (right < 0) else -quotient


def remainder(left: int, right: int) -> int:
    """The remainder, with the sign of the left side."""
    if right == 0:
        raise divide_by_zero()
    rest = abs(int(left)) % abs(int(right))
    return -rest if left < 0 else rest


def divide_float(left: float, right: float) -> float:
    if right == 0:
        if left == 0 or math.isnan(left):
            return NAN
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def remainder_float(left: float, right: float) -> float:
    """The remainder of real numbers: of infinity and by zero it is NaN."""
    try:
        return math.fmod(left, right)
    except ValueError:
        return NAN


def decimal_of(value: Decimal) -> Decimal:
    """A result within System.Decimal: at most 96 bits of digits and a scale of 28."""
    BUDGET.spend(4)
    if value.is_nan() or value.is_infinite() or (value and value.adjusted() > 28):
        raise overflow("Decimal")
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if not value and exponent >= 0:
        return Decimal(0).copy_sign(value)
    if -28 <= exponent <= 0 and len(digits) <= 28:
        return value
    for scale in range(min(max(-exponent, 0), 28), -1, -1):
        rounded = value.quantize(Decimal(1).scaleb(-scale), context=EXACT)
        if rounded.scaleb(scale, EXACT).copy_abs() < 2**96:
            return rounded
    raise overflow("Decimal")


def units_of(value: Decimal) -> tuple[int, int]:
    """The digits of a decimal as one number, without the sign, and how many of them are behind the point."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return int(value.copy_abs().scaleb(-exponent, EXACT)), -exponent


def double_of(value: float | Decimal) -> float:
    """A number as a double. Of a decimal, .NET rounds the digits before it divides them by a power of ten; it
    takes their low 64 bits for a long, and adds what the sign took."""
    if not isinstance(value, Decimal):
        return float(value)
    BUDGET.spend(2)
    units, places = units_of(value)
    high, low = divmod(units, 2**64)
    rounded = float(low) if low < 2**63 else float(low - 2**64) + 2.0**64
    return math.copysign((rounded + high * 2.0**64) / 10**places, value)


def decimal_add(left: Decimal, right: Decimal) -> Decimal:
    return decimal_of(EXACT.add(left, right))


def decimal_subtract(left: Decimal, right: Decimal) -> Decimal:
    return decimal_of(EXACT.subtract(left, right))


_LOST = 47
"""Places beyond which .NET makes a zero without places of the product of two numbers of 32 bits."""


def decimal_multiply(left: Decimal, right: Decimal) -> Decimal:
    product = EXACT.multiply(left, right)
    found = decimal_of(product)
    if found:
        return found
    wide = max(units_of(left)[0], units_of(right)[0]) >= 2**32  # then .NET asks whether the product is zero
    lost = not product if wide else units_of(product)[1] > _LOST
    return Decimal(0) if lost else found


def decimal_divide(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise divide_by_zero()
    quotient = EXACT.divide(left, right)
    found = decimal_of(quotient)
    if found == quotient:
        return found
    whole = found.to_integral_value()  # what it has rounded .NET leaves without zeros at the end
    return whole if whole == found else found.normalize(EXACT)


def decimal_remainder(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise divide_by_zero()
    return decimal_of(left if left.copy_abs() < right.copy_abs() else EXACT.remainder(left, right))


def decimal_from_float(value: float) -> Decimal:
    """(decimal)double: fifteen significant digits, no trailing zeros."""
    if math.isnan(value) or math.isinf(value) or abs(value) >= 2**96:
        raise overflow("Decimal")
    digits = 7 if isinstance(value, Single) else 15
    rounded = Decimal(f"{value:.{digits}g}")
    return decimal_of(rounded.normalize()) or Decimal(0)


def truncate(value: float | Decimal, name: str) -> int:
    """An unchecked conversion of a real number to an integer type; out of range is unspecified in C# and
    gives the lowest value here, as on x64."""
    if isinstance(value, Decimal):
        return fitted(int(value), name)
    lowest, highest, make = INTEGERS[name]
    whole = int(value) if math.isfinite(value) else 2**64
    if lowest <= whole <= highest:
        return make(whole)
    if name in ("Int32", "Int64"):
        return make(lowest)
    return wrap(whole, name) if -(2**63) <= whole < 2**63 else make(0)
