"""Which of two scalar tokens comes first, and which are equal (JValue.CompareTo and Equals)."""

from decimal import Decimal

from apimlb.policy.clr.convert.parsing import to_boolean, to_date, to_decimal, to_double, to_integer
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.exceptions import ClrException, argument
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.json.tokens import JValue
from apimlb.policy.clr.numbers.arithmetic import BigInteger, ULong
from apimlb.policy.clr.objects.hashing import hash_code, hash_of
from apimlb.policy.clr.objects.ordering import compare, compare_ordinal, order_of, sign_of
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.web.uris import Uri


@order_of.register
def _order(left: JValue, right: JValue) -> int:
    return compare_values(left, right)


@hash_of.register
def _hash(token: JValue) -> int:
    return hash_code(token.value)


def _floats(left: object, right: object) -> int:
    a, b = to_double(left), to_double(right)
    if a == b or abs(a - b) < 2.2204460492503131e-16 * (abs(a) + abs(b) + 10.0):
        return 0
    return compare(a, b)


def _integers(left: object, right: object) -> int:
    if any(isinstance(side, BigInteger) for side in (left, right)):
        return sign_of(int(left), int(right))  # type: ignore[call-overload]
    if any(isinstance(side, ULong | Decimal) for side in (left, right)):
        return sign_of(to_decimal(left), to_decimal(right))
    if any(isinstance(side, float) for side in (left, right)):
        return _floats(left, right)
    return sign_of(to_integer(left, "Int64"), to_integer(right, "Int64"))


def _dates(left: object, right: object) -> int:
    if isinstance(left, DateTimeOffset):
        wanted = right if isinstance(right, DateTimeOffset) else DateTimeOffset(to_date(right).ticks)
        return sign_of(left, wanted)
    other = DateTime(right.ticks) if isinstance(right, DateTimeOffset) else to_date(right)
    assert isinstance(left, DateTime)
    return sign_of(left.ticks, other.ticks)


def _must(value: object, kind: type, name: str) -> None:
    if not isinstance(value, kind):
        raise argument(f"Object must be of type {name}.")


def compare_values(left: JValue, right: JValue | None) -> int:
    """JValue.CompareTo: by the type of the left one; null comes first."""
    if right is None:
        return 1
    a, b = left.value, right.value
    if a is None or b is None:
        return (a is not None) - (b is not None)
    return _ordered(left.type_name, a, b)


def _ordered(kind: str, a: object, b: object) -> int:
    if kind == "Integer":
        return _integers(a, b)
    if kind in ("String", "Comment", "Raw"):
        return compare_ordinal(text_of(a), text_of(b))
    if kind == "Boolean":
        return sign_of(to_boolean(a), to_boolean(b))
    if kind == "Float":
        return _floats(a, b)
    if kind == "Date":
        return _dates(a, b)
    if kind == "Bytes":
        _must(b, bytearray, "byte[]")
        return sign_of(a, b)
    if kind == "Guid":
        _must(b, Guid, "Guid")
    elif kind == "TimeSpan":
        _must(b, TimeSpan, "TimeSpan")
    elif kind == "Uri":
        _must(b, Uri, "Uri")
        return compare(text_of(a), text_of(b))
    else:
        raise ClrException(
            "System.ArgumentOutOfRangeException", f"Unexpected value type: {kind} (Parameter 'valueType')"
        )
    return sign_of(a, b)


def equal_values(left: JValue, right: JValue) -> bool:
    """JValue.Equals: the same type, and neither comes first."""
    if left is right:
        return True
    if left.type_name != right.type_name:
        return False
    return compare_values(left, right) == 0
