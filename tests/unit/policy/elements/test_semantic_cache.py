"""llm-semantic-cache-lookup, -store: answers to prompts that lie near one another."""

import json
from typing import Any

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import FORWARD, document
from tests.unit.policy.test_compiler import refusal

LOOKUP = (
    "<{0}-semantic-cache-lookup score-threshold='0.2' embeddings-backend-id='embed' "
    "embeddings-backend-auth='system-assigned' {1}>{2}</{0}-semantic-cache-lookup>"
)
PLACES = {"hello": [1.0, 0.0], "hullo": [0.9, 0.2], "bye": [0.0, 1.0], "flat": [1.0], "none": [0.0, 0.0]}


class Gateway(ScriptedServices):
    """A model that counts its answers, and embeddings by the first word."""

    def __init__(self, kind: str = "llm", attributes: str = "", inside: str = "", store: str = "") -> None:
        super().__init__({"backends": [{"reply": [{"body": {"n": n}} for n in range(1, 6)]}]})
        outbound = f"<{kind}-semantic-cache-store duration='60' {store}/>"
        inbound = LOOKUP.format(kind, attributes, inside)
        self.policy = effective([compile_policy(document(inbound, FORWARD, outbound))])
        self.embedded: list[str] = []
        self.away = False

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        if self.away:
            raise ConnectionRefusedError
        text = json.loads(request.body)["input"]
        self.embedded.append(text)
        body = {"data": [{"embedding": PLACES[text.split()[-1]]}]}
        return Response(200, Headers(), json.dumps(body).encode())

    async def ask(self, *words: str, system: str = "", who: str = "", **more: Any) -> int:
        """The number of the answer."""
        messages = [{"role": "user", "content": word} for word in words]
        before = [{"role": "system", "content": system}] if system else []
        url = Url("https://gateway.test/chat")
        body = MessageBody(json.dumps({"messages": before + messages, **more}).encode())
        view = RequestView("POST", url, url, Headers([("who", who)]), body)
        exchange = Exchange(Context(self.clock, self.rng, view), self, "https://backend.test")
        response = await run(self.policy, exchange)
        assert isinstance(response.body, bytes)
        return int(json.loads(response.body)["n"])


@pytest.mark.parametrize("kind", ["llm", "azure-openai"])
async def test_a_prompt_that_lies_near_gets_the_answer_that_is_kept(kind: str) -> None:
    gateway = Gateway(kind)
    assert [await gateway.ask(word) for word in ("hello", "hullo", "bye")] == [1, 1, 2]


async def test_places_that_cannot_be_compared_lie_apart() -> None:
    gateway = Gateway()
    assert [await gateway.ask(word) for word in ("hello", "flat", "none", "none", "hullo")] == [1, 2, 3, 4, 1]


async def test_answers_are_forgotten_after_their_time() -> None:
    gateway = Gateway()
    await gateway.ask("hello")
    gateway.clock.pass_by(60)
    assert await gateway.ask("hello") == 2


async def test_callers_may_be_kept_apart() -> None:
    gateway = Gateway(inside='<vary-by>@(context.Request.Headers.GetValueOrDefault("who",""))</vary-by>')
    assert [await gateway.ask("hello", who=who) for who in ("a", "b", "a")] == [1, 2, 1]


@pytest.mark.parametrize(("ignore", "text"), [("true", "hello"), ("false", "be kind\nhello")])
async def test_system_messages_may_be_left_out(ignore: str, text: str) -> None:
    gateway = Gateway(attributes=f"ignore-system-messages='{ignore}'")
    await gateway.ask("hello", system="be kind")
    assert gateway.embedded == [text]


async def test_a_long_dialog_is_not_looked_up() -> None:
    gateway = Gateway(attributes="max-message-count='1'")
    assert [await gateway.ask("bye", "hello") for _ in range(2)] == [1, 2]
    assert gateway.embedded == []


async def test_a_stream_is_not_looked_up() -> None:
    gateway = Gateway()
    assert [await gateway.ask("hello", stream=True) for _ in range(2)] == [1, 2]


async def test_without_embeddings_calls_go_on() -> None:
    gateway = Gateway()
    gateway.away = True
    assert [await gateway.ask("hello") for _ in range(2)] == [1, 2]


def test_only_the_services_own_identity_can_be_used() -> None:
    wrong = LOOKUP.format("llm", "", "").replace("system-assigned", "key")
    assert "one of system-assigned was expected" in refusal(document(wrong)).what
