"""Where the steps of a command stand, by account and gateway, as values: what a tree or a line is made of."""

from dataclasses import dataclass, field

from apimlb.cli.outline import group_of
from apimlb.deploy.durations import Usual
from apimlb.deploy.executor import Event, State, Task

BUSY = (State.RUNNING, State.WAITING)
OVER = (State.DONE, State.FAILED, State.SKIPPED)

_LONG = 5.0
"""Seconds from which on somebody may wonder how long it will be."""
# How long Azure takes where this machine has not seen it. Recorded: 140 s for StandardV2, within a minute for
# Consumption, more than an hour for Developer; reported for classic tiers: 30 to 90 minutes.
_USUAL = {
    "gateway (Consumption)": "1–5 min",
    "gateway (BasicV2)": "2–10 min",
    "gateway (StandardV2)": "2–10 min",
    "gateway (Developer)": "30–90 min",
    "gateway (Basic)": "30–90 min",
    "gateway (Standard)": "30–90 min",
    "gateway (Premium)": "30–90 min",
}


@dataclass(slots=True)
class Stand:
    """Where one task stands: since when, or how long it took; what it waits for."""

    task: Task
    state: State = State.PENDING
    since: float = 0.0
    ended: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An account, the gateway or the stack: how far it is and what it is at."""

    title: str
    done: int
    total: int
    seconds: float
    usual: str
    doing: str
    state: State


@dataclass(slots=True)
class Board:
    """Where all tasks stand, by what they belong to. Pure: it is told of events, and says what to show."""

    stands: dict[str, Stand] = field(default_factory=dict)
    known: Usual = field(default_factory=lambda: Usual({}))
    """What earlier runs took."""

    def hear(self, event: Event) -> None:
        """Take a task's new state down."""
        stand = self.stands.setdefault(event.task.key, Stand(event.task))
        if event.state is State.RUNNING:
            stand.since = event.at
        if event.state in OVER:
            stand.ended = event.at
        stand.state = event.state
        stand.reason = event.wait.reason if event.wait is not None else ""

    def rows(self, now: float) -> list[Row]:
        """A row for each that has something to do, in the order in which they were first heard of."""
        groups: dict[str, list[Stand]] = {}
        for stand in self.stands.values():
            groups.setdefault(group_of(stand.task.key), []).append(stand)
        return [self._row(title, stands, now) for title, stands in groups.items()]

    @property
    def done(self) -> int:
        return sum(stand.state in OVER for stand in self.stands.values())

    def busy(self, now: float) -> list[str]:
        """What is at work, the longest first, with how long it has been and usually is."""
        at_work = sorted((s for s in self.stands.values() if s.state in BUSY), key=lambda s: s.since)
        return [
            f"{stand.task.label} for {span(now - stand.since)}"
            + (f" (usually {self._usual(stand)})" if self._usual(stand) else "")
            for stand in at_work
        ]

    def _row(self, title: str, stands: list[Stand], now: float) -> Row:
        over = [stand for stand in stands if stand.state in OVER]
        busy = sorted((stand for stand in stands if stand.state in BUSY), key=lambda stand: stand.since)
        started = [stand.since for stand in stands if stand.since]
        until = now if len(over) < len(stands) else max((stand.ended for stand in over), default=now)
        worst = next((s.state for s in stands if s.state is State.FAILED), None)
        state = worst or (
            State.DONE if len(over) == len(stands) else State.RUNNING if started else State.PENDING
        )
        doing = busy[0] if busy else None
        usual = "" if doing is None else self._usual(doing)
        return Row(
            title, len(over), len(stands), until - min(started, default=until), usual, _told(doing), state
        )

    def _usual(self, stand: Stand) -> str:
        """How long it usually takes, empty for what takes no time to speak of."""
        verb = stand.task.verb
        learned = self.known.of(verb, stand.task.key, stand.task.label)
        if learned is not None:
            return span(learned) if learned >= _LONG else ""
        return _USUAL.get(stand.task.label, "") if verb == "create" else ""


def _told(stand: Stand | None) -> str:
    """What is being done, and what it waits for."""
    if stand is None:
        return ""
    verb = "" if stand.task.verb == "create" else f"{stand.task.verb} "
    return f"{verb}{stand.task.label}" + (f": {stand.reason}" if stand.reason else "")


def span(seconds: float) -> str:
    """`42 s`, `3 min 5 s`, `2 h 4 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
