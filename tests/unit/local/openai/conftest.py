"""An account with a chat and an embeddings deployment, and a caller to ask them."""

import json
import random
from dataclasses import dataclass, field

import pytest

from apimlb.http import Headers, Request, Response, read
from apimlb.local.openai.access import BearerRefused
from apimlb.local.openai.plane import OpenAIPlane
from apimlb.local.openai.switches import Settings
from apimlb.local.store import Document, Store
from tests.fakes import ManualClock

ACCOUNT_KIND = "microsoft.cognitiveservices/accounts"
GROUP = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts"


@dataclass
class Reply:
    """A response read to its end."""

    status: int
    headers: Headers
    chunks: list[bytes]

    @property
    def json(self):
        return json.loads(b"".join(self.chunks))

    @property
    def error(self):
        return self.json["error"]

    @property
    def events(self):
        """The JSON of every `data:` line, without the closing [DONE], which must be there."""
        lines = [line for line in b"".join(self.chunks).decode().split("\n") if line.startswith("data: ")]
        assert lines[-1] == "data: [DONE]"
        return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


@dataclass
class Rig:
    """The plane on a clock that is moved by hand; "good" is the only token that holds, of principal "p"."""

    settings: Settings = field(default_factory=Settings)
    clock: ManualClock = field(default_factory=ManualClock)
    store: Store = field(default_factory=Store)
    roles: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self):
        self.plane = OpenAIPlane(
            self.store,
            self.clock,
            random.Random(1),
            verify=self._verify,
            allowed=lambda principal, account: (principal, account) in self.roles,
            settings=self.settings,
        )

    def _verify(self, token):
        if token != "good":
            raise BearerRefused(token)
        return {"oid": "p"}

    def called(self):
        """The counts of the deployments that were called."""
        counts = [standing.count for standing in self.plane.standings()]
        return [count for count in counts if count.calls]

    def account(self, name="east", **properties):
        id = f"{GROUP}/{name}"
        named = {"customSubDomainName": name, **properties}
        body = {"location": "swedencentral", "kind": "OpenAI", "properties": named}
        self.store.put(Document(id, ACCOUNT_KIND, body, {"key1": "k1", "key2": "k2"}))
        self.roles.add(("p", id))
        return id

    def deploy(self, name="chat", account="east", *, model="gpt-5.1", version="2025-11-13", **body):
        """A deployment; `tokens` and `requests` are (count, seconds) of its rate limits."""
        limits = [
            {"key": key, "count": count, "renewalPeriod": seconds}
            for key in ("token", "request")
            if (rate := body.pop(f"{key}s", None))
            for count, seconds in [rate]
        ]
        properties = {"model": {"format": "OpenAI", "name": model, "version": version}, **body}
        if limits:
            properties["rateLimits"] = limits
        id = f"{GROUP}/{account}/deployments/{name}"
        sku = body.pop("sku", {"name": "GlobalStandard", "capacity": 100})
        self.store.put(Document(id, f"{ACCOUNT_KIND}/deployments", {"sku": sku, "properties": properties}))

    async def send(self, path, body=None, *, host="east.openai.azure.com", method="", **headers) -> Response:
        headers = headers or {"api_key": "k1"}
        made = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        method = method or ("GET" if body is None else "POST")
        return await self.plane.send(Request(method, f"https://{host}{path}", made, data))

    async def ask(self, path, body=None, **more) -> Reply:
        response = await self.send(path, body, **more)
        chunks = [response.body] if isinstance(response.body, bytes) else [c async for c in response.body]
        await read(response)
        return Reply(response.status, response.headers, chunks)

    async def chat(self, deployment="chat", *, version="2024-10-21", more=None, **body) -> Reply:
        body.setdefault("messages", [{"role": "user", "content": "Why three accounts?"}])
        path = f"/openai/deployments/{deployment}/chat/completions?api-version={version}"
        return await self.ask(path, body, **(more or {}))


@pytest.fixture
def build():
    """Makes rigs with one account "east" that has "chat" and "embed" deployed."""
    made = []

    def make(**settings):
        rig = Rig(Settings(**settings))
        made.append(rig)
        rig.account()
        rig.deploy()
        rig.deploy("embed", model="text-embedding-3-small", version="1")
        return rig

    yield make
    for rig in made:
        rig.store.close()


@pytest.fixture
def rig(build):
    return build()
