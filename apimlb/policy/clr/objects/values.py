"""Enumerations, tuples, anonymous objects, groups and lazy sequences."""

from collections.abc import Callable, Iterator

from apimlb.policy.clr.budget import BUDGET


class Sequence:
    """A lazy IEnumerable<T>: made anew for every enumeration."""

    __slots__ = ("_make", "clr_name")

    def __init__(
        self, make: Callable[[], Iterator[object]], clr_name: str = "System.Linq.Enumerable+Iterator"
    ) -> None:
        self._make = make
        self.clr_name = clr_name

    def __iter__(self) -> Iterator[object]:
        BUDGET.spend(8)  # a sequence made of two of itself, and so on, is opened very often for few elements
        return self._make()


class Grouping:
    """IGrouping<TKey, TElement>"""

    __slots__ = ("items", "key", "types")

    def __init__(self, key: object, items: list[object], types: str) -> None:
        self.key = key
        self.items = items
        self.types = types

    @property
    def clr_name(self) -> str:
        return f"System.Linq.Grouping`2[{self.types}]"

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Lookup:
    """ILookup<TKey, TElement>: groups in the order in which their keys first came; null may be a key."""

    __slots__ = ("_found", "_key", "types")

    def __init__(self, types: str, key: Callable[[object], object]) -> None:
        self.types = types
        self._key = key
        self._found: dict[object, Grouping] = {}

    @property
    def clr_name(self) -> str:
        return f"System.Linq.Lookup`2[{self.types}]"

    def add(self, key: object, item: object) -> None:
        place = self._place(key)
        group = self._found.get(place)
        if group is None:
            group = self._found[place] = Grouping(key, [], self.types)
        group.items.append(item)

    def _place(self, key: object) -> object:
        return None if key is None else (self._key(key),)

    def find(self, key: object) -> Grouping | None:
        return self._found.get(self._place(key))

    def groups(self) -> Iterator[Grouping]:
        return iter(self._found.values())

    def __iter__(self) -> Iterator[object]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)


class ClrTuple:
    """Tuple<...>"""

    __slots__ = ("items", "types")

    def __init__(self, items: tuple[object, ...], types: str) -> None:
        self.items = items
        self.types = types

    @property
    def clr_name(self) -> str:
        return f"System.Tuple`{len(self.items)}[{self.types}]"


class Anonymous:
    """An object of an anonymous type."""

    __slots__ = ("members",)

    def __init__(self, members: dict[str, object]) -> None:
        self.members = members

    @property
    def clr_name(self) -> str:
        return f"<>f__AnonymousType0`{len(self.members)}"


_FLAGS = frozenset(
    [
        "System.Security.Cryptography.X509Certificates.X509KeyStorageFlags",
        "System.StringSplitOptions",
        "System.Text.RegularExpressions.RegexOptions",
        "System.Xml.Linq.LoadOptions",
        "System.Xml.Linq.SaveOptions",
    ]
)
"""Enumerations whose values are added up."""


class Enum:
    """A value of an enumeration; `names` maps numbers to names."""

    __slots__ = ("names", "number", "type_name")

    def __init__(self, type_name: str, number: int, names: dict[int, str]) -> None:
        self.type_name = type_name
        self.number = number
        self.names = names

    @property
    def clr_name(self) -> str:
        return self.type_name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Enum) and (self.type_name, self.number) == (other.type_name, other.number)

    def __hash__(self) -> int:
        return hash((self.type_name, self.number))

    def __lt__(self, other: "Enum") -> bool:
        return self.number < other.number

    def __str__(self) -> str:
        found = self.names.get(self.number)
        if found is None and self.type_name in _FLAGS:
            return flag_names(self.number, self.names)
        return found or str(self.number)


def flag_names(number: int, names: dict[int, str]) -> str:
    """`A, B` for a combination of flags, else the number."""
    rest, found = number, []
    for value in sorted(names, reverse=True):
        if value and rest & value == value:
            found.append(names[value])
            rest &= ~value
    return ", ".join(reversed(found)) if found and rest == 0 else str(number)
