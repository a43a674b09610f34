"""Builds what a command works with: the stack, the cloud it is in, and what the stack wants there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apimlb.cli.options import Common
from apimlb.cli.prose import say
from apimlb.cli.stack_settings import stack_of
from apimlb.cli.workspace import Workspace
from apimlb.clock import Clock
from apimlb.deploy.azure import connect
from apimlb.deploy.cloud import Cloud, Limits, Target
from apimlb.deploy.draining import Wanted
from apimlb.deploy.gateway import HttpGateway
from apimlb.deploy.login import subscription
from apimlb.deploy.rollout import Visit
from apimlb.errors import AuthError
from apimlb.local import process
from apimlb.render import check, filled_in
from apimlb.stack.config import Stack
from apimlb.stack.desired import resources
from apimlb.stack.draining import drained_in, require_one_left
from apimlb.stack.marks import Mark, identified
from apimlb.stack.names import Names
from apimlb.stack.planner import POLICY, Action, Plan, kind_of
from apimlb.stack.probe import site
from apimlb.stack.resources import Json, Resource
from apimlb.wall_clock import SystemClock


@dataclass(frozen=True, slots=True)
class Session:
    """One command's stack and cloud."""

    workspace: Workspace
    clock: Clock
    stack: Stack
    target: Target
    cloud: Cloud
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def reread(self) -> "Session":
        """The same with the file as it is now: another command may have changed it meanwhile."""
        return replace(self, stack=stack_of(self.workspace, self.overrides))

    @property
    def names(self) -> Names:
        return Names(self.target.subscription_id, self.stack)

    @property
    def where(self) -> str:
        """The place as a person reads it."""
        place = "the local Azure" if self.workspace.local else f"subscription {self.target.subscription_id}"
        return f"{place}, resource group {self.names.group}"

    def group(self) -> Json | None:
        """What Azure has of the stack's resource group."""
        return self.cloud.get(self.names.group_id)

    def desired(self, group: Json | None) -> tuple[Resource, ...]:
        """What the stack has in Azure as it is wanted, but for accounts that somebody drained: the group that
        Azure has knows of them."""
        out = drained_in(group, self.stack)
        require_one_left(self.stack, out)
        return self.wanted(group)(out)

    def wanted(self, group: Json | None) -> Wanted:
        """The same for any accounts that are out."""
        if group is None:
            self._require_subscription()
        policies, mark = filled_in(self.stack), self._mark(group)
        given = {a.name: os.environ[a.key_from] for a in self.stack.accounts if os.environ.get(a.key_from)}
        return lambda out: resources(self.stack, self.target.subscription_id, policies, mark, out, given)

    def _require_subscription(self) -> None:
        if self.cloud.get(f"/subscriptions/{self.target.subscription_id}") is None:
            raise AuthError(
                "Azure has no such subscription, or does not show it to you.",
                where=self.target.subscription_id,
                next_step="Run `az account list`, then choose one with --subscription.",
            )

    def check(self, plan: Plan) -> None:
        """Compile the policies that the plan writes; raises `PolicyError` for one that Azure would refuse."""
        for step in plan.of(Action.CREATE, Action.UPDATE, Action.REPLACE):
            if kind_of(step.resource) == POLICY:
                check(self.stack, step.resource.body["properties"]["value"])

    def visit(self) -> Visit:
        """How the gateway is asked whether what a deploy made works."""
        asked = site(self.names, self.target.tenant_id or "common")
        return Visit(HttpGateway(), asked, self.target.limits)

    def _mark(self, group: Json | None) -> Mark:
        """What everything of the stack carries."""
        return identified(self.stack.name, self.names.group_id, group, self.stack.location)


def open_session(
    said: Common, *, overrides: Mapping[str, Any] | None = None, start_local: bool = False
) -> Session:
    """Connect to the cloud of the stack that is meant; with `start_local` a local Azure is started."""
    clock, place = SystemClock(), said.place
    stack = stack_of(place, overrides or {})
    target = _local(place, start_local) if place.local else _azure(said.subscription)
    return Session(place, clock, stack, target, connect(target, clock), overrides or {})


def _azure(chosen: str) -> Target:
    found = subscription(os.environ, chosen=chosen)
    return Target(found.id, tenant_id=found.tenant_id)


def _local(place: Workspace, start: bool) -> Target:
    endpoint = process.read(place.local_azure) if start else process.running(place.local_azure)
    if endpoint is None:
        endpoint = process.start(place.local_azure)
        say(f"Started the local Azure: gateway {endpoint.gateway_url}, ARM {endpoint.arm_url}.")
    return Target(
        endpoint.subscription_id,
        endpoint=endpoint.arm_url,
        authority=endpoint.arm_url,
        tenant_id=endpoint.tenant_id,
        client_id=endpoint.client_id,
        client_secret=endpoint.client_secret,
        ca_file=endpoint.ca,
        limits=Limits(steady=endpoint.spread, drain=endpoint.spread),
    )
