"""The methods of Enumerable that look for equal elements: Distinct, Union, GroupBy, Join, ToDictionary."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from apimlb.policy.clr.collections.containers import DEFAULT_COMPARER, Comparer
from apimlb.policy.clr.collections.dictionaries import new_dictionary
from apimlb.policy.clr.collections.hash_tables import ClrDictionary
from apimlb.policy.clr.collections.iteration import Pair, Pick, elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.collections.sets import new_set_of
from apimlb.policy.clr.linq.groups import Grouping, Lookup
from apimlb.policy.clr.linq.operators import lazily, of_kind
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Row

Collected = TypeVar("Collected", ClrDictionary, Lookup)


def _of_itself(call: Callable[..., object]) -> Call:
    """The overload that takes no selector of elements: the elements themselves are kept."""
    return Call(
        lambda key_type, kind, source, key, *rest: call(
            key_type, kind, source, key, lambda item: item, *rest
        ),
        types=("K", "T"),
    )


def _collected(made: Collected, source: object, key: Pick, value: Pick) -> Collected:
    for item in elements(source):
        made.add(key(item), value(item))
    return made


def to_dictionary(
    key_type: Type, kind: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> ClrDictionary:
    return _collected(new_dictionary(key_type, kind, comparer), source, key, value)


def to_lookup(
    key_type: Type, kind: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> Lookup:
    return _collected(Lookup(f"{key_type.name},{kind.name}", comparer), source, key, value)


def group_by(
    key_type: Type, kind: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> LazySequence:
    return LazySequence(lambda: iter(to_lookup(key_type, kind, source, key, value, comparer)))


def group_result(
    key_type: Type, kind: Type, source: object, key: Pick, value: Pick, result: Pair,
    comparer: Comparer | None = None,
) -> LazySequence:  # fmt: skip
    groups = group_by(key_type, kind, source, key, value, comparer)
    return LazySequence(lambda: (result(group.key, group) for group in groups))  # type: ignore[attr-defined]


def _unique(items: Iterator[object], comparer: Comparer | None = None) -> Iterator[object]:
    seen: set[object] = set()
    key_of = (comparer or DEFAULT_COMPARER).key
    for item in items:
        key = key_of(item)
        if key not in seen:
            seen.add(key)
            yield item


def _joined(items: Iterator[object], other: object) -> Iterator[object]:
    yield from items
    yield from elements(other)


def _chosen(
    shared: bool, items: Iterator[object], other: object, comparer: Comparer | None = None
) -> Iterator[object]:
    """Intersect and Except: the elements that are, or are not, in another sequence."""
    key_of = (comparer or DEFAULT_COMPARER).key
    keys = {key_of(item) for item in elements(other)}
    return (item for item in _unique(items, comparer) if (key_of(item) in keys) is shared)


def _matched(
    items: Iterator[object], inner: object, outer_key: Pick, inner_key: Pick, comparer: Comparer | None
) -> Iterator[tuple[object, Grouping | None]]:
    """Elements with those of `inner` that have the same key; a null is no key."""
    table: Lookup | None = None
    for item in items:
        if table is None:  # without an element of the one, nothing of the other is looked at
            table = Lookup("", comparer)
            for match in elements(inner):
                key = inner_key(match)
                if key is not None:
                    table.add(key, match)
        yield item, table.find(outer_key(item))


def _join(
    items: Iterator[object], inner: object, outer_key: Pick, inner_key: Pick, result: Pair,
    comparer: Comparer | None = None,
) -> Iterator[object]:  # fmt: skip
    for item, found in _matched(items, inner, outer_key, inner_key, comparer):
        for match in found or ():
            yield result(item, match)


def _group_join(
    items: Iterator[object], kind: Type, inner: object, outer_key: Pick, inner_key: Pick, result: Pair,
    comparer: Comparer | None = None,
) -> Iterator[object]:  # fmt: skip
    none = Grouping(None, [], f"System.Object,{kind.name}")
    for item, found in _matched(items, inner, outer_key, inner_key, comparer):
        yield result(item, found or none)


_T = "this IEnumerable<T>! source"
_FIRST = "this IEnumerable<T>! first, IEnumerable<T>! second"
_KEY = "Func<T, K>! keySelector"
_ELEMENT = "Func<T, V>! elementSelector"
_JOINED = (
    "this IEnumerable<T>! outer, IEnumerable<U>! inner, Func<T, K>! outerKeySelector, "
    "Func<U, K>! innerKeySelector"
)
_KV = ("K", "V")

# Methods that take a comparer at the end: (signature up to there, what is compared, implementation).
_COMPARING = (
    ("static HashSet<T> ToHashSet<T>(this IEnumerable<T>! source", "T", Call(new_set_of, types=("T",))),
    (f"static Dictionary<K, T> ToDictionary<T, K>({_T}, {_KEY}", "K", _of_itself(to_dictionary)),
    (f"static Dictionary<K, V> ToDictionary<T, K, V>({_T}, {_KEY}, {_ELEMENT}", "K",
     Call(to_dictionary, types=_KV)),
    (f"static ILookup<K, T> ToLookup<T, K>({_T}, {_KEY}", "K", _of_itself(to_lookup)),
    (f"static ILookup<K, V> ToLookup<T, K, V>({_T}, {_KEY}, {_ELEMENT}", "K", Call(to_lookup, types=_KV)),
    (f"static IEnumerable<T> Distinct<T>({_T}", "T", lazily(_unique)),
    (f"static IEnumerable<T> Union<T>({_FIRST}", "T",
     lazily(lambda items, other, comparer=None: _unique(_joined(items, other), comparer))),
    (f"static IEnumerable<T> Intersect<T>({_FIRST}", "T", lazily(partial(_chosen, True))),
    (f"static IEnumerable<T> Except<T>({_FIRST}", "T", lazily(partial(_chosen, False))),
    (f"static IEnumerable<IGrouping<K, T>> GroupBy<T, K>({_T}, {_KEY}", "K", _of_itself(group_by)),
    (f"static IEnumerable<IGrouping<K, V>> GroupBy<T, K, V>({_T}, {_KEY}, {_ELEMENT}", "K",
     Call(group_by, types=_KV)),
    (f"static IEnumerable<R> GroupBy<T, K, R>({_T}, {_KEY}, Func<K, IEnumerable<T>, R>! resultSelector", "K",
     _of_itself(group_result)),
    (f"static IEnumerable<R> GroupBy<T, K, V, R>({_T}, {_KEY}, {_ELEMENT}, "
     "Func<K, IEnumerable<V>, R>! resultSelector", "K", Call(group_result, types=_KV)),
    (f"static IEnumerable<R> Join<T, U, K, R>({_JOINED}, Func<T, U, R>! resultSelector", "K", lazily(_join)),
    (f"static IEnumerable<R> GroupJoin<T, U, K, R>({_JOINED}, "
     "Func<T, IEnumerable<U>, R>! resultSelector", "K", of_kind(lazily(_group_join), "U")),
)  # fmt: skip
MATCHING: tuple[Row, ...] = (
    (f"static IEnumerable<T> Concat<T>({_FIRST})", lazily(_joined)),
    *((f"{head}[, IEqualityComparer<{kind}> comparer])", call) for head, kind, call in _COMPARING),
)
