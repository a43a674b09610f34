"""System.Linq.Enumerable: lazy where .NET is lazy, one counted step for each element."""

import itertools
from itertools import chain, dropwhile, takewhile

from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.arrays import array_from
from apimlb.policy.clr.collections.containers import ClrList
from apimlb.policy.clr.collections.interfaces import count_of
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.linq.aggregates import AGGREGATES
from apimlb.policy.clr.linq.operators import (
    aggregate,
    aggregate_from,
    by_place,
    cast_all,
    contains,
    count,
    default_of,
    element_at,
    every,
    first,
    flattened,
    last,
    lazily,
    matching,
    needed,
    number_range,
    of_kind,
    or_default,
    part,
    repeat,
    required_element,
    sequence_equal,
    single,
)
from apimlb.policy.clr.linq.sets import MATCHING, lookup_item
from apimlb.policy.clr.linq.sorting import ORDERING
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.definitions import Call, Definition, Row

_T = "this IEnumerable<T>! source"
_FIRST = "this IEnumerable<T>! first"

# SelectMany without an index.
_flattened = lazily(lambda items, pick, *result: flattened(items, lambda item, _: pick(item), *result))

_ROWS: tuple[Row, ...] = (
    (f"static IEnumerable<T> Where<T>({_T}, Func<T, bool>! predicate)",
     lazily(lambda items, test: filter(test, items))),
    (f"static IEnumerable<T> Where<T>({_T}, Func<T, int, bool>! predicate)", by_place(filter)),
    (f"static IEnumerable<R> Select<T, R>({_T}, Func<T, R>! selector)",
     lazily(lambda items, pick: map(pick, items))),
    (f"static IEnumerable<R> Select<T, R>({_T}, Func<T, int, R>! selector)",
     lazily(lambda items, pick: map(pick, items, itertools.count()))),
    (f"static IEnumerable<R> SelectMany<T, R>({_T}, Func<T, IEnumerable<R>>! selector)", _flattened),
    (f"static IEnumerable<R> SelectMany<T, R>({_T}, Func<T, int, IEnumerable<R>>! selector)",
     lazily(flattened)),
    (f"static IEnumerable<R> SelectMany<T, C, R>({_T}, Func<T, IEnumerable<C>>! collectionSelector, "
     "Func<T, C, R>! resultSelector)", _flattened),
    (f"static IEnumerable<R> SelectMany<T, C, R>({_T}, Func<T, int, IEnumerable<C>>! collectionSelector, "
     "Func<T, C, R>! resultSelector)", lazily(flattened)),
    (f"static T First<T>({_T}[, Func<T, bool>! predicate])", needed(first)),
    (f"static T FirstOrDefault<T>({_T}[, Func<T, bool>! predicate])", or_default(first)),
    (f"static T Last<T>({_T}[, Func<T, bool>! predicate])", needed(last)),
    (f"static T LastOrDefault<T>({_T}[, Func<T, bool>! predicate])", or_default(last)),
    (f"static T Single<T>({_T}[, Func<T, bool>! predicate])", needed(single)),
    (f"static T SingleOrDefault<T>({_T}[, Func<T, bool>! predicate])", or_default(single)),
    (f"static bool Any<T>({_T}[, Func<T, bool>! predicate])",
     lambda source, test=every: any(True for _ in matching(source, test))),
    (f"static bool All<T>({_T}, Func<T, bool>! predicate)",
     lambda source, test: all(map(test, elements(source)))),
    (f"static int Count<T>({_T}[, Func<T, bool>! predicate])", count),
    (f"static long LongCount<T>({_T}[, Func<T, bool>! predicate])",
     lambda source, test=every: Long(count(source, test))),
    (f"static bool Contains<T>({_T}, T value[, IEqualityComparer<T> comparer])", contains),
    (f"static T[] ToArray<T>({_T})",
     Call(lambda kind, source: array_from(list(elements(source)), kind.name), types=("T",))),
    (f"static List<T> ToList<T>({_T})",
     Call(lambda kind, source: ClrList(list(elements(source)), kind.name), types=("T",))),
    (f"static IEnumerable<T> Skip<T>({_T}, int count)",
     lambda source, amount: part(source, max(amount, 0), None)),
    (f"static IEnumerable<T> Take<T>({_T}, int count)",
     lambda source, amount: part(source, 0, max(amount, 0))),
    (f"static IEnumerable<T> SkipLast<T>({_T}, int count)",
     lazily(lambda items, amount: iter(list(items)[: -amount if amount > 0 else None]))),
    (f"static IEnumerable<T> TakeLast<T>({_T}, int count)",
     lazily(lambda items, amount: iter(list(items)[-amount:] if amount > 0 else []))),
    (f"static IEnumerable<T> SkipWhile<T>({_T}, Func<T, bool>! predicate)",
     lazily(lambda items, test: dropwhile(test, items))),
    (f"static IEnumerable<T> SkipWhile<T>({_T}, Func<T, int, bool>! predicate)", by_place(dropwhile)),
    (f"static IEnumerable<T> TakeWhile<T>({_T}, Func<T, bool>! predicate)",
     lazily(lambda items, test: takewhile(test, items))),
    (f"static IEnumerable<T> TakeWhile<T>({_T}, Func<T, int, bool>! predicate)", by_place(takewhile)),
    (f"static IEnumerable<T> Reverse<T>({_T})", lazily(lambda items: reversed(list(items)))),
    (f"static IEnumerable<T> Append<T>({_T}, T element)",
     lazily(lambda items, value: chain(items, (value,)))),
    (f"static IEnumerable<T> Prepend<T>({_T}, T element)",
     lazily(lambda items, value: chain((value,), items))),
    (f"static IEnumerable<R> Zip<T, U, R>({_FIRST}, IEnumerable<U>! second, Func<T, U, R>! resultSelector)",
     lazily(lambda items, other, result: map(result, items, elements(other)))),
    (f"static IEnumerable<T> DefaultIfEmpty<T>({_T})",
     of_kind(lazily(lambda items, kind: default_of(items, kind.default)))),
    (f"static IEnumerable<T> DefaultIfEmpty<T>({_T}, T defaultValue)", lazily(default_of)),
    (f"static T ElementAt<T>({_T}, int index)", required_element),
    (f"static T ElementAtOrDefault<T>({_T}, int index)", or_default(element_at)),
    ("static IEnumerable<T> Cast<T>(this System.Collections.IEnumerable! source)", of_kind(lazily(cast_all))),
    ("static IEnumerable<T> OfType<T>(this System.Collections.IEnumerable! source)",
     of_kind(lazily(lambda items, kind: (item for item in items if RUNTIME.is_a(item, kind))))),
    ("static IEnumerable<T> AsEnumerable<T>(this IEnumerable<T> source)", lambda source: source),
    (f"static bool SequenceEqual<T>({_FIRST}, IEnumerable<T>! second[, IEqualityComparer<T> comparer])",
     sequence_equal),
    (f"static T Aggregate<T>({_T}, Func<T, T, T>! func)", aggregate),
    (f"static A Aggregate<T, A>({_T}, A seed, Func<A, T, A>! func)", aggregate_from),
    (f"static R Aggregate<T, A, R>({_T}, A seed, Func<A, T, A>! func, Func<A, R>! resultSelector)",
     lambda source, seed, step, result: result(aggregate_from(source, seed, step))),
    ("static IEnumerable<int> Range(int start, int count)", number_range),
    ("static IEnumerable<T> Repeat<T>(T element, int count)", repeat),
    ("static IEnumerable<T> Empty<T>()", Call(lambda kind: array_from([], kind.name), types=("T",))),
)  # fmt: skip

DEFINITIONS = (
    Definition(
        "System.Linq.Enumerable", "static", cost="none",  # each counts the elements that it goes through
        rows=(*_ROWS, *MATCHING, *AGGREGATES, *ORDERING),
    ),
    Definition(
        "System.Linq.IGrouping`2", "interface", ("TKey", "TElement"), ("IEnumerable<TElement>",),
        nameable=False, rows=(("TKey Key", "{0}.key"),),
    ),
    Definition(
        "System.Linq.ILookup`2", "interface", ("TKey", "TElement"),
        ("IEnumerable<IGrouping<TKey, TElement>>",), nameable=False,
        rows=(
            ("int Count", count_of),
            ("IEnumerable<TElement> this[TKey key]", lookup_item),
            ("bool Contains(TKey key)", lambda target, key: target.find(key) is not None),
        ),
    ),
    Definition(
        "System.Linq.Lookup`2", "class", ("TKey", "TElement"), ("ILookup<TKey, TElement>",), nameable=False
    ),
    Definition(
        "System.Linq.IOrderedEnumerable`1", "interface", ("T",), ("IEnumerable<T>",), nameable=False,
    ),
)  # fmt: skip
