"""Who is at a stack, told to everybody: a tag on its resource group while a command changes something.

    apimlb-run = run=3f2a… command=deploy user=ada host=desk pid=4711 until=1764439500

The lock of `apimlb.deploy.turns` keeps the commands of one machine apart; this tells those of others. It is a
courtesy: Azure has no compare-and-set for tags, so that two that begin within the same second may both go on,
and a stack without the right to tag its group is changed all the same. A claim that is not renewed ends by
itself, so that nobody waits for a command that was killed for longer than that.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.executor import Event, State
from apimlb.deploy.journal import KEEP
from apimlb.deploy.patience import HOUR, MINUTE
from apimlb.deploy.runs import Run
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import ApimlbError, ConflictError
from apimlb.stack.resources import Json

TAG = "apimlb-run"
LASTS = 10 * MINUTE
"""Seconds for which a claim that is not renewed is believed."""
RENEWED = 3 * MINUTE
LONGEST = 3 * HOUR
"""Seconds for which another's claim is waited for."""
_LOOK = 5.0
_RELEASE = 10.0
"""Seconds that giving a claim back may hold up the end of a command."""


class Overtaken(ConflictError):
    """Another command changed the stack after the plan was made: it has to be made again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose stack it is `until` a time in epoch seconds."""

    run: Run
    until: float

    def __str__(self) -> str:
        words = {
            "run": self.run.id,
            "command": self.run.command,
            "user": self.run.user,
            "host": self.run.host,
            "pid": self.run.pid,
            "until": int(self.until),
        }
        return " ".join(f"{name}={_word(str(value))}" for name, value in words.items())


def _word(text: str) -> str:
    """The text without what would end a word, short enough for a tag of 256 characters."""
    return re.sub(r"[^\w.@-]", "_", text)[:50] or "_"


def claim_in(group: Json | None) -> Claim | None:
    """The claim that the resource group carries, if it carries one that can be read."""
    words = dict(re.findall(r"(\w+)=(\S+)", str(_tags(group).get(TAG) or "")))
    try:
        run = Run(words["command"], words["run"], words["user"], words["host"], int(words["pid"]))
        return Claim(run, float(words["until"]))
    except (KeyError, ValueError):
        return None


@dataclass(slots=True)
class Claims:
    """One run's claims on the resource group with the id `group`."""

    cloud: Cloud
    clock: Clock
    group: str
    run: Run
    _held: bool = False
    _written: float = 0.0
    _renewal: threading.Thread | None = field(default=None, repr=False)

    def other(self, group: Json | None) -> Claim | None:
        """Another's claim that still counts."""
        found = claim_in(group)
        if found is None or found.run.id == self.run.id:
            return None
        return None if found.until <= self.clock.now() or found.run.is_over(self.run) else found

    def wait_for(self, other: Claim | None) -> bool:
        """Wait until nobody else claims the stack; whether there was anything to wait for.

        Raises `ConflictError` when the other does not end.
        """
        waited, end = other is not None, self.clock.now() + LONGEST
        while other is not None:
            left = end - self.clock.now()
            if left <= 0:
                raise ConflictError(f"{other.run} is still at this stack", where=self.group)
            wait(self.clock, Wait("the stack", f"{other.run} is at it", _LOOK, left, trouble=True))
            other = self.other(self.cloud.get(self.group))
        return waited

    @contextmanager
    def held(self) -> Iterator[None]:
        """Claim the stack while something is changed; a group that is still to be made, once it is there.

        Raises `Overtaken` when somebody else was at it since the plan was made, after they have ended.
        """
        there = self.cloud.get(self.group)
        if self.wait_for(self.other(there)):
            raise Overtaken(
                "Another command changed this stack after the plan was made",
                where=self.group,
                next_step="Run the same command again.",
            )
        if there is not None:
            self._claim()
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._in_background(self._release).join(_RELEASE)

    def hear(self, event: Event) -> None:
        """Claim the group that a step has just made or changed; renew a claim that grows old."""
        task = event.task
        written = event.state is State.DONE and task.key == self.group.lower() and task.verb != KEEP
        old = self._written and self.clock.now() - self._written > RENEWED
        if self._held and (written or old):
            self._written = self.clock.now()
            self._in_background(self._claim)

    def _claim(self) -> None:
        self._written = self.clock.now()
        self._set(str(Claim(self.run, self.clock.now() + LASTS)))

    def _release(self) -> None:
        if self._written:
            self._set("")

    def _set(self, value: str) -> None:
        """Write the tag, or take it away; never over another's, and no group is made by it."""
        with suppress(ApimlbError):
            there = self.cloud.get(self.group)
            if there is None or self.other(there) is not None:
                return
            others = {name: tag for name, tag in _tags(there).items() if name != TAG}
            self.cloud.patch(self.group, {"tags": {**others, TAG: value} if value else others})

    def _in_background(self, work: Callable[[], None]) -> threading.Thread:
        """Do it after what is under way, where a pause that Azure asks for holds up nobody."""
        before = self._renewal

        def after() -> None:
            if before is not None:
                before.join()
            work()

        self._renewal = threading.Thread(target=after, name="claim", daemon=True)
        self._renewal.start()
        return self._renewal


def _tags(group: Json | None) -> Json:
    return (group or {}).get("tags") or {}
