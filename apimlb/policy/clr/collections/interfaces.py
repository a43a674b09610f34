"""The interfaces of collections: their members, for every class that has them."""

from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.collections import arrays
from apimlb.policy.clr.collections.arrays import Array, Listed
from apimlb.policy.clr.collections.containers import (
    DEFAULT_COMPARER,
    MISSING,
    ClrArray,
    ClrList,
    Comparer,
    KeyValuePair,
    MapView,
    ReadOnlyList,
    ReadOnlyMap,
    map_item,
)
from apimlb.policy.clr.collections.enumerators import ENUMERATOR, G, T
from apimlb.policy.clr.collections.hash_tables import ClrDictionary, ClrSet
from apimlb.policy.clr.collections.iteration import elements, iterate_pairs
from apimlb.policy.clr.collections.searches import index_of
from apimlb.policy.clr.json.tokens import JArray, JContainer, JObject
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition

Collection = Listed | ClrSet | ClrDictionary | MapView | JArray | JObject

VALUE, KV = ("TValue",), ("TKey", "TValue")
PAIR = "KeyValuePair<TKey, TValue>"
SOURCE = "IEnumerable<T>! collection"

NOT_NEGATIVE = "Non-negative number required."
_FIXED = "Collection was of a fixed size."
_READ_ONLY = "Collection is read-only."


def count_of(target: object) -> int:
    if isinstance(target, JArray):
        return len(target.items)
    return len(target.properties if isinstance(target, JObject) else target)  # type: ignore[arg-type]


def actual(error: exceptions.ClrException, value: int) -> exceptions.ClrException:
    """An ArgumentOutOfRangeException that names the value too."""
    return exceptions.ClrException(error.type_name, f"{error.message}\nActual value was {value}.")


def write_into(target: Array, at: int, items: list[object]) -> None:
    """Items into an array that is known to have room for them."""
    charge_each(len(items))
    arrays.put(target, at, items)


# ICollection<T>


def collection_contains(target: object, value: object) -> bool:
    """ICollection<T>.Contains; of what has none, whether it yields an equal value."""
    if isinstance(target, ClrSet):
        return value in target
    if isinstance(target, Listed):
        return index_of(target, value) >= 0
    if isinstance(value, KeyValuePair):
        if isinstance(target, ClrDictionary):
            return clr_equals(target.find(value.key), value.value)
        if isinstance(target, JObject):
            return target.find(value.key) is value.value
    if isinstance(target, JContainer):
        return target.place(value) >= 0  # type: ignore[arg-type]
    if isinstance(target, MapView) and target.kind == "Key" and isinstance(target.map, ClrDictionary):
        return map_contains(target.map, value)
    return any(clr_equals(item, value) for item in elements(target))


def _fixed(target: Collection, reason: str = _FIXED) -> exceptions.ClrException:
    """Why a collection takes or loses no elements; `reason` is what arrays say."""
    if isinstance(target, MapView):
        reason = f"Mutating a {target.kind.lower()} collection derived from a dictionary is not allowed."
    return exceptions.not_supported(_READ_ONLY if isinstance(target, ReadOnlyList) else reason)


def collection_add(target: Collection, value: object) -> None:
    """ICollection<T>.Add"""
    if isinstance(target, ClrList | ClrSet | JArray):
        target.add(value)  # type: ignore[arg-type]
    elif isinstance(target, ClrDictionary | JObject):
        assert isinstance(value, KeyValuePair)
        target.add(value.key, value.value)  # type: ignore[arg-type]
    else:
        raise _fixed(target)


def collection_clear(target: Collection) -> None:
    if not isinstance(target, ClrList | ClrSet | ClrDictionary | JArray | JObject):
        raise _fixed(target, _READ_ONLY)
    target.clear()


def collection_remove(target: Collection, value: object) -> bool:
    """ICollection<T>.Remove"""
    if isinstance(target, ClrSet):
        return target.remove(value)
    if isinstance(target, ClrList | JArray):
        place = item_index(target, value)
        if place >= 0:
            target.remove_at(place)
        return place >= 0
    if isinstance(target, ClrDictionary | JObject):
        same = collection_contains(target, value)
        return same and target.remove(value.key)  # type: ignore[attr-defined]
    raise _fixed(target)


def collection_copy(target: Collection, array: Array, at: int) -> None:
    """ICollection<T>.CopyTo"""
    if isinstance(target, Listed):
        arrays.copy_to(target, array, at)
    elif isinstance(target, ClrSet):
        copy_set(target, array, at)
    elif isinstance(target, JArray | JObject):
        _copy_tokens(target, array, at)
    else:
        exceptions.required(array, "array")
        items = list(target)
        if not 0 <= at <= len(array):
            raise exceptions.argument_range(NOT_NEGATIVE, "index")
        if at + len(items) > len(array):
            raise exceptions.destination_too_short()
        write_into(array, at, items)


def _copy_tokens(target: JArray | JObject, array: Array, at: int) -> None:
    exceptions.required(array, "array")
    exceptions.not_negative(at, "arrayIndex", "arrayIndex is less than 0.")
    if at >= len(array) and at != 0:
        raise exceptions.argument("arrayIndex is equal to or greater than the length of array.")
    if target.count() > len(array) - at:
        raise exceptions.argument(
            "The number of elements in the source JObject is greater than the available space from "
            "arrayIndex to the end of the destination array."
        )
    write_into(array, at, list(iterate_pairs(target) if isinstance(target, JObject) else target))


def copy_set(target: ClrSet, array: Array, at: int = 0, count: int | None = None) -> None:
    """HashSet<T>.CopyTo"""
    count = len(target) if count is None else count
    exceptions.required(array, "array")
    for number, name in ((at, "arrayIndex"), (count, "count")):
        if number < 0:
            raise actual(exceptions.argument_range(NOT_NEGATIVE, name), number)
    if at > len(array) or count > len(array) - at:
        raise exceptions.destination_too_short()
    charge_each(len(target))
    write_into(array, at, list(target)[:count])


# IList<T>


def item_at(target: Listed | JArray, index: int) -> object:
    """An element of an IList<T> or IReadOnlyList<T> of any class."""
    if isinstance(target, ClrList | JArray):
        return target.item(index)
    exceptions.check_index(index, len(target))
    return arrays.item(target, index)


def item_put(target: Listed | JArray, index: int, value: object) -> None:
    if isinstance(target, ClrList | JArray):
        target.put(index, value)  # type: ignore[arg-type]
        return
    if isinstance(target, ReadOnlyList):
        raise _fixed(target)
    exceptions.check_index(index, len(target))
    if isinstance(target, ClrArray):
        arrays.check_element(target, value)
    arrays.put(target, index, [value])


def item_index(target: Listed | JArray, value: object) -> int:
    if isinstance(target, JArray):
        return target.place(value)  # type: ignore[arg-type]
    return index_of(target, value)


def growing(target: Listed | JArray) -> Any:
    """A list that takes and loses elements; throws System.NotSupportedException."""
    if not isinstance(target, ClrList | JArray):
        raise _fixed(target)
    return target


# IDictionary<TKey, TValue>


def map_contains(target: ReadOnlyMap, key: object) -> bool:
    return target.find(key) is not MISSING


def try_get(kind: Type, target: ReadOnlyMap | ClrSet, key: object) -> tuple[bool, object]:
    """TryGetValue"""
    value = target.find(key)
    return (False, kind.default) if value is MISSING else (True, value)


def map_keys(target: ReadOnlyMap | JObject) -> MapView | ClrList:
    if isinstance(target, JObject):
        return ClrList(list(target.properties), "System.String")
    return MapView(target, "Key")


def map_values(target: ReadOnlyMap | JObject) -> MapView:
    if isinstance(target, JObject):
        raise exceptions.ClrException(
            "System.NotImplementedException", "The method or operation is not implemented."
        )
    return MapView(target, "Value")


def comparer_hash(comparer: Comparer, value: object) -> int:
    """IEqualityComparer<T>.GetHashCode"""
    return 0 if value is None else hash_code(value if comparer is DEFAULT_COMPARER else comparer.key(value))


TRY_GET = Call(try_get, types=VALUE, cost="none")

DEFINITIONS = (
    Definition(
        G + "IComparer`1", "interface", T, nameable=False,
        rows=(("int Compare(T x, T y)", lambda comparer, x, y: comparer.compare(x, y)),),
    ),
    Definition(
        G + "IEqualityComparer`1", "interface", T, nameable=False,
        rows=(
            ("bool Equals(T x, T y)", Comparer.equal),
            ("int GetHashCode(T obj)", comparer_hash),
        ),
    ),
    Definition(
        G + "IReadOnlyCollection`1", "interface", T, ("IEnumerable<T>",),
        rows=(("int Count", count_of),),
    ),
    Definition(
        G + "IReadOnlyList`1", "interface", T, ("IReadOnlyCollection<T>",), nameable=False,
        rows=(("T this[int index]", item_at),),
    ),
    Definition(
        "System.Collections.ObjectModel.ReadOnlyCollection`1", "class", T, ("IList<T>", "IReadOnlyList<T>"),
        nameable=False,
        rows=(
            ("int Count", count_of),
            ("T this[int index]", item_at),
            ("bool Contains(T value)", collection_contains),
            ("int IndexOf(T value)", index_of),
            ("void CopyTo(T[] array, int index)", collection_copy),
            ("IEnumerator<T> GetEnumerator()", ENUMERATOR),
        ),
    ),
    Definition(
        G + "ICollection`1", "interface", T, ("IEnumerable<T>",),
        rows=(
            ("int Count", count_of),
            ("bool IsReadOnly", lambda target: isinstance(target, Array | MapView)),  # arrays say yes
            ("void Add(T item)", collection_add),
            ("void Clear()", collection_clear),
            ("bool Contains(T item)", collection_contains),
            ("void CopyTo(T[] array, int arrayIndex)", collection_copy),
            ("bool Remove(T item)", collection_remove),
        ),
    ),
    Definition(
        G + "IList`1", "interface", T, ("ICollection<T>",),
        rows=(
            ("T this[int index]", item_at, item_put),
            ("int IndexOf(T item)", item_index),
            ("void Insert(int index, T item)", lambda target, at, item: growing(target).insert(at, item)),
            ("void RemoveAt(int index)", lambda target, index: growing(target).remove_at(index)),
        ),
    ),
    Definition(
        G + "IReadOnlyDictionary`2", "interface", KV, (f"IReadOnlyCollection<{PAIR}>",),
        rows=(
            ("TValue this[TKey key]", map_item),
            ("bool ContainsKey(TKey key)", Call(map_contains, cost="none")),
            ("bool TryGetValue(TKey key, out TValue value)", TRY_GET),
            ("IEnumerable<TKey> Keys", map_keys),
            ("IEnumerable<TValue> Values", map_values),
        ),
    ),
    Definition(
        G + "IDictionary`2", "interface", KV, (f"ICollection<{PAIR}>",),
        rows=(
            ("TValue this[TKey key]", map_item, lambda target, key, value: target.put(key, value)),
            ("bool ContainsKey(TKey! key)", Call(map_contains, cost="none")),
            ("bool TryGetValue(TKey key, out TValue value)", TRY_GET),
            ("void Add(TKey key, TValue value)", lambda target, key, value: target.add(key, value)),
            ("bool Remove(TKey key)", lambda target, key: target.remove(key)),
            ("ICollection<TKey> Keys", map_keys),
            ("ICollection<TValue> Values", map_values),
        ),
    ),
)  # fmt: skip
