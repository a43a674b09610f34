"""What is true of the accounts: which has room for a request, and when one will."""

import math
from collections.abc import Sequence

from apimlb.limits import FixedWindow
from apimlb.local.openai.plane import Standing
from apimlb.local.openai.switches import Charging, Switches
from apimlb.local.openai.throttle import Limits, Meter, ProvisionedMeter
from apimlb.simulator.traffic import Question

_MOST_STEPS = 20
_MOMENT = 1e-4


def costs(standings: Sequence[Standing], question: Question) -> list[int]:
    """What the question counts for at each account."""
    known: dict[int, int] = {}
    found: list[int] = []
    for each in standings:
        rule: Charging = each.switches.charging
        cost = known.get(id(rule))
        if cost is None:
            cost = known[id(rule)] = each.cost(question.body)
        found.append(cost)
    return found


def soonest(meter: Meter, now: float, cost: int, switches: Switches) -> float:
    """Seconds until a call of this cost would be let in if nobody else came; infinite for one that never
    will."""
    moment = now
    for _ in range(_MOST_STEPS):
        _, admission = meter.admit(moment, cost, switches)
        if not admission.refused_by:
            return moment - now
        if admission.oversize:
            return math.inf
        moment += max(admission.wait, _MOMENT)
    return math.inf


def first_room(standings: Sequence[Standing], question: Question, now: float) -> float:
    """Seconds until the first of the accounts has room for the question: 0 when one has it now."""
    costly = zip(standings, costs(standings, question), strict=True)
    return min(soonest(each.meter, now, cost, each.switches) for each, cost in costly)


def preference(meter: Meter, limits: Limits, now: float) -> tuple[float, float]:
    """The account to take first has the least: the one whose room is lost first where windows are fixed, an
    unopened one before all (its minute does not run); else the one that has most room."""
    if isinstance(meter, ProvisionedMeter):
        return (0.0, meter.bucket.at(now).used)
    tokens, requests = meter.tokens.at(now), meter.slices[-1].at(now)
    # Whether the calls of this minute used up more of the tokens than of the requests.
    scarce = tokens.used * requests.limit >= requests.used * tokens.limit
    window = tokens if scarce else requests
    if not isinstance(window, FixedWindow):
        return (0.0, window.used - window.limit)
    unopened = window.start == now and not window.used
    return (-math.inf if unopened else window.start + window.seconds, window.used)
