"""What is counted while it happens, in a space that does not grow with the number of requests."""

import bisect
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from apimlb.simulator.lanes import Reply
from apimlb.simulator.traffic import Question

Timing = Literal["right", "late", "early", "missing"]

_LATEST = 1.0
"""Seconds that a Retry-After may be late and still be right: it has whole seconds."""
_MOMENT = 0.002
DECILES = 10


@dataclass(slots=True)
class Tally:
    """`edges`: the sizes that part the deciles of the questions."""

    edges: list[float] = field(default_factory=list)
    requests: int = 0
    answers: int = 0
    tokens: int = 0
    asked_tokens: int = 0
    attempts: int = 0
    refusals: int = 0
    needless: int = 0
    hopeless: int = 0
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    timings: Counter[Timing] = field(default_factory=Counter)
    asked: list[int] = field(default_factory=lambda: [0] * DECILES)
    answered: list[int] = field(default_factory=lambda: [0] * DECILES)

    def attempt(self, reply: Reply) -> None:
        """One answer to one sending of a question."""
        self.attempts += 1
        if reply.status != 429:
            return
        self.refusals += 1
        self.needless += reply.room == 0
        if math.isinf(reply.room):
            self.hopeless += 1
        else:
            self.timings[timing(reply)] += 1

    def ended(self, question: Question, reply: Reply) -> None:
        """How a question ended for good."""
        decile = min(DECILES - 1, bisect.bisect_right(self.edges, question.tokens))
        self.requests += 1
        self.asked_tokens += question.tokens
        self.statuses[reply.status] += 1
        self.asked[decile] += 1
        if reply.status == 200:
            self.answers += 1
            self.tokens += question.tokens
            self.answered[decile] += 1
            self.seconds += reply.seconds


def timing(reply: Reply) -> Timing:
    """How good the time was that a client was told to wait."""
    if math.isnan(reply.told):
        return "missing"
    if reply.told < reply.room - _MOMENT:
        return "early"
    return "right" if reply.told <= reply.room + _LATEST + _MOMENT else "late"
