"""What a person sees while a command works: where every account and the gateway stand, and for how long.

On a terminal a tree that is drawn anew several times a second; off it a line when an account or the gateway
is through, and at least every 30 s one that says what is at work. Trouble, and why there is some, is told
either way.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from apimlb.cli.board import OVER, Board, span
from apimlb.cli.console import drawn, is_live, show_line
from apimlb.cli.outline import group_of
from apimlb.cli.prose import add
from apimlb.clock import Clock
from apimlb.deploy.durations import Usual
from apimlb.deploy.executor import Event, State
from apimlb.deploy.waiting import Wait

AGAIN = 60.0
"""Seconds before the same trouble is told again."""
SILENCE = 30.0
"""The longest that nothing is said off a terminal, in seconds."""
_PULSE = 1.0


@dataclass(slots=True)
class Progress:
    """Shows events and waits; when `quiet`, only trouble and failures. `known` is what earlier runs took."""

    clock: Clock
    quiet: bool = False
    known: Usual = field(default_factory=lambda: Usual({}))
    board: Board = field(default_factory=Board)
    _told: dict[str, tuple[str, float]] = field(default_factory=dict)
    last_said: float = 0.0
    """When something was said last, by the clock."""
    _finished: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Meanwhile the work is shown, and at its end summed up."""
        self.board, self._finished, began = Board(known=self.known), set(), self.clock.now()
        self.last_said, over = began, threading.Event()
        live = not self.quiet and is_live()
        pulse = threading.Thread(target=self._pulse, args=(over,), daemon=True)
        with drawn(lambda: (self.board.rows(self.clock.now()), self._sum(began)), live=live):
            if not live:
                pulse.start()
            try:
                yield
            finally:
                over.set()
        if not self.quiet and self.board.stands:
            show_line(self._sum(began))

    def _sum(self, began: float) -> str:
        failed = sum(stand.state is State.FAILED for stand in self.board.stands.values())
        end = f", {failed} failed" if failed else ""
        took = span(self.clock.now() - began)
        return f"{self.board.done} of {len(self.board.stands)} steps in {took}{end}"

    def _pulse(self, over: threading.Event) -> None:
        while not over.wait(_PULSE):
            self.tick()

    def tick(self) -> None:
        """Say what is at work, if nothing has been said for long."""
        now = self.clock.now()
        with self._lock:
            if self.quiet or now - self.last_said < SILENCE:
                return
            busy = self.board.busy(now)
            if busy:
                more = f" and {len(busy) - 2} more" if len(busy) > 2 else ""
                done = f"{self.board.done} of {len(self.board.stands)}"
                self._line(f"{done}; at work: {', '.join(busy[:2])}{more}")

    def event(self, event: Event) -> None:
        """A step took a state."""
        with self._lock:
            self.board.hear(event)
            if event.wait is not None:
                self._wait(event.task.label, event.wait)
            elif event.state is State.FAILED:
                self._line(f"failed: {event.task.verb} {event.task.label}".replace("  ", " "))
            elif event.state is State.DONE and event.task.verb != "keep":
                took = span(event.seconds)
                add(f"  {event.task.verb} {event.task.label}, {took}")
            if event.state in OVER and not self.quiet and not is_live():
                self._say_who_is_through(group_of(event.task.key))

    def _say_who_is_through(self, title: str) -> None:
        """A line for an account, or the gateway, of which nothing is left to do."""
        row = next(row for row in self.board.rows(self.clock.now()) if row.title == title)
        if row.done == row.total and title not in self._finished and row.state is State.DONE:
            self._finished.add(title)
            self._line(f"{title}: {row.total} done in {span(row.seconds)}")

    def wait(self, wait: Wait) -> None:
        """Something outside of any step waits."""
        with self._lock:
            self._wait(wait.where, wait)

    def _wait(self, label: str, wait: Wait) -> None:
        """Trouble is told at once, and again when it lasts; what merely takes its time is on the board."""
        now = self.clock.now()
        reason, at = self._told.get(label, ("", 0.0))
        if wait.trouble and (wait.reason != reason or now - at >= AGAIN):
            self._told[label] = (wait.reason, now)
            self._line(
                f"waiting for {label}: {wait.reason} "
                f"(again in {span(max(1.0, wait.seconds))}, for {span(wait.left)} at most)"
            )

    def _line(self, text: str) -> None:
        self.last_said = self.clock.now()
        show_line(text)
