"""Bodies and headers as callers of live gateways and accounts have pasted them, word for word."""

import re

from apimlb.local.openai.switches import Settings, Switches
from tests.functional.local.gateway_scene import LIMIT, NOTE_REASON, Reading, using
from tests.unit.local.gateway.documents import policy_of
from tests.unit.local.openai.conftest import Rig


async def test_of_no_key_at_the_gateway(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(subscriptionRequired=True)
    assert (await local.call()).body == (
        b'{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to '
        b'include subscription key when making requests to an API." }'
    )


async def test_of_errors_before_the_policies_as_on_error_sees_them(reading: Reading) -> None:
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


async def test_of_a_spent_token_quota(reading: Reading) -> None:
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


async def test_of_a_wrong_key_at_the_gateway(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(subscriptionRequired=True)
    response = await local.call(headers={"Ocp-Apim-Subscription-Key": "wrong"})
    assert response.body == (
        b'{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to '
        b'provide a valid key for an active subscription." }'
    )


async def test_of_a_wrong_key_at_an_account(rig: Rig) -> None:
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


async def test_of_a_missing_deployment(rig: Rig) -> None:
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


async def test_of_a_token_429_of_a_free_account(rig: Rig) -> None:
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


async def test_of_a_token_429_since_the_end_of_2025(rig: Rig) -> None:
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


async def test_of_a_call_429_of_embeddings(rig: Rig) -> None:
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


async def test_of_the_headers_of_a_token_429_in_2023(rig: Rig) -> None:
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


async def test_of_a_parameter_that_a_model_refuses(rig: Rig) -> None:
    rig.deploy()
    reply = await rig.chat(max_tokens=5)
    assert (reply.status, reply.error["code"]) == (400, "unsupported_parameter")
    assert reply.error["message"] == (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead."
    )


async def test_of_a_prompt_that_the_filter_stops_even_where_a_stream_was_asked_for(rig: Rig) -> None:
    rig.plane.adjust("east", Settings(blocked_terms=("accounts",)))
    rig.deploy()
    for stream in (False, True):
        reply = await rig.chat(stream=stream)
        assert (reply.status, reply.headers.get("Content-Type")) == (400, "application/json")
        assert (reply.error["code"], reply.error["param"]) == ("content_filter", "prompt")
        inner = reply.error["innererror"]
        assert inner["code"] == "ResponsibleAIPolicyViolation"
        assert inner["content_filter_result"]["jailbreak"] == {"filtered": True, "detected": True}


async def test_of_an_unhandled_error_at_the_gateway(reading: Reading) -> None:
    local = reading.local()
    local.backends.answers["plain.test"] = ConnectionResetError()
    response = await local.call()
    assert isinstance(response.body, bytes)
    shape = rb'\{ "statusCode": 500, "message": "Internal server error", "activityId": "[0-9a-f-]{36}" \}'
    assert (response.status, bool(re.fullmatch(shape, response.body))) == (500, True)
