"""Whom a gateway tells apart by their names alone: accounts that were asked, accounts that are drained."""

import pytest

from apimlb.local.openai.plane import Outage
from tests.functional.local.stack_scene import Raise, Stage

ALIKE = [
    {"location": "eastus2", "priority": 1},
    {"location": "westus3", "name": "us2", "priority": 2},
    {"location": "swedencentral", "name": "none", "priority": 3},
]
"""One name ends another, and one is what stands where no account is drained."""
PLACES = {account.get("name", account["location"]): str(account["location"]) for account in ALIKE}


def fail(scene: Stage, *names: object) -> None:
    for name in names:
        scene.world.openai.fail(scene.account(PLACES[name]), Outage(503))


@pytest.mark.parametrize("serving", PLACES)
async def test_each_is_asked_when_the_others_fail(raise_stage: Raise, serving: str) -> None:
    scene = raise_stage(accounts=ALIKE)
    fail(scene, *(PLACES.keys() - {serving}))
    assert [(await scene.call()).status for _ in range(3)] == [200] * 3
    assert scene.counts()[PLACES[serving]].answered == 3


@pytest.mark.parametrize("drained", PLACES)
async def test_a_drained_one_is_asked_nothing_and_the_others_are(raise_stage: Raise, drained: str) -> None:
    scene = raise_stage(drained, accounts=ALIKE)
    for serving in PLACES.keys() - {drained}:
        scene.clock.advance(61)
        fail(scene, *(PLACES.keys() - {serving, drained}))
        scene.world.openai.fail(scene.account(PLACES[serving]), None)
        assert (await scene.call()).status == 200
    assert scene.counts()[PLACES[drained]].calls == 0


@pytest.mark.parametrize("drained", PLACES)
async def test_a_drained_one_is_asked_nothing_when_all_others_fail(raise_stage: Raise, drained: str) -> None:
    scene = raise_stage(drained, accounts=ALIKE)
    fail(scene, *(PLACES.keys() - {drained}))
    for _ in range(3):
        assert (await scene.call()).status == 503
        scene.clock.advance(20)
    assert scene.counts()[PLACES[drained]].calls == 0
