"""llm-token-limit at the gateway: what callers may use, and what they are told."""

import json
from collections.abc import AsyncIterator

import pytest

from apimlb.http import Headers, Response
from tests.functional.local.gateway_scene import NOTE_REASON, Local, Reading, retrying, using
from tests.unit.local.gateway.documents import policy_of

ASKED = json.dumps({"messages": [{"role": "user", "content": "x" * 400}]}).encode()
STREAM = json.dumps({"stream": True, "messages": [{"role": "user", "content": "x" * 400}]}).encode()


def limited(local: Local, attributes: str, name: str = "llm-token-limit") -> Local:
    element = f'<{name} counter-key="@(context.Request.IpAddress)" {attributes} />'
    text = policy_of(inbound=element, backend=retrying(1), on_error=NOTE_REASON)
    local.azure.policy(text, "apis/chat")
    return local


RATE = 'tokens-per-minute="100" estimate-prompt-tokens="false" remaining-tokens-header-name="left"'


@pytest.mark.parametrize("name", ["llm-token-limit", "azure-openai-token-limit"])
async def test_what_an_answer_used_is_found_out_afterwards(reading: Reading, name: str) -> None:
    local = limited(reading.local(), RATE, name)
    local.backends.answers["plain.test"] = using(150)
    first, second = await local.call(body=ASKED), await local.call(body=ASKED)
    assert (first.status, first.headers.get("left")) == (200, "0")
    assert (second.status, second.headers.get("Retry-After")) == (429, "60")
    assert (
        second.body
        == b'{ "statusCode": 429, "message": "Token limit is exceeded. Try again in 60 seconds." }'
    )
    assert second.headers.get("reason") == "OpenAITokenLimitExceeded"
    local.clock.advance(60)
    assert (await local.call(body=ASKED)).status == 200


async def test_a_v2_tier_has_a_bucket(reading: Reading) -> None:
    local = limited(reading.local(sku="BasicV2"), RATE)
    local.backends.answers["plain.test"] = using(200)
    assert [(await local.call(body=ASKED)).status for _ in range(2)] == [200, 429]
    local.clock.advance(59)
    assert (await local.call(body=ASKED)).status == 429
    local.clock.advance(2)
    assert (await local.call(body=ASKED)).status == 200


async def test_an_estimate_may_refuse_before_anybody_is_called(reading: Reading) -> None:
    local = limited(reading.local(), RATE.replace("false", "true"))
    assert (await local.call(body=ASKED)).status == 200
    local.backends.asked()
    assert (await local.call(body=ASKED)).status == 429
    assert local.backends.asked() == []


async def test_a_stream_is_estimated_as_it_passes(reading: Reading) -> None:
    local = limited(reading.local(), RATE)

    async def events() -> AsyncIterator[bytes]:
        for _ in range(10):
            data = json.dumps({"choices": [{"delta": {"content": "y" * 8}}]})
            yield f"data: {data}\n".encode()
            yield b"\n"

    local.backends.answers["plain.test"] = lambda request: Response(
        200, Headers([("Content-Type", "text/event-stream")]), events()
    )
    assert (await local.call(body=STREAM)).status == 200
    refused = await local.call(body=STREAM)
    assert refused.status == 429, "100 tokens were asked and 20 answered"


async def test_a_quota_that_is_just_used_up_lets_one_more_call_in(reading: Reading) -> None:
    attributes = 'token-quota="300" token-quota-period="Hourly" estimate-prompt-tokens="false"'
    local = limited(reading.local(), attributes)
    local.backends.answers["plain.test"] = using(150)
    assert [(await local.call(body=ASKED)).status for _ in range(4)] == [200, 200, 200, 403]
    refused = await local.call(body=ASKED)
    assert refused.headers.get("reason") == "OpenAITokenQuotaExceeded"
    seconds = 3600 - int(local.clock.now()) % 3600
    assert refused.headers.get("Retry-After") == str(seconds)
    local.clock.advance(seconds)
    assert (await local.call(body=ASKED)).status == 200


async def test_the_period_of_a_quota_may_be_an_expression(reading: Reading) -> None:
    period = "@(context.Request.Method == &quot;POST&quot; ? &quot;Hourly&quot; : &quot;Daily&quot;)"
    attributes = f'token-quota="300" token-quota-period="{period}" estimate-prompt-tokens="false"'
    local = limited(reading.local(), attributes)
    local.backends.answers["plain.test"] = using(301)
    assert [(await local.call(body=ASKED)).status for _ in range(2)] == [200, 403]
    local.clock.advance(3600 - int(local.clock.now()) % 3600)
    assert (await local.call(body=ASKED)).status == 200, "the hour of the quota is over"


async def test_refusals_of_a_backend_cost_nothing(reading: Reading) -> None:
    local = limited(reading.local(), RATE)
    local.backends.answers["plain.test"] = 500
    assert [(await local.call(body=ASKED)).status for _ in range(3)] == [500] * 3


async def test_instances_count_for_themselves(reading: Reading) -> None:
    local = limited(reading.local(), RATE)
    local.backends.answers["plain.test"] = using(150)
    second = local.instance()
    assert [(await local.call(body=ASKED)).status for _ in range(2)] == [200, 429]
    assert (await local.call(body=ASKED, gateway=second)).status == 200


@pytest.mark.parametrize(
    "attributes",
    [
        'estimate-prompt-tokens="true"',
        'tokens-per-minute="100"',
        'token-quota="5" estimate-prompt-tokens="true"',
        'token-quota="@(5)" token-quota-period="Daily" estimate-prompt-tokens="true"',
        'tokens-per-minute="@(5)" estimate-prompt-tokens="true"',
    ],
)
async def test_what_azure_refuses_at_upload_serves_nobody(reading: Reading, attributes: str) -> None:
    local = limited(reading.local(), attributes)
    assert (await local.call(body=ASKED)).status == 500
    [problem] = local.gateway.policy_problems().values()
    assert "token" in str(problem)
