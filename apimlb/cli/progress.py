"""What a person hears while a command works: what ended, and what is waited for and why."""

from dataclasses import dataclass, field

from apimlb.cli.console import show_event, show_line
from apimlb.clock import Clock
from apimlb.deploy.executor import Event, State
from apimlb.deploy.waiting import Wait

AGAIN = 60.0
"""Seconds before the same wait is told again."""
SOON = 30.0
"""Seconds for which work that takes its time is not worth a word."""


@dataclass(slots=True)
class Progress:
    """Tells waits as they come, but the same one once a minute; when `quiet`, only trouble and failures."""

    clock: Clock
    quiet: bool = False
    _began: float = 0.0
    _told: dict[str, tuple[str, float]] = field(default_factory=dict)

    def event(self, event: Event) -> None:
        """A step took a state."""
        if event.wait is not None:
            self._wait(event.task.label, event.wait, event.seconds)
        elif event.state is State.FAILED or not self.quiet:
            show_event(event)

    def wait(self, wait: Wait) -> None:
        """Something outside of any step waits."""
        self._wait(wait.where, wait, 0.0)

    def _wait(self, label: str, wait: Wait, seconds: float) -> None:
        now = self.clock.now()
        reason, at = self._told.get(label, ("", 0.0))
        if wait.trouble:
            due = wait.reason != reason or now - at >= AGAIN
        else:
            due = not self.quiet and seconds >= SOON and now - at >= AGAIN
        if due:
            self._told[label] = (wait.reason, now)
            show_line(f"waiting for {label}: {wait.reason} ({_how_long(wait, seconds)})")


def _how_long(wait: Wait, seconds: float) -> str:
    if wait.trouble:
        return f"again in {_span(wait.seconds)}, for {_span(wait.left)} at most"
    return f"for {_span(seconds)} so far"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
