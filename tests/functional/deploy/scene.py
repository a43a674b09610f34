"""A stack under traffic: whoever deploys, and clients who call all the while."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apimlb.deploy.azure import Azure
from apimlb.deploy.cloud import Limits
from apimlb.deploy.deployer import Applied, Deployer, Preview
from apimlb.deploy.draining import Wanted
from apimlb.deploy.gateway import Answer
from apimlb.deploy.models import Models
from apimlb.deploy.rollout import Visit
from apimlb.http import Headers, Request
from apimlb.local.entra.tokens import Principal
from apimlb.render import render_all
from apimlb.stack.config import Stack, parse
from apimlb.stack.desired import resources
from apimlb.stack.draining import drained_in
from apimlb.stack.marks import identified
from apimlb.stack.names import Names
from apimlb.stack.planner import Revival
from apimlb.stack.probe import site
from apimlb.stack.resources import Json, Resource
from tests.functional.deploy.local_azure import LocalAzure
from tests.stacks import STACK, SUBSCRIPTION, TENANT

CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
KEY = "apimlb-default"
AUDIENCE = "https://cognitiveservices.azure.com"
BODY = b'{"model":"chat","messages":[{"role":"user","content":"Still there?"}],"max_completion_tokens":5}'


def preview(azure: LocalAzure, cloud: Azure, stack: Sequence[Resource]) -> Preview:
    """What a deploy of these resources would do."""
    return Deployer(cloud, azure.clock).preview(stack)


def deploy(azure: LocalAzure, cloud: Azure, stack: Sequence[Resource]) -> Applied:
    """Make of Azure what these resources say."""
    deployer = Deployer(cloud, azure.clock)
    applied = deployer.apply(deployer.preview(stack))
    applied.outcome.raise_failure()
    return applied


def destroy(
    azure: LocalAzure, cloud: Azure, stack: Sequence[Resource], name: str = STACK, *, purge: bool = True
) -> None:
    """Take away what the stack of that name has of these resources, and all else that is its own."""
    deployer = Deployer(cloud, azure.clock)
    deployer.destroy(deployer.survey(stack, name, purge=purge))


@dataclass
class Site:
    """A stack in a local Azure; `statuses` are what its clients got, once they have been let in; `keys`
    are those of accounts that take one; lists of models are kept in the `folder`, where there is one."""

    azure: LocalAzure
    limits: Limits = field(default_factory=Limits)
    statuses: Counter[int] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    keys: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def deploy(
        self, *, retires: bool = False, on_soft_deleted: str = "fail", **configuration: Any
    ) -> Applied:
        """Deploy the stack of this configuration, whatever goes with it, and try it."""
        stack = parse(configuration)
        names, cloud = Names(SUBSCRIPTION, stack), self.azure.connected()
        group = cloud.get(names.group_id)
        wanted = self.wanted(stack, group)(drained_in(group, stack))
        models = Models(cloud, self.azure.clock, self.folder, SUBSCRIPTION) if self.folder else None
        deployer = Deployer(cloud, self.azure.clock, visit=self.visit(stack), models=models, retires=retires)
        preview = deployer.preview(wanted, group=group, revivals={"": Revival(on_soft_deleted)})
        applied = deployer.apply(preview)
        applied.outcome.raise_failure()
        applied.verify()
        return applied

    def destroy(self, *, purge: bool = True, **configuration: Any) -> None:
        """Take the stack of this configuration away."""
        stack = parse(configuration)
        destroy(self.azure, self.azure.connected(), self.wanted(stack)(frozenset()), stack.name, purge=purge)

    def wanted(self, stack: Stack, group: Json | None = None) -> Wanted:
        """What the stack wants, for any accounts that are drained; `group` is what there is of it."""
        id, policies = Names(SUBSCRIPTION, stack).group_id, render_all(stack)
        mark = identified(stack.name, id, group or self.azure.connected().get(id), stack.location)
        return lambda out: resources(stack, SUBSCRIPTION, policies, mark, out, self.keys)

    def visit(self, stack: Stack) -> Visit:
        """How whoever deploys asks the gateway."""
        return Visit(self, site(Names(SUBSCRIPTION, stack), TENANT), self.limits)

    def ask(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Answer:
        """What whoever deploys is answered by the gateway."""
        answered = self.azure.call(Request(method, url, headers, body))
        return Answer(answered.status, answered.headers)

    def serve(self, stack: Stack, client: str = "", path: str = CHAT, key: str = KEY) -> None:
        """From now on a client calls `path` whenever whoever deploys does anything: with the key, or with a
        token of the application with the id `client`."""
        service = Names(SUBSCRIPTION, stack).service_id
        sent = ("api-key", self.azure.primary_key(f"{service}/subscriptions/{key}"))
        content = ("Content-Type", "application/json")
        entra, who = self.azure.world.entra, Principal(client, client)
        url = f"https://{service.rpartition('/')[2]}.azure-api.net{path}"

        def call(request: Request) -> None:
            token = ("Authorization", f"Bearer {entra.mint(who, AUDIENCE)}")
            headers = Headers([token if client else sent, content])
            answered = self.azure.call(Request("POST", url, headers, BODY))
            self.statuses[answered.status] += 1
            if answered.status != 200:
                self.notes.append(f"{answered.status} before {request.method} {request.path[-70:]}")

        def waiting() -> None:
            if not self.azure.is_asking():
                call(Request("GET", "pause"))

        self.azure.before = call
        self.azure.clock.meanwhile = waiting

    def rest(self) -> None:
        """From now on no client calls any more."""
        self.azure.before, self.azure.clock.meanwhile = (lambda request: None), (lambda: None)

    def settle(self) -> None:
        """Ten minutes in which clients go on: by then all that was written has arrived."""
        for _ in range(200):
            self.azure.clock.pause(3)

    def models(self) -> Mapping[str, str]:
        """The model of each account's chat deployment."""
        kept = self.azure.world.store.of_kind("microsoft.cognitiveservices/accounts/deployments")
        chats = [each for each in kept if each.id.endswith("/chat")]
        return {each.id.split("/")[-3]: each.body["properties"]["model"]["name"] for each in chats}
