"""How much capacity a traffic needs, on how many accounts, so that next to nobody is refused."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from apimlb.local.entra.keys import SigningKey
from apimlb.simulator.candidate import Candidate
from apimlb.simulator.conditions import conditions
from apimlb.simulator.scenario import Scenario, Span
from apimlb.simulator.simulate import reference, through
from apimlb.simulator.tally import Tally
from apimlb.simulator.traffic import sample

_STEP = 1.05
MOST = 5_000
"""Thousands of tokens a minute that a deployment can have (Microsoft Learn, Azure OpenAI quotas)."""

Sized = Callable[[int, int], Candidate]
"""The candidate with so many accounts, each of so many thousand tokens a minute."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many `accounts`, each with a deployment of `capacity` thousand tokens a minute; `refused` is the
    share of the clients that see a 429, `refused_with_one_away` the same while one account is away (1 where
    there is one alone)."""

    accounts: int
    capacity: int
    refused: float
    refused_with_one_away: float

    @property
    def total(self) -> int:
        return self.accounts * self.capacity


def fit(scenario: Scenario, sized: Sized, accounts: int, goal: float, key: SigningKey) -> Size | None:
    """The least capacity with which at most the share `goal` of the clients is refused; None where even the
    largest does not do.

    An omniscient balancer says from which capacity on it could be; the policy is tried from there.
    """
    capacity = _least(scenario, sized, accounts, goal, key)
    while capacity is not None and capacity <= MOST:
        candidate = sized(accounts, capacity)
        refused = _refused(_through(scenario, candidate, key))
        if refused <= goal:
            away = _with_one_away(scenario, candidate, key)
            return Size(accounts, capacity, refused, away)
        capacity = max(capacity + 1, math.ceil(capacity * _STEP))
    return None


def _least(scenario: Scenario, sized: Sized, accounts: int, goal: float, key: SigningKey) -> int | None:
    """The least capacity with which an omniscient balancer refuses no more than that, by bisection."""

    def does(capacity: int) -> bool:
        given = conditions(scenario, sized(accounts, capacity), key)
        return _refused(reference(given)) <= goal

    questions = sample(scenario)
    mean = sum(question.tokens for question in questions) / len(questions)
    high = max(1, math.ceil((scenario.rpm or 0) * mean / 1000 / accounts))
    low = 0
    while not does(min(high, MOST)):
        if high >= MOST:
            return None
        low, high = high, high * 2
    high = min(high, MOST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle, high)
    return high


def _with_one_away(scenario: Scenario, candidate: Candidate, key: SigningKey) -> float:
    first, *others = candidate.stack.accounts
    if not others:
        return 1.0
    away = replace(scenario, outages=(Span(0.0, scenario.seconds, first.name),))
    return _refused(_through(away, candidate, key))


def _through(scenario: Scenario, candidate: Candidate, key: SigningKey) -> Tally:
    return through(conditions(scenario, candidate, key), candidate).tally


def _refused(tally: Tally) -> float:
    return tally.statuses[429] / tally.requests if tally.requests else 0.0
