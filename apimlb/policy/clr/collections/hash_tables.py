"""HashSet<T> and Dictionary<TKey, TValue>, with .NET's order of enumeration and its room."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from apimlb.policy.clr.budget import charge_each, charge_passed
from apimlb.policy.clr.collections.containers import (
    DEFAULT_COMPARER,
    MISSING,
    MODIFIED,
    Comparer,
    ReadOnlyMap,
    bounded,
    generic_name,
    unchanged,
)
from apimlb.policy.clr.exceptions import argument, out_of_range, over_limit, required
from apimlb.policy.clr.objects.text import text_of

MODIFIED_SET: Final = "Collection was modified after the enumerator was instantiated."

# The sizes that .NET's hash tables take (System.Collections.HashHelpers, as EnsureCapacity shows them).
_PRIMES: Final = (
    3, 7, 11, 17, 23, 29, 37, 47, 59, 71, 89, 107, 131, 163, 197, 239, 293, 353, 431, 521, 631, 761,
    919, 1103, 1327, 1597, 1931, 2333, 2801, 3371, 4049, 4861, 5839, 7013, 8419, 10103, 12143,
    14591, 17519, 21023, 25229, 30293, 36353, 43627, 52361, 62851, 75431, 90523, 108631, 130363,
    156437, 187751, 225307, 270371, 324449, 389357, 467237, 560689, 672827, 807403, 968897, 1162687,
    1395263, 1674319, 2009191, 2411033,
)  # fmt: skip


def room_for(count: int) -> int:
    """The size of a hash table that has room for so many; throws where it is larger than the evaluator
    allows."""
    place = bisect_left(_PRIMES, count)
    if place == len(_PRIMES):
        raise over_limit(f"{_PRIMES[-1]} places in one collection")
    return _PRIMES[place]


class HashTable:
    """Entries, each found by what the comparer makes of its key. A new one takes the place that was freed
    last."""

    def __init__(self, comparer: Comparer | None, capacity: int = 0) -> None:
        self.comparer = comparer or DEFAULT_COMPARER
        self.version = 0
        self._room = 0
        self._places: dict[object, int] = {}
        self._slots: list[Any] = []
        self._free: list[int] = []
        if capacity:
            self.ensure(capacity)

    def claim(self, key: object, entry: object) -> int | None:
        """Keep an entry whose key is new; else the place that the key has."""
        found = self.comparer.key(key)
        taken = self._places.get(found)
        if taken is not None:
            return taken
        if self._free:
            place = self._free.pop()
            self._slots[place] = entry
        else:
            place = len(self._slots)
            bounded(place + 1)
            self._slots.append(entry)
        self._places[found] = place
        self.version += 1
        return None

    def remove(self, key: object) -> bool:
        place = self._places.pop(self.comparer.key(key), None)
        if place is None:
            return False
        self._slots[place] = MISSING
        self._free.append(place)
        return True

    def clear(self) -> None:
        self._room = self.room
        self._places.clear()
        self._slots.clear()
        self._free.clear()

    @property
    def room(self) -> int:
        """The places that there are, when those beyond `_room` came one by one."""
        room = self._room
        while room < len(self._slots):
            room = room_for(2 * room)
        return room

    def ensure(self, capacity: int) -> int:
        """EnsureCapacity: the room that there is then."""
        if capacity < 0:
            raise out_of_range("capacity")
        self._room = self.room if self.room >= capacity else room_for(capacity)
        return self._room

    def trim(self, room: int) -> None:
        """TrimExcess: close the gaps."""
        charge_each(len(self))
        found = sorted(self._places.items(), key=itemgetter(1))
        self._slots[:] = [self._slots[place] for _, place in found]
        self._places = {key: place for place, (key, _) in enumerate(found)}
        self._free.clear()
        self._room = room

    def entries(self, modified: str) -> Iterator[Any]:
        """What is there, in the order of the places; `modified` says that it was changed meanwhile."""
        charge_passed(len(self._free))
        found = (entry for entry in self._slots if entry is not MISSING)
        return unchanged(self, self.version, found, modified)

    def __len__(self) -> int:
        return len(self._places)


class ClrSet(HashTable):
    """HashSet<T>"""

    clr_name = generic_name("System.Collections.Generic.HashSet`1", "element")

    def __init__(self, element: str, comparer: Comparer | None, capacity: int = 0) -> None:
        super().__init__(comparer, capacity)
        self.element = element

    @property
    def keys(self) -> Iterable[object]:
        """What the comparer makes of the elements."""
        return self._places.keys()

    def find(self, item: object) -> object:
        """The element that equals `item`, or MISSING."""
        place = self._places.get(self.comparer.key(item))
        return MISSING if place is None else self._slots[place]

    def add(self, item: object) -> bool:
        return self.claim(item, item) is None

    def remove(self, item: object) -> bool:
        if not super().remove(item):
            return False
        self.version += 1
        if not self._places:
            self.clear()
        return True

    def clear(self) -> None:
        super().clear()
        self.version += 1

    def __contains__(self, item: object) -> bool:
        return self.comparer.key(item) in self._places

    def __iter__(self) -> Iterator[object]:
        return self.entries(MODIFIED_SET)


class ClrDictionary(HashTable, ReadOnlyMap):
    """Dictionary<TKey, TValue>; its entries are pairs of key and value."""

    def __init__(self, types: str, comparer: Comparer | None, capacity: int = 0) -> None:
        super().__init__(comparer, capacity)
        self.types = types

    def find(self, key: object) -> object:
        place = self._places.get(self.comparer.key(required(key, "key")))
        return MISSING if place is None else self._slots[place][1]

    def put(self, key: object, value: object) -> None:
        place = self.claim(required(key, "key"), (key, value))
        if place is not None:
            self._slots[place] = (self._slots[place][0], value)
            self.version += 1

    def try_add(self, key: object, value: object) -> bool:
        return self.claim(required(key, "key"), (key, value)) is None

    def add(self, key: object, value: object) -> None:
        if not self.try_add(key, value):
            raise argument(f"An item with the same key has already been added. Key: {text_of(key)}")

    def remove(self, key: object) -> bool:
        return super().remove(required(key, "key"))

    def pairs(self) -> Iterator[tuple[object, object]]:
        return self.entries(MODIFIED)


class ReadOnlyDictionary(ClrDictionary):
    """ReadOnlyDictionary<TKey, TValue>, which only an IReadOnlyDictionary<TKey, TValue> holds."""

    clr_name = generic_name("System.Collections.ObjectModel.ReadOnlyDictionary`2", "types")
