"""What the methods of System.Linq.Enumerable do: lazy where .NET is lazy, one counted step for each
element."""

import itertools
from collections.abc import Callable, Iterator
from itertools import islice, zip_longest
from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.casts import cast, cast_value
from apimlb.policy.clr.collections.containers import MISSING, ClrArray, ClrList, Comparer
from apimlb.policy.clr.collections.iteration import Pair, Test, elements, known_size
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.linq.sorting import Ordered
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type

IndexedPick = Callable[[object, int], object]
IndexedTest = Callable[[object, int], bool]
NO_ELEMENTS = "Sequence contains no elements"
NO_MATCH = "Sequence contains no matching element"
TOO_MANY = "Sequence contains more than one element"
TOO_MANY_MATCH = "Sequence contains more than one matching element"


def lazy(
    source: object, make: Callable[[Iterator[object]], Iterator[object]], name: str = "source"
) -> LazySequence:
    """A sequence over a source that must be there; `name` is what .NET calls it."""
    source = exceptions.required(source, name)
    return LazySequence(lambda: make(elements(source)))


def flattened(source: object, pick: IndexedPick, result: Pair | None = None) -> LazySequence:
    """SelectMany; `result` makes an element of an outer and an inner one."""

    def make(items: Iterator[object]) -> Iterator[object]:
        for place, item in enumerate(items):
            picked = pick(item, place)
            if picked is None:
                raise exceptions.null_reference()
            inner = elements(picked)
            yield from inner if result is None else map(result, itertools.repeat(item), inner)

    return lazy(source, make)


def every(item: object) -> bool:
    """The test of an overload without a test."""
    return True


def arranged(source: object, test: Test = every) -> Iterator[object]:
    """The elements that pass a test. A sorted sequence is tested before it is compared; an exception of a
    comparison is not wrapped."""
    if isinstance(source, Ordered):
        return iter(source.where(test).arranged() if test is not every else source.arranged())
    return matching(source, test)


def part(source: object, start: int, stop: int | None) -> LazySequence:
    """Skip and Take: the elements from one place up to another."""
    if isinstance(source, Ordered):
        return source.part(start, stop)
    return lazy(source, lambda items: islice(items, start, stop))


def matching(source: object, test: Test) -> Iterator[object]:
    """The elements that pass a test."""
    return elements(source) if test is every else (item for item in elements(source) if test(item))


def _missing(test: Test) -> exceptions.ClrException:
    return exceptions.invalid_operation(NO_ELEMENTS if test is every else NO_MATCH)


def first(source: object, test: Test = every) -> object:
    for item in arranged(source, test):
        return item
    raise _missing(test)


def first_or_default(kind: Type, source: object, test: Test = every) -> object:
    return next(arranged(source, test), kind.default)


def last(source: object, test: Test = every) -> object:
    found = list(arranged(source, test))
    if not found:
        raise _missing(test)
    return found[-1]


def last_or_default(kind: Type, source: object, test: Test = every) -> object:
    found = list(arranged(source, test))
    return found[-1] if found else kind.default


def _one(source: object, test: Test) -> list[object]:
    """The only element, if there is any."""
    # With a test, all elements are looked at before those that pass are counted.
    found = list(islice(matching(source, test), 2 if test is every else None))
    if len(found) > 1:
        raise exceptions.invalid_operation(TOO_MANY if test is every else TOO_MANY_MATCH)
    return found


def single(source: object, test: Test = every) -> object:
    found = _one(source, test)
    if not found:
        raise _missing(test)
    return found[0]


def single_or_default(kind: Type, source: object, test: Test = every) -> object:
    return next(iter(_one(source, test)), kind.default)


def count(source: object, test: Test = every) -> int:
    if test is every and isinstance(source, Ordered):
        return source.count()
    size = known_size(source) if test is every else None
    return sum(1 for _ in matching(source, test)) if size is None else size


def contains(source: object, value: object, comparer: Comparer | None = None) -> bool:
    if comparer is None:
        return any(clr_equals(item, value) for item in elements(source))
    wanted = comparer.key(value)
    return any(comparer.key(item) == wanted for item in elements(source))


def by_place(keep: Callable[..., Iterator[Any]]) -> Callable[[object, IndexedTest], LazySequence]:
    """An operator whose test gets the index of each element; `keep` is filter, takewhile or dropwhile."""

    def run(source: object, test: IndexedTest) -> LazySequence:
        def make(items: Iterator[object]) -> Iterator[object]:
            return (item for _, item in keep(lambda each: test(each[1], each[0]), enumerate(items)))

        return lazy(source, make)

    return run


def zip_with(one: object, other: object, result: Callable[[object, object], object]) -> LazySequence:
    if other is None and one is not None:
        raise exceptions.argument_null("second")
    return lazy(one, lambda items: map(result, items, elements(other)), "first")


def default_of(source: object, value: object) -> LazySequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        found = False
        for item in items:
            found = True
            yield item
        if not found:
            yield value

    return lazy(source, make)


def element_at(source: object, index: int) -> object:
    found = list(islice(arranged(source), max(index, 0), max(index, 0) + 1)) if index >= 0 else []
    if not found:
        raise (
            exceptions.index_range()
            if isinstance(source, ClrList | ClrArray)
            else exceptions.out_of_range("index")
        )
    return found[0]


def cast_all(kind: Type, source: object) -> LazySequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        for item in items:
            yield cast_value(item, kind) if kind.is_value and not kind.is_nullable else cast(item, kind)

    return lazy(source, make)


def sequence_equal(one: object, other: object, comparer: Comparer | None = None) -> bool:
    left, right = elements(one, "first"), elements(other, "second")
    key = comparer.key if comparer is not None else None
    for item, match in zip_longest(left, right, fillvalue=MISSING):
        if item is MISSING or match is MISSING:
            return False
        if not (clr_equals(item, match) if key is None else key(item) == key(match)):
            return False
    return True


def aggregate(source: object, step: Callable[[object, object], object]) -> object:
    items = elements(source)
    for made in items:
        for item in items:
            made = step(made, item)
        return made
    raise exceptions.invalid_operation(NO_ELEMENTS)


def aggregate_from(source: object, seed: object, step: Callable[[object, object], object]) -> object:
    for item in elements(source):
        seed = step(seed, item)
    return seed


def number_range(start: int, amount: int) -> LazySequence:
    if amount < 0 or start + amount - 1 > 2**31 - 1:
        raise exceptions.out_of_range("count")
    return LazySequence(lambda: elements(range(start, start + amount)))


def repeat(value: object, amount: int) -> LazySequence:
    if amount < 0:
        raise exceptions.out_of_range("count")
    return LazySequence(lambda: elements(value for _ in range(amount)))
