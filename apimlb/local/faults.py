"""Faults on order: what goes wrong, for which requests, and how often.

A `Fault` is data. `Faults` holds those that were ordered and says which one a request meets; `Faulty` stands
before a plane and carries it out. They live as long as the process: a restart is a way back to an Azure
that works.
"""

import json
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.errors import ConfigError, NotFoundError
from apimlb.http import Body, Headers, Request, Response, Transport, close, reason_phrase

Plane = Literal["arm", "entra", "gateway", "openai", "outside"]
"""Where a request arrives: one of the planes, or a host that is no part of the local Azure."""
PLANES: Sequence[Plane] = ("arm", "entra", "gateway", "openai", "outside")

_BODILESS = {204, 304}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to requests of `method` ("*" for any) to a URL like `url`, at `plane` ("" for any).

    `url` is a pattern of `*` and `?`, without regard to case, for the whole URL or, when it begins with a
    slash, for what follows the host; the query may be left out. `count` requests meet it, 0 stands for all.
    They wait `delay` seconds; then, with `reset`, their connection is closed without an answer; with a
    `status` they get it, with `headers` and `body` ("" for what the plane itself would say); otherwise the
    plane answers. `cut` ends the connection after so many chunks of the answer's body, -1 never.
    """

    method: str = "*"
    url: str = "*"
    plane: Plane | Literal[""] = ""
    count: int = 0
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    delay: float = 0.0
    reset: bool = False
    cut: int = -1

    def check(self) -> None:
        """Raise `ConfigError` for a fault that could not happen or would change nothing."""
        if self.plane and self.plane not in PLANES:
            raise _refused(f"there is no plane {self.plane!r}", f"choose one of {', '.join(PLANES)}")
        if self.status and not 200 <= self.status <= 599:
            raise _refused(f"{self.status} is no status from 200 to 599", "choose another status")
        if self.count < 0 or not 0 <= self.delay < float("inf") or self.cut < -1:
            raise _refused("a count, a delay or a number of chunks is below 0", "give a number from 0 up")
        if self.reset and (self.status or self.cut >= 0):
            raise _refused("a connection that is reset carries no answer", "leave out status and cut")
        if (self.body or self.headers) and not self.status:
            raise _refused("a body or a header belongs to a status", "give a status too")
        if not (self.status or self.delay or self.reset or self.cut >= 0):
            raise _refused("the fault does nothing", "give a status, a delay, a reset or a cut")
        if any(set(name + value) & {"\r", "\n"} for name, value in self.headers):
            raise _refused("a header has a line break in it", "leave it out")

    def meets(self, plane: Plane, request: Request) -> bool:
        if self.plane not in ("", plane) or self.method.upper() not in ("*", request.method.upper()):
            return False
        return any(fnmatchcase(form, _literal(self.url)) for form in _forms(request.url, self.url))


@dataclass(slots=True)
class Order:
    """A fault with the number that it is known by and how often it has happened."""

    id: int
    fault: Fault
    happened: int = 0

    @property
    def open(self) -> bool:
        return self.fault.count == 0 or self.happened < self.fault.count


class Faults:
    """What was ordered, oldest first: a request meets the first that fits it and is not used up."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._last = 0

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())

    def __bool__(self) -> bool:
        return bool(self._orders)

    def add(self, fault: Fault) -> Order:
        """Raises `ConfigError` (see `Fault.check`)."""
        fault.check()
        self._last += 1
        self._orders[self._last] = order = Order(self._last, fault)
        return order

    def remove(self, id: int) -> None:
        """Take one back; raises `NotFoundError`."""
        if self._orders.pop(id, None) is None:
            raise NotFoundError(
                f"there is no fault {id}", next_step="see those there are: apimlb local fault list"
            )

    def clear(self) -> int:
        """Take all back; gives how many there were."""
        count = len(self._orders)
        self._orders.clear()
        return count

    def take(self, plane: Plane, request: Request) -> Fault | None:
        """The fault that this request meets, counted."""
        for order in self._orders.values():
            if order.open and order.fault.meets(plane, request):
                order.happened += 1
                return order.fault
        return None


class Faulty:
    """A plane whose requests meet faults on their way in."""

    def __init__(self, plane: Plane, behind: Transport, faults: Faults, clock: Clock) -> None:
        self._plane: Plane = plane
        self._behind = behind
        self._faults = faults
        self._clock = clock

    def send(self, request: Request) -> Coroutine[Any, Any, Response]:
        """Answer; raises `ConnectionResetError` for a connection that is to be closed without an answer, and
        so does the body of an answer that is cut."""
        fault = self._faults.take(self._plane, request) if self._faults else None
        return self._behind.send(request) if fault is None else self._happen(fault, request)

    async def _happen(self, fault: Fault, request: Request) -> Response:
        if fault.delay:
            await self._clock.sleep(fault.delay)
        if fault.reset:
            raise ConnectionResetError("the connection was reset, as ordered")
        response = _answer(self._plane, fault) if fault.status else await self._behind.send(request)
        if fault.cut >= 0:
            response.body = _cut(response.body, fault.cut)
            response.headers.remove("Content-Length")
        return response


def _answer(plane: Plane, fault: Fault) -> Response:
    headers = Headers(fault.headers)
    body = fault.body or ("" if fault.status in _BODILESS else _said(plane, fault.status))
    if body and "Content-Type" not in headers:
        headers.set("Content-Type", "application/json" if body.lstrip()[:1] in ("{", "[") else "text/plain")
    return Response(fault.status, headers, body.encode())


def _said(plane: Plane, status: int) -> str:
    """An error in the shape that the plane's clients read."""
    text = "This answer was ordered with `apimlb local fault add`."
    phrase = reason_phrase(status).replace(" ", "") or str(status)
    shapes: dict[Plane, object] = {
        "arm": {"error": {"code": phrase, "message": text}},
        "entra": {"error": "temporarily_unavailable", "error_description": text},
        "gateway": {"statusCode": status, "message": text},
        "openai": {"error": {"code": str(status), "message": text}},
        "outside": {"error": text},
    }
    return json.dumps(shapes[plane])


async def _cut(body: Body, chunks: int) -> AsyncIterator[bytes]:
    """The first chunks, then the end of the connection; a body that is no stream is one chunk."""
    source = _single(body) if isinstance(body, bytes) else body
    left = chunks
    try:
        while left > 0:
            left -= 1
            yield await anext(source)
        raise ConnectionResetError("the connection was cut, as ordered")
    except StopAsyncIteration:
        raise ConnectionResetError("the connection was cut, as ordered") from None
    finally:
        await close(Response(200, body=source))


async def _single(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _forms(url: str, pattern: str) -> Iterator[str]:
    """The URL in each way in which the pattern may mean it."""
    lower = url.lower()
    if pattern.startswith("/"):
        parts = urlsplit(lower)
        lower = lower.removeprefix(f"{parts.scheme}://{parts.netloc}") or "/"
    yield lower
    yield lower.partition("?")[0]
    if "://" not in pattern:
        yield lower.partition("://")[2]
        yield lower.partition("://")[2].partition("?")[0]


def _literal(pattern: str) -> str:
    """The pattern in lower case, with brackets that mean themselves."""
    return pattern.lower().replace("[", "[[]")


def _refused(what: str, next_step: str) -> ConfigError:
    return ConfigError(what, where="the fault", next_step=next_step)
