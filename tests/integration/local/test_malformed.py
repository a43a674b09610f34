"""Bytes that are no HTTP, or two things at once: a clean 4xx or a closed connection, over a real port, and
nothing reaches what stands behind it that the client did not ask for."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from apimlb.clock import SystemClock
from apimlb.http import Headers, Response
from apimlb.local.server.listener import Listener
from apimlb.local.server.reader import Limits

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /asked HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LIMITS = Limits(
    head=8192, body=65536, head_seconds=0.3, body_seconds=0.3, idle_seconds=30, linger_seconds=0.3
)


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
async def port(plane):
    listener = Listener(plane.send, SystemClock(), limits=LIMITS)
    with socket.create_server(("127.0.0.1", 0)) as opened:
        await listener.start(opened)
        yield opened.getsockname()[1]
        await listener.stop(0)


async def exchange(number, *parts):
    """Send the parts and read until the port closes, or has said nothing more for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    received = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(2):
            while data := await reader.read(65536):
                received += data
    except (ConnectionError, TimeoutError):
        received += b"(left open)" if not reader.at_eof() else b""
    finally:
        writer.close()
    return received


def statuses(received):
    return [int(line[9:12]) for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


LENGTHS = {
    "two that differ": b"Content-Length: 0\r\nContent-Length: 37\r\n\r\n",
    "two that agree": b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "a list": b"Content-Length: 0, 0\r\n\r\n",
    "signed": b"Content-Length: +0\r\n\r\n",
    "negative": b"Content-Length: -1\r\n\r\n",
    "hexadecimal": b"Content-Length: 0x0\r\n\r\n",
    "empty": b"Content-Length: \r\n\r\n",
    "with a space inside": b"Content-Length: 0 0\r\n\r\n",
    "overflowing": b"Content-Length: 18446744073709551616\r\n\r\n",
    "too large": b"Content-Length: 65537\r\n\r\n",
    "and chunked": b"Content-Length: 37\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "after chunked": b"Transfer-Encoding: chunked\r\nContent-Length: 37\r\n\r\n0\r\n\r\n",
}
CODINGS = {
    "unknown": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "identity": b"Transfer-Encoding: identity\r\n\r\n",
    "stacked": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked first": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "in two headers": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "quoted": b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "after a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "before a form feed": b"Transfer-Encoding: chunked\x0c\r\n\r\n0\r\n\r\n",
    "with a parameter": b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n",
    "empty": b"Transfer-Encoding: \r\n\r\n0\r\n\r\n",
    "space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "folded": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "behind a space": b" Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "behind a bare line feed": b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
HEADERS = {
    "a bare line feed": b"X: a\nY: b\r\n\r\n",
    "a bare carriage return": b"X: a\rY: b\r\n\r\n",
    "only line feeds": b"X: a\n\n",
    "a NUL in a value": b"X: a\0b\r\n\r\n",
    "a NUL in a name": b"X\0: a\r\n\r\n",
    "a control character": b"X: a\x01b\r\n\r\n",
    "a DEL": b"X: a\x7fb\r\n\r\n",
    "a folded line": b"X: a\r\n b\r\n\r\n",
    "a space before the colon": b"X : a\r\n\r\n",
    "a tab before the colon": b"X\t: a\r\n\r\n",
    "no colon": b"X\r\n\r\n",
    "no name": b": a\r\n\r\n",
    "a name that is none": b"X(y): a\r\n\r\n",
    "a name beyond ASCII": b"X\xe4: a\r\n\r\n",
    "a second Host": b"Host: b\r\n\r\n",
    "the same Host again": b"Host: a\r\n\r\n",
    "an expectation that is unknown": b"Expect: wonders\r\n\r\n",
    "too large a value": b"X: " + b"x" * 9000 + b"\r\n\r\n",
    "too large a name": b"x" * 9000 + b": x\r\n\r\n",
    "too much of them": b"".join(b"X-%d: %s\r\n" % (n, b"x" * 90) for n in range(100)) + b"\r\n",
    "no end": b"X: " + b"x" * 9000,
}
LINES = {
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2 on an HTTP/1 line": b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "no version": b"GET / \r\nHost: a\r\n\r\n",
    "lower-case version": b"GET / http/1.1\r\nHost: a\r\n\r\n",
    "another protocol": b"DESCRIBE / RTSP/1.0\r\nHost: a\r\n\r\n",
    "bare line feed": b"GET / HTTP/1.1\nHost: a\r\n\r\n",
    "unknown method": b"GOT / HTTP/1.1\r\nHost: a\r\n\r\n",
    "lower-case method": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "method of other servers": b"PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "empty Host": b"GET / HTTP/1.1\r\nHost: \r\n\r\n",
    "Host with a path": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "Host with a user": b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "Host with a query": b"GET / HTTP/1.1\r\nHost: a?b\r\n\r\n",
    "Host with a port that is none": b"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n",
    "Host with port zero": b"GET / HTTP/1.1\r\nHost: a:0\r\n\r\n",
    "Host with half an address": b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "Host with no address": b"GET / HTTP/1.1\r\nHost: [:::::]\r\n\r\n",
    "list of hosts": b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "another host in the target": b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "longer host in the target": b"GET http://a.b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "user in the target": b"GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "another scheme in the target": b"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "relative target": b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "fragment": b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
    "target beyond ASCII": b"GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n",
    "tab in the target": b"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",
    "NUL in the target": b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n",
    "target too long": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100,
    "chunked in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
BODIES = {
    "longer chunk than told": b"1\r\nxx\r\n0\r\n\r\n",
    "shorter chunk than told": b"3\r\nxx\r\n0\r\n\r\n",
    "no hexadecimal size": b"g\r\nx\r\n0\r\n\r\n",
    "signed size": b"+1\r\nx\r\n0\r\n\r\n",
    "prefixed size": b"0x1\r\nx\r\n0\r\n\r\n",
    "empty size": b"\r\nx\r\n0\r\n\r\n",
    "overflowing size": b"fffffffffffffffff\r\nx\r\n0\r\n\r\n",
    "space after the size": b"1 \r\nx\r\n0\r\n\r\n",
    "bare line feeds": b"1\nx\n0\n\n",
    "line feed in an extension": b"1;a\nb\r\nx\r\n0\r\n\r\n",
    "NUL in an extension": b"1;a\0b\r\nx\r\n0\r\n\r\n",
    "extension without end": b"1;" + b"a" * 20_000,
    "trailer without end": b"0\r\nX: " + b"a" * 20_000,
    "line feed in a trailer": b"0\r\nX: a\nY: b\r\n\r\n",
    "length in a trailer": b"0\r\nContent-Length: 9\r\n\r\n",
    "larger than allowed": (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 17 + b"0\r\n\r\n",
}


@pytest.fixture
def plane():
    return Plane()


async def refused(plane, *parts):
    """What the port answered to bytes that must reach nobody."""
    async with port(plane) as number:
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
    assert await refused(plane, POST + LENGTHS["two that differ"]) == [400]
    assert await refused(plane, POST + LENGTHS["too large"]) == [413]
    assert await refused(plane, CHUNKED + BODIES["larger than allowed"]) == [413]
    assert await refused(plane, POST + HEADERS["too much of them"]) == [431]
    assert await refused(plane, POST + HEADERS["an expectation that is unknown"]) == [417]
    assert await refused(plane, LINES["HTTP/2 on an HTTP/1 line"]) == [505]
    assert await refused(plane, LINES["TRACE"]) == [501]


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
        async with port(plane) as number:
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
            await asyncio.wait_for(plane.cancelled.wait(), 2)
            writer.close()
        assert plane.paths == ["/slow"]

    async def test_an_early_refusal_is_heard_by_a_client_that_still_sends(self, plane):
        much = POST + b"Content-Length: 9999999\r\n\r\n", *[b"x" * 65536] * 150
        assert await refused(plane, *much) == [413]

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
