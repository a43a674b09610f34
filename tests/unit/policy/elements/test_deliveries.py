"""log-to-eventhub, send-one-way-request, send-service-bus-message, trace: evaluated, kept, and not sent."""

import pytest

from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import document, play
from tests.unit.policy.test_compiler import refusal


async def test_an_event_is_kept_with_its_place() -> None:
    played = await play(
        "<log-to-eventhub logger-id='hub' partition-key='@(\"k\" + 1)'>\n  "
        '@(context.Request.Method + "," + 2)\n</log-to-eventhub>'
    )
    record = played.records[0]
    assert (record.kind, record.element, record.target) == ("event", "log-to-eventhub", "hub")
    assert record.values == {"message": "GET,2", "partition_key": "k1"}


async def test_an_event_is_cut_at_200_kilobytes() -> None:
    played = await play(
        "<log-to-eventhub logger-id='hub' partition-id='0'>@(new string('x', 300000))</log-to-eventhub>"
    )
    assert len(str(played.records[0].values["message"])) == 200 * 1024


def test_an_event_has_one_kind_of_partition() -> None:
    found = refusal(
        document("<log-to-eventhub logger-id='h' partition-id='0' partition-key='k'>x</log-to-eventhub>")
    )
    assert "Only one of the attributes" in found.what


ONE_WAY = (
    "<send-one-way-request mode='{}' timeout='@(5)'><set-url>https://side.test/a</set-url>"
    "<set-method>POST</set-method><set-header name='api-key'><value>secret</value></set-header>"
    "<set-header name='x-note'><value>n</value></set-header>"
    '<set-body>@("b" + 1)</set-body></send-one-way-request>'
)


async def test_a_one_way_request_is_kept_without_its_secrets_and_nobody_is_asked() -> None:
    played = await play(ONE_WAY.format("new"))
    record = played.records[0]
    assert [request.url for request in played.requests] == ["https://backend.test/"]
    assert (record.kind, record.target) == ("request", "https://side.test/a")
    assert record.values == {
        "method": "POST",
        "url": "https://side.test/a",
        "headers": {"api-key": "(hidden)", "x-note": "n"},
        "body": "b1",
    }


async def test_headers_of_one_name_are_kept_together_whatever_their_case() -> None:
    request = {"headers": {"X-List": ["a", "b"], "x-list": "c", "Cookie": ["d=1", "e=2"], "Host": "h"}}
    played = await play(ONE_WAY.format("copy"), request=request)
    shown = played.records[0].values["headers"]
    assert shown == {"X-List": "a, b, c", "Cookie": "(hidden)", "api-key": "(hidden)", "x-note": "n"}


def test_a_one_way_request_needs_a_url() -> None:
    assert "'set-url' is required" in refusal(document("<send-one-way-request/>")).what


async def test_a_message_is_kept_with_its_properties() -> None:
    played = await play(
        "<send-service-bus-message queue-name='orders' namespace='ns.test' client-id='c'>"
        "<message-properties><message-property name='id'>@(context.RequestId)</message-property>"
        '</message-properties><payload>@("p" + 1)</payload></send-service-bus-message>'
    )
    record = played.records[0]
    assert (record.kind, record.target) == ("message", "orders")
    assert record.values == {
        "queue": "orders",
        "namespace": "ns.test",
        "client_id": "c",
        "properties": {"id": record.request_id},
        "payload": "p1",
    }


@pytest.mark.parametrize("attributes", ["", "queue-name='q' topic-name='t'"])
def test_a_message_goes_to_a_queue_or_a_topic(attributes: str) -> None:
    element = f"<send-service-bus-message {attributes}><payload>x</payload></send-service-bus-message>"
    assert "'queue-name' and 'topic-name'" in refusal(document(element)).what


def test_a_message_has_a_payload() -> None:
    assert "'payload'" in refusal(document("<send-service-bus-message queue-name='q'/>")).what


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
