"""What the runs on a stack did, each in a file of its own below `.apimlb/<stack>/runs/`.

The newest twenty are kept; losing them loses nothing. One JSON object a line, each written through to the
disk before the run goes on:

    {"at": seconds since the epoch, "event": "begin", "command": "deploy", "steps": 40, "pid": 4711,
     "options": {…}}
    {"at": …, "event": "running" | "done" | "failed" | "skipped", "step": label, "verb": "create", "id": …}
    {"at": …, "event": "waiting", "step": label, …, "reason": "409 RequestConflict: …"}
    {"at": …, "event": "end"}

Steps that change nothing are left out, and so are waits for what takes its time. A run without an `end` was
cut off.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from apimlb.clock import Clock, utc
from apimlb.deploy.executor import Event, State
from apimlb.deploy.state import write_through
from apimlb.files import make_folder
from apimlb.stack.planner import REMOVAL

RUNS = "runs"
KEPT = 20
KEEP = "keep"
"""The verb of a step that changes nothing; it is not written down."""

_ASIDE = frozenset({"set-capacity", "register"})
"""Commands after which a stack is as whole as before: one before them that was cut off still is."""

_UNDER_WAY = ("running", "waiting")


@dataclass(frozen=True, slots=True)
class CutOff:
    """A run that did not end: which command, since when (epoch seconds), and the steps under way.

    `ids` are those of all steps that it began, `options` what it was told.
    """

    command: str
    at: float
    running: tuple[str, ...]
    ids: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Writes down one run; see the module for the lines."""

    def __init__(self, folder: Path, clock: Clock, options: Mapping[str, Any] | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._options = dict(options or {})
        self._file: TextIO | None = None
        self._is_left = False

    @contextmanager
    def run(self, command: str, steps: int) -> Iterator[None]:
        """The time of one run; it has ended when nothing was raised."""
        make_folder(self._folder)
        with self._opened(command) as self._file:
            head = {"event": "begin", "command": command, "steps": steps, "pid": os.getpid()}
            self._write({**head, "options": self._options})
            yield
            if not self._is_left:
                self._write({"event": "end"})
        self._file, self._is_left = None, False

    def leave(self) -> None:
        """The run goes on in Azure, and is to be carried on as if it had been cut off."""
        self._is_left = True

    def record(self, event: Event) -> None:
        """Write down where a step stands; outside of a run, and for one that changes nothing, do nothing."""
        if self._file is None or event.task.verb == KEEP:
            return
        if event.state is State.WAITING and not (event.wait and event.wait.trouble):
            return
        task = event.task
        reason = {"reason": event.wait.reason} if event.wait else {}
        line = {"event": str(event.state), "step": task.label, "verb": task.verb, "id": task.key}
        self._write({**line, **reason})

    def cut_off(self) -> CutOff | None:
        """The last run, if it did not end."""
        return _cut_off(self._last())

    def failed(self) -> tuple[str, tuple[str, ...]]:
        """The command of the last run, "" for none, and the labels of its steps that failed."""
        lines = self._last()
        return str(lines[0].get("command")) if lines else "", _failed(lines)

    def taken_away(self, since: float) -> tuple[str, ...]:
        """The lower-case ids of what runs began to delete after that time, in seconds since the epoch."""
        told = [line for path in self._all() for line in _lines(path) if line.get("verb") == "delete"]
        late = [line for line in told if isinstance(line.get("at"), int | float) and line["at"] >= since]
        return tuple(dict.fromkeys(str(line.get("id")) for line in late))

    def begun_by(self, plan: str) -> frozenset[str]:
        """The lower-case ids of what the newest runs began that carried out the saved plan with this digest,
        their option `plan`; nothing where another run came after them."""
        begun = set[str]()
        for path in reversed(self._all()):
            lines = _lines(path)
            options = lines[0].get("options") if lines else None
            if not plan or not isinstance(options, dict) or options.get("plan") != plan:
                break
            steps = [line for line in lines if "id" in line and line.get("event") != str(State.SKIPPED)]
            begun |= {str(line["id"]).removesuffix(REMOVAL) for line in steps}
        return frozenset(begun)

    def _last(self) -> list[dict[str, Any]]:
        """The lines of the last run by which the stack is as it is."""
        for path in reversed(self._all()):
            lines = _lines(path)
            aside = bool(lines) and lines[0].get("command") in _ASIDE
            if not aside or lines[-1].get("event") != "end" or _failed(lines):
                return lines
        return []

    def _opened(self, command: str) -> TextIO:
        """A new file, whose name comes after all that are there."""
        folder = self._folder / RUNS
        folder.mkdir(exist_ok=True)
        for old in self._all()[: 1 - KEPT]:
            old.unlink(missing_ok=True)
        when = utc(self._clock.now())
        for turn in range(1000):
            name = f"{when:%Y%m%dT%H%M%S}.{when.microsecond:06d}-{turn:03d}-{command}-{os.getpid()}.ndjson"
            try:
                return (folder / name).open("x", encoding="utf-8")
            except FileExistsError:
                continue
        raise FileExistsError(str(folder))

    def _all(self) -> list[Path]:
        return sorted((self._folder / RUNS).glob("*.ndjson"))

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps({"at": self._clock.now(), **line}) + "\n")
            write_through(self._file)


def lines_of(folder: Path) -> Iterator[list[dict[str, Any]]]:
    """The lines of every run that is kept, the oldest run first."""
    return (_lines(path) for path in sorted((folder / RUNS).glob("*.ndjson")))


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines that are whole: the last one of a run that was killed may not be."""
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [line for line in map(_line, texts) if line]


def _failed(lines: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """The labels of the steps that failed."""
    return tuple(str(line.get("step")) for line in lines if line.get("event") == str(State.FAILED))


def _line(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _cut_off(lines: list[dict[str, Any]]) -> CutOff | None:
    if not lines or lines[0].get("event") != "begin" or lines[-1].get("event") == "end":
        return None
    last = {str(line["step"]): line.get("event") for line in lines if "step" in line}
    running = tuple(step for step, event in last.items() if event in _UNDER_WAY)
    ids = tuple(dict.fromkeys(str(line["id"]) for line in lines if "id" in line))
    at = lines[0].get("at")
    since = float(at) if isinstance(at, int | float) else 0.0
    options = lines[0].get("options")
    told = options if isinstance(options, dict) else {}
    return CutOff(str(lines[0].get("command")), since, running, ids, told)
