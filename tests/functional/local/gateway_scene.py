"""A scene for the gateway's stories: one service, its gateways, and backends that do as they are told."""

import asyncio
import json
import random
from dataclasses import dataclass, field

from apimlb.errors import AuthError
from apimlb.http import Headers, Request, Response, read
from apimlb.local.gateway import switches as gateway_switches
from apimlb.local.gateway.cache import Caches
from apimlb.local.gateway.connections import Connections
from apimlb.local.gateway.plane import GatewayPlane
from apimlb.local.gateway.records import Records
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.local.store import Document
from apimlb.policy import switches as policy_switches
from apimlb.policy.switches import Switches
from tests.fakes import Answer, ManualClock
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments, policy_of

FAILED = "@(context.Response != null && context.Response.StatusCode >= 400)"
FAILED_OR_NONE = "@(context.Response == null || context.Response.StatusCode >= 400)"
NOTE_REASON = '<set-header name="reason"><value>@(context.LastError.Reason)</value></set-header>'
LIMIT = (
    '<llm-token-limit counter-key="all" {} estimate-prompt-tokens="false" '
    'remaining-tokens-header-name="left" />'
)
TO_POOL = '<set-backend-service backend-id="all" />'


def using(tokens: int) -> Response:
    """An answer that says how many tokens it took."""
    body = json.dumps({"usage": {"total_tokens": tokens}}).encode()
    return Response(200, Headers([("Content-Type", "application/json")]), body)


def throttled(seconds: int) -> Response:
    return Response(429, Headers([("Retry-After", str(seconds))]), b'{"error":{"code":"429"}}')


def retrying(count: int = 2, *, buffered: bool = True, condition: str = FAILED) -> str:
    return (
        f'<retry condition="{condition}" count="{count}" interval="0">'
        f'<forward-request buffer-request-body="{str(buffered).lower()}" buffer-response="false" /></retry>'
    )


def asking_again(count: int = 2, *, condition: str = FAILED) -> str:
    """A retry that names the pool anew for each attempt, which leaves no member pinned."""
    return retrying(count, condition=condition).replace("<forward", f"{TO_POOL}<forward")


class Backends:
    """Hosts that answer as they were last told, 200 until then, and remember what they were asked.

    Whoever is asked while `silent` never answers.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.silent = False
        self.heard = asyncio.Event()

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        if self.silent:
            self.heard.set()
            await asyncio.Event().wait()
        answer = self.answers.get(request.host, 200)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Response(answer, Headers([("Content-Type", "application/json")]), request.host.encode())
        if isinstance(answer, Response):
            return Response(answer.status, answer.headers.copy(), answer.body)
        return answer(request)

    def asked(self) -> list[str]:
        """The hosts that were asked since the last look, without their common ending."""
        asked = [request.host.removesuffix(".test") for request in self.requests]
        self.requests.clear()
        return asked


async def identity_token(service: Document, resource: str, client_id: str | None) -> str:
    if client_id == "stranger":
        raise AuthError("the service has no such identity")
    return f"token-for-{resource}-of-{client_id}"


@dataclass
class Local:
    """One service with API `chat` at /openai that takes any POST, its gateway and its backends."""

    switches: GatewaySwitches = field(default_factory=GatewaySwitches)
    policy_switches: Switches = field(default_factory=Switches)
    sku: str = "Developer"

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.azure = ServiceDocuments(sku=self.sku)
        self.backends = Backends()
        self.caches = Caches(self.clock)
        self.records = Records()
        self.connections = Connections()
        self.gateway = self.instance()
        self.azure.api(serviceUrl="https://plain.test/base")
        self.azure.operation()

    def instance(self, rng: random.Random | None = None) -> GatewayPlane:
        """Another gateway of the same service, as a second unit or region is."""
        return GatewayPlane(
            self.azure.store,
            self.clock,
            rng or random.Random(1),
            self.backends,
            identity_token,
            self.switches,
            policy_switches=self.policy_switches,
            caches=self.caches,
            records=self.records,
            connections=self.connections,
        )

    def pool(self, *members: tuple[str, int]) -> None:
        """A pool `all` of members with priorities, each with Microsoft's breaker for 429."""
        for name, _ in members:
            self.azure.backend(name, breaker=THROTTLED)
        self.azure.pool("all", *((name, priority, 1) for name, priority in members))

    async def call(
        self,
        path: str = "/openai/chat",
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        body: bytes = b'{"messages":[]}',
        gateway: GatewayPlane | None = None,
    ) -> Response:
        """The client's view: the response with its body read."""
        url = f"https://apim.azure-api.net{path}"
        request = Request(method, url, Headers((headers or {}).items()), body)
        response = await (gateway or self.gateway).send(request)
        await read(response)
        return response


def pooled(*members: tuple[str, int], retries: int = 2, on_error: str = "", **settings: object) -> Local:
    local = Local(**settings)  # type: ignore[arg-type]
    local.pool(*members)
    local.azure.policy(policy_of(inbound=TO_POOL, backend=retrying(retries), on_error=on_error), "apis/chat")
    return local


@dataclass(frozen=True)
class Reading:
    """One reading of what is not known about Azure, and scenes under it."""

    gateway: GatewaySwitches
    policy: Switches

    @property
    def pins(self) -> bool:
        """Whether attempts stay at a pool's member until the policy names the pool again."""
        return self.gateway.pin_selected_member

    def local(self, **settings: object) -> Local:
        return Local(self.gateway, self.policy, **settings)  # type: ignore[arg-type]

    def pooled(self, *members: tuple[str, int], **settings: object) -> Local:
        return pooled(*members, switches=self.gateway, policy_switches=self.policy, **settings)  # type: ignore[arg-type]


READINGS = {
    "likely": Reading(GatewaySwitches(), Switches()),
    "adverse": Reading(gateway_switches.ADVERSE, policy_switches.ADVERSE),
}
