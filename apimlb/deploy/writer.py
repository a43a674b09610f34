"""Carries out one step of a plan: waits for what is under way, fills in what Azure assigned, writes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from apimlb.clock import Clock
from apimlb.deploy.claims import Overtaken
from apimlb.deploy.cloud import Cloud, is_settled, state_of
from apimlb.deploy.executor import Task
from apimlb.deploy.ids import ACCOUNT, GROUP, SERVICE, kind_of, short
from apimlb.deploy.patience import patience_for
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import CloudError
from apimlb.stack.merging import part
from apimlb.stack.planner import Action, Plan, Revival, Step, step_for
from apimlb.stack.resources import Json, resolve

PATCHED = frozenset({SERVICE, ACCOUNT})
"""What is changed field by field, because a PUT would reset fields that others set."""

_BROKEN = frozenset({"failed", "canceled"})
_STALE = 412


def tasks_of(made: Plan) -> tuple[Task, ...]:
    """The plan's steps for the executor; a replacement is two of them, a removal and a creation."""
    return tuple(task for step in made.steps for task in _tasks(step))


def _tasks(step: Step) -> Iterator[Task]:
    resource = step.resource
    label, exclusive = resource.label or short(resource.id), resource.exclusive.lower()
    if not step.makes_room:
        yield Task(step.key, label, str(step.action), step.needs, exclusive)
        return
    verb = str(step.revival or Action.DELETE)
    yield Task(step.removal_key, label, verb, step.removal_needs, exclusive)
    yield Task(step.key, label, str(Action.CREATE), step.needs | {step.removal_key}, exclusive)


@dataclass(frozen=True, slots=True)
class Writer:
    """Does a plan's steps; `known` holds replies by lower-case id and grows by what each step brings.

    `releases` are for what is changed otherwise than by a PUT in its place, by lower-case id.
    """

    cloud: Cloud
    clock: Clock
    steps: Mapping[str, Step]
    known: dict[str, Json]
    releases: Mapping[str, Callable[[Json], None]] = field(default_factory=dict)

    def act(self, task: Task) -> None:
        """Do the step with the task's key; raises what the cloud raises."""
        step = self.steps[task.key]
        end = self.clock.now() + patience_for(kind_of(step.resource.id)).deadline
        for seconds in patience_for(kind_of(step.resource.id)).looks():
            try:
                self.known[task.key] = self._done(step)
            except CloudError as error:
                left = end - self.clock.now()
                if error.status != _STALE or left < seconds:
                    raise
                wait(self.clock, Wait(error.where, error.what, seconds, left, trouble=True))
                step = self._again(step)
            else:
                return

    def _done(self, step: Step) -> Json:
        if step.resource.adopted:
            return self.known[step.key]
        there = self._settled(step)
        if step.action is Action.CREATE and kind_of(step.key) == GROUP:
            self._refuse_overtaken(step)
        if there is None and step.revival is Revival.RESTORE:
            there = self.cloud.put(step.resource.id, _restoring(self._filled(step.resource.body, step)))
            step = self._against(step, there)
        elif there is None and self._came_back(step):
            there = self.cloud.get(step.resource.id)
            step = self._against(step, there) if there is not None else step
        return self._written(step, there)

    def _refuse_overtaken(self, step: Step) -> None:
        """A group that is there by now is another run's, and so is the stack's id in it."""
        if self.cloud.get(step.resource.id) is not None:
            raise Overtaken(
                "Another command has begun to make this stack",
                where=short(step.resource.id),
                next_step="Run the same command again.",
            )

    def _written(self, step: Step, there: Json | None) -> Json:
        if there is None or state_of(there) in _BROKEN:
            return self.cloud.put(step.resource.id, self._filled(step.resource.body, step))
        if step.action is Action.KEEP:
            return there
        if step.action is Action.REPLACE:
            self.cloud.delete(step.resource.id)
            return self.cloud.put(step.resource.id, self._filled(step.resource.body, step))
        return self._update(step, there)

    def _came_back(self, step: Step) -> bool:
        """Whether it is in something that was restored, and so may be there again."""
        restored = [s.key for s in self.steps.values() if s.revival is Revival.RESTORE]
        return any(step.key.startswith(f"{key}/") for key in restored)

    def _again(self, step: Step) -> Step:
        """The step by what is there now: somebody has changed it since it was read."""
        there = self.cloud.get(step.resource.id)
        self.known.pop(step.key, None)
        if there is not None:
            self.known[step.key] = there
        return self._against(step, there)

    def _against(self, step: Step, there: Json | None) -> Step:
        """The step as it would have been planned, had `there` been there; raises `Overtaken` where that takes
        away what nobody has agreed to: another plan asks."""
        others = {key: body for key, body in self.known.items() if key != step.key}
        found = step_for(step.resource, others | ({step.key: there} if there is not None else {}))
        if found.is_guarded:
            raise Overtaken(
                f"The {step.resource.label or step.resource.name} came back otherwise than it can be made",
                where=short(step.resource.id),
                next_step="Run the same command again: its plan says what becomes of it.",
            )
        return replace(step, action=found.action, body=found.body, changes=found.changes)

    def _settled(self, step: Step) -> Json | None:
        """The resource once nobody is at work on it, as when an earlier run was cut off."""
        made = step.action in (Action.CREATE, Action.REPLACE)
        there = None if made else self.known.get(step.resource.key)
        return (
            there if there is None or is_settled(there) else settle(self.cloud, self.clock, step.resource.id)
        )

    def _update(self, step: Step, there: Json) -> Json:
        """Write what changes into what Azure has, as long as nobody has changed it since."""
        id = step.resource.id
        if kind_of(id) in PATCHED:
            return self.cloud.patch(id, self._filled(part(step.body, step.changes), step))
        if step.key in self.releases:
            self.releases[step.key](self._filled(step.body, step))
            return self.cloud.get(id) or there
        return self.cloud.put(id, self._filled(step.body, step), str(there.get("etag") or ""))

    def _filled(self, body: Json, step: Step) -> Json:
        try:
            filled: Json = resolve(body, self.known)
        except LookupError as error:
            raise CloudError(
                f"Azure did not say what {step.resource.label or step.resource.name} needs: {error}",
                where=short(step.resource.id),
                next_step="Run the same command again.",
            ) from error
        return filled


def _restoring(body: Json) -> Json:
    """What brings a soft-deleted resource back; all else in it is not looked at."""
    return {**body, "properties": {**(body.get("properties") or {}), "restore": True}}


def settle(cloud: Cloud, clock: Clock, id: str) -> Json | None:
    """The resource once Azure is done with it, `None` when it is gone; `CloudError` at the deadline."""
    patience = patience_for(kind_of(id))
    end = clock.now() + patience.deadline
    for seconds in patience.looks():
        there = cloud.get(id)
        if there is None or is_settled(there):
            return there
        left = end - clock.now()
        if left < 0:
            break
        wait(clock, Wait(short(id), f"Azure is at work: {state_of(there)}", seconds, left))
    raise CloudError("Azure does not finish it", where=short(id), next_step="See its state in the portal.")
