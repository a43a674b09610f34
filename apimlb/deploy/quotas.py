"""Quotas as a table: of each that a plan draws on, what it allows, what is used and what is asked.

A quota belongs to a subscription, a region and a sku of a model; what is asked of one is the sum of what its
deployments want more than they have. Amounts are in thousands of tokens per minute, or in units of
provisioned throughput.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apimlb.deploy.catalogue import Demand, Offers
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Row:
    """One quota: what a region allows of a model's sku, what is used, and what a plan asks of it more."""

    location: str
    model: str
    sku: str
    quota: str
    limit: int
    used: int
    asked: int

    @property
    def free(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def fits(self) -> bool:
        return self.asked <= self.free

    def document(self) -> Json:
        return {
            "location": self.location,
            "model": self.model,
            "sku": self.sku,
            "quota": self.quota,
            "limit": self.limit,
            "used": self.used,
            "free": self.free,
            "asked": self.asked,
            "fits": self.fits,
        }


def table(demands: Iterable[Demand], offers: Mapping[str, Offers]) -> tuple[Row, ...]:
    """A row for each quota that the demands draw on and that is listed, by region, model and sku."""
    drawing: dict[tuple[str, str], list[Demand]] = {}
    for demand in demands:
        sku = offers[demand.location].sku(demand) if demand.location in offers else None
        if sku is not None and sku.get("usageName"):
            drawing.setdefault((demand.location, str(sku["usageName"])), []).append(demand)
    rows = (_row(place, quota, drawn, offers[place]) for (place, quota), drawn in drawing.items())
    return tuple(sorted(filter(None, rows), key=lambda row: (row.location, row.model, row.sku)))


def _row(location: str, quota: str, drawing: Sequence[Demand], offers: Offers) -> Row | None:
    usage = offers.usage(quota)
    if usage is None:
        return None
    asked = sum(demand.capacity - demand.held for demand in drawing)
    first = drawing[0]
    return Row(location, str(first.model["name"]), first.sku, quota, usage[1], usage[0], asked)
