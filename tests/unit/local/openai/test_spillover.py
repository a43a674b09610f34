"""Calls that a provisioned deployment has no room for, and the pay-as-you-go one that takes them over."""

import pytest

from apimlb.local.openai.plane import Count
from apimlb.local.openai.switches import Switches

UNITS = {"name": "GlobalProvisionedManaged", "capacity": 1}
HEADER = {"api_key": "k1", "x_ms_spillover_deployment": "paygo"}
SPILLED = ("x-ms-spillover-from-deployment", "x-ms-deployment-name", "x-ms-spillover-error")


@pytest.fixture(params=["standard", "provisioned"])
def failing(request):
    """Whose answer the caller gets when nobody can take the call."""
    return str(request.param)


@pytest.fixture
def rig(build, failing):
    made = build(unit_tokens=600, fills_limit=True, switches=Switches(spillover_failure=failing))
    made.deploy("ptu", sku=UNITS, spilloverDeploymentName="paygo")
    made.deploy("bare", sku=UNITS)
    made.deploy("paygo", tokens=(100_000, 60), requests=(1000, 10))
    return made


def spilled(reply):
    return tuple(reply.headers.get(name) for name in SPILLED)


async def test_are_answered_there_and_say_so(rig, failing):
    assert spilled(await rig.chat("ptu", max_completion_tokens=700)) == (None, None, None)
    reply = await rig.chat("ptu")
    assert (reply.status, reply.json["choices"][0]["message"]["role"]) == (200, "assistant")
    assert spilled(reply) == ("ptu", "paygo", "429" if failing == "standard" else None)
    assert int(reply.headers.get("x-ratelimit-limit-tokens")) == 100_000
    assert rig.called() == [Count("east", "paygo", 1, 1, 0), Count("east", "ptu", 2, 1, 1)]


async def test_stay_when_there_is_room_again(rig):
    await rig.chat("ptu", max_completion_tokens=700)
    assert (await rig.chat("ptu")).headers.get("x-ms-deployment-name") == "paygo"
    rig.clock.advance(60)
    assert spilled(await rig.chat("ptu")) == (None, None, None)


async def test_may_ask_for_it_one_by_one(rig):
    await rig.chat("bare", max_completion_tokens=700)
    assert (await rig.chat("bare")).status == 429
    reply = await rig.chat("bare", more=HEADER)
    assert (reply.status, reply.headers.get("x-ms-deployment-name")) == (200, "paygo")


async def test_go_where_the_deployment_says_and_not_the_request(rig):
    rig.deploy("other", tokens=(100_000, 60))
    await rig.chat("ptu", max_completion_tokens=700)
    reply = await rig.chat("ptu", more={**HEADER, "x_ms_spillover_deployment": "other"})
    assert reply.headers.get("x-ms-deployment-name") == "paygo"


@pytest.mark.parametrize("target", ["nobody", "ptu", "bare", ""])
async def test_go_nowhere_else(rig, target):
    await rig.chat("bare", max_completion_tokens=700)
    reply = await rig.chat("bare", more={**HEADER, "x_ms_spillover_deployment": target})
    assert (reply.status, spilled(reply)) == (429, (None, None, None))


async def test_of_pay_as_you_go_deployments_spill_nowhere(rig):
    rig.deploy("small", tokens=(10, 60))
    reply = await rig.chat("small", more=HEADER)
    assert (reply.status, spilled(reply)) == (429, (None, None, None))


async def test_that_are_refused_there_too_tell_both(rig, failing):
    rig.deploy("paygo", tokens=(10, 60))
    await rig.chat("ptu", max_completion_tokens=700)
    reply = await rig.chat("ptu")
    assert reply.status == 429
    if failing == "standard":
        assert spilled(reply) == ("ptu", "paygo", "429")
        assert "Your requests to paygo" in reply.error["message"]
    else:
        assert spilled(reply) == (None, None, "429")
        assert "Your requests to ptu" in reply.error["message"]


async def test_stream_too(rig):
    await rig.chat("ptu", max_completion_tokens=700)
    reply = await rig.chat("ptu", stream=True)
    assert reply.headers.get("x-ms-deployment-name") == "paygo"
    assert reply.events[0]["choices"] == []


async def test_that_are_wrong_are_nobodys(rig):
    assert (await rig.chat("ptu", max_tokens=5)).status == 400
    assert [count.deployment for count in rig.called()] == ["ptu"]
