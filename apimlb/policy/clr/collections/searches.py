"""Looking through arrays and lists, and putting them in order: what Array and List<T> do alike."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.arrays import Listed, boxed, item, put
from apimlb.policy.clr.collections.containers import ClrArray, ClrList, Comparer
from apimlb.policy.clr.collections.iteration import Order, Test, elements
from apimlb.policy.clr.exceptions import not_negative, required
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.objects.ordering import compare, guarded
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type


def one_row(target: Listed) -> None:
    """Throws System.RankException where there is more than one dimension."""
    if isinstance(target, ClrArray) and len(target.shape) > 1:
        raise exceptions.ClrException(
            "System.RankException", "Only single dimension arrays are supported here."
        )


def part(target: Listed, index: int = 0, count: int | None = None) -> tuple[int, int]:
    """The first place of a checked part, and the one behind it; without a count, of the whole."""
    one_row(target)
    if count is None:
        return 0, len(target)
    not_negative(index, "index")
    not_negative(count, "count" if isinstance(target, ClrList) else "length")
    if index > len(target) - count:
        raise exceptions.out_of_bounds()
    return index, index + count


# Equal elements, and elements that pass a test


def forwards(target: Listed, start: int = 0, count: int | None = None) -> range:
    """Places from `start` on."""
    one_row(target)
    size = len(target)
    if not 0 <= start <= size:
        raise exceptions.index_range("startIndex")
    if count is None:
        count = size - start
    elif not 0 <= count <= size - start:
        raise exceptions.count_range()
    return range(start, start + count)


def backwards(target: Listed, start: int | None = None, count: int | None = None) -> range:
    """Places from the last to the first; in nothing, -1 is the last place."""
    one_row(target)
    size = len(target)
    if start is None:
        start = size - 1
    if not (0 <= start < size if size else start == -1):
        raise exceptions.index_range("startIndex")
    if count is None:
        count = start + 1
    elif not 0 <= count <= start + 1:
        raise exceptions.count_range()
    return range(start, start - count, -1)


def first_place(target: Listed, places: range, test: Test) -> int:
    """The first of the places whose element passes, or -1."""
    items = boxed(target) if isinstance(target, bytearray) else target.items
    for place in places:
        BUDGET.spend()
        if test(items[place]):
            return place
    return -1


def index_of(target: Listed, value: object, start: int = 0, count: int | None = None) -> int:
    places = forwards(target, start, count)
    if type(value) is str and not isinstance(target, bytearray) and target.element == "System.String":
        BUDGET.spend(2 * len(places))
        found = target.items[start : places.stop]
        return start + found.index(value) if value in found else -1
    return first_place(target, places, lambda each: clr_equals(each, value))


def last_index_of(target: Listed, value: object, start: int | None = None, count: int | None = None) -> int:
    if not len(target) and start == 0:
        start = -1
    return first_place(target, backwards(target, start, count), lambda each: clr_equals(each, value))


def find(kind: Type, target: Listed, test: Test) -> object:
    return next(filter(test, elements(target)), kind.default)


def find_last(kind: Type, target: Listed, test: Test) -> object:
    place = first_place(target, backwards(target), test)
    return item(target, place) if place >= 0 else kind.default


def find_index(target: Listed, *given: Any) -> int:
    """FindIndex([startIndex[, count], ]match)"""
    *bounds, test = given
    places = forwards(target, *bounds)
    return first_place(target, places, required(test, "match"))


def find_last_index(target: Listed, *given: Any) -> int:
    """FindLastIndex([startIndex[, count], ]match)"""
    *bounds, test = given
    return first_place(target, backwards(target, *bounds), test)


def exists(target: Listed, test: Test) -> bool:
    return find_index(target, test) >= 0


def true_for_all(target: Listed, test: Test) -> bool:
    return all(map(test, elements(target)))


def for_each(target: Listed, action: Callable[[object], object]) -> None:
    for each in elements(target):
        action(each)


# Order


def order_by(comparer: Comparer | None) -> Order:
    """The order of a comparer; without one, that of the values."""
    return compare if comparer is None else comparer.compare


def _sort(order: Order, first: int, end: int, keys: Listed, *others: Listed) -> None:
    """Sort a part by its keys, and the same part of others along with it."""
    charge_sorting(end - first)
    ranks = list(map(cmp_to_key(guarded(order)), boxed(keys, first, end)))
    places = sorted(range(end - first), key=ranks.__getitem__)
    for each in (keys, *others):
        items = boxed(each, first, end)
        put(each, first, [items[place] for place in places])


def sort(target: Listed, *given: Any) -> None:
    """Sort([index, count][, comparer])"""
    sort_pairs(target, None, *given)


def sort_by(target: Listed, order: Order) -> None:
    _sort(order, *part(target), target)


def sort_pairs(keys: Listed, items: Listed | None, *given: Any) -> None:
    """Array.Sort(keys, items[, index, length][, comparer]): both, by the keys"""
    *bounds, comparer = given if len(given) % 2 else (*given, None)
    index, count = bounds or (0, len(keys))
    others = [] if items is None else [items]
    for each in (keys, *others):
        part(each, index, count)
    _sort(order_by(comparer), index, index + count, keys, *others)


def reverse(target: Listed, index: int = 0, count: int | None = None) -> None:
    first, end = part(target, index, count)
    put(target, first, boxed(target, first, end)[::-1])


def search(target: Listed, *given: Any) -> int:
    """BinarySearch([index, count, ]value[, comparer]): the place of the value, or the complement of where it
    would be."""
    *bounds, value, comparer = (*given, None) if len(given) % 2 else given
    low, end = part(target, *bounds)
    order = guarded(order_by(comparer))
    while low < end:
        middle = (low + end - 1) // 2
        BUDGET.spend()
        found = order(item(target, middle), value)
        if found == 0:
            return middle
        low, end = (middle + 1, end) if found < 0 else (low, middle)
    return ~low
