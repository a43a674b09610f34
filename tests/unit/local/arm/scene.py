"""One local ARM on a clock moved by hand, and the shortest way to ask it something."""

import json
import random
from dataclasses import dataclass, field, replace
from typing import Any

from apimlb.http import Headers, Request, Response, read
from apimlb.local.arm.call import PolicySource
from apimlb.local.arm.errors import invalid_token
from apimlb.local.arm.plane import ArmPlane
from apimlb.local.arm.policy_check import check_policy
from apimlb.local.arm.settings import ArmSettings, Caller
from apimlb.local.store import Store
from tests.api_versions import usual_version
from tests.fakes import ManualClock

Json = dict[str, Any]

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
TENANT = "00000000-0000-4000-8000-000000000002"
OWNER = Caller("00000000-0000-4000-8000-00000000000a", "owner-app")
STRANGER = Caller("00000000-0000-4000-8000-00000000000b", "stranger-app")
HOST = "https://management.azure.com"
ROOT = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{ROOT}/resourceGroups/chat"
COGNITIVE = f"{ROOT}/providers/Microsoft.CognitiveServices"
ACCOUNTS = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts"
APIM = f"{ROOT}/providers/Microsoft.ApiManagement"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/chat-gw"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gateway"

# 2026-11-21, when these models were current.
NOW = 1_795_219_200.0


@dataclass(slots=True)
class Answer:
    """A response with its body read; `json` is {} when there is none."""

    status: int
    headers: Headers
    body: bytes
    json: Any

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.json["error"]["message"])

    @property
    def properties(self) -> Json:
        found: Json = self.json["properties"]
        return found


@dataclass(slots=True)
class Exchange:
    """A request and its answer, as the contract wants to see them."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    sent: Any
    answer: Answer


@dataclass
class Scene:
    """`ask` and its short forms send one request as `caller`; `exchanges` remembers all of them."""

    settings: ArmSettings = field(
        default_factory=lambda: ArmSettings(TENANT, SUBSCRIPTION, owner_id=OWNER.principal_id)
    )
    store: Store = field(default_factory=Store)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    caller: Caller = OWNER
    exchanges: list[Exchange] = field(default_factory=list)
    announced: list[tuple[str, str, str]] = field(default_factory=list)
    check: Any = check_policy

    def __post_init__(self) -> None:
        self.plane = ArmPlane(
            self.store,
            self.clock,
            random.Random(7),
            verify=self._verify,
            settings=self.settings,
            check_policy=self._check,
            announce=lambda *identity: self.announced.append(identity),
        )

    def _verify(self, request: Request) -> Caller:
        if request.headers.get("Authorization") != "Bearer good":
            raise invalid_token("The access token is invalid.", TENANT)
        return self.caller

    def _check(self, source: PolicySource) -> None:
        self.check(source)

    async def ask(
        self, method: str, path: str, body: Json | None = None, *, version: str = "", **headers: str
    ) -> Answer:
        """`path` may have a query; the api-version is the provider's usual one unless `version` says."""
        version = version or usual_version(path)
        path, _, text = path.partition("?")
        query = dict(pair.split("=", 1) for pair in text.split("&") if pair)
        query.setdefault("api-version", version)
        url = f"{HOST}{path}?" + "&".join(f"{name}={value}" for name, value in query.items())
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = Request(method, url, Headers([("Authorization", "Bearer good"), *sent.items()]))
        asked.body = b"" if body is None else json.dumps(body).encode()
        answer = await answered(await self.plane.send(asked))
        self.exchanges.append(Exchange(method, path, query, sent, body, answer))
        return answer

    async def get(self, path: str, **options: Any) -> Answer:
        return await self.ask("GET", path, **options)

    async def put(self, path: str, body: Json, **options: Any) -> Answer:
        return await self.ask("PUT", path, body, **options)

    async def patch(self, path: str, body: Json, **options: Any) -> Answer:
        return await self.ask("PATCH", path, body, **options)

    async def post(self, path: str, body: Json | None = None, **options: Any) -> Answer:
        return await self.ask("POST", path, body, **options)

    async def delete(self, path: str, **options: Any) -> Answer:
        return await self.ask("DELETE", path, **options)

    async def follow(self, url: str | None) -> Answer:
        """GET an absolute URL out of a header."""
        assert url is not None
        request = Request("GET", url, Headers([("Authorization", "Bearer good")]))
        return await answered(await self.plane.send(request))

    async def group(self, location: str = "eastus") -> Answer:
        return await self.put(GROUP, {"location": location})

    async def account(self, name: str = "east", **properties: Any) -> Answer:
        return await self.put(f"{ACCOUNTS}/{name}", account(name, **properties))

    async def deploy(self, account: str = "east", name: str = "gpt", **choices: Any) -> Answer:
        return await self.put(f"{ACCOUNTS}/{account}/deployments/{name}", deployment(**choices))

    async def service(self, tier: str = "BasicV2", **changes: Any) -> Answer:
        return await self.put(SERVICE, service(tier, **changes))


async def answered(response: Response) -> Answer:
    body = await read(response)
    return Answer(response.status, response.headers, body, json.loads(body) if body else {})


def account(name: str, location: str = "eastus", **properties: Any) -> Json:
    chosen = {"customSubDomainName": name, **properties}
    return {"location": location, "kind": "OpenAI", "sku": {"name": "S0"}, "properties": chosen}


def deployment(
    model: str = "gpt-5.1", version: str = "2025-11-13", sku: str = "GlobalStandard", capacity: int = 30
) -> Json:
    wanted = {"format": "OpenAI", "name": model, "version": version}
    return {"sku": {"name": sku, "capacity": capacity}, "properties": {"model": wanted}}


def service(tier: str = "BasicV2", **changes: Any) -> Json:
    capacity = 0 if tier == "Consumption" else 1
    made = {
        "location": "eastus",
        "sku": {"name": tier, "capacity": capacity},
        "properties": {"publisherEmail": "a@example.com", "publisherName": "A"},
    }
    return {**made, **changes}


def realistic(**changes: Any) -> Scene:
    """A scene in which operations take as long as recorded."""
    settings = replace(Scene().settings, lro="realistic", **changes)
    return Scene(settings)
