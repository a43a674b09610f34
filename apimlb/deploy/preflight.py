"""What would stop a plan halfway, found before anything is created: pure judgements over what was read.

Every judgement yields errors and raises none, so that all of them can be told at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from apimlb.deploy.catalogue import ShortageError, capacity_problems, offer_problems
from apimlb.deploy.clients import lost
from apimlb.deploy.content_filters import filter_problems
from apimlb.deploy.facts import Facts, demands_of, location_of
from apimlb.deploy.ids import DEPLOYMENT, GROUP, kind_of, names_of, place, short
from apimlb.deploy.limits import limit_problems
from apimlb.deploy.locks import Lock, refusals
from apimlb.deploy.refusals import ON_SOFT_DELETED
from apimlb.errors import ApimlbError, AuthError, ConfigError, ConflictError, meant
from apimlb.stack.marks import CARRIERS, TAG, TAG_ID, Mark, mark_in, mark_of
from apimlb.stack.planner import Action, Plan, Revival, Step
from apimlb.stack.resources import Json, Resource


def problems(
    plan: Plan,
    observed: Mapping[str, Json],
    facts: Facts,
    now: float,
    others: Iterable[str] = (),
    nearest: str = "",
) -> tuple[ApimlbError, ...]:
    """Everything that would stop the plan; `now` in seconds since the epoch.

    `others` are the ids of what is in the gateway and not the stack's, `nearest` is what to do where a quota
    is too small.
    """
    demands = demands_of(plan, observed)
    return (
        *_strangers(plan, observed),
        *_without_a_key(plan),
        *_locked(plan, facts.locks),
        *limit_problems(plan, others),
        *lost(plan),
        *_unknown_locations(plan, facts),
        *_denied(plan, facts),
        *_namesakes(plan, facts),
        *offer_problems(demands, facts.offers, now),
        *filter_problems(plan, observed, facts.filters),
        *_with_a_way_out(capacity_problems(demands, facts.offers), nearest),
    )


def _with_a_way_out(problems: Iterable[ApimlbError], nearest: str) -> Iterator[ApimlbError]:
    for problem in problems:
        if nearest and isinstance(problem, ShortageError):
            problem.next_step = nearest
        yield problem


def _strangers(plan: Plan, observed: Mapping[str, Json]) -> Iterator[ApimlbError]:
    """Resources under our names that do not carry our mark: they are not ours to change."""
    wanted = [step.resource for step in plan.steps if step.action is not Action.DELETE]
    mark = mark_in(wanted)
    strangers = list(_without_mark(wanted, observed, mark))
    there = [r for r in wanted if r.key in observed and not r.adopted and r.type.lower() in CARRIERS]
    ids = {found.id if found and found.stack == mark.stack else "" for _, found in strangers}
    alike = len(ids) == 1 and "" not in ids and there[1:] == [resource for resource, _ in strangers]
    if alike and kind_of(there[0].id) == GROUP:
        yield _changed_id(there[0], ids.pop())
    else:
        yield from (_stranger(resource, mark, found) for resource, found in strangers)


def _changed_id(group: Resource, id: str) -> ConflictError:
    back = f"`az tag update --operation merge --resource-id {group.id} --tags {TAG_ID}={id}`"
    return ConflictError(
        f"The {group.label} carries another stack id than all of the stack that is in it, {id}",
        where=short(group.id),
        next_step=f"If somebody changed that tag: {back}. Else {_ANOTHER}",
    )


def _without_mark(
    wanted: Iterable[Resource], observed: Mapping[str, Json], mark: Mark
) -> Iterator[tuple[Resource, Mark | None]]:
    """Those of them, each with the mark that it carries."""
    wanted = list(wanted)
    is_old = _is_from_before_ids(wanted, observed)
    for resource in wanted:
        there = observed.get(resource.key)
        if there is None or resource.adopted or resource.type.lower() not in CARRIERS:
            continue
        found = mark_of(resource.type, there)
        if found is None and is_old and CARRIERS[resource.type.lower()] != "tags":
            continue
        if found is None and is_old and kind_of(resource.id) == DEPLOYMENT:
            continue
        if found is not None and found.stack == mark.stack and found.id in ("", mark.id, mark.home):
            continue
        yield resource, found


def _without_a_key(plan: Plan) -> Iterator[ApimlbError]:
    """Secrets that are to be made and that nobody gave."""
    for step in plan.of(Action.CREATE):
        properties = step.body.get("properties") or {}
        if properties.get("secret") and "value" not in properties:
            yield ConfigError(
                f"The {step.resource.label} is not known here",
                where=short(step.resource.id),
                why="A key stands in no file: it comes from the environment variable that key_from names.",
                next_step=f"Set {step.resource.given_by} to it, then run the same command again.",
            )


def _is_from_before_ids(wanted: Iterable[Resource], observed: Mapping[str, Json]) -> bool:
    """Whether the stack was made when only what has tags carried a mark."""
    group = next((r for r in wanted if kind_of(r.id) == GROUP), None)
    found = mark_of(group.type, observed[group.key]) if group and group.key in observed else None
    return found is not None and not found.id


_ANOTHER = "choose another name in apimlb.toml, or take it away; nothing that is not this stack's is changed."


def _stranger(resource: Resource, mark: Mark, found: Mark | None) -> ConflictError:
    if found is not None:
        whose = f"the stack {found.stack}"
        if found.stack == mark.stack:
            whose = f"another stack called {found.stack}, whose id is {found.id}"
        return _conflict(resource, f"belongs to {whose}", _ANOTHER.capitalize())
    place = CARRIERS[resource.type.lower()]
    if place == "tags":
        held = resource.body["tags"]
        tags = " ".join(f"{name}={held[name]}" for name in (TAG, TAG_ID) if name in held)
        lost = f"the tag {TAG}={mark.stack}"
        back = f"`az tag update --operation merge --resource-id {resource.id} --tags {tags}`"
    else:
        lost, back = f"the mark {mark} as its {place}", "write it there again"
    return _conflict(
        resource, f"does not carry {lost}", f"If it is the stack's and lost that: {back}. Else {_ANOTHER}"
    )


def _conflict(resource: Resource, owner: str, next_step: str) -> ConflictError:
    return ConflictError(
        f"{resource.label or resource.name} exists and {owner}",
        where=short(resource.id),
        next_step=next_step,
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
    first = {location_of(step): step.resource for step in reversed(plan.of(Action.CREATE))}
    for location in sorted(first.keys() - facts.locations - {""}):
        yield ConfigError(
            f"Azure has no location {location} for this subscription",
            where=first[location].label or short(first[location].id),
            next_step=meant(location, facts.locations).lstrip() or "See `az account list-locations`.",
        )


def _denied(plan: Plan, facts: Facts) -> Iterator[ApimlbError]:
    """What Azure Policy would not let be made."""
    for step in plan.of(Action.CREATE):
        for assignment in facts.denied.get(step.key, ()):
            name = short(assignment).rpartition("/")[2]
            yield AuthError(
                f"Azure Policy forbids the {step.resource.label}: {name or 'an assignment'}",
                where=assignment or short(step.resource.id),
                next_step=f"See what it asks for: az policy assignment show --name {name}",
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
                next_step="If a stack of this name was deleted a moment ago, run the same command again in a "
                "minute; else choose another name in apimlb.toml.",
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
    elsewhere = way is Revival.RESTORE and place(names_of(str(gone["id"]))[0]) != location_of(step)
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


def hidden(plan: Plan, facts: Facts) -> tuple[Resource, ...]:
    """What is to be made and whose name is taken by nobody who shows: what was deleted a moment ago is not
    yet among what is soft-deleted."""
    made = plan.of(Action.CREATE)
    return tuple(s.resource for s in made if facts.taken.get(s.key) and s.key not in facts.deleted)


def _was_ours(resource: Resource, gone: Json) -> bool:
    """Whether the soft-deleted namesake was this stack's, by its id or tags, as far as it shows them."""
    service = (gone.get("properties") or {}).get("serviceId")
    if service is not None and str(service).lower() != resource.key:
        return False
    mark = mark_of(resource.type, gone)
    return mark is None or mark.stack == mark_in([resource]).stack
