"""Order: strings by .NET's invariant culture (as ICU collates), ordinally, or without case; and all else."""

from collections.abc import Callable
from functools import partial, singledispatch
from typing import Any

from apimlb.policy.clr.budget import charge_each, charge_looked_at
from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException, argument, invalid_operation
from apimlb.policy.clr.objects.collation import culture_key
from apimlb.policy.clr.objects.text import clr_type_name, key_of

NO_ORDER = "At least one object must implement IComparable."


def sign_of(left: object, right: object) -> int:
    order: int = (left > right) - (left < right)  # type: ignore[operator]
    return order


def compare_culture(left: str | None, right: str | None, ignore_case: bool = False) -> int:
    """string.Compare in the invariant culture: -1, 0 or 1; null comes first."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if left == right:
        return 0
    return sign_of(culture_key(left, ignore_case), culture_key(right, ignore_case))


def compare_ordinal(left: str | None, right: str | None) -> int:
    """The difference of the first two code units that differ, as string.CompareOrdinal. It looks at two units
    before it looks at the lengths; behind its end a text has a zero."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    for a, b in zip((left + "\0\0")[:2], (right + "\0\0")[:2], strict=True):
        if a != b:
            return ord(a) - ord(b)
    return compare_units(left, right)


def compare_units(left: str, right: str) -> int:
    """The difference of the first two code units that differ, or else the difference of the lengths."""
    charge_each(min(len(left), len(right)))
    for a, b in zip(left, right, strict=False):
        if a != b:
            return ord(a) - ord(b)
    return len(left) - len(right)


def compare_ordinal_ignoring_case(left: str | None, right: str | None) -> int:
    """A difference of code units while both texts are ASCII, from there on a sign, as .NET on Linux."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    charge_each(min(len(left), len(right)))
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if not (a.isascii() and b.isascii()):
            return sign_of(upper_ordinal(left[at:]), upper_ordinal(right[at:]))
        if a != b and (up := ord(a.upper()) - ord(b.upper())):
            return up
    return len(left) - len(right)


def _cased(text: str, change: Callable[[str], str]) -> str:
    """The text in another case, character by character: none becomes two."""
    if text.isascii():
        charge_looked_at(text)
        return change(text)
    charge_each(len(text))
    return "".join(changed if len(changed := change(char)) == 1 else char for char in text)


def upper_ordinal(text: str) -> str:
    """Upper case as OrdinalIgnoreCase has it."""
    return _cased(text, str.upper)


def lower_ordinal(text: str) -> str:
    return _cased(text, str.lower)


def upper_invariant(text: str) -> str:
    """ToUpperInvariant: unlike OrdinalIgnoreCase it knows no capital of ı."""
    upper = upper_ordinal(text)
    if "ı" not in text:
        return upper
    return "".join("ı" if old == "ı" else new for old, new in zip(text, upper, strict=True))


def comparer_of(comparison: Enum) -> Comparer:
    """StringComparer.FromComparison; throws System.ArgumentException."""
    if not 0 <= comparison.number <= 5:
        raise argument("The string comparison type passed in is currently not supported.", "comparisonType")
    return _OF_COMPARISON[comparison.number]


def equal_as(left: str | None, right: str | None, comparison: Enum) -> bool:
    comparer = comparer_of(comparison)
    if left is None or right is None:
        return left is right
    return left == right if comparer is ORDINAL else comparer.compare(left, right) == 0


def folded(comparison: Enum | None, text: str) -> str:
    """The text in a form where the comparison is equality, as far as searching needs it."""
    if comparison is None or comparer_of(comparison).key is not _upper:
        return text
    return upper_ordinal(text)


def compare(left: object, right: object) -> int:
    """Comparer<T>.Default: -1, 0 or 1; null comes first."""
    if left is right:
        return 0
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if type(left) is str and type(right) is str:
        return compare_culture(left, right)
    if type(left) is not type(right):
        raise argument(f"Object must be of type {clr_type_name(left).rpartition('.')[2]}.")
    return order_of(left, right)


@singledispatch
def order_of(left: object, right: object) -> int:
    """-1, 0 or 1 for two values of one class; throws System.ArgumentException for what has no order."""
    try:
        return sign_of(left, right)
    except TypeError:
        raise argument(NO_ORDER) from None


@order_of.register
def _order_of_bytes(left: bytearray, right: bytearray) -> int:
    raise argument(NO_ORDER)


@order_of.register
def _order_of_numbers(left: float, right: float) -> int:
    """Not-a-number comes before all others."""
    if left != left or right != right:
        return (left == left) - (right == right)
    return sign_of(left, right)


def guarded(order: Callable[[Any, Any], int]) -> Callable[[Any, Any], int]:
    """A comparison whose exceptions become 'Failed to compare'; those of the evaluator's bounds stay."""

    def compared(left: object, right: object) -> int:
        try:
            return order(left, right)
        except ClrException as error:
            raise failed_comparison(error) from None

    return compared


def failed_comparison(error: ClrException) -> ClrException:
    """What sorting throws where a comparison does; the evaluator's own bounds are kept."""
    if error.type_name == OVER_LIMIT:
        return error
    failed = invalid_operation("Failed to compare two elements in the array.")
    failed.inner = error
    return failed


def _upper(value: object) -> object:
    return upper_ordinal(value) if type(value) is str else key_of(value)


ORDINAL = Comparer("System.OrdinalCaseSensitiveComparer", key_of, compare_ordinal)
ORDINAL_IGNORE_CASE = Comparer("System.OrdinalIgnoreCaseComparer", _upper, compare_ordinal_ignoring_case)
INVARIANT = Comparer("System.CultureAwareComparer", key_of, compare_culture)
INVARIANT_IGNORE_CASE = Comparer(
    "System.CultureAwareComparer", _upper, partial(compare_culture, ignore_case=True)
)
_OF_COMPARISON = (
    INVARIANT, INVARIANT_IGNORE_CASE, INVARIANT, INVARIANT_IGNORE_CASE, ORDINAL, ORDINAL_IGNORE_CASE,
)  # fmt: skip
