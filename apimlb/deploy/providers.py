"""Resource providers: which of them a plan needs, and their registration in the subscription.

A subscription that has never had a gateway or an account has not registered their providers, and Azure
refuses every write with MissingSubscriptionRegistration until somebody does. It takes minutes, once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.executor import Task
from apimlb.deploy.patience import patience_for
from apimlb.deploy.reads import each
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import AuthError, CloudError
from apimlb.stack.planner import Action, Plan

REGISTER = "register"
_ALWAYS = frozenset({"Microsoft.Resources", "Microsoft.Authorization"})
_REGISTERED = "Registered"


def namespaces_of(plan: Plan) -> tuple[str, ...]:
    """The providers of what the plan creates, but for those that every subscription has."""
    made = {step.resource.type.split("/")[0] for step in plan.of(Action.CREATE)}
    return tuple(sorted(made - _ALWAYS))


def missing(cloud: Cloud, namespaces: Iterable[str]) -> tuple[str, ...]:
    """Those that are not registered, as far as this login may know."""

    def state(name: str) -> str:
        try:
            return cloud.registration(name)
        except AuthError:
            return _REGISTERED

    return tuple(name for name, found in each(state, namespaces).items() if found != _REGISTERED)


def notices(namespaces: Iterable[str]) -> tuple[str, ...]:
    """What is worth knowing about them before a deploy."""
    return tuple(f"The subscription does not have {name} yet: a deploy registers it." for name in namespaces)


def tasks_for(namespaces: Iterable[str]) -> tuple[Task, ...]:
    """Their registrations for the executor, all at once."""
    return tuple(Task(name, f"provider {name}", REGISTER) for name in namespaces)


@dataclass(frozen=True, slots=True)
class Registrar:
    """Registers providers in the subscription."""

    cloud: Cloud
    clock: Clock

    def act(self, task: Task) -> None:
        """Register the provider that the task's key names, and wait; `CloudError` at the deadline."""
        patience = patience_for("microsoft.resources/providers")
        end = self.clock.now() + patience.deadline
        self.cloud.register(task.key)
        for seconds in patience.looks():
            state = self.cloud.registration(task.key)
            if state == _REGISTERED:
                return
            left = end - self.clock.now()
            if left < seconds:
                break
            wait(self.clock, Wait(task.label, f"Azure is at work: {state}", seconds, left))
        raise CloudError(
            f"Azure has not registered {task.key} after {patience.deadline / 60:.0f} minutes",
            where=task.label,
            next_step=f"See `az provider show --namespace {task.key}`, then run the same command again.",
        )
