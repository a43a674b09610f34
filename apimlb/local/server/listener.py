"""A port of this machine: connections taken, slow ones given up, all of them ended in order."""

import asyncio
import socket
import ssl

from apimlb.clock import Clock
from apimlb.local.server.certificate import Certificate
from apimlb.local.server.connection import Answer, Connection, ListenerState
from apimlb.local.server.reader import Limits

_SWEEP_SECONDS = 0.5
_HANDSHAKE_SECONDS = 10.0
_FAREWELL_SECONDS = 1.0
_BACKLOG = 1024


class Listener:
    """Answers what arrives at a socket with `answer`; over TLS when there is a certificate."""

    def __init__(
        self,
        answer: Answer,
        clock: Clock,
        certificate: Certificate | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._clock = clock
        self._tls = None if certificate is None else _context(certificate)
        scheme = "http" if certificate is None else "https"
        self._state = ListenerState(answer, clock, limits or Limits(), scheme)
        self._server: asyncio.Server | None = None
        self._sweep: asyncio.TimerHandle | None = None

    async def start(self, opened: socket.socket) -> None:
        """Serve on a bound socket from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._state),
            sock=opened,
            ssl=self._tls,
            backlog=_BACKLOG,
            ssl_handshake_timeout=_HANDSHAKE_SECONDS if self._tls else None,
            ssl_shutdown_timeout=_FAREWELL_SECONDS if self._tls else None,
        )
        self._expire(loop)

    async def stop(self, grace: float) -> None:
        """Take no more connections, close the idle ones, and cancel the answers that are not done after
        `grace` seconds."""
        if self._server is None:
            return
        self._server.close()
        if self._sweep is not None:
            self._sweep.cancel()
        self._state.closing = True
        for connection in list(self._state.connections):
            connection.finish()
        until = self._clock.now() + grace
        while any(connection.busy for connection in self._state.connections) and self._clock.now() < until:
            await self._clock.sleep(0.01)
        left = [task for connection in list(self._state.connections) if (task := connection.cancel())]
        await asyncio.gather(*left, return_exceptions=True)
        await self._clock.sleep(0)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        now = self._clock.now()
        for connection in list(self._state.connections):
            connection.expire(now)
        self._sweep = loop.call_later(_SWEEP_SECONDS, self._expire, loop)


def _context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate.chain, certificate.key)
    return context
