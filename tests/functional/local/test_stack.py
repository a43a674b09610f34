"""The deployed stack in front of throttling and dying accounts, under both readings of Azure.

While any account has quota left the client sees 200, whatever is true of what the documents leave open.
"""

from dataclasses import replace

import pytest

from apimlb.http import close
from apimlb.local.faults import Fault
from apimlb.local.openai.adjustment import adjusted
from apimlb.local.openai.plane import Outage
from apimlb.local.openai.switches import CHARGES
from tests.functional.local.stack_scene import (
    CHAT,
    DATED_RESPONSES,
    EMBEDDINGS,
    REGIONS,
    V1_CHAT,
    V1_RESPONSES,
    WORLDS,
    Raise,
    Stage,
    stage,
)

ORDERED = [
    {"location": "eastus2", "priority": 1},
    {"location": "swedencentral", "priority": 2},
    {"location": "westus3", "priority": 3},
]
COMPLETIONS = ("/openai/deployments/chat/completions?api-version=2024-10-21", "/openai/v1/completions")
TO_COME = ("/openai/deployments/chat/things?api-version=2031-01-01", "/openai/v1/things/of/tomorrow")


async def test_every_kind_of_call_is_answered(scene: Stage) -> None:
    chat, embedding = scene.chat(), {"model": "embedding", "input": "text"}
    prompt = {"model": "chat", "input": "text", "max_output_tokens": 20}
    for path, body in [
        (CHAT, chat),
        (V1_CHAT, chat),
        (V1_RESPONSES, prompt),
        (EMBEDDINGS, embedding),
        ("/openai/v1/embeddings", embedding),
        (DATED_RESPONSES, prompt),
    ]:
        reply = await scene.call(path, body)
        assert reply.status == 200, (path, reply.body)
        assert reply.json["usage"]["total_tokens"] > 0


async def test_every_operation_leads_to_an_account(scene: Stage) -> None:
    """A chat model does no completions, and nobody knows what is still to come: but an account says so."""
    for path in COMPLETIONS:
        reply = await scene.call(path, {"model": "chat", "prompt": "text"})
        assert (reply.status, reply.json["error"]["code"]) == (400, "OperationNotSupported")
    for path in TO_COME:
        reply = await scene.call(path, {"model": "chat"})
        assert (reply.status, reply.headers.get("x-ms-region") is not None) == (404, True)


async def test_models_can_be_listed(scene: Stage) -> None:
    listed = await scene.call("/openai/v1/models", method="GET")
    assert [model["id"] for model in listed.json["data"]] == [
        "gpt-5.1-2025-11-13",
        "text-embedding-3-small",
    ]
    one = await scene.call("/openai/v1/models/gpt-5.1-2025-11-13", method="GET")
    assert one.json["id"] == "gpt-5.1-2025-11-13"
    assert (await scene.call("/openai/v1/models/gpt-2", method="GET")).status == 404
    assert (await scene.call("/openai/v1/models", method="GET", x_other="1")).status == 401


async def test_a_stream_arrives_whole(scene: Stage) -> None:
    reply = await scene.call(body=scene.chat(stream=True, stream_options={"include_usage": True}))
    assert reply.status == 200
    assert reply.events[-1] == "[DONE]"
    assert '"total_tokens"' in reply.events[-2]


async def test_an_account_without_quota_goes_unnoticed(scene: Stage) -> None:
    scene.limit("eastus2", tokens=1)
    statuses = [(await scene.call()).status for _ in range(12)]
    assert statuses == [200] * 12
    counts = scene.counts()
    assert counts["eastus2"].answered == 0
    assert counts["eastus2"].calls < 12, "an account that refused is left alone for a while"


async def test_the_last_account_with_quota_serves_everybody(scene: Stage) -> None:
    scene.limit("eastus2", tokens=150)
    scene.limit("swedencentral", tokens=150)
    statuses = [(await scene.call()).status for _ in range(20)]
    assert statuses == [200] * 20
    assert scene.counts()["westus3"].answered >= 18


async def test_quota_that_comes_back_is_used_again(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=150)
    first = [(await scene.call()).status for _ in range(4)]
    assert first == [200, 200, 200, 429]
    scene.clock.advance(61)
    assert [(await scene.call()).status for _ in range(3)] == [200] * 3


async def test_with_every_account_out_the_client_learns_when_to_come_back(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=150)
    replies = [await scene.call() for _ in range(6)]
    refused = replies[-1]
    assert refused.status == 429
    wait = int(refused.headers.get("Retry-After") or "")
    assert 1 <= wait <= 60
    assert refused.headers.get("retry-after-ms") == str(wait * 1000)
    assert refused.json["error"]["code"] == "429"


async def test_priorities_are_kept_until_the_first_account_is_out(raise_stage: Raise) -> None:
    scene = raise_stage(accounts=ORDERED)
    scene.limit("eastus2", tokens=250)
    statuses = [(await scene.call()).status for _ in range(6)]
    assert statuses == [200] * 6
    counts = scene.counts()
    assert [counts[region].answered for region in REGIONS] == [2, 4, 0]
    scene.clock.advance(61)
    await scene.call()
    assert scene.counts()["eastus2"].answered == 3


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_account_that_fails_goes_unnoticed(scene: Stage, status: int) -> None:
    scene.world.openai.fail(scene.account("eastus2"), Outage(status))
    statuses = [(await scene.call()).status for _ in range(12)]
    assert statuses == [200] * 12


@pytest.mark.parametrize("status", [500, 503])
async def test_a_first_account_that_fails_goes_unnoticed(raise_stage: Raise, status: int) -> None:
    scene = raise_stage(accounts=ORDERED)
    scene.world.openai.fail(scene.account("eastus2"), Outage(status))
    statuses = [(await scene.call()).status for _ in range(12)]
    assert statuses == [200] * 12


async def test_a_dead_account_goes_unnoticed(scene: Stage) -> None:
    scene.world.openai.fail(scene.account("eastus2"), Outage())
    statuses = [(await scene.call()).status for _ in range(12)]
    assert statuses == [200] * 12


async def test_a_dead_first_account_goes_unnoticed(raise_stage: Raise) -> None:
    scene = raise_stage(accounts=ORDERED)
    scene.world.openai.fail(scene.account("eastus2"), Outage())
    statuses = [(await scene.call()).status for _ in range(12)]
    assert statuses == [200] * 12


ORDERS: dict[str, Fault] = {
    "an outage": Fault(status=503),
    "no connection": Fault(reset=True),
    "a 429 that says nothing": Fault(status=429),
    "a 429 of a day": Fault(status=429, headers=(("Retry-After", "86400"),)),
    "a 429 of no time at all": Fault(status=429, headers=(("Retry-After", "0"), ("retry-after-ms", "0"))),
    "a 429 of less than no time": Fault(status=429, headers=(("Retry-After", "-1"),)),
    "a 429 of a word": Fault(status=429, headers=(("Retry-After", "soon"), ("retry-after-ms", "NaN"))),
    "a 429 of a date": Fault(status=429, headers=(("Retry-After", "Fri, 15 Jan 2027 08:00:30 GMT"),)),
    "a 429 of too many digits": Fault(status=429, headers=(("Retry-After", "9" * 30),)),
    "a 429 that is no JSON": Fault(status=429, body="<html>"),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
async def test_an_account_with_a_fault_on_order_goes_unnoticed(raise_stage: Raise, order: Fault) -> None:
    scene = raise_stage(accounts=ORDERED)
    scene.world.faults.add(replace(order, plane="openai", url=f"*{scene.account('eastus2')}*"))
    for _ in range(2):
        assert [(await scene.call()).status for _ in range(6)] == [200] * 6
        scene.clock.advance(30)
    assert [order.happened > 0 for order in scene.world.faults] == [True]


async def test_an_account_that_never_answers_goes_unnoticed_while_there_is_time(
    raise_stage: Raise, azure: str
) -> None:
    """In the worse reading a request has 30 s in all on this tier, and waiting for one account takes them."""
    scene = raise_stage(accounts=ORDERED)
    fault = Fault(plane="openai", url=f"*{scene.account('eastus2')}*", delay=600)
    scene.world.faults.add(fault)
    assert (await scene.call()).status == (200 if azure == "likely" else 503)


async def test_the_last_account_serves_when_one_is_dead_and_one_throttled(raise_stage: Raise) -> None:
    scene = raise_stage(accounts=ORDERED)
    scene.limit("eastus2", tokens=1)
    scene.world.openai.fail(scene.account("swedencentral"), Outage())
    statuses = [(await scene.call()).status for _ in range(12)]
    assert statuses == [200] * 12
    assert scene.counts()["westus3"].answered == 12


async def test_an_account_that_fails_while_the_others_are_out_is_no_outage(scene: Stage) -> None:
    """The others' quota comes back: a 429 says when, also while their breakers are open and nobody asks."""
    for region in REGIONS[1:]:
        scene.limit(region, tokens=1)
    assert [(await scene.call()).status for _ in range(6)] == [200] * 6
    scene.clock.advance(0.5)
    scene.world.openai.fail(scene.account(REGIONS[0]), Outage(503))
    refused = await scene.call()
    assert refused.status == 429
    assert 1 <= int(refused.headers.get("Retry-After") or "") <= 60


async def test_a_request_that_fits_nowhere_does_not_close_the_gateway_for_long(raise_stage: Raise) -> None:
    scene = raise_stage(accept_retry_after=False)
    for region in REGIONS:
        scene.limit(region, tokens=5_000)
    assert (await scene.call(body=scene.chat(max_completion_tokens=50_000))).status == 429
    scene.clock.advance(61)
    assert (await scene.call()).status == 200


async def test_a_breaker_that_accepts_retry_after_takes_a_day_literally() -> None:
    scene = stage(WORLDS["adverse"], strategy="backend-pool", accept_retry_after=True)
    day = Fault(plane="openai", status=429, headers=(("Retry-After", "86400"),), count=1)
    for region in REGIONS:
        scene.world.faults.add(replace(day, url=f"*{scene.account(region)}*"))
    assert (await scene.call()).status == 429
    scene.clock.advance(86_000)
    assert (await scene.call()).status == 429
    scene.clock.advance(400)
    assert (await scene.call()).status == 200


STRANGE = [
    *({"charging": profile} for profile in CHARGES),
    *({"rate_headers": headers} for headers in ("absent", "sentinel", "stale", "absurd", "of-2023")),
    {"body": "429-free", "token_retry_after": False},
]


@pytest.mark.parametrize("strange", STRANGE, ids=lambda strange: "-".join(map(str, strange.values())))
async def test_an_account_that_counts_or_speaks_otherwise_goes_unnoticed(
    scene: Stage, strange: dict[str, object]
) -> None:
    for region, tokens in zip(REGIONS, (300, 500, 100_000), strict=True):
        scene.limit(region, tokens=tokens)
        usual = scene.settings.openai
        scene.world.openai.adjust(scene.account(region), adjusted(usual, strange))
    for _ in range(3):
        assert [(await scene.call()).status for _ in range(12)] == [200] * 12
        scene.clock.advance(20)


async def test_a_limit_that_is_lowered_under_pressure_goes_unnoticed(scene: Stage) -> None:
    for region in REGIONS[:2]:
        scene.limit(region, tokens=2_000)
    assert [(await scene.call()).status for _ in range(6)] == [200] * 6
    for region in REGIONS[:2]:
        scene.world.openai.adjust(scene.account(region), adjusted(scene.settings.openai, {"pressure": 20}))
    assert [(await scene.call()).status for _ in range(12)] == [200] * 12


async def test_with_every_account_dead_the_client_is_told_in_openais_words(scene: Stage) -> None:
    for region in REGIONS:
        scene.world.openai.fail(scene.account(region), Outage())
    reply = await scene.call()
    assert (reply.status, reply.json["error"]["code"]) == (503, "503")


async def test_embeddings_go_on_while_chat_is_throttled(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=1)
    assert (await scene.call()).status == 429
    assert (await scene.call(EMBEDDINGS, {"input": "text"})).status == 200


async def test_what_the_client_did_wrong_is_told_by_the_first_account(scene: Stage) -> None:
    reply = await scene.call(body=scene.chat(max_tokens=5))
    assert (reply.status, reply.json["error"]["code"]) == (400, "unsupported_parameter")
    assert sum(count.calls for count in scene.counts().values()) == 1


async def test_a_client_that_leaves_a_stream_leaves_nothing_behind(scene: Stage) -> None:
    response = await scene.send(body=scene.chat(stream=True))
    assert not isinstance(response.body, bytes)
    await anext(aiter(response.body))
    await close(response)
    assert (await scene.call()).status == 200
