"""What is true of the accounts: which has room for a request, and when one will."""

import math
from collections.abc import Sequence

from apimlb.limits import FixedWindow
from apimlb.local.openai.plane import Metering
from apimlb.local.openai.throttle import Meter, ProvisionedMeter, Window
from apimlb.simulator.traffic import Question

_MOST_STEPS = 20


def costs(standings: Sequence[Metering], question: Question) -> list[int]:
    """What the question counts for at each account."""
    known: dict[int, int] = {}
    found: list[int] = []
    for each in standings:
        rule = id(each.switches.charging)
        cost = known.get(rule)
        if cost is None:
            cost = known[rule] = each.cost(question.body, question.prompt_tokens)
        found.append(cost)
    return found


def soonest(meter: Meter, now: float, cost: int) -> float:
    """Seconds until a call of this cost would be let in if nobody else came; infinite for one that never
    will."""
    moment = now
    for _ in range(_MOST_STEPS):
        _, wait = meter.obstacle(moment, cost)
        if not wait:
            return moment - now
        moment += wait
    return math.inf


def first_room(standings: Sequence[Metering], question: Question, now: float) -> float:
    """Seconds until the first of the accounts has room for the question: 0 when one has it now."""
    costly = zip(standings, costs(standings, question), strict=True)
    return min(soonest(each.meter, now, cost) for each, cost in costly)


def preference(meter: Meter, now: float) -> tuple[float, float]:
    """The account to take first has the least: the one whose room is lost first where windows are fixed, an
    unopened one before all (its minute does not run); else the one that has most room."""
    if isinstance(meter, ProvisionedMeter):
        return (0.0, meter.bucket.at(now).level)
    window = _scarcer(meter.tokens, meter.slices[-1], now)
    if isinstance(window, FixedWindow):
        return (window.start + window.seconds if window.used else -math.inf, window.used)
    return (0.0, window.used - window.limit)


def _scarcer(tokens: Window, requests: FixedWindow, now: float) -> Window:
    """Whether the calls of this minute used up more of the tokens or of the requests."""
    tokens, requests = tokens.at(now), requests.at(now)
    return tokens if tokens.used * requests.limit >= requests.used * tokens.limit else requests
