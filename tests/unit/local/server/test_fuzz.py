"""Any bytes in any pieces: never an exception, never a hang, never a request that was not made."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.http import Headers, Response
from apimlb.local.server.answer import Wire
from apimlb.local.server.reader import Limits
from tests.fakes import ManualClock
from tests.unit.local.server.fake_wire import Client, FakeTransport

LIMITS = Limits(head=2048, body=4096)
PIECES = [
    *(b"GET / HTTP/1.1\r\n", b"POST /a HTTP/1.1\r\n", b"HEAD / HTTP/1.0\r\n", b"Host: a\r\n", b"Host: b\r\n"),
    *(b"Content-Length: 3\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Connection: close\r\n", b"Connection: upgrade\r\nUpgrade: x\r\n", b"Expect: 100-continue\r\n"),
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b":", b";", b"3\r\nabc\r\n", b"0\r\n\r\n", b"abc", b"x" * 3000),
]
ANSWER_PIECES = [
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n", b"HTTP/1.1 204 No\r\n", b"HTTP/1.1 101 X\r\n"),
    *(b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 999 \r\n", *PIECES[5:10], *PIECES[11:]),
]
WIRE = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=15).map(b"".join)
ANSWERS = st.lists(st.one_of(st.sampled_from(ANSWER_PIECES), st.binary(max_size=20)), max_size=15).map(
    b"".join
)
CUTS = st.lists(st.integers(1, 60), min_size=1, max_size=8)


def cut(data, sizes):
    pieces: list[bytes] = []
    place = 0
    while place < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[place : place + size])
        place += size
    return pieces


async def talk(pieces, leave):
    seen = []

    async def answer(request):
        seen.append(request)
        return Response(200, Headers(), b"ok")

    clock = ManualClock()
    client = Client(answer, clock, LIMITS)
    for piece in pieces:
        if client.transport.closed:
            break
        client.connection.data_received(piece)
    await client.settle()
    if not leave:
        clock.advance(1000)
        client.connection.expire(clock.now())
        client.connection.expire(clock.now() + 1000)
        for _ in range(40):
            await client.settle()
        assert client.transport.closed
    client.leaves()
    await client.settle()
    assert client.state.connections == set()
    return seen, client.statuses


class TestRequests:
    @settings(max_examples=60, deadline=None)
    @given(data=WIRE, sizes=CUTS, leave=st.booleans())
    def test_end_in_answers_a_refusal_or_silence(self, data, sizes, leave):
        loops = asyncio.new_event_loop()
        try:
            seen, statuses = loops.run_until_complete(talk(cut(data, sizes), leave))
        finally:
            loops.close()
        finals = [status for status in statuses if status != 100]
        assert len([status for status in finals if status == 200]) <= len(seen)
        assert all(status == 200 or status in (400, 408, 413, 417, 431, 501, 505) for status in finals)
        assert finals == sorted(finals), "nothing follows a refusal"
        assert len([status for status in finals if status != 200]) <= 1

    @settings(max_examples=100, deadline=None)
    @given(data=WIRE, sizes=CUTS)
    def test_are_the_same_however_they_are_cut(self, data, sizes):
        async def both():
            whole, pieces = await talk([data], True), await talk(cut(data, sizes), True)
            return [
                [(ask.method, ask.url, ask.headers, ask.body) for ask in seen] for seen, _ in (whole, pieces)
            ]

        loops = asyncio.new_event_loop()
        try:
            whole, pieces = loops.run_until_complete(both())
        finally:
            loops.close()
        assert whole == pieces


class Home:
    def __init__(self):
        self.released = self.ended = 0

    def release(self, wire):
        self.released += 1

    def lost(self, wire):
        self.ended += 1


async def hear(pieces, *, head_only):
    home, transport = Home(), FakeTransport()
    wire = Wire(home)
    wire.connection_made(transport)
    answer = wire.begin(b"GET", asyncio.get_running_loop(), head_only=head_only)
    for piece in pieces:
        if transport.closed:
            break
        wire.data_received(piece)
    wire.connection_lost(None)
    assert home.ended == 1
    assert answer.over
    assert answer.started.done()
    try:
        await answer.started
        response = answer.response()
        if not isinstance(response.body, bytes):
            async for _ in response.body:
                pass
    except ConnectionError:
        return None
    assert response.status >= 200
    return response.status


class TestAnswers:
    @settings(max_examples=150, deadline=None)
    @given(data=ANSWERS, sizes=CUTS, head_only=st.booleans())
    def test_end_in_a_response_or_a_connection_error(self, data, sizes, head_only):
        loops = asyncio.new_event_loop()
        try:
            loops.run_until_complete(hear(cut(data, sizes), head_only=head_only))
        finally:
            loops.close()


@pytest.mark.parametrize("size", [1, 7, 4096])
async def test_a_good_request_survives_every_cut(size):
    good = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" * 3
    seen, _ = await talk(cut(good, [size]), leave=True)
    assert [request.body for request in seen] == [b"abc"] * 3
