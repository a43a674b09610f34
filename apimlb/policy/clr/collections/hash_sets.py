"""HashSet<T>, with .NET's enumeration order and its room."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from apimlb.policy.clr.budget import charge_passed
from apimlb.policy.clr.collections.containers import MISSING, Comparer, bounded, unchanged
from apimlb.policy.clr.exceptions import over_limit

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


def room_grown(room: int, used: int) -> int:
    """The size that a hash table of `room` places has grown to, one by one, when `used` are taken."""
    while room < used:
        room = room_for(2 * room)
    return room


class ClrSet:
    """HashSet<T>: a new element takes the place that was freed last."""

    __slots__ = ("_free", "_places", "_room", "_slots", "comparer", "element", "version")

    def __init__(self, element: str, comparer: Comparer, room: int = 0) -> None:
        self.element = element
        self.comparer = comparer
        self.version = 0
        self._room = room_for(room) if room else 0
        self._places: dict[object, int] = {}
        self._slots: list[object] = []
        self._free: list[int] = []

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.HashSet`1[{self.element}]"

    @property
    def keys(self) -> Iterable[object]:
        """What the comparer makes of the elements."""
        return self._places.keys()

    def find(self, item: object) -> object:
        """The element that equals `item`, or MISSING."""
        place = self._places.get(self.comparer.key(item))
        return MISSING if place is None else self._slots[place]

    def add(self, item: object) -> bool:
        key = self.comparer.key(item)
        if key in self._places:
            return False
        if self._free:
            place = self._free.pop()
            self._slots[place] = item
        else:
            place = len(self._slots)
            bounded(place + 1)
            self._slots.append(item)
        self._places[key] = place
        self.version += 1
        return True

    def remove(self, item: object) -> bool:
        place = self._places.pop(self.comparer.key(item), None)
        if place is None:
            return False
        self.version += 1
        self._slots[place] = MISSING
        self._free.append(place)
        if not self._places:
            self._room = self.room
            self._slots.clear()
            self._free.clear()
        return True

    def clear(self) -> None:
        self._room = self.room
        self._places.clear()
        self._slots.clear()
        self._free.clear()
        self.version += 1

    @property
    def room(self) -> int:
        return room_grown(self._room, len(self._slots))

    def ensure(self, count: int) -> int:
        """EnsureCapacity: the room that there is then."""
        self.version += 1
        self._room = self.room if self.room >= count else room_for(count)
        return self._room

    def trim(self) -> None:
        """TrimExcess: close the gaps."""
        items = list(self)
        self.clear()
        self._room = room_for(len(items)) if items else 0
        for item in items:
            self.add(item)

    def __contains__(self, item: object) -> bool:
        return self.comparer.key(item) in self._places

    def __iter__(self) -> Iterator[object]:
        charge_passed(len(self._free))
        items = (item for item in self._slots if item is not MISSING)
        return unchanged(self, items, MODIFIED_SET)

    def __len__(self) -> int:
        return len(self._places)
