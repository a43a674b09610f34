"""One long-running operation carried through: begun, followed to its end, begun again where that may help."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from apimlb.clock import Clock
from apimlb.deploy import following, refusals
from apimlb.deploy.attempts import Attempts
from apimlb.deploy.following import THE_RESOURCE, Answer, Sight, Standing, Track, Way, retry_after
from apimlb.deploy.patience import Patience
from apimlb.deploy.refusals import Refusal, Refused, pause_before
from apimlb.deploy.waiting import Wait, wait

_LOST = "Azure's operation has ended, and the resource is not as it should be after it"
_MARGIN = 1.0
"""Seconds after the deadline at which an operation is looked at for the last time."""


@dataclass(frozen=True, slots=True)
class LongRunning:
    """An operation on one resource, which `attempts` name and give a deadline.

    `look` asks a URL, `read` the resource; both raise `Refused`. What stands in the way at an operation's own
    URL (it vanished, it tells garbage) sends one to the resource, which says what came of it.
    """

    clock: Clock
    patience: Patience
    attempts: Attempts
    look: Callable[[str], Answer]
    read: Callable[[], Answer]
    deleting: bool = False

    def carry_out(self, begin: Callable[[], Answer]) -> Answer | None:
        """Begin it and follow it; the resource where the end of it has shown that.

        Raises `Refused`. What Azure cancelled, or what failed for a reason that passes, is begun again.
        """
        since, attempt = self.clock.now(), 1
        while True:
            answer = self.attempts.of(begin)
            track = following.track(answer, deleting=self.deleting)
            if track is None:
                return answer if answer.body else None
            sight, last = self._follow(track, answer)
            if sight.standing is Standing.SUCCEEDED:
                return last
            attempt += 1
            self._pause_after(_refused(sight), attempt, since)

    def _pause_after(self, refused: Refused, attempt: int, since: float) -> None:
        """Wait before the next attempt; raises what failed when another does not help, or not in time."""
        pause = pause_before(attempt, refused.means)
        now = self.clock.now()
        if not pause or now + pause > min(self.attempts.end, since + refused.means.within):
            raise refused
        self._wait(refused.refusal.brief(), pause, trouble=True)

    def _follow(self, track: Track, answer: Answer) -> tuple[Sight, Answer | None]:
        """How it ended, and the last answer where that is the resource."""
        looks, said = self.patience.looks(), "begun"
        while True:
            now = self.clock.now()
            if now > self.attempts.end:
                raise Refused(
                    Refusal(0, "", f"Azure is not done after {self.patience.deadline / 60:.0f} minutes")
                )
            seconds = retry_after(answer.headers, now) or next(looks)
            self._wait(f"Azure is at work: {said}", min(seconds, self.attempts.end - now + _MARGIN))
            sight, answer = self._look(track)
            if sight.standing is Standing.LOST:
                self._wait(f"{sight.said}: looking at the resource", 0.0, trouble=True)
                track = THE_RESOURCE
            elif sight.standing is not Standing.RUNNING:
                return sight, answer if track.way is not Way.OPERATION else None
            said = sight.said or said

    def _look(self, track: Track) -> tuple[Sight, Answer]:
        nothing = Answer(404, {}, {})
        attempts = replace(self.attempts, absent=None)
        try:
            if track.way is not Way.RESOURCE:
                answer = attempts.of(lambda: self.look(track.url))
                return following.judge(track.way, answer), answer
            answer = attempts.of(self.read)
        except Refused as refused:
            if refused.refusal.status in (401, 403) or refused.means.passes:
                raise
            if track.way is not Way.RESOURCE:
                return Sight(
                    Standing.LOST, f"its operation is not to be had ({refused.refusal.brief()})"
                ), nothing
            if not refused.says_absent:
                raise
            return self._absent(), nothing
        sight = following.judge(track.way, answer)
        if self.deleting and sight.standing is Standing.SUCCEEDED:
            return Sight(Standing.FAILED, "not deleted", Refusal(200, "", _LOST)), answer
        return sight, answer

    def _absent(self) -> Sight:
        if self.deleting:
            return Sight(Standing.SUCCEEDED)
        return Sight(Standing.FAILED, "not there", Refusal(404, "", _LOST))

    def _wait(self, reason: str, seconds: float, *, trouble: bool = False) -> None:
        left = self.attempts.end - self.clock.now()
        wait(self.clock, Wait(self.attempts.where, reason, seconds, left, trouble))


def _refused(sight: Sight) -> Refused:
    if sight.standing is Standing.CANCELLED:
        return Refused(Refusal(200, "OperationCanceled", "Azure cancelled the operation"), refusals.CANCELLED)
    refusal = sight.refusal or Refusal(200, "", f"Azure's operation ended as {sight.said}")
    return Refused(refusal, refusals.OVERTAKEN if refusal.message == _LOST else None)
