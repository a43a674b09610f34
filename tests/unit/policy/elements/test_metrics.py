"""emit-metric, llm-emit-token-metric: what would have been told, and when."""

import json
from collections.abc import AsyncIterator

import pytest

from apimlb.http import Headers, Response, read
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.rehearsal import Rehearsal
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange, ForwardOptions
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import document, play, posted, replies
from tests.unit.policy.test_compiler import refusal

CHAT = {"method": "POST", "body": {"messages": [{"role": "user", "content": "x" * 40}]}}
TOKENS = "<{} namespace='mine'><dimension name='API ID'/><dimension name='who' value='@(\"m\" + 1)'/></{}>"


def told(played: Rehearsal) -> dict[str, object]:
    return {str(record.values["name"]): record.values["value"] for record in played.records}


async def test_a_metric_is_told_with_its_dimensions() -> None:
    played = await play(
        "<emit-metric name='Calls' namespace='mine' value='@(2.5)'><dimension name='API ID'/>"
        "<dimension name='Client' value='@(context.Request.IpAddress)'/></emit-metric>",
        api={"id": "chat"},
    )
    record = played.records[0]
    assert (record.kind, record.target, record.api) == ("metric", "mine/Calls", "chat")
    assert record.values["value"] == 2.5
    assert record.values["dimensions"] == {"API ID": "chat", "Client": "127.0.0.1"}


@pytest.mark.parametrize("value", ["double.NaN", "double.PositiveInfinity", "double.NegativeInfinity"])
async def test_a_value_that_is_not_finite_is_told_as_zero(value: str) -> None:
    played = await play(f"<emit-metric name='m' value='@({value})'><dimension name='API ID'/></emit-metric>")
    assert told(played) == {"m": 0.0}


async def test_a_metric_is_one_of_api_management_where_it_does_not_say() -> None:
    played = await play("<emit-metric name='Calls'><dimension name='User ID'/></emit-metric>")
    assert played.records[0].values == {
        "namespace": "API Management",
        "name": "Calls",
        "value": 1.0,
        "dimensions": {"User ID": ""},
    }


@pytest.mark.parametrize(
    ("element", "what"),
    [
        ("<emit-metric name='m'/>", "'dimension'"),
        (
            "<emit-metric name='m'><dimension name='Method'/></emit-metric>",
            "Value must be specified for non-default dimension.",
        ),
        (
            "<emit-metric name='m'>" + "<dimension name='a' value='b'/>" * 6 + "</emit-metric>",
            "more than 5 custom dimensions",
        ),
        ("<emit-metric name='@(\"m\")'><dimension name='API ID'/></emit-metric>", "Expressions are not"),
    ],
)
def test_what_azure_refuses_is_refused(element: str, what: str) -> None:
    assert what in refusal(document(element)).what


@pytest.mark.parametrize("element", ["llm-emit-token-metric", "azure-openai-emit-token-metric"])
async def test_tokens_are_told_as_the_answer_counts_them(element: str) -> None:
    usage = {"usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}}
    played = await play(TOKENS.format(element, element), request=CHAT, backends=replies({"body": usage}))
    assert told(played) == {"Total Tokens": 12.0, "Prompt Tokens": 9.0, "Completion Tokens": 3.0}
    assert played.records[0].values["dimensions"] == {"API ID": "api", "who": "m1"}


async def test_the_responses_api_calls_them_input_and_output() -> None:
    usage = {"usage": {"input_tokens": 4, "output_tokens": 2, "total_tokens": 6}}
    played = await play(
        TOKENS.format(*["llm-emit-token-metric"] * 2), request=CHAT, backends=replies({"body": usage})
    )
    assert told(played) == {"Total Tokens": 6.0, "Prompt Tokens": 4.0, "Completion Tokens": 2.0}


async def test_an_answer_that_does_not_count_is_estimated_from_its_prompt() -> None:
    played = await play(
        TOKENS.format(*["llm-emit-token-metric"] * 2), request=CHAT, backends=replies({"body": {}})
    )
    assert told(played) == {"Total Tokens": 10.0, "Prompt Tokens": 10.0, "Completion Tokens": 0.0}


async def test_an_error_costs_no_tokens() -> None:
    played = await play(TOKENS.format(*["llm-emit-token-metric"] * 2), request=CHAT, backends=replies(429))
    assert played.records == ()


async def streamed(*events: object) -> AsyncIterator[bytes]:
    for event in events:
        yield f"data: {json.dumps(event)}\n\n".encode()
    yield b"data: [DONE]\n\n"


class Streaming(ScriptedServices):
    """A backend that answers with server-sent events."""

    def __init__(self, *events: object) -> None:
        super().__init__({})
        self.events = events

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        headers = Headers([("Content-Type", "text/event-stream")])
        return Response(200, headers, streamed(*self.events))


SAID = {"choices": [{"delta": {"content": "x" * 12}}]}
COUNTED = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}}


@pytest.mark.parametrize(
    ("events", "numbers"), [((SAID, COUNTED), (12.0, 9.0, 3.0)), ((SAID,), (13.0, 10.0, 3.0))]
)
async def test_a_stream_is_told_when_it_ends(events: tuple[object, ...], numbers: tuple[float, ...]) -> None:
    services = Streaming(*events)
    policy = effective([compile_policy(document(TOKENS.format(*["llm-emit-token-metric"] * 2)))])
    response = await run(policy, posted(services, json.dumps(CHAT["body"]).encode()))
    assert services.records == []
    await read(response)
    assert tuple(record.values["value"] for record in services.records) == numbers


async def test_a_metric_that_fails_at_the_end_of_a_stream_takes_nothing_from_the_client() -> None:
    failing = TOKENS.replace('@("m" + 1)', '@(int.Parse("m").ToString())')
    services = Streaming(SAID, COUNTED)
    policy = effective([compile_policy(document(failing.format(*["llm-emit-token-metric"] * 2)))])
    response = await run(policy, posted(services, b"{}"))
    assert (await read(response)).endswith(b"data: [DONE]\n\n")
    assert services.records == []


async def test_a_dimension_that_the_request_does_not_have_needs_a_value() -> None:
    played = await play("<emit-metric name='m'><dimension name='@(\"Mine\")'/></emit-metric>")
    assert (played.response.status, played.records) == (500, ())
    assert played.last_error is not None
    assert played.last_error.message == "The dimension 'Mine' has no value."
