"""What would stop a plan halfway, found before anything is created: pure judgements over what was read.

Every judgement yields errors and raises none, so that all of them can be told at once.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from apimlb.deploy.catalogue import Demand, Offers, capacity_problems, offer_problems
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import (
    ACCOUNT,
    DELETED_ACCOUNT,
    DELETED_SERVICE,
    DEPLOYMENT,
    GROUP,
    SERVICE,
    group_of,
    kind_of,
    names_of,
    parent_of,
    place,
    short,
    subscription_of,
)
from apimlb.deploy.limits import limit_problems
from apimlb.deploy.locks import Lock, locks_in, refusals
from apimlb.deploy.reads import each, together
from apimlb.deploy.refusals import ON_SOFT_DELETED
from apimlb.errors import ApimlbError, AuthError, ConfigError, ConflictError
from apimlb.stack.marks import CARRIERS, TAG, Mark, mark_in, mark_of
from apimlb.stack.planner import Action, Plan, Revival, Step
from apimlb.stack.resources import Json, Resource

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Facts:
    """What Azure says about where and under which names the plan would create things.

    `deleted` holds soft-deleted namesakes by the lower-case id of what they were; `taken`, by the same, why a
    name cannot be had. `notes` say what could not be read.
    """

    locations: frozenset[str] = frozenset()
    offers: Mapping[str, Offers] = field(default_factory=dict)
    deleted: Mapping[str, Json] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    notes: tuple[str, ...] = ()


def gather(cloud: Cloud, plan: Plan, observed: Mapping[str, Json]) -> Facts:
    """Read what `problems` judges by; a plan that changes nothing reads nothing.

    What this login may not read is not judged, and noted.
    """
    if plan.is_empty:
        return Facts()
    made = [step for step in plan.of(Action.CREATE) if kind_of(step.resource.id) in (SERVICE, ACCOUNT)]
    demands = demands_of(plan, observed)
    ask = _Questions()
    group = next((step.resource.id for step in plan.steps if kind_of(step.resource.id) == GROUP), "")
    locks: tuple[Lock, ...] = ()
    if observed and group:
        locks = ask("which locks there are", lambda: locks_in(cloud, group), locks)
    if not made and not demands:
        return Facts(locks=locks, notes=ask.notes)
    locations = frozenset(place(name) for name in cloud.locations())
    known = sorted({demand.location for demand in demands} & locations)
    there = [step for step in made if _location(step) in locations]
    return Facts(
        locations,
        ask("quotas and models", lambda: offers_in(cloud, known), {}),
        ask("what is soft-deleted", lambda: _deleted(cloud, there), {}),
        ask("whether names are free", lambda: _taken(cloud, there), {}),
        locks,
        ask.notes,
    )


class _Questions:
    """Asks what can be done without, and notes what may not be read."""

    def __init__(self) -> None:
        self._refused: list[str] = []

    def __call__(self, what: str, read: Callable[[], Answer], otherwise: Answer) -> Answer:
        try:
            return read()
        except AuthError as error:
            self._refused.append(
                f"This login may not read {what}, so that it is not checked ({error.what[:80]})."
            )
            return otherwise

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._refused)


def offers_in(cloud: Cloud, locations: Iterable[str]) -> dict[str, Offers]:
    """What each region offers and what is left of it."""
    places = list(locations)
    reads: dict[tuple[str, str], Callable[[], list[Json]]] = {}
    for name in places:
        reads[name, "models"] = _bound(cloud.models, name)
        reads[name, "usages"] = _bound(cloud.usages, name)
    read = together(reads)
    return {name: Offers(read[name, "models"], read[name, "usages"]) for name in places}


def problems(
    plan: Plan, observed: Mapping[str, Json], facts: Facts, now: float, others: Iterable[str] = ()
) -> tuple[ApimlbError, ...]:
    """Everything that would stop the plan; `now` in seconds since the epoch.

    `others` are the ids of what is in the gateway and not the stack's.
    """
    demands = demands_of(plan, observed)
    return (
        *_strangers(plan, observed),
        *_locked(plan, facts.locks),
        *limit_problems(plan, others),
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
        if kind_of(step.resource.id) == DEPLOYMENT and step.action not in (Action.KEEP, Action.DELETE)
    )


def _demand(step: Step, locations: Mapping[str, str], observed: Mapping[str, Json]) -> Demand:
    held = observed.get(step.resource.key, {})
    same_model = not any(c.path.startswith(("properties.model", "sku.name")) for c in step.changes)
    return Demand(
        label=step.resource.label or short(step.resource.id),
        location=locations.get(parent_of(step.resource.id).lower(), ""),
        model=step.body["properties"]["model"],
        sku=step.body["sku"]["name"],
        capacity=int(step.body["sku"]["capacity"]),
        held=_held(held, step),
        fresh=step.action in (Action.CREATE, Action.REPLACE) or not same_model,
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
    """Resources under our names that do not carry our mark: they are not ours to change."""
    wanted = [step.resource for step in plan.steps if step.action is not Action.DELETE]
    mark = mark_in(wanted)
    is_old = _is_from_before_ids(wanted, observed)
    for resource in wanted:
        there = observed.get(resource.key)
        if there is None or resource.type.lower() not in CARRIERS:
            continue
        found = mark_of(resource.type, there)
        if found is None and is_old and CARRIERS[resource.type.lower()] != "tags":
            continue
        if found is None and is_old and kind_of(resource.id) == DEPLOYMENT:
            continue
        if found is not None and found.stack == mark.stack and found.id in ("", mark.id, mark.home):
            continue
        yield _stranger(resource, mark, found)


def _is_from_before_ids(wanted: Iterable[Resource], observed: Mapping[str, Json]) -> bool:
    """Whether the stack was made when only what has tags carried a mark."""
    group = next((r for r in wanted if kind_of(r.id) == GROUP), None)
    found = mark_of(group.type, observed[group.key]) if group and group.key in observed else None
    return found is not None and not found.id


def _stranger(resource: Resource, mark: Mark, found: Mark | None) -> ConflictError:
    if found is None:
        place = CARRIERS[resource.type.lower()]
        sign = f"the tag {TAG}={mark.stack}" if place == "tags" else f"the mark {mark} as its {place}"
        owner = f"does not carry {sign}"
    elif found.stack == mark.stack:
        owner = f"belongs to another stack called {found.stack}, whose id is {found.id}"
    else:
        owner = f"belongs to the stack {found.stack}"
    return ConflictError(
        f"{resource.label or resource.name} exists and {owner}",
        where=short(resource.id),
        next_step="Choose another name in apimlb.toml, or take it away; "
        "nothing that is not this stack's is changed.",
    )


def _locked(plan: Plan, locks: Iterable[Lock]) -> Iterator[ApimlbError]:
    for lock in locks:
        gone = [step for step in plan.steps if step.removes and lock.holds(step.resource.id)]
        changed = [step for step in plan.steps if step.action is not Action.KEEP]
        stopped = gone or [s for s in changed if lock.read_only and lock.covers(s.resource.id)]
        if stopped:
            verb = "the deletion" if gone else "any change"
            yield from refusals([lock], what=f"{verb} of {stopped[0].resource.label}")


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
        key, name = step.key, step.resource.name
        gone = facts.deleted.get(key)
        if gone is not None:
            if step.revival is None:
                yield _kept(step.resource, gone)
        elif facts.taken.get(key):
            yield ConflictError(
                f"The name {name} cannot be had: {facts.taken[key]}",
                where=short(step.resource.id),
                next_step="Choose another name in apimlb.toml.",
            )


def _kept(resource: Resource, gone: Json) -> ConflictError:
    until = (gone.get("properties") or {}).get("scheduledPurgeDate")
    step = ON_SOFT_DELETED if _was_ours(resource, gone) else "Choose another name in apimlb.toml."
    there = names_of(str(gone["id"]))[0]
    return ConflictError(
        f"{resource.name} was deleted in {there}, and Azure keeps its name and quota "
        + (f"until {until}" if until else "for 48 hours"),
        where=short(resource.id),
        next_step=step,
    )


def revived(plan: Plan, facts: Facts, chosen: Mapping[str, Revival]) -> Plan:
    """The plan with what becomes of soft-deleted namesakes, `chosen` by lower-case id or, "", for all."""
    return Plan(tuple(_revived(step, facts, chosen) for step in plan.steps))


def _revived(step: Step, facts: Facts, chosen: Mapping[str, Revival]) -> Step:
    gone = facts.deleted.get(step.key)
    way = chosen.get(step.key, chosen.get("", Revival.FAIL))
    if gone is None or way is Revival.FAIL or not _was_ours(step.resource, gone):
        return step
    # What comes back does so where it was.
    elsewhere = way is Revival.RESTORE and place(names_of(str(gone["id"]))[0]) != _location(step)
    return step if elsewhere else replace(step, revival=way, remains=str(gone["id"]))


def kept(plan: Plan, facts: Facts) -> tuple[Resource, ...]:
    """What has a soft-deleted namesake of ours that nobody has decided about."""
    return tuple(
        step.resource
        for step in plan.of(Action.CREATE)
        if step.revival is None
        and step.key in facts.deleted
        and _was_ours(step.resource, facts.deleted[step.key])
    )


def _was_ours(resource: Resource, gone: Json) -> bool:
    """Whether the soft-deleted namesake was this stack's, by its id or tags, as far as it shows them."""
    service = (gone.get("properties") or {}).get("serviceId")
    if service is not None and str(service).lower() != resource.key:
        return False
    mark = mark_of(resource.type, gone)
    return mark is None or mark.stack == mark_in([resource]).stack


def _deleted(cloud: Cloud, made: Sequence[Step]) -> dict[str, Json]:
    """Soft-deleted namesakes, wherever they were: a name is kept in all locations."""
    if not made:
        return {}
    subscription = subscription_of(made[0].resource.id)
    listed = each(lambda kind: cloud.children(subscription, kind), (DELETED_ACCOUNT, DELETED_SERVICE))
    gone = [body for rows in listed.values() for body in rows]
    found = {step.key: _namesake(step.resource.id, gone) for step in made}
    return {key: body for key, body in found.items() if body is not None}


def _namesake(id: str, gone: Iterable[Json]) -> Json | None:
    """The one that was called so; an account's name is kept in its group alone."""
    parts = (names_of(id)[-1].lower(), group_of(id).lower())
    for body in gone:
        names = [name.lower() for name in names_of(str(body["id"]))]
        was_account = kind_of(str(body["id"])) == DELETED_ACCOUNT
        is_alike = was_account == (kind_of(id) == ACCOUNT) and names[-1] == parts[0]
        if is_alike and (not was_account or names[-2] == parts[1]):
            return body
    return None


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
