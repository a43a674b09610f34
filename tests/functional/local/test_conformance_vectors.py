"""Fifteen vectors for a gateway in front of Azure OpenAI, one test each, and bodies as on the wire.

Each is told under both readings of what is not known about Azure, where it does not name one. Sources: the
policy pages of Microsoft Learn (retry, forward-request, llm-token-limit), Backends in API Management, Azure
OpenAI quota, provisioned throughput, and bodies that callers have reported word for word.
"""

import json
import random
import re
from dataclasses import replace

import pytest

from apimlb.http import Headers, Response
from apimlb.local.openai.switches import Settings, Switches
from tests.functional.local.gateway_scene import (
    FAILED,
    NOTE_REASON,
    TO_POOL,
    Local,
    Reading,
    retrying,
    throttled,
)
from tests.unit.local.gateway.documents import policy_of
from tests.unit.local.openai.conftest import Rig

AGAIN = (
    f'<retry condition="{FAILED}" count="{{}}" interval="0">{TO_POOL}'
    '<forward-request buffer-request-body="true" buffer-response="false" /></retry>'
)
LIMIT = (
    '<llm-token-limit counter-key="all" {} estimate-prompt-tokens="false" '
    'remaining-tokens-header-name="left" />'
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


def using(tokens: int) -> Response:
    body = json.dumps({"usage": {"total_tokens": tokens}}).encode()
    return Response(200, Headers([("Content-Type", "application/json")]), body)


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


@pytest.fixture(params=["likely", "adverse"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """An account under the reading of this run, but for what a vector counts on."""
    from_adverse = request.param == "adverse"
    made = Rig(Settings(unit_tokens=600, switches=Switches(body="429") if from_adverse else Switches()))
    made.account()
    return made


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


class TestWireBodies:
    """What callers of live gateways and accounts have pasted, word for word."""

    async def test_of_no_key_at_the_gateway(self, reading: Reading) -> None:
        local = reading.local()
        local.azure.api(subscriptionRequired=True)
        assert (await local.call()).body == (
            b'{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to '
            b'include subscription key when making requests to an API." }'
        )

    async def test_of_errors_before_the_policies_as_on_error_sees_them(self, reading: Reading) -> None:
        """What LastError says of a missing key ends otherwise than what the client is told."""
        local = reading.local()
        local.azure.api(subscriptionRequired=True)
        parts = ", ".join(f"context.LastError.{part}" for part in ("Source", "Reason", "Message"))
        note = f"<set-header name='last'><value>@(string.Join(\"|\", {parts}))</value></set-header>"
        local.azure.policy(policy_of(on_error=note), "apis/chat")
        local.azure.policy(policy_of(on_error=note).replace("<base />", ""))
        said = [
            response.headers.get("last")
            for response in (
                await local.call(),
                await local.call(headers={"Ocp-Apim-Subscription-Key": "wrong"}),
                await local.call("/elsewhere"),
            )
        ]
        seen = [
            "authorization|SubscriptionKeyNotFound|Access denied due to missing subscription key. Make sure "
            "to include subscription key when making requests to this API.",
            "authorization|SubscriptionKeyInvalid|Access denied due to invalid subscription key. Make sure "
            "to provide a valid key for an active subscription.",
            "configuration|OperationNotFound|Unable to match incoming request to an operation.",
        ]
        assert said == (seen if reading.gateway.early_errors_run_on_error else [None] * 3)

    async def test_of_a_spent_token_quota(self, reading: Reading) -> None:
        local = reading.local()
        limit = LIMIT.format('token-quota="1" token-quota-period="Hourly"')
        local.azure.policy(policy_of(inbound=limit, on_error=NOTE_REASON), "apis/chat")
        local.backends.answers["plain.test"] = using(150)
        await local.call()
        local.clock.advance(3600 - local.clock.now() % 3600 - 21 * 60 - 33)
        local.backends.answers["plain.test"] = 200
        refused = await local.call()
        assert (refused.status, refused.headers.get("Retry-After")) == (403, "1293")
        assert refused.headers.get("reason") == "OpenAITokenQuotaExceeded"
        assert refused.body == (
            b'{ "statusCode": 403, "message": "Token quota is exceeded. Try again in 21 minutes and 33 '
            b'seconds." }'
        )

    async def test_of_a_wrong_key_at_the_gateway(self, reading: Reading) -> None:
        local = reading.local()
        local.azure.api(subscriptionRequired=True)
        response = await local.call(headers={"Ocp-Apim-Subscription-Key": "wrong"})
        assert response.body == (
            b'{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to '
            b'provide a valid key for an active subscription." }'
        )

    async def test_of_a_wrong_key_at_an_account(self, rig: Rig) -> None:
        rig.deploy()
        reply = await rig.chat(more={"api_key": "wrong"})
        assert (reply.status, reply.json) == (
            401,
            {
                "error": {
                    "code": "401",
                    "message": "Access denied due to invalid subscription key or wrong API endpoint. Make "
                    "sure to provide a valid key for an active subscription and use a correct regional API "
                    "endpoint for your resource.",
                }
            },
        )

    async def test_of_a_missing_deployment(self, rig: Rig) -> None:
        reply = await rig.chat("nobody")
        assert (reply.status, reply.json) == (
            404,
            {
                "error": {
                    "code": "DeploymentNotFound",
                    "message": "The API deployment for this resource does not exist. If you created the "
                    "deployment within the last 5 minutes, please wait a moment and try again.",
                }
            },
        )

    async def test_of_a_token_429_of_a_free_account(self, rig: Rig) -> None:
        rig.plane.adjust("east", Settings(switches=Switches(body="429-free")))
        rig.deploy(tokens=(10, 60))
        reply = await rig.chat(version="2024-05-01-preview")
        assert reply.json == {
            "error": {
                "code": "429",
                "message": "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version "
                "2024-05-01-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. "
                "Please retry after 60 seconds. Please go here: https://aka.ms/oai/quotaincrease if you "
                "would like to further increase the default rate limit. For Free Account customers, upgrade "
                "to Pay as you Go here: https://aka.ms/429TrialUpgrade.",
            }
        }

    async def test_of_a_token_429_since_the_end_of_2025(self, rig: Rig) -> None:
        rig.plane.adjust("east", Settings(switches=Switches(body="RateLimitReached")))
        rig.store.of_kind("microsoft.cognitiveservices/accounts")[0].body["kind"] = "AIServices"
        rig.deploy("gpt-4.1-nano", model="gpt-4.1-nano", version="2025-04-14", tokens=(100, 60))
        await rig.chat("gpt-4.1-nano", max_tokens=60)
        rig.clock.advance(15)
        reply = await rig.chat("gpt-4.1-nano", max_tokens=60, version="2023-05-15")
        assert reply.json == {
            "error": {
                "code": "RateLimitReached",
                "message": "Your requests to gpt-4.1-nano for gpt-4.1-nano in Sweden Central have exceeded "
                "the token rate limit for your current AIServices S0 pricing tier. This request was for "
                "ChatCompletions_Create under Azure OpenAI API version 2023-05-15. Please retry after 45 "
                "seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.",
            }
        }

    async def test_of_a_call_429_of_embeddings(self, rig: Rig) -> None:
        rig.plane.adjust("east", Settings(switches=Switches(body="429")))
        rig.deploy("embed", model="text-embedding-3-small", requests=(1, 10))
        path = "/openai/deployments/embed/embeddings?api-version=2024-10-21"
        await rig.ask(path, {"input": "text"})
        assert (await rig.ask(path, {"input": "text"})).json == {
            "error": {
                "code": "429",
                "message": "Requests to the Embeddings_Create Operation under Azure OpenAI API version "
                "2024-10-21 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please "
                "retry after 10 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like "
                "to further increase the default rate limit.",
            }
        }

    async def test_of_the_headers_of_a_token_429_in_2023(self, rig: Rig) -> None:
        switches = Switches(rate_headers="of-2023", token_retry_after=False)
        rig.plane.adjust("east", Settings(switches=switches))
        rig.deploy(tokens=(100, 60))
        await rig.chat(max_completion_tokens=60)
        rig.clock.advance(5)
        headers = dict((await rig.chat(max_completion_tokens=60)).headers)
        assert headers.pop("apim-request-id")
        assert headers.pop("x-request-id")
        assert headers.pop("x-ratelimit-remaining-requests")
        assert headers == {
            "Content-Type": "application/json",
            "x-rate-limit-reset-tokens": "55",
            "policy-id": "DeploymentRatelimit-Token",
            "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
            "x-content-type-options": "nosniff",
            "x-ms-region": "Sweden Central",
        }

    async def test_of_a_parameter_that_a_model_refuses(self, rig: Rig) -> None:
        rig.deploy()
        reply = await rig.chat(max_tokens=5)
        assert (reply.status, reply.error["code"]) == (400, "unsupported_parameter")
        assert reply.error["message"] == (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead."
        )

    async def test_of_a_prompt_that_the_filter_stops_even_where_a_stream_was_asked_for(
        self, rig: Rig
    ) -> None:
        rig.plane.adjust("east", Settings(blocked_terms=("accounts",)))
        rig.deploy()
        for stream in (False, True):
            reply = await rig.chat(stream=stream)
            assert (reply.status, reply.headers.get("Content-Type")) == (400, "application/json")
            assert (reply.error["code"], reply.error["param"]) == ("content_filter", "prompt")
            inner = reply.error["innererror"]
            assert inner["code"] == "ResponsibleAIPolicyViolation"
            assert inner["content_filter_result"]["jailbreak"] == {"filtered": True, "detected": True}

    async def test_of_an_unhandled_error_at_the_gateway(self, reading: Reading) -> None:
        local = reading.local()
        local.backends.answers["plain.test"] = ConnectionResetError()
        response = await local.call()
        assert isinstance(response.body, bytes)
        shape = rb'\{ "statusCode": 500, "message": "Internal server error", "activityId": "[0-9a-f-]{36}" \}'
        assert (response.status, bool(re.fullmatch(shape, response.body))) == (500, True)
