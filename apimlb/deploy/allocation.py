"""The allocation nearest to what is wanted that fits the quotas, over accounts and other regions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from apimlb.deploy.catalogue import Demand, Offers
from apimlb.deploy.facts import held_of, location_of
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, kind_of, parent_of, short
from apimlb.stack.planner import Action, Plan
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Want:
    """A deployment of an account as it is wanted: `capacity` on the account's region, of a model's sku."""

    account: str
    location: str
    deployment: str
    demand: Demand


@dataclass(frozen=True, slots=True)
class Share:
    """What an account is to have of a deployment; one that is not there yet is called by its region."""

    account: str
    location: str
    deployment: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Shares that fit, and how much of what is wanted they leave out, by deployment."""

    shares: tuple[Share, ...]
    lacking: Mapping[str, int]

    @property
    def short(self) -> int:
        """How much they leave out of all deployments together."""
        return sum(self.lacking.values())

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(share.account for share in self.shares))

    def command(self, verb: str = "deploy") -> str:
        """A command that asks for it, to paste."""
        sizes = " ".join(f"--capacity {s.account}/{s.deployment}={s.capacity}" for s in self.shares)
        return f"apimlb {verb} --accounts {','.join(self.accounts)} {sizes}"


def allocate(wants: Sequence[Want], offers: Mapping[str, Offers], others: Sequence[str] = ()) -> Allocation:
    """The shares nearest to what is wanted that the regions have.

    Each account keeps what it asks for as far as that fits, and at least the smallest capacity there is; what
    is missing goes to the other accounts, where most is free first, and then to new ones in the regions
    `others`. Every account has every deployment.
    """
    room = _Room(offers)
    held: dict[tuple[str, str], Share] = {}
    missing = dict.fromkeys((want.deployment for want in wants), 0)
    for want in wants:
        least = max(want.demand.capacity, room.least(want.demand, want.location))
        given = room.take(want.demand, want.location, least, freed=want.demand.held)
        if given:
            held[want.account, want.deployment] = Share(want.account, want.location, want.deployment, given)
        missing[want.deployment] += want.demand.capacity - given
    samples = {want.deployment: want.demand for want in wants}
    for deployment, lacking in missing.items():
        given = _top_up(room, held, deployment, samples[deployment], lacking)
        missing[deployment] = max(0, lacking - given)
    known = {want.location for want in wants}
    _spread(room, held, missing, samples, [place for place in others if place not in known])
    whole = _whole(held, missing)
    left_out = dict.fromkeys(samples, 0)
    for want in wants:
        left_out[want.deployment] += want.demand.capacity
    for share in whole:
        left_out[share.deployment] -= share.capacity
    return Allocation(whole, {name: amount for name, amount in left_out.items() if amount > 0})


def _top_up(
    room: "_Room", held: dict[tuple[str, str], Share], deployment: str, sample: Demand, lacking: int
) -> int:
    """Give the accounts more of the deployment, where most is free first; how much was given."""
    shares = [share for share in held.values() if share.deployment == deployment]
    given = 0
    for share in sorted(shares, key=lambda share: -room.free(sample, share.location)):
        more = room.take(sample, share.location, lacking - given, had=share.capacity)
        held[share.account, deployment] = replace(share, capacity=share.capacity + more)
        given += more
    return given


def _spread(
    room: "_Room",
    held: dict[tuple[str, str], Share],
    missing: dict[str, int],
    samples: Mapping[str, Demand],
    places: Iterable[str],
) -> None:
    """New accounts for what is missing, each with every deployment, in the regions that have most of it, and
    of those that have all in the one with most left."""

    def order(place: str) -> tuple[int, int]:
        free = {name: room.free(samples[name], place) for name in missing}
        return -sum(min(free[name], lacking) for name, lacking in missing.items()), -sum(free.values())

    for place in sorted(places, key=order):
        if not any(missing.values()):
            return
        wanted = {name: max(lacking, room.least(samples[name], place)) for name, lacking in missing.items()}
        if any(room.free(samples[name], place) < room.least(samples[name], place) for name in wanted):
            continue
        for name, amount in wanted.items():
            given = room.take(samples[name], place, amount)
            held[place, name] = Share(place, place, name, given)
            missing[name] = max(0, missing[name] - given)


def _whole(held: Mapping[tuple[str, str], Share], deployments: Iterable[str]) -> tuple[Share, ...]:
    """The shares of the accounts that have every deployment: an account without one would answer 404."""
    names = tuple(dict.fromkeys(deployments))
    accounts = dict.fromkeys(account for account, _ in held)
    kept = [account for account in accounts if all((account, name) in held for name in names)]
    return tuple(held[account, name] for account in kept for name in names)


class _Room:
    """What is left of every quota while shares are given out."""

    def __init__(self, offers: Mapping[str, Offers]) -> None:
        self._offers = offers
        self._taken: dict[tuple[str, str], int] = {}

    def free(self, demand: Demand, place: str) -> int:
        """What is left there of the quota that the demand draws on; nothing where it is not offered."""
        sku = self._sku(demand, place)
        usage = None if sku is None else self._offers[place].usage(str(sku.get("usageName")))
        if sku is None or usage is None:
            return 0
        used, limit = usage
        return max(0, limit - used - self._taken.get((place, str(sku["usageName"])), 0))

    def least(self, demand: Demand, place: str) -> int:
        """The smallest capacity that the sku comes in there."""
        sizes = (self._sku(demand, place) or {}).get("capacity") or {}
        return max(int(sizes.get("minimum") or 1), int(sizes.get("step") or 1))

    def take(self, demand: Demand, place: str, wanted: int, *, freed: int = 0, had: int = 0) -> int:
        """Give out as much of it as fits the quota and the sizes of the sku.

        The deployment has `freed` of the quota now, or has been given `had` before.
        """
        sku = self._sku(demand, place)
        if sku is None:
            return 0
        sizes = sku.get("capacity") or {}
        step, most = int(sizes.get("step") or 1), int(sizes.get("maximum") or wanted)
        amount = min(wanted, self.free(demand, place) + freed, most - had) // step * step
        if amount < (step if had else self.least(demand, place)):
            return 0
        key = (place, str(sku["usageName"]))
        self._taken[key] = self._taken.get(key, 0) + amount - freed
        return amount

    def _sku(self, demand: Demand, place: str) -> Json | None:
        offers = self._offers.get(place)
        asked = Demand(demand.label, place, demand.model, demand.sku, demand.capacity)
        sku = offers.sku(asked) if offers is not None else None
        return sku if sku is not None and sku.get("usageName") else None


def wants_of(plan: Plan, observed: Mapping[str, Json]) -> tuple[Want, ...]:
    """What a plan wants of its accounts, of those that stay as they are too; `observed` by lower-case id."""
    kept = [step for step in plan.steps if step.action is not Action.DELETE]
    accounts = {step.key: step for step in kept if kind_of(step.key) == ACCOUNT}
    wants = []
    for step in kept:
        account = accounts.get(parent_of(step.key).lower())
        if kind_of(step.key) == DEPLOYMENT and account is not None:
            name = account.resource.label.removeprefix("account ") or short(account.resource.id)
            demand = Demand(
                step.resource.label,
                location_of(account),
                step.body["properties"]["model"],
                step.body["sku"]["name"],
                int(step.body["sku"]["capacity"]),
                held_of(step, observed),
            )
            wants.append(Want(name, demand.location, step.resource.name, demand))
    return tuple(wants)
