"""One connection to a backend and the answer that it carries: bytes to a Response, whole or as they come."""

import asyncio
from typing import Protocol, cast

import httptools

from apimlb.http import BODILESS, Headers, Response
from apimlb.local.server.wire import NAMES, named

_MOST_UNREAD = 256 * 1024
_MOST_HEAD = 256 * 1024
# The smallest chunk takes six bytes for one of body; an extension may add to that, but not without end.
_BYTES_PER_BODY_BYTE = 8


class StaleConnection(ConnectionError):
    """A kept connection had been closed by the other side when it was used again; nothing was answered."""


class Home(Protocol):
    """Where a connection goes when its answer is whole, and who is told when it ends."""

    def release(self, wire: "Wire") -> None: ...

    def lost(self, wire: "Wire") -> None: ...


class Wire(asyncio.Protocol):
    """A connection that carries one exchange at a time."""

    _transport: asyncio.Transport

    def __init__(self, home: Home) -> None:
        self._home = home
        self._answer: Answer | None = None
        self._lost = False
        self._used = False
        self._raw = 0
        self._parser = httptools.HttpResponseParser(self)

    @property
    def usable(self) -> bool:
        return self._answer is None and not self._lost and not self._transport.is_closing()

    @property
    def lost(self) -> bool:
        """Whether it was made, and is no more."""
        return self._lost

    def begin(self, request: bytes, loop: asyncio.AbstractEventLoop, *, head_only: bool) -> "Answer":
        """Send the bytes of a request; `head_only` tells that its answer has no body."""
        answer = self._answer = Answer(self, loop, head_only=head_only)
        self._raw = 0
        if self._lost:
            self.connection_lost(None)
        else:
            self._transport.write(request)
        return answer

    def abort(self) -> None:
        self._transport.abort()

    def hold(self) -> None:
        self._transport.pause_reading()

    def go_on(self) -> None:
        self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Other event loops have transports that fit without being of this class.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        if answer is None:
            self.abort()  # nobody asked
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.abort()
            answer.fail(ConnectionError(f"the answer is not HTTP: {error}"))
            return
        if self._raw > _MOST_HEAD:
            self._weigh(answer)

    def _weigh(self, answer: "Answer") -> None:
        """A head, trailers or framing without end must not be read without end."""
        if not answer.started.done():
            self.abort()
            answer.fail(ConnectionError(f"the head of the answer is larger than {_MOST_HEAD} bytes"))
        elif self._raw > 2 * _MOST_HEAD + _BYTES_PER_BODY_BYTE * answer.taken:
            self.abort()
            answer.fail(ConnectionError("the answer has more framing than body"))

    def connection_lost(self, error: Exception | None) -> None:
        answer, self._answer = self._answer, None
        if not self._lost and hasattr(self, "_transport"):
            self._lost = True
            self._home.lost(self)
        if answer is None or answer.over:
            return
        if answer.until_close and error is None:
            answer.end()
        elif self._used and not self._raw:
            answer.fail(StaleConnection("the connection had been closed by the other side"))
        elif answer.started.done():
            answer.fail(ConnectionError("the connection was closed before the end of the answer"))
        else:
            answer.fail(ConnectionError("the connection was closed before the answer"))

    def on_message_begin(self) -> None:
        if self._answer is None:
            raise ConnectionError("an answer to nothing")
        self._items: list[tuple[str, str, str]] = []
        self._reason = b""

    def on_status(self, reason: bytes) -> None:
        self._reason += reason

    def on_header(self, name: bytes, value: bytes | None) -> None:
        lower, text = NAMES.get(name) or named(name)
        self._items.append((lower, text, (value or b"").decode("latin-1")))

    def on_headers_complete(self) -> None:
        answer = self._answer
        status = self._parser.get_status_code()
        if answer is None or status < 200:
            return
        # What the parser still adds are trailers, which nobody here asks for.
        items, self._items = self._items, []
        answer.begin(status, self._reason.decode("latin-1"), items)
        if answer.head_only and status not in BODILESS:
            # The parser cannot be told that no body follows, so this connection carries no other answer.
            self._answer = None
            answer.end()
            self._transport.close()

    def on_body(self, data: bytes) -> None:
        if self._answer is not None:
            self._answer.add(data)

    def on_message_complete(self) -> None:
        answer = self._answer
        if answer is None or not answer.begun:
            return  # 1xx: the answer is still to come
        self._answer = None
        if self._parser.should_keep_alive():
            self._used = True
            if answer.held:
                self.go_on()
            self._home.release(self)
        else:
            self._transport.close()
        answer.end()


class Answer:
    """A backend's answer as it arrives, and its body as a stream; `started` is done once the head is here,
    `taken` counts the bytes of body."""

    __slots__ = (
        "_chunks",
        "_error",
        "_items",
        "_loop",
        "_reason",
        "_size",
        "_status",
        "_waiter",
        "_wire",
        "begun",
        "head_only",
        "held",
        "over",
        "started",
        "taken",
        "until_close",
    )

    def __init__(self, wire: Wire, loop: asyncio.AbstractEventLoop, *, head_only: bool) -> None:
        self._wire = wire
        self._loop = loop
        self._chunks: list[bytes] = []
        self._size = self.taken = 0
        self._error: ConnectionError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.head_only = head_only
        self.begun = self.held = self.over = self.until_close = False
        self.started: asyncio.Future[None] = loop.create_future()

    def begin(self, status: int, reason: str, items: list[tuple[str, str, str]]) -> None:
        self._status = status
        self._reason = reason
        self._items = items
        self.begun = True
        self.until_close = status not in BODILESS and not any(_tells_end(item) for item in items)
        if not self.started.done():
            self.started.set_result(None)

    def add(self, data: bytes) -> None:
        self._chunks.append(data)
        self._size += len(data)
        self.taken += len(data)
        if self._size > _MOST_UNREAD and not self.held:
            self.held = True
            self._wire.hold()
        self._wake()

    def end(self) -> None:
        self.over = True
        self._wake()

    def fail(self, error: ConnectionError) -> None:
        """The answer, or the rest of it, will not come."""
        if self.over:
            return
        self.over = True
        if not self.started.done():
            self.started.set_exception(error)
        else:
            self._error = error
            self._wake()

    def response(self) -> Response:
        headers = Headers.parsed(self._items)
        if self.over and self._error is None:
            body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
            return Response(self._status, headers, body, self._reason)
        return Response(self._status, headers, self, self._reason)

    def __aiter__(self) -> "Answer":
        return self

    async def __anext__(self) -> bytes:
        """What has come since the last time; raises `ConnectionError` when the connection breaks off."""
        while not self._chunks:
            if self._error is not None:
                raise self._error
            if self.over:
                raise StopAsyncIteration
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._size = 0
        if self.held and not self.over:
            self.held = False
            self._wire.go_on()
        return data

    async def aclose(self) -> None:
        """Nobody reads on: what has not come is not waited for."""
        if not self.over:
            self.over = True
            self._chunks.clear()
            self._wire.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _tells_end(item: tuple[str, str, str]) -> bool:
    """Whether a header says where the body ends (RFC 9112, 6.3)."""
    lower, _, value = item
    return lower == "content-length" or (
        lower == "transfer-encoding" and value.lower().rstrip().endswith("chunked")
    )
