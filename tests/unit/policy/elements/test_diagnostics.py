"""trace."""

import pytest

from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import document, play


async def test_a_trace_is_kept_with_its_facts() -> None:
    played = await play(
        "<trace source='mine' severity='error'><message>@(\"n=\" + 1)</message>"
        "<metadata name='k' value='@(2.ToString())'/></trace>"
    )
    assert played.messages == ("mine [error]: n=1 k=2",)
    assert played.records[0].values == {"severity": "error", "message": "n=1", "properties": {"k": "2"}}


async def test_the_older_form_holds_the_message_itself() -> None:
    played = await play("<trace source='mine'>@(\"n=\" + 1)</trace>")
    assert played.messages == ("mine [verbose]: n=1",)


async def answered(inbound: str, *, tracing: bool) -> tuple[int, list[bytes]]:
    """The status, and the bodies that the backend got."""
    services, url = ScriptedServices({}), Url("https://gateway.test/")
    view = RequestView("POST", url, url, body=MessageBody(b"asked"))
    context = Context(services.clock, services.rng, view, tracing=tracing)
    policy = effective([compile_policy(document(inbound))])
    response = await run(policy, Exchange(context, services, "https://backend.test"))
    return response.status, [request.body for request in services.requests]


@pytest.mark.parametrize("tracing", [True, False])
async def test_a_message_that_reads_the_body_leaves_it_to_the_backend(tracing: bool) -> None:
    read = "<trace source='mine'><message>@(context.Request.Body.As<string>())</message></trace>"
    assert await answered(read, tracing=tracing) == (200, [b"asked"])


@pytest.mark.parametrize("tracing", [True, False])
async def test_a_message_that_throws_fails_the_request_whoever_looks(tracing: bool) -> None:
    wrong = "<trace source='mine'><message>@((string)context.Variables[\"no\"])</message></trace>"
    assert await answered(wrong, tracing=tracing) == (500, [])
