"""The generic collections and their interfaces."""

from collections.abc import Callable
from functools import cmp_to_key

from apimlb.policy.types import Definition, Needs, Type
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
    list_add,
    list_item,
    map_item,
)
from apimlb.policy.values.compare import DEFAULT_COMPARER, compare
from apimlb.policy.values.exceptions import ClrException, argument, argument_range, index_range
from apimlb.policy.values.iteration import elements
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
        raise argument("Offset and length were out of bounds for the array or count is greater than the number of "
                       "elements from index to the end of the source collection.")  # fmt: skip


def list_get_range(target: ClrList, index: int, count: int) -> ClrList:
    _range(target, index, count)
    return ClrList(target.items[index : index + count], target.element)


def list_remove_all(target: ClrList, test: Callable[[object], bool]) -> int:
    kept = [item for item in elements(target) if not test(item)]
    removed = len(target.items) - len(kept)
    target.changed()[:] = kept
    return removed


def list_sort(target: ClrList) -> None:
    target.changed().sort(key=cmp_to_key(compare))


def list_sort_by(target: ClrList, order: Callable[[object, object], int]) -> None:
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


# Dictionaries


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


# Sets, queues, stacks


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


G = "System.Collections.Generic."
_QUEUE_ROWS = (
    ("int Count", count_of),
    ("void Clear()", queue_clear),
    ("bool Contains(T item)", list_contains),
    ("T Peek()", queue_peek),
    ("T[] ToArray()", queue_array),
)

DEFINITIONS = (
    Definition("System.Collections.IEnumerable", "interface"),
    Definition(G + "IEnumerable`1", "interface", ("T",), ("System.Collections.IEnumerable",)),
    Definition(G + "IEnumerator`1", "interface", ("T",)),
    Definition(G + "IEqualityComparer`1", "interface", ("T",), nameable=False),
    Definition(
        G + "IReadOnlyCollection`1", "interface", ("T",), ("IEnumerable<T>",), rows=(("int Count", count_of),)
    ),
    Definition(
        G + "IReadOnlyList`1", "interface", ("T",), ("IReadOnlyCollection<T>",), nameable=False,
        rows=(("T this[int index]", thing_at),),
    ),
    Definition(
        G + "ICollection`1", "interface", ("T",), ("IEnumerable<T>",),
        rows=(
            ("int Count", count_of),
            ("void Add(T item)", list_add),
            ("void Clear()", list_clear),
            ("bool Contains(T item)", list_contains),
            ("bool Remove(T item)", list_remove),
        ),
    ),
    Definition(
        G + "IList`1", "interface", ("T",), ("ICollection<T>",),
        rows=(
            ("T this[int index]", thing_at, thing_put),
            ("int IndexOf(T item)", list_index),
            ("void Insert(int index, T item)", list_insert),
            ("void RemoveAt(int index)", list_remove_at),
        ),
    ),
    Definition(G + "ISet`1", "interface", ("T",), ("ICollection<T>",), rows=(("bool Add(T item)", set_add),)),
    Definition(
        G + "IReadOnlyDictionary`2", "interface", ("TKey", "TValue"),
        ("IReadOnlyCollection<KeyValuePair<TKey, TValue>>",),
        rows=(
            ("TValue this[TKey key]", map_item),
            ("bool ContainsKey(TKey key)", map_contains),
            ("bool TryGetValue(TKey key, out TValue value)", Needs(map_try_get, types=("TValue",))),
            ("IEnumerable<TKey> Keys", map_keys),
            ("IEnumerable<TValue> Values", map_values),
        ),
    ),
    Definition(
        G + "IDictionary`2", "interface", ("TKey", "TValue"), ("ICollection<KeyValuePair<TKey, TValue>>",),
        rows=(
            ("TValue this[TKey key]", map_item, map_put),
            ("bool ContainsKey(TKey key)", map_contains),
            ("bool TryGetValue(TKey key, out TValue value)", Needs(map_try_get, types=("TValue",))),
            ("void Add(TKey key, TValue value)", map_add),
            ("bool Remove(TKey key)", map_remove),
            ("void Clear()", map_clear),
            ("ICollection<TKey> Keys", map_keys),
            ("ICollection<TValue> Values", map_values),
        ),
    ),
    Definition(
        G + "List`1", "class", ("T",), ("IList<T>", "IReadOnlyList<T>"),
        rows=(
            ("new()", Needs(new_list, types=("T",))),
            ("new(IEnumerable<T> collection)", Needs(new_list, types=("T",))),
            ("new(int capacity)", Needs(new_list_sized, types=("T",))),
            ("int Count", "{0}.items.__len__()"),
            ("T this[int index]", list_item, list_put),
            ("void Add(T item)", list_add),
            ("void AddRange(IEnumerable<T> collection)", list_add_range),
            ("void Insert(int index, T item)", list_insert),
            ("void Clear()", list_clear),
            ("bool Contains(T item)", list_contains),
            ("int IndexOf(T item)", list_index),
            ("bool Remove(T item)", list_remove),
            ("void RemoveAt(int index)", list_remove_at),
            ("void RemoveRange(int index, int count)", list_remove_range),
            ("int RemoveAll(Predicate<T> match)", list_remove_all),
            ("List<T> GetRange(int index, int count)", list_get_range),
            ("void Sort()", list_sort),
            ("void Sort(Comparison<T> comparison)", list_sort_by),
            ("void Reverse()", list_reverse),
            ("void ForEach(Action<T> action)", list_for_each),
            ("T Find(Predicate<T> match)", Needs(list_find, types=("T",))),
            ("List<T> FindAll(Predicate<T> match)", list_find_all),
            ("int FindIndex(Predicate<T> match)", list_find_index),
            ("bool Exists(Predicate<T> match)", list_exists),
            ("bool TrueForAll(Predicate<T> match)", list_true_for_all),
            ("T[] ToArray()", list_to_array),
        ),
    ),
    Definition(
        G + "Dictionary`2", "class", ("TKey", "TValue"),
        ("IDictionary<TKey, TValue>", "IReadOnlyDictionary<TKey, TValue>"),
        rows=(
            ("new()", Needs(new_dictionary, types=("TKey", "TValue"))),
            ("new(int capacity)", Needs(new_dictionary, types=("TKey", "TValue"))),
            ("new(IDictionary<TKey, TValue> dictionary)", Needs(new_dictionary, types=("TKey", "TValue"))),
            ("new(IEqualityComparer<TKey> comparer)", Needs(new_dictionary, types=("TKey", "TValue"))),
            ("new(IDictionary<TKey, TValue> dictionary, IEqualityComparer<TKey> comparer)",
             Needs(new_dictionary, types=("TKey", "TValue"))),
            ("int Count", count_of),
            ("TValue this[TKey key]", map_item, map_put),
            ("void Add(TKey key, TValue value)", map_add),
            ("bool TryAdd(TKey key, TValue value)", map_try_add),
            ("bool ContainsKey(TKey key)", map_contains),
            ("bool ContainsValue(TValue value)", map_contains_value),
            ("bool TryGetValue(TKey key, out TValue value)", Needs(map_try_get, types=("TValue",))),
            ("bool Remove(TKey key)", map_remove),
            ("void Clear()", map_clear),
            ("ICollection<TKey> Keys", map_keys),
            ("ICollection<TValue> Values", map_values),
        ),
    ),
    Definition(
        G + "KeyValuePair`2", "struct", ("TKey", "TValue"), ("System.ValueType",),
        rows=(
            ("new(TKey key, TValue value)", Needs(new_pair, types=("TKey", "TValue"))),
            ("TKey Key", "{0}.key"),
            ("TValue Value", "{0}.value"),
        ),
    ),
    Definition(
        G + "HashSet`1", "class", ("T",), ("ISet<T>", "IReadOnlyCollection<T>"),
        rows=(
            ("new()", Needs(new_set, types=("T",))),
            ("new(IEnumerable<T> collection)", Needs(new_set, types=("T",))),
            ("new(IEqualityComparer<T> comparer)", Needs(new_set, types=("T",))),
            ("new(IEnumerable<T> collection, IEqualityComparer<T> comparer)", Needs(new_set, types=("T",))),
            ("int Count", count_of),
            ("bool Add(T item)", set_add),
            ("bool Remove(T item)", set_remove),
            ("bool Contains(T item)", set_contains),
            ("void Clear()", set_clear),
            ("void UnionWith(IEnumerable<T> other)", set_union),
            ("void ExceptWith(IEnumerable<T> other)", set_except),
            ("void IntersectWith(IEnumerable<T> other)", set_intersect),
            ("bool Overlaps(IEnumerable<T> other)", set_overlaps),
            ("bool IsSubsetOf(IEnumerable<T> other)", set_is_subset),
            ("bool IsSupersetOf(IEnumerable<T> other)", set_is_superset),
            ("bool SetEquals(IEnumerable<T> other)", set_equals),
        ),
    ),
    Definition(
        G + "Queue`1", "class", ("T",), ("IReadOnlyCollection<T>",),
        rows=(
            ("new()", Needs(new_queue, types=("T",))),
            ("new(IEnumerable<T> collection)", Needs(new_queue, types=("T",))),
            ("void Enqueue(T item)", queue_push),
            ("T Dequeue()", queue_pop),
            *_QUEUE_ROWS,
        ),
    ),
    Definition(
        G + "Stack`1", "class", ("T",), ("IReadOnlyCollection<T>",),
        rows=(
            ("new()", Needs(new_stack, types=("T",))),
            ("new(IEnumerable<T> collection)", Needs(new_stack, types=("T",))),
            ("void Push(T item)", queue_push),
            ("T Pop()", queue_pop),
            *_QUEUE_ROWS,
        ),
    ),
)  # fmt: skip
