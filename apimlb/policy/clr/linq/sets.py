"""The methods of Enumerable that look for equal elements: Distinct, Union, GroupBy, Join, ToDictionary."""

from collections.abc import Callable, Iterator
from itertools import chain

from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.collections.dictionaries import new_dictionary
from apimlb.policy.clr.collections.hash_tables import ClrDictionary
from apimlb.policy.clr.collections.iteration import Pair, Pick, elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.collections.sets import to_set
from apimlb.policy.clr.exceptions import argument_null
from apimlb.policy.clr.linq.groups import Grouping, Lookup
from apimlb.policy.clr.linq.operators import lazy
from apimlb.policy.clr.objects.ordering import DEFAULT_COMPARER
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Row


def _of_itself(call: Callable[..., object]) -> Call:
    """The overload that takes no selector of elements: the elements themselves are kept."""
    return Call(
        lambda key_type, kind, source, key, *rest: call(
            key_type, kind, source, key, lambda item: item, *rest
        ),
        types=("K", "T"),
    )


def to_dictionary(
    key_type: Type, value_type: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> ClrDictionary:
    made = new_dictionary(key_type, value_type, comparer)
    for item in elements(source):
        made.add(key(item), value(item))
    return made


def to_lookup(
    key_type: Type, value_type: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> Lookup:
    types = f"{key_type.name},{value_type.name}"
    return _groups(elements(source), key, value, types, comparer)


def lookup_item(target: Lookup, key: object) -> object:
    """The elements under a key, an empty sequence for an unknown key."""
    return target.find(key) or LazySequence(lambda: iter(()))


def _unique(items: Iterator[object], comparer: Comparer | None) -> Iterator[object]:
    seen: set[object] = set()
    key_of = (comparer or DEFAULT_COMPARER).key
    for item in items:
        key = key_of(item)
        if key not in seen:
            seen.add(key)
            yield item


def _two(one: object, other: object, make: Callable[[Iterator[object]], Iterator[object]]) -> LazySequence:
    """A sequence made of two sources, which must both be there."""
    if other is None and one is not None:
        raise argument_null("second")
    return lazy(one, make, "first")


def _joined(one: Iterator[object], other: object) -> Iterator[object]:
    yield from one
    yield from elements(other)


def _chosen(one: object, other: object, comparer: Comparer | None, shared: bool) -> LazySequence:
    """Intersect and Except: the elements of `one` that are, or are not, in `other`."""
    key_of = (comparer or DEFAULT_COMPARER).key

    def make(items: Iterator[object]) -> Iterator[object]:
        keys = {key_of(item) for item in elements(other)}
        return (item for item in _unique(items, comparer) if (key_of(item) in keys) is shared)

    return _two(one, other, make)


def _groups(items: Iterator[object], key: Pick, value: Pick, types: str, comparer: Comparer | None) -> Lookup:
    made = Lookup(types, (comparer or DEFAULT_COMPARER).key)
    for item in items:
        made.add(key(item), value(item))
    return made


def group_by(
    key_type: Type, kind: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> LazySequence:
    types = f"{key_type.name},{kind.name}"
    return lazy(source, lambda items: iter(_groups(items, key, value, types, comparer)))


def group_result(
    key_type: Type, kind: Type, source: object, key: Pick, value: Pick, result: Pair,
    comparer: Comparer | None = None,
) -> LazySequence:  # fmt: skip
    types = f"{key_type.name},{kind.name}"
    return lazy(
        source,
        lambda items: (
            result(group.key, group) for group in _groups(items, key, value, types, comparer).groups()
        ),
    )


def _table(inner: object, key: Pick, comparer: Comparer | None) -> Lookup:
    """What a join finds by key: elements whose key is null are in no pair."""
    made = Lookup("", (comparer or DEFAULT_COMPARER).key)
    for item in elements(inner):
        name = key(item)
        if name is not None:
            made.add(name, item)
    return made


def _joining(
    outer: object, inner: object, make: Callable[[Iterator[object]], Iterator[object]]
) -> LazySequence:
    if inner is None and outer is not None:
        raise argument_null("inner")

    def begun(items: Iterator[object]) -> Iterator[object]:
        for first in items:  # without an element of the one, nothing of the other is looked at
            yield from make(chain((first,), items))

    return lazy(outer, begun, "outer")


def join(
    outer: object, inner: object, outer_key: Pick, inner_key: Pick, result: Pair,
    comparer: Comparer | None = None,
) -> LazySequence:  # fmt: skip
    def make(items: Iterator[object]) -> Iterator[object]:
        table = _table(inner, inner_key, comparer)
        return (result(item, match) for item in items for match in table.find(outer_key(item)) or ())

    return _joining(outer, inner, make)


def group_join(
    kind: Type, outer: object, inner: object, outer_key: Pick, inner_key: Pick, result: Pair,
    comparer: Comparer | None = None,
) -> LazySequence:  # fmt: skip
    def make(items: Iterator[object]) -> Iterator[object]:
        table = _table(inner, inner_key, comparer)
        none = Grouping(None, [], f"System.Object,{kind.name}")
        return (result(item, table.find(outer_key(item)) or none) for item in items)

    return _joining(outer, inner, make)


_T = "this IEnumerable<T> source"
_FIRST = "this IEnumerable<T> first, IEnumerable<T> second"
_KEY = "Func<T, K> keySelector"
_ELEMENT = "Func<T, V> elementSelector"
_JOINED = (
    "this IEnumerable<T> outer, IEnumerable<U> inner, Func<T, K> outerKeySelector, "
    "Func<U, K> innerKeySelector"
)
_KV = ("K", "V")

# Methods that take a comparer at the end: (signature up to there, what is compared, implementation).
_COMPARING = (
    (f"static HashSet<T> ToHashSet<T>({_T}", "T", Call(to_set, types=("T",))),
    (f"static Dictionary<K, T> ToDictionary<T, K>({_T}, {_KEY}", "K", _of_itself(to_dictionary)),
    (f"static Dictionary<K, V> ToDictionary<T, K, V>({_T}, {_KEY}, {_ELEMENT}", "K",
     Call(to_dictionary, types=_KV)),
    (f"static ILookup<K, T> ToLookup<T, K>({_T}, {_KEY}", "K", _of_itself(to_lookup)),
    (f"static ILookup<K, V> ToLookup<T, K, V>({_T}, {_KEY}, {_ELEMENT}", "K", Call(to_lookup, types=_KV)),
    (f"static IEnumerable<T> Distinct<T>({_T}", "T",
     lambda source, comparer=None: lazy(source, lambda items: _unique(items, comparer))),
    (f"static IEnumerable<T> Union<T>({_FIRST}", "T",
     lambda one, other, comparer=None:
         _two(one, other, lambda items: _unique(_joined(items, other), comparer))),
    (f"static IEnumerable<T> Intersect<T>({_FIRST}", "T",
     lambda one, other, comparer=None: _chosen(one, other, comparer, True)),
    (f"static IEnumerable<T> Except<T>({_FIRST}", "T",
     lambda one, other, comparer=None: _chosen(one, other, comparer, False)),
    (f"static IEnumerable<IGrouping<K, T>> GroupBy<T, K>({_T}, {_KEY}", "K", _of_itself(group_by)),
    (f"static IEnumerable<IGrouping<K, V>> GroupBy<T, K, V>({_T}, {_KEY}, {_ELEMENT}", "K",
     Call(group_by, types=_KV)),
    (f"static IEnumerable<R> GroupBy<T, K, R>({_T}, {_KEY}, Func<K, IEnumerable<T>, R> resultSelector", "K",
     _of_itself(group_result)),
    (f"static IEnumerable<R> GroupBy<T, K, V, R>({_T}, {_KEY}, {_ELEMENT}, "
     "Func<K, IEnumerable<V>, R> resultSelector", "K", Call(group_result, types=_KV)),
    (f"static IEnumerable<R> Join<T, U, K, R>({_JOINED}, Func<T, U, R> resultSelector", "K", join),
    (f"static IEnumerable<R> GroupJoin<T, U, K, R>({_JOINED}, Func<T, IEnumerable<U>, R> resultSelector", "K",
     Call(group_join, types=("U",))),
)  # fmt: skip
MATCHING: tuple[Row, ...] = (
    (
        f"static IEnumerable<T> Concat<T>({_FIRST})",
        lambda one, other: _two(one, other, lambda items: _joined(items, other)),
    ),
    *((f"{head}[, IEqualityComparer<{kind}> comparer])", call) for head, kind, call in _COMPARING),
)
