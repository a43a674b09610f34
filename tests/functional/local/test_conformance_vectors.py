"""Fifteen vectors for a gateway in front of Azure OpenAI, one test each.

Each is told under both readings of what is not known about Azure, where it does not name one. Sources: the
policy pages of Microsoft Learn (retry, forward-request, llm-token-limit), Backends in API Management, Azure
OpenAI quota and provisioned throughput.
"""

import random
from dataclasses import replace

import pytest

from tests.functional.local.gateway_scene import (
    FAILED,
    LIMIT,
    NOTE_REASON,
    TO_POOL,
    Local,
    Reading,
    retrying,
    throttled,
    using,
)
from tests.unit.local.gateway.documents import policy_of
from tests.unit.local.openai.conftest import Rig

AGAIN = (
    f'<retry condition="{FAILED}" count="{{}}" interval="0">{TO_POOL}'
    '<forward-request buffer-request-body="true" buffer-response="false" /></retry>'
)


class Fixed(random.Random):
    """Chance that always falls in the middle: no jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def in_front_of(reading: Reading, *members: tuple[str, int], retries: int = 1, **settings: object) -> Local:
    """A pool whose policy names it again for each attempt."""
    local = reading.local(**settings)
    local.pool(*members)
    text = policy_of(backend=AGAIN.format(retries), on_error=NOTE_REASON)
    local.azure.policy(text, "apis/chat")
    return local


async def test_vector_1_no_key(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(subscriptionRequired=True)
    response = await local.call()
    assert (response.status, response.reason) == (401, "Access Denied")
    assert isinstance(response.body, bytes)
    assert len(response.body) == 152
    assert response.headers.get("WWW-Authenticate") == (
        'AzureApiManagementKey realm="https://apim.azure-api.net/openai",'
        'name="Ocp-Apim-Subscription-Key",type="header"'
    )


async def test_vector_2_unknown_operation(reading: Reading) -> None:
    local = reading.local()
    response = await local.call("/elsewhere")
    assert response.status == 404
    assert response.body == b'{ "statusCode": 404, "message": "Resource not found" }'


async def test_vector_3_waits_of_an_exponential_retry(reading: Reading) -> None:
    """The gateway's chance is one that always falls in the middle: no jitter."""
    local = reading.local()
    always = '<retry condition="@(true)" count="6" interval="10" delta="10" max-interval="100">'
    local.azure.policy(policy_of(backend=f"{always}<forward-request /></retry>"), "apis/chat")
    await local.call(gateway=local.instance(Fixed(1)))
    assert local.clock.slept == [10, 20, 40, 80, 100, 100]
    assert local.backends.asked() == ["plain"] * 7


async def test_vector_4_a_backend_that_always_refuses(reading: Reading) -> None:
    local = reading.local()
    mark = '<set-header name="outbound"><value>ran</value></set-header>'
    local.azure.policy(policy_of(backend=retrying(2), outbound=mark), "apis/chat")
    local.backends.answers["plain.test"] = throttled(7)
    response = await local.call()
    assert (response.status, response.body) == (429, b'{"error":{"code":"429"}}')
    assert response.headers.get("outbound") == "ran"
    assert local.backends.asked() == ["plain"] * 3


async def test_vector_5_the_body_is_lost_without_buffering(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(backend=retrying(2, buffered=False)), "apis/chat")
    local.backends.answers["plain.test"] = throttled(7)
    await local.call(body=b"question")
    assert [request.body for request in local.backends.requests] == [b"question", b"", b""]


async def test_vector_6_a_pool_fails_over_until_retry_after_elapses(reading: Reading) -> None:
    local = in_front_of(reading, ("first", 1), ("second", 2))
    local.backends.answers["first.test"] = throttled(20)
    assert (await local.call()).status == 200
    assert local.backends.asked() == ["first", "second"]
    local.clock.advance(19)
    await local.call()
    assert local.backends.asked() == ["second"]
    local.clock.advance(1)
    await local.call()
    assert local.backends.asked()[0] == "first"


async def test_vector_7_all_members_tripped(reading: Reading) -> None:
    local = in_front_of(reading, ("first", 1), ("second", 2))
    local.backends.answers |= {"first.test": throttled(20), "second.test": throttled(30)}
    await local.call()
    local.backends.asked()
    response = await local.call()
    assert (response.status, local.backends.asked()) == (503, [])
    assert response.headers.get("reason"), "on-error ran"
    told = "20" if reading.gateway.exhausted_retry_after == "soonest" else None
    assert response.headers.get("Retry-After") == told


async def test_vector_8_two_instances_share_neither_breakers_nor_limits(reading: Reading) -> None:
    local = in_front_of(reading, ("first", 1), ("second", 2))
    text = policy_of(inbound=LIMIT.format('tokens-per-minute="100"'), backend=AGAIN.format(1))
    local.azure.policy(text, "apis/chat")
    other = local.instance()
    local.backends.answers |= {"first.test": throttled(20), "second.test": using(150)}
    assert [(await local.call()).status for _ in range(2)] == [200, 429]
    assert local.backends.asked() == ["first", "second"]
    assert (await local.call(gateway=other)).status == 200
    assert local.backends.asked() == ["first", "second"]


async def test_vector_9_a_dead_port(reading: Reading) -> None:
    local = reading.local()
    condition = "@(context.Response == null || context.Response.StatusCode >= 400)"
    text = policy_of(backend=retrying(2, condition=condition), on_error=NOTE_REASON)
    local.azure.policy(text, "apis/chat")
    local.backends.answers["plain.test"] = ConnectionRefusedError("refused")
    response = await local.call()
    assert (response.status, response.headers.get("reason")) == (500, "BackendConnectionFailure")
    assert local.backends.asked() == ["plain"] * 3, "the condition was evaluated after each attempt"


@pytest.mark.parametrize("sku", ["Developer", "BasicV2"])
async def test_vector_10_a_token_limit_that_is_overshot(reading: Reading, sku: str) -> None:
    local = reading.local(sku=sku)
    text = policy_of(inbound=LIMIT.format('tokens-per-minute="100"'), on_error=NOTE_REASON)
    local.azure.policy(text, "apis/chat")
    local.backends.answers["plain.test"] = using(150)
    first, second = await local.call(), await local.call()
    assert (first.status, first.headers.get("left")) == (200, "0")
    assert (second.status, second.headers.get("reason")) == (429, "OpenAITokenLimitExceeded")
    assert isinstance(second.body, bytes)
    seconds = second.headers.get("Retry-After")
    message = f"Token limit is exceeded. Try again in {seconds} seconds."
    assert second.body == f'{{ "statusCode": 429, "message": "{message}" }}'.encode()


async def test_vector_11_a_quota_that_is_just_spent(reading: Reading) -> None:
    local = reading.local()
    limit = LIMIT.format('token-quota="150" token-quota-period="Daily"')
    local.azure.policy(policy_of(inbound=limit, on_error=NOTE_REASON), "apis/chat")
    local.backends.answers["plain.test"] = using(150)
    assert [(await local.call()).status for _ in range(3)] == [200, 200, 403]


async def test_vector_12_the_eleventh_request_of_a_second(rig: Rig) -> None:
    rig.deploy(requests=(600, 60), tokens=(1_000_000, 60))
    replies = [await rig.chat() for _ in range(11)]
    assert [reply.status for reply in replies] == [200] * 10 + [429]
    refused = replies[-1]
    assert "call rate limit" in refused.error["message"]
    assert (refused.headers.get("retry-after"), refused.headers.get("retry-after-ms")) == ("1", "1000")


@pytest.mark.parametrize("retry_after", [0, 86_400])
async def test_vector_13_a_request_above_the_whole_limit(rig: Rig, retry_after: int) -> None:
    switches = replace(rig.settings.switches, oversize_retry_after=retry_after)
    rig.plane.adjust("east", replace(rig.settings, switches=switches))
    rig.deploy(tokens=(1000, 60))
    refused = await rig.chat(max_completion_tokens=5000)
    assert refused.status == 429
    assert refused.headers.get("Retry-After") == str(retry_after or 60)


async def test_vector_14_a_stream_with_its_usage(rig: Rig) -> None:
    rig.deploy()
    reply = await rig.chat(stream=True, stream_options={"include_usage": True})
    first, *middle, last = reply.events
    assert first["choices"] == []
    assert first["prompt_filter_results"]
    assert {first[name] for name in ("id", "model", "object")} == {""}
    assert all(event["usage"] is None for event in middle)
    assert (last["choices"], last["usage"]["total_tokens"] > 0) == ([], True)
    assert reply.chunks[-1] == b"data: [DONE]\n\n"


async def test_vector_15_provisioned_units_above_100_percent(rig: Rig) -> None:
    rig.deploy(sku={"name": "GlobalProvisionedManaged", "capacity": 1}, model="gpt-4o")
    served = 0
    while (reply := await rig.chat(max_tokens=590)).status == 200:
        served += 1
    assert (served > 1, reply.status) == (True, 429)
    wait = int(reply.headers.get("retry-after-ms") or "")
    assert int(reply.headers.get("retry-after") or "") == -(-wait // 1000)
    rig.clock.advance(wait / 1000)
    assert (await rig.chat(max_tokens=590)).status == 200
