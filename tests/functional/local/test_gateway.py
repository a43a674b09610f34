"""A gateway in front of throttling and dying backends: what its clients see, and whom it calls."""

import pytest

from apimlb.local.gateway.switches import ADVERSE, GatewaySwitches
from apimlb.policy.switches import Switches
from tests.functional.local.gateway_scene import (
    FAILED,
    NOTE_REASON,
    TO_POOL,
    Local,
    Reading,
    pooled,
    retrying,
    throttled,
)
from tests.unit.local.gateway.documents import THROTTLED, policy_of

UNAVAILABLE = b'{ "statusCode": 503, "message": "Service unavailable" }'
INTERNAL = b'{ "statusCode": 500, "message": "Internal server error", "activityId": "'


async def test_a_throttled_call_fails_over_at_once() -> None:
    local = pooled(("east", 1), ("west", 1))
    local.backends.answers["east.test"] = throttled(20)
    started = local.clock.now()
    response = await local.call()
    assert (response.status, response.body) == (200, b"west.test")
    assert local.backends.asked() == ["east", "west"]
    assert local.clock.now() == started


async def test_the_tripped_member_is_skipped_until_its_retry_after_has_passed() -> None:
    local = pooled(("east", 1), ("west", 2), retries=1)
    local.backends.answers["east.test"] = throttled(20)
    assert (await local.call()).status == 200
    assert local.backends.asked() == ["east", "west"]
    local.backends.answers["east.test"] = 200
    local.clock.advance(19.9)
    await local.call()
    assert local.backends.asked() == ["west"]
    local.clock.advance(0.1)
    await local.call()
    assert local.backends.asked() == ["east"]


async def test_a_lower_priority_serves_only_while_every_higher_one_is_out() -> None:
    local = pooled(("ptu", 1), ("east", 2), ("west", 2))
    local.backends.answers["ptu.test"] = throttled(30)
    await local.call()
    assert local.backends.asked() == ["ptu", "east"]
    await local.call()
    await local.call()
    assert local.backends.asked() == ["west", "east"]


async def test_with_every_member_out_the_client_gets_503_and_nobody_is_called() -> None:
    local = pooled(("east", 1), ("west", 1), retries=1)
    local.backends.answers |= {"east.test": throttled(20), "west.test": throttled(50)}
    assert (await local.call()).status == 429
    assert local.backends.asked() == ["east", "west"]
    local.clock.advance(5.5)
    response = await local.call()
    assert (response.status, response.body) == (503, UNAVAILABLE)
    assert response.headers.get("Retry-After") == "15"
    assert local.backends.asked() == []


TO_429 = (
    '<choose><when condition="@(context.Response.StatusCode == 503)">'
    '<set-status code="429" reason="Too Many Requests" /></when></choose>'
)


async def test_on_error_can_make_the_503_a_429_and_retry_after_stays(reading: Reading) -> None:
    local = reading.pooled(("east", 1), retries=1, on_error=TO_429)
    local.backends.answers["east.test"] = throttled(20)
    response = await local.call()
    assert (response.status, response.headers.get("Retry-After")) == (429, "20")


async def test_how_an_exhausted_pool_reads_can_be_switched() -> None:
    local = pooled(("east", 1), retries=1, switches=ADVERSE)
    local.backends.answers["east.test"] = throttled(20)
    await local.call()
    response = await local.call()
    assert (response.status, response.reason) == (503, ADVERSE.exhausted_reason)
    assert response.body == b'{ "statusCode": 503, "message": "No backend is available" }'
    assert response.headers.get("Retry-After") is None


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


async def test_a_pinned_member_is_not_left_until_a_policy_sets_the_backend_again() -> None:
    local = pooled(("east", 1), ("west", 1), switches=GatewaySwitches(pin_selected_member=True))
    local.backends.answers["east.test"] = throttled(20)
    response = await local.call()
    assert response.status == 429
    assert local.backends.asked() == ["east", "east", "east"]
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
    failure: Exception, reason: str
) -> None:
    local = Local()
    local.azure.policy(policy_of(backend=retrying(2), on_error=NOTE_REASON), "apis/chat")
    local.backends.answers["plain.test"] = failure
    response = await local.call()
    assert (response.status, response.headers.get("reason")) == (500, reason)
    assert isinstance(response.body, bytes)
    assert response.body.startswith(
        b'{ "statusCode": 500, "message": "Internal server error", "activityId": "'
    )
    assert local.backends.asked() == ["plain", "plain", "plain"]


async def test_a_timeout_may_be_a_504() -> None:
    local = Local(GatewaySwitches(timeout_status=504))
    local.backends.answers["plain.test"] = TimeoutError()
    assert (await local.call()).status == 504


async def test_a_condition_that_is_false_for_no_response_ends_the_retry() -> None:
    local = Local(policy_switches=Switches(response_after_failure="null"))
    local.azure.policy(policy_of(backend=retrying(2)), "apis/chat")
    local.backends.answers["plain.test"] = ConnectionResetError()
    assert (await local.call()).status == 500
    assert local.backends.asked() == ["plain"]


async def test_a_dead_member_does_not_trip_a_rule_about_statuses() -> None:
    local = pooled(("east", 1), ("west", 2), retries=1)
    local.backends.answers["east.test"] = ConnectionRefusedError()
    assert (await local.call()).status == 500
    assert local.backends.asked() == ["east", "east"]


async def test_a_rule_that_names_the_failure_does_trip() -> None:
    local = pooled(("east", 1), ("west", 2), retries=1)
    condition = {"count": 1, "interval": "PT1M", "errorReasons": ["BackendConnectionFailure"]}
    local.azure.backend("east", breaker={"rules": [{"failureCondition": condition, "tripDuration": "PT1M"}]})
    local.backends.answers["east.test"] = ConnectionRefusedError()
    assert (await local.call()).status == 200
    assert local.backends.asked() == ["east", "west"]


async def test_two_instances_share_nothing_but_the_cache() -> None:
    local = pooled(("east", 1), ("west", 2), retries=1)
    second = local.instance()
    local.backends.answers["east.test"] = throttled(20)
    await local.call()
    await local.call()
    assert local.backends.asked() == ["east", "west", "west"]
    await local.call(gateway=second)
    assert local.backends.asked() == ["east", "west"]
    assert list(local.gateway.breakers()) == [f"{local.azure.id}/backends/east".lower()]


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


@pytest.mark.parametrize("switches", [GatewaySwitches(), ADVERSE])
async def test_while_one_member_is_well_no_client_sees_a_429(switches: GatewaySwitches) -> None:
    local = pooled(("east", 1), ("west", 1), ("north", 1), retries=2, switches=switches)
    again = (
        f'<retry condition="{FAILED}" count="2" interval="0">{TO_POOL}'
        '<forward-request buffer-request-body="true" /></retry>'
    )
    local.azure.policy(policy_of(backend=again), "apis/chat")
    local.backends.answers |= {"east.test": throttled(60), "west.test": throttled(60)}
    statuses = [(await local.call()).status for _ in range(6)]
    assert set(statuses[2:]) == {200}
