"""When the models of a stack's deployments stop answering, also of those that stay as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from apimlb.deploy.catalogue import Demand, Offers, retirement
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, kind_of, names_of, parent_of, place
from apimlb.deploy.reads import each
from apimlb.stack.differences import at
from apimlb.stack.resources import Json, Resource

AHEAD = 60 * 86_400.0
"""How long before its retirement a model is worth a word, in seconds."""
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Retirement:
    """When the model of the deployment with this lower-case id stops answering: `at` in epoch seconds."""

    id: str
    label: str
    model: str
    version: str
    location: str
    at: float

    @property
    def day(self) -> date:
        return datetime.fromtimestamp(self.at, UTC).date()

    def days_left(self, now: float) -> int:
        """Whole days from `now`, below 0 for what is gone."""
        return int((self.at - now) // _DAY)


def models_in(cloud: Cloud, locations: Iterable[str]) -> dict[str, Offers]:
    """What each region offers, without its quotas."""
    listed = each(cloud.models, sorted(set(locations)))
    return {location: Offers(models, ()) for location, models in listed.items()}


def locations_of(resources: Sequence[Resource], observed: Mapping[str, Json]) -> frozenset[str]:
    """Where the stack's accounts are, or will be."""
    found = (_location(r.key, r, observed) for r in resources if kind_of(r.id) == ACCOUNT)
    return frozenset(found)


def retirements(
    resources: Sequence[Resource], observed: Mapping[str, Json], offers: Mapping[str, Offers]
) -> Iterator[Retirement]:
    """Those that are known of the stack's deployments: for the model that Azure has, else for the wanted."""
    accounts = {r.key: r for r in resources if kind_of(r.id) == ACCOUNT}
    for resource in resources:
        above = parent_of(resource.id).lower()
        if kind_of(resource.id) != DEPLOYMENT or above not in accounts:
            continue
        there = observed.get(resource.key) or resource.body
        location = _location(above, accounts[above], observed)
        model, sku = at(there, "properties.model") or {}, str(at(there, "sku.name"))
        gone = _when(model, sku, location, offers.get(location))
        if gone is not None:
            label = resource.label or "/".join(names_of(resource.id))
            yield Retirement(resource.key, label, model["name"], model["version"], location, gone)


def notices(found: Iterable[Retirement], now: float) -> Iterator[str]:
    """A sentence for each model that goes soon or has gone, once for a region."""
    told: dict[tuple[str, ...], Retirement] = {}
    for each_one in found:
        if each_one.at < now + AHEAD:
            told.setdefault((each_one.model, each_one.version, each_one.location), each_one)
    for (model, version, location), one in told.items():
        left = one.days_left(now)
        when = (
            f"retires in {location} on {one.day}, in {left} days"
            if left >= 0
            else f"was retired in {location} on {one.day}"
        )
        yield f"{model} {version} {when}: name a later model in the stack's file."


def _location(key: str, resource: Resource, observed: Mapping[str, Json]) -> str:
    return place(str((observed.get(key) or resource.body).get("location") or ""))


def _when(model: Json, sku: str, location: str, offers: Offers | None) -> float | None:
    if offers is None or not model.get("name"):
        return None
    known = offers.of(str(model["name"])).get(str(model.get("version")))
    if known is None:
        return None
    demand = Demand("", location, model, sku, 1)
    return retirement(known, offers.sku(demand) or {})
