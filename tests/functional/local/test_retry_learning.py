"""What the retry strategy makes of what accounts say: who is asked, and who is left alone."""

from dataclasses import replace
from typing import get_args

import pytest

from apimlb.local.faults import Fault
from apimlb.local.openai.plane import Outage
from apimlb.local.openai.switches import Charging, Minute, Switches
from tests.functional.local.stack_scene import REGIONS, WORLDS, Stage, stage

LARGE, SMALL = 3_000, 50


@pytest.fixture
def scene() -> Stage:
    return stage(WORLDS["likely"], strategy="retry")


async def ask(scene: Stage, tokens: int) -> int:
    scene.clock.advance(2)
    return (await scene.call(body=scene.chat(max_completion_tokens=tokens))).status


def throttled(scene: Stage) -> int:
    return sum(count.throttled for count in scene.counts().values())


async def test_a_request_too_large_for_what_is_left_closes_nothing_for_smaller_ones(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=2_000)
    assert await ask(scene, LARGE) == 429
    assert [await ask(scene, SMALL) for _ in range(6)] == [200] * 6
    assert throttled(scene) == 3


async def test_what_was_refused_is_not_asked_again_while_the_refusal_holds(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=2_000)
    assert [await ask(scene, LARGE) for _ in range(4)] == [429] * 4
    assert throttled(scene) == 3


async def test_the_first_refusal_holds_too_though_nothing_is_known_yet(scene: Stage) -> None:
    """A gateway that has forgotten everything meets accounts in the middle of their minute."""
    scene.world.faults.add(Fault(plane="openai", status=429, headers=(("Retry-After", "9"),), count=3))
    assert (await scene.call()).status == 429
    reply = await scene.call()
    assert (reply.status, reply.headers.get("Retry-After")) == (429, "9")
    scene.clock.advance(9.1)
    assert (await scene.call()).status == 200


async def test_a_request_goes_where_the_answers_say_that_it_fits(scene: Stage) -> None:
    scene.limit("eastus2", tokens=1_000)
    scene.limit("swedencentral", tokens=1_000)
    assert [await ask(scene, 300) for _ in range(14)] == [200] * 14
    assert throttled(scene) <= 2, "an account is asked beyond its limit once at most, to learn where that is"


async def test_an_account_that_fails_is_left_alone_for_ten_seconds(scene: Stage) -> None:
    scene.world.openai.fail(scene.account("eastus2"), Outage(503))
    before = [await ask(scene, SMALL) for _ in range(4)]
    assert before == [200] * 4
    asked = scene.counts()["eastus2"].calls
    assert asked <= 1
    scene.world.openai.fail(scene.account("eastus2"), None)
    scene.clock.advance(11)
    assert [await ask(scene, SMALL) for _ in range(20)] == [200] * 20
    assert scene.counts()["eastus2"].answered > 0


@pytest.fixture(params=get_args(Minute))
def counting(request: pytest.FixtureRequest) -> Stage:
    """Accounts that let what was used go as this way of counting a minute has it."""
    switches = Switches(charging=Charging(minute=request.param))
    likely = WORLDS["likely"]
    return stage(replace(likely, openai=replace(likely.openai, switches=switches)), strategy="retry")


async def test_a_limit_lowered_in_secret_is_learned_and_one_raised_again(counting: Stage) -> None:
    assert [await ask(counting, 300) for _ in range(30)] == [200] * 30
    for region in REGIONS:
        counting.limit(region, tokens=1_000)
    counting.clock.advance(61)
    asked = [await ask(counting, 300) for _ in range(60)]
    assert set(asked) == {200, 429}
    refused = throttled(counting)
    assert refused <= asked.count(429), "most refusals to clients cost no account a call"
    for region in REGIONS:
        counting.limit(region, tokens=1_000_000)
    counting.clock.advance(61)
    assert [await ask(counting, 300) for _ in range(30)] == [200] * 30
