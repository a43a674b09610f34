"""The one room that asks the machine for the time; everyone else is handed a Clock."""

import asyncio
import heapq
import itertools
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType

from apimlb.clock import Clock


class TimeLimit:
    """One `timeout`: what `asyncio.timeout` does, without a timer of its own."""

    __slots__ = ("_cancelling", "_limits", "due", "over", "task")

    def __init__(self, limits: "TimeLimits", due: float) -> None:
        self._limits = limits
        self.due = due
        self.over = False

    def __enter__(self) -> "TimeLimit":
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be given a time limit")
        self.task = task
        self._cancelling = task.cancelling()
        self._limits.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._limits.discard(self)
        if self.over and self.task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def end(self) -> None:
        self.over = True
        self.task.cancel()


class TimeLimits:
    """The time limits that run by one clock. Every forwarded request has one and next to none is reached, so
    that a single timer, which is set for the first of them and seldom moved, serves them all."""

    def __init__(self, now: Callable[[], float], stands: Callable[[], bool] = lambda: False) -> None:
        """`stands`: whether the clock stands still, so that waiting brings no limit nearer."""
        self._now = now
        self._stands = stands
        self._open: set[TimeLimit] = set()
        self._next = math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._open)

    def after(self, seconds: float) -> TimeLimit:
        return TimeLimit(self, self._now() + seconds)

    def add(self, limit: TimeLimit) -> None:
        self._open.add(limit)
        if self._loop is not asyncio.get_running_loop():
            # What an earlier loop left behind when it was closed will never go on.
            self._open = {each for each in self._open if not each.task.get_loop().is_closed()}
            self._wind()
        elif limit.due < self._next:
            self._wind()

    def discard(self, limit: TimeLimit) -> None:
        self._open.discard(limit)

    def look(self) -> None:
        """Interrupt whose time is up: called when it may be, or when the clock was moved."""
        now = self._now()
        for limit in [each for each in self._open if each.due <= now]:
            # Who moves the clock is running, and sees for themselves what time it is.
            if limit.task is not asyncio.current_task():
                self._open.discard(limit)
                limit.end()
        self._wind()

    def _wind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._next = min((limit.due for limit in self._open), default=math.inf)
        if self._open and not self._stands():
            self._loop = asyncio.get_running_loop()
            self._timer = self._loop.call_later(max(0.0, self._next - self._now()), self.look)


class SystemClock:
    """The wall clock at start, carried on by the monotonic one, so that a clock set back does no harm."""

    def __init__(self) -> None:
        self._origin = time.time() - time.monotonic()
        self._limits = TimeLimits(self.now)

    def now(self) -> float:
        return self._origin + time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        return self._limits.after(seconds)


@dataclass(frozen=True, slots=True)
class Reading:
    """Where an adjustable clock stands: `ahead` of its ground by so many seconds (less than 0 when it stood
    still for a while), and at `frozen` seconds since the epoch while it stands still."""

    ahead: float = 0.0
    frozen: float | None = None


@dataclass(order=True, slots=True)
class _Alarm:
    """Somebody who sleeps until `due`; of two who wake at the same moment the first who lay down is first."""

    due: float
    turn: int
    woken: "asyncio.Future[None]" = field(compare=False)


class AdjustableClock:
    """A clock that can be stopped and moved forward, over another that carries it on; never backwards.

    Whoever sleeps wakes once the time that they wait for has come, whichever way it came; of several the one
    whose time came first wakes first. `pause` blocks the whole thread, which nobody could shorten, and is
    the ground's.
    """

    def __init__(self, ground: Clock, start: Reading | None = None) -> None:
        start = start or Reading()
        self._ground = ground
        self._since = ground.now()
        # Time is `_anchor` and what has gone by since: an offset that is added could, by rounding, go back.
        self._anchor = self._since + start.ahead if start.frozen is None else start.frozen
        self._frozen = start.frozen is not None
        self._alarms: list[_Alarm] = []
        self._limits = TimeLimits(self.now, lambda: self._frozen)
        self._turns = itertools.count()
        self._watch: asyncio.Task[None] | None = None

    def now(self) -> float:
        return self._anchor if self._frozen else self._anchor + (self._ground.now() - self._since)

    def reading(self) -> Reading:
        """What to start another clock with that stands where this one does."""
        now = self.now()
        return Reading(now - self._ground.now(), now if self._frozen else None)

    def freeze(self) -> None:
        """Stand still from now on."""
        self._set(0.0, frozen=True)

    def resume(self) -> None:
        """Go on from where it stands."""
        self._set(0.0, frozen=False)

    def advance(self, seconds: float) -> None:
        """Go forward at once, and stay frozen if it is; raises `ValueError` for less than 0 seconds."""
        if not seconds >= 0:
            raise ValueError(f"a clock cannot go {seconds} s forward")
        self._set(seconds, frozen=self._frozen)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await self._ground.sleep(0)
            return
        alarm = _Alarm(self.now() + seconds, next(self._turns), asyncio.get_running_loop().create_future())
        heapq.heappush(self._alarms, alarm)
        if self._alarms[0] is alarm:
            self._wind()
        try:
            await alarm.woken
        finally:
            if alarm.woken.cancelled():
                self._forget(alarm)

    def pause(self, seconds: float) -> None:
        self._ground.pause(seconds)

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        return self._limits.after(seconds)

    def _set(self, forward: float, *, frozen: bool) -> None:
        since = self._ground.now()
        reached = self._anchor if self._frozen else self._anchor + (since - self._since)
        self._anchor, self._since, self._frozen = reached + forward, since, frozen
        if len(self._limits):
            self._limits.look()
        self._ring()

    def _forget(self, alarm: _Alarm) -> None:
        if alarm in self._alarms:
            self._alarms.remove(alarm)
            heapq.heapify(self._alarms)
        if not self._alarms:
            self._wind()

    def _ring(self) -> None:
        """Wake whose time has come, and see to the next."""
        now = self.now()
        while self._alarms and self._alarms[0].due <= now:
            alarm = heapq.heappop(self._alarms)
            if not alarm.woken.done():
                alarm.woken.set_result(None)
        self._wind()

    def _wind(self) -> None:
        """Wait for the first alarm, and for no other."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._alarms and not self._frozen:
            self._watch = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        await self._ground.sleep(self._alarms[0].due - self.now())
        self._watch = None
        self._ring()
