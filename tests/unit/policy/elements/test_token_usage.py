"""Tokens as a model's answer counts them, or as they are estimated."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.budget import REQUEST_STEPS, Allowance
from apimlb.policy.elements import token_usage as usage
from apimlb.policy.elements.content_safety import CheckedStream
from apimlb.policy.run.turns import PaidStream


def event(data: object) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


async def counted(*chunks: bytes, most: int = 100) -> list[int]:
    """What a stream of these chunks was counted as, read until the client leaves after `most` of them."""

    async def sent() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    told: list[int] = []
    body = usage.CountedStream(sent(), lambda said, _: told.append(said))
    read = 0
    async for _ in body:
        read += 1
        if read == most:
            break
    await body.aclose()
    return told


LINES = (b"data:\n", b"data:{\n", b"data:1\n", b"\n", b"\n\n", b'data:{"delta":"a"}\n\n')


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("window", [None, 1, 10**6], ids=["counted", "checked", "held"])
async def test_a_stream_is_paid_for_by_its_lines(line: bytes, window: int | None) -> None:
    """However short they are, and whether or not they are JSON."""

    async def sent() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield line * 50

    async def passes(text: str) -> None:
        pass

    allowance = Allowance()
    body = (
        usage.CountedStream(sent(), lambda *_: None)
        if window is None
        else CheckedStream(sent(), window, passes)
    )
    read = b"".join([chunk async for chunk in PaidStream(allowance, body)])
    assert read == line * 1_000
    paid = REQUEST_STEPS - allowance.steps
    assert paid >= (6_000 if line.startswith(b"data:") else 120)


@pytest.mark.parametrize(
    ("asked", "tokens"),
    [
        ({"messages": [{"role": "user", "content": "x" * 40}]}, 10),
        ({"prompt": ["xxxx", "yyyy"]}, 2),
        ({"input": "xxxxx", "instructions": "xxx"}, 3),
        ({"messages": [{"content": [{"type": "text", "text": "xxxx"}, {"image_url": {"url": "u"}}]}]}, 1201),
        ({}, 0),
        ({"messages": 5}, 0),
    ],
)
def test_a_prompt_is_estimated_by_its_characters(asked: dict[str, object], tokens: int) -> None:
    assert usage.of_prompt(asked) == tokens


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        (b'{"usage": {"total_tokens": 7}}', usage.Tokens(0, 0, 7)),
        (
            b'{"usage": {"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7}}',
            usage.Tokens(4, 3, 7),
        ),
        (
            b'{"response": {"usage": {"input_tokens": 4, "output_tokens": 3, "total_tokens": 7}}}',
            usage.Tokens(4, 3, 7),
        ),
        (b'{"usage": null}', None),
        (b'{"usage": {}}', None),
        (b"[]", None),
        (b"\xff", None),
    ],
)
def test_an_answer_says_what_it_used_or_does_not(body: bytes, tokens: usage.Tokens | None) -> None:
    assert usage.of_answer(usage.parsed(body)) == tokens


async def test_a_stream_is_counted_once_at_its_end() -> None:
    chat = event({"choices": [{"delta": {"content": "x" * 8}}]})
    assert await counted(chat, chat, b"data: [DONE]\n\n") == [4]
    assert await counted(event({"choices": [{"text": "x" * 8}]})) == [2]
    assert await counted(event({"type": "response.output_text.delta", "delta": "x" * 8})) == [2]


async def test_a_client_that_leaves_pays_for_what_it_got() -> None:
    chat = event({"choices": [{"delta": {"content": "x" * 8}}]})
    assert await counted(chat, chat, chat, most=1) == [2]


@given(st.lists(st.integers(1, 60), max_size=8))
async def test_how_a_stream_is_cut_into_chunks_changes_nothing(cuts: list[int]) -> None:
    whole = b"".join(event({"choices": [{"delta": {"content": "x" * size}}]}) for size in (3, 9, 20))
    chunks, rest = [], whole
    for cut in cuts:
        chunks.append(rest[:cut])
        rest = rest[cut:]
    assert await counted(*chunks, rest) == [8]


async def test_a_stream_that_is_too_dear_to_count_goes_on_to_the_client() -> None:
    events = [event({"choices": [{"delta": {"content": "x" * 8}}], "all": [0] * 400})] * 20
    told: list[int] = []

    async def sent() -> AsyncIterator[bytes]:
        for each in events:
            yield each

    allowance = Allowance(steps=1_000)
    body = PaidStream(allowance, usage.CountedStream(sent(), lambda said, _: told.append(said)))
    assert [chunk async for chunk in body] == events
    assert allowance.steps < 0
    assert 0 < told[0] < 20 * 8 // 4
