"""OrderBy and its kin: stable, by one key after another."""

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any

from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import required
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.objects.ordering import sort_key
from apimlb.policy.clr.strings.comparers import compare as comparer_compare
from apimlb.policy.clr.types.definitions import Row

Pick = Callable[[object], object]


class Ordered(LazySequence):
    """IOrderedEnumerable<T>: a source and the keys that it is sorted by."""

    __slots__ = ("_keys", "_source")

    def __init__(self, source: object, keys: tuple[tuple[Callable[[object], Any], bool], ...]) -> None:
        super().__init__(self._sorted, "System.Linq.OrderedEnumerable`2")
        self._source = source
        self._keys = keys

    def then(self, key: Pick, descending: bool, comparer: Comparer | None) -> "Ordered":
        return Ordered(self._source, (*self._keys, (compared(key, comparer), descending)))

    def _sorted(self) -> Iterator[object]:
        items = list(elements(self._source))
        for key, descending in reversed(self._keys):
            charge_sorting(len(items))
            keyed = [(key(item), item) for item in items]
            # reverse=True keeps equal items in their order, as .NET does.
            keyed.sort(key=lambda pair: pair[0], reverse=descending)
            items = [item for _, item in keyed]
        return iter(items)


def compared(key: Pick, comparer: Comparer | None) -> Callable[[object], Any]:
    """A key that sorts as the comparer says, or by the order of its type."""
    if comparer is None:
        return lambda item: sort_key(key(item))
    given = comparer

    def order(left: Any, right: Any) -> int:
        return comparer_compare(given, left, right)

    return lambda item: cmp_to_key(order)(key(item))


def order_by(source: object, key: Pick, comparer: Comparer | None = None) -> Ordered:
    source = required(source, "source")
    return Ordered(source, ((compared(key, comparer), False),))


def order_by_descending(source: object, key: Pick, comparer: Comparer | None = None) -> Ordered:
    source = required(source, "source")
    return Ordered(source, ((compared(key, comparer), True),))


_T = "this IEnumerable<T> source"
_O = "this IOrderedEnumerable<T> source"
_CALLS = {
    "OrderBy": (_T, order_by),
    "OrderByDescending": (_T, order_by_descending),
    "ThenBy": (_O, lambda source, key, comparer=None: source.then(key, False, comparer)),
    "ThenByDescending": (_O, lambda source, key, comparer=None: source.then(key, True, comparer)),
}
ORDERING: tuple[Row, ...] = tuple(
    (f"static IOrderedEnumerable<T> {name}<T, K>({source}, Func<T, K> keySelector{comparer})", call)
    for name, (source, call) in _CALLS.items()
    for comparer in ("", ", IComparer<K> comparer")
)
