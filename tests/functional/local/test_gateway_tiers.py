"""What a tier holds and how long it lets a request take; and sessions that stay at one member of a pool."""

import math
from collections.abc import AsyncIterator

import pytest

from apimlb.http import Headers, Request, Response, close, read
from apimlb.local.gateway import switches as gateway_switches
from apimlb.local.gateway.limits import most_seconds
from apimlb.local.gateway.switches import GatewaySwitches
from tests.functional.local.gateway_scene import TO_POOL, Local, Reading, retrying, throttled
from tests.unit.local.gateway.documents import policy_of

LARGE = b"x" * (2 * 1024 * 1024 + 1)
ANSWER = (
    '<set-header name="length"><value>@(context.Response.Body.As<string>().Length.ToString())</value>'
    "</set-header>"
)


class TestLargeBodies:
    @pytest.mark.parametrize("sku", ["BasicV2", "Consumption"])
    async def test_are_refused_where_a_retry_would_hold_them(self, reading: Reading, sku: str) -> None:
        local = reading.local(sku=sku)
        local.azure.policy(policy_of(backend=retrying()), "apis/chat")
        refused = await local.call(body=LARGE)
        assert refused.status == reading.gateway.over_buffer_status
        assert local.backends.asked() == []
        assert (await local.call(body=LARGE[1:])).status == 200

    async def test_pass_where_nothing_holds_them(self, reading: Reading) -> None:
        local = reading.local(sku="BasicV2")
        assert (await local.call(body=LARGE)).status == 200

    async def test_are_held_by_a_classic_tier(self, reading: Reading) -> None:
        local = reading.local(sku="Developer")
        local.azure.policy(policy_of(backend=retrying()), "apis/chat")
        assert (await local.call(body=LARGE)).status == 200

    async def test_cannot_be_read_by_an_expression(self, reading: Reading) -> None:
        local = reading.local(sku="BasicV2")
        local.azure.policy(policy_of(outbound=ANSWER), "apis/chat")
        assert (await local.call()).headers.get("length") == "10"

        async def large() -> AsyncIterator[bytes]:
            yield LARGE

        local.backends.answers["plain.test"] = Response(200, Headers(), large())
        assert (await local.call()).status == reading.gateway.over_buffer_status

    async def test_without_end_are_not_read_without_end(self, reading: Reading) -> None:
        local = reading.local(sku="BasicV2")
        side = '<send-request mode="new" response-variable-name="r"><set-url>https://side.test</set-url></send-request>'
        for policy, host in (
            (policy_of(outbound=ANSWER), "plain.test"),
            (policy_of(inbound=side), "side.test"),
        ):
            sent: list[bytes] = []

            async def endless(sent: list[bytes] = sent) -> AsyncIterator[bytes]:
                while True:
                    sent.append(LARGE[: 2**18])
                    yield sent[-1]

            local.azure.policy(policy, "apis/chat")
            local.backends.answers[host] = Response(200, Headers(), endless())
            assert (await local.call()).status == reading.gateway.over_buffer_status
            assert sum(map(len, sent)) <= len(LARGE) + 2**18


class TestLongUrls:
    @pytest.mark.parametrize("sku", ["BasicV2", "PremiumV2", "Consumption"])
    async def test_end_at_16_kib_where_the_tier_says_so(self, reading: Reading, sku: str) -> None:
        local = reading.local(sku=sku)
        start = "https://apim.azure-api.net/openai/chat?q="
        for length, status in ((16_384, 200), (16_385, 414)):
            response = await local.call("/openai/chat?q=" + "x" * (length - len(start)))
            assert response.status == status
        assert response.body == b'{ "statusCode": 414, "message": "URI Too Long" }'
        assert len(local.backends.requests) == 1

    async def test_do_not_end_on_a_classic_tier(self, reading: Reading) -> None:
        assert (await reading.local().call("/openai/chat?q=" + "x" * 40_000)).status == 200

    @pytest.mark.parametrize("sku", ["Developer", "BasicV2"])
    async def test_have_short_segments(self, reading: Reading, sku: str) -> None:
        local = reading.local(sku=sku)
        for length, status in ((1024, 200), (1025, 400)):
            assert (await local.call(f"/openai/{'x' * length}/chat")).status == status
        assert len(local.backends.requests) == 1


class TestTime:
    def test_of_a_request_is_limited_by_tier(self) -> None:
        likely, adverse = GatewaySwitches(), gateway_switches.ADVERSE
        assert [most_seconds(sku, likely) for sku in ("Consumption", "BasicV2", "Basic")] == [
            30,
            math.inf,
            math.inf,
        ]
        assert [most_seconds(sku, adverse) for sku in ("Consumption", "StandardV2", "Premium")] == [
            30,
            30,
            math.inf,
        ]

    async def slow(self, local: Local, seconds: float) -> Response:
        """The answer of a backend that takes so long for each of three chunks."""

        async def chunks() -> AsyncIterator[bytes]:
            for word in (b"one", b"two", b"three"):
                local.clock.advance(seconds)
                yield word

        local.backends.answers["plain.test"] = Response(200, Headers(), chunks())
        return await local.gateway.send(Request("POST", "https://apim.azure-api.net/openai/chat"))

    async def test_that_is_up_cuts_a_stream(self) -> None:
        local = Local(gateway_switches.ADVERSE, sku="BasicV2")
        local.azure.policy(policy_of(backend=retrying()), "apis/chat")
        response = await self.slow(local, 12)
        assert not isinstance(response.body, bytes)
        assert [await anext(response.body), await anext(response.body)] == [b"one", b"two"]
        with pytest.raises(ConnectionResetError):
            await anext(response.body)
        await close(response)

    async def test_suffices_for_a_stream_that_is_quick_enough(self) -> None:
        assert (
            await read(await self.slow(Local(gateway_switches.ADVERSE, sku="BasicV2"), 10)) == b"onetwothree"
        )

    @pytest.mark.parametrize("sku", ["BasicV2", "Developer"])
    async def test_is_not_limited_on_a_tier_without_a_limit(self, sku: str) -> None:
        assert await read(await self.slow(Local(sku=sku), 300)) == b"onetwothree"

    async def test_that_is_up_ends_retries(self) -> None:
        local = Local(GatewaySwitches(), sku="Consumption")
        local.azure.policy(policy_of(backend=retrying(20)), "apis/chat")

        def slowly(request: Request) -> Response:
            local.clock.advance(13)
            return Response(500)

        local.backends.answers["plain.test"] = slowly
        assert (await local.call()).status == 500
        assert len(local.backends.requests) == 3


class TestSessions:
    def affine(self, reading: Reading) -> Local:
        local = reading.pooled(("east", 1), ("west", 1))
        [pool] = [item for item in local.azure.store.descendants("") if item.id.endswith("/backends/all")]
        members = pool.body["properties"]["pool"]
        session = {"sessionId": {"source": "Cookie", "name": "SessionId"}}
        local.azure.put("backends/all", {"type": "Pool", "pool": {**members, "sessionAffinity": session}})
        local.azure.policy(
            policy_of(backend=retrying().replace("<forward", f"{TO_POOL}<forward")), "apis/chat"
        )
        return local

    async def test_stay_where_they_began(self, reading: Reading) -> None:
        local = self.affine(reading)
        first = await local.call()
        cookie = (first.headers.get("Set-Cookie") or "").partition(";")[0]
        assert cookie.startswith("SessionId=")
        local.backends.asked()
        for _ in range(8):
            again = await local.call(headers={"Cookie": f'a="b; c={{}}; d:e=[x y]; =; {cookie}'})
            assert again.body == first.body
            assert again.headers.get("Set-Cookie") is None

    async def test_move_while_their_member_is_out(self, reading: Reading) -> None:
        local = self.affine(reading)
        first = await local.call()
        cookie = (first.headers.get("Set-Cookie") or "").partition(";")[0]
        assert isinstance(first.body, bytes)
        local.backends.answers[first.body.decode()] = throttled(20)
        moved = await local.call(headers={"Cookie": cookie})
        assert (moved.status, moved.body != first.body) == (200, True)
        assert moved.headers.get("Set-Cookie")

    async def test_that_name_nobody_begin_anew(self, reading: Reading) -> None:
        local = self.affine(reading)
        for cookie in ("SessionId=nobody", "SessionId=", "=;;;", "a=b"):
            assert (await local.call(headers={"Cookie": cookie})).headers.get("Set-Cookie")

    async def test_are_not_kept_by_a_pool_without_affinity(self, reading: Reading) -> None:
        local = reading.pooled(("east", 1))
        assert (await local.call()).headers.get("Set-Cookie") is None


async def test_the_answer_to_head_keeps_the_length_that_a_get_would_have(reading: Reading) -> None:
    local = reading.local()
    local.azure.operation(method="HEAD", name="head")
    local.backends.answers["plain.test"] = Response(200, Headers([("Content-Length", "1234")]))
    response = await local.call(method="HEAD", body=b"")
    assert (response.headers.get("Content-Length"), response.body) == ("1234", b"")


async def test_a_subscription_does_not_expire_by_its_dates(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(serviceUrl="https://plain.test", subscriptionRequired=True)
    local.azure.put(
        "subscriptions/app",
        {
            "scope": f"{local.azure.id}/apis",
            "state": "active",
            "createdDate": "2020-01-02T03:04:05.1234567Z",
            "expirationDate": "2021-01-01T00:00:00Z",
        },
        primaryKey="app-1",
    )
    show = (
        '<set-header name="dates"><value>@(context.Subscription.CreatedDate.Year + " " + '
        'context.Subscription.EndDate.Value.Year + (context.User == null ? " nobody" : ""))</value>'
        "</set-header>"
    )
    local.azure.policy(policy_of(outbound=show), "apis/chat")
    response = await local.call(headers={"Ocp-Apim-Subscription-Key": "app-1"})
    assert (response.status, response.headers.get("dates")) == (200, "2020 2021 nobody")
    local.azure.subscription("app", "apis", state="expired")
    assert (await local.call(headers={"Ocp-Apim-Subscription-Key": "app-1"})).status == 401
