"""HTTP to Request and Response to HTTP, with a client that may be slow or leave."""

import asyncio

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.local.server.reader import Limits
from tests.fakes import ManualClock
from tests.patience import PATIENCE
from tests.unit.local.server.fake_wire import Client

HEAD = b"POST /a%2Fb?x=1 HTTP/1.1\r\nHost: east.openai.azure.com\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def answering(response):
    async def answer(request):
        return response

    return answer


def echo(seen):
    async def answer(request):
        seen.append(request)
        return Response(200, Headers(), request.body)

    return answer


def client(answer, limits=None, clock=None):
    return Client(answer, clock or ManualClock(1_795_262_400.0), limits)


class TestRequests:
    async def test_arrive_whole_with_their_absolute_url(self):
        seen: list[Request] = []
        given = (
            HEAD
            + b"Content-Length: 7\r\nX: 1\r\nTE: trailers\r\nConnection: x-mine\r\nX-Mine: 1\r\n\r\none two"
        )
        await client(echo(seen)).sends(given)
        (request,) = seen
        assert request.url == "http://east.openai.azure.com/a%2Fb?x=1"
        assert (request.method, request.body, request.client) == ("POST", b"one two", "127.0.0.9")
        assert request.headers == Headers(
            [("host", "east.openai.azure.com"), ("content-length", "7"), ("x", "1")]
        )

    async def test_do_not_depend_on_how_they_are_cut(self):
        seen: list[Request] = []
        given = (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n4;a=b\r\none \r\n3\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n"
        )
        await client(echo(seen)).sends(*(given[place : place + 1] for place in range(len(given))))
        assert [(request.body, request.headers.get("Trailer")) for request in seen] == [(b"one two", None)]

    async def test_pipelined_are_answered_in_their_order(self):
        first = asyncio.Event()
        seen: list[str] = []

        async def answer(request):
            seen.append(request.path)
            if request.path == "/1":
                await first.wait()
            return Response(200, Headers(), request.path.encode())

        asked = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in (1, 2, 3))
        asking = await client(answer).sends(asked)
        assert seen == ["/1"]
        first.set()
        await asking.settle()
        assert seen == ["/1", "/2", "/3"]
        assert [part[-2:] for part in asking.transport.writes] == [b"/1", b"/2", b"/3"]

    async def test_that_wait_in_masses_are_not_read_on(self):
        first = asyncio.Event()

        async def answer(request):
            await first.wait()
            return Response(204)

        asking = await client(answer).sends(GET * 20)
        assert asking.transport.paused
        first.set()
        for _ in range(20):
            await asking.settle()
        assert asking.statuses == [204] * 20
        assert not asking.transport.paused

    async def test_a_body_that_waits_to_be_wanted_is_asked_for(self):
        seen: list[Request] = []
        asking = client(echo(seen))
        await asking.sends(HEAD + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert asking.received == b"HTTP/1.1 100 Continue\r\n\r\n"
        await asking.sends(b"hi")
        assert asking.statuses == [100, 200]
        assert seen[0].body == b"hi"

    async def test_a_client_that_leaves_before_the_end_is_not_answered(self):
        seen: list[Request] = []
        asking = await client(echo(seen)).sends(HEAD + b"Content-Length: 9\r\n\r\nhalf")
        asking.leaves()
        await asking.settle()
        assert (seen, asking.received) == ([], b"")
        assert asking.state.connections == set()

    async def test_an_old_client_is_answered_as_it_understands(self):
        async def body():
            yield b"one"
            yield b"two"

        asking = await client(answering(Response(200, Headers(), body()))).sends(b"GET / HTTP/1.0\r\n\r\n")
        assert asking.received.endswith(b"Connection: close\r\n\r\nonetwo")
        assert asking.transport.closed


class TestResponses:
    async def test_have_the_reason_date_and_length_that_are_true(self):
        headers = Headers(
            [("Content-Length", "99"), ("Connection", "close"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]
        )
        asking = await client(answering(Response(401, headers, b"body", "Access Denied"))).sends(GET)
        assert asking.received == (
            b"HTTP/1.1 401 Access Denied\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
            b"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nContent-Length: 4\r\n\r\nbody"
        )
        assert not asking.transport.closed

    async def test_a_reason_cannot_end_its_line_or_break_it(self):
        asking = await client(answering(Response(200, reason="So\r\nX: y\0\x1bz"))).sends(GET)
        assert asking.received.startswith(b"HTTP/1.1 200 So X: y z\r\nDate: ")

    async def test_a_header_cannot_be_made_two(self):
        headers = Headers([("x", "a\r\nSet-Cookie: b\0"), ("bad name", "c"), ("y\r\nz", "d"), ("ok", "e")])
        asking = await client(answering(Response(200, headers))).sends(GET)
        head = asking.received.split(b"\r\n")
        assert [line for line in head[1:] if not line.startswith((b"Date", b"Content-Length"))] == [
            b"x: a Set-Cookie: b ",
            b"ok: e",
            b"",
            b"",
        ]

    async def test_chunks_are_relayed_as_they_come(self):
        gates = [asyncio.Event() for _ in range(3)]

        async def body():
            for number, gate in enumerate(gates):
                await gate.wait()
                yield b"%d" % number * 20

        asking = await client(answering(Response(200, Headers(), body()))).sends(GET)
        for number, gate in enumerate(gates):
            assert asking.received.count(b"\r\n14\r\n") == number
            gate.set()
            await asking.settle()
        assert asking.received.endswith(b"\r\n14\r\n" + b"2" * 20 + b"\r\n0\r\n\r\n")

    async def test_a_stream_of_known_length_is_held_to_it(self):
        async def body():
            yield b"abc"

        for told, received, closed in (
            (3, b"\r\n\r\nabc", False),
            (5, b"\r\n\r\nabc", True),
            (2, b"\r\n\r\n", True),
        ):
            response = Response(200, Headers([("Content-Length", str(told))]), body())
            asking = await client(answering(response)).sends(GET)
            assert asking.received.endswith(received)
            assert asking.transport.closed is closed

    @pytest.mark.parametrize("status", [204, 304])
    async def test_some_have_no_body(self, status):
        asking = await client(answering(Response(status, Headers(), b"none"))).sends(GET + GET)
        assert asking.statuses == [status, status]
        assert b"none" not in asking.received
        assert b"Content-Length" not in asking.received

    async def test_to_head_tell_the_length_and_send_nothing(self):
        asked = GET.replace(b"GET", b"HEAD")
        told = await client(answering(Response(200, Headers([("Content-Length", "4")])))).sends(asked)
        whole = await client(answering(Response(200, Headers(), b"body"))).sends(asked)
        for asking in (told, whole):
            assert asking.received.endswith(b"Content-Length: 4\r\n\r\n")

    @pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError()])
    async def test_nobody_there_is_a_502(self, error):
        async def answer(request):
            raise error

        assert (await client(answer).sends(GET)).statuses == [502]

    async def test_a_failure_is_a_500_that_tells_nothing(self, capsys):
        async def answer(request):
            raise RuntimeError("inner workings")

        asking = await client(answer).sends(GET)
        assert asking.statuses == [500]
        assert b"inner workings" not in asking.received
        assert "inner workings" in capsys.readouterr().err

    async def test_what_is_no_final_status_is_a_500(self):
        assert (await client(answering(Response(100))).sends(GET)).statuses == [500]

    @pytest.mark.parametrize("error", [ConnectionError("cut"), RuntimeError("bug")])
    async def test_a_stream_that_breaks_off_is_seen_to(self, error, capsys):
        async def body():
            yield b"half"
            raise error

        asking = await client(answering(Response(200, Headers(), body()))).sends(GET + GET)
        assert asking.received.endswith(b"4\r\nhalf\r\n")
        assert asking.transport.closed
        assert ("bug" in capsys.readouterr().err) == isinstance(error, RuntimeError)


class TestPressure:
    async def test_a_client_that_does_not_read_holds_up_its_stream(self):
        made = []

        async def body():
            for number in range(3):
                made.append(number)
                yield b"x"

        asking = client(answering(Response(200, Headers(), body())))
        asking.connection.pause_writing()
        await asking.sends(GET)
        assert made == [0]
        asking.connection.resume_writing()
        await asking.settle()
        assert made == [0, 1, 2]

    async def test_a_client_that_never_reads_is_left(self):
        closed = asyncio.Event()

        async def body():
            try:
                while True:
                    yield b"x"
            finally:
                closed.set()

        clock = ManualClock()
        asking = client(answering(Response(200, Headers(), body())), Limits(send_seconds=60), clock)
        asking.connection.pause_writing()
        await asking.sends(GET)
        asking.connection.expire(clock.now() + 59)
        assert not asking.transport.aborted
        asking.connection.expire(clock.now() + 61)
        assert asking.transport.aborted
        asking.leaves()
        await asyncio.wait_for(closed.wait(), PATIENCE)


class TestTime:
    async def test_an_idle_connection_is_closed(self):
        clock = ManualClock()
        asking = await client(echo([]), Limits(idle_seconds=120), clock).sends(GET)
        asking.connection.expire(clock.now() + 119)
        assert not asking.transport.closed
        asking.connection.expire(clock.now() + 121)
        assert asking.transport.closed
        assert asking.statuses == [200]

    @pytest.mark.parametrize("drip", [b"GET / HT", HEAD + b"Content-Length: 5\r\n\r\nab"])
    async def test_a_request_that_does_not_end_is_a_408(self, drip):
        clock = ManualClock()
        asking = client(echo([]), Limits(head_seconds=20, body_seconds=20), clock)
        for place in range(len(drip)):
            await asking.sends(drip[place : place + 1])
            clock.advance(0.1)
        asking.connection.expire(clock.now() + 21)
        assert asking.statuses == [408]
        assert asking.transport.ended
        asking.connection.expire(clock.now() + 40)
        assert asking.transport.aborted

    async def test_line_ends_alone_do_not_keep_a_connection(self):
        clock = ManualClock()
        asking = client(echo([]), Limits(idle_seconds=20), clock)
        for _ in range(21):
            await asking.sends(b"\r\n")
            clock.advance(1)
        asking.connection.expire(clock.now())
        assert asking.transport.closed


class TestLeaving:
    @pytest.mark.parametrize("way", ["connection_lost", "eof_received"])
    async def test_cancels_an_answer_that_is_being_made(self, way):
        cancelled = asyncio.Event()

        async def answer(request):
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            raise AssertionError("unreachable")

        asking = await client(answer).sends(GET + GET)
        asking.connection.eof_received() if way == "eof_received" else asking.leaves()
        await asyncio.wait_for(cancelled.wait(), PATIENCE)
        await asking.settle()
        assert asking.received == b""

    async def test_closes_a_stream_under_way(self):
        closed = asyncio.Event()

        async def body():
            try:
                yield b"first"
                await asyncio.Event().wait()
            finally:
                closed.set()

        asking = await client(answering(Response(200, Headers(), body()))).sends(GET)
        asking.leaves()
        await asyncio.wait_for(closed.wait(), PATIENCE)
        await asking.settle()
        assert asking.received.endswith(b"5\r\nfirst\r\n")
        assert asking.state.connections == set()


class TestStopping:
    async def test_lets_an_answer_end_and_then_closes(self):
        done = asyncio.Event()

        async def answer(request):
            await done.wait()
            return Response(200, Headers(), b"late")

        asking = await client(answer).sends(GET)
        asking.state.closing = True
        asking.connection.finish()
        done.set()
        await asking.settle()
        assert asking.received.endswith(b"Connection: close\r\n\r\nlate")
        assert asking.transport.closed

    async def test_an_idle_connection_ends_at_once(self):
        asking = await client(echo([])).sends(GET)
        asking.connection.finish()
        assert asking.transport.aborted
