"""Around the policies: what every answer has, and what the gateway tells of itself."""

import random

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.local.gateway.plane import GatewayPlane
from apimlb.local.store import Document
from tests.fakes import Answer, ManualClock, ScriptedTransport
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments, policy_of

CHAT = "https://apim.azure-api.net/openai/chat"


async def no_identity(service: Document, resource: str, client_id: str | None) -> str:
    raise AssertionError(f"nobody asks for a token of {service.id} here")


def served() -> ServiceDocuments:
    azure = ServiceDocuments()
    azure.backend("east", "https://east.test", breaker=THROTTLED)
    azure.api(serviceUrl="https://east.test")
    azure.operation()
    return azure


def gateway(azure: ServiceDocuments, *answers: Answer) -> GatewayPlane:
    transport = ScriptedTransport(answers)
    return GatewayPlane(azure.store, ManualClock(), random.Random(1), transport, no_identity)


@pytest.mark.parametrize(
    ("status", "body", "length"), [(200, b"hello", "5"), (200, b"", "0"), (204, b"", None)]
)
async def test_an_answer_names_its_length_unless_it_has_no_body(
    status: int, body: bytes, length: str | None
) -> None:
    response = await gateway(served(), Response(status, Headers(), body)).send(Request("POST", CHAT))
    assert (response.status, response.headers.get("Content-Length")) == (status, length)


async def test_breakers_can_be_looked_at() -> None:
    azure = served()
    plane = gateway(azure, Response(429, Headers([("Retry-After", "9")])))
    assert dict(plane.breakers()) == {}
    await plane.send(Request("POST", CHAT))
    (state,) = plane.breakers().values()
    assert state.open_until == ManualClock().now() + 9


async def test_the_clients_request_is_left_as_it_was() -> None:
    azure = served()
    azure.policy(policy_of(inbound='<set-header name="a"><value>b</value></set-header>'), "apis/chat")
    request = Request("POST", CHAT, Headers([("Connection", "close")]), b"{}")
    await gateway(azure, 200).send(request)
    assert request == Request("POST", CHAT, Headers([("Connection", "close")]), b"{}")
