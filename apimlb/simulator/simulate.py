"""A scenario played: before the gateway with one policy or several, and before the omniscient balancer."""

from collections.abc import Sequence
from dataclasses import dataclass

from apimlb.http import last_segment
from apimlb.local.entra.keys import SigningKey, make_key
from apimlb.local.openai.plane import Count
from apimlb.simulator.candidate import Candidate
from apimlb.simulator.clients import Progress, play, silent
from apimlb.simulator.clock import VirtualClock
from apimlb.simulator.conditions import Conditions, conditions
from apimlb.simulator.lanes import GatewayLane, OmniscientLane
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.stage import START, Stage
from apimlb.simulator.tally import Tally


@dataclass(frozen=True, slots=True)
class Passed:
    """What came of a scenario before a gateway; `counts` are the accounts' own, in the stack's order;
    `lookups` and `stores` are those of the gateway's cache."""

    candidate: Candidate
    tally: Tally
    counts: Sequence[Count]
    lookups: int
    stores: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario with each candidate, and with the omniscient balancer in their place."""

    conditions: Conditions
    passed: Sequence[Passed]
    omniscient: Tally


def simulate(
    scenario: Scenario,
    candidates: Sequence[Candidate],
    *,
    key: SigningKey | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Play the scenario with each of the candidates, who must have the same accounts; the same arguments
    always have the same outcome.

    Making a signing key takes a tenth of a second: who simulates often hands one in. Raises `CloudError` for
    a policy that ARM refuses, `ConfigError` for a scenario that cannot be.
    """
    given = conditions(scenario, candidates[0], key or make_key())
    parts = len(candidates) + 1

    def part(number: int) -> Progress:
        return lambda share: progress((number + share) / parts)

    omniscient = reference(given, part(0))
    passed = [through(given, each, part(number)) for number, each in enumerate(candidates, 1)]
    return Outcome(given, passed, omniscient)


def through(given: Conditions, candidate: Candidate, progress: Progress = silent) -> Passed:
    """Play before a gateway with the candidate's policy."""
    stage = given.stage(candidate)
    tally = play(given, GatewayLane(stage, given.settings), stage.clock, progress)
    link = stage.world.caches.link
    return Passed(candidate, tally, _counts(stage), link.lookups, link.stores)


def reference(given: Conditions, progress: Progress = silent) -> Tally:
    """Play before the omniscient balancer."""
    clock = VirtualClock(START)
    lane = OmniscientLane(clock, given.standings, given.deployments, given.settings)
    return play(given, lane, clock, progress)


def _counts(stage: Stage) -> Sequence[Count]:
    counts = [standing.count for standing in stage.world.openai.standings()]
    known = {count.account: count for count in counts if count.deployment == "chat"}
    names = [last_segment(account.id) for account in stage.accounts]
    return [known.get(name, Count(name, "chat")) for name in names]
