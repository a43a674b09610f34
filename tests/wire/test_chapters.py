"""What the local ARM answers, and what these tests send it, is as the SDKs and the facts have it."""

import json

import pytest

from apimlb.http import Headers, Request, Response
from tests.unit.local.arm.scene import HOST, Exchange, Scene
from tests.wire.chapters import CHAPTERS
from tests.wire.watch import Watch


def watched(exchange: Exchange) -> tuple[Request, Response]:
    query = "&".join(f"{key}={value}" for key, value in exchange.query.items())
    sent = b"" if exchange.sent is None else json.dumps(exchange.sent).encode()
    url = f"{HOST}{exchange.path}?{query}"
    answer = exchange.answer
    return (
        Request(exchange.method, url, Headers(exchange.headers.items()), sent),
        Response(answer.status, answer.headers, answer.body),
    )


@pytest.mark.parametrize("last", range(len(CHAPTERS)), ids=[chapter.__name__ for chapter in CHAPTERS])
async def test_requests_and_answers_are_as_azure_has_them(last: int) -> None:
    scene, watch = Scene(), Watch()
    for chapter in CHAPTERS[: last + 1]:
        scene.exchanges.clear()
        await chapter(scene)
    for exchange in scene.exchanges:
        watch(*watched(exchange))
    watch.check()
    assert watch.seen == len(scene.exchanges) > 7
    assert [exchange for exchange in scene.exchanges if exchange.answer.status >= 400] == []
