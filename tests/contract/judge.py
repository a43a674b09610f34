"""Holds an exchange of ARM to Microsoft's own documents."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from apimlb.http import Request, Response
from tests.contract.differences import known, outside
from tests.contract.shared import contract
from tests.wire.judge import body


def judge(request: Request, response: Response) -> Iterator[str]:
    """What is wrong with an exchange.

    Requests strictly: no unknown field, none that is read-only. Answers: no unknown field, nulls allowed.
    """
    checker = contract()
    method, path, query = request.method, request.path, request.query
    version = query.get("api-version", "")
    polls = "asyncId" in query
    hit = None if polls else checker.find(method, path, version)
    if hit is None:
        if not outside(method, f"{path}?{urlsplit(request.url).query}" if polls else path):
            yield "not in the contract, nor listed as outside it"
        return
    wrong: list[str] = []
    if response.status not in (400, 401):
        sent = json.loads(request.body) if request.body else None
        wrong += checker.request(method, path, query, dict(request.headers), sent)
    wrong += checker.response(
        method, path, response.status, body(response.body), dict(response.headers), version
    )
    yield from (text for text in wrong if not known(hit[5]["operationId"], text))
