"""What stands between the planes: who of several answers, and who answers where nobody does."""

import itertools
from collections.abc import Coroutine, Sequence
from contextvars import ContextVar
from typing import Any

from apimlb.http import Request, Response, Transport
from apimlb.local.entra.plane import serves
from apimlb.local.safety.plane import PATH


class InTurn:
    """Deals requests to instances of one plane in turn, as a load balancer in front of them would."""

    def __init__(self, instances: Sequence[Transport]) -> None:
        self._turns = itertools.cycle(instances)

    def send(self, request: Request) -> Coroutine[Any, Any, Response]:
        return next(self._turns).send(request)


class Again:
    """The gateway for policies that call it again. Azure lets such calls go on until the time of the first is
    up; here they end before the stack does."""

    MOST = 16

    def __init__(self, gateway: Transport) -> None:
        self._gateway = gateway
        self._depth: ContextVar[int] = ContextVar("depth", default=0)

    async def send(self, request: Request) -> Response:
        depth = self._depth.get()
        if depth >= self.MOST:
            raise ConnectionError(f"policies have called their own gateway {depth} times over")
        before = self._depth.set(depth + 1)
        try:
            return await self._gateway.send(request)
        finally:
            self._depth.reset(before)


class Management:
    """The origin that ARM and Entra share."""

    def __init__(self, entra: Transport, arm: Transport) -> None:
        self._entra = entra
        self._arm = arm

    def send(self, request: Request) -> Coroutine[Any, Any, Response]:
        return (self._entra if serves(request) else self._arm).send(request)


class Cognitive:
    """The hosts that accounts share with content safety, which has a path of its own."""

    def __init__(self, safety: Transport, accounts: Transport) -> None:
        self._safety = safety
        self._accounts = accounts

    def send(self, request: Request) -> Coroutine[Any, Any, Response]:
        return (self._safety if request.path.startswith(PATH) else self._accounts).send(request)


class Nobody:
    """What is outside when nothing is."""

    async def send(self, request: Request) -> Response:
        raise ConnectionError(f"the host {request.host} is not part of the local Azure")
