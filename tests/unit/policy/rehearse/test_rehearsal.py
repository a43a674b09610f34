"""Running a policy against a written case."""

import datetime
from typing import Any

import pytest

from apimlb.errors import ConfigError, PolicyError
from apimlb.policy.rehearse.rehearsal import rehearse
from tests.unit.policy.play import document, play, replies


async def test_an_empty_case_is_a_get_that_the_backend_answers_with_200() -> None:
    played = await rehearse(document(), {})
    assert played.response.status == 200
    assert [(request.method, request.url) for request in played.requests] == [
        ("GET", "https://backend.test/")
    ]


async def test_replies_come_in_turn_and_the_last_stays() -> None:
    backend = "<retry condition='true' count='3' interval='0'><forward-request/></retry>"
    played = await play(backend=backend, backends=replies(500, {"status": 201, "body": [1, {"a": None}]}))
    assert [step.status for step in played.steps if step.element == "forward-request"] == [500, 201, 201, 201]
    assert played.response.body == b'[1, {"a": null}]'


async def test_a_url_that_no_backend_matches_is_a_dead_end() -> None:
    played = await play(backends=[{"match": "https://elsewhere/*", "reply": {}}])
    assert played.last_error is not None
    assert played.last_error.reason == "BackendConnectionFailure"


async def test_the_clock_starts_where_the_case_says_and_moves_with_waits_and_backends() -> None:
    backend = "<retry condition='true' count='1' interval='5'><forward-request/></retry>"
    played = await play(backend=backend, backends=replies({"after": 2}), clock="2026-11-21T12:00:00Z")
    (retry,) = [step for step in played.steps if step.element == "retry"]
    assert (retry.started, retry.elapsed) == (1_795_262_400.0, 9.0)
    assert played.waited == 5


async def test_the_path_may_be_told_apart_from_the_url() -> None:
    played = await play(
        request={"url": "https://gateway.test/openai/chat?v=1"}, service_url="https://b.test/x", path="/chat"
    )
    assert played.requests[0].url == "https://b.test/x/chat?v=1"


async def test_variables_of_the_case_are_there_before_inbound() -> None:
    played = await play(
        "<set-variable name='sum' value='@((int)context.Variables[\"n\"] + "
        '((JObject)context.Variables["o"]).Value<int>("a"))\'/>',
        variables={"n": 1, "o": {"a": 2}},
    )
    assert played.variables["sum"] == 3
    assert (await play(variables={"day": datetime.date(2026, 11, 21)})).variables["day"] == "2026-11-21"


async def test_members_of_the_context_can_be_given() -> None:
    names = (
        "@(context.Api.Id + context.Operation.Name + context.Deployment.Region + (context.User == null) + {})"
    )
    element = "<set-variable name='n' value='" + names + "'/>"
    plain = await play(element.format("(context.Subscription == null)"))
    given = await play(
        element.format("context.Subscription.Key"),
        api={"id": "mine"},
        operation={"name": "chat"},
        deployment={"region": "here"},
        subscription={"key": "secret"},
    )
    assert plain.variables["n"] == "apioperationSweden CentralTrueTrue"
    assert given.variables["n"] == "minechathereTruesecret"


async def test_the_same_case_plays_the_same_way_twice() -> None:
    element = "<set-variable name='n' value='@(new Random().Next(1000000).ToString() + Guid.NewGuid())'/>"
    first, second, other = [await play(element, seed=seed) for seed in (1, 1, 2)]
    assert first.variables == second.variables
    assert first.variables != other.variables


@pytest.mark.parametrize(
    "case",
    [
        {"reqest": {}},
        {"request": []},
        {"request": {"headers": ["a"]}},
        {"backends": ["a"]},
        {"backends": [{"reply": ["a"]}]},
        {"backends": [{"match": "*", "answer": {}}]},
        {"backends": [{"reply": {"status": 99}}]},
        {"backends": [{"reply": {"after": float("inf")}}]},
        {"backends": [{"reply": {"after": -1}}]},
        {"backends": [{"reply": {"fails": "often"}}]},
        {"clock": "noon"},
        {"scope": "nowhere"},
        {"service_url": "backend.test"},
        {"variables": {"n": 2**63}},
        {"api": {"colour": "red"}},
    ],
)
async def test_a_case_that_is_not_one_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        await rehearse(document(), case)


async def test_a_policy_that_is_not_one_is_refused() -> None:
    with pytest.raises(PolicyError):
        await rehearse("<policies>", {})
