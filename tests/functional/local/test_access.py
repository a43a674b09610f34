"""Who gets in, whichever way APIM treats a key on an API that asks for none, and wherever a client puts it.

Whoever suspends, cancels, deletes or regenerates a key in Azure is obeyed within half a minute.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import get_args

import pytest

from apimlb.local.entra.tokens import Principal
from apimlb.local.gateway.switches import GatewaySwitches, OptionalKey
from tests.functional.local.keys import Keys
from tests.functional.local.stack_scene import CHAT, WORLDS, Raise, Reply, stage

LISTED = "0a0a0a0a-0000-4000-8000-000000000001"
FOREIGN = "0b0b0b0b-0000-4000-8000-000000000002"
MODELS = "https://cognitiveservices.azure.com"

READINGS = {reading: GatewaySwitches(optional_key=reading) for reading in get_args(OptionalKey)}
"""What APIM does with a key on an API that requires none: resolves it and ignores or refuses one that does
not fit, or ignores every key."""

PLACES: dict[str, Callable[[str], dict[str, str]]] = {
    "api-key": lambda credential: {"api_key": credential},
    "subscription key": lambda credential: {"Ocp_Apim_Subscription_Key": credential},
    "bearer": lambda credential: {"Authorization": f"Bearer {credential}"},
}


@pytest.fixture(params=["backend-pool", "retry"])
def strategy(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=sorted(READINGS))
def under(request: pytest.FixtureRequest, strategy: str) -> Raise:
    """Sets up a stage under one reading of what APIM does with keys."""
    settings = replace(WORLDS["likely"], gateway=READINGS[str(request.param)])
    return partial(stage, settings, strategy=strategy)


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest) -> Callable[[str], dict[str, str]]:
    return PLACES[str(request.param)]


REVOKED: dict[str, Callable[[Keys], None]] = {
    "suspended": lambda keys: keys.set_state("suspended"),
    "cancelled": lambda keys: keys.set_state("cancelled"),
    "expired": lambda keys: keys.set_state("expired"),
    "deleted": Keys.delete,
    "regenerated": Keys.regenerate,
}


async def test_either_key_of_a_subscription_opens(
    under: Raise, place: Callable[[str], dict[str, str]]
) -> None:
    scene = under()
    for key in Keys(scene).read().hidden.values():
        assert (await scene.call(**place(key))).status == 200


@pytest.mark.parametrize("change", sorted(REVOKED))
async def test_a_key_that_was_revoked_opens_for_half_a_minute_at_most(
    under: Raise, place: Callable[[str], dict[str, str]], change: str
) -> None:
    scene = under()
    assert (await scene.call(**place(scene.key))).status == 200
    REVOKED[change](Keys(scene))
    scene.clock.advance(30)
    assert (await scene.call(**place(scene.key))).status == 401
    assert scene.counts()["eastus2"].calls <= 1


async def test_a_key_that_was_suspended_opens_again_once_it_is_active(
    under: Raise, place: Callable[[str], dict[str, str]]
) -> None:
    scene = under()
    keys = Keys(scene)
    keys.set_state("suspended")
    assert (await scene.call(**place(scene.key))).status == 401
    keys.set_state("active")
    scene.clock.advance(30)
    assert (await scene.call(**place(scene.key))).status == 200


@pytest.mark.parametrize("key", ["a" * 32, "team.alpha.1", "sk-proj.a.b.c", "eyJ", "two words", "w" * 256])
async def test_every_subscription_of_the_stack_opens_without_a_change_of_its_policy(
    under: Raise, place: Callable[[str], dict[str, str]], key: str
) -> None:
    """Azure takes any text of 1 to 256 characters as a key."""
    scene = under()
    Keys(scene).add("team-a", "/products/apimlb", key)
    assert (await scene.call(**place(key))).status == 200


@pytest.mark.parametrize("credential", ["wrong", "", " ", "w" * 2000, "ключ", '"; return true; //', "a.b.c"])
async def test_what_is_no_key_opens_nothing(
    under: Raise, place: Callable[[str], dict[str, str]], credential: str
) -> None:
    scene = under()
    reply = await scene.call(**place(credential))
    assert reply.status == 401
    assert all(count.calls == 0 for count in scene.counts().values())


async def test_a_key_of_another_product_opens_nothing(
    under: Raise, place: Callable[[str], dict[str, str]]
) -> None:
    scene = under()
    keys = Keys(scene)
    keys.add_product("others")
    keys.add("theirs", "/products/others", "b" * 32)
    assert (await scene.call(**place("b" * 32))).status == 401


async def test_a_key_in_the_query_alone_opens_nothing_that_azure_does_not_open(under: Raise) -> None:
    scene = under()
    assert (await scene.call(CHAT + f"&subscription-key={scene.key}x", x_other="1")).status == 401


async def test_the_keys_are_asked_about_once_in_half_a_minute(under: Raise) -> None:
    scene = under()
    assert (await scene.call(api_key="x" * 32)).status == 401
    Keys(scene).add("new", "/products/apimlb", "x" * 32)
    scene.clock.advance(29)
    assert (await scene.call(api_key="x" * 32)).status == 401
    scene.clock.advance(1)
    assert (await scene.call(api_key="x" * 32)).status == 200


async def test_what_was_known_serves_for_minutes_while_keys_cannot_be_checked(under: Raise) -> None:
    scene = under()
    assert (await scene.call()).status == 200
    keys = Keys(scene)
    check = keys.lose_the_check()
    scene.clock.advance(200)
    assert (await scene.call()).status == 200
    scene.clock.advance(200)
    reply = await scene.call()
    assert (reply.status, reply.json["error"]["code"]) == (503, "503")
    assert reply.headers.get("Retry-After") == "5"
    keys.restore(check)
    assert (await scene.call()).status == 200


async def test_a_stranger_cannot_be_told_from_a_client_while_keys_cannot_be_checked(under: Raise) -> None:
    scene = under(bare_host=False)
    Keys(scene).lose_the_check()
    assert (await scene.call(api_key="w" * 32)).status == 503
    assert (await scene.call(x_other="1")).status == 401


async def test_a_client_is_not_taken_for_a_stranger_where_the_bare_host_takes_what_asks_about_keys(
    under: Raise,
) -> None:
    scene = under()
    Keys(scene).lose_the_check()
    assert (await scene.call()).status == 503


async def test_the_mark_of_a_check_opens_nothing(under: Raise) -> None:
    scene = under()
    reply = await scene.call(api_key=scene.key, apimlb_key_check="1")
    assert reply.status == 401


async def test_a_placeholder_in_one_place_does_not_hide_the_key_in_another(under: Raise) -> None:
    """SDKs demand a key even where a header is configured: `OpenAI(api_key="-", default_headers=…)`."""
    scene = under()
    assert (await scene.call(api_key=scene.key, Authorization="Bearer -")).status == 200


@pytest.mark.parametrize("audience", [MODELS, "https://ai.azure.com"])
async def test_a_token_of_a_listed_client_opens_wherever_it_is_put(
    under: Raise, place: Callable[[str], dict[str, str]], audience: str
) -> None:
    scene = under(clients=[LISTED.upper()])
    mint = scene.world.entra.mint
    by_application = mint(Principal(LISTED, "an-object"), audience)
    by_object = mint(Principal(FOREIGN, LISTED), audience)
    expected = [200, 200]
    if place is PLACES["subscription key"] and scene.settings.gateway == READINGS["refused"]:
        expected = [401, 401]  # APIM takes it for a key before any policy runs
    assert [(await scene.call(**place(token))).status for token in (by_application, by_object)] == expected


async def test_a_token_may_stand_in_two_places(under: Raise) -> None:
    """LangChain for JavaScript puts its token in both."""
    scene = under(clients=[LISTED])
    token = scene.world.entra.mint(Principal(LISTED, "an-object"), MODELS)
    assert (await scene.call(api_key=token, Authorization=f"Bearer {token}")).status == 200


async def test_a_client_among_hundreds_is_admitted(strategy: str) -> None:
    others = [f"{index * 16_000_000 % 2**32:08x}-0000-4000-8000-{index:012x}" for index in range(300)]
    scene = stage(WORLDS["likely"], strategy=strategy, clients=[*others, LISTED])
    for id, expected in ((LISTED, 200), (others[0], 200), (others[-1], 200), (FOREIGN, 401)):
        token = scene.world.entra.mint(Principal(id, "an-object"), MODELS)
        assert (await scene.call(Authorization=f"Bearer {token}")).status == expected


async def test_other_tokens_open_nothing_and_the_refusal_says_what_would(under: Raise) -> None:
    scene = under(clients=[LISTED])
    mint = scene.world.entra.mint
    foreign = mint(Principal(FOREIGN, "an-object"), MODELS)
    astray = mint(Principal(LISTED, "an-object"), "https://graph.microsoft.com")
    for token in (foreign, astray, foreign[:-6] + "AAAAAA"):
        for headers in ({"Authorization": f"Bearer {token}"}, {"api_key": token}):
            told_of_access(await scene.call(**headers))
    told_of_access(await scene.call(x_other="1"))
    assert all(count.calls == 0 for count in scene.counts().values())


async def test_the_audiences_are_a_setting(strategy: str) -> None:
    scene = stage(WORLDS["likely"], strategy=strategy, clients=[LISTED], audiences=["api://our-app"])
    ours = scene.world.entra.mint(Principal(LISTED, "an-object"), "api://our-app")
    usual = scene.world.entra.mint(Principal(LISTED, "an-object"), MODELS)
    assert (await scene.call(Authorization=f"Bearer {ours}")).status == 200
    refused = await scene.call(Authorization=f"Bearer {usual}")
    assert refused.status == 401
    assert "api://our-app" in refused.json["error"]["message"]


async def test_the_account_sees_the_gateways_credential_and_not_the_clients(under: Raise) -> None:
    """An account with local auth disabled refuses any key: it must not even get one."""
    scene = under()
    assert (await scene.call(api_key=scene.key, Ocp_Apim_Subscription_Key=scene.key)).status == 200


def told_of_access(reply: Reply) -> None:
    assert reply.status == 401
    error = reply.json["error"]
    assert error["code"] == "401"
    assert MODELS in error["message"]
