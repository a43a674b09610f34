"""Who is asked: the gateway with its policy, or the omniscient balancer in its place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from apimlb.clock import Clock
from apimlb.http import Headers, Response, last_segment, read
from apimlb.local.openai.answer import filled
from apimlb.local.openai.plane import Metering, Outage
from apimlb.local.openai.switches import Settings
from apimlb.local.openai.throttle import changed_meter, limits_of
from apimlb.local.store import Document
from apimlb.simulator.accounts import costs, first_room, preference, soonest
from apimlb.simulator.stage import DEPLOYMENT, Stage
from apimlb.simulator.traffic import Question


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client got.

    `told`: the seconds that it was told to wait, NaN where it was told nothing that can be read. `room`: the
    seconds until the first account truly has room for the question. `added`: the seconds that it took longer
    than an account, to its first byte. `limited`: that the client's tier refused it, whatever room there is.
    """

    status: int
    added: float = 0.0
    told: float = math.nan
    room: float = 0.0
    limited: bool = False


class Lane(Protocol):
    """Answers questions on a clock, and is told what happens to the accounts, by their places."""

    @property
    def clock(self) -> Clock: ...

    async def ask(self, question: Question) -> Reply: ...

    def burden(self, place: int, question: Question) -> None:
        """Somebody else asks an account, past the balancer."""
        ...

    def fail(self, place: int, outage: Outage | None) -> None:
        """The account fails from now on, or works again."""
        ...

    def adjust(self, settings: Settings) -> None:
        """All accounts behave so from now on."""
        ...

    def lose_cache(self, away: bool) -> None:
        """The balancer's cache cannot be reached from now on, or can again."""
        ...

    def flush(self) -> None:
        """The balancer's cache forgets everything."""
        ...


class GatewayLane:
    """The gateway of a stage."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        self.clock = stage.clock
        self._stage = stage
        self._settings = settings

    async def ask(self, question: Question) -> Reply:
        began = self.clock.now()
        response = await self._stage.world.send(self._stage.request(question.encoded()))
        answered = self.clock.now()
        said = await _read(response)
        if response.status == 200:
            awaited = first_byte(question, self._settings)
            return Reply(0 if said is None else 200, answered - began - awaited)
        now = self.clock.now()
        if response.status == 429 and any(code in (said or b"") for code in _LIMITED):
            return Reply(429, now - began, told(response.headers), limited=True)
        room = first_room(self._standings(), question, now)
        return Reply(response.status, now - began, told(response.headers), room)

    def burden(self, place: int, question: Question) -> None:
        cost = self._standings()[place].cost(question.body, question.prompt_tokens)
        self._stage.world.openai.burden(self._stage.accounts[place], DEPLOYMENT, cost)

    def fail(self, place: int, outage: Outage | None) -> None:
        self._stage.world.openai.fail(self._name(place), outage)

    def adjust(self, settings: Settings) -> None:
        for place in range(len(self._stage.accounts)):
            self._stage.world.openai.adjust(self._name(place), settings)

    def lose_cache(self, away: bool) -> None:
        self._stage.world.caches.link.away = away

    def flush(self) -> None:
        self._stage.world.caches.flush()

    def _standings(self) -> Sequence[Metering]:
        return self._stage.standings()

    def _name(self, place: int) -> str:
        return last_segment(self._stage.accounts[place].id)


class OmniscientLane:
    """The balancer that every other is measured by: of the accounts where a question fits, the one to
    `preference`. It decides as questions come, but sees the true counters."""

    def __init__(
        self, clock: Clock, standings: Sequence[Metering], accounts: Sequence[Document], settings: Settings
    ) -> None:
        """`accounts`: the documents of their deployments."""
        self.clock = clock
        self._standings = standings
        self._meters = [each.meter for each in standings]
        self._accounts = accounts
        self._settings = settings
        self._down: set[int] = set()

    async def ask(self, question: Question) -> Reply:
        now = self.clock.now()
        cost = costs(self._standings, question)
        chosen = self._chosen(now, cost)
        if chosen is None:
            up = [place for place in range(len(cost)) if place not in self._down]
            wait = min((soonest(self._meters[place], now, cost[place]) for place in up), default=math.inf)
            return Reply(429, 0.0, wait, wait)
        self._meters[chosen], _ = self._meters[chosen].admit(now, cost[chosen], self._settings.switches)
        await self._serve(chosen, question, cost[chosen])
        return Reply(200)

    def burden(self, place: int, question: Question) -> None:
        cost = self._standings[place].cost(question.body, question.prompt_tokens)
        self._meters[place], _ = self._meters[place].admit(self.clock.now(), cost, self._settings.switches)

    def fail(self, place: int, outage: Outage | None) -> None:
        (self._down.discard if outage is None else self._down.add)(place)

    def adjust(self, settings: Settings) -> None:
        now, self._settings = self.clock.now(), settings
        for place, meter in enumerate(self._meters):
            limits = limits_of(self._accounts[place], settings)
            self._meters[place] = changed_meter(meter, limits, settings.switches, now)

    def lose_cache(self, away: bool) -> None:
        """It has none."""

    def flush(self) -> None:
        """It has none."""

    def _chosen(self, now: float, cost: Sequence[int]) -> int | None:
        """The best account that has room, None when none has."""
        best: tuple[tuple[float, float], int] | None = None
        for place, meter in enumerate(self._meters):
            if place in self._down or meter.obstacle(now, cost[place])[0]:
                continue
            rank = preference(meter, now), place
            best = rank if best is None else min(best, rank)
        return None if best is None else best[1]

    async def _serve(self, place: int, question: Question, cost: int) -> None:
        settings, since = self._settings, self.clock.now()
        used = filled(question.limit, settings)
        await self.clock.sleep(settings.first_token_seconds + settings.token_seconds * used)
        surplus = question.prompt_tokens + used - cost
        now, meter = self.clock.now(), self._meters[place]
        self._meters[place] = meter.settle(now, surplus, since, settings.switches)


_LIMITED = b'"rate_limit_exceeded"', b'"insufficient_quota"'
"""The codes of what a tier refuses."""


async def _read(response: Response) -> bytes | None:
    """The body, None where it did not come whole."""
    try:
        return await read(response)
    except (ConnectionError, TimeoutError):
        return None


def first_byte(question: Question, settings: Settings) -> float:
    """The seconds that an account takes until its answer begins."""
    if question.stream:
        return settings.first_token_seconds
    return settings.first_token_seconds + settings.token_seconds * filled(question.limit, settings)


def told(headers: Headers) -> float:
    """The seconds that a client is told to wait, as the OpenAI SDKs read them: `retry-after-ms` goes before
    `Retry-After`; NaN where neither is a number."""
    for name, unit in (("retry-after-ms", 1000.0), ("Retry-After", 1.0)):
        try:
            return float(headers.get(name) or "") / unit
        except ValueError:
            continue
    return math.nan
