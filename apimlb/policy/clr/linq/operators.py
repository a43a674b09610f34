"""What the methods of System.Linq.Enumerable do: lazy where .NET is lazy, one counted step for each
element."""

from collections.abc import Callable, Iterator
from itertools import dropwhile, islice, takewhile, zip_longest

from apimlb.policy.clr.casts import RUNTIME, cast, cast_value
from apimlb.policy.clr.collections.interfaces import array_from
from apimlb.policy.clr.collections.iteration import elements, known_size
from apimlb.policy.clr.collections.sequences import Sequence
from apimlb.policy.clr.collections.values import MISSING, ClrArray, ClrList, Comparer
from apimlb.policy.clr.exceptions import argument_null, argument_range, index_range, invalid_operation
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type

Test = Callable[[object], bool]


Pick = Callable[[object], object]
IndexedPick = Callable[[object, int], object]
IndexedTest = Callable[[object, int], bool]


OUT_OF_RANGE = "Specified argument was out of the range of valid values."
NO_ELEMENTS = "Sequence contains no elements"


NO_MATCH = "Sequence contains no matching element"


TOO_MANY = "Sequence contains more than one element"


TOO_MANY_MATCH = "Sequence contains more than one matching element"


def lazy(
    source: object, make: Callable[[Iterator[object]], Iterator[object]], name: str = "source"
) -> Sequence:
    """A sequence over a source that must be there; `name` is what .NET calls it."""
    if source is None:
        raise argument_null(name)
    return Sequence(lambda: make(elements(source)))


def where(source: object, test: Test) -> Sequence:
    return lazy(source, lambda items: (item for item in items if test(item)))


def where_indexed(source: object, test: IndexedTest) -> Sequence:
    return lazy(source, lambda items: (item for i, item in enumerate(items) if test(item, i)))


def select(source: object, pick: Pick) -> Sequence:
    return lazy(source, lambda items: map(pick, items))


def select_indexed(source: object, pick: IndexedPick) -> Sequence:
    return lazy(source, lambda items: (pick(item, i) for i, item in enumerate(items)))


def select_many(source: object, pick: Pick) -> Sequence:
    return lazy(source, lambda items: (inner for item in items for inner in elements(pick(item))))


def select_many_indexed(source: object, pick: IndexedPick) -> Sequence:
    return lazy(
        source, lambda items: (inner for i, item in enumerate(items) for inner in elements(pick(item, i)))
    )


def select_many_with(source: object, pick: Pick, result: Callable[[object, object], object]) -> Sequence:
    return lazy(
        source, lambda items: (result(item, inner) for item in items for inner in elements(pick(item)))
    )


def select_many_with_indexed(
    source: object, pick: IndexedPick, result: Callable[[object, object], object]
) -> Sequence:
    return lazy(
        source,
        lambda items: (
            result(item, inner) for i, item in enumerate(items) for inner in elements(pick(item, i))
        ),
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


def long_count(source: object) -> Long:
    return Long(count(source))


def long_count_match(source: object, test: Test) -> Long:
    return Long(count_match(source, test))


def contains(source: object, value: object) -> bool:
    return any(clr_equals(item, value) for item in elements(source))


def contains_by(source: object, value: object, comparer: Comparer | None) -> bool:
    if comparer is None:
        return contains(source, value)
    wanted = comparer.key(value)
    return any(comparer.key(item) == wanted for item in elements(source))


def to_array(kind: Type, source: object) -> ClrArray | bytearray:
    return array_from(list(elements(source)), kind.name)


def to_list(kind: Type, source: object) -> ClrList:
    return ClrList(list(elements(source)), kind.name)


def skip(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: islice(items, max(amount, 0), None))


def take(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: islice(items, max(amount, 0)))


def skip_last(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: iter(list(items)[: -amount if amount > 0 else None]))


def take_last(source: object, amount: int) -> Sequence:
    return lazy(source, lambda items: iter(list(items)[-amount:] if amount > 0 else []))


def skip_while(source: object, test: Test) -> Sequence:
    return lazy(source, lambda items: dropwhile(test, items))


def skip_while_indexed(source: object, test: IndexedTest) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        return (item for i, item in dropwhile(lambda each: test(each[1], each[0]), enumerate(items)))

    return lazy(source, make)


def take_while(source: object, test: Test) -> Sequence:
    return lazy(source, lambda items: takewhile(test, items))


def take_while_indexed(source: object, test: IndexedTest) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        return (item for i, item in takewhile(lambda each: test(each[1], each[0]), enumerate(items)))

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
    if other is None and one is not None:
        raise argument_null("second")
    return lazy(one, lambda items: map(result, items, elements(other)), "first")


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
        raise (
            index_range() if isinstance(source, ClrList | ClrArray) else argument_range(OUT_OF_RANGE, "index")
        )
    return found[0]


def element_at_or_default(kind: Type, source: object, index: int) -> object:
    return next(islice(elements(source), index, None), kind.default) if index >= 0 else kind.default


def cast_all(kind: Type, source: object) -> Sequence:
    def make(items: Iterator[object]) -> Iterator[object]:
        for item in items:
            yield cast_value(item, kind) if kind.is_value and not kind.is_nullable else cast(item, kind)

    return lazy(source, make)


def of_type(kind: Type, source: object) -> Sequence:
    return lazy(source, lambda items: (item for item in items if RUNTIME.is_a(item, kind)))


def as_enumerable(source: object) -> object:
    return source


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
        raise argument_range(OUT_OF_RANGE, "count")
    return Sequence(lambda: elements(range(start, start + amount)))


def repeat(value: object, amount: int) -> Sequence:
    if amount < 0:
        raise argument_range(OUT_OF_RANGE, "count")
    return Sequence(lambda: elements(value for _ in range(amount)))


def empty(kind: Type) -> ClrArray | bytearray:
    return array_from([], kind.name)
