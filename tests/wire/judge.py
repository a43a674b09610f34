"""Holds an exchange to the operations of Azure's SDKs and to the facts about what they leave open."""

import json
from collections.abc import Iterator
from typing import Any

from apimlb.http import Request, Response
from tests.wire.facts import OUTSIDE, differs, untrue
from tests.wire.operations import Operation, operations_at


def judge(request: Request, response: Response) -> Iterator[str]:
    """What is wrong with an exchange of ARM."""
    operation = _operation(request)
    if operation is None:
        yield "no SDK has such an operation, nor is it among the facts"
        return
    for text in _against(operation, request, response):
        if not differs(operation.name, text):
            yield text
    yield from untrue(request, response, body(response.body))


def _operation(request: Request) -> Operation | None:
    return next((each for each in (*OUTSIDE, *operations_at(request.path)) if each.fits(request)), None)


def _against(operation: Operation, request: Request, response: Response) -> Iterator[str]:
    answer = body(response.body)
    if response.status >= 400:
        return
    if response.status not in operation.statuses:
        yield f"status: {response.status} is none of {sorted(operation.statuses)}"
    yield from _sent(operation, body(request.body))
    if operation.answered is not None and answer is not None:
        yield from operation.answered.wrong(answer, "answer", sent=False)
    elif operation.answered is not None and not operation.empty:
        if response.status == 200 and request.method not in ("DELETE", "HEAD"):
            yield "answer: nothing"
    elif answer is not None and response.status != 202:
        yield "answer: there is a body, and none is described"


def _sent(operation: Operation, sent: Any) -> Iterator[str]:
    if operation.sent is not None and sent is not None:
        yield from operation.sent.wrong(sent, "sent", sent=True)
    elif sent is not None:
        yield "sent: there is a body, and none is described"


def body(content: object) -> Any:
    """The document in a body; None without one."""
    assert isinstance(content, bytes)
    return json.loads(content) if content else None
