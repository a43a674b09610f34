"""Bodies that the gateway's tier cannot buffer: it can neither read them nor send them twice."""

import json

import pytest

from apimlb.local.faults import Fault
from apimlb.local.openai.plane import Outage
from tests.functional.local.stack_scene import (
    CHAT,
    DATED_RESPONSES,
    REGIONS,
    V1_CHAT,
    V1_RESPONSES,
    Raise,
    Reply,
    Stage,
)

MIB = 1024 * 1024


def body(length: int) -> bytes:
    """A chat with a picture in it, of so many bytes."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
    asked = Stage.chat(messages=[{"role": "user", "content": [{"type": "text", "text": "What?"}, picture]}])
    text = json.dumps(asked)
    before, after = text.split("base64,")
    return f"{before}base64,{'A' * (length - len(text))}{after}".encode()


async def ask(scene: Stage, path: str = CHAT, length: int = 2 * MIB + 1) -> Reply:
    return await scene.call(path, body(length), api_key=scene.key, Content_Length=str(length))


def calls(scene: Stage) -> int:
    return sum(count.calls for count in scene.counts().values())


async def test_go_to_an_account_where_the_path_names_the_deployment(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=100_000_000)
    for _ in range(12):
        assert (await ask(scene)).status == 200
    assert all(count.answered for count in scene.counts().values())


@pytest.mark.parametrize("path", [V1_CHAT, V1_RESPONSES, "/chat/completions", "/responses", DATED_RESPONSES])
async def test_are_refused_in_openais_form_where_only_the_body_names_it(scene: Stage, path: str) -> None:
    reply = await ask(scene, path)
    assert (reply.status, reply.json["error"]["code"]) == (413, "413")
    assert "more than 2 MiB" in reply.json["error"]["message"]
    assert calls(scene) == 0


async def test_of_just_what_is_buffered_are_taken_as_any(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=100_000_000)
    assert (await ask(scene, V1_CHAT, 2 * MIB)).status == 200


async def test_are_refused_to_strangers_first(scene: Stage) -> None:
    assert (await scene.call(V1_CHAT, body(2 * MIB + 1), Content_Length=str(2 * MIB + 1))).status == 401


async def test_are_refused_for_a_deployment_that_is_not_there(scene: Stage) -> None:
    reply = await ask(scene, CHAT.replace("/chat/", "/nothing/", 1))
    assert (reply.status, reply.json["error"]["code"]) == (404, "DeploymentNotFound")


async def test_are_sent_once_and_the_client_is_told_to_try_again(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=1)
    reply = await ask(scene)
    assert (reply.status, reply.json["error"]["code"]) == (429, "429")
    assert reply.headers.get("Retry-After") == "1"
    assert "so large a body" in reply.json["error"]["message"]
    assert calls(scene) == 1


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_are_sent_to_no_second_account(scene: Stage, status: int) -> None:
    scene.world.faults.add(Fault(plane="openai", url="*", status=status, count=1))
    reply = await ask(scene)
    assert (reply.status, reply.json["error"]["code"]) == (429, "429")
    assert reply.headers.get("Retry-After") == "1"
    assert (await ask(scene)).status == 200


async def test_find_nobody_where_every_account_fails(scene: Stage) -> None:
    for region in REGIONS:
        scene.world.openai.fail(scene.account(region), Outage(503))
    statuses = {(await ask(scene)).status for _ in range(6)}
    assert statuses <= {429, 503}


async def test_that_an_account_refused_teach_nothing_about_smaller_ones(scene: Stage) -> None:
    for region in REGIONS:
        scene.limit(region, tokens=700)
    assert (await ask(scene)).status == 429
    scene.clock.advance(2)
    assert [(await scene.call()).status for _ in range(6)] == [200] * 6


async def test_are_no_matter_of_a_classic_tier(raise_stage: Raise) -> None:
    scene = raise_stage(tier="Developer")
    for region in REGIONS:
        scene.limit(region, tokens=100_000_000)
    assert (await ask(scene, V1_CHAT)).status == 200


async def test_are_left_as_they_are_where_parameters_are_adapted(raise_stage: Raise) -> None:
    scene = raise_stage(adapt_parameters=True, stream_usage=True)
    for region in REGIONS:
        scene.limit(region, tokens=100_000_000)
    reply = await ask(scene)
    assert (reply.status, reply.headers.get("x-apimlb-changed")) == (200, None)
