"""The members of the interfaces of collections, for every class that has them, and what collections share:
copying into arrays, enumerators, comparers."""

from collections.abc import Iterator, Sequence

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.collections import containers
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.hash_sets import ClrSet
from apimlb.policy.clr.collections.iteration import PAIR_TYPES, elements, iterate, iterate_pairs
from apimlb.policy.clr.collections.queues import ClrQueue
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.json.tokens import JArray, JObject
from apimlb.policy.clr.numbers.arithmetic import Byte
from apimlb.policy.clr.objects.ordering import DEFAULT_COMPARER
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition

Array = containers.ClrArray | bytearray
Listed = containers.ClrList | containers.ClrArray | bytearray
Collection = Listed | ClrSet | containers.ClrDictionary | containers.MapView | JArray | JObject

G = "System.Collections.Generic."
T, VALUE, KV = ("T",), ("TValue",), ("TKey", "TValue")
PAIR = "KeyValuePair<TKey, TValue>"
SOURCE = "IEnumerable<T> collection"

_FIXED = "Collection was of a fixed size."
_READ_ONLY = "Collection is read-only."
_NOT_NEGATIVE = "Non-negative number required."


def array_from(items: list[object], element: str) -> Array:
    """T[] of these items; a byte[] is a bytearray."""
    if element == "System.Byte":
        return bytearray(items)  # type: ignore[arg-type]
    return containers.ClrArray(items, element)


def count_of(target: object) -> int:
    if isinstance(target, JArray):
        return len(target.items)
    return len(target.properties if isinstance(target, JObject) else target)  # type: ignore[arg-type]


def actual(message: str, name: str, value: int) -> exceptions.ClrException:
    """An ArgumentOutOfRangeException that names the value."""
    made = exceptions.argument_range(message, name)
    return exceptions.ClrException(made.type_name, f"{made.message}\nActual value was {value}.")


def write_into(target: Array, at: int, items: Sequence[object] | bytearray) -> None:
    """Items into an array that is known to have room for them."""
    charge_each(len(items))
    if isinstance(target, bytearray):
        target[at : at + len(items)] = bytes(items)  # type: ignore[arg-type]
    else:
        target.items[at : at + len(items)] = list(items)


def copy_to(items: Sequence[object] | bytearray, target: Array | None, at: int) -> None:
    """Array.Copy as List<T>, arrays and read-only lists use it for CopyTo."""
    if target is None:
        raise exceptions.argument_null("destinationArray")
    exceptions.not_negative(
        at, "destinationIndex", "Number was less than the array's lower bound in the first dimension."
    )
    if at + len(items) > len(target):
        raise exceptions.argument(
            "Destination array was not long enough. Check the destination index, length, and the array's "
            "lower bounds.",
            "destinationArray",
        )
    write_into(target, at, items)


# ICollection<T>, IList<T>


def _items(target: Listed) -> list[object] | bytearray:
    return target if isinstance(target, bytearray) else target.items


def list_index(target: Listed, value: object) -> int:
    if (
        type(value) is str
        and isinstance(target, containers.ClrArray | containers.ClrList)
        and target.element == "System.String"
    ):
        BUDGET.spend(2 * len(target.items))
        return target.items.index(value) if value in target.items else -1
    return next((i for i, item in enumerate(elements(target)) if clr_equals(item, value)), -1)


def list_contains(target: object, value: object) -> bool:
    if isinstance(target, containers.ClrList | containers.ClrArray | bytearray):
        return list_index(target, value) >= 0
    return any(clr_equals(item, value) for item in elements(target))


def collection_contains(target: Collection, value: object) -> bool:
    """ICollection<T>.Contains"""
    if isinstance(target, ClrSet):
        return value in target
    if isinstance(target, JArray):
        return any(item is value for item in target.items)
    if isinstance(target, containers.ClrDictionary | JObject):
        assert isinstance(value, containers.KeyValuePair)
        return clr_equals(target.find(value.key), value.value)
    return list_contains(target, value)


def _fixed(target: Collection) -> exceptions.ClrException:
    """Why a collection takes or loses no elements."""
    if isinstance(target, containers.MapView):
        return exceptions.not_supported(
            f"Mutating a {target.kind.lower()} collection derived from a dictionary is not allowed."
        )
    return exceptions.not_supported(_READ_ONLY if isinstance(target, containers.ReadOnlyList) else _FIXED)


def collection_add(target: Collection, value: object) -> None:
    """ICollection<T>.Add"""
    if isinstance(target, containers.ClrList):
        containers.bounded(len(target.items) + 1)
        target.changed().append(value)
    elif isinstance(target, ClrSet | JArray):
        target.add(value)  # type: ignore[arg-type]
    elif isinstance(target, containers.ClrDictionary | JObject):
        assert isinstance(value, containers.KeyValuePair)
        target.add(value.key, value.value)  # type: ignore[arg-type]
    else:
        raise _fixed(_there(target))


def _there(target: Collection | None) -> Collection:
    if target is None:
        raise exceptions.null_reference()
    return target


def collection_clear(target: Collection) -> None:
    if isinstance(target, containers.ClrList):
        target.changed().clear()
    elif isinstance(target, ClrSet | containers.ClrDictionary | JArray | JObject):
        target.clear()
    elif isinstance(_there(target), containers.MapView):
        raise _fixed(target)
    else:
        raise exceptions.not_supported(_READ_ONLY)


def collection_remove(target: Collection, value: object) -> bool:
    """ICollection<T>.Remove"""
    if isinstance(target, containers.ClrList):
        return list_remove(target, value)
    if isinstance(target, ClrSet):
        return target.remove(value)
    if isinstance(target, JArray):
        place = item_index(target, value)
        if place >= 0:
            target.remove_at(place)
        return place >= 0
    if isinstance(target, containers.ClrDictionary | JObject):
        assert isinstance(value, containers.KeyValuePair)
        same = clr_equals(target.find(value.key), value.value)
        return same and target.remove(value.key)  # type: ignore[arg-type]
    raise _fixed(_there(target))


def list_remove(target: containers.ClrList, value: object) -> bool:
    index = list_index(target, value)
    if index >= 0:
        del target.changed()[index]
    return index >= 0


def collection_copy(target: Collection, array: Array | None, at: int) -> None:
    """ICollection<T>.CopyTo"""
    if isinstance(target, containers.ClrList | containers.ClrArray | bytearray):
        copy_to(_items(target), array, at)
    elif isinstance(target, ClrSet):
        copy_set(target, array, at, len(target))
    else:
        copy_checked(list(_there(target)), array, at, "index")


def copy_set(target: ClrSet, array: Array | None, at: int, count: int) -> None:
    """HashSet<T>.CopyTo"""
    if array is None:
        raise exceptions.argument_null("array")
    for number, name in ((at, "arrayIndex"), (count, "count")):
        if number < 0:
            raise actual(_NOT_NEGATIVE, name, number)
    if at > len(array) or count > len(array) - at:
        raise exceptions.destination_too_short()
    charge_each(len(target))
    write_into(array, at, list(target)[:count])


def copy_checked(items: list[object], array: Array | None, at: int, name: str) -> None:
    """CopyTo of dictionaries and their views."""
    if array is None:
        raise exceptions.argument_null("array")
    if not 0 <= at <= len(array):
        raise exceptions.argument_range(_NOT_NEGATIVE if at < 0 else "Index was out of range.", name)
    if at + len(items) > len(array):
        raise exceptions.destination_too_short()
    write_into(array, at, items)


def collection_read_only(target: Collection) -> bool:
    """ICollection<T>.IsReadOnly: arrays say yes."""
    return isinstance(_there(target), containers.ClrArray | bytearray | containers.MapView)


def item_at(target: Listed | JArray, index: int) -> object:
    """An element of an IList<T> or IReadOnlyList<T> of any class."""
    if isinstance(target, containers.ClrList):
        return containers.list_item(target, index)
    if isinstance(target, JArray | containers.ReadOnlyList):
        if not 0 <= index < len(target.items):
            raise exceptions.index_range()
        return target.items[index]
    if not 0 <= index < len(target):
        raise exceptions.array_range()
    return Byte(target[index]) if isinstance(target, bytearray) else target.items[index]


def item_put(target: Listed | JArray, index: int, value: object) -> None:
    if isinstance(target, containers.ClrList):
        if not 0 <= index < len(target.items):
            raise exceptions.index_range()
        target.changed()[index] = value
    elif isinstance(target, JArray):
        target.put(index, value)  # type: ignore[arg-type]
    elif isinstance(target, containers.ReadOnlyList):
        raise _fixed(target)
    elif not 0 <= index < len(target):
        raise exceptions.array_range()
    elif isinstance(target, bytearray):
        target[index] = int(value)  # type: ignore[call-overload]
    else:
        target.items[index] = value


def item_index(target: Listed | JArray, value: object) -> int:
    if isinstance(target, JArray):
        return next((i for i, item in enumerate(target.items) if item is value), -1)
    return list_index(target, value)


def item_insert(target: Listed | JArray, index: int, value: object) -> None:
    if isinstance(target, containers.ClrList):
        if not 0 <= index <= len(target.items):
            raise exceptions.argument_range("Index must be within the bounds of the List.", "index")
        containers.bounded(len(target.items) + 1)
        target.changed().insert(index, value)
    elif isinstance(target, JArray):
        target.insert(index, value)  # type: ignore[arg-type]
    else:
        raise _fixed(_there(target))


def item_remove_at(target: Listed | JArray, index: int) -> None:
    if isinstance(target, containers.ClrList):
        if not 0 <= index < len(target.items):
            raise exceptions.index_range()
        del target.changed()[index]
    elif isinstance(target, JArray):
        target.remove_at(index)
    else:
        raise _fixed(_there(target))


# Enumerators


def enumerator(kind: Type, source: object) -> Enumerator:
    """GetEnumerator() of anything that is an IEnumerable<T>."""
    if source is None:
        raise exceptions.null_reference()
    strict = isinstance(source, str | containers.ClrArray | bytearray | ClrQueue) and not isinstance(
        source, containers.ReadOnlyList
    )
    if isinstance(source, str):
        name = "System.CharEnumerator"
    else:
        name = getattr(source, "clr_name", "System.Object").replace("[", "+Enumerator[", 1)
    return Enumerator(
        lambda: _counted(source),
        name,
        containers.MISSING if strict else kind.default,
        not isinstance(source, LazySequence),
    )


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
    none = containers.KeyValuePair(None, None, PAIR_TYPES)
    return Enumerator(lambda: elements(iterate_pairs(source)), "System.Object", none, restarts=False)


# Comparers


def comparer_equals(comparer: containers.Comparer, left: object, right: object) -> bool:
    """IEqualityComparer<T>.Equals"""
    if left is None or right is None:
        return left is right
    return bool(comparer.key(left) == comparer.key(right))


def _set_key(value: object) -> object:
    assert isinstance(value, ClrSet)
    BUDGET.spend(len(value))
    return frozenset(value.keys) if value.comparer is DEFAULT_COMPARER else id(value)


SET_COMPARER = containers.Comparer("Set", _set_key)
