"""What the members of the generic collections do."""

from collections.abc import Callable
from functools import cmp_to_key

from apimlb.policy.csharp.types import Type
from apimlb.policy.values.budget import BUDGET
from apimlb.policy.values.collections import (
    MISSING,
    ClrArray,
    ClrDictionary,
    ClrList,
    ClrQueue,
    ClrSet,
    Comparer,
    KeyValuePair,
    ReadOnlyMap,
    bounded,
    list_item,
    map_item,
)
from apimlb.policy.values.compare import DEFAULT_COMPARER, compare
from apimlb.policy.values.exceptions import ClrException, argument, argument_range, index_range
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.metering import charge_sorting
from apimlb.policy.values.numbers import Byte
from apimlb.policy.values.text import clr_equals

Things = ClrList | ClrArray | bytearray


def new_list(kind: Type, source: object = None) -> ClrList:
    return ClrList([] if source is None else list(elements(source, "collection")), kind.name)


def new_list_sized(kind: Type, capacity: int) -> ClrList:
    if capacity < 0:
        raise argument_range("Non-negative number required.", "capacity")
    return ClrList([], kind.name)


def list_put(target: ClrList, index: int, value: object) -> None:
    if not 0 <= index < len(target.items):
        raise index_range()
    target.changed()[index] = value


def list_add_range(target: ClrList, source: object) -> None:
    found = list(elements(source, "collection"))
    bounded(len(target.items) + len(found))
    target.changed().extend(found)


def list_insert(target: ClrList, index: int, value: object) -> None:
    if not 0 <= index <= len(target.items):
        raise argument_range("Index must be within the bounds of the List.", "index")
    bounded(len(target.items) + 1)
    target.changed().insert(index, value)


def list_clear(target: ClrList) -> None:
    target.changed().clear()


def list_index(target: Things, value: object) -> int:
    if type(value) is str and isinstance(target, ClrArray | ClrList) and target.element == "System.String":
        BUDGET.spend(2 * len(target.items))
        return target.items.index(value) if value in target.items else -1
    return next((i for i, item in enumerate(elements(target)) if clr_equals(item, value)), -1)


def list_contains(target: Things, value: object) -> bool:
    return list_index(target, value) >= 0


def list_remove(target: ClrList, value: object) -> bool:
    index = list_index(target, value)
    if index >= 0:
        del target.changed()[index]
    return index >= 0


def list_remove_at(target: ClrList, index: int) -> None:
    if not 0 <= index < len(target.items):
        raise index_range()
    del target.changed()[index]


def list_remove_range(target: ClrList, index: int, count: int) -> None:
    _range(target, index, count)
    del target.changed()[index : index + count]


def _range(target: ClrList, index: int, count: int) -> None:
    if index < 0 or count < 0:
        raise argument_range("Non-negative number required.", "index" if index < 0 else "count")
    if index + count > len(target.items):
        raise argument(
            "Offset and length were out of bounds for the array or count is greater than the number of "
            "elements from index to the end of the source collection."
        )


def list_get_range(target: ClrList, index: int, count: int) -> ClrList:
    _range(target, index, count)
    return ClrList(target.items[index : index + count], target.element)


def list_remove_all(target: ClrList, test: Callable[[object], bool]) -> int:
    kept = [item for item in elements(target) if not test(item)]
    removed = len(target.items) - len(kept)
    target.changed()[:] = kept
    return removed


def list_sort(target: ClrList) -> None:
    charge_sorting(len(target.items))
    target.changed().sort(key=cmp_to_key(compare))


def list_sort_by(target: ClrList, order: Callable[[object, object], int]) -> None:
    charge_sorting(len(target.items))
    target.changed().sort(key=cmp_to_key(order))


def list_reverse(target: ClrList) -> None:
    target.changed().reverse()


def list_for_each(target: ClrList, action: Callable[[object], object]) -> None:
    for item in elements(target):
        action(item)


def list_find(kind: Type, target: ClrList, test: Callable[[object], bool]) -> object:
    return next((item for item in elements(target) if test(item)), kind.default)


def list_find_all(target: ClrList, test: Callable[[object], bool]) -> ClrList:
    return ClrList([item for item in elements(target) if test(item)], target.element)


def list_find_index(target: ClrList, test: Callable[[object], bool]) -> int:
    return next((i for i, item in enumerate(elements(target)) if test(item)), -1)


def list_exists(target: ClrList, test: Callable[[object], bool]) -> bool:
    return any(test(item) for item in elements(target))


def list_convert_all(kind: Type, target: ClrList, convert: Callable[[object], object]) -> ClrList:
    return ClrList([convert(item) for item in elements(target)], kind.name)


def list_true_for_all(target: ClrList, test: Callable[[object], bool]) -> bool:
    return all(test(item) for item in elements(target))


def list_to_array(target: ClrList) -> ClrArray | bytearray:
    return array_from(list(target.items), target.element)


def array_from(items: list[object], element: str) -> ClrArray | bytearray:
    """T[] of these items; a byte[] is a bytearray."""
    if element == "System.Byte":
        return bytearray(items)  # type: ignore[arg-type]
    return ClrArray(items, element)


def count_of(target: object) -> int:
    return len(target)  # type: ignore[arg-type]


def thing_at(target: Things, index: int) -> object:
    """An element of an IList<T> or IReadOnlyList<T>, whatever it is."""
    if isinstance(target, ClrList):
        return list_item(target, index)
    if not 0 <= index < len(target):
        raise ClrException("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
    return Byte(target[index]) if isinstance(target, bytearray) else target.items[index]


def thing_put(target: Things, index: int, value: object) -> None:
    if isinstance(target, ClrList):
        list_put(target, index, value)
    elif not 0 <= index < len(target):
        raise ClrException("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
    elif isinstance(target, bytearray):
        target[index] = int(value)  # type: ignore[call-overload]
    else:
        target.items[index] = value


def _types(key: Type, value: Type) -> str:
    return f"{key.name},{value.name}"


def new_dictionary(key: Type, value: Type, *given: object) -> ClrDictionary:
    """new Dictionary<K, V>([source or capacity][, comparer])"""
    comparer = next((each for each in given if isinstance(each, Comparer)), DEFAULT_COMPARER)
    made = ClrDictionary(_types(key, value), comparer)
    for source in given:
        if isinstance(source, ReadOnlyMap):
            for name, item in source.pairs():
                made.add(name, item)
    return made


def map_get(target: ReadOnlyMap, key: object) -> object:
    return map_item(target, key)


def map_put(target: ClrDictionary, key: object, value: object) -> None:
    target.put(key, value)


def map_add(target: ClrDictionary, key: object, value: object) -> None:
    target.add(key, value)


def map_add_pair(target: ClrDictionary, pair: KeyValuePair) -> None:
    target.add(pair.key, pair.value)


def map_try_add(target: ClrDictionary, key: object, value: object) -> bool:
    if target.find(key) is not MISSING:
        return False
    target.put(key, value)
    return True


def map_contains(target: ReadOnlyMap, key: object) -> bool:
    return target.find(key) is not MISSING


def map_contains_value(target: ReadOnlyMap, value: object) -> bool:
    return any(clr_equals(item, value) for _, item in target.pairs())


def map_try_get(kind: Type, target: ReadOnlyMap, key: object) -> tuple[bool, object]:
    value = target.find(key)
    return (False, kind.default) if value is MISSING else (True, value)


def map_remove(target: ClrDictionary, key: object) -> bool:
    return target.remove(key)


def map_clear(target: ClrDictionary) -> None:
    target.clear()


def map_keys(target: ReadOnlyMap) -> ClrList:
    return ClrList([key for key, _ in target.pairs()], target.types.partition(",")[0])


def map_values(target: ReadOnlyMap) -> ClrList:
    return ClrList([value for _, value in target.pairs()], target.types.rpartition(",")[2])


def new_pair(key_type: Type, value_type: Type, key: object, value: object) -> KeyValuePair:
    return KeyValuePair(key, value, _types(key_type, value_type))


def new_set(kind: Type, *given: object) -> ClrSet:
    comparer = next((each for each in given if isinstance(each, Comparer)), DEFAULT_COMPARER)
    made = ClrSet(kind.name, comparer)
    for source in given:
        if not isinstance(source, Comparer) and source is not None:
            for item in elements(source, "collection"):
                made.add(item)
    return made


def set_add(target: ClrSet, item: object) -> bool:
    return target.add(item)


def set_remove(target: ClrSet, item: object) -> bool:
    return target.remove(item)


def set_contains(target: ClrSet, item: object) -> bool:
    return item in target


def set_clear(target: ClrSet) -> None:
    target.items.clear()


def set_union(target: ClrSet, other: object) -> None:
    for item in elements(other, "other"):
        target.add(item)


def set_except(target: ClrSet, other: object) -> None:
    for item in elements(other, "other"):
        target.remove(item)


def set_intersect(target: ClrSet, other: object) -> None:
    keys = {target.comparer.key(item) for item in elements(other, "other")}
    target.items = {key: item for key, item in target.items.items() if key in keys}


def set_overlaps(target: ClrSet, other: object) -> bool:
    return any(item in target for item in elements(other, "other"))


def set_is_subset(target: ClrSet, other: object) -> bool:
    return target.items.keys() <= {target.comparer.key(item) for item in elements(other, "other")}


def set_is_superset(target: ClrSet, other: object) -> bool:
    return all(item in target for item in elements(other, "other"))


def set_equals(target: ClrSet, other: object) -> bool:
    return target.items.keys() == {target.comparer.key(item) for item in elements(other, "other")}


def new_queue(kind: Type, source: object = None) -> ClrQueue:
    return ClrQueue([] if source is None else elements(source, "collection"), kind.name)


def new_stack(kind: Type, source: object = None) -> ClrQueue:
    return ClrQueue([] if source is None else elements(source, "collection"), kind.name, last_first=True)


def queue_push(target: ClrQueue, item: object) -> None:
    target.push(item)


def queue_pop(target: ClrQueue) -> object:
    return target.pop()


def queue_peek(target: ClrQueue) -> object:
    return target.peek()


def queue_clear(target: ClrQueue) -> None:
    target.items.clear()


def queue_array(target: ClrQueue) -> ClrArray | bytearray:
    return array_from(list(target.items), target.element)
