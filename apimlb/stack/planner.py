"""plan(desired, observed, strays): what a deploy would do. Values in, a value out; nothing is asked.

A step comes after what it needs: a resource after those that it refers to, a deletion after everything that
referred to the thing has been written without it. What Azure cannot change in place is replaced: deleted and
made again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from apimlb.stack.differences import Change, at, changes_of
from apimlb.stack.fates import Fate
from apimlb.stack.fields import family, fields_of
from apimlb.stack.graph import order, sorted_by_needs
from apimlb.stack.marks import mark_of
from apimlb.stack.merging import merged
from apimlb.stack.resources import Json, Resource
from apimlb.stack.upgrades import keeping

GROUP = "microsoft.resources/resourcegroups"
IDENTITY = "microsoft.managedidentity/userassignedidentities"
SERVICE = "microsoft.apimanagement/service"
ACCOUNT = "microsoft.cognitiveservices/accounts"
DEPLOYMENT = "microsoft.cognitiveservices/accounts/deployments"
ROLE = "microsoft.authorization/roleassignments"
API = "microsoft.apimanagement/service/apis"
POLICY = "microsoft.apimanagement/service/apis/policies"
OPERATION = "microsoft.apimanagement/service/apis/operations"
BACKEND = "microsoft.apimanagement/service/backends"
POOL = "microsoft.apimanagement/service/backends (pool)"
NAMED_VALUE = "microsoft.apimanagement/service/namedvalues"
FRAGMENT = "microsoft.apimanagement/service/policyfragments"
PRODUCT = "microsoft.apimanagement/service/products"
SUBSCRIPTION = "microsoft.apimanagement/service/subscriptions"
LOGGER = "microsoft.apimanagement/service/loggers"
DIAGNOSTIC = "microsoft.apimanagement/service/apis/diagnostics"
WORKSPACE = "microsoft.operationalinsights/workspaces"
COMPONENT = "microsoft.insights/components"
WORKBOOK = "microsoft.insights/workbooks"
ALERT = "microsoft.insights/scheduledqueryrules"
SMART_RULE = "microsoft.alertsmanagement/smartdetectoralertrules"

REMOVAL = "#removal"
"""What the key of the removal before a creation ends with."""

GUARDED = frozenset({SERVICE, ACCOUNT, DEPLOYMENT, WORKSPACE})
"""What is not taken away unless somebody asks for it: it is slow or impossible to get back."""

# A deletion waits for what is written of these types, and for what is deleted of those.
_AFTER: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    OPERATION: (frozenset({OPERATION, POLICY}), frozenset()),
    API: (frozenset({OPERATION, POLICY, PRODUCT}), frozenset({OPERATION, SUBSCRIPTION})),
    POOL: (frozenset({POLICY}), frozenset({API})),
    BACKEND: (frozenset({POLICY, POOL}), frozenset({API, POOL})),
    NAMED_VALUE: (frozenset({POLICY, BACKEND}), frozenset({API, BACKEND, LOGGER})),
    FRAGMENT: (frozenset({POLICY}), frozenset({API})),
    SUBSCRIPTION: (frozenset({POLICY, NAMED_VALUE}), frozenset()),
    PRODUCT: (frozenset({POLICY, SUBSCRIPTION}), frozenset({SUBSCRIPTION})),
    DEPLOYMENT: (frozenset({POLICY, POOL}), frozenset({BACKEND})),
    ROLE: (frozenset({POLICY, POOL, ROLE}), frozenset({BACKEND})),
    ACCOUNT: (frozenset({POLICY, POOL}), frozenset({BACKEND, DEPLOYMENT, ROLE})),
    IDENTITY: (frozenset({SERVICE, ROLE, NAMED_VALUE}), frozenset({ROLE, SERVICE})),
    LOGGER: (frozenset({DIAGNOSTIC}), frozenset({API, DIAGNOSTIC})),
    COMPONENT: (frozenset({LOGGER}), frozenset({LOGGER, ROLE, WORKBOOK, ALERT})),
    WORKSPACE: (frozenset({COMPONENT}), frozenset({COMPONENT, WORKBOOK, ALERT})),
    SMART_RULE: (frozenset(), frozenset({COMPONENT})),
    SERVICE: (frozenset({POLICY, OPERATION, SUBSCRIPTION}), frozenset()),
}


class Revival(StrEnum):
    """What becomes of a soft-deleted namesake of something that is to be made."""

    RESTORE = "restore"
    PURGE = "purge"
    FAIL = "fail"


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"
    DELETE = "delete"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Step:
    """One resource and what happens to it; `body` is what a write sends, with outputs still open in it.

    `needs` are the keys of the steps before it. A replacement is two things, a removal and a creation;
    `removal_needs` are the keys before its removal, of which `removal_key` is the one. So is the creation of
    what has a soft-deleted namesake that is purged first: `revival`, and the id of what `remains`.
    """

    action: Action
    resource: Resource
    body: Json = field(repr=False)
    changes: tuple[Change, ...] = ()
    needs: frozenset[str] = frozenset()
    removal_needs: frozenset[str] = frozenset()
    revival: Revival | None = None
    remains: str = ""

    @property
    def key(self) -> str:
        return self.resource.key

    @property
    def removal_key(self) -> str:
        return self.key if self.action is Action.DELETE else f"{self.key}{REMOVAL}"

    @property
    def removes(self) -> bool:
        """Whether the resource that Azure has goes away."""
        return self.action in (Action.DELETE, Action.REPLACE)

    @property
    def makes_room(self) -> bool:
        """Whether something goes before it is made."""
        return self.action is Action.REPLACE or self.revival is Revival.PURGE

    @property
    def is_guarded(self) -> bool:
        """Whether the step takes away what nobody gets back quickly: it is done only when asked for."""
        return self.removes and self.resource.type.lower() in GUARDED


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps, each after what it needs."""

    steps: tuple[Step, ...]

    def of(self, *actions: Action) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action in actions)

    @property
    def is_empty(self) -> bool:
        """True when Azure already is as the stack wants it."""
        return all(step.action is Action.KEEP for step in self.steps)

    @property
    def guarded(self) -> tuple[Step, ...]:
        """The steps that are done only when somebody asks for them."""
        return tuple(step for step in self.steps if step.is_guarded)

    def summary(self) -> str:
        """`Plan: 7 to add, 1 to change, 2 to destroy.`; a replacement is one to add and one to destroy."""
        added = len(self.of(Action.CREATE, Action.REPLACE))
        changed = len(self.of(Action.UPDATE))
        gone = len(self.of(Action.DELETE, Action.REPLACE))
        return f"Plan: {added} to add, {changed} to change, {gone} to destroy."


def plan(desired: Sequence[Resource], observed: Mapping[str, Json], strays: Sequence[Resource] = ()) -> Plan:
    """What makes `observed` (replies by lower-case id; absent = not there) into `desired`.

    `strays` are what is the stack's and what it does not want any more. Raises `GraphError` when a resource
    needs one that is not there, or some need each other in a circle.
    """
    ordered = order(desired)
    written = _replacements([step_for(resource, observed) for resource in ordered], observed)
    removed = [Step(Action.DELETE, s, s.body) for s in strays if not _goes_along(s, written)]
    steps = _repaired_first(_with_order(written, removed))
    adopted = _adoption(steps, observed)
    return Plan(sorted_by_needs(adopted, lambda step: step.key, lambda step: step.needs))


def step_for(resource: Resource, observed: Mapping[str, Json]) -> Step:
    """What happens to one resource, whatever becomes of the others."""
    needs = frozenset(need.lower() for need in resource.needs)
    there = observed.get(resource.key)
    if resource.adopted:
        return Step(Action.KEEP, resource, there or {}, needs=needs)
    if there is None:
        return Step(Action.CREATE, resource, resource.body, needs=needs)
    resource = keeping(resource, there)
    changes = changes_of(resource, there, observed)
    if any(_is_fixed(resource, change) for change in changes):
        action = Action.REPLACE
    else:
        action = Action.UPDATE if changes else Action.KEEP
    body = resource.body if action is Action.REPLACE else merged(resource, there, changes)
    return Step(action, resource, body, changes, needs)


def _is_fixed(resource: Resource, change: Change) -> bool:
    """Whether Azure cannot change the field of a resource that is there."""
    if change.path == "sku.name" and resource.type.lower() == SERVICE:
        return family(str(change.before)) != family(str(change.after))
    fixed = [field.path for field in fields_of(resource.type) if field.fate is Fate.REPLACED]
    return any(change.path == path or change.path.startswith(f"{path}.") for path in fixed)


def _replacements(steps: Sequence[Step], observed: Mapping[str, Json]) -> list[Step]:
    """What is inside of something that is replaced is made again too; a gateway takes it along, while of an
    account it has to go first."""
    replaced = {step.key: step.resource.type.lower() for step in steps if step.action is Action.REPLACE}
    made = []
    for step in steps:
        around = next((kind for key, kind in replaced.items() if step.key.startswith(f"{key}/")), None)
        if around is None or step.key not in observed:
            made.append(step)
        else:
            action = Action.CREATE if around == SERVICE else Action.REPLACE
            made.append(replace(step, action=action, body=step.resource.body))
    return made


def _goes_along(stray: Resource, steps: Iterable[Step]) -> bool:
    """Whether it is in a gateway that is replaced."""
    gateways = (s.key for s in steps if s.action is Action.REPLACE and s.resource.type.lower() == SERVICE)
    return any(stray.key.startswith(f"{key}/") for key in gateways)


def kind_of(resource: Resource) -> str:
    """The type in lower case, with pools told from other backends."""
    kind = resource.type.lower()
    pooled = at(resource.body, "properties.type") == "Pool"
    return POOL if kind == BACKEND and pooled else kind


def _with_order(written: Sequence[Step], removed: Sequence[Step]) -> list[Step]:
    """The steps with what their removals wait for."""
    changing = [step for step in written if step.action is not Action.KEEP]
    going = [*removed, *(step for step in written if step.action is Action.REPLACE)]
    steps = [*written]
    for index, step in enumerate(steps):
        if step.action is Action.REPLACE:
            inside = frozenset(s.removal_key for s in going if s.key.startswith(f"{step.key}/"))
            steps[index] = replace(step, removal_needs=inside)
    for step in removed:
        needs = frozenset(_before(step, changing, removed))
        steps.append(replace(step, needs=needs))
    return [_clear_of(step, removed) for step in steps]


def _before(step: Step, changing: Iterable[Step], removed: Iterable[Step]) -> Iterator[str]:
    writes, deletions = _AFTER.get(kind_of(step.resource), (frozenset(), frozenset()))
    if any(_clashes(other.resource, step.resource) for other in changing):
        writes -= {OPERATION}
    for other in changing:
        if kind_of(other.resource) in writes:
            yield other.key
    for other in removed:
        inside = other.key.startswith(f"{step.key}/")
        if other is not step and (inside or kind_of(other.resource) in deletions):
            yield other.key


def _clear_of(step: Step, removed: Iterable[Step]) -> Step:
    """An operation cannot be made while another has its method and template: that one goes first."""
    if step.action is not Action.CREATE:
        return step
    ways = frozenset(old.key for old in removed if _clashes(step.resource, old.resource))
    return replace(step, needs=step.needs | ways)


def _repaired_first(steps: Sequence[Step]) -> list[Step]:
    """Operations that are repaired come before a policy that takes the place of another: it is tried in a
    revision, which has the operations that the API has. One whose method and template are still another's
    comes after, and so does each where the API has no policy yet, lest it answers unchecked."""
    policies = frozenset(s.key for s in steps if kind_of(s.resource) == POLICY and s.action is Action.UPDATE)
    going = frozenset(step.removal_key for step in steps if step.removes)
    repaired = {
        step.key: step.needs & policies
        for step in steps
        if kind_of(step.resource) == OPERATION
        and step.action in (Action.CREATE, Action.UPDATE)
        and not step.needs & going
    }
    made = []
    for step in steps:
        before = frozenset(key for key, policy in repaired.items() if step.key in policy)
        made.append(replace(step, needs=(step.needs | before) - repaired.get(step.key, frozenset())))
    return made


def _clashes(new: Resource, old: Resource) -> bool:
    if not new.type.lower() == old.type.lower() == OPERATION:
        return False
    return all(
        at(new.body, path) == at(old.body, path) for path in ("properties.method", "properties.urlTemplate")
    )


def _adoption(steps: Sequence[Step], observed: Mapping[str, Json]) -> Sequence[Step]:
    """A stack from before there were ids is known by its group, which therefore gets its id last."""
    group = next((step for step in steps if step.resource.type.lower() == GROUP), None)
    if group is None or group.action is not Action.UPDATE:
        return steps
    mark = mark_of(GROUP, observed[group.key])
    if mark is None or mark.id:
        return steps
    others = [replace(step, needs=step.needs - {group.key}) for step in steps if step is not group]
    changing = frozenset(step.key for step in others if step.action is not Action.KEEP)
    return [*others, replace(group, needs=changing)]
