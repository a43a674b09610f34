"""IEnumerator<T>: what GetEnumerator() returns."""

from collections.abc import Callable, Iterator
from typing import Final

from apimlb.policy.clr.collections.containers import MISSING, ClrArray, KeyValuePair
from apimlb.policy.clr.collections.iteration import PAIR_TYPES, elements, iterate, iterate_pairs
from apimlb.policy.clr.collections.queues import ClrQueue
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import invalid_operation, not_supported
from apimlb.policy.clr.json.tokens import JObject
from apimlb.policy.clr.types.definitions import Call, Definition

G = "System.Collections.Generic."
T = ("T",)
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


_STRICT = {str, bytearray, ClrArray, ClrQueue}
"""Whose enumerators have no Current before the first element and after the last."""


def enumerated(source: object, outside: object) -> Enumerator:
    """An enumerator; `outside` is what its Current is where it has no element."""
    name = getattr(source, "clr_name", "System.Object").replace("[", "+Enumerator[", 1)
    if isinstance(source, str):
        name = "System.CharEnumerator"
    # Of null `iterate` throws NullReferenceException, as any member does, `elements` ArgumentNullException.
    return Enumerator(lambda: elements(iterate(source)), name, outside, not isinstance(source, LazySequence))


def enumerator_of(owner: str, parameters: tuple[str, ...], element: str) -> Definition:
    """The struct that GetEnumerator() of a collection yields."""
    return Definition(
        f"{G}{owner}+Enumerator", "struct", parameters,
        (f"IEnumerator<{element}>", "System.ValueType"), nameable=False,
    )  # fmt: skip


ENUMERATOR = Call(
    lambda kind, source: enumerated(source, MISSING if type(source) in _STRICT else kind.default), types=T
)
"""GetEnumerator() of anything that is an IEnumerable<T>."""


def pair_enumerator(source: JObject) -> Enumerator:
    """JObject.GetEnumerator()"""
    outside = KeyValuePair(None, None, PAIR_TYPES)
    return Enumerator(lambda: elements(iterate_pairs(source)), "System.Object", outside, restarts=False)


DEFINITIONS = (
    Definition("System.Collections.IEnumerable", "interface"),
    Definition(
        "System.Collections.IEnumerator", "interface", nameable=False,
        rows=(
            ("bool MoveNext()", Enumerator.move),
            ("object Current", Enumerator.current),
            ("void Reset()", Enumerator.reset),
        ),
    ),
    Definition(
        G + "IEnumerable`1", "interface", T, ("System.Collections.IEnumerable",),
        rows=(("IEnumerator<T> GetEnumerator()", ENUMERATOR),),
    ),
    Definition(
        G + "IEnumerator`1", "interface", T, ("System.Collections.IEnumerator", "System.IDisposable"),
        rows=(("T Current", Enumerator.current),),
    ),
)  # fmt: skip
