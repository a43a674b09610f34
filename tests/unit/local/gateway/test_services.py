"""One attempt after another: where it goes, and what the policy is told when it cannot go anywhere."""

import random

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.local.gateway.cache import CacheLink, ServiceCache
from apimlb.local.gateway.health import BackendHealth
from apimlb.local.gateway.routes import read_service
from apimlb.local.gateway.services import GatewayServices, Machinery
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.local.gateway.tokens import TokenCache
from apimlb.local.store import Document
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.run.exchange import BackendId, Exchange, ForwardOptions
from apimlb.policy.run.faults import PolicyFault
from tests.fakes import Answer, ManualClock, ScriptedTransport
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments

ONCE = ForwardOptions()


async def issue(service: Document, resource: str, client_id: str | None) -> str:
    return "token"


class Scene:
    """One request of a service with backends east and west and a pool of them."""

    def __init__(self, *answers: Answer, service_url: str = "https://plain.test") -> None:
        azure = ServiceDocuments()
        azure.backend("east", "https://east.test", breaker=THROTTLED, azureRegion="eastus")
        azure.backend("west", "https://west.test", breaker=THROTTLED)
        azure.pool("all", ("east", 1, 1), ("west", 1, 1))
        document = azure.store.get(azure.id)
        assert document is not None
        service = read_service([document, *azure.store.descendants(azure.id)])
        self.clock, rng, switches = ManualClock(), random.Random(1), GatewaySwitches()
        self.transport = ScriptedTransport(answers)
        health = BackendHealth(self.clock, rng, switches)
        tokens = TokenCache(self.clock, issue)
        machinery = Machinery(self.clock, rng, self.transport, health, tokens, switches)
        self.services = GatewayServices(machinery, service, ServiceCache(CacheLink(self.clock, rng), None))
        url = Url("https://apim.azure-api.net/openai/chat")
        context = Context(self.clock, rng, RequestView("POST", url, url))
        self.exchange = Exchange(context, self.services, service_url=service_url, path="/chat")

    async def forward(self) -> Response:
        return await self.services.forward(self.exchange, ONCE)

    async def fault(self) -> PolicyFault:
        with pytest.raises(PolicyFault) as caught:
            await self.forward()
        return caught.value


def throttled(retry_after: str) -> Response:
    return Response(429, Headers([("Retry-After", retry_after)]))


async def test_each_kind_of_choice_leads_to_its_url() -> None:
    scene = Scene(200, 200, 200, 200)
    await scene.forward()
    for chosen in (BackendId("west"), None, BackendId("ALL")):
        scene.exchange.backend, scene.exchange.service_url = chosen, "https://other.test/v1"
        await scene.forward()
    assert [request.url for request in scene.transport.requests] == [
        "https://plain.test/chat",
        "https://west.test/chat",
        "https://other.test/v1/chat",
        "https://east.test/chat",
    ]


async def test_the_context_names_the_backend_and_the_members_region() -> None:
    scene = Scene(200)
    scene.exchange.backend = BackendId("all")
    await scene.forward()
    backend = scene.exchange.context.backend
    assert backend is not None
    assert (backend.id, backend.type, backend.azure_region) == ("all", "Pool", "eastus")


async def test_an_exhausted_pool_says_when_to_come_back_in_whole_seconds() -> None:
    scene = Scene(throttled("10"), throttled("5"))
    scene.exchange.backend = BackendId("all")
    await scene.forward()
    await scene.forward()
    scene.clock.advance(1.2)
    fault = await scene.fault()
    assert (fault.status, dict(fault.headers), fault.shown) == (
        503,
        {"Retry-After": "4"},
        "Service unavailable",
    )


@pytest.mark.parametrize(
    ("failure", "reason", "source"),
    [
        (ConnectionResetError("closed"), "BackendConnectionFailure", "request-forwarder"),
        (TimeoutError(), "Timeout", "forward-request"),
    ],
)
async def test_what_the_transport_raises_becomes_a_fault(
    failure: Exception, reason: str, source: str
) -> None:
    fault = await Scene(failure).fault()
    assert (fault.reason, fault.source, fault.status) == (reason, source, 500)


async def test_a_choice_that_leads_nowhere_is_a_fault() -> None:
    scene = Scene(service_url="")
    assert (await scene.fault()).reason == "BackendConnectionFailure"
    scene.exchange.backend = BackendId("gone")
    assert (await scene.fault()).reason == "BackendNotFound"


async def test_a_policys_own_request_goes_out_as_it_is() -> None:
    scene = Scene(204)
    response = await scene.services.send(Request("GET", "https://login.test/keys"), 5)
    assert response.status == 204
    assert scene.transport.requests[0].url == "https://login.test/keys"


async def test_a_token_is_the_services_own() -> None:
    assert await Scene().services.managed_identity_token("https://ai.azure.com", None) == "token"
