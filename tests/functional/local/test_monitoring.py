"""What a monitored stack would tell Azure Monitor, as the deployed policy and diagnostics have it."""

from collections import Counter

import pytest

from apimlb.local.entra.tokens import Principal
from apimlb.stack.workbook import ATTEMPT, TOKENS
from tests.functional.local import stack_scene
from tests.functional.local.stack_scene import EMBEDDINGS, V1_RESPONSES, WORLDS, Stage

APP = "0a0a0a0a-0000-4000-8000-000000000001"
PERSON = "0c0c0c0c-0000-4000-8000-000000000003"


@pytest.fixture(params=["backend-pool", "retry"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return stack_scene.stage(strategy=request.param, monitoring=True)


def metrics(stage: Stage, name: str) -> list[tuple[float, dict[str, str]]]:
    """Value and dimensions of each record of a metric."""
    found = [record.values for record in stage.world.records if record.kind == "metric"]
    return [(row["value"], row["dimensions"]) for row in found if row["name"] == name]  # type: ignore[misc]


async def test_tokens_are_told_by_client_account_and_deployment(stage: Stage) -> None:
    usage = (await stage.call()).json["usage"]
    [(total, dimensions)] = metrics(stage, TOKENS[0])
    assert total == usage["total_tokens"]
    assert (dimensions["Client"], dimensions["Deployment"]) == ("apimlb-default", "chat")
    place = stage.places[dimensions["Account"].partition(".")[0]]
    assert stage.counts()[place].answered == 1
    assert [value for value, _ in metrics(stage, TOKENS[1])] == [usage["prompt_tokens"]]
    assert [value for value, _ in metrics(stage, TOKENS[2])] == [usage["completion_tokens"]]


async def test_tokens_are_told_once_however_often_a_response_is_read(stage: Stage) -> None:
    made = await stage.call(V1_RESPONSES, {"model": "chat", "input": "Hello", "max_output_tokens": 20})
    for _ in range(3):
        assert (await stage.call(f"{V1_RESPONSES}/{made.json['id']}", method="GET")).status == 200
    assert len(metrics(stage, TOKENS[0])) == 1


async def test_a_token_is_told_by_the_id_that_is_listed() -> None:
    stage = stack_scene.stage(monitoring=True, clients=[APP, PERSON])
    for who in (Principal(APP, "an-object"), Principal("an-app", PERSON), Principal(APP, PERSON)):
        token = stage.world.entra.mint(who, "https://cognitiveservices.azure.com")
        assert (await stage.call(Authorization=f"Bearer {token}")).status == 200
    assert [row["Client"] for _, row in metrics(stage, TOKENS[0])] == [APP, PERSON, APP]


async def test_a_refusal_that_no_client_saw_is_told_of_its_account(stage: Stage) -> None:
    for place in stage.places.values():
        if place != "westus3":
            stage.limit(place, tokens=1)
    statuses = Counter([(await stage.call()).status for _ in range(6)])
    assert statuses == {200: 6}
    told = Counter(row["Status"] for _, row in metrics(stage, ATTEMPT))
    assert told["200"] == 6
    assert told["429"] > 0
    refusing = {row["Account"] for _, row in metrics(stage, ATTEMPT) if row["Status"] == "429"}
    assert not any(stage.account("westus3") in host for host in refusing)


async def test_deployments_are_told_apart(stage: Stage) -> None:
    await stage.call()
    await stage.call(EMBEDDINGS, {"input": "text"})
    assert {row["Deployment"] for _, row in metrics(stage, TOKENS[0])} == {"chat", "embedding"}


async def test_refused_requests_are_logged_and_one_in_ten_of_the_others(stage: Stage) -> None:
    refused = [await stage.call(api_key="wrong") for _ in range(3)]
    assert {reply.status for reply in refused} == {401}
    for _ in range(100):
        await stage.call()
    logged = [record for record in stage.world.records if record.kind == "telemetry"]
    told = Counter(str(record.values["resultCode"]) for record in logged)
    assert told["401"] == 3
    assert 0 < told["200"] < 40
    assert {record.values["itemCount"] for record in logged if record.values["success"]} == {10.0}
    assert all(record.values["name"] == "POST /openai/deployments/chat/chat/completions" for record in logged)


async def test_no_secret_and_nothing_of_a_body_is_told(stage: Stage) -> None:
    await stage.call()
    told = str(list(stage.world.records))
    assert stage.key not in told
    assert "Why three accounts" not in told


@pytest.mark.parametrize("world", WORLDS)
async def test_every_reading_of_what_a_key_does_names_the_client(world: str) -> None:
    stage = stack_scene.stage(WORLDS[world], monitoring=True)
    assert (await stage.call()).status == 200
    assert {row["Client"] for _, row in metrics(stage, ATTEMPT)} == {"apimlb-default"}


async def test_a_stack_that_is_not_monitored_tells_nothing() -> None:
    stage = stack_scene.stage()
    await stage.call()
    assert list(stage.world.records) == []
