"""rate-limit and quota at the gateway: how often callers may call, and what they hear when they may not."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from apimlb.errors import PolicyError
from apimlb.http import Headers, Request, Response, read
from apimlb.policy.compiler import Scope, compile_policy
from tests.functional.local.gateway_scene import NOTE_REASON, Local, Reading, retrying
from tests.unit.local.gateway.documents import policy_of

BY_CALLER = 'counter-key="@(context.Request.Headers.GetValueOrDefault("caller", ""))"'
KEY = {"Ocp-Apim-Subscription-Key": "reader-1"}
TOLD = 'remaining-calls-header-name="left" total-calls-header-name="of" retry-after-variable-name="wait"'


def limited(local: Local, element: str) -> Local:
    text = policy_of(inbound=element, backend=retrying(1), on_error=NOTE_REASON)
    local.azure.policy(text, "apis/chat")
    return local


def with_key(local: Local) -> Local:
    """The same, for those who have a subscription."""
    local.azure.subscription("reader", "apis/chat")
    local.azure.api(serviceUrl="https://plain.test/base", subscriptionRequired=True)
    return local


@pytest.fixture
def far_west(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is nine and a half hours behind UTC."""
    monkeypatch.setenv("TZ", "XXX9:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def statuses(local: Local, count: int, **headers: str) -> list[int]:
    return [(await local.call(headers=headers)).status for _ in range(count)]


class TestRates:
    async def test_too_many_calls_of_a_key_wait_and_others_do_not(self, reading: Reading) -> None:
        element = f'<rate-limit-by-key calls="2" renewal-period="60" {BY_CALLER} {TOLD} />'
        local = limited(reading.local(), element)
        first = await local.call(headers={"caller": "a"})
        assert (first.headers.get("left"), first.headers.get("of")) == ("1", "2")
        local.clock.advance(10)
        assert await statuses(local, 2, caller="a") == [200, 429]
        assert await statuses(local, 1, caller="b") == [200]
        refused = await local.call(headers={"caller": "a"})
        assert (refused.headers.get("Retry-After"), refused.headers.get("reason")) == (
            "50",
            "RateLimitExceeded",
        )
        assert refused.body == (
            b'{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 50 seconds." }'
        )
        local.clock.advance(50)
        assert await statuses(local, 1, caller="a") == [200]

    async def test_a_limit_is_evaluated_once_for_a_request(self, reading: Reading) -> None:
        """Reading a body consumes it: a second time there would be none."""
        calls = "@(int.Parse(context.Request.Body.As&lt;string&gt;()))"
        element = f'<rate-limit-by-key calls="{calls}" renewal-period="60" {BY_CALLER} />'
        local = limited(reading.local(), element)
        answered = [(await local.call(headers={"caller": "a"}, body=b"2")).status for _ in range(3)]
        assert answered == [200, 200, 429]

    async def test_only_what_the_condition_names_is_counted(self, reading: Reading) -> None:
        element = (
            f'<rate-limit-by-key calls="2" renewal-period="60" {BY_CALLER} '
            'increment-condition="@(context.Response.StatusCode == 200)" increment-count="2" />'
        )
        local = limited(reading.local(), element)
        local.backends.answers["plain.test"] = 404
        assert await statuses(local, 3) == [404, 404, 404]
        local.backends.answers["plain.test"] = 200
        assert await statuses(local, 2) == [200, 429]

    async def test_an_expression_that_throws_at_the_end_is_an_error_like_another(
        self, reading: Reading
    ) -> None:
        element = (
            f'<rate-limit-by-key calls="2" renewal-period="60" {BY_CALLER} '
            'increment-count="@(int.Parse(context.Response.Headers.GetValueOrDefault("n", "")))" />'
        )
        failed = await limited(reading.local(), element).call()
        assert (failed.status, failed.headers.get("reason")) == (500, "ExpressionValueEvaluationFailure")

    async def test_what_is_left_is_told_even_where_nothing_is_forwarded(self, reading: Reading) -> None:
        local = reading.local()
        element = f'<rate-limit-by-key calls="2" renewal-period="60" {BY_CALLER} {TOLD} />'
        local.azure.policy(
            f"<policies><inbound>{element}</inbound><backend /><outbound /><on-error /></policies>",
            "apis/chat",
        )
        answer = await local.call()
        assert (answer.status, answer.headers.get("left")) == (200, "1")

    async def test_a_request_counts_once_for_a_key(self, reading: Reading) -> None:
        element = f'<rate-limit-by-key calls="2" renewal-period="60" {BY_CALLER} />'
        local = limited(reading.local(), element * 2)
        assert await statuses(local, 3) == [200, 200, 429]

    async def test_of_subscriptions_know_apis_and_operations(self, reading: Reading) -> None:
        element = (
            '<rate-limit calls="9" renewal-period="60"><api id="chat" calls="3" renewal-period="60">'
            '<operation id="any" calls="1" renewal-period="60" /></api>'
            '<api name="other" calls="1" renewal-period="60" /></rate-limit>'
        )
        local = limited(reading.local(), element)
        assert await statuses(local, 3) == [200, 200, 200]  # without a subscription nothing is counted
        assert await statuses(with_key(local), 2, **KEY) == [200, 429]

    async def test_a_refused_call_counts_for_none_and_the_least_is_told(self, reading: Reading) -> None:
        element = f'<rate-limit calls="3" renewal-period="60" {TOLD}><api name="Chat" calls="1" '
        local = with_key(limited(reading.local(), element + 'renewal-period="30" /></rate-limit>'))
        first = await local.call(headers=KEY)
        assert (first.headers.get("left"), first.headers.get("of")) == ("0", "1")
        assert await statuses(local, 3, **KEY) == [429] * 3
        local.clock.advance(30)
        assert await statuses(local, 1, **KEY) == [200]


class TestQuotas:
    async def test_a_spent_quota_says_when_it_comes_back(self, reading: Reading) -> None:
        month, ahead = 28 * 86_400, 22 * 86_400 + 14 * 3600 + 18 * 60 + 12
        element = (
            f'<quota-by-key calls="1" renewal-period="{month}" {BY_CALLER} '
            'first-period-start="2027-01-01T00:00:00Z" />'
        )
        local = limited(reading.local(), element)
        local.clock.advance(datetime(2027, 1, 29, tzinfo=UTC).timestamp() - ahead - local.clock.now())
        assert await statuses(local, 1) == [200]
        refused = await local.call()
        assert (refused.status, refused.headers.get("reason")) == (403, "QuotaExceeded")
        assert refused.body == (
            b'{ "statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in '
            b'22.14:18:12." }'
        )
        local.clock.advance(float(refused.headers.get("Retry-After") or 0))
        assert await statuses(local, 1) == [200]

    async def test_bytes_count_on_their_way_back(self, reading: Reading) -> None:
        local = limited(reading.local(), f'<quota-by-key bandwidth="1" renewal-period="0" {BY_CALLER} />')

        def streams(request: Request) -> Response:
            return Response(200, Headers([("Content-Type", "text/event-stream")]), _chunks())

        local.backends.answers["plain.test"] = streams
        assert (await local.call()).status == 200
        refused = await local.call()
        assert refused.status == 403
        assert json.loads(await read(refused))["message"].startswith("Out of bandwidth quota.")
        assert refused.headers.get("Retry-After") is None

    async def test_begin_with_the_year_one_and_refuse_as_azure_does(self, reading: Reading) -> None:
        # As seen on 2022-01-21 at 02:53:16: "Quota will be replenished in 00:26:44."
        local = limited(reading.local(), f'<quota-by-key calls="1" renewal-period="3000" {BY_CALLER} />')
        past = local.clock.now() - datetime(2022, 1, 21, 2, 53, 16, tzinfo=UTC).timestamp()
        local.clock.advance(3000 - past % 3000)
        assert await statuses(local, 1) == [200]
        refused = await local.call()
        assert (refused.reason, refused.headers.get("Retry-After")) == ("Quota Exceeded", "1604")
        assert json.loads(await read(refused))["message"].endswith("replenished in 00:26:44.")

    async def test_of_a_time_without_zone_begin_in_utc(self, reading: Reading, far_west: None) -> None:
        element = (
            f'<quota-by-key calls="1" renewal-period="7200" {BY_CALLER} '
            'first-period-start="2027-01-01T00:30:00" />'
        )
        local = limited(reading.local(), element)
        local.clock.advance(datetime(2027, 6, 1, tzinfo=UTC).timestamp() - local.clock.now())
        assert await statuses(local, 1) == [200]
        assert (await local.call()).headers.get("Retry-After") == "1800"

    async def test_of_subscriptions_begin_with_them(self, reading: Reading) -> None:
        local = reading.local()
        local.azure.api(serviceUrl="https://plain.test/base", subscriptionRequired=True)
        local.azure.product("gold", "chat")
        local.azure.subscription("reader", "products/gold")
        local.azure.policy(
            policy_of(inbound='<quota calls="1" renewal-period="3600" />', backend=retrying(1)),
            "products/gold",
        )
        assert await statuses(local, 2, **KEY) == [200, 403]
        local.clock.advance(3600)
        assert await statuses(local, 1, **KEY) == [200]


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(4):
        yield b"x" * 256


@pytest.mark.parametrize(
    ("element", "complaint"),
    [
        ('<rate-limit calls="1" renewal-period="301" />', "from 1 to 300"),
        ('<rate-limit calls="@(1)" renewal-period="60" />', "Expressions are not allowed"),
        ('<rate-limit-by-key calls="1" renewal-period="60" />', "'counter-key' is missing"),
        ('<quota renewal-period="300" />', "'calls' and 'bandwidth'"),
        ('<quota calls="1" renewal-period="299" />', "300"),
        ('<quota-by-key calls="1" renewal-period="0" counter-key="k" first-period-start="soon" />', "'soon'"),
        (
            '<rate-limit calls="1" renewal-period="9"><api calls="1" renewal-period="9" /></rate-limit>',
            "'name'",
        ),
    ],
)
def test_what_azure_would_not_take_is_refused(element: str, complaint: str) -> None:
    with pytest.raises(PolicyError, match=complaint):
        compile_policy(policy_of(inbound=element), scope="product")


@pytest.mark.parametrize(("tag", "scope"), [("quota", "api"), ("quota", "global"), ("rate-limit", "global")])
def test_limits_of_subscriptions_have_their_places(tag: str, scope: Scope) -> None:
    element = f'<{tag} calls="1" renewal-period="300" />'
    with pytest.raises(PolicyError, match="Policy is not allowed in the specified scope"):
        compile_policy(policy_of(inbound=element), scope=scope)
    compile_policy(policy_of(inbound=element), scope="product")
