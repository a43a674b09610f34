"""The interfaces of System.Collections.Generic, and what comes from arrays alone."""

from apimlb.policy.clr.collections.containers import DEFAULT_COMPARER, Comparer, map_item
from apimlb.policy.clr.collections.dictionaries import TRY_GET, map_contains, map_keys, map_values
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.interfaces import (
    ENUMERATOR,
    KV,
    PAIR,
    G,
    T,
    collection_add,
    collection_clear,
    collection_contains,
    collection_copy,
    collection_read_only,
    collection_remove,
    count_of,
    growing,
    item_at,
    item_index,
    item_put,
    list_contains,
)
from apimlb.policy.clr.collections.searches import index_of
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.types.definitions import Call, Definition


def comparer_equals(comparer: Comparer, left: object, right: object) -> bool:
    """IEqualityComparer<T>.Equals"""
    if left is None or right is None:
        return left is right
    return bool(comparer.key(left) == comparer.key(right))


def comparer_hash(comparer: Comparer, value: object) -> int:
    """IEqualityComparer<T>.GetHashCode"""
    return 0 if value is None else hash_code(value if comparer is DEFAULT_COMPARER else comparer.key(value))


DEFINITIONS = (
    Definition("System.Collections.IEnumerable", "interface"),
    Definition(
        "System.Collections.IEnumerator", "interface", nameable=False,
        rows=(
            ("bool MoveNext()", Enumerator.move),
            ("object Current", Enumerator.current),
            ("void Reset()", Enumerator.reset),
        ),
    ),
    Definition(
        G + "IEnumerable`1", "interface", T, ("System.Collections.IEnumerable",),
        rows=(("IEnumerator<T> GetEnumerator()", ENUMERATOR),),
    ),
    Definition(
        G + "IEnumerator`1", "interface", T, ("System.Collections.IEnumerator", "System.IDisposable"),
        rows=(("T Current", Enumerator.current),),
    ),
    Definition(
        G + "IComparer`1", "interface", T, nameable=False,
        rows=(("int Compare(T x, T y)", Comparer.compare),),
    ),
    Definition(
        G + "IEqualityComparer`1", "interface", T, nameable=False,
        rows=(
            ("bool Equals(T x, T y)", comparer_equals),
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
            ("bool Contains(T value)", list_contains),
            ("int IndexOf(T value)", index_of),
            ("void CopyTo(T[] array, int index)", collection_copy),
            ("IEnumerator<T> GetEnumerator()", ENUMERATOR),
        ),
    ),
    Definition(
        G + "ICollection`1", "interface", T, ("IEnumerable<T>",),
        rows=(
            ("int Count", count_of),
            ("bool IsReadOnly", collection_read_only),
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
            ("bool ContainsKey(TKey key)", Call(map_contains, cost="none")),
            ("bool TryGetValue(TKey key, out TValue value)", TRY_GET),
            ("void Add(TKey key, TValue value)", lambda target, key, value: target.add(key, value)),
            ("bool Remove(TKey key)", lambda target, key: target.remove(key)),
            ("ICollection<TKey> Keys", map_keys),
            ("ICollection<TValue> Values", map_values),
        ),
    ),
)  # fmt: skip
