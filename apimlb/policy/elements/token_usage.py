"""How many tokens a model's request and answer have: as it says, or estimated where it does not.

Microsoft Learn, API Management policy reference: llm-token-limit, llm-emit-token-metric. The gateway's
tokenizer is not published; four characters are taken for a token.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

from apimlb.http import RelayedStream
from apimlb.policy.apim.bodies import MessageBody, content_of
from apimlb.policy.apim.context import ResponseView
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.elements import formats
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.turns import PaidStream

_ASKED = ("messages", "prompt", "input", "instructions", "system")
_PER_IMAGE = 1200
"""The most that an image counts for, on the same page."""


def said_in(body: MessageBody | None) -> dict[str, Any]:
    """What a request or an answer says, an empty object where nothing is left of it."""
    return parsed(content_of(body))


def parsed(content: bytes) -> dict[str, Any]:
    """A body as a JSON object; an empty object for any other body."""
    try:
        found = formats.loaded(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def of_prompt(asked: dict[str, Any]) -> int:
    """The estimate of what is asked."""
    return sum(_PER_IMAGE if piece is None else -(-len(piece) // 4) for piece in _pieces(asked))


class Tokens(NamedTuple):
    """What a call used."""

    prompt: int
    completion: int
    total: int


def of_answer(body: dict[str, Any]) -> Tokens | None:
    """Prompt and completion as the answer's `usage` counts them; None for an answer without it. The Responses
    API calls them input and output, and its stream has them inside the last event's response."""
    usage = body.get("usage")
    if not isinstance(usage, dict):
        response = body.get("response")
        return of_answer({"usage": response.get("usage")}) if isinstance(response, dict) else None
    total = usage.get("total_tokens")
    if not isinstance(total, int):
        return None
    prompt = _number(usage, "prompt_tokens", "input_tokens")
    completion = _number(usage, "completion_tokens", "output_tokens")
    return Tokens(prompt, completion, total)


def _number(usage: dict[str, Any], *names: str) -> int:
    return next((usage[name] for name in names if isinstance(usage.get(name), int)), 0)


Done = Callable[[Exchange, Tokens, Tokens | None, ResponseView | None], None]
"""What is done with the estimate of what an answer used, with what the answer itself counts, and with the
response, where it is no stream."""


async def count(exchange: Exchange, prompt: int, done: Done) -> None:
    """Call `done` for an answer: for a stream when it ends, for an error not at all. The estimate is `prompt`
    and, of a stream, its texts."""

    def end(said: int, counted: Tokens | None) -> None:
        done(exchange, Tokens(prompt, said, prompt + said), counted, None)

    response = await whole_answer(exchange, lambda body: CountedStream(body, end))
    if response is not None:
        done(exchange, Tokens(prompt, 0, prompt), of_answer(said_in(response.body)), response)


async def whole_answer(
    exchange: Exchange, watch: Callable[[AsyncIterator[bytes]], AsyncIterator[bytes]]
) -> ResponseView | None:
    """The response, with its body read. None for an error, and for server-sent events, which go to the client
    by way of what `watch` makes of them."""
    response, live = exchange.context.response, exchange.live
    if response is None or response.status_code >= 400:
        return None
    if live is not None and "event-stream" in (formats.header(live.headers, "Content-Type") or ""):
        assert not isinstance(live.body, bytes), "what is live is a stream"
        live.body = PaidStream(exchange.context.allowance, watch(live.body))
        return None
    await exchange.buffer()
    return response


def texts_of_prompt(asked: dict[str, Any]) -> Iterator[str]:
    """The texts of what is asked."""
    return (piece for piece in _pieces(asked) if piece is not None)


def texts_of_answer(body: dict[str, Any]) -> Iterator[str]:
    """The texts of a whole answer: of chat, of completions, or of the Responses API."""
    choices = body.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict):
            yield from texts_of_prompt({"messages": [choice.get("message"), choice.get("text")]})
    yield from texts_of_prompt({"messages": body.get("output")})


def _pieces(asked: dict[str, Any]) -> Iterator[str | None]:
    """The texts in what is asked; None for an image."""
    left = [asked.get(name) for name in reversed(_ASKED)]
    while left:
        formats.spend()
        found = left.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, list):
            formats.spend(len(found) >> 6)
            left += reversed(found)
        elif isinstance(found, dict):
            if "image_url" in found:
                yield None
            left += (found.get("text"), found.get("content"))


class CountedStream(RelayedStream):
    """A streamed answer on its way to the client. At its end, or when the client leaves, `done` is called
    with the estimated tokens of its text, and with those that the answer itself counts."""

    def __init__(self, body: AsyncIterator[bytes], done: Callable[[int, Tokens | None], None]) -> None:
        super().__init__(body)
        self._done: Callable[[int, Tokens | None], None] | None = done
        self._counted: Tokens | None = None
        self._lines: Lines | None = Lines()
        self._characters = 0

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._body)
        except BaseException:
            self._finish()
            raise
        try:
            for line in self._lines.take(chunk) if self._lines else ():
                if line.startswith(b"data:"):
                    event = parsed(line.removeprefix(b"data:"))
                    self._characters += len(text_of_event(event))
                    self._counted = of_answer(event) or self._counted
        except ClrException:
            self._lines = None  # the client gets its answer, however long it is
        return chunk

    async def aclose(self) -> None:
        self._finish()
        await super().aclose()

    def _finish(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            with contextlib.suppress(PolicyFault, ClrException):  # the answer is out
                done(-(-self._characters // 4), self._counted)


class Lines:
    """The lines of a stream, as its chunks come."""

    def __init__(self) -> None:
        self._begun: list[bytes] = []

    def take(self, chunk: bytes) -> list[bytes]:
        """The lines that a chunk ends; raises ClrException when the request may read no more."""
        formats.spend(1 + (len(chunk) >> 6) + (chunk.count(b"\n") >> 3))
        if b"\n" not in chunk:
            self._begun.append(chunk)
            return []
        first, *lines = chunk.split(b"\n")
        ended = b"".join((*self._begun, first))
        self._begun = [lines.pop()]
        return [ended, *lines]


def text_of_event(event: dict[str, Any]) -> str:
    """The text that an event of a stream adds to the answer."""
    delta = event.get("delta")
    if isinstance(delta, str):
        return delta
    choices = event.get("choices")
    found = [item for item in choices if isinstance(item, dict)] if isinstance(choices, list) else []
    texts = [item.get("text") for item in found]
    texts += [item["delta"].get("content") for item in found if isinstance(item.get("delta"), dict)]
    return "".join(text for text in texts if isinstance(text, str))
