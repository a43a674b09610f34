"""Carries out one step of a plan: waits for what is under way, fills in what Azure assigned, writes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud, is_settled, state_of
from apimlb.deploy.executor import Task
from apimlb.deploy.ids import ACCOUNT, ROLE_ASSIGNMENT, SERVICE, kind_of, short
from apimlb.deploy.patience import patience_for
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import CloudError
from apimlb.stack.planner import Action, Plan, Step, plan
from apimlb.stack.resources import Json, resolve

PATCHED = frozenset({SERVICE, ACCOUNT})
"""What is changed field by field, because a PUT would reset fields that others set."""

REPLACED = frozenset({ROLE_ASSIGNMENT})
"""What Azure does not let change: it is deleted and made again (code RoleAssignmentUpdateNotPermitted)."""

_BROKEN = frozenset({"failed", "canceled"})
_STALE = 412


def tasks_of(made: Plan) -> tuple[Task, ...]:
    """The plan's steps for the executor."""
    return tuple(_task(step) for step in made.steps)


def _task(step: Step) -> Task:
    resource = step.resource
    return Task(
        key=resource.key,
        label=resource.label or short(resource.id),
        verb=str(step.action),
        needs=frozenset(need.lower() for need in resource.needs),
        exclusive=resource.exclusive.lower(),
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Does a plan's steps; `known` holds replies by lower-case id and grows by what each step brings."""

    cloud: Cloud
    clock: Clock
    steps: Mapping[str, Step]
    known: dict[str, Json]

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
        there = self._settled(step)
        if there is None or state_of(there) in _BROKEN:
            return self.cloud.put(step.resource.id, self._filled(step.body, step))
        return there if step.action is Action.KEEP else self._update(step)

    def _again(self, step: Step) -> Step:
        """The step by what is there now: somebody has changed it since it was read."""
        resource = step.resource
        there = self.cloud.get(resource.id)
        observed = {key: body for key, body in self.known.items() if key != resource.key}
        if there is not None:
            self.known[resource.key] = observed[resource.key] = there
        return plan([replace(resource, needs=frozenset())], observed).steps[0]

    def _settled(self, step: Step) -> Json | None:
        """The resource once nobody is at work on it, as when an earlier run was cut off."""
        there = None if step.action is Action.CREATE else self.known.get(step.resource.key)
        return (
            there if there is None or is_settled(there) else settle(self.cloud, self.clock, step.resource.id)
        )

    def _update(self, step: Step) -> Json:
        kind = kind_of(step.resource.id)
        if kind in REPLACED:
            self.cloud.delete(step.resource.id)
        if kind not in PATCHED:
            return self.cloud.put(step.resource.id, self._filled(step.body, step))
        changed = {change.path.split(".")[0].split("[")[0] for change in step.changes}
        part = {name: value for name, value in step.body.items() if name in changed}
        return self.cloud.patch(step.resource.id, self._filled(part, step))

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
