"""OrderBy, ThenBy and their descending forms: stable, by one key after another."""

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any, NamedTuple

from apimlb.policy.clr.collections.iteration import Pick, elements
from apimlb.policy.clr.collections.searches import order_by
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import ClrException, required
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.objects.ordering import failed_comparison
from apimlb.policy.clr.types.definitions import Row


class SortKey(NamedTuple):
    """What elements are sorted by, how two of it compare, and whether the greatest comes first."""

    pick: Pick
    compare: Callable[[Any, Any], int]
    descending: bool


class Ordered(LazySequence):
    """IOrderedEnumerable<T>: a source and the keys that it is sorted by; Skip and Take leave of it the places
    from `start` up to `stop`."""

    __slots__ = ("_keys", "_source", "_start", "_stop")

    def __init__(
        self, source: object, keys: tuple[SortKey, ...], start: int = 0, stop: int | None = None
    ) -> None:
        super().__init__(self._sorted, "System.Linq.OrderedEnumerable`2")
        self._source = source
        self._keys = keys
        self._start = start
        self._stop = stop

    def then(self, key: SortKey) -> "Ordered":
        return Ordered(self._source, (*self._keys, key))

    def part(self, start: int, stop: int | None) -> "Ordered":
        """The elements between two places of this sequence."""
        first = self._start + start
        ends = [
            each for each in (self._stop, None if stop is None else self._start + stop) if each is not None
        ]
        return Ordered(self._source, self._keys, first, min(ends, default=None))

    def where(self, test: Callable[[object], bool]) -> "Ordered":
        """The elements that pass a test."""
        source = self._source if self._start == 0 and self._stop is None else self.arranged()
        return Ordered([item for item in elements(source) if test(item)], self._keys)

    def count(self) -> int:
        """How many elements there are, which no order is needed for."""
        source = self._source
        size = source.count() if isinstance(source, Ordered) else sum(1 for _ in elements(source))
        return len(range(size)[self._start : self._stop])

    def _sorted(self) -> Iterator[object]:
        try:
            return iter(self.arranged())
        except ClrException as error:
            if self._start or self._stop is not None:
                raise
            raise failed_comparison(error) from None

    def arranged(self) -> list[object]:
        """The elements in order; throws what a comparison throws, as First, Last and ElementAt do."""
        items = list(elements(self._source))
        if not range(len(items))[self._start : self._stop]:
            return []
        columns = [
            (list(map(each.pick, items)), each.compare, -1 if each.descending else 1) for each in self._keys
        ]
        charge_sorting(len(items) * len(columns))

        def order(later: int, earlier: int) -> int:
            # Python asks whether the later one is less, .NET compares the earlier one with it.
            for values, compare_values, sign in columns:
                if found := compare_values(values[earlier], values[later]):
                    return -sign * found
            return 0

        places = sorted(range(len(items)), key=cmp_to_key(order))
        return [items[place] for place in places[self._start : self._stop]]


_T = "this IEnumerable<T> source"
_O = "this IOrderedEnumerable<T> source"
_KEY = "Func<T, K> keySelector[, IComparer<K> comparer]"


def _rows(direction: str) -> tuple[Row, ...]:
    descending = bool(direction)
    return (
        (
            f"static IOrderedEnumerable<T> OrderBy{direction}<T, K>({_T}, {_KEY})",
            lambda source, key, comparer=None: Ordered(
                required(source, "source"), (SortKey(key, order_by(comparer), descending),)
            ),
        ),
        (
            f"static IOrderedEnumerable<T> ThenBy{direction}<T, K>({_O}, {_KEY})",
            lambda source, key, comparer=None: source.then(SortKey(key, order_by(comparer), descending)),
        ),
    )


ORDERING = (*_rows(""), *_rows("Descending"))
