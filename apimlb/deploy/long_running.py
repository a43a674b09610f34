"""One long-running operation carried through: begun, followed to its end, begun again where that may help."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from apimlb.clock import Clock
from apimlb.deploy import following, refusals
from apimlb.deploy.attempts import Attempts
from apimlb.deploy.following import THE_RESOURCE, Answer, Sight, Standing, Track, Way, retry_after
from apimlb.deploy.patience import MINUTE, Patience
from apimlb.deploy.refusals import Refusal, Refused, pause_before
from apimlb.deploy.waiting import Wait, wait

_NOTHING = Answer(404, {}, {})
_LOST = "Azure's operation has ended, and the resource is not as it should be after it"
_APART = 15 * MINUTE
"""Seconds for which an operation is asked in vain before the resource is."""
_SAID = 3
"""How often in a row an operation answers with a refusal that may pass, until that is how it ended."""
_BAD = 400
_MARGIN = 1.0
"""Seconds after the deadline at which an operation is looked at for the last time."""


@dataclass(frozen=True, slots=True)
class LongRunning:
    """An operation on one resource, which `attempts` name and give a deadline.

    `look` asks a URL, `read` the resource; both raise `Refused`. What stands in the way at an operation's own
    URL (it vanished, it tells garbage, it is out of order) sends one to the resource, which says what came of
    it; a 400 there with an error's code is how the operation ended.
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
        return self._look_at_resource() if track.way is Way.RESOURCE else self._look_at_operation(track)

    def _look_at_operation(self, track: Track) -> tuple[Sight, Answer]:
        end = min(self.attempts.end, self.clock.now() + _APART)
        failures: list[Refusal] = []

        def ask() -> Answer | None:
            try:
                return self.look(track.url)
            except Refused as refused:
                if refused.refusal.status != _BAD or not refused.refusal.code:
                    raise
                failures.append(refused.refusal)
                if refused.means.passes and len(failures) < _SAID:
                    raise
                return None

        try:
            answer = replace(self.attempts, absent=None, end=end).of(ask)
        except Refused as refused:
            if refused.refusal.status in (401, 403):
                raise
            said = f"its operation is not to be had ({refused.refusal.brief()})"
            return Sight(Standing.LOST, said), _NOTHING
        if answer is None:
            return Sight(Standing.FAILED, failures[-1].brief(), failures[-1]), _NOTHING
        return following.judge(track.way, answer), answer

    def _look_at_resource(self) -> tuple[Sight, Answer]:
        try:
            answer = replace(self.attempts, absent=None).of(self.read)
        except Refused as refused:
            if not refused.says_absent:
                raise
            return self._absent(), _NOTHING
        sight = following.judge(Way.RESOURCE, answer)
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
