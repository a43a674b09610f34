"""A stack as `apimlb deploy` leaves it, on a clock that is moved by hand, and a client in front of it.

Deployed once for each configuration, by the deployer and Microsoft's SDK; every story starts from a copy.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from apimlb.clock import Clock
from apimlb.deploy.deployer import Deployer
from apimlb.http import Headers, Request, Response, read
from apimlb.local.openai.plane import Count
from apimlb.local.store import Document, Store
from apimlb.local.world import World, WorldSettings
from apimlb.render import render_all
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from tests.fakes import ManualClock
from tests.functional.deploy.local_azure import LocalAzure
from tests.signing import provide_key
from tests.stacks import SUBSCRIPTION, TENANT

CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
EMBEDDINGS = "/openai/deployments/embedding/embeddings?api-version=2024-10-21"
V1_CHAT = "/openai/v1/chat/completions"
V1_RESPONSES = "/openai/v1/responses"
DATED_RESPONSES = "/openai/responses?api-version=2025-03-01-preview"
REGIONS = ["eastus2", "swedencentral", "westus3"]
KEY = "apimlb-default"

LIKELY = WorldSettings(TENANT, SUBSCRIPTION)
WORLDS = {"likely": LIKELY, "adverse": LIKELY.adverse()}
"""Azure as it probably is, and as it would be worst for a gateway that fails over."""


@dataclass
class Reply:
    """What the client got, read to its end."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self) -> list[str]:
        return [line[6:] for line in self.body.decode().splitlines() if line.startswith("data: ")]


@dataclass
class Stage:
    """The world with the stack in it; `call` is a client with the stack's key."""

    settings: WorldSettings
    documents: tuple[Document, ...]
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.store = Store()
        for document in self.documents:
            self.store.put(document)
        provide_key(self.store)
        self.world = World(self.store, self.clock, random.Random(7), self.settings)
        [service] = self.store.of_kind("microsoft.apimanagement/service")
        self.origin = f"https://{service.body['name']}.azure-api.net"
        held = self.store.get(f"{service.id}/subscriptions/{KEY}")
        assert held is not None
        self.key = str(held.hidden["primaryKey"])
        for place in self.places.values():
            self.limit(place, tokens=1_000_000)

    async def send(
        self, path: str = CHAT, body: object = None, *, method: str = "POST", **headers: str
    ) -> Response:
        """The response with its stream still running; header names are written with underscores."""
        headers = headers or {"api_key": self.key}
        named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        if "Content-Type" not in named:
            named.set("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else json.dumps(self.chat() if body is None else body).encode()
        data = data if method == "POST" else b""
        return await self.world.send(Request(method, self.origin + path, named, data))

    async def call(
        self, path: str = CHAT, body: object = None, *, method: str = "POST", **headers: str
    ) -> Reply:
        response = await self.send(path, body, method=method, **headers)
        return Reply(response.status, response.headers, await read(response))

    @staticmethod
    def chat(**more: object) -> dict[str, object]:
        asked = {"model": "chat", "messages": [{"role": "user", "content": "Why three accounts?"}]}
        return {"max_completion_tokens": 100, **asked, **more}

    @property
    def places(self) -> dict[str, str]:
        """The region of each account, by the account's name."""
        kept = self.store.of_kind("microsoft.cognitiveservices/accounts")
        return {item.id.rpartition("/")[2]: item.body["location"].replace(" ", "").lower() for item in kept}

    def account(self, location: str) -> str:
        """The name of the account in this region."""
        return next(name for name, place in self.places.items() if place == location)

    def limit(self, location: str, *, tokens: int, requests: int = 10_000, deployment: str = "chat") -> None:
        """What the account's deployment may use: tokens and requests a minute."""
        kept = self.store.of_kind("microsoft.cognitiveservices/accounts/deployments")
        suffix = f"/{self.account(location)}/deployments/{deployment}".lower()
        found = next(each for each in kept if each.id.lower().endswith(suffix))
        limits = [("token", tokens), ("request", requests)]
        rules = [{"key": key, "count": count, "renewalPeriod": 60} for key, count in limits]
        properties = {**found.body["properties"], "rateLimits": rules}
        body = {**found.body, "properties": properties}
        self.store.put(Document(found.id, found.kind, body, found.hidden, found.etag))

    def counts(self) -> dict[str, Count]:
        """What happened at each account's chat deployment, by region."""
        rows = {
            standing.count.account: standing.count
            for standing in self.world.openai.standings()
            if standing.count.deployment == "chat"
        }
        return {place: rows.get(name, Count(name, "chat")) for name, place in self.places.items()}


def stage(settings: WorldSettings = LIKELY, *drained: str, **configuration: object) -> Stage:
    """A stage with the stack of this configuration (the fields of `apimlb.toml`), some accounts drained."""
    return Stage(settings, _deployed(json.dumps(configuration, sort_keys=True), frozenset(drained)))


@cache
def _deployed(configuration: str, drained: frozenset[str]) -> tuple[Document, ...]:
    stack = parse(json.loads(configuration))
    azure = LocalAzure()
    try:
        clock: Clock = azure.clock
        deployer = Deployer(azure.connected(), clock)
        wanted = resources(stack, SUBSCRIPTION, render_all(stack), drained=drained)
        deployer.apply(deployer.preview(wanted)).outcome.raise_failure()
        return tuple(azure.world.store.descendants(""))
    finally:
        azure.close()


Raise = Callable[..., Stage]
"""`stage` in the world and with the strategy of a run."""
