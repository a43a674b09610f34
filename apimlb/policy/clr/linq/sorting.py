"""OrderBy, ThenBy and their descending forms: stable, by one key after another."""

from collections.abc import Callable, Iterator, Sequence
from functools import cmp_to_key

from apimlb.policy.clr.collections.iteration import Order, Pick, elements
from apimlb.policy.clr.collections.searches import order_by
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.objects.ordering import failed_comparison
from apimlb.policy.clr.types.definitions import Row

SortKey = tuple[Pick, Order, int]
"""What elements are sorted by, how two of it compare, and -1 where the greatest comes first, else 1."""


class Ordered(LazySequence):
    """IOrderedEnumerable<T>: a source and the keys that it is sorted by; Skip and Take each leave a slice of
    the places."""

    __slots__ = ("_keys", "_slices", "_source")

    def __init__(self, source: object, keys: tuple[SortKey, ...], slices: tuple[slice, ...] = ()) -> None:
        super().__init__(self._sorted, "System.Linq.OrderedEnumerable`2")
        self._source = source
        self._keys = keys
        self._slices = slices

    def then(self, key: SortKey) -> "Ordered":
        return Ordered(self._source, (*self._keys, key))

    def part(self, start: int, stop: int | None) -> "Ordered":
        """The elements between two places of this sequence."""
        if start == 0 and stop is None:
            return self
        return Ordered(self._source, self._keys, (*self._slices, slice(start, stop)))

    def where(self, test: Callable[[object], bool]) -> "Ordered":
        """The elements that pass a test."""
        source = self.arranged() if self._slices else self._source
        return Ordered([item for item in elements(source) if test(item)], self._keys)

    def count(self) -> int:
        """How many elements there are, which no order is needed for."""
        source = self._source
        size = source.count() if isinstance(source, Ordered) else sum(1 for _ in elements(source))
        return len(self._left(range(size)))

    def _left(self, places: Sequence[int]) -> Sequence[int]:
        """What Skip and Take leave of the places."""
        for each in self._slices:
            places = places[each]
        return places

    def _sorted(self) -> Iterator[object]:
        try:
            return iter(self.arranged())
        except ClrException as error:
            if self._slices:
                raise
            raise failed_comparison(error) from None

    def arranged(self) -> list[object]:
        """The elements in order; throws what a comparison throws, as First, Last and ElementAt do."""
        items = list(elements(self._source))
        if not self._left(range(len(items))):
            return []
        columns = [(list(map(pick, items)), compare, sign) for pick, compare, sign in self._keys]
        charge_sorting(len(items) * len(columns))

        def order(later: int, earlier: int) -> int:
            # Python asks whether the later one is less, .NET compares the earlier one with it.
            for values, compare, sign in columns:
                if found := compare(values[earlier], values[later]):
                    return -sign * found
            return 0

        places = sorted(range(len(items)), key=cmp_to_key(order))
        return [items[place] for place in self._left(places)]


_T = "this IEnumerable<T>! source"
_O = "this IOrderedEnumerable<T>! source"
_KEY = "Func<T, K>! keySelector[, IComparer<K> comparer]"


def _rows(direction: str) -> tuple[Row, ...]:
    sign = -1 if direction else 1
    return (
        (
            f"static IOrderedEnumerable<T> OrderBy{direction}<T, K>({_T}, {_KEY})",
            lambda source, key, comparer=None: Ordered(source, ((key, order_by(comparer), sign),)),
        ),
        (
            f"static IOrderedEnumerable<T> ThenBy{direction}<T, K>({_O}, {_KEY})",
            lambda source, key, comparer=None: source.then((key, order_by(comparer), sign)),
        ),
    )


ORDERING = (*_rows(""), *_rows("Descending"))
