"""llm-content-safety: what is asked about which text, and what does not pass."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from apimlb.http import Headers, Response, read
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.elements.content_safety import CheckedStream
from apimlb.policy.rehearse.rehearsal import Rehearsal
from apimlb.policy.run.exchange import Exchange, ForwardOptions
from apimlb.policy.run.pipeline import run
from tests.unit.policy.elements.test_metrics import Streaming
from tests.unit.policy.play import document, play, posted

CHAT = {"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hello"}]}
SAFETY = (
    "<llm-content-safety backend-id='safe' {}><categories output-type='EightSeverityLevels'>"
    "<category name='Violence' threshold='@(4)'/></categories><blocklists><id>words</id></blocklists>"
    "</llm-content-safety>"
)
BLOCKED = b'{ "statusCode": 403, "message": "Request failed content safety check." }'


def safety(*, severity: int = 0, listed: bool = False, attack: bool = False, status: int = 200) -> Any:
    body = {
        "categoriesAnalysis": [{"category": "Violence", "severity": severity}],
        "blocklistsMatch": [{"blocklistName": "words"}] if listed else [],
        "userPromptAnalysis": {"attackDetected": attack},
    }
    return {"match": "https://safe.*", "reply": {"status": status, "body": body}}


async def checked(element: str, service: Any, *, answer: str = "fine", outbound: str = "") -> Rehearsal:
    completion = {"body": {"choices": [{"message": {"content": answer}}]}}
    return await play(
        element,
        outbound=outbound,
        request={"method": "POST", "body": CHAT, "headers": {"Authorization": "Bearer mine"}},
        backends=[service, {"reply": completion}],
    )


async def test_a_prompt_is_shown_to_the_service_before_it_goes_on() -> None:
    played = await checked(SAFETY.format("shield-prompt='true'"), safety())
    analyze, shield, _ = played.requests
    assert analyze.url == "https://safe.backend.test/contentsafety/text:analyze?api-version=2024-09-01"
    assert json.loads(analyze.body) == {
        "text": "be kind\nhello",
        "outputType": "EightSeverityLevels",
        "blocklistNames": ["words"],
        "categories": ["Violence"],
    }
    assert analyze.headers.get("Authorization") == "Bearer mine"
    assert json.loads(shield.body) == {"userPrompt": "be kind\nhello", "documents": []}
    assert played.response.status == 200


@pytest.mark.parametrize(
    ("found", "passes"),
    [
        ({"severity": 3}, True),
        ({"severity": 4}, False),
        ({"listed": True}, False),
        ({"attack": True}, True),
        ({"status": 429}, False),
    ],
)
async def test_what_is_found_decides(found: dict[str, Any], passes: bool) -> None:
    played = await checked(SAFETY.format(""), safety(**found))
    assert played.response.status == (200 if passes else 403)
    assert passes or played.response.body == BLOCKED


async def test_a_shield_keeps_attacks_out() -> None:
    played = await checked(SAFETY.format("shield-prompt='@(true)'"), safety(attack=True))
    assert played.response.status == 403
    assert played.last_error is not None
    assert played.last_error.source == "llm-content-safety"


async def test_a_prompt_that_is_too_long_is_refused_unseen() -> None:
    long = {"messages": [{"role": "user", "content": "x" * 10_001}]}
    played = await play(SAFETY.format(""), request={"method": "POST", "body": long}, backends=[safety()])
    assert (played.response.status, played.requests) == (403, ())


async def test_without_checks_nobody_is_asked() -> None:
    played = await checked("<llm-content-safety backend-id='safe'/>", safety())
    assert len(played.requests) == 1


async def test_answers_are_checked_in_windows() -> None:
    element = SAFETY.format("window-size='4' window-overlap-size='1'")
    played = await checked("", safety(), answer="abcdefgh", outbound=element)
    asked = [json.loads(each.body)["text"] for each in played.requests if "contentsafety" in each.url]
    assert asked == ["abcd", "defg", "gh"]
    refused = await checked("", safety(severity=7), outbound=element)
    assert refused.response.status == 403


async def test_inbound_may_check_the_answer_too() -> None:
    played = await checked(SAFETY.format("enforce-on-completions='true'"), safety())
    asked = [json.loads(each.body)["text"] for each in played.requests if "contentsafety" in each.url]
    assert asked == ["be kind\nhello", "fine"]


class Watched(Streaming):
    """A stream, and a service that finds the word bad."""

    async def call(self, backend: str, request: Any, timeout: float) -> Response:
        bad = "bad" in json.loads(request.body)["text"]
        body = {"categoriesAnalysis": [{"category": "Violence", "severity": 7 if bad else 0}]}
        return Response(200, Headers(), json.dumps(body).encode())

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        return await super().forward(exchange, options)


@pytest.mark.parametrize(("words", "seen"), [(["good ", "fine "], 3), (["good ", "bad ", "more "], 1)])
async def test_a_stream_ends_where_it_does_not_pass(words: list[str], seen: int) -> None:
    services = Watched(*({"choices": [{"delta": {"content": word}}]} for word in words))
    policy = effective([compile_policy(document(outbound=SAFETY.format("window-size='4'")))])
    response = await run(policy, posted(services, b"{}"))
    assert response.status == 200
    assert (await read(response)).count(b"data:") == seen


@pytest.mark.parametrize("window", [4, 100])
async def test_a_stream_that_cannot_be_checked_ends(window: int) -> None:
    """In its middle or at its end, where the last window is checked."""
    services = Watched({"choices": [{"delta": {"content": "good "}}]})
    element = SAFETY.format(f"window-size='{window}'").replace("@(4)", '@(int.Parse("many"))')
    policy = effective([compile_policy(document(outbound=element))])
    assert await read(await run(policy, posted(services, b"{}"))) == b""


@pytest.mark.parametrize("ending", ["", "\n", "\r\n\r\n"])
async def test_words_that_no_blank_line_follows_are_checked_too(ending: str) -> None:
    event = f"data: {json.dumps({'choices': [{'delta': {'content': 'bad'}}]})}{ending}"
    checked: list[str] = []

    async def sent() -> AsyncIterator[bytes]:
        yield event.encode()

    async def check(text: str) -> None:
        checked.append(text)

    guarded = CheckedStream(sent(), 100, check)
    assert [chunk async for chunk in guarded] == [event.encode()]
    assert checked == ["bad"]
