"""Looks at every request to the local ARM and at every answer, and says what Microsoft's contract forbids."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from apimlb.http import Request, Response
from tests.contract.differences import known, outside
from tests.contract.shared import contract_or_none

_ENTRA = ("/oauth2/", "/.well-known/", "/discovery/")


class Watch:
    """Requests strictly: no unknown field, none that is read-only. Answers: no unknown field, nulls allowed.

    Without the contract it sees nothing, except in CI, where that is a failure.
    """

    def __init__(self) -> None:
        self._contract = contract_or_none()
        self.seen = 0
        self.problems: list[str] = []

    def __call__(self, request: Request, response: Response) -> None:
        """Remember what is wrong with one exchange of ARM; leaves alone what belongs to Entra."""
        if self._contract is None or any(part in request.path for part in _ENTRA):
            return
        self.seen += 1
        self.problems += [f"{_label(request, response)}: {text}" for text in self._wrong(request, response)]

    def check(self) -> None:
        """Fail when anything was wrong."""
        if self.problems:
            pytest.fail("\n".join(["not as Microsoft describes it:", *self.problems]))

    def _wrong(self, request: Request, response: Response) -> list[str]:
        method, path, query = request.method, request.path, request.query
        version = query.get("api-version", "")
        polls = "asyncId" in query
        hit = None if polls else self._contract.find(method, path, version)
        if hit is None:
            listed = outside(method, f"{path}?{urlsplit(request.url).query}" if polls else path)
            return [] if listed else ["not in the contract, nor listed as outside it"]
        sent = json.loads(request.body) if request.body else None
        wrong: list[str] = []
        if response.status not in (400, 401):
            wrong += self._contract.request(method, path, query, dict(request.headers), sent)
        body = _body(response)
        names = dict(response.headers)
        wrong += self._contract.response(method, path, response.status, body, names, version)
        return [text for text in wrong if not known(hit[5]["operationId"], text)]


def _body(response: Response) -> Any:
    assert isinstance(response.body, bytes)
    return json.loads(response.body) if response.body else None


def _label(request: Request, response: Response) -> str:
    return f"{request.method} {request.path} {request.query.get('api-version')} {response.status}"
