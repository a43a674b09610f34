"""Carries out one step of a plan: waits for what is under way, fills in what Azure assigned, writes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud, is_settled, state_of
from apimlb.deploy.executor import Task
from apimlb.deploy.ids import ACCOUNT, ROLE_ASSIGNMENT, SERVICE, kind_of, short
from apimlb.errors import CloudError
from apimlb.stack.planner import Action, Plan, Step
from apimlb.stack.resources import Json, resolve

PATCHED = frozenset({SERVICE, ACCOUNT})
"""What is changed field by field, because a PUT would reset fields that others set."""

REPLACED = frozenset({ROLE_ASSIGNMENT})
"""What Azure does not let change: it is deleted and made again (code RoleAssignmentUpdateNotPermitted)."""

SETTLE_SECONDS = 7200.0
_LONGEST_LOOK = 15.0
_BROKEN = frozenset({"failed", "canceled"})


def tasks_of(plan: Plan) -> tuple[Task, ...]:
    """The plan's steps for the executor."""
    return tuple(_task(step) for step in plan.steps)


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
        there = self._settled(step)
        if there is None or state_of(there) in _BROKEN:
            reply = self.cloud.put(step.resource.id, self._filled(step.body, step))
        elif step.action is Action.KEEP:
            reply = there
        else:
            reply = self._update(step)
        self.known[task.key] = reply

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
    """The resource when Azure is done with it, `None` when it is gone; `CloudError` after two hours."""
    end = clock.now() + SETTLE_SECONDS
    for pause in _looks():
        there = cloud.get(id)
        if there is None or is_settled(there):
            return there
        if clock.now() > end:
            break
        clock.pause(pause)
    raise CloudError("Azure does not finish it", where=short(id), next_step="See its state in the portal.")


def _looks() -> Iterator[float]:
    seconds = 1.0
    while True:
        yield seconds
        seconds = min(_LONGEST_LOOK, seconds * 2)
