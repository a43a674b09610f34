"""Asking again while trouble passes: one request, as often as it takes, until a deadline."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from apimlb.clock import Clock
from apimlb.deploy.refusals import Meaning, Refused, pause_before
from apimlb.deploy.waiting import Wait, wait

Reply = TypeVar("Reply")

_RENEWALS = (0.0, 5.0)
"""Seconds before each new token that is tried when Azure does not take one."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Asks until `end` (epoch seconds); `renew` forgets the token. `where` is said while it waits.

    A refusal that says that something is absent means `absent`, where that is given; one with a status of
    `told` is not met with another attempt.
    """

    clock: Clock
    renew: Callable[[], None]
    where: str
    end: float
    absent: Meaning | None = None
    told: Collection[int] = ()

    def of(self, attempt: Callable[[], Reply]) -> Reply:
        """What the attempt returns; raises the `Refused` that does not pass, or not in time."""
        trouble = _Trouble(self.clock.now())
        while True:
            try:
                return attempt()
            except Refused as refused:
                means = self.absent if self.absent and refused.says_absent else refused.means
                pause, end = self._renewal(refused, trouble), self.end
                if pause is None:
                    pause = trouble.pause(refused, means, self.clock.now())
                    end = min(end, trouble.since + means.within)
                    over = self.clock.now() + pause > end
                    if not means.passes or refused.refusal.status in self.told or over:
                        raise Refused(refused.refusal, means) from refused
                reason = refused.refusal.brief()
                left = end - self.clock.now()
            wait(self.clock, Wait(self.where, reason, pause, left, trouble=True))

    def _renewal(self, refused: Refused, trouble: "_Trouble") -> float | None:
        if not refused.doubts_token or trouble.renewals == len(_RENEWALS):
            return None
        self.renew()
        trouble.renewals += 1
        return _RENEWALS[trouble.renewals - 1]


@dataclass(slots=True)
class _Trouble:
    """One kind of trouble in a row: since when, and how often it was met."""

    since: float
    means: Meaning | None = None
    attempt: int = 1
    renewals: int = 0

    def pause(self, refused: Refused, means: Meaning, now: float) -> float:
        """Seconds before the next attempt: as Azure asks, else longer and longer."""
        if means != self.means:
            self.since, self.means, self.attempt = now, means, 1
        self.attempt += 1
        return max(pause_before(self.attempt, means), refused.refusal.retry_after)
