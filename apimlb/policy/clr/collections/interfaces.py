"""The members of the interfaces of collections, for every class that has them, and what collections share:
copying into arrays, enumerators."""

from collections.abc import Iterator
from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.collections import arrays
from apimlb.policy.clr.collections.arrays import Array, Listed
from apimlb.policy.clr.collections.containers import (
    MISSING,
    ClrArray,
    ClrList,
    KeyValuePair,
    MapView,
    ReadOnlyList,
)
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.hash_tables import ClrDictionary, ClrSet
from apimlb.policy.clr.collections.iteration import PAIR_TYPES, elements, iterate, iterate_pairs
from apimlb.policy.clr.collections.queues import ClrQueue
from apimlb.policy.clr.collections.searches import index_of
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.json.tokens import JArray, JObject
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition

Collection = Listed | ClrSet | ClrDictionary | MapView | JArray | JObject

G = "System.Collections.Generic."
T, VALUE, KV = ("T",), ("TValue",), ("TKey", "TValue")
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


def list_contains(target: object, value: object) -> bool:
    if isinstance(target, Listed):
        return index_of(target, value) >= 0
    return any(clr_equals(item, value) for item in elements(target))


def collection_contains(target: Collection, value: object) -> bool:
    """ICollection<T>.Contains"""
    if isinstance(target, ClrSet):
        return value in target
    if isinstance(target, JArray):
        return item_index(target, value) >= 0
    if isinstance(target, ClrDictionary | JObject):
        assert isinstance(value, KeyValuePair)
        found = target.find(value.key)
        return found is value.value if isinstance(target, JObject) else clr_equals(found, value.value)
    return list_contains(target, value)


def _fixed(target: Collection | None, reason: str = _FIXED) -> exceptions.ClrException:
    """Why a collection takes or loses no elements; `reason` is what arrays say."""
    if target is None:
        return exceptions.null_reference()
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
        return
    if isinstance(target, ClrSet):
        copy_set(target, array, at)
        return
    items = list(target)
    exceptions.required(array, "array")
    if not 0 <= at <= len(array):
        raise exceptions.argument_range(NOT_NEGATIVE, "index")
    if at + len(items) > len(array):
        raise exceptions.destination_too_short()
    write_into(array, at, items)


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


def collection_read_only(target: Collection) -> bool:
    """ICollection<T>.IsReadOnly: arrays say yes."""
    if target is None:
        raise exceptions.null_reference()
    return isinstance(target, Array | MapView)


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


# Enumerators


_STRICT = {str, bytearray, ClrArray, ClrQueue}
"""Whose enumerators have no Current before the first element and after the last."""


def enumerator(kind: Type, source: object) -> Enumerator:
    """GetEnumerator() of anything that is an IEnumerable<T>."""
    return enumerated(source, MISSING if type(source) in _STRICT else kind.default)


def enumerated(source: object, outside: object) -> Enumerator:
    """An enumerator; `outside` is what its Current is where it has no element."""
    if source is None:
        raise exceptions.null_reference()
    name = getattr(source, "clr_name", "System.Object").replace("[", "+Enumerator[", 1)
    if isinstance(source, str):
        name = "System.CharEnumerator"
    return Enumerator(lambda: _counted(source), name, outside, not isinstance(source, LazySequence))


def _counted(source: object) -> Iterator[object]:
    # The walk begins here and not with its first step: it must know what was changed before that.
    return elements(iterate(source))


def enumerator_of(owner: str, parameters: tuple[str, ...], element: str) -> Definition:
    """The struct that GetEnumerator() of a collection yields."""
    return Definition(
        f"{G}{owner}+Enumerator", "struct", parameters,
        (f"IEnumerator<{element}>", "System.ValueType"), nameable=False,
    )  # fmt: skip


ENUMERATOR = Call(enumerator, types=T)


def pair_enumerator(source: JObject) -> Enumerator:
    """JObject.GetEnumerator()"""
    outside = KeyValuePair(None, None, PAIR_TYPES)
    return Enumerator(lambda: elements(iterate_pairs(source)), "System.Object", outside, restarts=False)
