"""Who is asked: the gateway with its policy, or the omniscient balancer in its place."""

import math
from dataclasses import dataclass
from typing import Protocol

from apimlb.clock import Clock
from apimlb.http import Headers, read
from apimlb.local.openai.plane import Standing
from apimlb.local.openai.throttle import Meter
from apimlb.simulator.accounts import costs, first_room, preference, soonest
from apimlb.simulator.stage import Stage
from apimlb.simulator.traffic import Question

_MOST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client got.

    `told`: the seconds that it was told to wait, NaN where it was told nothing that can be read. `room`: the
    seconds until the first account truly has room for the question. `seconds`: how long it took.
    """

    status: int
    seconds: float
    told: float = math.nan
    room: float = 0.0


class Lane(Protocol):
    """Answers questions on a clock."""

    @property
    def clock(self) -> Clock: ...

    async def ask(self, question: Question) -> Reply: ...


class GatewayLane:
    """The gateway of a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.clock = stage.clock

    async def ask(self, question: Question) -> Reply:
        began = self.clock.now()
        response = await self.stage.world.send(self.stage.request(question.encoded()))
        await read(response)
        now = self.clock.now()
        if response.status == 200:
            return Reply(200, now - began)
        room = first_room(self.stage.standings(), question, now)
        return Reply(response.status, now - began, told(response.headers), room)


class OmniscientLane:
    """Of the accounts where a question fits, the one to `preference`; it sees the true counters."""

    def __init__(self, clock: Clock, standings: list[Standing], reply_seconds: float) -> None:
        self.clock = clock
        self._standings = standings
        self._meters: list[Meter] = [each.meter for each in standings]
        self._reply_seconds = reply_seconds

    async def ask(self, question: Question) -> Reply:
        now = self.clock.now()
        cost = costs(self._standings, question)
        best: tuple[tuple[float, float], int, Meter] | None = None
        for place, standing in enumerate(self._standings):
            meter, admission = self._meters[place].admit(now, cost[place], standing.switches)
            if admission.refused_by:
                continue
            rank = preference(self._meters[place], standing.limits, now)
            if best is None or (rank, place) < best[:2]:
                best = rank, place, meter
        if best is None:
            wait = min(map(self._soonest, range(len(cost)), cost))
            return Reply(429, 0.0, wait, wait)
        _, place, self._meters[place] = best
        await self.clock.sleep(self._reply_seconds)
        return Reply(200, self.clock.now() - now)

    def _soonest(self, place: int, cost: int) -> float:
        switches = self._standings[place].switches
        return soonest(self._meters[place], self.clock.now(), cost, switches)


def told(headers: Headers) -> float:
    """The seconds that a client is told to wait, as the OpenAI SDKs read them: `retry-after-ms` goes before
    `Retry-After`; NaN where neither is a number."""
    for name, unit in (("retry-after-ms", 1000.0), ("Retry-After", 1.0)):
        try:
            return float(headers.get(name) or "") / unit
        except ValueError:
            continue
    return math.nan
