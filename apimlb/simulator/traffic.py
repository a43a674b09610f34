"""Who asks what, and when: a sequence that is the same for the same seed, made as it is needed."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apimlb.simulator.scenario import LARGEST, SMALLEST, Scenario

_CHARACTERS = 4
_ENVELOPE = 7
"""Tokens that a chat with one message is worth beside its text."""
_LEAST_ANSWER = 16
_WORDS = "Why would a gateway stand in front of several accounts and not only one? "
_TEXT = _WORDS * (_CHARACTERS * LARGEST // len(_WORDS) + 1)
_BYTES = _TEXT.encode()


@dataclass(frozen=True)
class Question:
    """A chat completion: `characters` of prompt, and `limit` as max_completion_tokens (None: left out)."""

    number: int
    tokens: int
    characters: int
    limit: int | None
    stream: bool = False

    @cached_property
    def body(self) -> dict[str, Any]:
        """As an account reads it."""
        asked: dict[str, Any] = {"messages": [{"role": "user", "content": _TEXT[: self.characters]}]}
        if self.limit is not None:
            asked["max_completion_tokens"] = self.limit
        return {**asked, "stream": True} if self.stream else asked

    def encoded(self) -> bytes:
        """As a client sends it: the JSON of `body`."""
        text = _BYTES[: self.characters]
        more = b"" if self.limit is None else b', "max_completion_tokens": %d' % self.limit
        more += b', "stream": true' if self.stream else b""
        return b'{"messages": [{"role": "user", "content": "%b"}]%b}' % (text, more)


def questions(scenario: Scenario) -> Iterator[Question]:
    """The questions without end."""
    rng = random.Random(f"questions {scenario.seed}")
    number = 0
    while True:
        number += 1
        yield _question(scenario, rng, number)


def _question(scenario: Scenario, rng: random.Random, number: int) -> Question:
    tokens, share = scenario.mean_tokens, 0.5
    if scenario.sigma:
        middle = math.log(scenario.mean_tokens) - scenario.sigma**2 / 2
        tokens = min(LARGEST, max(SMALLEST, round(rng.lognormvariate(middle, scenario.sigma))))
        share = rng.uniform(0.2, 0.8)
    limit = max(_LEAST_ANSWER, round(tokens * share))
    characters = max(1, tokens - limit - _ENVELOPE) * _CHARACTERS
    return Question(number, tokens, characters, limit, rng.random() < scenario.streams)


def gaps(scenario: Scenario, rate: float) -> Iterator[float]:
    """Seconds from one arrival to the next, without end: Poisson, `rate` a second."""
    rng = random.Random(f"arrivals {scenario.seed}")
    while True:
        yield rng.expovariate(rate)
