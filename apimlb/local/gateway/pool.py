"""Which member of a backend pool gets the next request: a pure decision.

Microsoft Learn, Backends in API Management: the lowest priority number comes first; a later group is used
only when the breakers of every member before it are open; inside a group the load follows the weights, and is
even when they are. Each gateway instance decides for itself.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Weighting = Literal["smooth", "random"]

Health = Mapping[str, float]
"""When the breaker of a member (by id) closes again, epoch seconds; who is missing or past it is healthy."""

Credits = tuple[int, ...]
"""What each member is owed, in the pool's order: the memory of the smooth weighted round robin."""


@dataclass(frozen=True, slots=True)
class Member:
    """A backend in a pool; a lower `priority` number is used first."""

    id: str
    priority: int = 1
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Pool:
    """`cookie` names the one that keeps a session at its member, empty for none."""

    id: str
    members: tuple[Member, ...]
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The member to call, or None when all are open; then `reopens` says when the first one closes."""

    member: str | None
    credits: Credits
    reopens: float = 0.0


def choose(
    pool: Pool,
    health: Health,
    now: float,
    rng: random.Random,
    credits: Credits = (),
    weighting: Weighting = "smooth",
) -> Choice:
    """Decide for one request; `credits` is what the last choice from this pool returned."""
    members = pool.members
    if len(credits) != len(members):
        credits = (0,) * len(members)
    live = [place for place, member in enumerate(members) if health.get(member.id, 0.0) <= now]
    if not live:
        return Choice(None, credits, min((health[member.id] for member in members), default=now))
    first = min(members[place].priority for place in live)
    group = [place for place in live if members[place].priority == first]
    weights = _weights(members, group)
    if weighting == "random":
        chosen = rng.choices(group, weights)[0]
        return Choice(members[chosen].id, credits)
    chosen, credits = _smooth(group, weights, credits)
    return Choice(members[chosen].id, credits)


def _weights(members: tuple[Member, ...], group: list[int]) -> list[int]:
    weights = [max(0, members[place].weight) for place in group]
    return weights if any(weights) else [1] * len(group)


def _smooth(group: list[int], weights: list[int], credits: Credits) -> tuple[int, Credits]:
    """Everyone earns their weight, the richest is chosen and pays for all: no share comes in a bunch."""
    owed = list(credits)
    for place, weight in zip(group, weights, strict=True):
        owed[place] += weight
    candidates = [place for place, weight in zip(group, weights, strict=True) if weight]
    chosen = max(candidates, key=lambda place: owed[place])
    owed[chosen] -= sum(weights)
    return chosen, tuple(owed)
