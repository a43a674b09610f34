"""A gateway in front of throttling and dying backends: what its clients see, and whom it calls."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from apimlb.http import Headers, Request, Response
from tests.functional.local.gateway_scene import (
    FAILED_OR_NONE,
    NOTE_REASON,
    Reading,
    asking_again,
    retrying,
    throttled,
)
from tests.unit.local.gateway.documents import THROTTLED, policy_of

INTERNAL = b'{ "statusCode": 500, "message": "Internal server error", "activityId": "'


async def test_a_throttled_call_fails_over_at_once(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))
    local.azure.policy(policy_of(backend=asking_again()), "apis/chat")
    local.backends.answers["east.test"] = throttled(20)
    started = local.clock.now()
    response = await local.call()
    assert (response.status, response.body) == (200, b"west.test")
    assert local.backends.asked() == ["east", "west"]
    assert local.clock.now() == started


async def test_the_tripped_member_is_skipped_until_its_retry_after_has_passed(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2), retries=1)
    local.backends.answers["east.test"] = throttled(20)
    assert (await local.call()).status == (429 if reading.pins else 200)
    assert local.backends.asked() == ["east", "east" if reading.pins else "west"]
    local.backends.answers["east.test"] = 200
    local.clock.advance(19.9)
    await local.call()
    assert local.backends.asked() == ["west"]
    local.clock.advance(0.1)
    await local.call()
    assert local.backends.asked() == ["east"]


async def test_a_lower_priority_serves_only_while_every_higher_one_is_out(reading: Reading) -> None:
    local = reading.pooled(("ptu", 1), ("east", 2), ("west", 2))
    local.azure.policy(policy_of(backend=asking_again()), "apis/chat")
    local.backends.answers["ptu.test"] = throttled(30)
    for _ in range(20):
        await local.call()
    first, *others = local.backends.asked()
    assert (first, set(others)) == ("ptu", {"east", "west"})
    turns = [mine != next for mine, next in itertools.pairwise(others)]
    assert all(turns) == (reading.gateway.weighting == "smooth"), "they alternate, or chance decides"


async def test_with_every_member_out_the_client_gets_503_and_nobody_is_called(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2), retries=1)
    local.azure.policy(policy_of(backend=asking_again(1)), "apis/chat")
    local.backends.answers |= {"east.test": throttled(20), "west.test": throttled(50)}
    assert (await local.call()).status == 429
    assert local.backends.asked() == ["east", "west"]
    local.clock.advance(5.5)
    response = await local.call()
    said, soonest = reading.gateway, reading.gateway.exhausted_retry_after == "soonest"
    assert (response.status, response.reason) == (503, said.exhausted_reason)
    assert response.body == f'{{ "statusCode": 503, "message": "{said.exhausted_message}" }}'.encode()
    assert response.headers.get("Retry-After") == ("15" if soonest else None)
    assert local.backends.asked() == []


TO_429 = (
    '<choose><when condition="@(context.Response.StatusCode == 503)">'
    '<set-status code="429" reason="Too Many Requests" /></when></choose>'
)


async def test_on_error_can_make_the_503_a_429_and_retry_after_stays(reading: Reading) -> None:
    local = reading.pooled(("east", 1), retries=1, on_error=TO_429)
    local.backends.answers["east.test"] = throttled(20)
    await local.call()
    local.backends.asked()
    response = await local.call()
    told = "20" if reading.gateway.exhausted_retry_after == "soonest" else None
    assert (response.status, response.headers.get("Retry-After")) == (429, told)
    assert local.backends.asked() == []


async def test_after_the_last_retry_the_client_sees_the_backends_own_answer(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(backend=retrying(2)), "apis/chat")
    local.backends.answers["plain.test"] = throttled(7)
    response = await local.call()
    assert (response.status, response.body) == (429, b'{"error":{"code":"429"}}')
    assert response.headers.get("Retry-After") == "7"
    assert local.backends.asked() == ["plain", "plain", "plain"]


async def test_without_buffering_a_retry_sends_an_empty_body(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(backend=retrying(2, buffered=False)), "apis/chat")
    local.backends.answers["plain.test"] = 500
    await local.call(body=b"question")
    assert [request.body for request in local.backends.requests] == [b"question", b"", b""]


async def test_a_single_backend_that_is_out_is_not_called(reading: Reading) -> None:
    local = reading.local()
    local.azure.backend("plain", breaker=THROTTLED)
    local.azure.policy(policy_of(inbound='<set-backend-service backend-id="plain" />'), "apis/chat")
    local.backends.answers["plain.test"] = throttled(20)
    assert [(await local.call()).status for _ in range(2)] == [429, 503]
    assert local.backends.asked() == ["plain"]


async def test_a_url_that_an_entity_stands_for_has_its_breaker_without_being_named(reading: Reading) -> None:
    local = reading.local()
    local.azure.backend("entity", "https://plain.test/base/", breaker=THROTTLED)
    local.backends.answers["plain.test"] = throttled(20)
    assert [(await local.call()).status for _ in range(2)] == [429, 503]


async def test_consumption_has_no_breakers(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2), retries=1, sku="Consumption")
    local.backends.answers["east.test"] = throttled(20)
    assert (await local.call()).status == 429
    assert local.backends.asked() == ["east", "east"]


async def test_a_pinned_member_is_not_left_until_a_policy_sets_the_backend_again(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))
    local.backends.answers["east.test"] = throttled(20)
    response = await local.call()
    assert response.status == (429 if reading.pins else 200)
    assert local.backends.asked() == (["east"] * 3 if reading.pins else ["east", "west"])
    assert (await local.call()).status == 200
    assert local.backends.asked() == ["west"]


async def test_an_unknown_backend_is_an_internal_error(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(
        policy_of(inbound='<set-backend-service backend-id="gone" />', on_error=NOTE_REASON), "apis/chat"
    )
    response = await local.call()
    assert (response.status, response.headers.get("reason")) == (500, "BackendNotFound")


async def test_an_api_without_any_backend_url_is_an_internal_error(reading: Reading) -> None:
    local = reading.local()
    local.azure.api()
    assert (await local.call()).status == 500


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(ConnectionRefusedError("refused"), "BackendConnectionFailure"), (TimeoutError(), "Timeout")],
)
async def test_a_dead_backend_is_tried_again_and_then_the_error_is_told(
    reading: Reading, failure: Exception, reason: str
) -> None:
    local = reading.local()
    text = policy_of(backend=retrying(2, condition=FAILED_OR_NONE), on_error=NOTE_REASON)
    local.azure.policy(text, "apis/chat")
    local.backends.answers["plain.test"] = failure
    response = await local.call()
    assert response.headers.get("reason") == reason
    assert response.status == (reading.gateway.timeout_status if reason == "Timeout" else 500)
    if response.status == 500:
        assert isinstance(response.body, bytes)
        assert response.body.startswith(INTERNAL)
    assert local.backends.asked() == ["plain", "plain", "plain"]


async def test_a_backend_that_never_answers_is_left_when_the_worlds_time_is_up(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(backend='<forward-request timeout="120" />'), "apis/chat")
    local.backends.silent = True
    call = asyncio.create_task(local.call())
    await local.backends.heard.wait()
    local.clock.advance(119)
    assert (await asyncio.wait([call], timeout=0.01))[1], "a second is left"
    local.clock.advance(2)
    assert (await call).status == reading.gateway.timeout_status


async def test_a_condition_that_is_false_for_no_response_ends_the_retry(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(backend=retrying(2)), "apis/chat")
    local.backends.answers["plain.test"] = ConnectionResetError()
    assert (await local.call()).status == 500
    nothing = reading.policy.response_after_failure == "null"
    assert local.backends.asked() == ["plain"] * (1 if nothing else 3)


async def test_a_dead_member_does_not_trip_a_rule_about_statuses(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))
    local.azure.policy(policy_of(backend=asking_again(1, condition=FAILED_OR_NONE)), "apis/chat")
    local.backends.answers["east.test"] = ConnectionRefusedError()
    assert (await local.call()).status == 500
    assert local.backends.asked() == ["east", "east"]


async def test_a_rule_that_names_the_failure_does_trip(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))
    local.azure.policy(policy_of(backend=asking_again(1, condition=FAILED_OR_NONE)), "apis/chat")
    condition = {"count": 1, "interval": "PT1M", "errorReasons": ["BackendConnectionFailure"]}
    local.azure.backend("east", breaker={"rules": [{"failureCondition": condition, "tripDuration": "PT1M"}]})
    local.backends.answers["east.test"] = ConnectionRefusedError()
    assert (await local.call()).status == 200
    assert local.backends.asked() == ["east", "west"]


async def test_two_instances_share_nothing_but_the_cache(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))
    local.azure.policy(policy_of(backend=asking_again(1)), "apis/chat")
    second = local.instance()
    local.backends.answers["east.test"] = throttled(20)
    await local.call()
    await local.call()
    assert local.backends.asked() == ["east", "west", "west"]
    await local.call(gateway=second)
    assert local.backends.asked() == ["east", "west"]
    assert list(local.gateway.breakers()) == [f"{local.azure.id}/backends/east".lower()]


async def test_a_stream_that_breaks_off_is_not_tried_again(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))

    async def broken() -> AsyncIterator[bytes]:
        yield b"one"
        raise ConnectionResetError("gone")

    local.backends.answers["east.test"] = Response(200, Headers(), broken())
    request = Request("POST", "https://apim.azure-api.net/openai/chat")
    response = await local.gateway.send(request)
    assert not isinstance(response.body, bytes)
    assert await anext(response.body) == b"one"
    with pytest.raises(ConnectionError):
        await anext(response.body)
    assert local.backends.asked() == ["east"], "its status had been told, and the policies had ended"


async def test_what_one_instance_caches_the_other_finds(reading: Reading) -> None:
    local = reading.local()
    second = local.instance()
    store = '<cache-store-value key="k" value="from the first" duration="60" caching-type="internal" />'
    lookup = '<cache-lookup-value key="k" variable-name="v" default-value="none" caching-type="internal" />'
    tell = '<return-response><set-body>@((string)context.Variables["v"])</set-body></return-response>'
    local.azure.policy(policy_of(inbound=store), "apis/chat")
    await local.call()
    local.azure.policy(policy_of(inbound=lookup + tell), "apis/chat")
    assert (await local.call(gateway=second)).body == b"from the first"
    local.clock.advance(60)
    assert (await local.call(gateway=second)).body == b"none"


async def test_while_one_member_is_well_no_client_sees_a_429(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 1), ("north", 1))
    local.azure.policy(policy_of(backend=asking_again(2)), "apis/chat")
    local.backends.answers |= {"east.test": throttled(60), "west.test": throttled(60)}
    assert [(await local.call()).status for _ in range(6)] == [200] * 6
