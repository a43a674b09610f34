"""What can be done with a stack in a cloud, from beginning to end: the table of contents of this room.

preview   what a deploy would do, and what would stop it
apply     do it
resize    another capacity for deployments that are there
survey    what a destroy would take away
destroy   take it away
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from apimlb.clock import Clock
from apimlb.deploy import (
    capacity,
    hosting,
    preflight,
    providers,
    quotas,
    removal,
    retirements,
    rights,
    surroundings,
    traffic,
)
from apimlb.deploy import facts as facts_of
from apimlb.deploy.allocation import allocate, wants_of
from apimlb.deploy.capacity import CapacityChange
from apimlb.deploy.claims import Claims, Overtaken
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.executor import Event, Outcome, State, Task, run
from apimlb.deploy.facts import Facts
from apimlb.deploy.ids import (
    ACCOUNT,
    GROUP,
    kind_of,
    names_of,
    short,
)
from apimlb.deploy.journal import KEEP, Journal
from apimlb.deploy.locks import refusals
from apimlb.deploy.models import Models
from apimlb.deploy.observer import Observed, survey
from apimlb.deploy.providers import Registrar
from apimlb.deploy.quotas import Row
from apimlb.deploy.refusals import AGAIN, QUOTA
from apimlb.deploy.removal import Removal
from apimlb.deploy.remover import APPEARS, SURELY, Remover, await_shown, clear, purge
from apimlb.deploy.rollout import Rollout, Visit
from apimlb.deploy.traffic import arrange
from apimlb.deploy.waiting import Wait, wait
from apimlb.deploy.writer import Writer, tasks_of
from apimlb.errors import ApimlbError, AuthError, CloudError, raise_first
from apimlb.stack import upgrades
from apimlb.stack.differences import Change
from apimlb.stack.names import Names
from apimlb.stack.planner import REMOVAL, Action, Plan, Revival, Step, plan
from apimlb.stack.resources import Json, Resource

EACH_FAILS = {"": Revival.FAIL}
_LOOK = 15.0
"""Seconds between looks for what does not show yet."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan, what it was made from, what would stop it, and what is worth knowing.

    `kept` are the resources whose soft-deleted namesakes somebody has to decide about, `hidden` those whose
    names are taken by nobody who shows; `quotas` are those that it draws on.
    """

    plan: Plan
    seen: Observed = field(repr=False)
    problems: tuple[ApimlbError, ...] = ()
    notices: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    kept: tuple[Resource, ...] = ()
    quotas: tuple[Row, ...] = ()
    hidden: tuple[Resource, ...] = ()

    @property
    def observed(self) -> Mapping[str, Json]:
        """What Azure has of what the stack wants, by lower-case id."""
        return self.seen.replies


@dataclass(frozen=True, slots=True)
class Applied:
    """How a plan's steps ended, and every resource's JSON by lower-case id."""

    outcome: Outcome
    replies: Mapping[str, Json] = field(repr=False)
    rollout: Rollout | None = field(default=None, repr=False)

    def verify(self) -> None:
        """That the gateway refuses strangers and every backend answers through it, where there is somebody to
        ask it; raises `NotReadyError` and `UnverifiedError`."""
        if self.rollout is not None:
            self.rollout.verify()


@dataclass(frozen=True, slots=True)
class Removed:
    """How a removal ended.

    `left` are the ids of others' resources, for which the group stays; `retained` those of soft-deleted ones.
    """

    outcome: Outcome
    left: tuple[str, ...] = ()
    retained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployer:
    """Works in one cloud. `progress` hears of each step; setting `stop` ends a run with `Interrupted`.

    `models` keeps lists of them, so that a deploy of nothing new need not ask.
    With a `visit` what is made is tried through the gateway, before traffic meets it and at the end. Without
    `waits` it is done with a deploy as soon as nothing is left but to wait for Azure. If it `retires`, what
    the stack has at gateways that it was in before goes.
    """

    cloud: Cloud
    clock: Clock
    progress: Callable[[Event], None] = lambda event: None
    stop: threading.Event = field(default_factory=threading.Event)
    journal: Journal | None = None
    claims: Claims | None = None
    visit: Visit | None = None
    waits: bool = True
    models: Models | None = None
    retires: bool = False

    def preview(
        self,
        resources: Sequence[Resource],
        *,
        checked: bool = True,
        revivals: Mapping[str, Revival] = EACH_FAILS,
        group: Json | None = None,
    ) -> Preview:
        """What a deploy would do; `checked=False` leaves out the questions about quotas, models and names.

        `revivals` say, by lower-case id, what becomes of soft-deleted namesakes; "" stands for all others.
        `group` is what Azure has of the resource group, where that was just read.
        """
        seen = survey(self.cloud, resources, group, retires=self.retires)
        observed, made = seen.replies, plan(resources, seen.replies, seen.strays)
        facts = facts_of.gather(self.cloud, made, observed, self.models) if checked else Facts()
        unregistered = providers.missing(self.cloud, providers.namespaces_of(made)) if checked else ()
        made = preflight.revived(made, facts, {**revivals, **self._begun()})
        around = surroundings.look_around(self.cloud, resources, seen)
        now = self.clock.now()
        rows = quotas.table(facts_of.demands_of(made, observed), facts.offers)
        nearest = "" if all(row.fits for row in rows) else self._nearest(made, observed, facts)
        return Preview(
            made,
            seen,
            (
                *hosting.problems(made, seen),
                *preflight.problems(made, observed, facts, now, seen.others, nearest),
            ),
            (
                *providers.notices(unregistered),
                *retirements.notices(retirements.retirements(resources, observed, facts.offers), now),
                *hosting.notices(resources, seen if not self.retires else replace(seen, former=())),
                *surroundings.notices(resources, seen, around),
                *removal.retentions(made),
                *rights.notices(made, facts.grants),
                *upgrades.notices(resources, observed),
                *facts.notes,
            ),
            unregistered,
            preflight.kept(made, facts),
            rows,
            preflight.hidden(made, facts),
        )

    def _nearest(self, plan: Plan, observed: Mapping[str, Json], facts: Facts) -> str:
        """What to do where the quotas are too small: the nearest allocation that fits, as a command."""
        others = sorted(facts.locations - facts.offers.keys())
        unread = [place for place in facts.offers if not facts.offers[place].usages]
        try:
            offers = {**facts.offers, **facts_of.offers_in(self.cloud, [*others, *unread])}
        except AuthError:
            return ""
        found = allocate(wants_of(plan, observed), offers, others)
        if not found.shares:
            return f"No region has as much as the least that it comes in. {QUOTA}"
        left_out = ", ".join(f"{name} {amount}" for name, amount in found.lacking.items())
        lacking = f", with so much less than is wanted: {left_out}," if left_out else ""
        return f"The nearest that fits{lacking} is `{found.command()}`."

    def undisturbed_preview(
        self,
        look: Callable[[], Json | None],
        wanted: Callable[[Json | None], Sequence[Resource]],
        revivals: Mapping[str, Revival] = EACH_FAILS,
    ) -> Preview:
        """The same once nobody else is at the stack, nor in the way of its names what was just deleted; who
        is, is told while it is waited for. `look` reads the resource group, by which is `wanted` what is."""
        end = self.clock.now() + SURELY
        while True:
            group = look()
            if self.claims is not None and self.claims.wait_for(self.claims.other(group)):
                continue
            made = self.preview(wanted(group), revivals=revivals, group=group)
            left = end - self.clock.now()
            if not made.hidden or left <= 0:
                return made
            why = "its name is taken; what was deleted a moment ago will show"
            wait(self.clock, Wait(made.hidden[0].label, why, _LOOK, left, trouble=True))

    def apply(self, preview: Preview) -> Applied:
        """Do what the preview says; raises its first problem, and `Interrupted` after a stop.

        Steps that failed are in the outcome: `outcome.raise_failure()`.
        """
        raise_first(preview.problems)
        registrar = Registrar(self.cloud, self.clock)
        self._run("register", providers.tasks_for(preview.unregistered), registrar.act).raise_failure()
        steps = {step.key: step for step in preview.plan.steps}
        removals = {s.removal_key: s for s in preview.plan.steps if s.removes or s.makes_room}
        known, tasks = dict(preview.observed), tasks_of(preview.plan)
        rollout = self._rollout(preview, tasks, known)
        releases = {} if rollout is None else {rollout.site.policy.lower(): rollout.release}
        writer = Writer(self.cloud, self.clock, steps, known, releases)

        def act(task: Task) -> None:
            if task.key in removals:
                self._remove(removals[task.key], preview.observed)
            elif rollout is not None and task.verb in traffic.VERBS:
                rollout.act(task)
            else:
                writer.act(task)

        made = rollout.arrangement.tasks if rollout else tasks
        tidy = partial(self._forget, preview) if preview.seen.forgotten else None
        outcome = self._run("deploy", made, act, lambda: self._require_still_so(preview), tidy)
        return Applied(outcome, writer.known, rollout)

    def _forget(self, preview: Preview) -> None:
        """Take the group's tags away that name gateways where the stack has nothing any more."""
        gone = preview.seen.forgotten
        [group] = [step.resource.id for step in preview.plan.steps if kind_of(step.key) == GROUP]
        tags = (self.cloud.get(group) or {}).get("tags") or {}
        self.cloud.patch(group, {"tags": {name: tag for name, tag in tags.items() if name not in gone}})

    def _require_still_so(self, preview: Preview) -> None:
        """Raises `Overtaken` where the plan would be another by now: somebody else was at the stack since."""
        if self.claims is None or not preview.observed:
            return
        wanted = [step.resource for step in preview.plan.steps if step.action is not Action.DELETE]
        seen = survey(self.cloud, wanted, retires=self.retires)
        if _gist(plan(wanted, seen.replies, seen.strays)) != _gist(preview.plan):
            raise Overtaken(
                "What Azure has changed after the plan was made",
                where=short(next(r.id for r in wanted if kind_of(r.id) == GROUP)),
                next_step="Run the same command again.",
            )

    def _rollout(self, preview: Preview, tasks: Sequence[Task], known: Mapping[str, Json]) -> Rollout | None:
        if self.visit is None:
            return None
        made = arrange(tasks, preview.plan, preview.observed, self.visit.site)
        return Rollout(self.cloud, self.clock, self.visit, made, known)

    def _remove(self, step: Step, observed: Mapping[str, Json]) -> None:
        """Take away what is not wanted, or what is made again: then its name has to be free at once."""
        id = step.resource.id
        if step.revival is Revival.PURGE:
            purge(self.cloud, self.clock, step.remains)
        elif step.action is Action.REPLACE:
            clear(self.cloud, self.clock, id, observed[step.key], purged=True)
        else:
            clear(self.cloud, self.clock, id, step.body, purged=False)

    def _begun(self) -> dict[str, Revival]:
        """What the last run, which was cut off, had begun to take away in order to make it again."""
        cut = self.journal.cut_off() if self.journal else None
        begun = [id.removesuffix(REMOVAL) for id in cut.ids if id.endswith(REMOVAL)] if cut else []
        return dict.fromkeys(begun, Revival.PURGE)

    def resize(
        self,
        resources: Sequence[Resource],
        wanted: int,
        *,
        accounts: Collection[str] = (),
        deployments: Collection[str] = (),
    ) -> tuple[CapacityChange, ...]:
        """Give deployments another capacity in place; what already has it is left alone.

        Returns all that were meant, also the unchanged; raises what `capacity.planned` and `change` raise.
        """
        changes = capacity.planned(self.cloud, resources, wanted, accounts, deployments)
        self.change(changes)
        return changes

    def change(self, changes: Sequence[CapacityChange]) -> None:
        """Change those that are needed; raises the first failure."""
        needed = {change.id.lower(): change for change in changes if change.is_needed}

        def act(task: Task) -> None:
            self.cloud.patch(needed[task.key].id, needed[task.key].body)

        self._run("set-capacity", capacity.tasks(tuple(needed.values())), act).raise_failure()

    def survey(self, resources: Sequence[Resource], stack: str, *, purge: bool) -> Removal:
        """What a destroy would take away; raises `NotFoundError` when there is nothing at all.

        To `purge`, an account that was deleted a moment ago is waited for until it shows as such.
        """
        if purge and self.journal:
            gone = self.journal.taken_away(self.clock.now() - sum(APPEARS))
            await_shown(self.cloud, self.clock, [id for id in gone if kind_of(id) == ACCOUNT])
        return removal.decide(removal.survey(self.cloud, resources), purge=purge, stack=stack)

    def destroy(self, what: Removal) -> Removed:
        """Take it away, and look that what was purged is gone.

        Raises `ConflictError` for a lock before anything is deleted, else the first failure, and `CloudError`
        for what is still there.
        """
        raise_first(list(refusals(what.locks, what="the deletion")))
        remover = Remover(self.cloud, self.clock, what)
        outcome = self._run("destroy", what.tasks, remover.act)
        outcome.raise_failure()
        remaining = remover.remaining()
        if remaining:
            names = ", ".join(short(id) for id in remaining)
            raise CloudError("Azure still keeps what was purged", where=names, next_step=AGAIN)
        return Removed(outcome, tuple(remover.left), what.retained)

    def _run(
        self,
        command: str,
        tasks: Sequence[Task],
        act: Callable[[Task], None],
        check: Callable[[], None] = lambda: None,
        tidy: Callable[[], None] | None = None,
    ) -> Outcome:
        """Do the tasks, after a `check` once the stack is claimed, where they change anything; `tidy` up
        while it still is, when all of them are done."""
        changes = tidy is not None or any(task.verb != KEEP for task in tasks)
        for task in tasks:
            self.progress(Event(task, State.PENDING, self.clock.now()))
        with self.claims.held() if self.claims and changes else nullcontext():
            if changes:
                check()
            # A destroy of nothing ends the one before that was cut off.
            told = self.journal if tasks or command == "destroy" else None
            with told.run(command, len(tasks)) if told else nullcontext():
                waits = self.waits or command != "deploy"
                outcome = run(tasks, act, clock=self.clock, notify=self._tell, stop=self.stop, wait=waits)
                if outcome.under_way and self.journal:
                    self.journal.leave()
                if tidy is not None and outcome.is_complete:
                    tidy()
                return outcome

    def _tell(self, event: Event) -> None:
        if self.claims:
            self.claims.hear(event)
        if self.journal:
            self.journal.record(event)
        self.progress(event)


def _gist(made: Plan) -> dict[str, tuple[Action, Sequence[Change]]]:
    """What a plan does to each resource, by lower-case id."""
    return {step.key: (step.action, step.changes) for step in made.steps}


def state_of(names: Names, endpoint: str, replies: Mapping[str, Json]) -> Json | None:
    """What `apimlb.deploy.state` keeps of a deployed stack, `None` while it has no gateway."""
    service = replies.get(names.service_id.lower())
    if service is None:
        return None
    accounts = [id for id in replies if kind_of(id) == ACCOUNT]
    return {
        "stack": names.stack.name,
        "gateway_url": names.address(service),
        "endpoint": endpoint,
        "subscription_id": names.subscription,
        "resource_group": names.group,
        "location": names.stack.location,
        "service": str(service["name"]),
        "accounts": sorted(str(replies[id].get("name") or names_of(id)[-1]) for id in accounts),
    }
