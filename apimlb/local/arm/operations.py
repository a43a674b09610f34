"""Long-running operations: started by a request, ended by the clock.

An operation is a document; what its end does to the resources is the function that the table of effects
holds under its name. `ripen` runs the effects that are due, before and after every request.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from apimlb.clock import Clock
from apimlb.http import last_segment
from apimlb.local.arm.errors import ArmError
from apimlb.local.store import Document, Json, Store

KIND = "apimlb/operations"
KEPT_SECONDS = 3600.0

End = Literal["failed", "canceled", "garbage", "vanished"]
"""An end that is not success. `failed` and `canceled`: the operation does nothing and says so, and the
resource's provisioningState too. `garbage` and `vanished`: it does its work, but who asks after it gets half
a JSON document, or 404."""
_WORDS = {"failed": "Failed", "canceled": "Canceled"}
_GROUP = "microsoft.resources/resourcegroups"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation is to end, with the error that it is to name."""

    end: End
    code: str = ""
    message: str = ""

    @property
    def error(self) -> Json | None:
        if self.end not in _WORDS:
            return None
        code = self.code or ("OperationCanceled" if self.end == "canceled" else "InternalServerError")
        text = self.message or f"The operation was ordered to end as {_WORDS[self.end]}."
        return {"code": code, "message": text}


class Garbled(Exception):
    """The answer about an operation is to be no JSON."""


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
    outcome: Json | None = None

    @property
    def done(self) -> bool:
        return self.ended > 0

    @property
    def status(self) -> str:
        """InProgress, Succeeded, Failed or Canceled."""
        if not self.done:
            return "InProgress"
        if self.error is None:
            return "Succeeded"
        return _WORDS.get((self.outcome or {}).get("end", ""), "Failed")


Effect = Callable[[Any, Operation], None]
Destiny = Callable[[], Outcome | None]
"""Says how the operation that begins now will end; None for as it should."""


def _well() -> None:
    """Nothing stands against the operation."""


class Operations:
    """The operations in the store, and the table of what they do when they end."""

    def __init__(
        self, store: Store, clock: Clock, effects: Mapping[str, Effect], destiny: Destiny = _well
    ) -> None:
        self._store = store
        self._clock = clock
        self._effects = effects
        self._destiny = destiny

    def under(self, destiny: Destiny) -> "Operations":
        """The same operations, for a request whose own end as that says."""
        return Operations(self._store, self._clock, self._effects, destiny)

    def ordered(self) -> Outcome | None:
        """The end that was ordered for this request's operation, for who starts one only then."""
        return self._destiny()

    def start(
        self,
        effect: str,
        target: str,
        seconds: float,
        token: str,
        *,
        outcome: Outcome | None = None,
        **facts: Any,
    ) -> Operation:
        """Begin an operation on the resource `target` that ends `seconds` from now, as it should unless an
        outcome is given or was ordered."""
        now, outcome = self._clock.now(), outcome or self._destiny()
        operation = Operation(
            token,
            effect,
            target,
            now,
            now + seconds,
            facts=facts,
            outcome=asdict(outcome) if outcome else None,
        )
        self._write(operation)
        return operation

    def find(self, token: str) -> Operation | None:
        """The operation for whoever asks after it; raises `ArmError` for one that vanished and `Garbled` for
        one of which no sense can be made."""
        document = self._store.get(_id(token))
        operation = None if document is None else _read(document)
        end = ((operation and operation.outcome) or {}).get("end")
        if end == "vanished":
            raise ArmError(404, "OperationNotFound", f"The operation '{token}' could not be found.")
        if end == "garbage":
            raise Garbled
        return operation

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
        outcome = Outcome(**operation.outcome) if operation.outcome else None
        error = outcome.error if outcome else None
        if outcome and error:
            self._abandon(operation.target, _WORDS[outcome.end])
        else:
            try:
                self._effects[operation.effect](azure, operation)
            except ArmError as refusal:
                error = refusal.body["error"]
        self._write(replace(operation, ended=operation.due, error=error))

    def _abandon(self, target: str, state: str) -> None:
        """Let the resource show what became of it; a group only ever shows that it is not being deleted."""
        found = self._store.get(target)
        if found is None or "provisioningState" not in found.body.get("properties", {}):
            return
        shown = "Succeeded" if found.kind == _GROUP else state
        properties = {**found.body["properties"], "provisioningState": shown}
        self._store.put(replace(found, body={**found.body, "properties": properties}))

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
            "outcome": operation.outcome,
        }
        self._store.put(Document(_id(operation.token), KIND, {}, hidden))


def _id(token: str) -> str:
    return f"/apimlb/operations/{token}"


def _read(document: Document) -> Operation:
    return Operation(token=last_segment(document.id), **document.hidden)
