"""One client's connection: requests answered one after another in the order in which they came.

Pipelined requests wait for their turn. A client that goes away, or only closes its own half, cancels what is
being made for it: the two look the same until somebody writes, and an answer that nobody takes would keep a
backend busy.
"""

import asyncio
import json
import sys
import traceback
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import formatdate
from typing import cast

from apimlb.clock import Clock
from apimlb.http import BODILESS, HOP_BY_HOP, Headers, Request, Response, close, reason_phrase
from apimlb.local.server.reader import Asked, Limits, Phase, Refusal, RequestReader
from apimlb.local.server.wire import LAST_CHUNK, chunk, header_lines, phrase
from apimlb.numerals import is_digits

Answer = Callable[[Request], Awaitable[Response]]

_REFRAMED = HOP_BY_HOP | {"content-length"}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_MOST_WAITING = 8
_NEVER = float("inf")


class ListenerState:
    """What the connections of one port share."""

    def __init__(self, answer: Answer, clock: Clock, limits: Limits, scheme: str) -> None:
        self.answer = answer
        self.clock = clock
        self.limits = limits
        self.scheme = scheme
        self.connections: set[Connection] = set()
        self.closing = False
        self._dated = (0, "")

    def date(self) -> str:
        """The Date header of this second."""
        second = int(self.clock.now())
        if second != self._dated[0]:
            self._dated = (second, formatdate(second, usegmt=True))
        return self._dated[1]


class Connection(asyncio.Protocol):
    """Bytes in, requests to the listener's `answer` one at a time, responses out as they come."""

    _transport: asyncio.Transport

    def __init__(self, state: ListenerState) -> None:
        self._state = state
        self._waiting: deque[Asked | Refusal] = deque()
        self._task: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._full = False
        self._lost = False
        self._over = False
        self._deadline = _NEVER
        self._phase = Phase.IDLE

    @property
    def busy(self) -> bool:
        return self._task is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Other event loops have transports that fit without being of this class.
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername") or ("127.0.0.1", 0)
        state = self._state
        state.connections.add(self)
        self._reader = RequestReader(self._waiting.append, state.limits, state.scheme, str(peer[0]))
        self._arm(self._phase)

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        try:
            self._reader.feed(data)
        except Refusal as refusal:
            self._waiting.append(refusal)
        if len(self._waiting) > _MOST_WAITING:
            self._transport.pause_reading()
        if self._task is None:
            self._go_on()

    def eof_received(self) -> None:
        self._leave()

    def connection_lost(self, error: Exception | None) -> None:
        self._leave()
        if self._task is None:
            self._state.connections.discard(self)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def expire(self, now: float) -> None:
        """Called now and then: give up on a client that is too slow."""
        if now < self._deadline:
            return
        if self._task is not None or self._over:
            self._transport.abort()
        elif self._phase is Phase.IDLE:
            self._end()
        else:
            self._refuse(Refusal(408, "The request did not come in time."))

    def finish(self) -> None:
        """Close once the answer that is being made, if any, has been sent."""
        if self._task is None:
            # Closing TLS politely waits for a client that may be asleep.
            self._transport.abort()

    def cancel(self) -> asyncio.Task[None] | None:
        """Drop the connection; gives the task that still has to notice."""
        self._transport.abort()
        self._leave()
        return self._task

    def _leave(self) -> None:
        self._lost = self._over = True
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def _go_on(self) -> None:
        """Nothing is being answered: take what waits, or wait for more of what has begun."""
        if self._waiting:
            first = self._waiting.popleft()
            if isinstance(first, Refusal):
                self._refuse(first)
            else:
                self._deadline = _NEVER
                self._task = asyncio.get_running_loop().create_task(self._respond(first))
            return
        if self._reader.expects:
            self._reader.expects = False
            self._transport.write(_CONTINUE)
        if self._reader.phase is not self._phase:
            self._arm(self._reader.phase)

    def _arm(self, phase: Phase) -> None:
        limits = self._state.limits
        self._phase = phase
        seconds = (limits.idle_seconds, limits.head_seconds, limits.body_seconds)[phase]
        self._deadline = self._state.clock.now() + seconds

    async def _respond(self, asked: Asked) -> None:
        response: Response | None = None
        keep = False
        try:
            response = await self._answered(asked.request)
            keep = asked.keep_alive and not self._state.closing
            keep = await self._relay(asked, response, keep)
        except (ConnectionError, TimeoutError):
            keep = False  # the backend broke off, and so must its answer
        except Exception:
            keep = False
            traceback.print_exc(file=sys.stderr)
        finally:
            if response is not None and not isinstance(response.body, bytes):
                await close(response)
            self._task = None
            self._answered_one(keep)

    def _answered_one(self, keep: bool) -> None:
        if self._lost:
            self._state.connections.discard(self)
        elif not keep:
            self._end()
        else:
            if len(self._waiting) == _MOST_WAITING:
                self._transport.resume_reading()
            self._arm(self._reader.phase)
            self._go_on()

    def _end(self) -> None:
        self._over = True
        self._deadline = self._state.clock.now() + self._state.limits.linger_seconds
        self._transport.close()

    async def _answered(self, request: Request) -> Response:
        try:
            response = await self._state.answer(request)
        except ConnectionResetError:
            raise  # somebody ordered that this connection breaks off
        except (ConnectionError, TimeoutError) as error:
            return _failure(502, "BadGateway", f"Nobody answers at {request.host}: {error}.")
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return _failure(500, "InternalServerError", "The local Azure failed; its log says why.")
        if 200 <= response.status <= 999:
            return response
        await close(response)
        return _failure(500, "InternalServerError", f"{response.status} is no status of a final answer.")

    async def _relay(self, asked: Asked, response: Response, keep: bool) -> bool:
        """Send the response; gives whether the connection may go on."""
        body = response.body
        length = _length(asked.request, response)
        chunked = length is None and not asked.old
        keep = keep and (chunked or length is not None)
        head = self._head(response, length, chunked=chunked, keep=keep, old=asked.old)
        if asked.request.method == "HEAD" or response.status in BODILESS:
            self._transport.write(head)
        elif isinstance(body, bytes):
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            await self._stream(body, -1 if length is None else length, chunked)
        if self._full:
            await self._drained()
        return keep

    async def _stream(self, body: AsyncIterator[bytes], left: int, chunked: bool) -> None:
        """Send chunks as they come; raises `ConnectionError` when they are not the length that was told."""
        write = self._transport.write
        async for data in body:
            if not data:
                continue
            if chunked:
                data = chunk(data)
            elif left >= 0:
                left -= len(data)
                if left < 0:
                    raise ConnectionError("a body is longer than its Content-Length")
            write(data)
            if self._full:
                await self._drained()
        if left > 0:
            raise ConnectionError("a body is shorter than its Content-Length")
        if chunked:
            write(LAST_CHUNK)

    def _head(self, response: Response, length: int | None, *, chunked: bool, keep: bool, old: bool) -> bytes:
        headers = response.headers
        lines = header_lines(headers, _REFRAMED)
        if "date" not in headers:
            lines += f"Date: {self._state.date()}\r\n"
        if chunked:
            lines += "Transfer-Encoding: chunked\r\n"
        elif length is not None and length >= 0:
            lines += f"Content-Length: {length}\r\n"
        if not keep:
            lines += "Connection: close\r\n"
        elif old:
            lines += "Connection: keep-alive\r\n"
        return f"HTTP/1.1 {response.status} {phrase(response.reason)}\r\n{lines}\r\n".encode(
            "latin-1", "replace"
        )

    async def _drained(self) -> None:
        self._room = asyncio.get_running_loop().create_future()
        self._deadline = self._state.clock.now() + self._state.limits.send_seconds
        try:
            await self._room
        finally:
            self._room = None
            self._deadline = _NEVER

    def _refuse(self, refusal: Refusal) -> None:
        """Say what is wrong and close, but not before the client had time to read it: closing while it still
        sends would take the answer away from it."""
        self._over = True
        self._waiting.clear()
        response = _failure(refusal.status, _codes(refusal.status), refusal.message)
        body = response.body
        assert isinstance(body, bytes), "a failure is whole"
        head = self._head(response, len(body), chunked=False, keep=False, old=False)
        self._transport.write(head + body)
        self._deadline = self._state.clock.now() + self._state.limits.linger_seconds
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()


def _length(request: Request, response: Response) -> int | None:
    """How many bytes the head tells: None when only the stream knows, -1 for a head that tells none."""
    if response.status in BODILESS:
        return -1
    body = response.body
    told = response.headers.get("content-length")
    if isinstance(body, bytes) and (request.method != "HEAD" or body or told is None):
        return len(body)
    if told is not None and is_digits(told):
        return int(told)
    return -1 if request.method == "HEAD" else None


def _codes(status: int) -> str:
    """The name of a status as Azure writes codes: BadRequest."""
    return "".join(filter(str.isalnum, reason_phrase(status).title()))


def _failure(status: int, code: str, message: str) -> Response:
    body = json.dumps({"error": {"code": code, "message": message}}).encode()
    return Response(status, Headers([("Content-Type", "application/json")]), body)
