"""A client's end of a connection without a socket, and a port behind it."""

import asyncio

from apimlb.local.server.connection import Connection, ListenerState
from apimlb.local.server.reader import Limits


class FakeTransport(asyncio.Transport):
    """Keeps what is written; `full` makes it tell the protocol to stop writing."""

    def __init__(self):
        super().__init__()
        self.written = b""
        self.writes = []
        self.closed = self.aborted = self.ended = self.paused = False

    def get_extra_info(self, name, default=None):
        return ("127.0.0.9", 50000) if name == "peername" else default

    def write(self, data):
        ended = self.closed or self.ended
        assert not ended, "nothing is written after the end"
        self.writes.append(bytes(data))
        self.written += data

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.ended = True

    def close(self):
        self.closed = True

    def abort(self):
        self.closed = self.aborted = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        self.paused = True

    def resume_reading(self):
        self.paused = False


class Client:
    """One connection to a port that answers with `answer`."""

    def __init__(self, answer, clock, limits=None):
        self.state = ListenerState(answer, clock, limits or Limits(), "http")
        self.connection = Connection(self.state)
        self.transport = FakeTransport()
        self.connection.connection_made(self.transport)

    async def sends(self, *parts):
        """Deliver each part by itself, unless the port has closed, and let the answer be made."""
        for part in parts:
            if not self.transport.closed:
                self.connection.data_received(part)
            await self.settle()
        return self

    async def settle(self):
        for _ in range(10):
            await asyncio.wait([asyncio.create_task(nothing())])

    def leaves(self):
        self.transport.closed = True
        self.connection.connection_lost(None)

    @property
    def received(self):
        return self.transport.written

    @property
    def statuses(self):
        lines = self.received.split(b"\r\n")
        return [int(line.split(b" ")[1]) for line in lines if line.startswith(b"HTTP/1.1 ")]


async def nothing():
    return None
