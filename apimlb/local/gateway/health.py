"""What one gateway instance knows of its backends: their breakers, and where each pool's rotation stands.

Nothing of it is shared: Microsoft Learn, Backends in API Management, says that instances do not synchronise.
"""

import random
from collections.abc import Mapping

from apimlb.clock import Clock
from apimlb.local.gateway.backends import Backend, Backends
from apimlb.local.gateway.breaker import Breaker, Outcome, Rule, record
from apimlb.local.gateway.pool import Choice, Credits, Pool, choose
from apimlb.local.gateway.switches import GatewaySwitches

_CLOSED = Breaker()


class BackendHealth:
    """Remembers between calls; every decision is made in `pool` and `breaker`."""

    def __init__(self, clock: Clock, rng: random.Random, switches: GatewaySwitches) -> None:
        self._clock = clock
        self._rng = rng
        self._switches = switches
        self._states: dict[str, tuple[Rule, Breaker]] = {}
        self._credits: dict[str, Credits] = {}

    def choose(self, pool: Pool, backends: Backends) -> Choice:
        """The pool's member for one request, and a step of its rotation."""
        now = self._clock.now()
        health = (
            {member.id: self.reopens(backends.by_id[member.id]) for member in pool.members}
            if self._states
            else {}
        )
        credits = self._credits.get(pool.id, ())
        choice = choose(pool, health, now, self._rng, credits, self._switches.weighting)
        self._credits[pool.id] = choice.credits
        return choice

    def reopens(self, backend: Backend) -> float:
        """When its breaker closes, epoch seconds; in the past or 0 when it is closed."""
        return self._state(backend).open_until

    def is_open(self, backend: Backend) -> bool:
        return self._state(backend).is_open(self._clock.now())

    def record(self, backend: Backend, outcome: Outcome) -> None:
        if backend.rule is None:
            return
        before = self._state(backend)
        state = record(
            before,
            backend.rule,
            outcome,
            self._clock.now(),
            window=self._switches.window,
            late=self._switches.late_failures,
        )
        if state is not before:
            self._states[backend.id] = (backend.rule, state)

    def breakers(self) -> Mapping[str, Breaker]:
        """Every breaker that has counted anything, by the backend's ARM id in lower case."""
        return {id: state for id, (_, state) in self._states.items()}

    def _state(self, backend: Backend) -> Breaker:
        """A rule that was changed or taken away starts anew."""
        rule, state = self._states.get(backend.id, (None, _CLOSED))
        return state if rule is backend.rule or rule == backend.rule else _CLOSED
