"""What GroupBy and ToLookup make: groups of elements under a key."""

from collections.abc import Iterator
from dataclasses import dataclass

from apimlb.policy.clr.collections.containers import DEFAULT_COMPARER, Comparer, generic_name


@dataclass(slots=True, eq=False)
class Grouping:
    """IGrouping<TKey, TElement>"""

    key: object
    items: list[object]
    types: str
    clr_name = generic_name("System.Linq.Grouping`2", "types")

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Lookup:
    """ILookup<TKey, TElement>: groups in the order in which their keys first came; null may be a key."""

    __slots__ = ("_found", "_key", "types")
    clr_name = generic_name("System.Linq.Lookup`2", "types")

    def __init__(self, types: str, comparer: Comparer | None) -> None:
        self.types = types
        self._key = (comparer or DEFAULT_COMPARER).key
        self._found: dict[object, Grouping] = {}

    def add(self, key: object, item: object) -> None:
        place = self._place(key)
        if place not in self._found:
            self._found[place] = Grouping(key, [], self.types)
        self._found[place].items.append(item)

    def _place(self, key: object) -> object:
        return None if key is None else self._key(key)

    def find(self, key: object) -> Grouping | None:
        return self._found.get(self._place(key))

    def __iter__(self) -> Iterator[object]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)
