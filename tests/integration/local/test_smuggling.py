"""Through the gateway to somebody else's server: it gets the requests that clients made, whole, and no other.

The backend notes the bytes of its connections and takes them apart by itself, so that what the gateway's own
parser overlooks does not stay unseen.
"""

import asyncio
import random
import socket
from contextlib import asynccontextmanager

import pytest

from apimlb.local.gateway.plane import GatewayPlane
from apimlb.local.server.listener import Listener
from apimlb.local.server.outbound import Outbound
from apimlb.wall_clock import SystemClock
from tests.functional.local.gateway_scene import identity_token
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
from tests.unit.local.gateway.documents import ServiceDocuments, policy_of
from tests.unit.local.server.small_backend import Backend, eventually

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSE = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Echo(Backend):
    """Answers each request with its own path, so that an answer tells whose it is."""

    async def exchange(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        self.requests.append(head + await reader.readexactly(length))
        path = head.split(b" ")[1]
        body = path + b"\r\n"
        told = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(told if head.startswith(b"HEAD") else told + body)
        await writer.drain()
        return True


class Silent(Backend):
    """Never answers, and notices when nobody waits any more."""

    def __init__(self):
        super().__init__()
        self.left = asyncio.Event()

    async def exchange(self, reader, writer):
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        assert await reader.read() == b""
        self.left.set()
        return False


@asynccontextmanager
async def gateway(backend, policy="", limits=LIMITS):
    """The port of a gateway whose only API takes anything and forwards it to `backend`."""
    azure = ServiceDocuments()
    clock = SystemClock()
    outbound = Outbound(clock)
    plane = GatewayPlane(azure.store, clock, random.Random(1), outbound, identity_token)
    async with backend.open():
        azure.api(path="", serviceUrl=f"http://127.0.0.1:{backend.port}")
        for method in METHODS:
            azure.operation(method=method, name=method.lower())
        if policy:
            azure.policy(policy, "apis/chat")
        listener = Listener(plane.send, clock, limits=limits)
        with socket.create_server(("127.0.0.1", 0)) as opened:
            await listener.start(opened)
            yield opened.getsockname()[1]
            await listener.stop(0)
        await outbound.close()
        assert outbound.connections() == 0
    azure.store.close()


def lines(backend):
    """The request lines that the backend got."""
    return [request.partition(b"\r\n")[0] for request in backend.requests]


FRAMES = {**LENGTHS, **{f"coding {name}": coding for name, coding in CODINGS.items()}}
ATTACKS = {
    **{f"length {name}": (POST + frame + SMUGGLED,) for name, frame in FRAMES.items()},
    **{f"header {name}": (POST + header, SMUGGLED) for name, header in HEADERS.items()},
    **{f"line {name}": (line, SMUGGLED) for name, line in LINES.items()},
    **{f"body {name}": (CHUNKED + body, SMUGGLED) for name, body in BODIES.items()},
}


async def test_nothing_of_a_request_that_nobody_understands_gets_through():
    """All at once, among clients who ask for what they ask for and get the answer to that."""
    backend = Echo()
    async with gateway(backend) as number:

        async def honest(turn):
            asked = b"GET /honest/%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % turn
            return await exchange(number, asked)

        received, answers = await asyncio.gather(
            asyncio.gather(*(exchange(number, *parts) for parts in ATTACKS.values())),
            asyncio.gather(*(honest(turn) for turn in range(50))),
        )
    for name, reply in zip(ATTACKS, received, strict=True):
        assert all(400 <= status < 600 for status in statuses(reply)), (name, reply)
    assert sorted(lines(backend)) == sorted(b"GET /honest/%d HTTP/1.1" % turn for turn in range(50))
    for turn, answer in enumerate(answers):
        assert answer.endswith(b"\r\n\r\n/honest/%d\r\n" % turn)


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n0\r\n\r\n",
        b"Transfer-Encoding: Chunked\r\n\r\n%x;a=b\r\n" % len(SMUGGLED)
        + SMUGGLED
        + b"\r\n0;c\r\nX-Smuggled: 1\r\nHost: b\r\n\r\n",
        b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        b"Connection: close, Content-Length, Host\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    ],
    ids=["length", "chunks", "chunks with extensions and trailers", "expected", "named away"],
)
async def test_a_body_stays_a_body_and_has_one_length(framing):
    backend = Echo()
    async with gateway(backend) as number:
        await exchange(number, POST + framing, CLOSE)
    first = backend.requests[0]
    head, _, body = first.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /asked HTTP/1.1\r\n")
    assert body == SMUGGLED
    named = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
    assert named.count(b"content-length") == named.count(b"host") == 1
    assert not {b"transfer-encoding", b"expect", b"connection", b"x-smuggled", b"te"} & set(named)
    assert set(lines(backend)[1:]) <= {b"GET /last HTTP/1.1"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_a_body_where_none_is_usual_is_still_one(method):
    """CL.0: a server that takes no body with such a method would take it for the next request."""
    backend = Echo()
    asked = b"%s /asked HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (method.encode(), len(SMUGGLED))
    async with gateway(backend) as number:
        await exchange(number, asked + SMUGGLED, CLOSE)
    assert lines(backend) == [f"{method} /asked HTTP/1.1".encode(), b"GET /last HTTP/1.1"]
    assert backend.requests[0].endswith(b"\r\n\r\n" + SMUGGLED)


@pytest.mark.parametrize(
    "looks", [b"Transfer_Encoding: chunked", b"X-Transfer-Encoding: chunked", b"Content_Length: 37"]
)
async def test_what_only_looks_like_a_length_is_none(looks):
    backend = Echo()
    async with gateway(backend) as number:
        received = await exchange(number, POST + looks + b"\r\n\r\n0\r\n\r\n" + SMUGGLED)
    assert lines(backend) == [b"POST /asked HTTP/1.1"]
    assert statuses(received) == [200, 400]


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket"])
async def test_another_protocol_is_not_begun_on_the_way(upgrade):
    asked = (
        b"GET /asked HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        b"Upgrade: %s\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n" % upgrade
    )
    backend = Echo()
    async with gateway(backend) as number:
        received = await exchange(number, asked, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SMUGGLED)
    assert statuses(received) == [200]
    [request] = backend.requests
    assert b"pgrade" not in request
    assert b"HTTP2" not in request


async def test_pipelined_requests_are_as_many_behind_and_answered_in_order():
    backend = Echo()
    asked = [b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % turn for turn in range(30)]
    async with gateway(backend) as number:
        received = await exchange(number, b"".join(asked), CLOSE)
    assert lines(backend) == [b"GET /%d HTTP/1.1" % turn for turn in range(30)] + [b"GET /last HTTP/1.1"]
    assert received.count(b"HTTP/1.1 200 ") == 31
    places = [received.index(b"\r\n\r\n/%d" % turn) for turn in range(30)]
    assert places == sorted(places)


async def test_an_old_client_may_keep_its_connection():
    backend = Echo()
    old = b"GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    async with gateway(backend) as number:
        received = await exchange(number, old, old, b"GET /last HTTP/1.0\r\n\r\n" + SMUGGLED)
    assert lines(backend) == [b"GET /old HTTP/1.1"] * 2 + [b"GET /last HTTP/1.1"]
    assert statuses(received) == [200] * 3


WRITTEN = (
    '<set-header name="x-told"><value>@(System.Net.WebUtility.UrlDecode('
    'context.Request.Url.Query.GetValueOrDefault("x", "")))</value></set-header>'
)


class TestWhatPoliciesWrite:
    """A policy that copies what the client sent, decoded, into the request that goes on."""

    async def test_a_header_stays_one_header(self):
        backend = Echo()
        asked = b"GET /asked?x=a%0d%0aX-Smuggled:%201%0d%0a%0d%0aGET%20/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        async with gateway(backend, policy_of(inbound=WRITTEN)) as number:
            await exchange(number, asked, CLOSE)
        assert len(backend.requests) == 2
        [told] = [line for line in backend.requests[0].split(b"\r\n") if line.startswith(b"x-told: ")]
        assert b"X-Smuggled" in told
        assert b"\n" not in told

    @pytest.mark.parametrize(
        "method", ["@(&quot;GET /smuggled HTTP/1.1\\r\\nX: &quot;)", "@(&quot;A B&quot;)"]
    )
    async def test_a_method_is_one_word(self, method):
        backend = Echo()
        inbound = f"<set-method>{method}</set-method>".replace("&quot;", '"')
        async with gateway(backend, policy_of(inbound=inbound)) as number:
            assert statuses(await exchange(number, CLOSE)) == [500]
        assert backend.requests == []

    @pytest.mark.parametrize(
        "template", ["/a%20HTTP/1.1%0d%0aX:%201", "/a HTTP/1.1\\r\\nX-Smuggled: 1\\r\\n\\r\\nGET /smuggled"]
    )
    async def test_a_target_stays_one_target(self, template):
        backend = Echo()
        inbound = f"<rewrite-uri template='@(\"{template}\")' />"
        async with gateway(backend, policy_of(inbound=inbound)) as number:
            await exchange(number, GET, CLOSE)
        assert all(line.count(b" ") == 2 for line in lines(backend))
        assert all(b"\r\nX" not in request for request in backend.requests)


class TestAnswers:
    async def test_more_than_was_asked_for_is_nobodys_answer(self):
        """What a backend sends beyond its answer must not become the answer to another client."""
        backend = Backend(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse", OK)
        async with gateway(backend) as number:
            first = await exchange(number, CLOSE)
            second = await exchange(number, CLOSE)
        assert first.endswith(b"\r\n\r\nok")
        assert second.endswith(b"\r\n\r\nok")

    @pytest.mark.parametrize(
        "framing",
        [
            b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            b"Content-Length: 2\nX: y\r\n\r\nok",
            b"X: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
        ],
        ids=["length and chunks", "two lengths", "bare line feed", "folded line"],
    )
    async def test_that_can_be_read_twice_are_not_read(self, framing):
        backend = Backend(b"HTTP/1.1 200 OK\r\n" + framing)
        async with gateway(backend) as number:
            assert statuses(await exchange(number, CLOSE)) == [500]


class TestLeaving:
    @pytest.mark.parametrize("way", ["close", "reset", "half"])
    async def test_a_client_that_leaves_ends_the_call_that_was_made_for_it(self, way):
        backend = Silent()
        async with gateway(backend) as number:
            _, writer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(GET)
            await eventually(lambda: backend.requests)
            {"close": writer.close, "reset": writer.transport.abort, "half": writer.write_eof}[way]()
            await asyncio.wait_for(backend.left.wait(), PATIENCE)
            writer.close()
        assert lines(backend) == [b"GET / HTTP/1.1"]

    async def test_a_client_that_leaves_in_the_middle_of_a_stream_ends_it(self):
        gate = asyncio.Event()
        stream = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
        backend = Backend((stream, gate, b"3\r\ntwo\r\n0\r\n\r\n"), OK)
        unbuffered = policy_of(backend='<forward-request buffer-response="false" />')
        async with gateway(backend, unbuffered) as number:
            reader, writer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(GET)
            await reader.readuntil(b"one\r\n")
            writer.transport.abort()
            assert statuses(await exchange(number, CLOSE)) == [200]
        assert backend.connections == 2

    @pytest.mark.parametrize(
        "part", [POST, POST + b"Content-Length: 9\r\n\r\nhalf", CHUNKED + b"4\r\nhalf\r\n"]
    )
    async def test_a_request_that_never_ends_never_begins_behind(self, part):
        backend = Echo()
        async with gateway(backend, limits=HASTY) as number:
            assert statuses(await exchange(number, part)) == [408]
            _, writer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(part)
            writer.write_eof()
            await exchange(number, CLOSE)
            writer.close()
        assert lines(backend) == [b"GET /last HTTP/1.1"]
