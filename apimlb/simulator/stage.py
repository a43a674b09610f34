"""A stack as a deploy leaves it, in a local Azure of its own on a virtual clock.

The stack's resources go through the local ARM, so that what is simulated is what ARM accepts: the policy is
compiled there, and a mistake in it is its `PolicyError`.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from apimlb.errors import CloudError
from apimlb.http import Headers, Request, read
from apimlb.local.entra.keys import SigningKey
from apimlb.local.entra.tokens import Principal
from apimlb.local.openai.plane import Metering
from apimlb.local.store import Document, Store
from apimlb.local.world import ARM_ORIGIN, OWNER, SUBSCRIPTION_ID, World, WorldSettings
from apimlb.simulator.candidate import Candidate
from apimlb.simulator.clock import VirtualClock
from apimlb.stack.access import SUBSCRIPTION
from apimlb.stack.desired import resources
from apimlb.stack.names import Names
from apimlb.stack.resources import Resource, resolve

START = 1_800_000_000.0
"""When every simulation begins: a full minute, in seconds since the Unix epoch."""
DEPLOYMENT = "chat"
CHAT = f"/openai/deployments/{DEPLOYMENT}/chat/completions?api-version=2024-10-21"

_VERSIONS = {"microsoft.cognitiveservices": "2025-09-01"}
_VERSION = "2024-05-01"
"""The api-version for the providers that are not among these."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The world, and what a client needs to know of the stack in it."""

    world: World
    clock: VirtualClock
    origin: str
    key: str
    accounts: Sequence[Document]
    deployments: Sequence[Document]

    def request(self, body: bytes) -> Request:
        """A chat completion as a client of the stack asks for it."""
        headers = Headers([("Content-Type", "application/json"), ("api-key", self.key)])
        return Request("POST", self.origin + CHAT, headers, body)

    def standings(self) -> list[Metering]:
        """How the chat deployment of each account stands, in the stack's order."""
        return [self.world.openai.metering(account, DEPLOYMENT) for account in self.accounts]


def build(candidate: Candidate, settings: WorldSettings, seed: int, key: SigningKey) -> Stage:
    """A stage with the candidate's stack and its policy on the API; raises `CloudError` for what ARM
    refuses."""
    stack = candidate.stack
    names = Names(SUBSCRIPTION_ID, stack)
    clock = VirtualClock(START)
    world = World(Store(), clock, random.Random(seed), settings, key=key)
    wanted = resources(stack, SUBSCRIPTION_ID, candidate.policies(names))
    clock.complete(_provision(world, candidate.resources(wanted, names)))
    subscription = _document(world, f"{names.service_id}/subscriptions/{SUBSCRIPTION}")
    accounts = [_document(world, names.account_id(account)) for account in stack.accounts]
    deployments = [_document(world, names.deployment_id(each, DEPLOYMENT)) for each in stack.accounts]
    origin = f"https://{names.service}.azure-api.net"
    return Stage(world, clock, origin, str(subscription.hidden["primaryKey"]), accounts, deployments)


def _document(world: World, id: str) -> Document:
    found = world.store.get(id)
    if found is None:
        raise CloudError("The local Azure did not keep a resource that it made.", where=id)
    return found


async def _provision(world: World, wanted: Sequence[Resource]) -> None:
    """PUT every resource once those that it needs are there."""
    owner = Principal(OWNER.client_id, OWNER.object_id)
    headers = [("Authorization", f"Bearer {world.entra.mint(owner, ARM_ORIGIN)}")]
    replies: dict[str, Any] = {}
    left = list(wanted)
    while left:
        ready = [each for each in left if all(need.lower() in replies for need in each.needs)]
        for resource in ready:
            if resource.type.lower().endswith("/products/apis"):  # a link, which has no body
                await _arm(world, headers, "PUT", resource.id)
                replies[resource.key] = {}
                continue
            body = resolve(resource.body, replies)
            await _arm(world, headers, "PUT", resource.id, body)
            replies[resource.key] = await _shown(world, headers, resource)
        left = [each for each in left if each not in ready]


async def _shown(world: World, headers: Sequence[tuple[str, str]], resource: Resource) -> Mapping[str, Any]:
    shown = await _arm(world, headers, "GET", resource.id)
    if resource.type.lower() == "microsoft.apimanagement/service/subscriptions":
        shown |= await _arm(world, headers, "POST", f"{resource.id}/listSecrets")
    return shown


async def _arm(
    world: World, headers: Sequence[tuple[str, str]], method: str, id: str, body: Any = None
) -> dict[str, Any]:
    content = b"" if body is None else json.dumps(body).encode()
    provider = id.lower().rpartition("/providers/")[2].split("/")[0]
    url = f"{ARM_ORIGIN}{quote(id)}?api-version={_VERSIONS.get(provider, _VERSION)}"
    typed = [*headers, ("Content-Type", "application/json")] if content else headers
    response = await world.send(Request(method, url, Headers(typed), content))
    answer = await read(response)
    if response.status >= 300:
        raise CloudError(_said(answer), where=id.rpartition("/providers/")[2], status=response.status)
    return dict(json.loads(answer)) if answer else {}


def _said(answer: bytes) -> str:
    """ARM's own words, without their envelope."""
    error = json.loads(answer).get("error") or {}
    details = [str(each.get("message", "")) for each in error.get("details") or ()]
    return " ".join(details) or str(error.get("message", ""))
