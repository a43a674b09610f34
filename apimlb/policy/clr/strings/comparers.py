"""What the members of StringComparer do."""

from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.convert.parsing import convertible
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, required
from apimlb.policy.clr.objects import ordering
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.objects.text import clr_equals

_OF_COMPARISON = (
    ordering.INVARIANT, ordering.INVARIANT_IGNORE_CASE, ordering.INVARIANT, ordering.INVARIANT_IGNORE_CASE,
    ordering.ORDINAL, ordering.ORDINAL_IGNORE_CASE,
)  # fmt: skip


def of_comparison(comparison: Enum) -> Comparer:
    """StringComparer.FromComparison"""
    ordering.check_comparison(comparison)
    return _OF_COMPARISON[comparison.number]


def equal(comparer: Comparer, left: object, right: object) -> bool:
    if left is None or right is None:
        return left is right
    if not (isinstance(left, str) and isinstance(right, str)):
        return clr_equals(left, right)
    return bool(comparer.key(left) == comparer.key(right))


def compare_by(comparer: Comparer, left: str | None, right: str | None) -> int:
    if comparer.name.startswith("Ordinal"):
        if left is None or right is None or not comparer.name.endswith("IgnoreCase"):
            return ordering.compare_ordinal(left, right)
        return ordering.compare_ordinal_ignoring_case(left, right)
    return ordering.compare_culture(left, right, comparer.name.endswith("IgnoreCase"))


def compare_objects(comparer: Comparer, left: object, right: object) -> int:
    """Compare(object, object): texts by the comparer, all else by their own order."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if type(left) is str and type(right) is str:
        return compare_by(comparer, left, right)
    if not convertible(left):
        raise argument("At least one object must implement IComparable.")
    return ordering.compare(left, right)


def hash_of(comparer: Comparer, value: object) -> int:
    value = required(value, "obj")
    return hash_code(comparer.key(value) if isinstance(value, str) else value)
