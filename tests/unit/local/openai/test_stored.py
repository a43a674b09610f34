"""Answers that an account keeps: read again, gone on from, deleted."""

import pytest

from apimlb.local.openai import stored
from apimlb.local.openai.ask import Ask
from apimlb.local.openai.switches import Settings
from tests.unit.local.openai.conftest import Reply, Rig

PATHS = {"v1": "/openai/v1/responses{}", "dated": "/openai/responses{}?api-version=2025-03-01-preview"}


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    return PATHS[str(request.param)]


async def respond(rig: Rig, path: str = PATHS["v1"], **body: object) -> Reply:
    return await rig.ask(path.format(""), {"model": "chat", "input": "Hello", **body})


async def test_an_answer_is_kept_unless_the_request_says_otherwise(rig, path) -> None:
    answer = (await respond(rig, path)).json
    assert answer["store"] is True
    assert (await rig.ask(path.format("/" + answer["id"]))).json == answer
    unkept = (await respond(rig, path, input="And you?", store=False)).json
    assert unkept["store"] is False
    assert (await rig.ask(path.format("/" + unkept["id"]))).status == 404


async def test_one_that_is_not_there_is_404_in_openais_words(rig, path) -> None:
    for method in ("GET", "DELETE"):
        reply = await rig.ask(path.format("/resp_nobody"), method=method)
        assert (reply.status, reply.error["message"]) == (404, "Response with id 'resp_nobody' not found.")
        assert reply.error["type"] == "invalid_request_error"


async def test_a_deleted_one_is_gone(rig, path) -> None:
    id = (await respond(rig, path)).json["id"]
    gone = await rig.ask(path.format("/" + id), method="DELETE")
    assert gone.json == {"id": id, "object": "response", "deleted": True}
    assert (await rig.ask(path.format("/" + id))).status == 404
    assert (await rig.ask(path.format("/" + id), method="DELETE")).status == 404


async def test_a_streamed_one_is_kept_when_it_is_whole(rig) -> None:
    stream = await rig.send("/openai/v1/responses", {"model": "chat", "input": "Hello", "stream": True})
    events = aiter(stream.body)
    await anext(events)
    id = (await respond(rig, store=False)).json["id"]
    assert (await rig.ask(f"/openai/v1/responses/{id}")).status == 404
    async for _ in events:
        pass
    kept = (await rig.ask(f"/openai/v1/responses/{id}")).json
    assert (kept["status"], kept["id"]) == ("completed", id)


async def test_a_question_may_go_on_from_one_and_pays_for_it(rig) -> None:
    first = (await respond(rig)).json
    alone = (await respond(rig, input="And then?")).json
    next = (await respond(rig, input="And then?", previous_response_id=first["id"])).json
    assert next["previous_response_id"] == first["id"]
    assert next["usage"]["input_tokens"] == alone["usage"]["input_tokens"] + first["usage"]["total_tokens"]


async def test_what_it_goes_on_from_counts_against_the_quota(rig) -> None:
    rig.deploy(tokens=(400, 60))
    first = (await respond(rig, max_output_tokens=100)).json
    used = first["usage"]["total_tokens"]
    rig.clock.advance(60)
    rig.deploy(tokens=(91 + used, 60))
    for previous, status in ((first["id"], 429), (None, 200)):
        asked = {"input": "And then?", "max_output_tokens": 90, "previous_response_id": previous}
        assert (await respond(rig, PATHS["v1"], **asked)).status == status
        rig.clock.advance(60)


async def test_a_question_cannot_go_on_from_what_is_not_there(rig) -> None:
    reply = await respond(rig, previous_response_id="resp_nobody")
    assert (reply.status, reply.error) == (
        400,
        {
            "message": "Previous response with id 'resp_nobody' not found.",
            "type": "invalid_request_error",
            "param": "previous_response_id",
            "code": "previous_response_not_found",
        },
    )


async def test_another_account_does_not_have_it(rig) -> None:
    rig.account("west")
    rig.deploy(account="west")
    id = (await respond(rig)).json["id"]
    west = {"host": "west.openai.azure.com", "api_key": "k1"}
    assert (await rig.ask(f"/openai/v1/responses/{id}", **west)).status == 404


async def test_it_is_forgotten_after_thirty_days(rig) -> None:
    id = (await respond(rig)).json["id"]
    rig.clock.advance(30 * 86400 - 1)
    assert (await rig.ask(f"/openai/v1/responses/{id}")).status == 200
    rig.clock.advance(1)
    assert (await rig.ask(f"/openai/v1/responses/{id}")).status == 404


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Hello", "Hello"),
        ([{"role": "user", "content": "Hi"}], "Hi"),
        ([{"role": "user", "content": [{"type": "input_text", "text": "Ho"}]}], "Ho"),
    ],
)
async def test_what_was_asked_can_be_listed(rig, path, asked, text) -> None:
    id = (await respond(rig, path, input=asked)).json["id"]
    listed = (await rig.ask(path.format(f"/{id}/input_items"))).json
    [item] = listed["data"]
    assert (item["role"], item["content"]) == ("user", [{"type": "input_text", "text": text}])
    assert listed["first_id"] == listed["last_id"] == item["id"]


async def test_only_what_is_made_in_the_background_can_be_called_off(rig, path) -> None:
    waited = (await respond(rig, path)).json["id"]
    refused = await rig.ask(path.format(f"/{waited}/cancel"), method="POST")
    assert (refused.status, refused.json["error"]["message"]) == (
        400,
        "Cannot cancel a synchronous response.",
    )
    begun = (await respond(rig, path, background=True)).json["id"]
    assert (await rig.ask(path.format(f"/{begun}/cancel"), method="POST")).json["id"] == begun
    assert (await rig.ask(path.format("/resp_nobody/cancel"), method="POST")).status == 404


async def test_no_more_is_kept_than_fits(rig) -> None:
    rig.deploy(tokens=(10**9, 60), requests=(10**6, 10))
    first = (await respond(rig, input="first")).json["id"]
    last = ""
    for number in range(20):
        last = (await respond(rig, input=f"{number} " + "x" * 1_000_000, max_output_tokens=16)).json["id"]
    assert (await rig.ask(f"/openai/v1/responses/{first}")).status == 404
    assert (await rig.ask(f"/openai/v1/responses/{last}")).status == 200


async def test_no_more_are_kept_than_a_thousand(rig) -> None:
    keeping = stored.Answers(rig.clock)
    ask = Ask({"input": "Hello"}, 2)
    for number in range(1500):
        keeping.keep("east", {"id": f"resp_{number}", "usage": {"total_tokens": 1}}, ask)
    assert [keeping.find("east", f"resp_{number}") is not None for number in (499, 500, 1499)] == [
        False,
        True,
        True,
    ]


async def test_the_dated_api_is_there_since_2025_03(rig) -> None:
    asked = {"model": "chat", "input": "Hello"}
    for version, status in (("2024-10-21", 404), ("2025-03-01-preview", 200), ("2025-04-01-preview", 200)):
        assert (await rig.ask(f"/openai/responses?api-version={version}", asked)).status == status


async def test_reading_uses_up_no_quota(rig) -> None:
    rig.deploy(requests=(1, 10))
    id = (await respond(rig)).json["id"]
    assert [(await rig.ask(f"/openai/v1/responses/{id}")).status for _ in range(5)] == [200] * 5
    assert rig.called()[0].calls == 1


async def test_who_may_not_read_is_told_what_is_missing(rig) -> None:
    rig.roles.clear()
    reply = await rig.ask("/openai/v1/responses/resp_x", method="DELETE", Authorization="Bearer a.b.c")
    assert reply.status == 401
    rig = Rig(Settings())
    rig.account()
    rig.roles.clear()
    reply = await rig.ask(
        "/openai/responses/x?api-version=2025-03-01-preview", method="DELETE", Authorization="Bearer good"
    )
    assert "OpenAI/responses/delete" in reply.error["message"]
    assert "`DELETE /openai/responses/{response-id}`" in reply.error["message"]
