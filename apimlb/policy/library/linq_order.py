"""OrderBy and its kin: stable, by one key after another."""

from collections.abc import Callable, Iterator

from apimlb.policy.types import Row
from apimlb.policy.values.compare import sort_key
from apimlb.policy.values.exceptions import argument_null
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.objects import Sequence

Pick = Callable[[object], object]


class Ordered(Sequence):
    """IOrderedEnumerable<T>: a source and the keys that it is sorted by."""

    __slots__ = ("_keys", "_source")

    def __init__(self, source: object, keys: tuple[tuple[Pick, bool], ...]) -> None:
        super().__init__(self._sorted, "System.Linq.OrderedEnumerable`2")
        self._source = source
        self._keys = keys

    def then(self, key: Pick, descending: bool) -> "Ordered":
        return Ordered(self._source, (*self._keys, (key, descending)))

    def _sorted(self) -> Iterator[object]:
        items = list(elements(self._source))
        for key, descending in reversed(self._keys):
            keyed = [(sort_key(key(item)), item) for item in items]
            # reverse=True keeps equal items in their order, as .NET does.
            keyed.sort(key=lambda pair: pair[0], reverse=descending)
            items = [item for _, item in keyed]
        return iter(items)


def order_by(source: object, key: Pick) -> Ordered:
    if source is None:
        raise argument_null("source")
    return Ordered(source, ((key, False),))


def order_by_descending(source: object, key: Pick) -> Ordered:
    if source is None:
        raise argument_null("source")
    return Ordered(source, ((key, True),))


def then_by(source: Ordered, key: Pick) -> Ordered:
    return source.then(key, False)


def then_by_descending(source: Ordered, key: Pick) -> Ordered:
    return source.then(key, True)


_T = "this IEnumerable<T> source"
_O = "this IOrderedEnumerable<T> source"
ORDERING: tuple[Row, ...] = (
    (f"static IOrderedEnumerable<T> OrderBy<T, K>({_T}, Func<T, K> keySelector)", order_by),
    (
        f"static IOrderedEnumerable<T> OrderByDescending<T, K>({_T}, Func<T, K> keySelector)",
        order_by_descending,
    ),
    (f"static IOrderedEnumerable<T> ThenBy<T, K>({_O}, Func<T, K> keySelector)", then_by),
    (
        f"static IOrderedEnumerable<T> ThenByDescending<T, K>({_O}, Func<T, K> keySelector)",
        then_by_descending,
    ),
)
