"""Long-running operations: started by a request, ended by the clock.

An operation is a document; what its end does to the resources is the function that the table of effects
holds under its name. `ripen` runs the effects that are due, before and after every request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apimlb.clock import Clock
from apimlb.local.arm.errors import ArmError
from apimlb.local.store import Document, Json, Store

KIND = "apimlb/operations"
KEPT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `facts` are the effect's own, `error` is ARM's error object when it failed.

    `started`, `due` and `ended` are epoch seconds; `ended` is 0 while it is under way.
    """

    token: str
    effect: str
    target: str
    started: float
    due: float
    ended: float = 0.0
    error: Json | None = None
    facts: Json = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.ended > 0


Effect = Callable[[Any, Operation], None]


class Operations:
    """The operations in the store, and the table of what they do when they end."""

    def __init__(self, store: Store, clock: Clock, effects: Mapping[str, Effect]) -> None:
        self._store = store
        self._clock = clock
        self._effects = effects

    def start(self, effect: str, target: str, seconds: float, token: str, **facts: Any) -> Operation:
        """Begin an operation on the resource `target` that ends `seconds` from now."""
        now = self._clock.now()
        operation = Operation(token, effect, target, now, now + seconds, facts=facts)
        self._write(operation)
        return operation

    def find(self, token: str) -> Operation | None:
        document = self._store.get(_id(token))
        return None if document is None else _read(document)

    def pending(self, target: str) -> bool:
        """Whether something is under way on the resource with this id."""
        return any(item.target.lower() == target.lower() for item in self._open())

    def ripen(self, azure: Any) -> None:
        """End what is due, oldest first; forget what ended an hour ago."""
        now = self._clock.now()
        for operation in sorted(self._open(), key=lambda item: item.due):
            if operation.due <= now:
                self._end(azure, operation)
        for document in self._store.of_kind(KIND):
            if 0 < document.hidden["ended"] < now - KEPT_SECONDS:
                self._store.delete(document.id)

    def _end(self, azure: Any, operation: Operation) -> None:
        # An effect refuses before its first write: there is no half of one to undo.
        error = None
        try:
            self._effects[operation.effect](azure, operation)
        except ArmError as refusal:
            error = refusal.body["error"]
        self._write(replace(operation, ended=operation.due, error=error))

    def _open(self) -> list[Operation]:
        return [_read(item) for item in self._store.of_kind(KIND) if not item.hidden["ended"]]

    def _write(self, operation: Operation) -> None:
        hidden = {
            "effect": operation.effect,
            "target": operation.target,
            "started": operation.started,
            "due": operation.due,
            "ended": operation.ended,
            "error": operation.error,
            "facts": operation.facts,
        }
        self._store.put(Document(_id(operation.token), KIND, {}, hidden))


def _id(token: str) -> str:
    return f"/apimlb/operations/{token}"


def _read(document: Document) -> Operation:
    return Operation(token=document.id.rsplit("/", 1)[-1], **document.hidden)
