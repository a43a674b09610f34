"""Dictionary<TKey, TValue> and KeyValuePair: what their members do."""

from apimlb.policy.clr.collections.containers import Comparer, KeyValuePair, map_item
from apimlb.policy.clr.collections.enumerators import G, enumerated, enumerator_of
from apimlb.policy.clr.collections.hash_tables import ClrDictionary, room_for
from apimlb.policy.clr.collections.interfaces import (
    KV,
    PAIR,
    TRY_GET,
    VALUE,
    collection_contains,
    collection_copy,
    count_of,
    map_contains,
    map_keys,
    map_values,
    try_get,
)
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.exceptions import out_of_range
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition, Row


def _types(key: Type, value: Type) -> str:
    return f"{key.name},{value.name}"


def new_dictionary(
    key: Type, value: Type, comparer: Comparer | None = None, capacity: int = 0
) -> ClrDictionary:
    return ClrDictionary(_types(key, value), comparer, capacity)


def new_dictionary_of(
    key: Type, value: Type, source: object, comparer: Comparer | None = None
) -> ClrDictionary:
    made = new_dictionary(key, value, comparer)
    for pair in elements(source):
        made.add(pair.key, pair.value)  # type: ignore[attr-defined]
    return made


def map_take(kind: Type, target: ClrDictionary, key: object) -> tuple[bool, object]:
    """Remove(key, out value)"""
    found = try_get(kind, target, key)
    target.remove(key)
    return found


def map_room(target: ClrDictionary, capacity: int) -> int:
    """EnsureCapacity: the room that there is then."""
    before = target.room
    room = target.ensure(capacity)
    target.version += room > before
    return room


def map_trim(target: ClrDictionary, capacity: int | None = None) -> None:
    """TrimExcess"""
    wanted = len(target) if capacity is None else capacity
    if wanted < len(target):
        raise out_of_range("capacity")
    room = room_for(wanted)
    if room < target.room:
        target.trim(room)
        target.version += 1


def new_pair(key_type: Type, value_type: Type, key: object, value: object) -> KeyValuePair:
    return KeyValuePair(key, value, _types(key_type, value_type))


def no_pair(key_type: Type, value_type: Type) -> KeyValuePair:
    """default(KeyValuePair<TKey, TValue>)"""
    return new_pair(key_type, value_type, key_type.default, value_type.default)


_COMPARED = "IEqualityComparer<TKey> comparer"

_MAP_ROWS: tuple[Row, ...] = (
    (f"new([{_COMPARED}])", Call(new_dictionary, types=KV)),
    (
        f"new(int capacity[, {_COMPARED}])",
        Call(
            lambda key, value, capacity, comparer=None: new_dictionary(key, value, comparer, capacity),
            types=KV,
        ),
    ),
    (f"new(IDictionary<TKey, TValue>! dictionary[, {_COMPARED}])", Call(new_dictionary_of, types=KV)),
    (f"new(IEnumerable<{PAIR}>! collection[, {_COMPARED}])", Call(new_dictionary_of, types=KV)),
    ("int Count", count_of),
    ("IEqualityComparer<TKey> Comparer", "{0}.comparer"),
    ("TValue this[TKey key]", map_item, ClrDictionary.put),
    ("void Add(TKey key, TValue value)", ClrDictionary.add),
    ("bool TryAdd(TKey key, TValue value)", ClrDictionary.try_add),
    ("bool ContainsKey(TKey key)", Call(map_contains, cost="none")),
    (
        "bool ContainsValue(TValue value)",
        lambda target, value: collection_contains(map_values(target), value),
    ),
    ("int EnsureCapacity(int capacity)", map_room),
    ("bool TryGetValue(TKey key, out TValue value)", TRY_GET),
    ("bool Remove(TKey key)", ClrDictionary.remove),
    ("bool Remove(TKey key, out TValue value)", Call(map_take, types=VALUE)),
    ("void Clear()", ClrDictionary.clear),
    ("void TrimExcess([int capacity])", map_trim),
    ("void OnDeserialization(object sender)", lambda target, sender: None),  # nothing was deserialized
    ("Dictionary.KeyCollection<TKey, TValue> Keys", map_keys),
    ("Dictionary.ValueCollection<TKey, TValue> Values", map_values),
    (
        "Dictionary.Enumerator<TKey, TValue> GetEnumerator()",
        Call(lambda key, value, target: enumerated(target, no_pair(key, value)), types=KV),
    ),
)

DEFINITIONS = (
    Definition(
        G + "Dictionary`2", "class", KV,
        ("IDictionary<TKey, TValue>", "IReadOnlyDictionary<TKey, TValue>"), rows=_MAP_ROWS,
    ),
    enumerator_of("Dictionary`2", KV, PAIR),
    *(
        Definition(
            f"{G}Dictionary`2+{name}Collection", "class", KV,
            (f"ICollection<T{name}>", f"IReadOnlyCollection<T{name}>"), nameable=False,
            rows=(
                ("int Count", count_of),
                (f"void CopyTo(T{name}[] array, int index)", collection_copy),
            ),
        )
        for name in ("Key", "Value")
    ),
    Definition(
        G + "KeyValuePair`2", "struct", KV, ("System.ValueType",), default=no_pair,
        rows=(
            ("new(TKey key, TValue value)", Call(new_pair, types=KV)),
            ("TKey Key", "{0}.key"),
            ("TValue Value", "{0}.value"),
            ("void Deconstruct(out TKey key, out TValue value)", lambda pair: (None, pair.key, pair.value)),
        ),
    ),
)  # fmt: skip
