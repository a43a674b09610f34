"""Arrays, lists, read-only maps and comparers. Each knows the CLR name of its elements, for
ToString and casts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Protocol, TypeVar

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.objects.text import Composite, key_of, text_of, written

MODIFIED = "Collection was modified; enumeration operation may not execute."
LARGEST: Final = 1_000_000
MISSING: Final = object()
Item = TypeVar("Item")


def bounded(count: int) -> int:
    """A number of elements that the evaluator allows; throws beyond a million."""
    if count > LARGEST:
        raise exceptions.over_limit(f"{LARGEST} elements in one collection")
    return count


class Versioned(Protocol):
    """A collection that counts its changes."""

    version: int


def unchanged(
    owner: Versioned, version: int, items: Iterable[Item], message: str = MODIFIED
) -> Iterator[Item]:
    """The items of a collection; throws where it has another version."""
    if owner.version != version:
        raise exceptions.invalid_operation(message)
    for item in items:
        yield item
        if owner.version != version:
            raise exceptions.invalid_operation(message)


def generic_name(name: str, arguments: str) -> property:
    """The `clr_name` of a generic type; the attribute `arguments` has the names of its type arguments."""
    inner = attrgetter(arguments)
    return property(lambda value: f"{name}[{inner(value)}]")


@dataclass(slots=True, eq=False)
class ClrArray:
    """T[] of anything but bytes (those are bytearrays); `items` is never resized."""

    items: list[object]
    element: str
    shape: tuple[int, ...] = ()

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
    clr_name = generic_name("System.Collections.ObjectModel.ReadOnlyCollection`1", "element")


class ClrList:
    """List<T>"""

    __slots__ = ("element", "items", "room", "version")
    clr_name = generic_name("System.Collections.Generic.List`1", "element")

    def __init__(self, items: list[object], element: str) -> None:
        self.items = items
        self.element = element
        self.room = len(items)
        self.version = 0

    def changed(self) -> list[object]:
        """The items, about to be changed."""
        self.version += 1
        if len(self.items) > self.room:
            self.room = self.capacity
        return self.items

    @property
    def capacity(self) -> int:
        """How many elements fit, when those beyond `room` came one by one."""
        room = self.room
        while room < len(self.items):
            room = 2 * room or 4
        return room

    def grow(self, count: int) -> list[object]:
        """The items, to which `count` more are about to be added."""
        items = self.changed()
        wanted = bounded(len(items) + count)
        if wanted > self.room:
            self.room = max(2 * self.room or 4, wanted)
        return items

    def item(self, index: int) -> object:
        """`list[index]`; throws System.ArgumentOutOfRangeException."""
        if index < 0:
            raise exceptions.index_range()
        try:
            return self.items[index]
        except IndexError:
            raise exceptions.index_range() from None

    def put(self, index: int, value: object) -> None:
        exceptions.check_index(index, len(self.items))
        self.changed()[index] = value

    def add(self, value: object) -> None:
        items = self.items
        if len(items) >= LARGEST:
            bounded(LARGEST + 1)
        items.append(value)
        self.version += 1

    def insert(self, index: int, value: object) -> None:
        if not 0 <= index <= len(self.items):
            raise exceptions.argument_range("Index must be within the bounds of the List.", "index")
        bounded(len(self.items) + 1)
        self.changed().insert(index, value)

    def remove_at(self, index: int) -> None:
        exceptions.check_index(index, len(self.items))
        del self.changed()[index]

    def clear(self) -> None:
        self.changed().clear()

    def __iter__(self) -> Iterator[object]:
        return unchanged(self, self.version, self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(slots=True, eq=False)
class KeyValuePair(Composite):
    """KeyValuePair<TKey, TValue>"""

    key: object
    value: object
    types: str
    boxed = True
    clr_name = generic_name("System.Collections.Generic.KeyValuePair`2", "types")

    @property
    def parts(self) -> tuple[object, ...]:
        return self.key, self.value


@written.register
def _pair_text(pair: KeyValuePair) -> str:
    BUDGET.spend()
    return f"[{text_of(pair.key)}, {text_of(pair.value)}]"


class ReadOnlyMap(ABC):
    """What IReadOnlyDictionary<TKey, TValue> asks of a map; `types` are the two names with a comma."""

    types = "System.String,System.Object"
    clr_name = generic_name("System.Collections.Generic.Dictionary`2", "types")

    @abstractmethod
    def find(self, key: object) -> object:
        """The value under a key, or MISSING."""

    @abstractmethod
    def pairs(self) -> Iterable[tuple[object, object]]: ...

    @abstractmethod
    def __len__(self) -> int: ...

    def absent(self, key: object) -> object:
        """What `map[key]` is where nothing is under the key; throws KeyNotFoundException."""
        key = exceptions.required(key, "key")
        raise exceptions.ClrException(
            "System.Collections.Generic.KeyNotFoundException",
            f"The given key '{text_of(key)}' was not present in the dictionary.",
        )

    def __iter__(self) -> Iterator[object]:
        types = self.types
        return (KeyValuePair(key, value, types) for key, value in self.pairs())


def map_item(target: ReadOnlyMap, key: object) -> object:
    """`map[key]`; throws System.Collections.Generic.KeyNotFoundException."""
    value = target.find(key)
    return target.absent(key) if value is MISSING else value


@dataclass(slots=True, eq=False)
class MapView:
    """The Keys or Values of a map, as they are when they are looked at."""

    map: ReadOnlyMap
    kind: str

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.Dictionary`2+{self.kind}Collection[{self.map.types}]"

    @property
    def element(self) -> str:
        key, _, value = self.map.types.partition(",")
        return key if self.kind == "Key" else value

    def __iter__(self) -> Iterator[object]:
        at = 0 if self.kind == "Key" else 1
        return (pair[at] for pair in self.map.pairs())

    def __len__(self) -> int:
        return len(self.map)


@dataclass(slots=True, eq=False)
class Comparer:
    """An equality comparer: equal values have equal keys. One that also sorts can `compare`."""

    clr_name: str
    key: Callable[[object], object]
    compare: Callable[[Any, Any], int] = None  # type: ignore[assignment]

    def equal(self, left: object, right: object) -> bool:
        """IEqualityComparer<T>.Equals"""
        return self.key(left) == self.key(right)


DEFAULT_COMPARER = Comparer("System.DefaultComparer", key_of)
"""EqualityComparer<T>.Default"""
