"""Ctrl-C and SIGTERM while something is changed: the first winds down, the second leaves; and what is cleaned
up all the same."""

import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from apimlb.cli.prose import say
from apimlb.errors import UNDER_WAY, Interrupted

TERMINATED = 143
"""The exit code after SIGTERM: what a shell says of a command that it ended."""
_RESUME = "`apimlb resume` carries on from here."
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def winding_down(stop: threading.Event) -> Iterator[None]:
    """Meanwhile the first of these signals sets `stop`, and the next one leaves at once.

    What ends all the same, because nothing was left to begin, has ended as ever: `Interrupted` is for whoever
    leaves something undone, and gets the exit code of the signal here. Where nothing is changed yet, the
    first one leaves. Python tells a process's main thread of signals, and no other.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []
    # The signal may come while this thread writes to the same stream, which only another one can wait for. Of
    # all queues this is the one that a handler may put something into.
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def wind_down(number: int, frame: FrameType | None) -> None:
        told.append(number)
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        again = "Ctrl-C again" if number == signal.SIGINT else "The same signal again"
        lines.put(f"Stopping: nothing new is started. {again} leaves at once.")

    def tell() -> None:
        for line in iter(lines.get, ""):
            say(line)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    before = {number: signal.signal(number, wind_down) for number in _SIGNALS}
    try:
        try:
            yield
        except KeyboardInterrupt:
            raise Interrupted("Stopped at once.", why=UNDER_WAY, next_step=_RESUME) from None
    except Interrupted as interrupted:
        if told[:1] == [signal.SIGTERM]:
            interrupted.exit_code = TERMINATED
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        lines.put("")
        teller.join()


@contextmanager
def cleaned_up() -> Iterator[None]:
    """Meanwhile SIGTERM unwinds as Ctrl-C does, so that what has to go in the end goes; both raise
    `Interrupted`, with the exit code of the signal."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []

    def leave(number: int, frame: FrameType | None) -> None:
        told.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    except KeyboardInterrupt:
        stopped = Interrupted("Stopped.", next_step="Run the same command again.")
        if told:
            stopped.exit_code = TERMINATED
        raise stopped from None
    finally:
        signal.signal(signal.SIGTERM, before)
