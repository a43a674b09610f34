"""What the members of String do with a part of a text: comparing, copying, joining."""

from apimlb.policy.clr.collections.containers import ClrArray, bounded
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument_range, check_index, index_range, not_negative
from apimlb.policy.clr.numbers.arithmetic import chars_of
from apimlb.policy.clr.objects import ordering
from apimlb.policy.clr.strings.texts import chars_text, check_not_below_zero, join


def _piece(text: str | None, start: int, length: int, name: str) -> str | None:
    """A side of a cultural comparison, which is the argument `name` of CompareInfo.Compare."""
    if start > len(text or "") - length:
        raise argument_range("Offset and length must refer to a position in the string.", name)
    return text and text[start : start + length]


def compare_parts_ignoring(
    left: str | None, start: int, right: str | None, place: int, length: int, ignore_case: bool = False
) -> int:
    """string.Compare(strA, indexA, strB, indexB, length, ignoreCase)"""
    lengths = [
        length if text is None else min(length, len(text) - at)
        for text, at in ((left, start), (right, place))
    ]
    for name, numbers in (("length", lengths), ("offset", (start, place))):
        for side, number in enumerate(numbers, 1):
            not_negative(number, f"{name}{side}", "Positive number required.")
    first, second = _piece(left, start, lengths[0], "string1"), _piece(right, place, lengths[1], "string2")
    return ordering.compare_culture(first, second, ignore_case)


def compare_parts_as(
    left: str | None, start: int, right: str | None, place: int, length: int, comparison: Enum | None = None
) -> int:
    """string.Compare(strA, indexA, strB, indexB, length, StringComparison), and CompareOrdinal, which has no
    comparison"""
    comparer = None if comparison is None else ordering.comparer_of(comparison)
    if left is None or right is None:
        return (left is not None) - (right is not None)
    check_not_below_zero(length, "length", "Count" if comparison is None else "Length")
    check_index(start, len(left) + 1, "indexA")
    check_index(place, len(right) + 1, "indexB")
    first, second = left[start : start + length], right[place : place + length]
    if comparer is None or comparer is ordering.ORDINAL:
        return ordering.compare_units(first, second)
    return comparer.compare(first, second)


def copy_to(text: str, start: int, target: ClrArray, place: int, count: int) -> None:
    """string.CopyTo(sourceIndex, destination, destinationIndex, count)"""
    check_not_below_zero(count, "count")
    if start < 0:
        raise index_range("sourceIndex")
    where = "Index and count must refer to a location within the string."
    if count > len(text) - start:
        raise argument_range(where, "sourceIndex")
    if place < 0 or place > len(target.items) - count:
        raise argument_range(where, "destinationIndex")
    target.items[place : place + count] = chars_of(text[start : start + count])


def to_chars(text: str, start: int = 0, length: int | None = None) -> ClrArray:
    """string.ToCharArray(startIndex, length)"""
    length = bounded(len(text)) if length is None else length
    if not 0 <= start <= len(text) or start + length > len(text):
        raise index_range("startIndex")
    if length < 0:
        raise index_range("length")
    return ClrArray(chars_of(text[start : start + length]), "System.Char")


def new_part(chars: ClrArray, start: int, length: int) -> str:
    """new string(char[], startIndex, length)"""
    check_not_below_zero(start, "startIndex")
    check_not_below_zero(length, "length")
    if start + length > len(chars.items):
        raise index_range("startIndex")
    return chars_text(chars.items[start : start + length])


def join_part(separator: str | None, values: ClrArray, start: int, count: int) -> str:
    """string.Join(separator, values, startIndex, count)"""
    check_not_below_zero(start, "startIndex")
    check_not_below_zero(count, "count")
    if start + count > len(values.items):
        raise argument_range("Index and count must refer to a location within the buffer.", "startIndex")
    return join(separator, ClrArray(values.items[start : start + count], "System.String"))
