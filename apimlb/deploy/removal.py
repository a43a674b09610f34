"""What there is to take away of a stack, decided out of what was read: only what is ours, children first.

Ours is what carries the stack's tag; what cannot carry one (deployments, role assignments, soft-deleted
services) is ours by its derived id, or because it is in something of ours. An APIM service takes its children
with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from apimlb.deploy.cloud import Cloud, is_settled
from apimlb.deploy.executor import Task
from apimlb.deploy.ids import (
    ACCOUNT,
    DELETED_ACCOUNT,
    DEPLOYMENT,
    GROUP,
    IDENTITY,
    ROLE_ASSIGNMENT,
    SERVICE,
    deleted_id,
    group_of,
    is_within,
    kind_of,
    names_of,
    short,
    subscription_of,
)
from apimlb.deploy.observer import observe
from apimlb.deploy.reads import each, together
from apimlb.errors import NotFoundError
from apimlb.stack.names import TAG
from apimlb.stack.resources import Json, Resource

DELETE, PURGE = "delete", "purge"
SOFT = frozenset({ACCOUNT, SERVICE})
"""What Azure keeps for 48 hours after its deletion, with its name and its quota."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is there of a stack, all by the ids that Azure knows.

    `ours` carries the tag; `deployments` are by account; `roles` are the ones that we gave; `deleted` are the
    ids that soft-deleted resources are found under.
    """

    group: str
    group_is_ours: bool = False
    ours: Mapping[str, Json] = field(default_factory=dict)
    deployments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing is there, not even soft-deleted."""
        return not (self.group_is_ours or self.ours or self.roles or self.deleted)


@dataclass(frozen=True, slots=True)
class Removal:
    """What a destroy does: tasks for the executor, and the ids that they are about by their keys.

    `retained` are the ids of soft-deleted resources that it leaves; `unsettled` is what Azure still works on.
    """

    tasks: tuple[Task, ...]
    ids: Mapping[str, str]
    group: str = ""
    retained: tuple[str, ...] = ()
    unsettled: frozenset[str] = frozenset()


def survey(cloud: Cloud, desired: Sequence[Resource], stack: str) -> Survey:
    """Read what is there of the stack, also what an older configuration made and this one does not name."""
    group = next(resource.id for resource in desired if kind_of(resource.id) == GROUP)
    top = [r for r in desired if "tags" in r.body or kind_of(r.id) == ROLE_ASSIGNMENT]
    seen = observe(cloud, top)
    ours = _ours(cloud, group, top, seen, stack)
    accounts = [id for id in ours if kind_of(id) == ACCOUNT]
    held = together({id: _listing(cloud, id, DEPLOYMENT) for id in accounts})
    return Survey(
        group=group,
        group_is_ours=_tag(seen.get(group.lower(), {})) == stack,
        ours=ours,
        deployments={id: tuple(str(child["id"]) for child in children) for id, children in held.items()},
        roles=tuple(r.id for r in top if kind_of(r.id) == ROLE_ASSIGNMENT and r.key in seen),
        deleted=_deleted(cloud, [r for r in top if r.key not in seen], group, stack),
    )


def _ours(
    cloud: Cloud, group: str, top: Iterable[Resource], seen: Mapping[str, Json], stack: str
) -> dict[str, Json]:
    """What carries the tag, the resource group aside."""
    listed = cloud.resources_in_group(group) if group.lower() in seen else []
    found = {str(entry["id"]).lower(): (str(entry["id"]), entry) for entry in listed}
    found |= {r.key: (r.id, seen[r.key]) for r in top if r.key in seen}
    return {id: body for id, body in found.values() if _tag(body) == stack and kind_of(id) != GROUP}


def _deleted(cloud: Cloud, absent: Iterable[Resource], group: str, stack: str) -> tuple[str, ...]:
    """Soft-deleted namesakes of what the stack wants, and soft-deleted accounts of the group with our tag."""
    wanted = {deleted_id(r.id, r.body["location"]): r for r in absent if kind_of(r.id) in SOFT}
    found = {id: body for id, body in each(cloud.get, wanted).items() if body is not None}
    ids = {id.lower(): id for id, body in found.items() if _was(body, wanted[id], stack)}
    for body in cloud.children(subscription_of(group), DELETED_ACCOUNT):
        id = str(body["id"])
        if _tag(body) == stack and names_of(id)[1].lower() == group_of(group).lower():
            ids.setdefault(id.lower(), id)
    return tuple(ids.values())


def _was(body: Json, resource: Resource, stack: str) -> bool:
    """Whether the soft-deleted resource was this one of ours: by its id or tag, where it shows them."""
    service = (body.get("properties") or {}).get("serviceId")
    if service is not None and str(service).lower() != resource.key:
        return False
    return _tag(body) in ("", stack)


def decide(survey: Survey, *, purge: bool, stack: str) -> Removal:
    """What to do about it. Pure; raises `NotFoundError` when there is nothing at all."""
    if survey.is_empty:
        raise NotFoundError(
            f"There is no stack {stack}", where=short(survey.group), next_step="`apimlb deploy` makes one."
        )
    deletions = tuple(_deletions(survey))
    soft = _soft(survey)
    purges = tuple(_task(PURGE, gone, needs) for gone, needs in soft.items()) if purge else ()
    group = _task(DELETE, survey.group, [id for _, id in deletions])
    chosen = (*deletions, *purges, *((group,) if survey.group_is_ours else ()))
    return Removal(
        tasks=tuple(task for task, _ in chosen),
        ids={task.key: id for task, id in chosen},
        group=survey.group if survey.group_is_ours else "",
        retained=() if purge else tuple(soft),
        unsettled=frozenset(id.lower() for id, body in survey.ours.items() if not is_settled(body)),
    )


_Named = tuple[Task, str]


def _deletions(survey: Survey) -> Iterator[_Named]:
    for account, deployments in survey.deployments.items():
        for id in deployments:
            yield _task(DELETE, id, exclusive=account)
    for id in survey.roles:
        yield _task(DELETE, id)
    service = [id for id in survey.ours if kind_of(id) == SERVICE]
    for id in survey.ours:
        # A principal goes after what it is assigned to; an account after what hangs on it.
        hanging = [role for role in survey.roles if kind_of(id) == IDENTITY or is_within(role, id)]
        needs = [*hanging, *survey.deployments.get(id, ()), *(service if kind_of(id) == IDENTITY else ())]
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


def _listing(cloud: Cloud, parent: str, kind: str) -> Callable[[], list[Json]]:
    return lambda: cloud.children(parent, kind)


def _tag(body: Json) -> str:
    return str((body.get("tags") or {}).get(TAG) or "")
