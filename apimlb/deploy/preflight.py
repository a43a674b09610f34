"""What would stop a plan halfway, found before anything is created: pure judgements over what was read.

Every judgement yields errors and raises none, so that all of them can be told at once.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apimlb.deploy.catalogue import Demand, Offers, capacity_problems, offer_problems
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, SERVICE, deleted_id, kind_of, parent_of, place, short
from apimlb.deploy.reads import each, together
from apimlb.deploy.refusals import PURGE
from apimlb.errors import ApimlbError, ConfigError, ConflictError
from apimlb.stack.names import TAG
from apimlb.stack.planner import Action, Plan, Step
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Facts:
    """What Azure says about where and under which names the plan would create things.

    `deleted` holds soft-deleted namesakes by the lower-case id of what they were; `taken`, by the same, why a
    name cannot be had.
    """

    locations: frozenset[str] = frozenset()
    offers: Mapping[str, Offers] = field(default_factory=dict)
    deleted: Mapping[str, Json] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)


def gather(cloud: Cloud, plan: Plan, observed: Mapping[str, Json]) -> Facts:
    """Read what `problems` judges by; a plan that changes nothing reads nothing."""
    made = [step for step in plan.of(Action.CREATE) if kind_of(step.resource.id) in (SERVICE, ACCOUNT)]
    demands = demands_of(plan, observed)
    if not made and not demands:
        return Facts()
    locations = frozenset(place(name) for name in cloud.locations())
    known = sorted({demand.location for demand in demands} & locations)
    there = [step for step in made if _location(step) in locations]
    return Facts(locations, offers_in(cloud, known), _deleted(cloud, there), _taken(cloud, there))


def offers_in(cloud: Cloud, locations: Iterable[str]) -> dict[str, Offers]:
    """What each region offers and what is left of it."""
    places = list(locations)
    reads: dict[tuple[str, str], Callable[[], list[Json]]] = {}
    for name in places:
        reads[name, "models"] = _bound(cloud.models, name)
        reads[name, "usages"] = _bound(cloud.usages, name)
    read = together(reads)
    return {name: Offers(read[name, "models"], read[name, "usages"]) for name in places}


def problems(plan: Plan, observed: Mapping[str, Json], facts: Facts, now: float) -> tuple[ApimlbError, ...]:
    """Everything that would stop the plan; `now` in seconds since the epoch."""
    demands = demands_of(plan, observed)
    return (
        *_strangers(plan, observed),
        *_unknown_locations(plan, facts),
        *_namesakes(plan, facts),
        *offer_problems(demands, facts.offers, now),
        *capacity_problems(demands, facts.offers),
    )


def demands_of(plan: Plan, observed: Mapping[str, Json]) -> tuple[Demand, ...]:
    """The deployments that the plan creates or changes, as demands on their account's region."""
    locations = {
        step.resource.key: _location(step) for step in plan.steps if kind_of(step.resource.id) == ACCOUNT
    }
    return tuple(
        _demand(step, locations, observed)
        for step in plan.steps
        if kind_of(step.resource.id) == DEPLOYMENT and step.action is not Action.KEEP
    )


def _demand(step: Step, locations: Mapping[str, str], observed: Mapping[str, Json]) -> Demand:
    held = observed.get(step.resource.key, {})
    same_model = not any(change.path.startswith("properties.model") for change in step.changes)
    return Demand(
        label=step.resource.label or short(step.resource.id),
        location=locations.get(parent_of(step.resource.id).lower(), ""),
        model=step.body["properties"]["model"],
        sku=step.body["sku"]["name"],
        capacity=int(step.body["sku"]["capacity"]),
        held=_held(held, step),
        fresh=step.action is Action.CREATE or not same_model,
    )


def _held(there: Json, step: Step) -> int:
    """What the deployment has of the same quota already; a change of model or sku draws on another one."""
    sku, model = there.get("sku") or {}, (there.get("properties") or {}).get("model") or {}
    wanted = step.body
    same = (
        sku.get("name") == wanted["sku"]["name"]
        and model.get("name") == wanted["properties"]["model"]["name"]
    )
    return int(sku.get("capacity") or 0) if same else 0


def _strangers(plan: Plan, observed: Mapping[str, Json]) -> Iterator[ApimlbError]:
    """Resources under our names that do not carry our tag: they are not ours to change."""
    for step in plan.steps:
        wanted = (step.resource.body.get("tags") or {}).get(TAG)
        there = observed.get(step.resource.key)
        if wanted is None or there is None:
            continue
        found = (there.get("tags") or {}).get(TAG)
        if found != wanted:
            owner = f"belongs to the stack {found}" if found else f"does not carry the tag {TAG}={wanted}"
            yield ConflictError(
                f"{step.resource.label or step.resource.name} exists and {owner}",
                where=short(step.resource.id),
                next_step="Choose another name in apimlb.toml; nothing that is not this stack's is changed.",
            )


def _unknown_locations(plan: Plan, facts: Facts) -> Iterator[ApimlbError]:
    if not facts.locations:
        return
    first = {_location(step): step.resource for step in reversed(plan.of(Action.CREATE))}
    for location in sorted(first.keys() - facts.locations - {""}):
        near = difflib.get_close_matches(location, facts.locations, n=1)
        yield ConfigError(
            f"Azure has no location {location} for this subscription",
            where=first[location].label or short(first[location].id),
            next_step=f"Did you mean {near[0]}?" if near else "See `az account list-locations`.",
        )


def _namesakes(plan: Plan, facts: Facts) -> Iterator[ApimlbError]:
    for step in plan.of(Action.CREATE):
        key, name = step.resource.key, step.resource.name
        if key in facts.deleted:
            until = (facts.deleted[key].get("properties") or {}).get("scheduledPurgeDate")
            kept = f"until {until}" if until else "for 48 hours"
            yield ConflictError(
                f"{name} was deleted, and Azure keeps its name and quota {kept}",
                where=short(step.resource.id),
                next_step=PURGE,
            )
        elif facts.taken.get(key):
            yield ConflictError(
                f"The name {name} cannot be had: {facts.taken[key]}",
                where=short(step.resource.id),
                next_step="Choose another name in apimlb.toml.",
            )


def _deleted(cloud: Cloud, made: Iterable[Step]) -> dict[str, Json]:
    ids = {step.resource.key: deleted_id(step.resource.id, step.body["location"]) for step in made}
    found = each(cloud.get, ids.values())
    bodies = {key: found[id] for key, id in ids.items()}
    return {key: body for key, body in bodies.items() if body is not None}


def _taken(cloud: Cloud, made: Iterable[Step]) -> dict[str, str]:
    return together(
        {
            step.resource.key: _bound(cloud.service_name_taken, step.resource.name)
            if kind_of(step.resource.id) == SERVICE
            else _bound(cloud.domain_taken, step.body["properties"]["customSubDomainName"])
            for step in made
        }
    )


def _location(step: Step) -> str:
    return place(step.body.get("location", ""))


def _bound(read: Callable[[str], Any], argument: str) -> Callable[[], Any]:
    return lambda: read(argument)
