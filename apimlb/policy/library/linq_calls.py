"""What the methods of System.Linq.Enumerable do: lazy where .NET is lazy, one counted step for each
element."""

from collections.abc import Callable, Iterator
from itertools import islice

from apimlb.policy.csharp.casts import RUNTIME
from apimlb.policy.csharp.types import Type
from apimlb.policy.library.collection_calls import array_from
from apimlb.policy.values.collections import ClrArray, ClrList, Comparer
from apimlb.policy.values.exceptions import argument_null, argument_range, invalid_cast, invalid_operation
from apimlb.policy.values.iteration import elements, known_size
from apimlb.policy.values.objects import Sequence
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
