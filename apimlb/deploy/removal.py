"""What there is to take away of a stack, decided out of what was read: only what is ours, children first.

Ours is what carries the stack's mark; what can carry none (soft-deleted services) is ours by its derived id,
or because it is in something of ours. An APIM service takes its children with it, others' too: they are named
before it goes. One that others use stays, and ours go one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apimlb.deploy.cloud import Cloud, is_settled
from apimlb.deploy.executor import Task
from apimlb.deploy.guests import CHILDREN, suffix_of
from apimlb.deploy.ids import (
    ACCOUNT,
    ACTION_GROUP,
    ALERT,
    COMPONENT,
    DELETED_ACCOUNT,
    DELETED_SERVICE,
    DEPLOYMENT,
    GROUP,
    IDENTITY,
    ROLE_ASSIGNMENT,
    SERVICE,
    SMART_RULE,
    SUBSCRIPTION_KEY,
    WORKBOOK,
    WORKSPACE,
    deleted_id,
    group_of,
    is_within,
    kind_of,
    names_of,
    parent_of,
    place,
    short,
    subscription_of,
)
from apimlb.deploy.locks import Lock, locks_in
from apimlb.deploy.observer import Observed
from apimlb.deploy.observer import survey as look
from apimlb.deploy.reads import each
from apimlb.errors import NotFoundError
from apimlb.http import last_segment
from apimlb.stack.marks import Mark, mark_in, mark_of
from apimlb.stack.names import own_service
from apimlb.stack.planner import Action, Plan, plan
from apimlb.stack.resources import Json, Resource

DELETE, PURGE = "delete", "purge"
_OWN = (IDENTITY, SERVICE, ACCOUNT, WORKSPACE, COMPONENT, WORKBOOK, ALERT)
"""What carries the mark and stands by itself, the resource group aside."""
_BEFORE: Mapping[str, tuple[str, ...]] = {
    IDENTITY: (SERVICE,),
    COMPONENT: (WORKBOOK, ALERT),
    SMART_RULE: (COMPONENT,),
    WORKSPACE: (COMPONENT, WORKBOOK, ALERT),
}
"""What of these types goes before one of that."""
SOFT = frozenset({ACCOUNT, SERVICE})
"""What Azure keeps for 48 hours after its deletion, with its name and its quota."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is there of a stack, all by the ids that Azure knows.

    `ours` carries the mark; `deployments` are by account; `roles` are the ones that we gave; `children` are
    what we have in gateways that others use, `elsewhere` the locations of the same stack's other gateways in
    the group. `deleted` are the ids that soft-deleted resources are found
    under, `hidden` those of names that Azure keeps and does not say why. `others` are the ids of what
    somebody else put inside of ours, `beside` those of what is in the group otherwise, `locks` what forbids
    to delete.
    """

    group: str
    group_is_ours: bool = False
    ours: Mapping[str, Json] = field(default_factory=dict)
    deployments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    children: tuple[Resource, ...] = ()
    deleted: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    locks: tuple[Lock, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing is there, not even soft-deleted, or the group alone for a stack elsewhere."""
        found = self.ours or self.roles or self.children or self.deleted or self.hidden
        return not found and (not self.group_is_ours or bool(self.elsewhere))


@dataclass(frozen=True, slots=True)
class Removal:
    """What a destroy does: tasks for the executor, and the ids that they are about by their keys.

    `retained` are the ids of soft-deleted resources that it leaves; `unsettled` is what Azure still works on.
    `awaited` are the keys of purges of what does not show yet, `others` the ids of what is not ours and goes
    along, `beside` those of what stays, and keeps the group with it, `locks` what would stop it halfway.
    """

    tasks: tuple[Task, ...]
    ids: Mapping[str, str]
    group: str = ""
    retained: tuple[str, ...] = ()
    unsettled: frozenset[str] = frozenset()
    awaited: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    locks: tuple[Lock, ...] = ()


def survey(cloud: Cloud, desired: Sequence[Resource]) -> Survey:
    """Read what is there of the stack, also what an older configuration made and this one does not name."""
    mark = mark_in(desired)
    group = next(resource for resource in desired if kind_of(resource.id) == GROUP)
    seen = look(cloud, desired, retires=True)
    ours = _ours(desired, seen, mark)
    inside = [*seen.replies, *(stray.id for stray in seen.strays), *seen.others]
    absent = [r for r in desired if kind_of(r.id) in SOFT and not r.adopted and r.key not in seen.replies]
    deleted = _deleted(cloud, group.id, desired, mark)
    children = tuple(_children(desired, seen, ours, mark))
    groups = {parent_of(parent_of(child.id)): None for child in children}
    locked = [*([group.id] if group.key in seen.replies else []), *groups]
    return Survey(
        group=group.id,
        group_is_ours=_is_ours(group, seen.replies.get(group.key), mark),
        ours=ours,
        deployments={
            id: tuple(_written(i, seen) for i in inside if kind_of(i) == DEPLOYMENT and is_within(i, id))
            for id in ours
            if kind_of(id) == ACCOUNT
        },
        roles=tuple(_roles(desired, seen, ours)),
        children=children,
        deleted=deleted,
        hidden=_hidden(cloud, absent, deleted),
        others=tuple(id for id in seen.others if any(is_within(id, our) for our in ours)),
        beside=tuple(_beside(desired, seen, group, ours)),
        locks=tuple(dict.fromkeys(lock for id in locked for lock in locks_in(cloud, id))),
        elsewhere=tuple(sorted({place(str(row.get("location"))) for row in seen.elsewhere})),
    )


def _beside(
    desired: Sequence[Resource], seen: Observed, group: Resource, ours: Iterable[str]
) -> Iterator[str]:
    """What is in the group and in nothing of ours: others', and the same stack's at another location."""
    guests = [r.id for r in desired if r.adopted and r.key in seen.replies and is_within(r.id, group.id)]
    mine = (*ours, *guests)
    for id in (*guests, *seen.others, *(str(row["id"]) for row in seen.elsewhere)):
        inside = is_within(id, group.id) and not any(is_within(id, our) for our in mine)
        if inside and not is_azures(id):
            yield id


def is_azures(id: str) -> bool:
    """Whether Azure made it by itself in a group with an Application Insights component."""
    return kind_of(id) == ACTION_GROUP and names_of(id)[-1].lower() == "application insights smart detection"


def _is_ours(resource: Resource, there: Json | None, mark: Mark) -> bool:
    found = mark_of(resource.type, there) if there is not None else None
    return found is not None and found.stack == mark.stack and found.id in ("", mark.id, mark.home)


def _ours(desired: Sequence[Resource], seen: Observed, mark: Mark) -> dict[str, Json]:
    made = {
        resource.id: seen.replies[resource.key]
        for resource in desired
        if kind_of(resource.id) in _OWN
        and not resource.adopted
        and _is_ours(resource, seen.replies.get(resource.key), mark)
    }
    more = (*seen.azures, *(stray for stray in seen.strays if kind_of(stray.id) in _OWN))
    return made | {resource.id: resource.body for resource in more}


def _children(
    desired: Sequence[Resource], seen: Observed, ours: Iterable[str], mark: Mark
) -> Iterator[Resource]:
    """What we have in gateways that are not ours; what of it carries no mark goes along."""
    own = {id.lower() for id in ours}
    wanted = {r.key: r for r in desired if r.key in seen.replies}
    made = (replace(r, body=seen.replies[key]) for key, r in wanted.items())
    # A key that `apimlb keys` made is not wanted by any file.
    keys = (row for row in seen.inside if kind_of(str(row["id"])) == SUBSCRIPTION_KEY)
    more = (Resource(str(row["id"]), SUBSCRIPTION_KEY, row, last_segment(str(row["id"]))) for row in keys)
    found = {resource.key: resource for resource in (*more, *made, *seen.strays)}
    for key, resource in found.items():
        guest = kind_of(key) in CHILDREN and parent_of(key).lower() not in own
        if guest and _is_ours(resource, resource.body, mark):
            yield resource


def _roles(desired: Sequence[Resource], seen: Observed, ours: Mapping[str, Json]) -> Iterator[str]:
    """Those that we gave, also from before roles carried a mark."""
    for resource in desired:
        if kind_of(resource.id) == ROLE_ASSIGNMENT and resource.key in seen.replies:
            yield resource.id
    for stray in seen.strays:
        if kind_of(stray.id) == ROLE_ASSIGNMENT and any(is_within(stray.id, id) for id in ours):
            yield stray.id


def _written(id: str, seen: Observed) -> str:
    """The id as Azure writes it, given one that may be in lower case."""
    return str(seen.replies.get(id, {}).get("id") or id)


def _deleted(cloud: Cloud, group: str, desired: Sequence[Resource], mark: Mark) -> tuple[str, ...]:
    """Soft-deleted services with the id of ours, and soft-deleted accounts of the group with our mark."""
    ending = suffix_of(desired)
    service = own_service(mark.stack, ending).lower()
    accounts = [resource.name.lower() for resource in desired if kind_of(resource.id) == ACCOUNT]
    kinds = (DELETED_ACCOUNT, DELETED_SERVICE)
    listed = each(lambda kind: cloud.children(subscription_of(group), kind), kinds)
    found = []
    for body in listed[DELETED_ACCOUNT]:
        names = [name.lower() for name in names_of(str(body["id"]))]
        carried = mark_of(ACCOUNT, body)
        named = carried is None and names[2] in accounts
        ours = mark.owns(carried) and names[2].endswith(ending)
        if names[1] == group_of(group).lower() and (named or ours):
            found.append(str(body["id"]))
    for body in listed[DELETED_SERVICE]:
        was = str((body.get("properties") or {}).get("serviceId") or f"{group}/{service}").lower()
        inside = was.startswith(f"{group}/".lower()) and was.endswith(f"/{service}")
        if names_of(str(body["id"]))[-1].lower() == service and inside:
            found.append(str(body["id"]))
    return tuple(found)


def _hidden(cloud: Cloud, absent: Sequence[Resource], deleted: Iterable[str]) -> tuple[str, ...]:
    """Where names that nobody has are kept all the same: what had them was deleted and does not show yet."""
    shown = {names_of(id)[-1].lower() for id in deleted}
    asked = {r.id: r for r in absent if r.name.lower() not in shown}

    def taken(id: str) -> str:
        name = asked[id].name
        return cloud.service_name_taken(name) if kind_of(id) == SERVICE else cloud.domain_taken(name)

    kept = each(taken, asked)
    return tuple(deleted_id(id, r.body["location"]) for id, r in asked.items() if kept[id])


def decide(survey: Survey, *, purge: bool, stack: str) -> Removal:
    """What to do about it. Pure; raises `NotFoundError` when there is nothing at all."""
    if survey.is_empty:
        raise _nothing(survey, stack)
    deletions = tuple(_deletions(survey))
    soft = _soft(survey)
    hidden = survey.hidden if purge else ()
    purges = tuple(_task(PURGE, gone, needs) for gone, needs in soft.items()) if purge else ()
    purges += tuple(_task(PURGE, gone) for gone in hidden)
    group = _task(DELETE, survey.group, [id for _, id in deletions])
    chosen = (*deletions, *purges, *((group,) if survey.group_is_ours else ()))
    return Removal(
        tasks=tuple(task for task, _ in chosen),
        ids={task.key: id for task, id in chosen},
        group=survey.group if survey.group_is_ours else "",
        retained=() if purge else (*soft, *survey.hidden),
        unsettled=frozenset(id.lower() for id, body in survey.ours.items() if not is_settled(body)),
        awaited=frozenset(id.lower() for id in hidden),
        others=survey.others,
        beside=survey.beside if survey.group_is_ours else (),
        locks=tuple(lock for lock in survey.locks if any(lock.holds(id) for _, id in (*deletions, group))),
    )


def _nothing(survey: Survey, stack: str) -> NotFoundError:
    what, next_step = f"There is no stack {stack}", "`apimlb deploy` makes one."
    if survey.elsewhere:
        what += f" at that location: it is in {', '.join(survey.elsewhere)}"
        next_step = f"`apimlb destroy --location {survey.elsewhere[0]}` takes that one away."
    return NotFoundError(what, where=short(survey.group), next_step=next_step)


_Named = tuple[Task, str]


def retentions(plan: Plan) -> Iterator[str]:
    """A sentence for each account that the plan deletes: Azure goes on keeping it. One that is made again is
    purged."""
    for step in plan.of(Action.DELETE):
        id = step.resource.id
        if kind_of(id) == ACCOUNT:
            where = place(str(step.body.get("location")))
            yield (
                f"Azure keeps {step.resource.name} with its name and quota for 48 hours after it is deleted. "
                f"To free them then: `az cognitiveservices account purge --name {step.resource.name} "
                f"--resource-group {group_of(id)} --location {where}`"
            )


def _deletions(survey: Survey) -> Iterator[_Named]:
    for account, deployments in survey.deployments.items():
        for id in deployments:
            yield _task(DELETE, id, exclusive=account)
    for id in survey.roles:
        yield _task(DELETE, id)
    for step in plan((), {}, survey.children).steps:
        resource = step.resource
        yield Task(step.key, short(resource.id), DELETE, step.needs, resource.exclusive.lower()), resource.id
    for id in survey.ours:
        # A principal goes after what it is assigned to; an account after what hangs on it.
        hanging = [role for role in survey.roles if kind_of(id) == IDENTITY or is_within(role, id)]
        before = [each for each in survey.ours if kind_of(each) in _BEFORE.get(kind_of(id), ())]
        needs = [*hanging, *survey.deployments.get(id, ()), *before]
        yield _task(DELETE, id, needs)


def _soft(survey: Survey) -> dict[str, tuple[str, ...]]:
    """What is or will be soft-deleted, by the id that it is found under, with the deletion to wait for."""
    live = {
        deleted_id(id, str(body.get("location", ""))): (id,)
        for id, body in survey.ours.items()
        if kind_of(id) in SOFT
    }
    return {**live, **dict.fromkeys(survey.deleted, ())}


def _task(verb: str, id: str, needs: Iterable[str] = (), exclusive: str = "") -> _Named:
    label = short(id) if verb == DELETE else f"deleted {names_of(id)[-1]}"
    task = Task(id.lower(), label, verb, frozenset(need.lower() for need in needs), exclusive.lower())
    return task, id
