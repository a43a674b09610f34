"""A scenario played: the policy on its stage, and the omniscient balancer on the same traffic."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from apimlb.local.entra.keys import SigningKey
from apimlb.local.openai.plane import Count, Standing
from apimlb.local.openai.switches import Settings, Switches
from apimlb.local.world import WorldSettings
from apimlb.simulator.accounts import costs
from apimlb.simulator.clock import VirtualClock
from apimlb.simulator.lanes import GatewayLane, Lane, OmniscientLane
from apimlb.simulator.profiles import PROFILES
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.stage import START, Stage, build
from apimlb.simulator.tally import DECILES, Tally
from apimlb.simulator.traffic import Question, gaps, questions
from apimlb.stack.config import Stack

_SAMPLE = 2_000
_RETRIED = {408, 409, 429}
_WORST = 60.0
_BACKOFF, _MOST_BACKOFF = 0.5, 8.0

Progress = Callable[[float], None]
"""Told now and then which share of the simulated time is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario: through the gateway, and under the omniscient balancer; `counts` are the
    accounts' own, in the stack's order."""

    gateway: Tally
    omniscient: Tally
    counts: list[Count]
    rate: float


def settings(scenario: Scenario) -> WorldSettings:
    """The world that the scenario is played in."""
    switches = Switches(**PROFILES[scenario.profile])
    accounts = Settings(
        seed=scenario.seed,
        first_token_seconds=scenario.reply_seconds,
        fills_limit=True,
        filler=True,
        switches=switches,
    )
    return WorldSettings(openai=accounts, gateways=scenario.gateways)


def simulate(
    scenario: Scenario,
    stack: Stack,
    policy: str,
    *,
    key: SigningKey | None = None,
    progress: Progress = lambda share: None,
) -> Outcome:
    """Play the scenario; the same scenario, stack and policy always have the same outcome."""
    stage = build(stack, policy, settings(scenario), scenario.seed, key)
    standings = stage.standings()
    rate = _rate(scenario, standings)
    gateway = _play(scenario, rate, GatewayLane(stage), stage.clock, progress)
    clock = VirtualClock(START)
    reference = OmniscientLane(clock, standings, scenario.reply_seconds)
    omniscient = _play(scenario, rate, reference, clock, lambda share: None)
    return Outcome(gateway, omniscient, _counts(stage), rate)


def _play(scenario: Scenario, rate: float, lane: Lane, clock: VirtualClock, progress: Progress) -> Tally:
    tally = Tally(_edges(scenario))
    clock.spawn(_arrive(scenario, rate, lane, clock, tally))
    steps = 100
    for step in range(1, steps + 1):
        clock.run(until=START + scenario.seconds * step / steps)
        progress(step / steps)
    clock.run()
    return tally


async def _arrive(scenario: Scenario, rate: float, lane: Lane, clock: VirtualClock, tally: Tally) -> None:
    chance = random.Random(f"clients {scenario.seed}")
    end = START + scenario.seconds
    for gap, question in zip(gaps(scenario, rate), questions(scenario), strict=False):
        if clock.now() + gap >= end:
            return
        await clock.sleep(gap)
        clock.spawn(_client(scenario, lane, question, tally, chance))


async def _client(
    scenario: Scenario, lane: Lane, question: Question, tally: Tally, chance: random.Random
) -> None:
    """Ask, and ask again when refused, as the OpenAI SDKs do (openai-python, `_calculate_retry_timeout`)."""
    for attempt in range(scenario.retries + 1):
        reply = await lane.ask(question)
        tally.attempt(reply)
        if attempt == scenario.retries or not (reply.status in _RETRIED or reply.status >= 500):
            break
        wait = reply.told
        if not 0 < wait <= _WORST:
            wait = min(_BACKOFF * 2.0**attempt, _MOST_BACKOFF) * (1 - 0.25 * chance.random())
        await lane.clock.sleep(wait)
    tally.ended(question, reply)


def _rate(scenario: Scenario, standings: list[Standing]) -> float:
    """Requests a second: as asked for, or `load` times what the accounts grant to such questions."""
    if scenario.rpm is not None:
        return scenario.rpm / 60
    sample = _sample(scenario)
    mean = [sum(column) / len(sample) for column in zip(*(costs(standings, q) for q in sample), strict=True)]
    granted = 0.0
    for each, cost in zip(standings, mean, strict=True):
        granted += min(each.limits.tokens.per_minute / cost, each.limits.requests.per_minute)
    return scenario.load * granted / 60


def _sample(scenario: Scenario) -> list[Question]:
    return list(islice(questions(replace(scenario, seed=-1)), _SAMPLE))


def _edges(scenario: Scenario) -> list[float]:
    sizes = sorted(question.tokens for question in _sample(scenario))
    return [float(sizes[len(sizes) * part // DECILES]) for part in range(1, DECILES)]


def _counts(stage: Stage) -> list[Count]:
    known = {count.account: count for count in stage.world.openai.counts()}
    names = [account.id.rpartition("/")[2] for account in stage.accounts]
    return [known.get(name, Count(name, "chat")) for name in names]
