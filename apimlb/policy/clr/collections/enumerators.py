"""IEnumerator<T>: what GetEnumerator() returns."""

from collections.abc import Callable, Iterator
from typing import Final

from apimlb.policy.clr.collections.containers import MISSING
from apimlb.policy.clr.exceptions import invalid_operation, not_supported

_BEFORE: Final = "Enumeration has not started. Call MoveNext."
_AFTER: Final = "Enumeration already finished."


class Enumerator:
    """Goes through what `make` makes. Where .NET's enumerator has no element, `outside` is what Current
    yields, or Current throws where `outside` is MISSING. One that `restarts` can be Reset."""

    __slots__ = ("_current", "_items", "_make", "_outside", "_restarts", "_started", "clr_name")

    def __init__(
        self, make: Callable[[], Iterator[object]], clr_name: str, outside: object, restarts: bool
    ) -> None:
        self.clr_name = clr_name
        self._make = make
        self._outside = outside
        self._restarts = restarts
        self._start()

    def _start(self) -> None:
        self._items = self._make()
        self._current = MISSING
        self._started = False

    def move(self) -> bool:
        self._started = True
        self._current = next(self._items, MISSING)
        return self._current is not MISSING

    def current(self) -> object:
        if self._current is not MISSING:
            return self._current
        if self._outside is MISSING:
            raise invalid_operation(_AFTER if self._started else _BEFORE)
        return self._outside

    def reset(self) -> None:
        if not self._restarts:
            raise not_supported("Specified method is not supported.")
        self._start()
