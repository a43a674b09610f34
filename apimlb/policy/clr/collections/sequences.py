"""Lazy sequences: IEnumerable<T> that is made anew for every enumeration."""

from collections.abc import Callable, Iterator

from apimlb.policy.clr.budget import BUDGET


class LazySequence:
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
