"""The interfaces of System.Collections.Generic, and what comes from arrays alone."""

from apimlb.policy.clr.collections.containers import (
    map_item,
)
from apimlb.policy.clr.collections.dictionaries import TRY_GET, map_contains, map_keys, map_values
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.interfaces import (
    ENUMERATOR,
    KV,
    PAIR,
    G,
    T,
    comparer_equals,
    count_of,
    list_contains,
    list_index,
    thing_add,
    thing_at,
    thing_clear,
    thing_contains,
    thing_copy,
    thing_index,
    thing_insert,
    thing_put,
    thing_read_only,
    thing_remove,
    thing_remove_at,
)
from apimlb.policy.clr.collections.lists import comparer_hash, comparer_order
from apimlb.policy.clr.types.definitions import Call, Definition

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
        rows=(("int Compare(T x, T y)", comparer_order),),
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
        rows=(("T this[int index]", thing_at),),
    ),
    Definition(
        "System.Collections.ObjectModel.ReadOnlyCollection`1", "class", T, ("IList<T>", "IReadOnlyList<T>"),
        nameable=False,
        rows=(
            ("int Count", count_of),
            ("T this[int index]", thing_at),
            ("bool Contains(T value)", list_contains),
            ("int IndexOf(T value)", list_index),
            ("void CopyTo(T[] array, int index)", thing_copy),
            ("IEnumerator<T> GetEnumerator()", ENUMERATOR),
        ),
    ),
    Definition(
        G + "ICollection`1", "interface", T, ("IEnumerable<T>",),
        rows=(
            ("int Count", count_of),
            ("bool IsReadOnly", thing_read_only),
            ("void Add(T item)", thing_add),
            ("void Clear()", thing_clear),
            ("bool Contains(T item)", thing_contains),
            ("void CopyTo(T[] array, int arrayIndex)", thing_copy),
            ("bool Remove(T item)", thing_remove),
        ),
    ),
    Definition(
        G + "IList`1", "interface", T, ("ICollection<T>",),
        rows=(
            ("T this[int index]", thing_at, thing_put),
            ("int IndexOf(T item)", thing_index),
            ("void Insert(int index, T item)", thing_insert),
            ("void RemoveAt(int index)", thing_remove_at),
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
