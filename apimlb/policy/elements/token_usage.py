"""How many tokens a model's request and answer have: as it says, or estimated where it does not.

Microsoft Learn, API Management policy reference: llm-token-limit. Of a streamed answer, prompt and completion
are always estimated. The gateway's tokenizer is not published; four characters are taken for a token.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from apimlb.http import Response, close

_ASKED = ("messages", "prompt", "input", "instructions", "system")
_PER_IMAGE = 1200
"""The most that an image counts for, on the same page."""


def parsed(content: bytes) -> dict[str, Any]:
    """A body as an object; an empty one where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def of_prompt(asked: dict[str, Any]) -> int:
    """The estimate of what is asked."""
    return sum(_tokens(piece) for name in _ASKED for piece in _pieces(asked.get(name)))


def of_answer(body: dict[str, Any]) -> int | None:
    """Prompt and completion as the answer's `usage` counts them; None where it has none."""
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return None
    total = usage.get("total_tokens")
    return total if isinstance(total, int) else None


def _tokens(piece: str | None) -> int:
    return _PER_IMAGE if piece is None else -(-len(piece) // 4)


def _pieces(value: Any) -> Iterator[str | None]:
    """The texts in a prompt; None for an image."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _pieces(item)
    elif isinstance(value, dict):
        if "image_url" in value:
            yield None
        yield from _pieces(value.get("content"))
        yield from _pieces(value.get("text"))


class Counted:
    """A streamed answer on its way to the client; `done` is told its estimated tokens at its end, or when the
    client leaves."""

    def __init__(self, body: AsyncIterator[bytes], done: Callable[[int], None]) -> None:
        self._body = body
        self._done: Callable[[int], None] | None = done
        self._rest = b""
        self._characters = 0

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._body)
        except BaseException:
            self._finish()
            raise
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._characters += sum(_said(line) for line in lines if line.startswith(b"data:"))
        return chunk

    async def aclose(self) -> None:
        self._finish()
        await close(Response(200, body=self._body))

    def _finish(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(-(-self._characters // 4))


def _said(line: bytes) -> int:
    """The characters that an event adds to the answer."""
    event = parsed(line.removeprefix(b"data:"))
    delta = event.get("delta")
    if isinstance(delta, str):
        return len(delta)
    choices = event.get("choices")
    found = [item for item in choices if isinstance(item, dict)] if isinstance(choices, list) else []
    inner = [item.get("delta") or {} for item in found]
    texts = [item.get("text") for item in found] + [
        item.get("content") for item in inner if isinstance(item, dict)
    ]
    return sum(len(text) for text in texts if isinstance(text, str))
