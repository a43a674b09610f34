"""Bytes that are no HTTP, or two things at once: a clean 4xx or a closed connection, over a real port, and
nothing reaches what stands behind it that the client did not ask for."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from apimlb.http import Headers, Response
from apimlb.local.server.listener import Listener
from apimlb.wall_clock import SystemClock
from tests.integration.local.malformed import (
    BODIES,
    CHUNKED,
    CODINGS,
    GET,
    HEADERS,
    LENGTHS,
    LINES,
    POST,
    SMUGGLED,
    statuses,
)
from tests.integration.local.raw import HASTY, LIMITS, exchange
from tests.patience import PATIENCE


class Plane:
    """What stands behind the port, and what it was asked."""

    def __init__(self):
        self.paths = []
        self.bodies = []
        self.slow = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def send(self, request):
        self.paths.append(request.path)
        self.bodies.append(request.body)
        if request.path == "/slow":
            try:
                await self.slow.wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise
        return Response(200, Headers(), b"answered\r\n")


@asynccontextmanager
async def port(plane, limits=LIMITS):
    listener = Listener(plane.send, SystemClock(), limits=limits)
    with socket.create_server(("127.0.0.1", 0)) as opened:
        await listener.start(opened)
        yield opened.getsockname()[1]
        await listener.stop(0)


@pytest.fixture
def plane():
    return Plane()


async def refused(plane, *parts, limits=HASTY):
    """What the port answered to bytes that must reach nobody."""
    async with port(plane, limits) as number:
        received = await exchange(number, *parts)
    assert plane.paths == []
    assert b"(left open)" not in received
    found = statuses(received)
    assert len(found) <= 1
    assert all(status in (400, 408, 413, 417, 431, 501, 505) for status in found), received
    assert not found or b"Connection: close\r\n" in received
    return found


@pytest.mark.parametrize("lines", [*LENGTHS.values(), *CODINGS.values()], ids=[*LENGTHS, *CODINGS])
async def test_a_request_of_two_lengths_is_none(plane, lines):
    assert await refused(plane, POST + lines + SMUGGLED)


@pytest.mark.parametrize("lines", HEADERS.values(), ids=HEADERS)
async def test_a_header_that_can_be_read_twice_is_not_read(plane, lines):
    assert await refused(plane, b"GET /asked HTTP/1.1\r\nHost: a\r\n" + lines, SMUGGLED)


@pytest.mark.parametrize("request_head", LINES.values(), ids=LINES)
async def test_a_request_line_or_host_that_is_none_is_refused(plane, request_head):
    assert await refused(plane, request_head, SMUGGLED)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_without_clear_ends_is_refused(plane, body):
    assert await refused(plane, CHUNKED + body, SMUGGLED)


async def test_the_statuses_say_what_is_wrong(plane):
    assert await refused(plane, POST + LENGTHS["two that differ"], limits=LIMITS) == [400]
    assert await refused(plane, POST + LENGTHS["too large"], limits=LIMITS) == [413]
    assert await refused(plane, CHUNKED + BODIES["larger than allowed"], limits=LIMITS) == [413]
    assert await refused(plane, POST + HEADERS["too much of them"], limits=LIMITS) == [431]
    assert await refused(plane, POST + HEADERS["an expectation that is unknown"], limits=LIMITS) == [417]
    assert await refused(plane, LINES["HTTP/2 on an HTTP/1 line"], limits=LIMITS) == [505]
    assert await refused(plane, LINES["TRACE"], limits=LIMITS) == [501]


class TestOrder:
    async def test_what_came_before_the_nonsense_is_answered(self, plane):
        async with port(plane) as number:
            received = await exchange(number, GET + GET + b"nonsense\r\n\r\n" + SMUGGLED)
        assert statuses(received) == [200, 200, 400]
        assert plane.paths == ["/", "/"]

    async def test_nothing_follows_a_request_that_ends_the_connection(self, plane):
        ending = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        async with port(plane) as number:
            assert statuses(await exchange(number, ending + SMUGGLED)) == [200]
            old = b"GET / HTTP/1.0\r\n\r\n"
            assert statuses(await exchange(number, old + SMUGGLED)) == [200]
        assert plane.paths == ["/", "/"]

    @pytest.mark.parametrize("upgrade", [b"h2c", b"websocket", b"TLS/1.0"])
    async def test_nothing_follows_a_request_for_another_protocol(self, plane, upgrade):
        upgrading = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: " + upgrade + b"\r\n\r\n"
        async with port(plane) as number:
            assert statuses(await exchange(number, upgrading + SMUGGLED)) == [200]
        assert plane.paths == ["/"]

    async def test_a_body_is_no_request(self, plane):
        asked = POST + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(SMUGGLED) + SMUGGLED
        async with port(plane) as number:
            assert statuses(await exchange(number, asked)) == [200]
        assert (plane.paths, plane.bodies) == (["/asked"], [SMUGGLED])

    async def test_chunk_extensions_and_trailers_change_nothing(self, plane):
        asked = CHUNKED + b'2;a="b;c"\r\nhi\r\n0;x\r\nX-Key: 9\r\nHost: b\r\n\r\n'
        async with port(plane) as number:
            received = await exchange(
                number, asked + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            )
        assert statuses(received) == [200, 200]
        assert (plane.paths, plane.bodies) == (["/asked", "/"], [b"hi", b""])

    async def test_a_target_may_be_absolute_when_it_agrees(self, plane):
        asked = b"GET http://A:80/x?y HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n"
        async with port(plane) as number:
            assert statuses(await exchange(number, asked)) == [200]
        assert plane.paths == ["/x"]


class TestPace:
    @pytest.mark.parametrize(
        "start", [b"GET / HT", POST + b"X: ", POST + b"Content-Length: 9\r\n\r\nx", CHUNKED + b"9\r\nx"]
    )
    async def test_a_sender_that_stops_is_told_so(self, plane, start):
        assert await refused(plane, start) == [408]

    async def test_a_sender_of_a_byte_now_and_then_is_told_so(self, plane):
        async with port(plane, HASTY) as number:
            reader, writer = await asyncio.open_connection("127.0.0.1", number)
            received = asyncio.create_task(reader.read())
            for byte in POST * 20:
                if received.done():
                    break
                writer.write(bytes([byte]))
                await asyncio.wait([received], timeout=0.05)
            assert statuses(await received) == [408]
            writer.close()
        assert plane.paths == []

    async def test_a_connection_closed_half_way_through_a_request_reaches_nobody(self, plane):
        async with port(plane) as number:
            reader, writer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(POST + b"Content-Length: 9\r\n\r\nhalf")
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
        assert plane.paths == []

    @pytest.mark.parametrize("way", ["half", "whole", "reset"])
    async def test_a_client_that_leaves_stops_what_is_made_for_it(self, plane, way):
        async with port(plane) as number:
            _, writer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(GET.replace(b"/ ", b"/slow ", 1) + SMUGGLED)
            while not plane.paths:
                await asyncio.wait([asyncio.create_task(asyncio.to_thread(str))])
            {"half": writer.write_eof, "whole": writer.close, "reset": writer.transport.abort}[way]()
            await asyncio.wait_for(plane.cancelled.wait(), PATIENCE)
            writer.close()
        assert plane.paths == ["/slow"]

    async def test_an_early_refusal_is_heard_by_a_client_that_still_sends(self, plane):
        much = POST + b"Content-Length: 9999999\r\n\r\n", *[b"x" * 65536] * 150
        assert await refused(plane, *much, limits=LIMITS) == [413]

    async def test_pipelined_requests_wait_for_their_turn(self, plane):
        asked = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + GET * 50
        ending = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        async with port(plane) as number:
            waiting = asyncio.create_task(exchange(number, asked + ending))
            while not plane.paths:
                await asyncio.wait([asyncio.create_task(asyncio.to_thread(str))])
            assert plane.paths == ["/slow"]
            plane.slow.set()
            assert statuses(await waiting) == [200] * 52
        assert plane.paths == ["/slow", *["/"] * 50, "/last"]
