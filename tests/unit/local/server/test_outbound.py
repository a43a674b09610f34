"""Calling somebody else's server: small ones on this machine, each with a script of bytes."""

import asyncio
import gc
import ssl
from contextlib import asynccontextmanager, suppress

import pytest

from apimlb.clock import utc
from apimlb.http import Headers, Request, close, read
from apimlb.local.server.certificate import kept_certificate
from apimlb.local.server.outbound import Outbound, OutboundLimits
from apimlb.wall_clock import SystemClock
from tests.fakes import ManualClock
from tests.unit.local.server.small_backend import Backend, eventually

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STREAM = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def calling(backend, clock=None, limits=None, **options):
    outbound = Outbound(clock or SystemClock(), limits, **options)
    async with backend.open():
        yield outbound
        await outbound.close()
        assert outbound.connections() == 0


class TestRequests:
    async def test_go_out_as_they_are_but_for_what_is_this_connections(self):
        backend = Backend(OK)
        async with calling(backend) as outbound:
            headers = [("Host", "east.test"), ("api-key", "k"), ("Connection", "close"), ("TE", "x")]
            headers += [("Content-Length", "99"), ("Expect", "100-continue"), ("bad", "a\r\nb: c")]
            await outbound.send(backend.asked("/a%20b?x=1", "POST", b"body", headers=headers))
        assert backend.requests == [
            b"POST /a%20b?x=1 HTTP/1.1\r\nHost: east.test\r\napi-key: k\r\nbad: a b: c\r\n"
            b"Content-Length: 4\r\n\r\nbody"
        ]

    async def test_have_a_host_and_an_ascii_target(self):
        backend = Backend(OK)
        async with calling(backend) as outbound:
            await outbound.send(backend.asked("/ä b?ö\ud800"))
        host = f"127.0.0.1:{backend.port}".encode()
        assert backend.requests == [b"GET /%C3%A4%20b?%C3%B6? HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"]

    @pytest.mark.parametrize(
        "url",
        ["ftp://a/", "http:///x", "http://a:b/", "http://a:99999/", "http://[a/", f"http://{'a' * 70}.test/"],
    )
    async def test_to_nowhere_fail(self, url):
        outbound = Outbound(SystemClock())
        with pytest.raises(ConnectionError):
            await outbound.send(Request("GET", url))
        assert outbound.connections() == 0

    async def test_of_no_method_fail(self):
        with pytest.raises(ConnectionError, match="no method"):
            await Outbound(SystemClock()).send(Request("GET / HTTP/1.1\r\nX:", "http://127.0.0.1/"))


class TestAnswers:
    async def test_that_are_whole_are_bytes(self):
        backend = Backend(b"HTTP/1.1 429 Slow Down\r\nRetry-After: 3\r\nX: \r\nContent-Length: 2\r\n\r\nno")
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
        assert (response.status, response.reason, response.body) == (429, "Slow Down", b"no")
        assert response.headers == Headers([("Retry-After", "3"), ("X", ""), ("Content-Length", "2")])

    async def test_come_as_they_are_sent(self):
        gate = asyncio.Event()
        backend = Backend((STREAM + b"3\r\none\r\n", gate, b"3;x=y\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n"))
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
            assert await anext(response.body) == b"one"
            gate.set()
            assert await read(response) == b"two"
            assert response.headers == Headers([("Transfer-Encoding", "chunked")])

    async def test_do_not_depend_on_how_they_are_cut(self):
        whole = STREAM + b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
        backend = Backend(tuple(whole[place : place + 1] for place in range(len(whole))))
        async with calling(backend) as outbound:
            assert await read(await outbound.send(backend.asked())) == b"onetwo"

    async def test_come_after_interim_ones(self):
        interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        backend = Backend((interim, OK))
        async with calling(backend) as outbound:
            for _ in range(2):
                response = await outbound.send(backend.asked())
                assert (response.status, await read(response)) == (200, b"ok")
                assert "Link" not in response.headers
        assert backend.connections == 1

    async def test_may_end_with_the_connection(self):
        backend = Backend((b"HTTP/1.1 200 OK\r\n\r\nall of ", b"it", None))
        async with calling(backend) as outbound:
            assert await read(await outbound.send(backend.asked())) == b"all of it"

    async def test_to_head_have_no_body(self):
        backend = Backend(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        async with calling(backend) as outbound:
            for _ in range(2):
                response = await outbound.send(backend.asked(method="HEAD"))
                assert (response.body, response.headers.get("content-length")) == (b"", "5")

    async def test_without_a_body_keep_the_connection(self):
        backend = Backend(b"HTTP/1.1 204 No Content\r\n\r\n")
        async with calling(backend) as outbound:
            for _ in range(3):
                assert (await outbound.send(backend.asked())).body == b""
        assert backend.connections == 1

    async def test_that_nobody_reads_are_not_taken_in(self):
        much = STREAM + b"%x\r\n" % 2**24 + b"x" * 2**24 + b"\r\n0\r\n\r\n"
        backend = Backend(much, OK)
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
            await eventually(lambda: response.body.held)
            assert len(await read(response)) == 2**24
            assert await read(await outbound.send(backend.asked())) == b"ok"
        assert backend.connections == 1


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-",
            b"nonsense\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000,
        ],
    )
    async def test_are_connection_errors(self, answer):
        backend = Backend((answer, None))
        async with calling(backend) as outbound:
            with pytest.raises(ConnectionError):
                await outbound.send(backend.asked())

    @pytest.mark.parametrize(
        "answer", [STREAM + b"3\r\none\r\n", STREAM + b"3\r\noneXX", OK.replace(b"2", b"9")]
    )
    async def test_that_break_off_say_so_at_the_end(self, answer):
        gate = asyncio.Event()
        backend = Backend((answer, gate, None))
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
            gate.set()
            with pytest.raises(ConnectionError):
                await read(response)

    @pytest.mark.parametrize("padding", [b"0\r\n" + b"a: b\r\n" * 200_000, b"1;" + b"x" * 1_000_000])
    async def test_of_more_framing_than_body_are_not_read_to_their_end(self, padding):
        backend = Backend((STREAM + padding, asyncio.Event()))
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
            with pytest.raises(ConnectionError, match="more framing than body"):
                await read(response)

    async def test_more_than_was_asked_for_is_thrown_away(self):
        backend = Backend(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse", OK)
        async with calling(backend) as outbound:
            for _ in range(2):
                assert await read(await outbound.send(backend.asked())) == b"ok"
        assert backend.connections == 2


class TestConnections:
    async def test_are_kept(self):
        backend = Backend(OK)
        async with calling(backend) as outbound:
            for _ in range(5):
                await outbound.send(backend.asked())
            assert (backend.connections, outbound.connections()) == (1, 1)

    async def test_are_not_kept_for_long(self):
        clock = ManualClock()
        backend = Backend(OK)
        async with calling(backend, clock) as outbound:
            await outbound.send(backend.asked())
            clock.advance(4.5)
            await outbound.send(backend.asked())
        assert backend.connections == 2

    async def test_are_not_kept_when_the_backend_says_so(self):
        backend = Backend((OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), None))
        async with calling(backend) as outbound:
            for _ in range(2):
                await outbound.send(backend.asked())
        assert backend.connections == 2

    async def test_closed_while_idle_are_left_out(self):
        backend = Backend((OK, None))
        async with calling(backend) as outbound:
            for _ in range(3):
                await outbound.send(backend.asked(method="POST"))
                await eventually(lambda: outbound.connections() == 0)
        assert len(backend.requests) == 3

    async def test_found_stale_are_replaced_for_a_request_that_may_be_repeated(self):
        backend = Backend(OK, None, OK)
        async with calling(backend) as outbound:
            await outbound.send(backend.asked())
            assert await read(await outbound.send(backend.asked(method="PUT"))) == b"ok"
        assert (backend.connections, len(backend.requests)) == (2, 3)

    async def test_found_stale_by_another_are_an_error(self):
        backend = Backend(OK, None, OK)
        async with calling(backend) as outbound:
            await outbound.send(backend.asked())
            with pytest.raises(ConnectionError):
                await outbound.send(backend.asked(method="POST"))
        assert len(backend.requests) == 2

    async def test_that_are_new_and_close_at_once_are_no_reason_to_try_again(self):
        backend = Backend(None)
        async with calling(backend) as outbound:
            with pytest.raises(ConnectionError):
                await outbound.send(backend.asked())
        assert len(backend.requests) == 1

    async def test_are_no_more_than_allowed(self):
        gate = asyncio.Event()
        backend = Backend((gate, OK))
        async with calling(backend, limits=OutboundLimits(connections=2)) as outbound:
            async with asyncio.TaskGroup() as group:
                calls = [group.create_task(outbound.send(backend.asked())) for _ in range(6)]
                group.create_task(outbound.send(backend.asked())).cancel()
                await eventually(lambda: backend.connections == 2)
                gate.set()
            assert [await read(call.result()) for call in calls] == [b"ok"] * 6
        assert backend.connections == 2

    async def test_that_nobody_takes_are_an_error(self):
        backend = Backend(OK)
        async with backend.open():
            request = backend.asked()
        with pytest.raises(ConnectionError, match="no connection to"):
            await Outbound(SystemClock()).send(request)


class TestLeaving:
    async def test_before_the_answer_closes_the_connection(self):
        backend = Backend((asyncio.Event(),))
        async with calling(backend) as outbound:
            call = asyncio.create_task(outbound.send(backend.asked()))
            await eventually(lambda: backend.requests)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            await eventually(lambda: outbound.connections() == 0)

    async def test_in_the_middle_of_a_stream_closes_the_connection(self):
        gate = asyncio.Event()
        backend = Backend((STREAM + b"3\r\none\r\n", gate, b"3\r\ntwo\r\n0\r\n\r\n"))
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
            await anext(response.body)
            await close(response)
            await eventually(lambda: outbound.connections() == 0)
            gate.set()

    async def test_after_the_end_does_no_harm(self):
        backend = Backend((STREAM, b"0\r\n\r\n"))
        async with calling(backend) as outbound:
            response = await outbound.send(backend.asked())
            await read(response)
            await close(response)
            await outbound.send(backend.asked())
        assert backend.connections == 1


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path):
        return kept_certificate(tmp_path, utc(SystemClock().now()))

    @pytest.fixture
    def server_side(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        return context

    async def test_trusts_whom_the_store_trusts(self, certificate, server_side):
        backend = Backend(OK)
        outbound = Outbound(
            SystemClock(), tls=lambda: ssl.create_default_context(cafile=str(certificate.authority))
        )
        async with backend.open(server_side):
            for _ in range(2):
                assert await read(await outbound.send(backend.asked(scheme="https"))) == b"ok"
            await outbound.close()
        assert backend.connections == 1

    async def test_trusts_nobody_else(self, server_side):
        backend = Backend(OK)
        outbound = Outbound(SystemClock())
        async with backend.open(server_side):
            with pytest.raises(ConnectionError, match="certificate"):
                await outbound.send(backend.asked(scheme="https"))
        assert backend.requests == []


async def test_a_connection_that_nobody_wants_any_more_is_closed_once_it_is_made():
    backend = Backend(OK)
    async with backend.open():
        outbound = Outbound(SystemClock())
        for turns in range(12):
            call = asyncio.create_task(outbound.send(backend.asked()))
            for _ in range(turns):
                await SystemClock().sleep(0)
            call.cancel()
            with suppress(asyncio.CancelledError):
                await call
        while outbound.connections():
            await SystemClock().sleep(0.01)
        await outbound.close()
        # The collector would warn of a socket that was lost on the way.
        gc.collect()
