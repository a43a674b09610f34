"""Who asks what, and when: a sequence that is the same for the same seed, made as it is needed."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from apimlb.simulator.scenario import LARGEST, SMALLEST, Scenario
from apimlb.simulator.trace import read_trace

_CHARACTERS = 4
_ENVELOPE = 7
"""Tokens that a chat with one message is worth beside its text."""
_LEAST_ANSWER = 16
_WORDS = "Why would a gateway stand in front of several accounts and not only one? "
_TEXT = _WORDS * (_CHARACTERS * LARGEST // len(_WORDS) + 1)
_SAMPLE = 2_000
_DAY, _PEAK, _SWING = 86_400.0, 14 * 3600.0, 0.7
_BURST_EVERY, _BURST_LASTS, _BURST_HEIGHT = 300.0, 30.0, 4.0


@dataclass(frozen=True)
class Question:
    """A chat completion: `characters` of prompt, and `limit` as max_completion_tokens (None: left out).

    `tokens` is what it is worth: its prompt, at four characters to a token, and the most that it may be
    answered.
    """

    tokens: int
    characters: int
    limit: int | None
    stream: bool = False

    @property
    def prompt_tokens(self) -> int:
        return _ENVELOPE - (-self.characters // _CHARACTERS)

    @cached_property
    def body(self) -> dict[str, Any]:
        """As an account reads it."""
        asked: dict[str, Any] = {"messages": [{"role": "user", "content": _text(self.characters)}]}
        if self.limit is not None:
            asked["max_completion_tokens"] = self.limit
        return {**asked, "stream": True} if self.stream else asked

    def encoded(self) -> bytes:
        """As a client sends it: the JSON of `body`."""
        more = b"" if self.limit is None else b', "max_completion_tokens": %d' % self.limit
        more += b', "stream": true' if self.stream else b""
        text = _text(self.characters).encode()
        return b'{"messages": [{"role": "user", "content": "%b"}]%b}' % (text, more)


def asked(prompt_tokens: int, limit: int | None, worth: int, *, stream: bool = False) -> Question:
    """A question with a prompt of so many tokens; `worth` stands for the limit where it has none."""
    prompt = max(_ENVELOPE + 1, prompt_tokens)
    tokens = prompt + (worth if limit is None else limit)
    return Question(tokens, (prompt - _ENVELOPE) * _CHARACTERS, limit, stream)


def arrivals(scenario: Scenario, rate: float) -> Iterator[tuple[float, Question]]:
    """What is asked and when, in seconds from the beginning: `rate` a second on average, or the trace."""
    if scenario.trace is not None:
        for each in read_trace(scenario.trace):
            yield each.at, asked(each.prompt, each.limit, each.completion, stream=each.stream)
        return
    yield from zip(_moments(scenario, rate), questions(scenario), strict=False)


def questions(scenario: Scenario, stream: str = "questions") -> Iterator[Question]:
    """The questions without end; each `stream` of them is another one."""
    rng = random.Random(f"{stream} {scenario.seed}")
    while True:
        yield _question(scenario, rng)


def sample(scenario: Scenario) -> list[Question]:
    """Questions such as are asked; the same ones for every seed."""
    if scenario.trace is not None:
        return [question for _, question in islice(arrivals(scenario, 1.0), _SAMPLE)]
    return list(islice(questions(scenario, "sample of"), _SAMPLE))


def poisson(seed: str, rate: float) -> Iterator[float]:
    """When somebody comes, in seconds from the beginning, `rate` times a second on average."""
    rng, moment = random.Random(seed), 0.0
    while rate > 0:
        moment += rng.expovariate(rate)
        yield moment


def _moments(scenario: Scenario, rate: float) -> Iterator[float]:
    """Thinned, where the rate changes with time: of those that come at the highest rate some stay away."""
    if scenario.shape == "steady":
        yield from poisson(f"arrivals {scenario.seed}", rate)
        return
    chance = random.Random(f"thinning {scenario.seed}")
    highest = max(_BURST_HEIGHT, 1 + _SWING)
    for moment in poisson(f"arrivals {scenario.seed}", rate * highest):
        if chance.random() * highest < _intensity(scenario.shape, moment):
            yield moment


def _intensity(shape: str, moment: float) -> float:
    """The rate at a moment, as a multiple of the mean."""
    if shape == "day":
        return 1 + _SWING * math.cos(2 * math.pi * (moment - _PEAK) / _DAY)
    quiet = (_BURST_EVERY - _BURST_LASTS * _BURST_HEIGHT) / (_BURST_EVERY - _BURST_LASTS)
    return _BURST_HEIGHT if moment % _BURST_EVERY < _BURST_LASTS else quiet


def _question(scenario: Scenario, rng: random.Random) -> Question:
    prompt, limit = _sizes(scenario, rng)
    unstated = rng.random() < scenario.profile.unstated
    return asked(prompt, None if unstated else limit, limit, stream=rng.random() < scenario.streams)


def _sizes(scenario: Scenario, rng: random.Random) -> tuple[int, int]:
    """The tokens of a prompt, and the most that its answer may have."""
    if scenario.prompt or scenario.completion:
        prompt, limit = (_drawn(each, scenario.sigma, rng) for each in (scenario.prompt, scenario.completion))
        return prompt, max(_LEAST_ANSWER, limit)
    tokens = max(SMALLEST, _drawn(scenario.mean_tokens, scenario.sigma, rng))
    limit = max(_LEAST_ANSWER, round(tokens * (rng.uniform(0.2, 0.8) if scenario.sigma else 0.5)))
    return tokens - limit, limit


def _drawn(mean: int, sigma: float, rng: random.Random) -> int:
    if not (mean and sigma):
        return mean
    return min(LARGEST, round(rng.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)))


def _text(characters: int) -> str:
    """So many characters of text, none of which JSON has to escape."""
    if characters <= len(_TEXT):
        return _TEXT[:characters]
    return (_WORDS * (characters // len(_WORDS) + 1))[:characters]
