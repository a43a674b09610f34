"""What a plan makes that is billed by the hour whether anybody uses it or not.

Microsoft Learn, pricing: every tier of API Management but Consumption, and provisioned throughput.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apimlb.deploy.ids import DEPLOYMENT, SERVICE, kind_of
from apimlb.stack.differences import at
from apimlb.stack.planner import Action, Plan, Step
from apimlb.stack.resources import Json

_PROVISIONED = "Provisioned"
_FREE_STANDING = "Consumption"


@dataclass(frozen=True, slots=True)
class Hourly:
    """One such thing; one that is `guarded` is made only when somebody agreed to it by name."""

    label: str
    guarded: bool

    def __str__(self) -> str:
        return self.label


def is_hourly(sku: str) -> bool:
    """Whether a deployment of this sku is billed by the hour."""
    return _PROVISIONED in sku


def hourly(plan: Plan, observed: Mapping[str, Json]) -> tuple[Hourly, ...]:
    """What becomes billed so, or more of it, by the plan."""
    return tuple(_hourly(plan, observed))


def _hourly(plan: Plan, observed: Mapping[str, Json]) -> Iterator[Hourly]:
    for step in plan.of(Action.CREATE, Action.UPDATE, Action.REPLACE):
        kind, sku = kind_of(step.key), str(at(step.body, "sku.name") or "")
        grows = _grows(step, observed.get(step.key))
        if kind == SERVICE and sku != _FREE_STANDING and grows:
            yield Hourly(step.resource.label, guarded=False)
        elif kind == DEPLOYMENT and is_hourly(sku) and grows:
            yield Hourly(
                f"{step.resource.label} ({at(step.body, 'sku.capacity')} units of {sku})", guarded=True
            )


def _grows(step: Step, there: Json | None) -> bool:
    if there is None:
        return True
    same = at(there, "sku.name") == at(step.body, "sku.name")
    return not same or int(at(step.body, "sku.capacity") or 0) > int(at(there, "sku.capacity") or 0)
