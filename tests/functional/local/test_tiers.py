"""What a client may use by its tier, as the deployed policy limits it."""

from dataclasses import replace

import pytest

from apimlb.local.entra.tokens import Principal
from apimlb.stack.access import PRODUCT
from apimlb.stack.tiers import tier_value, written
from tests.functional.local.keys import Keys
from tests.functional.local.stack_scene import CHAT, EMBEDDINGS, V1_CHAT, V1_RESPONSES, Raise, Reply, Stage

AUDIENCE = "https://cognitiveservices.azure.com"
APP = "0A0A0A0A-0000-4000-8000-00000000000A"
OTHER = "0b0b0b0b-0000-4000-8000-00000000000b"
PERSON = "0c0c0c0c-0000-4000-8000-00000000000c"
MANY, FEW = {"tokens_per_minute": 1_000_000}, {"tokens_per_minute": 100}


def put_into(scene: Stage, tier: str, *who: str) -> None:
    """As `apimlb tiers assign` leaves it."""
    [service] = scene.store.of_kind("microsoft.apimanagement/service")
    held = scene.store.get(f"{service.id}/namedValues/{tier_value(tier)}")
    assert held is not None
    scene.store.put(replace(held, hidden={**held.hidden, "value": written(who)}))
    scene.clock.advance(600)  # until the gateway has heard of it


def add_key(scene: Stage, name: str) -> dict[str, str]:
    """What a client sends with a key of this name."""
    key = name.rjust(32, "k")
    Keys(scene).add(name, f"/products/{PRODUCT}", key)
    return {"api_key": key}


def token(scene: Stage, app: str, owner: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {scene.world.entra.mint(Principal(app, owner), AUDIENCE)}"}


def calls(scene: Stage) -> int:
    return sum(count.calls for count in scene.counts().values())


async def exhaust(scene: Stage, path: str = CHAT, body: object = None, **headers: str) -> Reply:
    """The first refusal, after an answer at least."""
    assert (await scene.call(path, body, **headers)).status == 200
    for _ in range(20):
        reply = await scene.call(path, body, **headers)
        if reply.status != 200:
            return reply
    raise AssertionError("nothing was refused")


async def test_a_client_over_its_tokens_is_refused_in_openais_form(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"default": FEW})
    reply = await exhaust(scene)
    asked = calls(scene)
    assert (reply.status, reply.json["error"]["code"]) == (429, "rate_limit_exceeded")
    assert "its tier, default" in reply.json["error"]["message"]
    wait = int(reply.headers.get("Retry-After") or "")
    assert wait >= 1
    assert reply.headers.get("retry-after-ms") == f"{wait}000"
    assert (await scene.call()).status == 429
    assert calls(scene) == asked
    scene.clock.advance(wait + 1)
    assert (await scene.call()).status == 200


@pytest.mark.parametrize(
    ("quota", "seconds"), [("tokens_per_day", 86_400), ("tokens_per_month", 31 * 86_400)]
)
async def test_a_client_without_quota_is_told_not_to_wait_for_it(
    raise_stage: Raise, quota: str, seconds: int
) -> None:
    scene = raise_stage(tiers={"default": {quota: 100}})
    reply = await exhaust(scene)
    assert (reply.status, reply.json["error"]["code"]) == (429, "insufficient_quota")
    assert reply.headers.get("x-should-retry") == "false"
    wait = int(reply.headers.get("Retry-After") or "")
    assert 60 < wait <= seconds
    scene.clock.advance(wait + 1)
    assert (await scene.call()).status == 200


async def test_each_client_has_the_tokens_of_its_tier_and_of_all_deployments_together(
    raise_stage: Raise,
) -> None:
    scene = raise_stage(tiers={"gold": MANY, "silver": FEW, "default": FEW})
    gold, silver, other = (add_key(scene, name) for name in ("team-gold", "team-silver", "team-other"))
    put_into(scene, "gold", "team-gold")
    put_into(scene, "silver", "Team-Silver")
    for client, tier in ((silver, "silver"), (other, "default")):
        assert f"its tier, {tier}." in (await exhaust(scene, **client)).json["error"]["message"]
    for path, body in (
        (CHAT, None),
        (V1_CHAT, None),
        ("/chat/completions", None),
        (EMBEDDINGS, {"input": "text"}),
    ):
        assert (await scene.call(path, body, **silver)).status == 429
        assert [(await scene.call(path, body, **gold)).status for _ in range(9)] == [200] * 9
    put_into(scene, "gold", "team-gold", "team-silver")
    put_into(scene, "silver")
    assert (await scene.call(**silver)).status == 200


async def test_a_token_counts_for_the_client_that_is_listed(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"gold": MANY, "default": FEW}, clients=[APP, OTHER, PERSON])
    put_into(scene, "gold", APP)
    for owner in ("an-object", PERSON):
        app = token(scene, APP.lower(), owner)
        assert [(await scene.call(**app)).status for _ in range(6)] == [200] * 6
    first, second = (token(scene, unlisted, PERSON) for unlisted in ("an-app", "another-app"))
    assert (await exhaust(scene, **first)).status == 429
    assert (await scene.call(**second)).status == 429
    assert (await scene.call(**token(scene, OTHER, PERSON))).status == 200


async def test_who_is_in_no_tier_has_no_limit_where_there_is_no_default(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"silver": FEW})
    assert [(await scene.call()).status for _ in range(9)] == [200] * 9
    put_into(scene, "silver", "apimlb-default")
    assert (await exhaust(scene)).status == 429


async def test_what_is_only_read_counts_once_and_is_never_refused(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"default": {"tokens_per_minute": 300}}, accounts=[{"location": "eastus2"}])
    made = await scene.call(V1_RESPONSES, {"model": "chat", "input": "Hello", "max_output_tokens": 20})
    kept = f"{V1_RESPONSES}/{made.json['id']}"
    assert [(await scene.call(kept, method="GET")).status for _ in range(30)] == [200] * 30
    assert (await scene.call()).status == 200
    assert (await exhaust(scene)).status == 429
    assert (await scene.call(kept, method="GET")).status == 200


async def test_a_stream_counts_too(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"default": FEW})
    assert (await exhaust(scene, body=Stage.chat(stream=True))).status == 429


async def test_what_the_accounts_refused_costs_the_client_nothing(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"default": FEW})
    for place in scene.places.values():
        scene.limit(place, tokens=1)
    codes = {(await scene.call()).json["error"]["code"] for _ in range(20)}
    assert codes == {"429"}


async def test_a_stranger_is_told_that_it_is_one(raise_stage: Raise) -> None:
    scene = raise_stage(tiers={"default": FEW})
    await exhaust(scene)
    for key in ("wrong", ""):
        assert (await scene.call(api_key=key)).status == 401


@pytest.mark.parametrize("monitoring", [False, True])
async def test_a_stack_whose_tiers_come_or_go_refuses_nobody(raise_stage: Raise, monitoring: bool) -> None:
    """What the gateway keeps of a key says more where somebody is named by it."""
    plain, limited = (raise_stage(tiers=tiers, monitoring=monitoring) for tiers in ({}, {"default": MANY}))
    assert (await plain.call()).status == 200
    policies = "microsoft.apimanagement/service/apis/policies"
    for document in (*limited.store.of_kind(policies), *plain.store.of_kind(policies)):
        plain.store.put(document)
        assert (await plain.call()).status == 200
