"""What the methods of System.Linq.Enumerable do: lazy where .NET is lazy, one counted step for each
element."""

import itertools
from collections.abc import Callable, Iterator, Sized
from functools import reduce
from itertools import chain, dropwhile, islice, takewhile, zip_longest
from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.casts import RUNTIME, cast, cast_value
from apimlb.policy.clr.collections.arrays import Array, array_from
from apimlb.policy.clr.collections.containers import MISSING, ClrList, Comparer
from apimlb.policy.clr.collections.interfaces import collection_contains
from apimlb.policy.clr.collections.iteration import Pair, Test, elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.json.tokens import JList, JObject, JProperty
from apimlb.policy.clr.linq.sorting import Ordered
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Row

NO_ELEMENTS = "Sequence contains no elements"
NO_MATCH = "Sequence contains no matching element"
TOO_MANY = "Sequence contains more than one element"
TOO_MANY_MATCH = "Sequence contains more than one matching element"


def lazily(make: Callable[..., Iterator[object]]) -> Callable[..., LazySequence]:
    """An operator that does nothing before its result is enumerated: `make` gets the elements of the source,
    and what else the operator is given."""

    return lambda source, *rest: LazySequence(lambda: make(elements(source), *rest))


def of_kind(operator: Callable[..., object], name: str = "T") -> Call:
    """An operator that gets the type of that name behind its source."""
    return Call(lambda kind, source, *rest: operator(source, kind, *rest), types=(name,))


def flattened(items: Iterator[object], pick: Pair, result: Pair | None = None) -> Iterator[object]:
    """SelectMany; `result` makes an element of an outer and an inner one."""
    for place, item in enumerate(items):
        picked = pick(item, place)
        if picked is None:
            raise exceptions.null_reference()
        inner = elements(picked)
        yield from inner if result is None else map(result, itertools.repeat(item), inner)


def arranged(source: object, test: Test | None = None) -> Iterator[object]:
    """The elements that pass a test. A sorted sequence is tested before it is compared; an exception of a
    comparison is not wrapped."""
    if isinstance(source, Ordered):
        return iter(source.arranged() if test is None else source.where(test).arranged())
    return matching(source, test)


def part(source: object, start: int, stop: int | None) -> LazySequence:
    """Skip and Take: the elements from one place up to another."""
    if isinstance(source, Ordered):
        return source.part(start, stop)
    return _sliced(source, start, stop)


_sliced = lazily(islice)


def matching(source: object, test: Test | None) -> Iterator[object]:
    """The elements that pass the test, if there is one."""
    return elements(source) if test is None else (item for item in elements(source) if test(item))


def first(source: object, test: Test | None = None) -> object:
    return next(arranged(source, test), MISSING)


def last(source: object, test: Test | None = None) -> object:
    found = list(arranged(source, test))
    return found[-1] if found else MISSING


def single(source: object, test: Test | None = None) -> object:
    # With a test, all elements are looked at before those that pass are counted.
    found = list(islice(matching(source, test), 2 if test is None else None))
    if len(found) > 1:
        raise exceptions.invalid_operation(TOO_MANY if test is None else TOO_MANY_MATCH)
    return found[0] if found else MISSING


def element_at(source: object, index: int) -> object:
    return next(islice(arranged(source), index, None), MISSING) if index >= 0 else MISSING


def required_element(kind: Type, source: object, index: int) -> object:
    """ElementAt; throws System.ArgumentOutOfRangeException."""
    found = element_at(source, index)
    if found is not MISSING:
        return found
    # An IList<T> says what its indexer does; an array is one for the bases of its elements too.
    if isinstance(source, Array) or (
        isinstance(source, ClrList | JList | JObject) and source.element == kind.name
    ):
        raise exceptions.index_range()
    raise exceptions.out_of_range("" if isinstance(source, JProperty) else "index")


def needed(look: Callable[..., object]) -> Callable[..., object]:
    """First, Last and Single: what `look` finds; throws System.InvalidOperationException where that is
    nothing."""

    def run(source: object, test: Test | None = None) -> object:
        found = look(source, test)
        if found is MISSING:
            raise exceptions.invalid_operation(NO_ELEMENTS if test is None else NO_MATCH)
        return found

    return run


def or_default(look: Callable[..., object]) -> Call:
    """What `look` finds, or the default value of the type of the elements."""

    def run(kind: Type, *given: object) -> object:
        found = look(*given)
        return kind.default if found is MISSING else found

    return Call(run, types=("T",))


def count(source: object, test: Test | None = None) -> int:
    if test is None and isinstance(source, Ordered):
        return source.count()
    if test is None and isinstance(source, Sized):
        return len(source)
    return sum(1 for _ in matching(source, test))


def contains(kind: Type, source: object, value: object, *given: Comparer | None) -> bool:
    """Contains: an ICollection<T> is asked itself, unless a comparer is given, be it null."""
    if not given and (kind.is_value or getattr(source, "element", None) == kind.name):
        return collection_contains(source, value)
    comparer = given[0] if given else None
    if comparer is None:
        return any(clr_equals(item, value) for item in elements(source))
    wanted = comparer.key(value)
    return any(comparer.key(item) == wanted for item in elements(source))


def by_place(keep: Callable[..., Iterator[Any]]) -> Callable[..., LazySequence]:
    """An operator whose test gets the index of each element; `keep` is filter, takewhile or dropwhile."""

    def make(items: Iterator[object], test: Callable[[object, int], bool]) -> Iterator[object]:
        return (item for _, item in keep(lambda each: test(each[1], each[0]), enumerate(items)))

    return lazily(make)


def default_of(items: Iterator[object], value: object) -> Iterator[object]:
    """DefaultIfEmpty"""
    yield next(items, value)
    yield from items


def sequence_equal(one: object, other: object, comparer: Comparer | None = None) -> bool:
    same = clr_equals if comparer is None else comparer.equal
    pairs = zip_longest(elements(one), elements(other), fillvalue=MISSING)
    return all(item is not MISSING and match is not MISSING and same(item, match) for item, match in pairs)


def aggregate(source: object, step: Callable[[object, object], object]) -> object:
    items = elements(source)
    start = next(items, MISSING)
    if start is MISSING:
        raise exceptions.invalid_operation(NO_ELEMENTS)
    return reduce(step, items, start)


def number_range(start: int, amount: int) -> LazySequence:
    if amount < 0 or start + amount - 1 > 2**31 - 1:
        raise exceptions.out_of_range("count")
    return LazySequence(lambda: elements(range(start, start + amount)))


def repeat(value: object, amount: int) -> LazySequence:
    if amount < 0:
        raise exceptions.out_of_range("count")
    return LazySequence(lambda: elements(value for _ in range(amount)))


_T = "this IEnumerable<T>! source"
_FIRST = "this IEnumerable<T>! first"

# SelectMany without an index.
_flattened = lazily(lambda items, pick, *result: flattened(items, lambda item, _: pick(item), *result))

OPERATORS: tuple[Row, ...] = (
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
     lambda source, test=None: any(True for _ in matching(source, test))),
    (f"static bool All<T>({_T}, Func<T, bool>! predicate)",
     lambda source, test: all(map(test, elements(source)))),
    (f"static int Count<T>({_T}[, Func<T, bool>! predicate])", count),
    (f"static long LongCount<T>({_T}[, Func<T, bool>! predicate])",
     lambda source, test=None: Long(count(source, test))),
    (f"static bool Contains<T>({_T}, T value[, IEqualityComparer<T> comparer])",
     Call(contains, types=("T",))),
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
    (f"static T ElementAt<T>({_T}, int index)", Call(required_element, types=("T",))),
    (f"static T ElementAtOrDefault<T>({_T}, int index)", or_default(element_at)),
    ("static IEnumerable<T> Cast<T>(this System.Collections.IEnumerable! source)",
     of_kind(lazily(lambda items, kind: (
         cast(item, kind) if kind.takes_null else cast_value(item, kind) for item in items
     )))),
    ("static IEnumerable<T> OfType<T>(this System.Collections.IEnumerable! source)",
     of_kind(lazily(lambda items, kind: (item for item in items if RUNTIME.is_a(item, kind))))),
    ("static IEnumerable<T> AsEnumerable<T>(this IEnumerable<T> source)", lambda source: source),
    (f"static bool SequenceEqual<T>({_FIRST}, IEnumerable<T>! second[, IEqualityComparer<T> comparer])",
     sequence_equal),
    (f"static T Aggregate<T>({_T}, Func<T, T, T>! func)", aggregate),
    (f"static A Aggregate<T, A>({_T}, A seed, Func<A, T, A>! func)",
     lambda source, seed, step: reduce(step, elements(source), seed)),
    (f"static R Aggregate<T, A, R>({_T}, A seed, Func<A, T, A>! func, Func<A, R>! resultSelector)",
     lambda source, seed, step, result: result(reduce(step, elements(source), seed))),
    ("static IEnumerable<int> Range(int start, int count)", number_range),
    ("static IEnumerable<T> Repeat<T>(T element, int count)", repeat),
    ("static IEnumerable<T> Empty<T>()", Call(lambda kind: array_from([], kind.name), types=("T",))),
)  # fmt: skip
