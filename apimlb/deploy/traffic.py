"""What a plan's steps wait for so that traffic does not notice them: pure, tasks in, tasks out.

    try        a backend is probed before a pool or the policy sends anything to it
    drain      what a pool, the policy or an operation sent before it was written has the time to end, before
               it goes away
    take out   an account whose deployments change in place is sent nothing first, one account at a time,
    take in    and is sent something again when it was tried
    forget     an earlier revision goes whose policy names a named value that goes: Azure keeps what is named

Out of a pool it is written, also of one that goes: until the other strategy's policy is there it sends. The
policy of the strategy without pools reads in a named value who is out. One that an earlier run left out
changes first. Where no other account is in, one goes out once those that come in were tried; it is not taken
out where there is no other: the change itself takes away what is asked for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apimlb.deploy.executor import Task
from apimlb.deploy.ids import ACCOUNT, BACKEND, DEPLOYMENT, names_of, parent_of
from apimlb.deploy.ids import kind_of as id_kind
from apimlb.stack.differences import at
from apimlb.stack.draining import listed, names_in
from apimlb.stack.planner import NAMED_VALUE, OPERATION, POOL, Action, Plan, Step, kind_of
from apimlb.stack.probe import Site
from apimlb.stack.resources import Json

TRY, DRAIN, OUT, IN, FORGET = "try", "drain", "take out", "take in", "forget"
VERBS = frozenset({TRY, DRAIN, OUT, IN, FORGET})

_WRITING = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})
_DRAINED = frozenset({BACKEND, POOL, DEPLOYMENT, ACCOUNT, NAMED_VALUE, OPERATION})
_ALL = "#drain"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Tasks that keep traffic going. `backends` are the names to try by task; `writes` the bodies by id that
    a task writes which takes out or in; `unnamed` the named values that no policy is to name any more."""

    tasks: tuple[Task, ...]
    backends: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()


def arrange(
    tasks: Sequence[Task],
    plan: Plan,
    observed: Mapping[str, Json],
    site: Site,
) -> Arrangement:
    """The plan's tasks with what stands around them; `observed` holds replies by lower-case id.

    `site` says where clients and probes go.
    """
    scene = _Scene(plan, observed, site)
    rolled = sorted(scene.rolled(), key=lambda roll: roll.is_in)
    needs = _Needs()
    backends: dict[str, str] = {}
    writes: dict[str, Mapping[str, Json]] = {}
    extra: list[Task] = []
    for key in scene.entering() | {key for roll in rolled for key in roll.backends}:
        step = scene.steps[key]
        task = Task(f"{key}#try", f"backend {step.resource.name}", TRY, scene.before_a_try(step))
        extra.append(task)
        backends[task.key] = step.resource.name
    for gate in scene.gates:
        needs.add(gate.key, {f"{key}#try" for key in scene.entering_by(gate)})
    leaving = scene.leaving()
    if leaving:
        extra.append(Task(_ALL, "what was sent before", DRAIN, scene.before_a_drain()))
    for step in leaving:
        needs.add(step.removal_key, {_ALL})
    unnamed = [s for s in plan.of(Action.DELETE) if kind_of(s.resource) == NAMED_VALUE]
    if unnamed:
        written = frozenset(gate.key for gate in scene.gates)
        extra.append(Task("#forget", "policies of before", FORGET, written))
    for step in unnamed:
        needs.add(step.removal_key, {"#forget"})
    before: frozenset[str] = frozenset()
    for roll in rolled:
        tried = frozenset(f"{key}#try" for key in roll.awaited) & backends.keys()
        out = Task(f"{roll.account}#out", f"account {roll.name}", OUT, before | tried)
        drain = Task(f"{roll.account}#drain", f"account {roll.name}", DRAIN, frozenset({out.key}))
        extra += [out, drain]
        writes[out.key] = roll.without
        for key in roll.changing:
            needs.add(key, {drain.key})
        before = frozenset(f"{key}#try" for key in roll.backends)
    if rolled:
        whole = scene.whole(id for roll in rolled for id in roll.without)
        tried = frozenset(f"{key}#try" for key in scene.entering_at(whole))
        back = Task("#in", "every account", IN, before | tried)
        extra.append(back)
        writes[back.key] = whole
        for gate in scene.gates:
            needs.add(gate.key, {back.key})
    names = frozenset(step.resource.name for step in unnamed)
    return Arrangement((*(needs.of(task) for task in tasks), *extra), backends, writes, names)


@dataclass(frozen=True, slots=True)
class _Roll:
    """One account that changes in place: the keys of its backends and of the steps that change it, by id
    what is written to send it nothing, and the keys of the backends that answer in its place and do not yet.
    It `is_in` unless an earlier run left it out."""

    account: str
    name: str
    backends: frozenset[str]
    changing: frozenset[str]
    without: Mapping[str, Json]
    awaited: frozenset[str]
    is_in: bool


class _Needs:
    """What tasks need besides."""

    def __init__(self) -> None:
        self._more: dict[str, frozenset[str]] = {}

    def add(self, key: str, needs: Iterable[str]) -> None:
        self._more[key] = self._more.get(key, frozenset()) | frozenset(needs)

    def of(self, task: Task) -> Task:
        return replace(task, needs=task.needs | self._more.get(task.key, frozenset()))


class _Scene:
    """A plan as traffic sees it."""

    def __init__(self, plan: Plan, observed: Mapping[str, Json], site: Site) -> None:
        self.steps = {step.key: step for step in plan.steps}
        self._observed = observed
        self._probe = frozenset(map(str.lower, site.through))
        balancers = frozenset(map(str.lower, site.policies))
        kept = [step for step in plan.steps if step.action is not Action.DELETE]
        self._backends = {step.key: step for step in kept if kind_of(step.resource) == BACKEND}
        self._pools = [step for step in plan.steps if kind_of(step.resource) == POOL]
        self._list = next((step for step in kept if step.key == site.drained.lower()), None)
        lists = [self._list] if self._list else []
        sending = [*self._pools, *lists, *(step for step in kept if step.key in balancers)]
        self.gates = [step for step in sending if step.action in _WRITING]

    def entering(self) -> set[str]:
        """The keys of the backends that something sends to which did not before."""
        return {key for gate in self.gates for key in self.entering_by(gate)}

    def entering_at(self, ids: Iterable[str]) -> set[str]:
        """Those that begin to be sent something by what is written at these ids."""
        keys = {id.lower() for id in ids}
        return {key for gate in self.gates if gate.key in keys for key in self.entering_by(gate)}

    def entering_by(self, gate: Step) -> set[str]:
        if gate is self._list:
            return self._coming_back(gate)
        told = json.dumps(self._observed.get(gate.key, {})).lower()
        named = {need.lower() for need in gate.resource.needs} & self._backends.keys()
        return {key for key in named if not self._is_named(key, told)}

    def _is_named(self, backend: str, text: str) -> bool:
        """Whether the JSON text of a pool or a policy names the backend: a pool by its id, a policy by its
        account and its deployment."""
        step = self._backends[backend]
        name, account = step.resource.name.lower(), self._account_of(step)
        deployment = _deployment_of(step)
        both = account and all(f'\\"{part}\\"' in text for part in (account, deployment))
        return f'/backends/{name}"' in text or bool(both)

    def _coming_back(self, gate: Step) -> set[str]:
        """The backends of the accounts that are out and should not be: an earlier run was cut off."""
        out = _out_in(self._observed.get(gate.key, {})) - _out_in(gate.resource.body)
        return {key for key, step in self._backends.items() if self._account_of(step) in out}

    def _account_of(self, backend: Step) -> str:
        """The account's name in the configuration."""
        behind = [parent_of(id).lower() for id in backend.resource.behind]
        labels = [self.steps[id].resource.label for id in behind if id in self.steps]
        return next((label.removeprefix("account ") for label in labels), "")

    def leaving(self) -> list[Step]:
        """The steps that take away for good what traffic may still be at. An operation that something else
        waits for makes room for the one that takes its place."""
        awaited = {need for step in self.steps.values() if step.action in _WRITING for need in step.needs}
        gone = (step for step in self.steps.values() if step.action is Action.DELETE)
        return [s for s in gone if kind_of(s.resource) in _DRAINED and s.removal_key not in awaited]

    def before_a_drain(self) -> frozenset[str]:
        """The steps with which traffic goes elsewhere: also the operations that take others' place."""
        made = {key for key, step in self.steps.items() if kind_of(step.resource) == OPERATION}
        written = {key for key in made if self.steps[key].action in _WRITING}
        return frozenset({gate.key for gate in self.gates} | written)

    def before_a_try(self, step: Step) -> frozenset[str]:
        behind = frozenset(id.lower() for id in step.resource.behind)
        return (behind | self._probe | {step.key}) & self.steps.keys()

    def rolled(self) -> Iterator[_Roll]:
        """The accounts whose deployments change while others are in the same pools."""
        changing: dict[str, set[str]] = {}
        for step in self.steps.values():
            if _changes_in_place(step):
                account = step.key if kind_of(step.resource) == ACCOUNT else parent_of(step.key)
                changing.setdefault(account, set()).add(step.key)
        for account, keys in changing.items():
            behind = {key for key, step in self._backends.items() if _is_behind(step, keys)}
            name = self.steps[account].resource.label.removeprefix("account ")
            pools, entering = self._without(behind)
            lists, returning = self._listed(name, behind)
            if behind and (pools or lists):
                changes = {self.steps[key].removal_key for key in keys} | keys
                without, awaited = pools | lists, entering | returning
                is_in = self._is_in(name, behind)
                yield _Roll(account, name, frozenset(behind), frozenset(changes), without, awaited, is_in)

    def _is_in(self, account: str, backends: set[str]) -> bool:
        """Whether it is sent anything as Azure has it."""
        members = [member for step in self._pools for member in self._members(step)]
        if members:
            return any(_id_of(member) in backends for member in members)
        return self._list is None or account not in _out_in(self._observed.get(self._list.key, {}))

    def _members(self, pool: Step) -> list[Json]:
        """Those of the pool as Azure has it: so is the body of one that goes."""
        there = pool.resource.body if pool.action is Action.DELETE else self._observed.get(pool.key, {})
        return at(there, "properties.pool.services") or []

    def _without(self, backends: set[str]) -> tuple[dict[str, Json], frozenset[str]]:
        """The pools but for these members: as Azure has them where others are left there, else as the stack
        wants them, with the keys of the backends that this brings in."""
        made: dict[str, Json] = {}
        entering: set[str] = set()
        for step in self._pools:
            members = self._members(step)
            left = [member for member in members if _id_of(member) not in backends]
            if len(left) == len(members):
                continue
            if not left:
                wanted = self._wanted(step)
                left = [member for member in wanted if _id_of(member) not in backends]
                entering |= {_id_of(member) for member in left}
            if left:
                made[step.resource.id] = _pooled(step, left)
        return made, frozenset(entering)

    def _wanted(self, pool: Step) -> list[Json]:
        """The members that the stack wants; of a pool that goes those that do what its own do."""
        if pool.action is not Action.DELETE:
            return at(pool.resource.body, "properties.pool.services") or []
        there = [self._backends[id] for id in map(_id_of, self._members(pool)) if id in self._backends]
        deployments = {_deployment_of(step) for step in there}
        return [{"id": s.resource.id} for s in self._backends.values() if _deployment_of(s) in deployments]

    def _listed(self, account: str, backends: set[str]) -> tuple[dict[str, Json], frozenset[str]]:
        """The list of who is out with this account on it, where there are others: who is out stays so where
        one is in, else only who should be, with the keys of the backends that this brings in."""
        there = {key: step for key, step in self._backends.items() if key in self._observed}
        others = {self._account_of(step) for key, step in there.items() if key not in backends} - {account}
        if self._list is None or self._list.key not in self._observed or not others:
            return {}, frozenset()
        body = self._list.resource.body
        out, wanted = _out_in(self._observed[self._list.key]), _out_in(body)
        returning: frozenset[str] = frozenset()
        if not others - out:
            named = out - wanted
            returning = frozenset(k for k, s in self._backends.items() if self._account_of(s) in named)
            out = wanted
        value = listed(out | wanted | {account})
        return {self._list.resource.id: {"properties": {**body["properties"], "value": value}}}, returning

    def whole(self, ids: Iterable[str]) -> dict[str, Json]:
        """The same as the stack wants it; a pool that goes as it is."""
        return {id: _written(self.steps[id.lower()].resource.body) for id in dict.fromkeys(ids)}


def _id_of(member: Json) -> str:
    return str(member["id"]).lower()


def _out_in(body: Json) -> frozenset[str]:
    """The names in the list of who is out."""
    return names_in(at(body, "properties.value"))


def _changes_in_place(step: Step) -> bool:
    """Whether what answers becomes another while its name stays: a model, its version, how it is billed."""
    kind = kind_of(step.resource)
    if step.action is Action.REPLACE:
        return kind in (ACCOUNT, DEPLOYMENT)
    if step.action is not Action.UPDATE or kind != DEPLOYMENT:
        return False
    return any(change.path.startswith(("properties.model", "sku.name")) for change in step.changes)


def _is_behind(step: Step, keys: set[str]) -> bool:
    behind = [id.lower() for id in step.resource.behind]
    return any(id == key or id.startswith(f"{key}/") for id in behind for key in keys)


def _deployment_of(backend: Step) -> str:
    """The name of the deployment behind it, in lower case; none is behind an account that others have."""
    behind = [names_of(id)[-1].lower() for id in backend.resource.behind if id_kind(id) == DEPLOYMENT]
    return next(iter(behind), "")


def _pooled(pool: Step, members: Sequence[Json]) -> Json:
    properties = {**pool.resource.body["properties"], "pool": {"services": [*members]}}
    return _written({"properties": properties})


def _written(body: Json) -> Json:
    """What is sent of it: a reply says null of what its resource has not."""
    return {"properties": {name: value for name, value in body["properties"].items() if value is not None}}
