"""What the members of Dictionary<TKey, TValue> and its interfaces do."""

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.hash_sets import room_for, room_grown
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.values import (
    MISSING,
    ClrDictionary,
    ClrList,
    Comparer,
    KeyValuePair,
    MapView,
    ReadOnlyMap,
)
from apimlb.policy.clr.exceptions import ClrException, argument_null, argument_range
from apimlb.policy.clr.json.tokens import JObject
from apimlb.policy.clr.objects.ordering import DEFAULT_COMPARER
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type

OUT_OF_RANGE = "Specified argument was out of the range of valid values."


def _types(key: Type, value: Type) -> str:
    return f"{key.name},{value.name}"


def new_dictionary(key: Type, value: Type, comparer: Comparer | None = None) -> ClrDictionary:
    return ClrDictionary(_types(key, value), comparer or DEFAULT_COMPARER)


def new_dictionary_sized(
    key: Type, value: Type, capacity: int, comparer: Comparer | None = None
) -> ClrDictionary:
    if capacity < 0:
        raise argument_range(OUT_OF_RANGE, "capacity")
    return ClrDictionary(
        _types(key, value), comparer or DEFAULT_COMPARER, room_for(capacity) if capacity else 0
    )


def new_dictionary_of(
    key: Type, value: Type, source: ReadOnlyMap | None, comparer: Comparer | None = None
) -> ClrDictionary:
    """new Dictionary<K, V>(IDictionary<K, V>)"""
    if source is None:
        raise argument_null("dictionary")
    return new_dictionary_of_pairs(key, value, source, comparer)


def new_dictionary_of_pairs(
    key: Type, value: Type, source: object, comparer: Comparer | None = None
) -> ClrDictionary:
    made = new_dictionary(key, value, comparer)
    for pair in elements(source, "collection"):
        assert isinstance(pair, KeyValuePair)
        made.add(pair.key, pair.value)
    return made


def map_put(target: ClrDictionary, key: object, value: object) -> None:
    target.put(key, value)


def map_add(target: ClrDictionary, key: object, value: object) -> None:
    target.add(key, value)


def map_try_add(target: ClrDictionary, key: object, value: object) -> bool:
    if target.find(key) is not MISSING:
        return False
    target.put(key, value)
    return True


def map_contains(target: ReadOnlyMap, key: object) -> bool:
    return target.find(key) is not MISSING


def map_contains_value(target: ReadOnlyMap, value: object) -> bool:
    return any(clr_equals(item, value) for item in elements(MapView(target, "Value")))


def map_try_get(kind: Type, target: ReadOnlyMap, key: object) -> tuple[bool, object]:
    value = target.find(key)
    return (False, kind.default) if value is MISSING else (True, value)


def map_remove(target: ClrDictionary, key: object) -> bool:
    return target.remove(key)


def map_take(kind: Type, target: ClrDictionary, key: object) -> tuple[bool, object]:
    """Remove(key, out value)"""
    found = map_try_get(kind, target, key)
    target.remove(key)
    return found


def map_clear(target: ClrDictionary) -> None:
    target.clear()


def map_keys(target: ReadOnlyMap | JObject) -> MapView | ClrList:
    if isinstance(target, JObject):
        return ClrList(list(target.properties), "System.String")
    return MapView(target, "Key")


def map_values(target: ReadOnlyMap | JObject) -> MapView:
    if isinstance(target, JObject):
        raise ClrException("System.NotImplementedException", "The method or operation is not implemented.")
    return MapView(target, "Value")


def map_room(target: ClrDictionary, capacity: int) -> int:
    """EnsureCapacity: the room that there is then."""
    if capacity < 0:
        raise argument_range(OUT_OF_RANGE, "capacity")
    room = room_grown(target.room or 3, target.used()) if target.room or target.used() else 0
    target.version += room < capacity
    target.room = room if room >= capacity else room_for(capacity)
    return target.room


def map_trim(target: ClrDictionary, capacity: int | None = None) -> None:
    """TrimExcess: close the gaps."""
    wanted = len(target) if capacity is None else capacity
    if wanted < len(target):
        raise argument_range(OUT_OF_RANGE, "capacity")
    charge_each(len(target))
    pairs = list(target.pairs())
    target.clear()
    target.room = room_for(wanted)
    for key, value in pairs:
        target.put(key, value)


def deserialized(target: object, sender: object) -> None:
    """OnDeserialization: nothing was deserialized."""


def new_pair(key_type: Type, value_type: Type, key: object, value: object) -> KeyValuePair:
    return KeyValuePair(key, value, _types(key_type, value_type))


def no_pair(key_type: Type, value_type: Type) -> KeyValuePair:
    """default(KeyValuePair<TKey, TValue>)"""
    return new_pair(key_type, value_type, key_type.default, value_type.default)


def map_enumerator(key_type: Type, value_type: Type, target: ClrDictionary) -> Enumerator:
    name = target.clr_name.replace("[", "+Enumerator[", 1)
    return Enumerator(lambda: elements(iter(target)), name, no_pair(key_type, value_type), restarts=True)


def pair_parts(pair: KeyValuePair) -> tuple[None, object, object]:
    """Deconstruct"""
    return None, pair.key, pair.value
