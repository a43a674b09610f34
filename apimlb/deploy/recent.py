"""What this process has just written, so that an answer from before that is not believed.

Resource Manager may answer a read, some seconds long, with what was there before a write that it has
acknowledged. Another process cannot know; it writes the same once more, which changes nothing.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from apimlb.clock import Clock
from apimlb.deploy.ids import kind_of, parent_of
from apimlb.stack.resources import Json

LASTS = 30.0
"""Seconds after a write in which a read may be older than it."""
_MORE = frozenset({"etag", "primaryKey", "secondaryKey"})


@dataclass(frozen=True, slots=True)
class _Write:
    """What there was before it and after it, `None` for nothing, and until when (epoch seconds) it counts."""

    before: Json | None
    after: Json | None
    until: float


@dataclass(slots=True)
class Recent:
    """Remembers, by id, what was read and written last. May be used from any thread."""

    clock: Clock
    _seen: dict[str, Json | None] = field(default_factory=dict, repr=False)
    _writes: dict[str, _Write] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def saw(self, id: str, body: Json | None) -> None:
        """A read answered so."""
        with self._lock:
            self._seen[id.lower()] = body

    def wrote(self, id: str, body: Json | None) -> None:
        """A write or, with `None`, a deletion has ended; what is inside of what was deleted went along."""
        key, until = id.lower(), self.clock.now() + LASTS
        with self._lock:
            self._writes[key] = _Write(self._seen.get(key), body, until)
            self._seen[key] = body
            if body is None:
                for inside in [other for other in self._seen if other.startswith(f"{key}/")]:
                    self._seen[inside] = None
                    self._writes.pop(inside, None)

    def is_older(self, id: str, body: Json | None) -> bool:
        """Whether a read that was answered so shows what was there before the last write."""
        with self._lock:
            write = self._writes.get(id.lower())
            if write is None or self.clock.now() >= write.until:
                self._writes.pop(id.lower(), None)
                return False
        if body is None or write.after is None:
            return body is not write.after
        return _plain(body) == _plain(write.before) != _plain(write.after)

    def is_older_list(self, parent: str, kind: str, rows: Iterable[Json]) -> bool:
        """The same of a list of the resources of the type `kind` (lower case) in `parent`."""
        listed = {str(row["id"]).lower(): row for row in rows if "id" in row}
        with self._lock:
            written = [key for key, write in self._writes.items() if write.after is not None]
        missing = [key for key in written if kind_of(key) == kind and parent_of(key) == parent.lower()]
        return any(self.is_older(id, listed.get(id)) for id in {*listed, *missing})


def _plain(body: Json | None) -> Json | None:
    """The resource without what a list does not show of it."""
    return {name: value for name, value in body.items() if name not in _MORE} if body else body
