"""The way an answer goes out: whole or as a stream, as fast as the settings say."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from apimlb.clock import Clock
from apimlb.http import Headers, Response
from apimlb.local.openai import bodies, responses
from apimlb.local.openai.answer import Answer, compose
from apimlb.local.openai.ask import Ask
from apimlb.local.openai.models import Model
from apimlb.local.openai.refusals import JSON
from apimlb.local.openai.switches import Settings

_EVENTS = ("Content-Type", "text/event-stream; charset=utf-8")

_WHOLE: dict[str, Callable[[Answer, Ask], dict[str, Any]]] = {
    "chat": lambda answer, ask: bodies.chat(answer),
    "completions": lambda answer, ask: bodies.completions(answer, ask.body),
    "responses": responses.whole,
}
_STREAMED: dict[str, Callable[[Answer, Ask], Iterator[bytes]]] = {
    "chat": lambda answer, ask: bodies.chat_events(answer, ask.include_usage),
    "completions": lambda answer, ask: bodies.completions_events(answer, ask.include_usage),
    "responses": responses.events,
}


Keep = Callable[[dict[str, Any], Ask], None]
"""Keeps an answer of the Responses API that is whole."""


async def reply(
    ask: Ask,
    operation: str,
    model: Model,
    settings: Settings,
    clock: Clock,
    settle: Callable[[int], None],
    keep: Keep,
) -> Response:
    """The response to a request that was let in; `settle` is told the tokens used once they are known."""
    if settings.first_token_seconds:
        await clock.sleep(settings.first_token_seconds)
    if operation == "embeddings":
        body, used = bodies.embeddings(ask, model, settings.seed)
        settle(used)
        return whole(body)
    answer = compose(ask, model, settings, clock.now())
    used = answer.prompt_tokens + answer.completion_tokens
    kept = operation == "responses" and ask.body.get("store") is not False
    if ask.stream:
        events = _STREAMED[operation](answer, ask)
        ended = (lambda: keep(responses.whole(answer, ask), ask)) if kept else _nothing
        stream = _paced(events, settings.token_seconds, clock, ended, lambda: settle(used))
        return Response(200, Headers([_EVENTS]), stream)
    if settings.token_seconds:
        await clock.sleep(settings.token_seconds * answer.completion_tokens)
    settle(used)
    body = _WHOLE[operation](answer, ask)
    if kept:
        keep(body, ask)
    return whole(body)


def _nothing() -> None:
    """What need not be kept."""


def whole(body: dict[str, Any]) -> Response:
    return Response(200, Headers([JSON]), bodies.dump(body).encode())


async def _paced(
    events: Iterator[bytes],
    seconds: float,
    clock: Clock,
    ended: Callable[[], None],
    done: Callable[[], None],
) -> AsyncIterator[bytes]:
    """The events with a pause after each; whoever stops listening has used the tokens all the same."""
    try:
        for event in events:
            yield event
            if seconds:
                await clock.sleep(seconds)
        ended()
        yield bodies.DONE
    finally:
        done()
