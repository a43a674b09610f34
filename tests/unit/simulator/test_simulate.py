"""Scenarios played with the rendered policies."""

import json
from functools import cache

import pytest

from apimlb.local.entra.keys import SigningKey, make_key
from apimlb.render import render
from apimlb.simulator.report import document
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.simulate import Outcome, simulate
from apimlb.stack.config import parse

STRATEGIES = ["retry", "backend-pool"]


@cache
def key() -> SigningKey:
    return make_key()


def play(strategy: str, **scenario) -> tuple[Scenario, Outcome]:
    wanted = Scenario(**{"minutes": 5, "seed": 7, **scenario})
    stack = parse({"strategy": strategy})
    return wanted, simulate(wanted, stack, render(stack), key=key())


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_asks_for_less_than_there_is_gets_it(strategy):
    _, outcome = play(strategy, load=0.5)
    assert outcome.gateway.answers == outcome.omniscient.answers == outcome.gateway.requests > 200


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(strategy):
    def told(seed: int) -> str:
        return json.dumps(document(*play(strategy, load=1.3, seed=seed, minutes=2)))

    assert told(7) == told(7) != told(8)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_asks_for_more_than_there_is_gets_less_than_all_and_never_more_than_the_quota(strategy):
    scenario, outcome = play(strategy, load=1.6)
    assert outcome.gateway.answers < outcome.gateway.requests
    # Windows open with the first call: one more of each account's may begin before the time is over.
    assert outcome.gateway.tokens <= 3 * 30_000 * (scenario.minutes + 1)


def test_a_client_that_asks_again_is_answered_more_often():
    _, once = play("retry", load=0.9, minutes=10)
    _, again = play("retry", load=0.9, minutes=10, retries=2)
    assert again.gateway.requests == once.gateway.requests
    assert again.gateway.answers > once.gateway.answers
    assert again.gateway.attempts > again.gateway.requests
