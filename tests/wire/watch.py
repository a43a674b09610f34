"""Looks at every request to the local ARM and at every answer, and says what is not as Azure has it."""

from collections.abc import Callable, Iterable

import pytest

from apimlb.http import Request, Response
from tests.wire.judge import judge

Judge = Callable[[Request, Response], Iterable[str]]
JUDGES: list[Judge] = [judge]
"""Who says what is wrong with an exchange. The tests that have Microsoft's documents add another one."""

_ENTRA = ("/oauth2/", "/.well-known/", "/discovery/")


class Watch:
    """`seen` counts the exchanges with ARM, `problems` are what was wrong with them."""

    def __init__(self) -> None:
        self.seen = 0
        self.problems: list[str] = []

    def __call__(self, request: Request, response: Response) -> None:
        """Remember what is wrong with one exchange of ARM; leaves alone what belongs to Entra."""
        if any(part in request.path for part in _ENTRA):
            return
        self.seen += 1
        label = f"{request.method} {request.path} {request.query.get('api-version')} {response.status}"
        self.problems += [f"{label}: {text}" for each in JUDGES for text in each(request, response)]

    def check(self) -> None:
        """Fail when anything was wrong."""
        if self.problems:
            pytest.fail("\n".join(["not as Azure has it:", *self.problems]))
