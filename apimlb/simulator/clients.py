"""The clients: they come as the traffic says, and ask again as the OpenAI SDKs do."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from apimlb.local.openai.plane import Outage
from apimlb.simulator.clock import VirtualClock
from apimlb.simulator.conditions import Conditions
from apimlb.simulator.lanes import Lane
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.stage import START
from apimlb.simulator.tally import DECILES, Tally
from apimlb.simulator.traffic import Question, arrivals, poisson, questions, sample

_RETRIED = {408, 409, 429}
_WORST = 60.0
_BACKOFF, _MOST_BACKOFF = 0.5, 8.0
_STEPS = 100

Progress = Callable[[float], None]
"""Told now and then which share of the simulated time is over."""


def silent(share: float) -> None:
    """For when nobody asks how far it is."""


def play(given: Conditions, lane: Lane, clock: VirtualClock, progress: Progress = silent) -> Tally:
    """What came of the scenario when the clients, and those beside them, asked `lane`."""
    scenario = given.scenario
    tally = Tally(_edges(scenario))
    _plan(given, lane, clock)
    for place, rate in enumerate(given.beside):
        clock.spawn(_burden(scenario, lane, clock, place, rate))
    clock.spawn(_arrive(scenario, given.rate, lane, clock, tally))
    for step in range(1, _STEPS + 1):
        clock.run(until=START + scenario.seconds * step / _STEPS)
        progress(step / _STEPS)
    clock.run()
    return tally


def _plan(given: Conditions, lane: Lane, clock: VirtualClock) -> None:
    """What happens to the accounts and the cache, and when."""
    scenario = given.scenario
    events: list[tuple[float, Callable[[], None]]] = [(moment, lane.flush) for moment in scenario.flushes]
    for span in scenario.outages:
        place = given.accounts.index(span.name)
        events.append((span.start, partial(lane.fail, place, Outage(span.status))))
        events.append((span.end, partial(lane.fail, place, None)))
    for span in scenario.cache_outages:
        events += [(span.start, partial(lane.lose_cache, True)), (span.end, partial(lane.lose_cache, False))]
    if scenario.profile.halved:
        halved = replace(given.settings, pressure=given.settings.pressure * 2)
        events.append((scenario.seconds / 2, partial(lane.adjust, halved)))
    for moment, act in events:
        clock.spawn(_later(clock, moment, act))


async def _later(clock: VirtualClock, seconds: float, act: Callable[[], None]) -> None:
    await clock.sleep(START + seconds - clock.now())
    act()


async def _arrive(scenario: Scenario, rate: float, lane: Lane, clock: VirtualClock, tally: Tally) -> None:
    chance = random.Random(f"clients {scenario.seed}")
    for moment, question in arrivals(scenario, rate):
        if moment >= scenario.seconds:
            return
        await clock.sleep(START + moment - clock.now())
        clock.spawn(_client(scenario, lane, question, tally, chance))


async def _burden(scenario: Scenario, lane: Lane, clock: VirtualClock, place: int, rate: float) -> None:
    """Those who ask an account past the gateway: questions of the same kind, at a rate of their own."""
    stream = f"beside {place} "
    for moment, question in zip(
        poisson(f"{stream}{scenario.seed}", rate), questions(scenario, stream), strict=False
    ):
        if moment >= scenario.seconds:
            return
        await clock.sleep(START + moment - clock.now())
        lane.burden(place, question)


async def _client(
    scenario: Scenario, lane: Lane, question: Question, tally: Tally, chance: random.Random
) -> None:
    """Ask, and ask again what was refused: openai-python's `_should_retry`, `_calculate_retry_timeout`."""
    came = (lane.clock.now() - START) / scenario.seconds
    for attempt in range(scenario.retries + 1):
        reply = await lane.ask(question)
        tally.attempt(reply)
        if attempt == scenario.retries or not (reply.status in _RETRIED or reply.status >= 500):
            break
        wait = reply.told
        if not 0 < wait <= _WORST:
            wait = min(_BACKOFF * 2.0**attempt, _MOST_BACKOFF) * (1 - 0.25 * chance.random())
        await lane.clock.sleep(wait)
    tally.ended(question, reply, came)


def _edges(scenario: Scenario) -> list[float]:
    sizes = sorted(question.tokens for question in sample(scenario))
    return [float(sizes[len(sizes) * part // DECILES]) for part in range(1, DECILES)]
