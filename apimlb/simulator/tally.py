"""What is counted while it happens, in a space that does not grow with the number of requests."""

import bisect
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from apimlb.simulator.lanes import Reply
from apimlb.simulator.traffic import Question

Timing = Literal["right", "late", "early", "missing"]
TIMINGS: tuple[Timing, ...] = ("right", "late", "early", "missing")

LATEST = 1.0
"""Seconds that a Retry-After may be late and still be right: it has whole seconds."""
_MOMENT = 0.002
_LONGEST = 60_000
DECILES = 10
PARTS = 60
"""Into how many parts of the simulated time answers are counted."""


@dataclass(slots=True)
class Tally:
    """`edges` are the sizes that part the deciles of the questions.

    Every question is one of `requests`; sent again after a refusal it is one more of `attempts`. `refusals`
    are the 429s that clients got; those of them while an account had room are `needless`, those of questions
    that no account ever has room for `hopeless`. `latencies` counts answers by the milliseconds added.
    `asked` and `answered` count by deciles of size, `asked_then` and `answered_then` by parts of the time.
    """

    edges: list[float] = field(default_factory=list)
    requests: int = 0
    answers: int = 0
    tokens: int = 0
    attempts: int = 0
    refusals: int = 0
    limited: int = 0
    needless: int = 0
    hopeless: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    timings: Counter[Timing] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    asked: list[int] = field(default_factory=lambda: [0] * DECILES)
    answered: list[int] = field(default_factory=lambda: [0] * DECILES)
    asked_then: list[int] = field(default_factory=lambda: [0] * PARTS)
    answered_then: list[int] = field(default_factory=lambda: [0] * PARTS)

    def attempt(self, reply: Reply) -> None:
        """One answer to one sending of a question."""
        self.attempts += 1
        if reply.status == 200:
            self.latencies[min(_LONGEST, round(reply.added * 1000))] += 1
        self.limited += reply.limited
        if reply.status != 429 or reply.limited:
            return
        self.refusals += 1
        self.needless += reply.room == 0
        if math.isinf(reply.room):
            self.hopeless += 1
        else:
            self.timings[timing(reply)] += 1

    def ended(self, question: Question, reply: Reply, share: float) -> None:
        """How a question ended for good that came when this share of the time was over."""
        decile = min(DECILES - 1, bisect.bisect_right(self.edges, question.tokens))
        self.requests += 1
        self.statuses[reply.status] += 1
        self.asked[decile] += 1
        part = min(PARTS - 1, int(share * PARTS))
        self.asked_then[part] += 1
        if reply.status == 200:
            self.answers += 1
            self.tokens += question.tokens
            self.answered[decile] += 1
            self.answered_then[part] += 1

    def latency(self, share: float) -> float:
        """The seconds added that this share of the answers stays within."""
        total, seen = sum(self.latencies.values()), 0
        for milliseconds, count in sorted(self.latencies.items()):
            seen += count
            if seen >= share * total:
                return milliseconds / 1000
        return 0.0


def timing(reply: Reply) -> Timing:
    """How good the time was that a client was told to wait: right when a retry then would fit, and at most a
    second late."""
    if math.isnan(reply.told):
        return "missing"
    if reply.told < reply.room - _MOMENT:
        return "early"
    return "right" if reply.told <= reply.room + LATEST + _MOMENT else "late"
