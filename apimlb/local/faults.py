"""Faults on order: what goes wrong, for which requests, and how often.

A `Fault` is data. `Faults` holds those that were ordered and says which one a request meets; `Faulty` stands
before a plane and carries it out. They live as long as the process: a restart is a way back to an Azure
that works.
"""

import json
import math
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.errors import ConfigError, NotFoundError
from apimlb.http import (
    BODILESS,
    Body,
    Headers,
    Request,
    Response,
    Transport,
    close,
    close_body,
    reason_phrase,
)
from apimlb.local.arm.operations import End, Outcome
from apimlb.local.codes import CODES, Answer
from apimlb.local.codes import body as error_body

Plane = Literal["arm", "entra", "gateway", "openai", "safety", "outside"]
"""Where a request arrives: one of the planes, or a host that is no part of the local Azure."""
PLANES: Sequence[Plane] = ("arm", "entra", "gateway", "openai", "safety", "outside")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to requests of `method` ("*" for any) to a URL like `url`, at `plane` ("" for any).

    `url` is a pattern of `*` and `?`, without regard to case, for the whole URL or, when it begins with a
    slash, for what follows the host; the query may be left out. `type` is a pattern of the same kind for the
    resource type, "Microsoft.ApiManagement/service/apis". Of the requests that fit the first `skip` are let
    by; then `count` meet the fault, 0 stands for all; with `seconds` it ends so long after it was ordered.

    They wait `delay` seconds; then, with `reset`, their connection is closed without an answer; with a
    `status` they get it, with `headers` and `body` ("" for what the plane itself would say); otherwise the
    plane answers. `code` names an error, whose status, words and headers are Azure's where none are given
    (`apimlb.local.codes`). With `applied` the plane does what was asked before the fault takes the place of
    its answer. `cut` ends the connection after so many chunks of the answer's body, -1 never. `operation`
    lets the plane answer, and the long-running operation that it starts end so, with `code` for its error.
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
    type: str = "*"
    code: str = ""
    skip: int = 0
    seconds: float = 0.0
    applied: bool = False
    operation: End | Literal[""] = ""

    @property
    def answers(self) -> int:
        """The status that takes the place of the plane's answer, 0 where none does."""
        if self.status or self.operation or not self.code:
            return self.status
        return CODES[self.code].status

    def check(self) -> None:
        """Raise `ConfigError` for a fault that could not happen or would change nothing."""
        if self.plane and self.plane not in PLANES:
            raise _refused(f"There is no plane {self.plane!r}.", f"Choose one of {', '.join(PLANES)}.")
        if self.status and not 200 <= self.status <= 599:
            raise _refused(f"{self.status} is no status from 200 to 599.", "Choose another status.")
        if min(self.count, self.skip, self.cut + 1) < 0 or not _lasts(self.delay) or not _lasts(self.seconds):
            raise _refused("A number, a delay or a time is below 0.", "Give a number from 0 up.")
        if any(set(name + value) & {"\r", "\n"} for name, value in self.headers):
            raise _refused("A header has a line break in it.", "Leave it out.")
        if self.operation:
            self._check_operation()
        else:
            self._check_answer()

    def _check_answer(self) -> None:
        if self.code and not self.status and self.code not in CODES:
            raise _refused(f"No status is known for {self.code!r}.", f"Give one, or name {', '.join(CODES)}.")
        if self.reset and (self.answers or self.cut >= 0):
            raise _refused("A connection that is reset carries no answer.", "Leave out status, code and cut.")
        if (self.body or self.headers) and not self.answers:
            raise _refused("A body or a header belongs to a status.", "Give a status too.")
        if not (self.answers or self.delay or self.reset or self.cut >= 0):
            raise _refused("The fault does nothing.", "Give a status, a code, a delay, a reset or a cut.")
        if self.applied and not (self.answers or self.reset):
            raise _refused("An answer that is kept takes no place.", "Give a status, a code or a reset.")

    def _check_operation(self) -> None:
        if self.operation not in get_args(End):
            raise _refused(
                f"An operation cannot end {self.operation!r}.", f"Choose one of {', '.join(get_args(End))}."
            )
        if self.plane not in ("", "arm"):
            raise _refused("Only ARM has operations.", "Leave out the plane.")
        if self.status or self.reset or self.cut >= 0 or self.delay or self.applied:
            raise _refused(
                "An operation that ends otherwise is answered as any.", "Leave out all but a code."
            )

    def meets(self, plane: Plane, request: Request) -> bool:
        if self.plane not in ("", plane) or self.method.upper() not in ("*", request.method.upper()):
            return False
        if self.type != "*" and not fnmatchcase(_type(request), _literal(self.type)):
            return False
        return any(fnmatchcase(form, _literal(self.url)) for form in _forms(request.url, self.url))


@dataclass(slots=True)
class Order:
    """A fault with the number that it is known by, when it ends (epoch seconds), how many requests fitted it,
    and how often it has happened."""

    id: int
    fault: Fault
    until: float = math.inf
    fitted: int = 0
    happened: int = 0
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over and (self.fault.count == 0 or self.happened < self.fault.count)

    def take(self) -> bool:
        """Count a request that fits; says whether the fault happens to it."""
        self.fitted += 1
        if self.fitted <= self.fault.skip:
            return False
        self.happened += 1
        return True


class Faults:
    """What was ordered, oldest first: a request meets the first that fits, is open and does not skip it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._orders: dict[int, Order] = {}
        self._last = 0

    def __iter__(self) -> Iterator[Order]:
        now = self._clock.now()
        for order in [*self._orders.values()]:  # another request may have one added or taken away meanwhile
            order.over = order.over or order.until <= now
            yield order

    def __bool__(self) -> bool:
        return bool(self._orders)

    def add(self, fault: Fault) -> Order:
        """Raises `ConfigError` (see `Fault.check`)."""
        fault.check()
        self._last += 1
        until = self._clock.now() + fault.seconds if fault.seconds else math.inf
        self._orders[self._last] = order = Order(self._last, fault, until)
        return order

    def remove(self, id: int) -> None:
        """Take one back; raises `NotFoundError`."""
        if self._orders.pop(id, None) is None:
            raise NotFoundError(
                f"There is no fault {id}.", next_step="Run `apimlb local fault list` to see those there are."
            )

    def clear(self) -> int:
        """Take all back; gives how many there were."""
        count = len(self._orders)
        self._orders.clear()
        return count

    def take(self, plane: Plane, request: Request) -> Fault | None:
        """The fault that this request meets, counted."""
        for order in self:
            fault = order.fault
            if order.open and not fault.operation and fault.meets(plane, request) and order.take():
                return fault
        return None

    def destiny(self, request: Request) -> Outcome | None:
        """How the operation that this request starts is to end, counted."""
        for order in self:
            fault = order.fault
            if order.open and fault.operation and fault.meets("arm", request) and order.take():
                return Outcome(
                    fault.operation,
                    fault.code,
                    CODES[fault.code].text(request) if fault.code in CODES else "",
                )
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
        if fault.applied:
            await close(await self._behind.send(request))
        if fault.reset:
            raise ConnectionResetError("the connection was reset, as ordered")
        response = _answer(self._plane, fault, request) if fault.answers else await self._behind.send(request)
        if fault.cut >= 0:
            response.body = _cut(response.body, fault.cut)
            response.headers.remove("Content-Length")
        return response


def _answer(plane: Plane, fault: Fault, request: Request) -> Response:
    status, known = fault.answers, CODES.get(fault.code)
    headers = Headers(fault.headers)
    for name, value in known.headers if known else ():
        if name not in headers:
            headers.add(name, value)
    body = fault.body or ("" if status in BODILESS else _said(plane, fault, known, request))
    if body and "Content-Type" not in headers:
        headers.set("Content-Type", "application/json" if body.lstrip()[:1] in ("{", "[") else "text/plain")
    return Response(status, headers, body.encode())


def _said(plane: Plane, fault: Fault, known: Answer | None, request: Request) -> str:
    """What the plane's clients read, with a code of the plane's own where none is given."""
    text = known.text(request) if known else "This answer was ordered with `apimlb local fault add`."
    status = fault.answers
    usual = {"arm": reason_phrase(status).replace(" ", ""), "entra": "temporarily_unavailable"}
    code = fault.code or usual.get(plane) or str(status)
    return json.dumps(error_body(plane, code, status, text))


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
        await close_body(source)


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


def _type(request: Request) -> str:
    """The lower-case resource type in a path, of a resource as of its list; an action counts as a type."""
    _, marker, tail = request.path.lower().rstrip("/").rpartition("/providers/")
    if not marker:
        return "/".join(["microsoft.resources", *request.path.lower().strip("/").split("/")[::2]])
    namespace, *rest = tail.split("/")
    return "/".join([namespace, *rest[::2]])


def _lasts(seconds: float) -> bool:
    return 0 <= seconds < math.inf


def _literal(pattern: str) -> str:
    """The pattern in lower case, with brackets that mean themselves."""
    return pattern.lower().replace("[", "[[]")


def _refused(what: str, next_step: str) -> ConfigError:
    return ConfigError(what, where="the fault", next_step=next_step)
