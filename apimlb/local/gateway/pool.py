"""Which member of a backend pool gets the next request: a pure decision.

Microsoft Learn, Backends in API Management: the lowest priority number comes first; a later group is used
only when the breakers of every member before it are open; inside a group the load follows the weights, and is
even when they are. Each gateway instance decides for itself.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

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
    """`cookie` names the one that keeps a session at its member, empty for none. `tiers` are the places of
    the members by priority, the first to be used first."""

    id: str
    members: tuple[Member, ...]
    cookie: str = ""
    tiers: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tiers: dict[int, list[int]] = {}
        for place, member in enumerate(self.members):
            tiers.setdefault(member.priority, []).append(place)
        object.__setattr__(self, "tiers", tuple(tuple(places) for _, places in sorted(tiers.items())))


class Choice(NamedTuple):
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
    for tier in pool.tiers:
        group = [place for place in tier if health.get(members[place].id, 0.0) <= now] if health else tier
        if group:
            break
    else:
        return Choice(None, credits, min((health[member.id] for member in members), default=now))
    weights = [members[place].weight for place in group]
    if max(weights) <= 0:
        weights = [1] * len(group)
    if weighting == "random":
        chosen = rng.choices(group, [max(0, weight) for weight in weights])[0]
        return Choice(members[chosen].id, credits)
    chosen, credits = _smooth(group, weights, credits)
    return Choice(members[chosen].id, credits)


def _smooth(group: Sequence[int], weights: Sequence[int], credits: Credits) -> tuple[int, Credits]:
    """Everyone earns their weight, the richest is chosen and pays for all: no share comes in a bunch."""
    owed = list(credits)
    chosen, total = -1, 0
    for place, weight in zip(group, weights, strict=True):
        if weight > 0:
            owed[place] += weight
            total += weight
            if chosen < 0 or owed[place] > owed[chosen]:
                chosen = place
    owed[chosen] -= total
    return chosen, tuple(owed)
