"""What the local Azure remembers: documents by ARM id, in memory for reading and in SQLite for keeping.

One process and one thread at a time. A write is with the system before `put`, `delete` or the outermost
`transaction` returns, so that a killed server comes back with everything that it had answered.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from apimlb.errors import ConflictError

Json = dict[str, Any]

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
  key TEXT PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, hidden TEXT NOT NULL, etag TEXT NOT NULL
)
"""
_UPSERT = """
INSERT INTO documents (key, id, kind, body, hidden, etag) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
  id = excluded.id, kind = excluded.kind, body = excluded.body, hidden = excluded.hidden, etag = excluded.etag
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One resource. Whoever holds it must not change its dicts: write a new one with `Store.put`.

    `id` is the ARM id as first written, `kind` the lower-case type path
    ("microsoft.cognitiveservices/accounts/deployments"), `body` what ARM shows, `hidden` what it does not
    (keys, policy texts, internals), `etag` the version, without quotes.
    """

    id: str
    kind: str
    body: Json = field(default_factory=dict)
    hidden: Json = field(default_factory=dict)
    etag: str = ""


class Documents(Protocol):
    """Documents as a plane reads and writes them: the store itself, or what somebody sees of it."""

    @property
    def revision(self) -> int:
        """Another number whenever something else may be read."""
        ...

    def get(self, id: str) -> Document | None: ...

    def children(self, parent_id: str, kind: str | None = None) -> list[Document]: ...

    def descendants(self, id: str, kind: str | None = None) -> list[Document]: ...

    def of_kind(self, kind: str) -> list[Document]: ...

    def put(self, document: Document) -> None: ...

    def delete(self, id: str) -> None: ...

    def transaction(self) -> AbstractContextManager[None]: ...


Watcher = Callable[[Document | None, Document | None], None]
"""Hears of a document as it was and as it is, None for one that is not there."""


class Store:
    """Documents by id; ids compare without regard to case, lists keep the order of first writing."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        """Open or create the database; raises `ConflictError` when another process has it open or when it
        was made by an incompatible version."""
        self.revision = 0
        self._depth = 0
        self._dirty = False
        self._watchers: list[Watcher] = []
        self._documents: dict[str, Document] = {}
        self._by_parent: dict[str, dict[str, None]] = {}
        self._by_kind: dict[str, dict[str, None]] = {}
        self._database = _open(str(path))
        try:
            with reading(path):
                self._load()
        except ConflictError:
            self._database.close()
            raise

    def watch(self, watcher: Watcher) -> None:
        """Call the watcher after each write, inside its transaction; what it writes is part of that."""
        self._watchers.append(watcher)

    def get(self, id: str) -> Document | None:
        return self._documents.get(key_of(id))

    def children(self, parent_id: str, kind: str | None = None) -> list[Document]:
        """The documents one level down: `{parent}/{type}/{name}` or `{parent}/providers/{ns}/{type}/{name}`.

        Of one `kind` (see `Document`) or of all.
        """
        keys = self._by_parent.get(key_of(parent_id), {})
        return [item for key in keys if _fits(item := self._documents[key], kind)]

    def descendants(self, id: str, kind: str | None = None) -> list[Document]:
        """Everything whose id lies below, at any depth, whether or not the levels between exist."""
        prefix = key_of(id) + "/"
        pool = self._documents if kind is None else self._by_kind.get(kind, {})
        return [self._documents[key] for key in pool if key.startswith(prefix)]

    def of_kind(self, kind: str) -> list[Document]:
        return [self._documents[key] for key in self._by_kind.get(kind, {})]

    def put(self, document: Document) -> None:
        """Write or replace the document under its id."""
        key = key_of(document.id)
        row = (document.id, document.kind, _dump(document.body), _dump(document.hidden), document.etag)
        with self.transaction():
            self._database.execute(_UPSERT, (key, *row))
            self._dirty = True
            before = self._documents.get(key)
            self._remember(key, document)
            self._tell(before, document)

    def delete(self, id: str) -> None:
        """Remove the document under this id alone, not those below it; nothing when there is none."""
        key = key_of(id)
        if key not in self._documents:
            return
        with self.transaction():
            self._database.execute("DELETE FROM documents WHERE key = ?", (key,))
            self._dirty = True
            before = self._documents[key]
            self._forget(key)
            self._tell(before, None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside or, after an exception, none; an inner transaction is part of the outer one.

        Must not be held across an `await`: another request's writes would become part of it.
        """
        if self._depth == 0:
            self._database.execute("BEGIN")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._roll_back()
            raise
        self._depth -= 1
        if self._depth == 0:
            self._commit()

    def close(self) -> None:
        self._database.close()

    def _tell(self, before: Document | None, after: Document | None) -> None:
        for watcher in self._watchers:
            watcher(before, after)

    def _commit(self) -> None:
        self._database.execute("COMMIT")
        if self._dirty:
            self.revision += 1
        self._dirty = False

    def _roll_back(self) -> None:
        self._database.execute("ROLLBACK")
        if self._dirty:
            self._load()
            # Whoever looked in while the transaction was open may have kept what is now undone.
            self.revision += 1
        self._dirty = False

    def _load(self) -> None:
        for index in (self._documents, self._by_parent, self._by_kind):
            index.clear()
        rows = self._database.execute(
            "SELECT key, id, kind, body, hidden, etag FROM documents ORDER BY rowid"
        )
        for key, id, kind, body, hidden, etag in rows:
            shown, kept = json.loads(body), json.loads(hidden)
            if not isinstance(shown, dict) or not isinstance(kept, dict):
                raise ValueError("a document's body is an object")
            self._remember(key, Document(str(id), str(kind), shown, kept, str(etag)))

    def _remember(self, key: str, document: Document) -> None:
        before = self._documents.get(key)
        if before is not None and before.kind != document.kind:
            self._by_kind[before.kind].pop(key, None)
        self._documents[key] = document
        self._by_parent.setdefault(parent_of(key), {})[key] = None
        self._by_kind.setdefault(document.kind, {})[key] = None

    def _forget(self, key: str) -> None:
        document = self._documents.pop(key)
        self._by_parent[parent_of(key)].pop(key, None)
        self._by_kind[document.kind].pop(key, None)


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Meanwhile whatever does not read what it expects meets a damaged state: raises `ConflictError`, without
    the cause, whose text may quote what could not be read, and that may be a key."""
    try:
        yield
    except (sqlite3.DatabaseError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise ConflictError(
            "the local Azure's state is damaged and cannot be read",
            where=str(path),
            why="It was cut short, or written by something else.",
            next_step="Move the file away and deploy anew, or choose another folder with --state.",
        ) from None


def parent_of(id: str) -> str:
    """The id one level up, without trailing slash; a role assignment's parent is its scope."""
    parts = id.rstrip("/").split("/")[:-2]
    if len(parts) >= 2 and parts[-2].lower() == "providers":
        parts = parts[:-2]
    return "/".join(parts)


def kind_of(id: str) -> str:
    """The lower-case type path of an ARM id: what stands after the last `providers`, without the names.

    Resource groups and subscriptions, which have no provider in their ids, are
    "microsoft.resources/resourcegroups" and "microsoft.resources/subscriptions".
    """
    _, marker, tail = id.lower().rstrip("/").rpartition("/providers/")
    if not marker:
        return "microsoft.resources/" + tail.strip("/").split("/")[-2]
    namespace, *rest = tail.split("/")
    return "/".join([namespace, *rest[::2]])


def key_of(id: str) -> str:
    """The form of an id that equals that of every other spelling of it."""
    return id.rstrip("/").lower()


def _fits(document: Document, kind: str | None) -> bool:
    return kind is None or document.kind == kind


def _dump(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _open(path: str) -> sqlite3.Connection:
    if path != ":memory:":
        # The database holds keys: nobody else may read it, from its first byte on.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        with reading(path):
            _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: str) -> None:
    """Take the database for this process alone and bring its schema up."""
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        # What a process has written outlives it, with or without fsync. Only a machine that loses its power
        # could lose the last writes, though never more than those; waiting for its disk would make each
        # write cost milliseconds instead of a tenth of one.
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise ConflictError(
                f"the local Azure's state cannot be opened: {error}",
                where=path,
                why="The file cannot be written, its folder has no room, or it is no database.",
                next_step="Give yourself the right to it and its folder some room, or choose another folder "
                "with --state.",
            ) from error
        raise ConflictError(
            f"the local Azure's state is in use by another process ({error})",
            where=path,
            next_step="Stop that process, or choose another folder with --state.",
        ) from error
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, SCHEMA_VERSION):
        raise ConflictError(
            f"the local Azure's state has format {version}; this version reads {SCHEMA_VERSION}",
            where=path,
            why="Another version of apimlb wrote it.",
            next_step="Move the file away, or choose another folder with --state.",
        )
    database.execute(_SCHEMA)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    database.execute("COMMIT")
