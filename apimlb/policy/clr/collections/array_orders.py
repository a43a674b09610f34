"""What the members of Array do with order: sorting, reversing, searching in halves."""

from functools import cmp_to_key

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.arrays import boxed, put, row
from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.collections.interfaces import Array
from apimlb.policy.clr.collections.iteration import Order
from apimlb.policy.clr.collections.lists import binary_search
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.objects.ordering import compare, guarded
from apimlb.policy.clr.strings.comparers import compare_objects


def part(array: Array, index: int, length: int) -> tuple[int, int]:
    """The first place of a checked part, and the one behind it."""
    for number, name in ((index, "index"), (length, "length")):
        exceptions.not_negative(number, name)
    if index > len(array) - length:
        raise exceptions.out_of_bounds()
    return index, index + length


def _order(comparer: Comparer | None) -> Order:
    if comparer is None:
        return guarded(compare)
    return guarded(lambda left, right: compare_objects(comparer, left, right))


def _sorted(array: Array, others: Array | None, first: int, end: int, order: Order) -> None:
    charge_sorting(end - first)
    found = boxed(array, first, end)

    def order_places(left: int, right: int) -> int:
        return order(found[left], found[right])

    places = sorted(range(end - first), key=cmp_to_key(order_places))
    put(array, first, [found[place] for place in places])
    if others is not None:
        moved = boxed(others, first, end)
        put(others, first, [moved[place] for place in places])


def sort(array: Array | None) -> None:
    array = row(array)
    _sorted(array, None, 0, len(array), guarded(compare))


def sort_with(array: Array | None, comparer: Comparer | None) -> None:
    array = row(array)
    _sorted(array, None, 0, len(array), _order(comparer))


def sort_by(array: Array | None, order: Order) -> None:
    array = row(array)
    _sorted(array, None, 0, len(array), guarded(order))


def sort_part(array: Array | None, index: int, length: int, comparer: Comparer | None = None) -> None:
    array = row(array)
    _sorted(array, None, *part(array, index, length), _order(comparer))


def sort_pairs(keys: Array | None, items: Array | None, comparer: Comparer | None = None) -> None:
    """Array.Sort(keys, items): both, by the keys"""
    sort_some_pairs(keys, items, 0, len(row(keys, "keys")), comparer)


def sort_some_pairs(
    keys: Array | None, items: Array | None, index: int, length: int, comparer: Comparer | None = None
) -> None:
    keys = row(keys, "keys")
    first, end = part(keys, index, length)
    if items is not None:
        part(row(items, "items"), index, length)
    _sorted(keys, items, first, end, _order(comparer))


def reverse_part(array: Array | None, index: int, length: int) -> None:
    array = row(array)
    first, end = part(array, index, length)
    put(array, first, boxed(array, first, end)[::-1])


def search(array: Array | None, value: object, comparer: Comparer | None = None) -> int:
    """Array.BinarySearch: the place of the value, or the complement of where it would be."""
    return search_part(array, 0, len(row(array)), value, comparer)


def search_part(
    array: Array | None, index: int, length: int, value: object, comparer: Comparer | None = None
) -> int:
    array = row(array)
    first, end = part(array, index, length)
    return binary_search(lambda place: boxed(array, place, place + 1)[0], first, end, value, _order(comparer))
