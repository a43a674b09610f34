"""Arrays, lists, dictionaries and their kin. Each knows the CLR name of its elements, for ToString and
casts."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from apimlb.policy.values.exceptions import (
    ClrException,
    argument,
    argument_null,
    index_range,
    invalid_operation,
    over_limit,
)

MODIFIED = "Collection was modified; enumeration operation may not execute."
LARGEST: Final = 1_000_000
MISSING: Final = object()


def bounded(count: int) -> int:
    """A number of elements that the evaluator allows; throws beyond a million."""
    if count > LARGEST:
        raise over_limit(f"{LARGEST} elements in one collection")
    return count


class ClrArray:
    """T[] of anything but bytes (those are bytearrays); `items` is never resized."""

    __slots__ = ("element", "items", "shape")

    def __init__(self, items: list[object], element: str, shape: tuple[int, ...] = ()) -> None:
        self.items = items
        self.element = element
        self.shape = shape

    @property
    def clr_name(self) -> str:
        return f"{self.element}[{',' * max(len(self.shape) - 1, 0)}]"

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class ReadOnlyList(ClrArray):
    """ReadOnlyCollection<T>"""

    __slots__ = ()

    @property
    def clr_name(self) -> str:
        return f"System.Collections.ObjectModel.ReadOnlyCollection`1[{self.element}]"


class ClrList:
    """List<T>"""

    __slots__ = ("element", "items", "version")

    def __init__(self, items: list[object], element: str) -> None:
        self.items = items
        self.element = element
        self.version = 0

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.List`1[{self.element}]"

    def changed(self) -> list[object]:
        """The items, about to be changed."""
        self.version += 1
        return self.items

    def __iter__(self) -> Iterator[object]:
        version = self.version
        for item in self.items:
            yield item
            if self.version != version:
                raise invalid_operation(MODIFIED)

    def __len__(self) -> int:
        return len(self.items)


def list_add(target: ClrList, item: object) -> None:
    items = target.items
    if len(items) >= LARGEST:
        bounded(LARGEST + 1)
    items.append(item)
    target.version += 1


def list_item(target: ClrList, index: int) -> object:
    if index < 0:
        raise index_range()
    try:
        return target.items[index]
    except IndexError:
        raise index_range() from None


class KeyValuePair:
    """KeyValuePair<TKey, TValue>"""

    __slots__ = ("key", "types", "value")

    def __init__(self, key: object, value: object, types: str) -> None:
        self.key = key
        self.value = value
        self.types = types

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.KeyValuePair`2[{self.types}]"


class ReadOnlyMap(ABC):
    """What IReadOnlyDictionary<TKey, TValue> asks of a map; `types` are the two names with a comma."""

    types = "System.String,System.Object"

    @abstractmethod
    def find(self, key: object) -> object:
        """The value under a key, or MISSING."""

    @abstractmethod
    def pairs(self) -> Iterable[tuple[object, object]]: ...

    @abstractmethod
    def __len__(self) -> int: ...

    def absent(self, key: object) -> object:
        """What `map[key]` is where nothing is under the key; throws KeyNotFoundException."""
        if key is None:
            raise argument_null("key")
        raise ClrException(
            "System.Collections.Generic.KeyNotFoundException",
            f"The given key '{key}' was not present in the dictionary.",
        )

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.Dictionary`2[{self.types}]"

    def __iter__(self) -> Iterator[object]:
        types = self.types
        for key, value in self.pairs():
            yield KeyValuePair(key, value, types)


def map_item(target: ReadOnlyMap, key: object) -> object:
    """`map[key]`; throws System.Collections.Generic.KeyNotFoundException."""
    value = target.find(key)
    return target.absent(key) if value is MISSING else value


class Comparer:
    """An equality comparer: equal values have equal keys."""

    def __init__(self, name: str, key: Callable[[object], object]) -> None:
        self.name = name
        self.key = key


class ClrDictionary(ReadOnlyMap):
    """Dictionary<TKey, TValue>, with .NET's enumeration order: a new entry takes the last freed place."""

    def __init__(self, types: str, comparer: Comparer) -> None:
        self.types = types
        self.comparer = comparer
        self.version = 0
        self._places: dict[object, int] = {}
        self._slots: list[tuple[object, object] | None] = []
        self._free: list[int] = []

    def find(self, key: object) -> object:
        if key is None:
            raise argument_null("key")
        place = self._places.get(self.comparer.key(key))
        if place is None:
            return MISSING
        entry = self._slots[place]
        assert entry is not None
        return entry[1]

    def put(self, key: object, value: object) -> None:
        if key is None:
            raise argument_null("key")
        wanted = self.comparer.key(key)
        place = self._places.get(wanted)
        if place is not None:
            entry = self._slots[place]
            assert entry is not None
            self._slots[place] = (entry[0], value)
        elif self._free:
            place = self._free.pop()
            self._places[wanted] = place
            self._slots[place] = (key, value)
        else:
            bounded(len(self._slots) + 1)
            self._places[wanted] = len(self._slots)
            self._slots.append((key, value))
        self.version += 1

    def add(self, key: object, value: object) -> None:
        if self.find(key) is not MISSING:
            raise argument(f"An item with the same key has already been added. Key: {key}")
        self.put(key, value)

    def remove(self, key: object) -> bool:
        if key is None:
            raise argument_null("key")
        place = self._places.pop(self.comparer.key(key), None)
        if place is None:
            return False
        self._slots[place] = None
        self._free.append(place)
        return True

    def clear(self) -> None:
        self._places.clear()
        self._slots.clear()
        self._free.clear()
        self.version += 1

    def pairs(self) -> Iterator[tuple[object, object]]:
        version = self.version
        for entry in self._slots:
            if entry is not None:
                yield entry
                if self.version != version:
                    raise invalid_operation(MODIFIED)

    def __len__(self) -> int:
        return len(self._places)


class ClrSet:
    """HashSet<T>"""

    __slots__ = ("comparer", "element", "items", "version")

    def __init__(self, element: str, comparer: Comparer) -> None:
        self.element = element
        self.comparer = comparer
        self.items: dict[object, object] = {}
        self.version = 0

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.HashSet`1[{self.element}]"

    def add(self, item: object) -> bool:
        key = self.comparer.key(item)
        if key in self.items:
            return False
        bounded(len(self.items) + 1)
        self.items[key] = item
        self.version += 1
        return True

    def remove(self, item: object) -> bool:
        self.version += 1
        return self.items.pop(self.comparer.key(item), MISSING) is not MISSING

    def __contains__(self, item: object) -> bool:
        return self.comparer.key(item) in self.items

    def __iter__(self) -> Iterator[object]:
        version = self.version
        for item in list(self.items.values()):
            yield item
            if self.version != version:
                raise invalid_operation(MODIFIED)

    def __len__(self) -> int:
        return len(self.items)


class ClrQueue:
    """Queue<T>, and with `last_first` Stack<T>."""

    __slots__ = ("element", "items", "last_first")

    def __init__(self, items: Iterable[object], element: str, last_first: bool = False) -> None:
        self.items: deque[object] = deque()
        self.element = element
        self.last_first = last_first
        for item in items:
            self.push(item)

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.{'Stack' if self.last_first else 'Queue'}`1[{self.element}]"

    def push(self, item: object) -> None:
        bounded(len(self.items) + 1)
        if self.last_first:
            self.items.appendleft(item)
        else:
            self.items.append(item)

    def peek(self) -> object:
        if not self.items:
            raise invalid_operation(f"{'Stack' if self.last_first else 'Queue'} empty.")
        return self.items[0]

    def pop(self) -> object:
        first = self.peek()
        self.items.popleft()
        return first

    def __iter__(self) -> Iterator[object]:
        size = len(self.items)
        for item in list(self.items):
            yield item
            if len(self.items) != size:
                raise invalid_operation(MODIFIED)

    def __len__(self) -> int:
        return len(self.items)
