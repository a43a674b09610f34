"""Runs tasks as concurrently as their needs allow: a pure choice of what starts next, and threads that do it.

Threads are daemons, so that a command that was stopped does not wait for an operation of forty minutes: Azure
carries it on, and the next run finds it.
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from apimlb.clock import Clock
from apimlb.deploy.waiting import Audience, Wait, heard_by
from apimlb.errors import UNDER_WAY, ApimlbError, Interrupted, raise_first

WORKERS = 16
GRACE = 2.0
"""Seconds that what is under way has to finish after a stop."""
_BEGUN = 5.0
"""Seconds after which what takes its time is left to Azure by who does not wait."""
_LOOK = 0.1
"""Seconds between two looks at whether a stop is wished."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `needs` are keys of tasks done before; of one `exclusive` value one runs at a time."""

    key: str
    label: str
    verb: str = ""
    needs: frozenset[str] = frozenset()
    exclusive: str = ""


class State(StrEnum):
    """Where a task stands; `skipped` when something that it needs failed. One that runs may be `waiting`."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Event:
    """A task took a state at `at` (epoch seconds), `seconds` after it started; `wait` says what for."""

    task: Task
    state: State
    at: float
    seconds: float = 0.0
    error: ApimlbError | None = None
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What can start now, and what never will."""

    start: tuple[Task, ...]
    skip: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How every task ended, in the order in which they did. `under_way` are those that were left to Azure
    when nothing was to be done but to wait for them; what needs them was not begun."""

    events: tuple[Event, ...]
    seconds: float
    under_way: tuple[Task, ...] = ()

    def of(self, state: State) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.state is state)

    @property
    def failed(self) -> tuple[Event, ...]:
        return self.of(State.FAILED)

    @property
    def is_complete(self) -> bool:
        """Whether every task was done: none failed, and none is under way."""
        return not (self.failed or self.under_way)

    def raise_failure(self) -> None:
        """Raise the first failure, if any did, with the others as its notes (`__notes__`)."""
        raise_first([event.error for event in self.failed if event.error is not None])


def choose(tasks: Sequence[Task], states: Mapping[str, State], workers: int) -> Moves:
    """What to do next. Pure; a need that is no task's key counts as met.

    Never starts a task before all its needs are done, nor a second of one `exclusive` value, nor more than
    `workers` at once; skips what needs something that failed or was skipped.
    """
    running = [task for task in tasks if states[task.key] is State.RUNNING]
    busy = {task.exclusive for task in running if task.exclusive}
    room = workers - len(running)
    start: list[Task] = []
    skip: list[Task] = []
    for task in tasks:
        if states[task.key] is not State.PENDING:
            continue
        needs = {states.get(need, State.DONE) for need in task.needs}
        if needs & {State.FAILED, State.SKIPPED}:
            skip.append(task)
        elif needs <= {State.DONE} and task.exclusive not in busy and len(start) < room:
            start.append(task)
            busy |= {task.exclusive} - {""}
    return Moves(tuple(start), tuple(skip))


@dataclass(slots=True)
class _Board:
    """Who stands where, and how it is told."""

    tasks: Sequence[Task]
    clock: Clock
    notify: Callable[[Event], None]
    states: dict[str, State] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    ended: list[Event] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)

    def move(self, task: Task, state: State, error: ApimlbError | None = None) -> None:
        now = self.clock.now()
        self.states[task.key] = state
        started = self.since.setdefault(task.key, now)
        event = Event(task, state, now, now - started, error)
        if state is not State.RUNNING:
            self.ended.append(event)
        self.notify(event)

    def tell(self, task: Task, what: Wait) -> None:
        """Say that a task waits: it goes on running."""
        now = self.clock.now()
        (self.waiting.discard if what.trouble else self.waiting.add)(task.key)
        self.notify(Event(task, State.WAITING, now, now - self.since[task.key], wait=what))

    def waits_alone(self) -> bool:
        """Whether nothing is to be done but to wait for what Azure is at, and has been at for a while."""
        running, now = self.of(State.RUNNING), self.clock.now()
        return bool(running) and all(
            task.key in self.waiting and now - self.since[task.key] >= _BEGUN for task in running
        )

    def of(self, state: State) -> list[Task]:
        return [task for task in self.tasks if self.states[task.key] is state]


_Report = tuple[Task, BaseException | Wait | None]


def run(
    tasks: Sequence[Task],
    act: Callable[[Task], None],
    *,
    clock: Clock,
    notify: Callable[[Event], None],
    stop: threading.Event,
    workers: int = WORKERS,
    grace: float = GRACE,
    wait: bool = True,
) -> Outcome:
    """Do every task: `act` in threads of its own, `notify` in the caller's.

    Without `wait` it ends as soon as nothing is left but to wait for Azure. A task whose `act` raises an
    `ApimlbError` has failed, and what needs it is skipped; the others go on. Raises `Interrupted` when `stop`
    was set and something is left, whatever else `act` raises, at once, and `ValueError` for tasks that share
    a key or need each other in a circle.
    """
    _check(tasks)
    board = _Board(tasks, clock, notify, {task.key: State.PENDING for task in tasks})
    reports: queue.SimpleQueue[_Report] = queue.SimpleQueue()
    began = clock.now()
    while not stop.is_set():
        _issue(board, act, reports, workers)
        if not board.of(State.RUNNING):
            break
        if not _take(board, reports, _LOOK) and not wait and board.waits_alone():
            return Outcome(tuple(board.ended), clock.now() - began, tuple(board.of(State.RUNNING)))
    if board.of(State.RUNNING):
        _wind_down(board, reports, grace)
    left = board.of(State.RUNNING) + board.of(State.PENDING)
    if left and stop.is_set():
        raise _interrupted(board)
    if left:
        raise ValueError(f"need each other in a circle: {', '.join(task.label for task in left)}")
    return Outcome(tuple(board.ended), clock.now() - began)


def _check(tasks: Sequence[Task]) -> None:
    twice = [key for key, count in Counter(task.key for task in tasks).items() if count > 1]
    if twice:
        raise ValueError(f"several tasks have the key {twice[0]}")


def _issue(
    board: _Board, act: Callable[[Task], None], reports: "queue.SimpleQueue[_Report]", workers: int
) -> None:
    while True:
        moves = choose(board.tasks, board.states, workers)
        for task in moves.skip:
            board.move(task, State.SKIPPED)
        if not moves.skip:
            break
    for task in moves.start:
        board.move(task, State.RUNNING)
        threading.Thread(target=_do, args=(task, act, reports), name=task.label, daemon=True).start()


def _do(task: Task, act: Callable[[Task], None], reports: "queue.SimpleQueue[_Report]") -> None:
    try:
        with heard_by(Audience(lambda wait: reports.put((task, wait)))):
            act(task)
    except BaseException as error:  # the caller's thread decides what it means
        reports.put((task, error))
    else:
        reports.put((task, None))


def _take(board: _Board, reports: "queue.SimpleQueue[_Report]", seconds: float) -> bool:
    """Take one report, waiting for it at most that long; whether there was one."""
    try:
        task, error = reports.get(timeout=seconds)
    except queue.Empty:
        return False
    if error is None:
        board.move(task, State.DONE)
    elif isinstance(error, Wait):
        board.tell(task, error)
    elif isinstance(error, ApimlbError):
        board.move(task, State.FAILED, error)
    else:
        raise error
    return True


def _wind_down(board: _Board, reports: "queue.SimpleQueue[_Report]", grace: float) -> None:
    end = board.clock.now() + grace
    while board.of(State.RUNNING) and _take(board, reports, max(0.0, end - board.clock.now())):
        pass


def _interrupted(board: _Board) -> Interrupted:
    running = [task.label for task in board.of(State.RUNNING)]
    done = len(board.of(State.DONE))
    what = f"Stopped after {done} of {len(board.tasks)} steps"
    if running:
        what += f"; still running in Azure: {', '.join(running)}"
    return Interrupted(what, why=UNDER_WAY, next_step="`apimlb resume` carries on from here.")
