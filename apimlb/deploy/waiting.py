"""Waiting that somebody hears of: what is waited for, why, and for how long yet.

Whoever runs a command says who listens (`heard_by`); whoever waits, however deep below, says so (`wait`).
Between the two stand Azure's client and several threads, which is why the listener is found in the context.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from apimlb.clock import Clock
from apimlb.errors import Interrupted

_SLICE = 1.0
"""Seconds between two looks at whether a stop is wished."""


@dataclass(frozen=True, slots=True)
class Wait:
    """`where` is what is waited for and `reason` why; the next look is in `seconds`, the last one in `left`.

    `trouble` tells a refusal that is met with another attempt from an operation that takes its time.
    """

    where: str
    reason: str
    seconds: float
    left: float
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """`hear` is called before each wait, in the thread that waits; a wait ends early once `stop` is set."""

    hear: Callable[[Wait], None]
    stop: threading.Event | None = None


_NOBODY = Audience(lambda wait: None)
_AUDIENCE: ContextVar[Audience] = ContextVar("audience", default=_NOBODY)


@contextmanager
def heard_by(audience: Audience) -> Iterator[None]:
    """Waits of this thread are told to the audience."""
    before = _AUDIENCE.set(audience)
    try:
        yield
    finally:
        _AUDIENCE.reset(before)


@contextmanager
def given_up_together() -> Iterator[None]:
    """An error that leaves this ends the waits that began inside, also in threads with its context."""
    audience = _AUDIENCE.get()
    stop = audience.stop or threading.Event()
    with heard_by(replace(audience, stop=stop)):
        try:
            yield
        except BaseException:
            stop.set()
            raise


def wait(clock: Clock, what: Wait) -> None:
    """Tell it and pause; raises `Interrupted` as soon as the audience wishes a stop."""
    audience = _AUDIENCE.get()
    audience.hear(what)
    if audience.stop is None:
        clock.pause(what.seconds)
        return
    left = what.seconds
    while left > 0:
        if audience.stop.is_set():
            raise Interrupted(
                f"Stopped while waiting for {what.where}", next_step="Run the same command again."
            )
        clock.pause(min(left, _SLICE))
        left -= _SLICE
