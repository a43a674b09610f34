"""The generic collections and their interfaces."""

from apimlb.policy.clr.collections import dictionaries as maps
from apimlb.policy.clr.collections import interfaces as things
from apimlb.policy.clr.collections import lists, sets
from apimlb.policy.clr.collections.values import list_add, list_item, map_item
from apimlb.policy.clr.types.definitions import Call, Definition, Row

G = "System.Collections.Generic."
_T, _KEY, _VALUE, _KV = ("T",), ("TKey",), ("TValue",), ("TKey", "TValue")
_PAIR = "KeyValuePair<TKey, TValue>"
_SOURCE = "IEnumerable<T> collection"
_COMPARED = "IEqualityComparer<TKey> comparer"

_TRY_GET = Call(maps.map_try_get, types=_VALUE, cost="none")
_ENUMERATOR = Call(things.enumerator, types=_T)


def _enumerator_of(owner: str, parameters: tuple[str, ...], element: str) -> Definition:
    """The struct that GetEnumerator() of a collection yields."""
    return Definition(
        f"{G}{owner}+Enumerator", "struct", parameters,
        (f"IEnumerator<{element}>", "System.ValueType"), nameable=False,
    )  # fmt: skip


_INTERFACES = (
    Definition("System.Collections.IEnumerable", "interface"),
    Definition(
        "System.Collections.IEnumerator", "interface", nameable=False,
        rows=(
            ("bool MoveNext()", things.move_next),
            ("object Current", things.current),
            ("void Reset()", things.reset),
        ),
    ),
    Definition(
        G + "IEnumerable`1", "interface", _T, ("System.Collections.IEnumerable",),
        rows=(("IEnumerator<T> GetEnumerator()", _ENUMERATOR),),
    ),
    Definition(
        G + "IEnumerator`1", "interface", _T, ("System.Collections.IEnumerator", "System.IDisposable"),
        rows=(("T Current", things.current),),
    ),
    Definition(
        G + "IComparer`1", "interface", _T, nameable=False,
        rows=(("int Compare(T x, T y)", lists.comparer_order),),
    ),
    Definition(
        G + "IEqualityComparer`1", "interface", _T, nameable=False,
        rows=(
            ("bool Equals(T x, T y)", things.comparer_equals),
            ("int GetHashCode(T obj)", lists.comparer_hash),
        ),
    ),
    Definition(
        G + "IReadOnlyCollection`1", "interface", _T, ("IEnumerable<T>",),
        rows=(("int Count", things.count_of),),
    ),
    Definition(
        G + "IReadOnlyList`1", "interface", _T, ("IReadOnlyCollection<T>",), nameable=False,
        rows=(("T this[int index]", things.thing_at),),
    ),
    Definition(
        "System.Collections.ObjectModel.ReadOnlyCollection`1", "class", _T, ("IList<T>", "IReadOnlyList<T>"),
        nameable=False,
        rows=(
            ("int Count", things.count_of),
            ("T this[int index]", things.thing_at),
            ("bool Contains(T value)", things.list_contains),
            ("int IndexOf(T value)", things.list_index),
            ("void CopyTo(T[] array, int index)", things.thing_copy),
            ("IEnumerator<T> GetEnumerator()", _ENUMERATOR),
        ),
    ),
    Definition(
        G + "ICollection`1", "interface", _T, ("IEnumerable<T>",),
        rows=(
            ("int Count", things.count_of),
            ("bool IsReadOnly", things.thing_read_only),
            ("void Add(T item)", things.thing_add),
            ("void Clear()", things.thing_clear),
            ("bool Contains(T item)", things.thing_contains),
            ("void CopyTo(T[] array, int arrayIndex)", things.thing_copy),
            ("bool Remove(T item)", things.thing_remove),
        ),
    ),
    Definition(
        G + "IList`1", "interface", _T, ("ICollection<T>",),
        rows=(
            ("T this[int index]", things.thing_at, things.thing_put),
            ("int IndexOf(T item)", things.thing_index),
            ("void Insert(int index, T item)", things.thing_insert),
            ("void RemoveAt(int index)", things.thing_remove_at),
        ),
    ),
    Definition(
        G + "IReadOnlyDictionary`2", "interface", _KV, (f"IReadOnlyCollection<{_PAIR}>",),
        rows=(
            ("TValue this[TKey key]", map_item),
            ("bool ContainsKey(TKey key)", Call(maps.map_contains, cost="none")),
            ("bool TryGetValue(TKey key, out TValue value)", _TRY_GET),
            ("IEnumerable<TKey> Keys", maps.map_keys),
            ("IEnumerable<TValue> Values", maps.map_values),
        ),
    ),
    Definition(
        G + "IDictionary`2", "interface", _KV, (f"ICollection<{_PAIR}>",),
        rows=(
            ("TValue this[TKey key]", map_item, maps.map_put),
            ("bool ContainsKey(TKey key)", Call(maps.map_contains, cost="none")),
            ("bool TryGetValue(TKey key, out TValue value)", _TRY_GET),
            ("void Add(TKey key, TValue value)", maps.map_add),
            ("bool Remove(TKey key)", maps.map_remove),
            ("ICollection<TKey> Keys", maps.map_keys),
            ("ICollection<TValue> Values", maps.map_values),
        ),
    ),
)  # fmt: skip

_LIST_ROWS: tuple[Row, ...] = (
    ("new()", Call(lists.new_list, types=_T, cost="none")),
    (f"new({_SOURCE})", Call(lists.new_list_of, types=_T)),
    ("new(int capacity)", Call(lists.new_list_sized, types=_T)),
    ("int Count", "{0}.items.__len__()"),
    ("int Capacity", lists.list_capacity, lists.list_reserve),
    ("T this[int index]", list_item, lists.list_put),
    ("void Add(T item)", Call(list_add, cost="none")),
    (f"void AddRange({_SOURCE})", lists.list_add_range),
    ("ReadOnlyCollection<T> AsReadOnly()", lists.list_read_only),
    ("int BinarySearch(T item)", lists.list_search),
    ("int BinarySearch(T item, IComparer<T> comparer)", lists.list_search),
    ("int BinarySearch(int index, int count, T item, IComparer<T> comparer)", lists.list_search_part),
    ("void Insert(int index, T item)", things.thing_insert),
    (f"void InsertRange(int index, {_SOURCE})", lists.list_insert_range),
    ("void Clear()", Call(lists.list_clear, cost="none")),
    ("bool Contains(T item)", things.list_contains),
    ("void CopyTo(T[] array)", lists.list_copy),
    ("void CopyTo(T[] array, int arrayIndex)", lists.list_copy),
    ("void CopyTo(int index, T[] array, int arrayIndex, int count)", lists.list_copy_part),
    ("List.Enumerator<T> GetEnumerator()", _ENUMERATOR),
    ("int IndexOf(T item)", things.list_index),
    ("int IndexOf(T item, int index)", lists.list_index_from),
    ("int IndexOf(T item, int index, int count)", lists.list_index_from),
    ("int LastIndexOf(T item)", lists.list_last_index),
    ("int LastIndexOf(T item, int index)", lists.list_last_index_from),
    ("int LastIndexOf(T item, int index, int count)", lists.list_last_index_from),
    ("bool Remove(T item)", things.list_remove),
    ("void RemoveAt(int index)", things.thing_remove_at),
    ("void RemoveRange(int index, int count)", lists.list_remove_range),
    ("int RemoveAll(Predicate<T> match)", lists.list_remove_all),
    ("List<T> GetRange(int index, int count)", lists.list_get_range),
    ("void Sort()", lists.list_sort),
    ("void Sort(IComparer<T> comparer)", lists.list_sort),
    ("void Sort(Comparison<T> comparison)", lists.list_sort_by),
    ("void Sort(int index, int count, IComparer<T> comparer)", lists.list_sort_part),
    ("void Reverse()", lists.list_reverse),
    ("void Reverse(int index, int count)", lists.list_reverse_part),
    ("void TrimExcess()", lists.list_trim),
    ("void ForEach(Action<T> action)", lists.list_for_each),
    ("bool Exists(Predicate<T> match)", lists.list_exists),
    ("bool TrueForAll(Predicate<T> match)", lists.list_true_for_all),
    ("T Find(Predicate<T> match)", Call(lists.list_find, types=_T)),
    ("T FindLast(Predicate<T> match)", Call(lists.list_find_last, types=_T)),
    ("List<T> FindAll(Predicate<T> match)", lists.list_find_all),
    ("int FindIndex(Predicate<T> match)", lists.list_find_index),
    ("int FindIndex(int startIndex, Predicate<T> match)", lists.list_find_index_from),
    ("int FindIndex(int startIndex, int count, Predicate<T> match)", lists.list_find_index_part),
    ("int FindLastIndex(Predicate<T> match)", lists.list_find_last_index),
    ("int FindLastIndex(int startIndex, Predicate<T> match)", lists.list_find_last_index_from),
    ("int FindLastIndex(int startIndex, int count, Predicate<T> match)", lists.list_find_last_index_part),
    ("T[] ToArray()", lists.list_to_array),
    ("List<TOutput> ConvertAll<TOutput>(Converter<T, TOutput> converter)",
     Call(lists.list_convert_all, types=("TOutput",))),
)  # fmt: skip

_MAP_ROWS: tuple[Row, ...] = (
    ("new()", Call(maps.new_dictionary, types=_KV)),
    (f"new({_COMPARED})", Call(maps.new_dictionary, types=_KV)),
    ("new(int capacity)", Call(maps.new_dictionary_sized, types=_KV)),
    (f"new(int capacity, {_COMPARED})", Call(maps.new_dictionary_sized, types=_KV)),
    ("new(IDictionary<TKey, TValue> dictionary)", Call(maps.new_dictionary_of, types=_KV)),
    (f"new(IDictionary<TKey, TValue> dictionary, {_COMPARED})", Call(maps.new_dictionary_of, types=_KV)),
    (f"new(IEnumerable<{_PAIR}> collection)", Call(maps.new_dictionary_of_pairs, types=_KV)),
    (f"new(IEnumerable<{_PAIR}> collection, {_COMPARED})", Call(maps.new_dictionary_of_pairs, types=_KV)),
    ("int Count", things.count_of),
    ("IEqualityComparer<TKey> Comparer", things.comparer_of),
    ("TValue this[TKey key]", map_item, maps.map_put),
    ("void Add(TKey key, TValue value)", maps.map_add),
    ("bool TryAdd(TKey key, TValue value)", maps.map_try_add),
    ("bool ContainsKey(TKey key)", Call(maps.map_contains, cost="none")),
    ("bool ContainsValue(TValue value)", maps.map_contains_value),
    ("int EnsureCapacity(int capacity)", maps.map_room),
    ("bool TryGetValue(TKey key, out TValue value)", _TRY_GET),
    ("bool Remove(TKey key)", maps.map_remove),
    ("bool Remove(TKey key, out TValue value)", Call(maps.map_take, types=_VALUE)),
    ("void Clear()", maps.map_clear),
    ("void TrimExcess()", maps.map_trim),
    ("void TrimExcess(int capacity)", maps.map_trim),
    ("void OnDeserialization(object sender)", maps.deserialized),
    ("Dictionary.KeyCollection<TKey, TValue> Keys", maps.map_keys),
    ("Dictionary.ValueCollection<TKey, TValue> Values", maps.map_values),
    ("Dictionary.Enumerator<TKey, TValue> GetEnumerator()", Call(maps.map_enumerator, types=_KV)),
)

_SET_OPERATIONS: tuple[Row, ...] = (
    ("bool Add(T item)", sets.set_add),
    ("void UnionWith(IEnumerable<T> other)", sets.set_union),
    ("void ExceptWith(IEnumerable<T> other)", sets.set_except),
    ("void IntersectWith(IEnumerable<T> other)", sets.set_intersect),
    ("void SymmetricExceptWith(IEnumerable<T> other)", sets.set_symmetric_except),
    ("bool Overlaps(IEnumerable<T> other)", sets.set_overlaps),
    ("bool IsSubsetOf(IEnumerable<T> other)", sets.set_is_subset),
    ("bool IsProperSubsetOf(IEnumerable<T> other)", sets.set_is_proper_subset),
    ("bool IsSupersetOf(IEnumerable<T> other)", sets.set_is_superset),
    ("bool IsProperSupersetOf(IEnumerable<T> other)", sets.set_is_proper_superset),
    ("bool SetEquals(IEnumerable<T> other)", sets.set_equals),
)

_SET_ROWS: tuple[Row, ...] = (
    ("new()", Call(sets.new_set, types=_T)),
    ("new(IEqualityComparer<T> comparer)", Call(sets.new_set, types=_T)),
    (f"new({_SOURCE})", Call(sets.new_set_of, types=_T)),
    (f"new({_SOURCE}, IEqualityComparer<T> comparer)", Call(sets.new_set_of, types=_T)),
    ("new(int capacity)", Call(sets.new_set_sized, types=_T)),
    ("new(int capacity, IEqualityComparer<T> comparer)", Call(sets.new_set_sized, types=_T)),
    ("static IEqualityComparer<HashSet<T>> CreateSetComparer()", sets.set_comparer),
    ("int Count", things.count_of),
    ("IEqualityComparer<T> Comparer", things.comparer_of),
    ("bool Remove(T item)", sets.set_remove),
    ("int RemoveWhere(Predicate<T> match)", sets.set_remove_where),
    ("bool Contains(T item)", sets.set_contains),
    ("bool TryGetValue(T equalValue, out T actualValue)", Call(sets.set_get, types=_T)),
    ("void Clear()", sets.set_clear),
    ("int EnsureCapacity(int capacity)", sets.set_room),
    ("void TrimExcess()", sets.set_trim),
    ("void OnDeserialization(object sender)", maps.deserialized),
    ("void CopyTo(T[] array)", sets.set_copy),
    ("void CopyTo(T[] array, int arrayIndex)", sets.set_copy),
    ("void CopyTo(T[] array, int arrayIndex, int count)", sets.set_copy_part),
    ("HashSet.Enumerator<T> GetEnumerator()", _ENUMERATOR),
    *_SET_OPERATIONS,
)


def _queue_rows(name: str, push: str, pop: str) -> tuple[Row, ...]:
    new, of, sized = (
        (sets.new_queue, sets.new_queue_of, sets.new_queue_sized)
        if name == "Queue"
        else (sets.new_stack, sets.new_stack_of, sets.new_stack_sized)
    )
    return (
        ("new()", Call(new, types=_T)),
        (f"new({_SOURCE})", Call(of, types=_T)),
        ("new(int capacity)", Call(sized, types=_T)),
        (f"void {push}(T item)", sets.queue_push),
        (f"T {pop}()", sets.queue_pop),
        (f"bool Try{pop}(out T result)", Call(sets.queue_try_pop, types=_T)),
        ("T Peek()", sets.queue_peek),
        ("bool TryPeek(out T result)", Call(sets.queue_try_peek, types=_T)),
        ("int Count", things.count_of),
        ("void Clear()", sets.queue_clear),
        ("bool Contains(T item)", things.list_contains),
        ("T[] ToArray()", sets.queue_array),
        ("void CopyTo(T[] array, int arrayIndex)", sets.queue_copy),
        ("void TrimExcess()", sets.queue_trim),
        (f"{name}.Enumerator<T> GetEnumerator()", _ENUMERATOR),
    )


DEFINITIONS = (
    *_INTERFACES,
    Definition(G + "List`1", "class", _T, ("IList<T>", "IReadOnlyList<T>"), rows=_LIST_ROWS),
    _enumerator_of("List`1", _T, "T"),
    Definition(
        G + "Dictionary`2", "class", _KV,
        ("IDictionary<TKey, TValue>", "IReadOnlyDictionary<TKey, TValue>"), rows=_MAP_ROWS,
    ),
    _enumerator_of("Dictionary`2", _KV, _PAIR),
    *(
        Definition(
            f"{G}Dictionary`2+{name}Collection", "class", _KV,
            (f"ICollection<T{name}>", f"IReadOnlyCollection<T{name}>"), nameable=False,
            rows=(
                ("int Count", things.count_of),
                (f"void CopyTo(T{name}[] array, int index)", things.thing_copy),
            ),
        )
        for name in ("Key", "Value")
    ),
    Definition(
        G + "KeyValuePair`2", "struct", _KV, ("System.ValueType",), default=maps.no_pair,
        rows=(
            ("new(TKey key, TValue value)", Call(maps.new_pair, types=_KV)),
            ("TKey Key", "{0}.key"),
            ("TValue Value", "{0}.value"),
            ("void Deconstruct(out TKey key, out TValue value)", maps.pair_parts),
        ),
    ),
    Definition(G + "ISet`1", "interface", _T, ("ICollection<T>",), rows=_SET_OPERATIONS),
    Definition(G + "HashSet`1", "class", _T, ("ISet<T>", "IReadOnlyCollection<T>"), rows=_SET_ROWS),
    _enumerator_of("HashSet`1", _T, "T"),
    Definition(
        G + "Queue`1", "class", _T, ("IReadOnlyCollection<T>",),
        rows=_queue_rows("Queue", "Enqueue", "Dequeue"),
    ),
    _enumerator_of("Queue`1", _T, "T"),
    Definition(
        G + "Stack`1", "class", _T, ("IReadOnlyCollection<T>",), rows=_queue_rows("Stack", "Push", "Pop")
    ),
    _enumerator_of("Stack`1", _T, "T"),
)  # fmt: skip
