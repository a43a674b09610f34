"""What somebody sees of the store who learns of each change some time after it was made.

A `Propagation` watches the store for one kind of reader and keeps, beside each document that was changed
lately, what stood there before and when each reader learns of each change. That is kept in the store too, in
the transaction of the change itself, so that a killed server goes on where it was. A `View` is what one
reader sees: changes to one document arrive in the order they were made, but each document has its own time.
"""

import math
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

from apimlb.clock import Clock
from apimlb.local.lateness import AT_ONCE, Span
from apimlb.local.store import Document, Store, key_of, parent_of

_ROOT = "/apimlb/propagations"
_KIND = "apimlb/propagations"


@dataclass(frozen=True, slots=True)
class Delay:
    """How long a change takes to arrive, and how often and for how long it then comes and goes."""

    span: Span
    flaps: int = 0
    flap: Span = AT_ONCE


Rule = Callable[[Document | None, Document | None], Delay | None]
"""How long a document's change from one to the other takes; None for one that is seen at once."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a document became, None for a delete, and when each reader learns of it (epoch seconds)."""

    document: Document | None
    dues: tuple[float, ...]

    def due(self, reader: int) -> float:
        return self.dues[reader % len(self.dues)]


@dataclass(frozen=True, slots=True)
class History:
    """What every reader knew of a document, and the changes since, in the order they were made."""

    known: Document | None
    changes: tuple[Change, ...] = ()

    def seen(self, reader: int, now: float) -> Document | None:
        """The last change that has arrived: a change never undoes a later one."""
        arrived = (change for change in reversed(self.changes) if change.due(reader) <= now)
        last = next(arrived, None)
        return self.known if last is None else last.document

    def next_due(self, reader: int, now: float) -> float:
        return min((due for change in self.changes if (due := change.due(reader)) > now), default=math.inf)

    def since(self, now: float) -> "History":
        """The same without what no reader will see again."""
        for place in range(len(self.changes) - 1, -1, -1):
            if all(due <= now for due in self.changes[place].dues):
                return History(self.changes[place].document, self.changes[place + 1 :])
        return self


class Propagation:
    """The way from the store to `readers` of it, by the name `channel`. `root` is the kind of a resource
    whose end takes with it what is still under way below."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        rule: Rule,
        *,
        channel: str,
        readers: int = 1,
        root: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._rule = rule
        self._kind = f"{_KIND}/{channel}"
        self._prefix = f"{_ROOT}/{channel}"
        self._readers = readers
        self._root = root
        self._read: dict[str, tuple[Document, History]] = {}
        store.watch(self._record)

    def view(self, reader: int = 0) -> "View":
        return View(self._store, self._clock, self, reader)

    def histories(self) -> dict[str, History]:
        """What is under way, by the key of the document; each the same object until it changes."""
        before, self._read = self._read, {}
        for item in self._store.of_kind(self._kind):
            key = item.id.removeprefix(self._prefix)
            found = before.get(key)
            same = found is not None and found[0] is item
            self._read[key] = found if found and same else (item, _history(item.hidden))
        return {key: history for key, (_, history) in self._read.items()}

    def _record(self, before: Document | None, after: Document | None) -> None:
        document = after or before
        if document is None or document.kind.startswith("apimlb/"):
            return
        if after is None and document.kind == self._root:
            self._forget(key_of(document.id) + "/")
        if _same(before, after):
            return
        id = self._prefix + key_of(document.id)
        delay = self._rule(before, after)
        if delay is None or delay.span == AT_ONCE:
            self._store.delete(id)
            return
        now = self._clock.now()
        self._drop_settled(now)
        kept = self._store.get(id)
        history = History(before) if kept is None else _history(kept.hidden).since(now)
        changes = (*history.changes, *self._changes(before, after, delay, now))
        self._store.put(Document(id, self._kind, {}, _written(History(history.known, changes))))

    def _changes(
        self, before: Document | None, after: Document | None, delay: Delay, now: float
    ) -> Iterator[Change]:
        dues = [now + self._rng.uniform(*delay.span) for _ in range(self._readers)]
        yield Change(after, tuple(dues))
        for _ in range(delay.flaps):
            for document in (before, after):
                dues = [due + self._rng.uniform(*delay.flap) for due in dues]
                yield Change(document, tuple(dues))

    def _drop_settled(self, now: float) -> None:
        for item in self._store.of_kind(self._kind):
            if _last_due(item.hidden) <= now:
                self._store.delete(item.id)

    def _forget(self, below: str) -> None:
        for item in self._store.of_kind(self._kind):
            if item.id.startswith(self._prefix + below):
                self._store.delete(item.id)


class View:
    """The documents as one reader sees them at the moment; what is written through it reaches the store."""

    def __init__(self, store: Store, clock: Clock, propagation: Propagation, reader: int) -> None:
        self._store = store
        self._clock = clock
        self._propagation = propagation
        self._reader = reader
        self._revision = 0
        self._seen_revision = -1
        self._next = math.inf
        self._shown: dict[str, Document | None] = {}

    @property
    def revision(self) -> int:
        """Moves when the store does, and when something arrives."""
        if self._seen_revision != self._store.revision or self._clock.now() >= self._next:
            self._look()
        return self._revision

    def get(self, id: str) -> Document | None:
        key = key_of(id)
        shown = self._current()
        return shown[key] if key in shown else self._store.get(id)

    def children(self, parent_id: str, kind: str | None = None) -> list[Document]:
        parent = key_of(parent_id)
        found = self._store.children(parent_id, kind)
        return self._overlaid(found, kind, lambda key: parent_of(key) == parent)

    def descendants(self, id: str, kind: str | None = None) -> list[Document]:
        prefix = key_of(id) + "/"
        found = self._store.descendants(id, kind)
        return self._overlaid(found, kind, lambda key: key.startswith(prefix))

    def of_kind(self, kind: str) -> list[Document]:
        return self._overlaid(self._store.of_kind(kind), kind, lambda key: True)

    def put(self, document: Document) -> None:
        self._store.put(document)

    def delete(self, id: str) -> None:
        self._store.delete(id)

    def transaction(self) -> AbstractContextManager[None]:
        return self._store.transaction()

    def _current(self) -> dict[str, Document | None]:
        """What is not seen as it stands in the store."""
        return self._shown if self.revision else {}

    def _look(self) -> None:
        now = self._clock.now()
        self._shown, self._next = {}, math.inf
        for key, history in self._propagation.histories().items():
            due = history.next_due(self._reader, now)
            if due < math.inf:
                self._shown[key] = history.seen(self._reader, now)
                self._next = min(self._next, due)
        self._seen_revision = self._store.revision
        self._revision += 1

    def _overlaid(
        self, found: list[Document], kind: str | None, belongs: Callable[[str], bool]
    ) -> list[Document]:
        shown = self._current()
        if not shown:
            return found
        there = {key_of(item.id): item for item in found}
        for key, document in shown.items():
            if document is None:
                there.pop(key, None)
            elif key in there or (belongs(key) and kind in (None, document.kind)):
                there[key] = document
        return list(there.values())


def _same(before: Document | None, after: Document | None) -> bool:
    return (
        before is not None
        and after is not None
        and (before.body, before.hidden, before.etag) == (after.body, after.hidden, after.etag)
    )


def _written(history: History) -> dict[str, Any]:
    return {
        "known": history.known and asdict(history.known),
        "changes": [
            {"document": each.document and asdict(each.document), "dues": each.dues}
            for each in history.changes
        ],
    }


def _history(hidden: dict[str, Any]) -> History:
    changes = (Change(_document(each["document"]), tuple(each["dues"])) for each in hidden["changes"])
    return History(_document(hidden["known"]), tuple(changes))


def _document(written: dict[str, Any] | None) -> Document | None:
    return None if written is None else Document(**written)


def _last_due(hidden: dict[str, Any]) -> float:
    return float(max(due for each in hidden["changes"] for due in each["dues"]))
