"""Time for many threads: whoever pauses wakes when it has passed, and it passes once nobody is at work."""

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.fakes import ManualClock

_LOOK = 0.02
"""Seconds of the machine's time between two looks by who waits, should nobody have told them."""


class SharedClock(ManualClock):
    """Of several threads that pause the one whose time is up first moves the clock, as far as that, and only
    while nothing that was asked of the local Azure is still to be answered."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._dues: list[tuple[float, int]] = []
        self._turns = itertools.count()
        self._asked = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Meanwhile no pause ends."""
        with self._changed:
            self._asked += 1
        try:
            yield
        finally:
            with self._changed:
                self._asked -= 1
                self._changed.notify_all()

    def pause(self, seconds: float, look: Callable[[], None] = lambda: None) -> None:
        """`look` may raise, and so end the pause early."""
        with self._changed:
            mine = (self._now + seconds, next(self._turns))
            heapq.heappush(self._dues, mine)
            try:
                while self._now < mine[0]:
                    look()
                    if self._dues[0] == mine and not self._asked:
                        self.advance(mine[0] - self._now)
                    else:
                        self._changed.wait(_LOOK)
            finally:
                self._dues.remove(mine)
                heapq.heapify(self._dues)
                self._changed.notify_all()
        look()
        self.meanwhile()

    def advance(self, seconds: float) -> None:
        with self._changed:
            super().advance(seconds)

    async def sleep(self, seconds: float) -> None:
        # The local Azure itself sleeps: whoever asked it holds time back, so that it moves the clock.
        self.advance(seconds)
