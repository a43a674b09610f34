"""Which of two scalar tokens comes first, and which are equal (JValue.CompareTo and Equals)."""

from collections.abc import Callable
from decimal import Decimal

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.convert.parsing import to_boolean, to_date, to_decimal, to_double, to_integer
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.exceptions import ClrException, argument, bad_format
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.json.tokens import JValue
from apimlb.policy.clr.numbers.arithmetic import BigInteger, Single, ULong
from apimlb.policy.clr.objects.hashing import hash_code, hash_of
from apimlb.policy.clr.objects.ordering import compare, compare_ordinal, order_of, sign_of
from apimlb.policy.clr.objects.text import clr_type_name, equal_values, key_of, key_of_other, text_of
from apimlb.policy.clr.web.uris import Uri

Order = Callable[[object, object], int]


@hash_of.register
def _hash(token: JValue) -> int:
    return hash_code(token.value)


@key_of_other.register
def _key(token: JValue) -> object:
    return ("token", token.type_name, key_of(token.value))


def _floats(left: object, right: object) -> int:
    a, b = to_double(left), to_double(right)
    if a == b or abs(a - b) < 2.2204460492503131e-16 * (abs(a) + abs(b) + 10.0):
        return 0
    return compare(a, b)


def _big(value: object) -> int:
    """A value as a BigInteger; throws System.InvalidCastException, Format- or OverflowException."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        what = f"Cannot convert {clr_type_name(value)} to BigInteger."
        raise ClrException("System.InvalidCastException", what)
    try:
        return int(value)
    except OverflowError:
        raise ClrException("System.OverflowException", "BigInteger cannot represent infinity.") from None
    except ValueError:
        if isinstance(value, str):
            raise bad_format("The value could not be parsed.") from None
        raise ClrException("System.OverflowException", "The value is not a number.") from None


def _numbers(left: object, right: object) -> int:
    kinds = {type(left), type(right)}
    if BigInteger in kinds:
        return sign_of(_big(left), _big(right))
    if ULong in kinds or Decimal in kinds:
        return sign_of(to_decimal(left), to_decimal(right))
    if float in kinds or Single in kinds:
        return _floats(left, right)
    return sign_of(to_integer(left, "Int64"), to_integer(right, "Int64"))


def _dates(left: object, right: object) -> int:
    if isinstance(left, DateTimeOffset):
        wanted = right if isinstance(right, DateTimeOffset) else DateTimeOffset(to_date(right).ticks)
        return sign_of(left, wanted)
    other = DateTime(right.ticks) if isinstance(right, DateTimeOffset) else to_date(right)
    assert isinstance(left, DateTime)
    return sign_of(left.ticks, other.ticks)


def _of(kind: type, name: str, order: Order = sign_of) -> Order:
    """An order of values of one type alone."""

    def ordered(left: object, right: object) -> int:
        if not isinstance(right, kind):
            raise argument(f"Object must be of type {name}.")
        return order(left, right)

    return ordered


_ORDERS: dict[str, Order] = {
    **dict.fromkeys(("Integer", "Float"), _numbers),
    **dict.fromkeys(("String", "Comment", "Raw"),
                    lambda left, right: compare_ordinal(text_of(left), text_of(right))),
    "Boolean": lambda left, right: sign_of(to_boolean(left), to_boolean(right)),
    "Date": _dates,
    "Bytes": _of(bytearray, "byte[]"),
    "Guid": _of(Guid, "Guid"),
    "TimeSpan": _of(TimeSpan, "TimeSpan"),
    "Uri": _of(Uri, "Uri", lambda left, right: compare(text_of(left), text_of(right))),
}  # fmt: skip


@order_of.register
def compare_values(left: JValue, right: JValue | None) -> int:
    """JValue.CompareTo: by the type of the left one; null comes first."""
    a, b = left.value, None if right is None else right.value
    if a is None or b is None:
        return 1 if right is None else (a is not None) - (b is not None)
    return _ORDERS[left.type_name](a, b)


@equal_values.register
def equal_scalars(left: JValue, right: JValue) -> bool:
    """JValue.Equals: the same type, and neither comes first."""
    a, b = left.value, right.value
    if left.type_name != right.type_name or a == b:
        return left.type_name == right.type_name
    if type(a) is type(b) and isinstance(a, int | str):  # for which no two values that differ are equal
        return False
    BUDGET.spend(4)
    return compare_values(left, right) == 0
