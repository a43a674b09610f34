"""Somebody else's server: a small one on this machine, with a script of bytes."""

import asyncio
from contextlib import asynccontextmanager

from apimlb.http import Headers, Request
from tests.patience import PATIENCE


class Backend:
    """Answers the n-th request that it gets with the n-th entry of its script (the last one for all that
    follow): bytes are sent, None closes the connection, an event is waited for."""

    def __init__(self, *script):
        self.script = [entry if isinstance(entry, tuple) else (entry,) for entry in script]
        self.requests = []
        self.connections = 0
        self._serving = set()

    async def serve(self, reader, writer):
        self.connections += 1
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            while await self.exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # the client has gone, or the test is over
        finally:
            self._serving.discard(task)
            writer.close()

    async def exchange(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        self.requests.append(head + await reader.readexactly(length))
        for entry in self.script[min(len(self.requests), len(self.script)) - 1]:
            if entry is None:
                return False
            if isinstance(entry, asyncio.Event):
                await entry.wait()
            else:
                writer.write(entry)
                await writer.drain()
        return True

    @asynccontextmanager
    async def open(self, tls=None):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            left = list(self._serving)
            for task in left:
                task.cancel()
            await asyncio.gather(*left)

    def asked(self, path="/", method="GET", body=b"", scheme="http", headers=()):
        return Request(method, f"{scheme}://127.0.0.1:{self.port}{path}", Headers(headers), body)


async def eventually(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.wait([asyncio.create_task(nothing())])


async def nothing():
    return None
