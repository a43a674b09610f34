"""What the local ARM answers, and what these tests send it, against Microsoft's own description."""

from typing import Any

import pytest

from tests.contract.differences import known
from tests.contract.shared import contract
from tests.unit.local.arm.scene import ROOT, Exchange, Scene
from tests.wire.chapters import CHAPTERS


@pytest.mark.parametrize("last", range(len(CHAPTERS)), ids=[chapter.__name__ for chapter in CHAPTERS])
async def test_requests_and_answers_are_as_microsoft_describes_them(last: int) -> None:
    checker = contract()
    scene = Scene()
    for chapter in CHAPTERS[: last + 1]:
        scene.exchanges.clear()
        await chapter(scene)
    problems = [text for exchange in scene.exchanges for text in found(checker, exchange)]
    assert problems == []


def found(checker: Any, exchange: Exchange) -> list[str]:
    """What is wrong with one exchange, each with the request that it is about."""
    version = exchange.query["api-version"]
    hit = checker.find(exchange.method, exchange.path, version)
    answer = exchange.answer
    label = f"{exchange.method} {exchange.path[len(ROOT) :]} {answer.status}"
    if hit is None:
        return [f"{label}: not in the contract"]
    wrong = [] if answer.status < 400 else [f"refused: {answer.json}"]
    headers = {**exchange.headers, "Authorization": "x"}
    wrong += checker.request(exchange.method, exchange.path, exchange.query, headers, exchange.sent)
    names = dict(answer.headers)
    body = answer.json if answer.body else None
    wrong += checker.response(exchange.method, exchange.path, answer.status, body, names, version)
    return [f"{label}: {text}" for text in wrong if not known(hit[5]["operationId"], text)]
