"""System.Linq.Enumerable: lazy where .NET is lazy, one counted step for each element."""

from collections.abc import Callable, Iterator
from itertools import islice

from apimlb.policy.casts import RUNTIME
from apimlb.policy.library.collections import array_from, new_set
from apimlb.policy.library.linq_numbers import AGGREGATES
from apimlb.policy.library.linq_order import ORDERING
from apimlb.policy.types import Definition, Needs, Row, Type
from apimlb.policy.values.collections import (
    ClrArray,
    ClrDictionary,
    ClrList,
    Comparer,
    Grouping,
    Sequence,
)
from apimlb.policy.values.compare import DEFAULT_COMPARER
from apimlb.policy.values.exceptions import argument_null, argument_range, invalid_cast, invalid_operation
from apimlb.policy.values.iteration import elements, known_size
from apimlb.policy.values.text import clr_equals, clr_type_name

Test = Callable[[object], bool]
Pick = Callable[[object], object]
NO_ELEMENTS = "Sequence contains no elements"
NO_MATCH = "Sequence contains no matching element"
TOO_MANY = "Sequence contains more than one element"
TOO_MANY_MATCH = "Sequence contains more than one matching element"


def lazy(source: object, make: Callable[[Iterator[object]], Iterator[object]]) -> Sequence:
    """A sequence over a source that must be there."""
    if source is None:
        raise argument_null("source")
    return Sequence(lambda: make(elements(source)))


def where(source: object, test: Test) -> Sequence:
    return lazy(source, lambda items: (item for item in items if test(item)))


def where_indexed(source: object, test: Callable[[object, int], bool]) -> Sequence:
    return lazy(source, lambda items: (item for i, item in enumerate(items) if test(item, i)))


def select(source: object, pick: Pick) -> Sequence:
    return lazy(source, lambda items: map(pick, items))


def select_indexed(source: object, pick: Callable[[object, int], object]) -> Sequence:
    return lazy(source, lambda items: (pick(item, i) for i, item in enumerate(items)))


def select_many(source: object, pick: Pick) -> Sequence:
    return lazy(source, lambda items: (inner for item in items for inner in elements(pick(item))))


def select_many_with(source: object, pick: Pick, result: Callable[[object, object], object]) -> Sequence:
    return lazy(
        source, lambda items: (result(item, inner) for item in items for inner in elements(pick(item)))
    )


def first(source: object) -> object:
    for item in elements(source):
        return item
    raise invalid_operation(NO_ELEMENTS)


def first_match(source: object, test: Test) -> object:
    for item in elements(source):
        if test(item):
            return item
    raise invalid_operation(NO_MATCH)


def first_or_default(kind: Type, source: object) -> object:
    return next(elements(source), kind.default)


def first_match_or_default(kind: Type, source: object, test: Test) -> object:
    return next((item for item in elements(source) if test(item)), kind.default)


def last(source: object) -> object:
    found = list(elements(source))
    if not found:
        raise invalid_operation(NO_ELEMENTS)
    return found[-1]


def last_match(source: object, test: Test) -> object:
    found = [item for item in elements(source) if test(item)]
    if not found:
        raise invalid_operation(NO_MATCH)
    return found[-1]


def last_or_default(kind: Type, source: object) -> object:
    found = list(elements(source))
    return found[-1] if found else kind.default


def last_match_or_default(kind: Type, source: object, test: Test) -> object:
    found = [item for item in elements(source) if test(item)]
    return found[-1] if found else kind.default


def _single(items: list[object], missing: str, many: str) -> object:
    if not items:
        raise invalid_operation(missing)
    if len(items) > 1:
        raise invalid_operation(many)
    return items[0]


def single(source: object) -> object:
    return _single(list(islice(elements(source), 2)), NO_ELEMENTS, TOO_MANY)


def single_match(source: object, test: Test) -> object:
    return _single([item for item in elements(source) if test(item)], NO_MATCH, TOO_MANY_MATCH)


def single_or_default(kind: Type, source: object) -> object:
    found = list(islice(elements(source), 2))
    return _single(found, "", TOO_MANY) if found else kind.default


def single_match_or_default(kind: Type, source: object, test: Test) -> object:
    found = [item for item in elements(source) if test(item)]
    return _single(found, "", TOO_MANY_MATCH) if found else kind.default


def any_element(source: object) -> bool:
    return any(True for _ in elements(source))


def any_match(source: object, test: Test) -> bool:
    return any(test(item) for item in elements(source))


def all_match(source: object, test: Test) -> bool:
    return all(test(item) for item in elements(source))


def count(source: object) -> int:
    size = known_size(source)
    return sum(1 for _ in elements(source)) if size is None else size


def count_match(source: object, test: Test) -> int:
    return sum(1 for item in elements(source) if test(item))


def contains(source: object, value: object) -> bool:
    return any(clr_equals(item, value) for item in elements(source))


def contains_by(source: object, value: object, comparer: Comparer) -> bool:
    wanted = comparer.key(value)
    return any(comparer.key(item) == wanted for item in elements(source))


def to_array(kind: Type, source: object) -> ClrArray | bytearray:
    return array_from(list(elements(source)), kind.name)


def to_list(kind: Type, source: object) -> ClrList:
    return ClrList(list(elements(source)), kind.name)


def to_dictionary(kind: Type, key_type: Type, source: object, key: Pick, comparer: Comparer | None = None
                  ) -> ClrDictionary:  # fmt: skip
    return to_dictionary_of(key_type, kind, source, key, lambda item: item, comparer)


def to_dictionary_of(
    key_type: Type, value_type: Type, source: object, key: Pick, value: Pick, comparer: Comparer | None = None
) -> ClrDictionary:
    made = ClrDictionary(f"{key_type.name},{value_type.name}", comparer or DEFAULT_COMPARER)
    for item in elements(source):
        made.add(key(item), value(item))
    return made


def _unique(items: Iterator[object], comparer: Comparer) -> Iterator[object]:
    seen: set[object] = set()
    for item in items:
        key = comparer.key(item)
        if key not in seen:
            seen.add(key)
            yield item


def distinct(source: object, comparer: Comparer = DEFAULT_COMPARER) -> Sequence:
    return lazy(source, lambda items: _unique(items, comparer))


def _joined(one: object, other: object) -> Iterator[object]:
    yield from elements(one)
    yield from elements(other, "second")


def concat(one: object, other: object) -> Sequence:
    return lazy(one, lambda _: _joined(one, other))


def union(one: object, other: object, comparer: Comparer = DEFAULT_COMPARER) -> Sequence:
    return lazy(one, lambda _: _unique(_joined(one, other), comparer))


def intersect(one: object, other: object, comparer: Comparer = DEFAULT_COMPARER) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        keys = {comparer.key(item) for item in elements(other, "second")}
        return (item for item in _unique(items, comparer) if comparer.key(item) in keys)

    return lazy(one, make)


def except_(one: object, other: object, comparer: Comparer = DEFAULT_COMPARER) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        keys = {comparer.key(item) for item in elements(other, "second")}
        return (item for item in _unique(items, comparer) if comparer.key(item) not in keys)

    return lazy(one, make)


def skip(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: islice(items, max(amount, 0), None))


def take(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: islice(items, max(amount, 0)))


def skip_last(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: iter(list(items)[: -amount if amount > 0 else None]))


def take_last(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: iter(list(items)[-amount:] if amount > 0 else []))


def skip_while(source: object, test: Test) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        skipping = True
        for item in items:
            skipping = skipping and test(item)
            if not skipping:
                yield item

    return lazy(source, make)


def take_while(source: object, test: Test) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        for item in items:
            if not test(item):
                return
            yield item

    return lazy(source, make)


def reverse(source: object) -> Sequence:
    return lazy(source, lambda items: reversed(list(items)))


def append(source: object, value: object) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        yield from items
        yield value

    return lazy(source, make)


def prepend(source: object, value: object) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        yield value
        yield from items

    return lazy(source, make)


def zip_with(one: object, other: object, result: Callable[[object, object], object]) -> Sequence:
    return lazy(one, lambda items: map(result, items, elements(other, "second")))


def default_if_empty(kind: Type, source: object) -> Sequence:
    return default_of(source, kind.default)


def default_of(source: object, value: object) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        found = False
        for item in items:
            found = True
            yield item
        if not found:
            yield value

    return lazy(source, make)


def element_at(source: object, index: int) -> object:
    found = list(islice(elements(source), max(index, 0), max(index, 0) + 1)) if index >= 0 else []
    if not found:
        raise argument_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "index"
        )
    return found[0]


def element_at_or_default(kind: Type, source: object, index: int) -> object:
    return next(islice(elements(source), index, None), kind.default) if index >= 0 else kind.default


def cast_all(kind: Type, source: object) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        for item in items:
            if item is not None and not RUNTIME.is_a(item, kind):
                raise invalid_cast(clr_type_name(item), kind.name)
            yield item

    return lazy(source, make)


def of_type(kind: Type, source: object) -> Sequence:
    return lazy(source, lambda items: (item for item in items if RUNTIME.is_a(item, kind)))


def as_enumerable(source: object) -> object:
    return source


def sequence_equal(one: object, other: object) -> bool:
    left, right = list(elements(one)), list(elements(other, "second"))
    return len(left) == len(right) and all(map(clr_equals, left, right))


def aggregate(source: object, step: Callable[[object, object], object]) -> object:
    items = elements(source)
    for made in items:
        for item in items:
            made = step(made, item)
        return made
    raise invalid_operation(NO_ELEMENTS)


def aggregate_from(source: object, seed: object, step: Callable[[object, object], object]) -> object:
    for item in elements(source):
        seed = step(seed, item)
    return seed


def aggregate_to(
    source: object, seed: object, step: Callable[[object, object], object], result: Pick
) -> object:
    return result(aggregate_from(source, seed, step))


def number_range(start: int, amount: int) -> Sequence:
    if amount < 0 or start + amount - 1 > 2**31 - 1:
        raise argument_range("Specified argument was out of the range of valid values.", "count")
    return Sequence(lambda: elements(range(start, start + amount)))


def repeat(value: object, amount: int) -> Sequence:
    if amount < 0:
        raise argument_range("Specified argument was out of the range of valid values.", "count")
    return Sequence(lambda: elements(value for _ in range(amount)))


def empty(kind: Type) -> ClrArray | bytearray:
    return array_from([], kind.name)


def _groups(items: Iterator[object], key: Pick, value: Pick, types: str) -> list[Grouping]:
    found: dict[object, Grouping] = {}
    for item in items:
        name = key(item)
        place = DEFAULT_COMPARER.key(name)
        if place not in found:
            found[place] = Grouping(name, [], types)
        found[place].items.append(value(item))
    return list(found.values())


def group_by(kind: Type, key_type: Type, source: object, key: Pick) -> Sequence:
    types = f"{key_type.name},{kind.name}"
    return lazy(source, lambda items: iter(_groups(items, key, lambda item: item, types)))


def group_values(key_type: Type, kind: Type, source: object, key: Pick, value: Pick) -> Sequence:
    types = f"{key_type.name},{kind.name}"
    return lazy(source, lambda items: iter(_groups(items, key, value, types)))


def group_result(source: object, key: Pick, result: Callable[[object, object], object]) -> Sequence:
    return lazy(
        source,
        lambda items: (result(group.key, group) for group in _groups(items, key, lambda item: item, "")),
    )


def join(
    outer: object, inner: object, outer_key: Pick, inner_key: Pick, result: Callable[[object, object], object]
) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        table: dict[object, list[object]] = {}
        for item in elements(inner, "inner"):
            table.setdefault(DEFAULT_COMPARER.key(inner_key(item)), []).append(item)
        for item in items:
            for match in table.get(DEFAULT_COMPARER.key(outer_key(item)), []):
                yield result(item, match)

    return lazy(outer, make)


_T = "this IEnumerable<T> source"
_ROWS: tuple[Row, ...] = (
    (f"static IEnumerable<T> Where<T>({_T}, Func<T, bool> predicate)", where),
    (f"static IEnumerable<T> Where<T>({_T}, Func<T, int, bool> predicate)", where_indexed),
    (f"static IEnumerable<R> Select<T, R>({_T}, Func<T, R> selector)", select),
    (f"static IEnumerable<R> Select<T, R>({_T}, Func<T, int, R> selector)", select_indexed),
    (f"static IEnumerable<R> SelectMany<T, R>({_T}, Func<T, IEnumerable<R>> selector)", select_many),
    (f"static IEnumerable<R> SelectMany<T, C, R>({_T}, Func<T, IEnumerable<C>> pick, Func<T, C, R> result)",
     select_many_with),
    (f"static T First<T>({_T})", first),
    (f"static T First<T>({_T}, Func<T, bool> predicate)", first_match),
    (f"static T FirstOrDefault<T>({_T})", Needs(first_or_default, types=("T",))),
    (f"static T FirstOrDefault<T>({_T}, Func<T, bool> predicate)", Needs(first_match_or_default, types=("T",))),
    (f"static T Last<T>({_T})", last),
    (f"static T Last<T>({_T}, Func<T, bool> predicate)", last_match),
    (f"static T LastOrDefault<T>({_T})", Needs(last_or_default, types=("T",))),
    (f"static T LastOrDefault<T>({_T}, Func<T, bool> predicate)", Needs(last_match_or_default, types=("T",))),
    (f"static T Single<T>({_T})", single),
    (f"static T Single<T>({_T}, Func<T, bool> predicate)", single_match),
    (f"static T SingleOrDefault<T>({_T})", Needs(single_or_default, types=("T",))),
    (f"static T SingleOrDefault<T>({_T}, Func<T, bool> predicate)",
     Needs(single_match_or_default, types=("T",))),
    (f"static bool Any<T>({_T})", any_element),
    (f"static bool Any<T>({_T}, Func<T, bool> predicate)", any_match),
    (f"static bool All<T>({_T}, Func<T, bool> predicate)", all_match),
    (f"static int Count<T>({_T})", count),
    (f"static int Count<T>({_T}, Func<T, bool> predicate)", count_match),
    (f"static bool Contains<T>({_T}, T value)", contains),
    (f"static bool Contains<T>({_T}, T value, IEqualityComparer<T> comparer)", contains_by),
    (f"static T[] ToArray<T>({_T})", Needs(to_array, types=("T",))),
    (f"static List<T> ToList<T>({_T})", Needs(to_list, types=("T",))),
    (f"static HashSet<T> ToHashSet<T>({_T})", Needs(new_set, types=("T",))),
    (f"static Dictionary<K, T> ToDictionary<T, K>({_T}, Func<T, K> keySelector)",
     Needs(to_dictionary, types=("T", "K"))),
    (f"static Dictionary<K, T> ToDictionary<T, K>({_T}, Func<T, K> keySelector, IEqualityComparer<K> comparer)",
     Needs(to_dictionary, types=("T", "K"))),
    (f"static Dictionary<K, V> ToDictionary<T, K, V>({_T}, Func<T, K> keySelector, Func<T, V> elementSelector)",
     Needs(to_dictionary_of, types=("K", "V"))),
    (f"static Dictionary<K, V> ToDictionary<T, K, V>({_T}, Func<T, K> key, Func<T, V> element, "
     "IEqualityComparer<K> comparer)", Needs(to_dictionary_of, types=("K", "V"))),
    (f"static IEnumerable<T> Distinct<T>({_T})", distinct),
    (f"static IEnumerable<T> Distinct<T>({_T}, IEqualityComparer<T> comparer)", distinct),
    (f"static IEnumerable<T> Concat<T>({_T}, IEnumerable<T> second)", concat),
    (f"static IEnumerable<T> Union<T>({_T}, IEnumerable<T> second)", union),
    (f"static IEnumerable<T> Union<T>({_T}, IEnumerable<T> second, IEqualityComparer<T> comparer)", union),
    (f"static IEnumerable<T> Intersect<T>({_T}, IEnumerable<T> second)", intersect),
    (f"static IEnumerable<T> Intersect<T>({_T}, IEnumerable<T> second, IEqualityComparer<T> comparer)",
     intersect),
    (f"static IEnumerable<T> Except<T>({_T}, IEnumerable<T> second)", except_),
    (f"static IEnumerable<T> Except<T>({_T}, IEnumerable<T> second, IEqualityComparer<T> comparer)", except_),
    (f"static IEnumerable<T> Skip<T>({_T}, int count)", skip),
    (f"static IEnumerable<T> Take<T>({_T}, int count)", take),
    (f"static IEnumerable<T> SkipLast<T>({_T}, int count)", skip_last),
    (f"static IEnumerable<T> TakeLast<T>({_T}, int count)", take_last),
    (f"static IEnumerable<T> SkipWhile<T>({_T}, Func<T, bool> predicate)", skip_while),
    (f"static IEnumerable<T> TakeWhile<T>({_T}, Func<T, bool> predicate)", take_while),
    (f"static IEnumerable<T> Reverse<T>({_T})", reverse),
    (f"static IEnumerable<T> Append<T>({_T}, T element)", append),
    (f"static IEnumerable<T> Prepend<T>({_T}, T element)", prepend),
    (f"static IEnumerable<R> Zip<T, U, R>({_T}, IEnumerable<U> second, Func<T, U, R> resultSelector)", zip_with),
    (f"static IEnumerable<T> DefaultIfEmpty<T>({_T})", Needs(default_if_empty, types=("T",))),
    (f"static IEnumerable<T> DefaultIfEmpty<T>({_T}, T defaultValue)", default_of),
    (f"static T ElementAt<T>({_T}, int index)", element_at),
    (f"static T ElementAtOrDefault<T>({_T}, int index)", Needs(element_at_or_default, types=("T",))),
    ("static IEnumerable<T> Cast<T>(this System.Collections.IEnumerable source)",
     Needs(cast_all, types=("T",))),
    ("static IEnumerable<T> OfType<T>(this System.Collections.IEnumerable source)",
     Needs(of_type, types=("T",))),
    (f"static IEnumerable<T> AsEnumerable<T>({_T})", as_enumerable),
    (f"static bool SequenceEqual<T>({_T}, IEnumerable<T> second)", sequence_equal),
    (f"static T Aggregate<T>({_T}, Func<T, T, T> func)", aggregate),
    (f"static A Aggregate<T, A>({_T}, A seed, Func<A, T, A> func)", aggregate_from),
    (f"static R Aggregate<T, A, R>({_T}, A seed, Func<A, T, A> func, Func<A, R> result)", aggregate_to),
    (f"static IEnumerable<IGrouping<K, T>> GroupBy<T, K>({_T}, Func<T, K> keySelector)",
     Needs(group_by, types=("T", "K"))),
    (f"static IEnumerable<IGrouping<K, V>> GroupBy<T, K, V>({_T}, Func<T, K> key, Func<T, V> element)",
     Needs(group_values, types=("K", "V"))),
    (f"static IEnumerable<R> GroupBy<T, K, R>({_T}, Func<T, K> key, Func<K, IEnumerable<T>, R> result)",
     group_result),
    (f"static IEnumerable<R> Join<T, U, K, R>({_T}, IEnumerable<U> inner, Func<T, K> outerKey, "
     "Func<U, K> innerKey, Func<T, U, R> result)", join),
    ("static IEnumerable<int> Range(int start, int count)", number_range),
    ("static IEnumerable<T> Repeat<T>(T element, int count)", repeat),
    ("static IEnumerable<T> Empty<T>()", Needs(empty, types=("T",))),
)  # fmt: skip

DEFINITIONS = (
    Definition("System.Linq.Enumerable", "static", rows=(*_ROWS, *AGGREGATES, *ORDERING)),
    Definition(
        "System.Linq.IGrouping`2", "interface", ("TKey", "TElement"), ("IEnumerable<TElement>",),
        nameable=False, rows=(("TKey Key", "{0}.key"),),
    ),
    Definition(
        "System.Linq.IOrderedEnumerable`1", "interface", ("T",), ("IEnumerable<T>",), nameable=False,
    ),
)  # fmt: skip
