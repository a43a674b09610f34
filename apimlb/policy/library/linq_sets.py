"""The methods of Enumerable that look for equal elements: Distinct, Union, GroupBy, Join, ToDictionary."""

from collections.abc import Callable, Iterator

from apimlb.policy.csharp.types import Type
from apimlb.policy.library.linq_calls import Pick, lazy
from apimlb.policy.values.collections import ClrDictionary, Comparer
from apimlb.policy.values.compare import DEFAULT_COMPARER
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.objects import Grouping, Sequence


def to_dictionary(
    kind: Type, key_type: Type, source: object, key: Pick, comparer: Comparer | None = None
) -> ClrDictionary:
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
