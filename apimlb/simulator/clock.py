"""A clock that leaps from one wakening to the next, and runs the coroutines that sleep by it.

No event loop takes part: the planes of the local Azure wait for nothing but their clock, so that a heap of
who wakes when is all that is needed, at a tenth of what timers and futures cost.
"""

import heapq
import itertools
import math
from collections.abc import Coroutine, Generator
from contextlib import AbstractContextManager
from contextvars import copy_context
from types import TracebackType, coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Work = Coroutine[Any, Any, Any]


class _Task:
    """A coroutine on its way, with context variables of its own as a task of asyncio has them; `limits` are
    when the time limits that it stands in are over."""

    __slots__ = ("context", "interrupted", "limits", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.context = copy_context()
        self.limits: list[float] = []
        self.interrupted = False


class _Limit:
    """One `timeout` of the task that is running."""

    __slots__ = ("_due", "_limits")

    def __init__(self, task: _Task, due: float) -> None:
        self._limits = task.limits
        self._due = due

    def __enter__(self) -> "_Limit":
        self._limits.append(self._due)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._limits.pop()


class VirtualClock:
    """`apimlb.clock.Clock` for coroutines that are started with `spawn` or `complete`.

    Of those that wake at the same moment the one that lay down first wakes first, so that a run is the same
    each time. A time limit that is over raises `TimeoutError` where the coroutine waits.
    """

    def __init__(self, start: float) -> None:
        """`start`: seconds since the Unix epoch."""
        self._now = start
        self._turns = itertools.count()
        self._alarms: list[tuple[float, int, _Task]] = []
        self._running: _Task | None = None

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        return _sleep(self._now + seconds if seconds > 0 else self._now)

    def pause(self, seconds: float) -> None:
        raise RuntimeError("nobody can block a thread by a clock that only moves between two steps")

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        if self._running is None:
            raise RuntimeError("only what the clock runs can be given a time limit")
        return _Limit(self._running, self._now + seconds)

    def spawn(self, work: Work) -> None:
        """Have `work` begin now, after what is to be done already."""
        self._push(self._now, _Task(work))

    def run(self, until: float = math.inf) -> None:
        """Go on until nobody sleeps any more, or up to and with the moment `until`; what a coroutine raises,
        this raises."""
        alarms = self._alarms
        while alarms and alarms[0][0] <= until:
            self._now, _, task = heapq.heappop(alarms)
            self._step(task)

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of `work`, with the clock gone as far as it took."""
        outcome: list[T] = []

        async def noted() -> None:
            outcome.append(await work)

        self.spawn(noted())
        while not outcome:
            self._now, _, task = heapq.heappop(self._alarms)
            self._step(task)
        return outcome[0]

    def _step(self, task: _Task) -> None:
        before, self._running = self._running, task
        try:
            if task.interrupted:
                task.interrupted = False
                wakes = task.context.run(task.work.throw, TimeoutError())
            else:
                wakes = task.context.run(task.work.send, None)
        except StopIteration:
            return
        finally:
            self._running = before
        if task.limits and (limit := min(task.limits)) < wakes:
            task.interrupted, wakes = True, max(limit, self._now)
        self._push(wakes, task)

    def _push(self, due: float, task: _Task) -> None:
        heapq.heappush(self._alarms, (due, next(self._turns), task))


@coroutine
def _sleep(due: float) -> Generator[float, None, None]:
    yield due
