"""Scenarios played with the rendered policies."""

import json

import pytest

from apimlb.errors import CloudError, ConfigError
from apimlb.render import render
from apimlb.simulator.candidate import Candidate
from apimlb.simulator.profiles import PROFILES, profile
from apimlb.simulator.report import document, lines
from apimlb.simulator.scenario import Scenario, Span
from apimlb.simulator.simulate import Outcome, simulate
from apimlb.stack.config import parse
from tests.signing import signing_key

STRATEGIES = ["retry", "backend-pool"]


def play(strategy: str, tables=None, **scenario) -> Outcome:
    wanted = Scenario(**{"minutes": 5, "seed": 7, **scenario})
    stack = parse({"strategy": strategy, **(tables or {})})
    return simulate(wanted, [Candidate(strategy, render(stack), stack)], key=signing_key())


def told(strategy: str, **scenario):
    return document(play(strategy, **scenario))


def policy(outcome: Outcome):
    return document(outcome)["policies"][0]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_asks_for_less_than_there_is_gets_it(strategy):
    outcome = play(strategy, load=0.5)
    tally = outcome.passed[0].tally
    assert tally.answers == outcome.omniscient.answers == tally.requests > 200


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_a_tier_refuses_is_told_apart_from_what_the_accounts_refuse(strategy):
    tiers = {"default": {"tokens_per_minute": 9000}}
    outcome = play(strategy, {"tiers": tiers}, load=0.5, minutes=3)
    [row], text = document(outcome)["policies"], "\n".join(lines(document(outcome)))
    tally = outcome.passed[0].tally
    assert tally.answers + tally.limited == tally.requests
    assert tally.answers > 0 < tally.limited
    assert row["needless_429s_per_request"] == row["wasted_429s_per_request"] == 0
    assert "limited" in text
    assert "limited" not in "\n".join(lines(told(strategy, load=0.5, minutes=1)))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(strategy):
    first, again, other = (
        json.dumps(told(strategy, load=1.3, seed=seed, minutes=2, streams=0.3)) for seed in (7, 7, 8)
    )
    assert first == again != other


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_asks_for_more_than_there_is_gets_less_than_all_and_never_more_than_the_quota(strategy):
    tally = play(strategy, load=1.6).passed[0].tally
    assert tally.answers < tally.requests
    # Windows open with the first call: one more of each account's may begin before the time is over.
    assert tally.tokens <= 3 * 30_000 * (5 + 1)


def test_every_client_of_every_lane_ends():
    outcome = play("retry", load=1.3, streams=0.5, retries=1)
    tally = outcome.passed[0].tally
    assert tally.requests == sum(tally.asked) == sum(tally.statuses.values()) == outcome.omniscient.requests


def test_a_client_that_asks_again_is_answered_more_often():
    once = play("retry", load=0.9, minutes=10).passed[0].tally
    again = play("retry", load=0.9, minutes=10, retries=2).passed[0].tally
    assert again.requests == once.requests
    assert again.answers > once.answers
    assert again.attempts > again.requests


def test_several_gateways_know_less_of_each_other():
    one, four = (play("backend-pool", load=1.3, gateways=n).passed[0].counts for n in (1, 4))
    assert sum(count.throttled for count in four) > 2 * sum(count.throttled for count in one)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_gateway_that_is_worse_wherever_azures_is_not_known_answers_all_the_same(strategy):
    shown = policy(play(strategy, load=0.5, minutes=2, adverse=True))
    assert (shown["answered"], shown["errors"]) == (1, 0)


def test_an_account_that_is_away_answers_nobody_meanwhile_and_the_others_do():
    outage = Span(60, 240, "swedencentral")
    shown = policy(play("retry", load=0.4, outages=(outage,)))
    assert shown["answered_by"]["swedencentral"] < 0.25 < shown["answered_by"]["eastus2"]
    assert shown["answered"] > 0.99


def test_an_outage_of_an_account_that_there_is_not_is_refused():
    with pytest.raises(ConfigError, match="no account 'mars'"):
        play("retry", outages=(Span(0, 60, "mars"),))


def test_a_policy_that_azure_would_refuse_is_refused():
    wrong = Candidate("wrong", "<policies><inbound><no-such-element /></inbound></policies>", parse({}))
    with pytest.raises(CloudError, match="no-such-element"):
        simulate(Scenario(minutes=1), [wrong], key=signing_key())


def test_without_its_cache_a_policy_that_remembers_there_asks_more_often():
    cached = policy(play("retry", load=1.3))
    away = policy(play("retry", load=1.3, cache_outages=(Span(0, 300),)))
    assert away["wasted_429s_per_request"] > 5 * cached["wasted_429s_per_request"]


@pytest.mark.parametrize("name", PROFILES)
def test_under_every_profile_the_omniscient_balancer_refuses_nobody_needlessly(name):
    best = play("backend-pool", load=1.3, minutes=3, profile=profile(name)).omniscient
    assert best.refusals == best.attempts - best.answers > 0
    assert best.needless == 0
    assert best.timings["early"] == best.timings["late"] == 0


def test_callers_beside_the_gateway_use_up_quota_that_it_does_not_see():
    alone = play("retry", load=1.0, minutes=5)
    beside = play("retry", load=1.0, minutes=5, profile=profile("beside"))
    assert beside.conditions.rate == pytest.approx(0.75 * alone.conditions.rate)
    assert beside.omniscient.answers == pytest.approx(0.75 * alone.omniscient.answers, rel=0.1)


def test_profiles_join():
    joined = profile("sliding+six-characters+absent+beside")
    assert joined.charging == {"minute": "sliding", "characters_per_token": 6.0}
    assert joined.switches == {"rate_headers": "absent"}
    assert (joined.beside, joined.names) == (0.25, ("sliding", "six-characters", "absent", "beside"))
    with pytest.raises(ConfigError, match="no profile 'jumping'"):
        profile("sliding+jumping")


def test_the_table_has_a_line_for_each_policy():
    stack = parse({"strategy": "retry"})
    both = [Candidate(name, render(stack), stack) for name in ("one", "two")]
    shown = lines(document(simulate(Scenario(minutes=1), both, key=signing_key())))
    assert [line.split()[0] for line in shown[2:5]] == ["answers", "one", "two"]
    assert shown[3].split()[1:] == shown[4].split()[1:]
