"""HTTP(S) to anybody: the Transport for a URL that is none of the local Azure's.

Connections are kept and used again, a few seconds long: many servers close an idle one after five, and a
request that is already on its way then is lost. It is sent again only where doing it twice does no harm
(RFC 9110, 9.2.2). An answer that is whole when its head is read comes as bytes, any other as a stream.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from apimlb.clock import Clock
from apimlb.http import HOP_BY_HOP, Request, Response
from apimlb.local.server.answer import StaleConnection, Wire
from apimlb.local.server.wire import header_lines, is_token

_OURS = HOP_BY_HOP | {"content-length", "expect", "host"}
_WITH_BODY = {"PATCH", "POST", "PUT"}
_REPEATABLE = {"DELETE", "GET", "HEAD", "OPTIONS", "PUT"}
_PORTS = {"http": 80, "https": 443}
_ADDRESS_DELAY = 0.25


@dataclass(frozen=True, slots=True)
class OutboundLimits:
    """Connections per origin, seconds until one is made, and seconds for which an idle one is kept."""

    connections: int = 512
    connect_seconds: float = 10.0
    idle_seconds: float = 4.0


class Outbound:
    """Sends requests over pooled connections; certificates are checked against the system's store."""

    def __init__(
        self,
        clock: Clock,
        limits: OutboundLimits | None = None,
        *,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._clock = clock
        self._limits = limits or OutboundLimits()
        self._make_tls = tls
        self._tls: ssl.SSLContext | None = None
        self._origins: dict[tuple[str, str], _Origin] = {}

    async def send(self, request: Request) -> Response:
        """The response once its head is there; raises `ConnectionError` when nobody answers, or not in
        HTTP."""
        try:
            parts = urlsplit(request.url)
        except ValueError as error:
            raise ConnectionError(f"{request.url} is no URL: {error}") from error
        origin = self._origins.get((parts.scheme, parts.netloc)) or self._origin(parts.scheme, parts.netloc)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        data = _encoded(request, target, parts.netloc.rpartition("@")[2])
        while True:
            wire = await origin.take()
            answer = wire.begin(data, asyncio.get_running_loop(), head_only=request.method == "HEAD")
            try:
                await answer.started
            except StaleConnection:
                if request.method not in _REPEATABLE:
                    raise
                continue
            except asyncio.CancelledError:
                wire.abort()
                raise
            return answer.response()

    async def close(self) -> None:
        """Close every connection; answers under way break off."""
        for origin in self._origins.values():
            origin.abort()
        self._origins.clear()
        await self._clock.sleep(0)

    def connections(self) -> int:
        """How many connections are open or being opened."""
        return sum(origin.opened for origin in self._origins.values())

    def _origin(self, scheme: str, netloc: str) -> "_Origin":
        if scheme not in _PORTS:
            raise ConnectionError(f"{scheme or 'nothing'} is no scheme that is spoken here")
        parts = urlsplit(f"//{netloc}")
        try:
            host, port = parts.hostname, parts.port or _PORTS[scheme]
        except ValueError as error:
            raise ConnectionError(f"{netloc} is no host: {error}") from error
        if not host:
            raise ConnectionError("the URL names no host")
        for key in [key for key, origin in self._origins.items() if not origin.opened]:
            del self._origins[key]
        if scheme == "https" and self._tls is None:
            self._tls = self._make_tls()
        tls = self._tls if scheme == "https" else None
        return self._origins.setdefault((scheme, netloc), _Origin(host, port, tls, self._clock, self._limits))


class _Origin:
    """The connections to one host and port; `opened` counts those that exist or are being made."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, clock: Clock, limits: OutboundLimits
    ) -> None:
        self.opened = 0
        self._host = host
        self._port = port
        self._tls = tls
        self._clock = clock
        self._limits = limits
        self._wires: set[Wire] = set()
        self._idle: deque[tuple[float, Wire]] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> Wire:
        """A connection that is free: the one used last, else a new one, else the next that gets free."""
        while True:
            now = self._clock.now()
            while self._idle and self._idle[0][0] < now:
                self._idle.popleft()[1].abort()
            while self._idle:
                wire = self._idle.pop()[1]
                if wire.usable:
                    return wire
            if self.opened < self._limits.connections:
                return await self._connect()
            await self._turn()

    def release(self, wire: Wire) -> None:
        """The connection's answer is whole, and it can carry another."""
        self._idle.append((self._clock.now() + self._limits.idle_seconds, wire))
        self._call_next()

    def lost(self, wire: Wire) -> None:
        self.opened -= 1
        self._wires.discard(wire)
        self._idle = deque(kept for kept in self._idle if kept[1] is not wire)
        self._call_next()

    def abort(self) -> None:
        for wire in list(self._wires):
            wire.abort()

    async def _connect(self) -> Wire:
        loop = asyncio.get_running_loop()
        self.opened += 1
        wire = Wire(self)
        connecting = loop.create_task(self._open(wire, loop))
        try:
            # Cancelling a race of addresses loses the socket that has just won it: whoever no longer wants a
            # connection drops it once it is there.
            await asyncio.shield(connecting)
        except TimeoutError as error:
            self._failed()
            seconds = self._limits.connect_seconds
            raise ConnectionError(f"{self._host} took no connection within {seconds:g} s") from error
        except (OSError, UnicodeError) as error:
            self._failed()
            raise ConnectionError(f"no connection to {self._host}:{self._port}: {error}") from error
        except BaseException:
            connecting.add_done_callback(lambda done: self._abandon(wire, done))
            raise
        self._wires.add(wire)
        return wire

    async def _open(self, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
        # uvloop cannot race a host's addresses; it tries one after the other.
        races = isinstance(loop, asyncio.BaseEventLoop)
        options: dict[str, Any] = {"happy_eyeballs_delay": _ADDRESS_DELAY} if races else {}
        if self._tls:
            options |= {"ssl": self._tls, "server_hostname": self._host}
        async with asyncio.timeout(self._limits.connect_seconds):
            await loop.create_connection(lambda: wire, self._host, self._port, **options)

    def _abandon(self, wire: Wire, connecting: asyncio.Task[None]) -> None:
        """Whoever wanted the connection is gone."""
        if not connecting.cancelled() and connecting.exception() is None:
            wire.abort()
        elif not wire.lost:
            self._failed()

    def _failed(self) -> None:
        self.opened -= 1
        self._call_next()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._call_next()
            raise

    def _call_next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


def _encoded(request: Request, target: str, host: str) -> bytes:
    """The request as bytes; its length and its host are told here, whatever its headers say."""
    if not is_token(request.method):
        raise ConnectionError(f"{request.method!r} is no method")
    if not target.isascii() or not target.isprintable() or " " in target:
        target = quote(target, safe="%/:=&?~#+!$,;'@()*[]", errors="replace")
    lines = header_lines(request.headers, _OURS)
    named = request.headers.get("host") or host
    if not named.isprintable():
        raise ConnectionError(f"{named!r} is no host")
    if request.body or request.method in _WITH_BODY:
        lines += f"Content-Length: {len(request.body)}\r\n"
    head = f"{request.method} {target} HTTP/1.1\r\nHost: {named}\r\n{lines}\r\n"
    return head.encode("latin-1", "replace") + request.body
