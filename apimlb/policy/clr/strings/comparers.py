"""What the members of StringComparer do."""

from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.convert.parsing import convertible
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.objects import ordering
from apimlb.policy.clr.objects.hashing import hash_code


def compare_objects(comparer: Comparer, left: object, right: object) -> int:
    """Compare(object, object): texts by the comparer, all else by their own order."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if type(left) is str and type(right) is str:
        return comparer.compare(left, right)
    if not convertible(left):
        raise argument("At least one object must implement IComparable.")
    return ordering.compare(left, right)


def hash_of(comparer: Comparer, value: object) -> int:
    return hash_code(comparer.key(value) if isinstance(value, str) else value)
