"""A stack in front of servers that are no part of the local Azure, over real connections on both sides."""

import asyncio
import json
import random
import socket
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from apimlb.http import Headers, Request, close, read
from apimlb.local.server.listener import Listener
from apimlb.local.server.outbound import Outbound
from apimlb.local.world import World
from apimlb.wall_clock import SystemClock
from tests.functional.local.stack_scene import CHAT, LIKELY, stage
from tests.unit.local.server.small_backend import Backend, eventually

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
FULL = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
REGIONS = ("eastus2", "swedencentral", "westus3")


class Site:
    """The gateway's port with the stack behind it, and a client in front."""

    def __init__(self, world, key, host, url, client, outbound):
        self.world = world
        self.key = key
        self.host = host
        self.url = url
        self.client = client
        self.outbound = outbound

    async def asks(self, body=b"{}"):
        named = [("Host", self.host), ("api-key", self.key), ("Content-Type", "application/json")]
        headers = Headers(named)
        return await self.client.send(Request("POST", self.url + CHAT, headers, body))


@asynccontextmanager
async def site(*backends, strategy="retry"):
    """A stack that has adopted the backends, in this order of preference."""
    async with AsyncExitStack() as stack:
        for backend in backends:
            await stack.enter_async_context(backend.open())
        accounts = [
            {"location": region, "priority": place, "endpoint": f"http://127.0.0.1:{backend.port}"}
            for place, (region, backend) in enumerate(zip(REGIONS, backends, strict=False), 1)
        ]
        staged = stage(LIKELY, accounts=accounts, strategy=strategy)
        clock = SystemClock()
        outbound, client = Outbound(clock), Outbound(clock)
        world = World(staged.store, clock, random.Random(1), LIKELY, outside=outbound)
        listener = Listener(world.serve, clock)
        opened = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        await listener.start(opened)
        [service] = staged.store.of_kind("microsoft.apimanagement/service")
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        host = f"{service.body['name']}.azure-api.net"
        yield Site(world, staged.key, host, url, client, outbound)
        await client.close()
        await listener.stop(1)
        await outbound.close()
        assert outbound.connections() == 0


async def test_a_call_arrives_with_the_gateways_token_instead_of_the_clients_key():
    backend = Backend(OK)
    async with site(backend) as here:
        response = await here.asks(b'{"n": 1}')
        assert (response.status, await read(response)) == (200, b"{}")
        assert not here.world.store.of_kind("microsoft.cognitiveservices/accounts")
    [request] = backend.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(
        b"POST /openai/deployments/chat/chat/completions?api-version=2024-10-21 HTTP/1.1\r\n"
    )
    assert f"\r\nhost: 127.0.0.1:{backend.port}\r\n".encode() in head.lower()
    assert b"\r\nAuthorization: Bearer ey" in head
    assert here.key.encode() not in request
    assert json.loads(body) == {"n": 1}


async def test_a_stream_is_passed_on_event_by_event():
    gates = [asyncio.Event() for _ in range(3)]
    events = [part for number, gate in enumerate(gates) for part in (gate, b"8\r\ndata: %d\n\r\n" % number)]
    async with site(Backend((STREAM, *events, b"0\r\n\r\n"))) as here:
        response = await here.asks()
        for number, gate in enumerate(gates):
            gate.set()
            assert await anext(response.body) == b"data: %d\n" % number
        assert [chunk async for chunk in response.body] == []


async def test_a_client_that_leaves_a_stream_ends_it_at_the_backend():
    backend = Backend((STREAM, b"8\r\ndata: 0\n\r\n", asyncio.Event()))
    async with site(backend) as here:
        response = await here.asks()
        await anext(response.body)
        assert here.outbound.connections() == 1
        await close(response)
        await eventually(lambda: here.outbound.connections() == 0)


async def test_a_client_that_leaves_before_the_answer_ends_the_call():
    backend = Backend((asyncio.Event(),))
    async with site(backend) as here:
        call = asyncio.create_task(here.asks())
        await eventually(lambda: backend.requests)
        call.cancel()
        await eventually(lambda: here.outbound.connections() == 0)


UNAVAILABLE = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
ANSWERS = [FULL, UNAVAILABLE, (b"HTTP/1.1 200 OK\r\nContent-", None), (None,)]
FATES = ["throttled", "unavailable", "broken", "silent"]


@pytest.mark.parametrize("first", ANSWERS, ids=FATES)
async def test_another_endpoint_steps_in(first):
    preferred, other = Backend(first), Backend(OK)
    async with site(preferred, other) as here:
        assert (await here.asks()).status == 200
    assert (len(preferred.requests), len(other.requests)) == (1, 1)


@pytest.mark.parametrize(("first", "calls"), [*zip(ANSWERS, (1, 1, 2, 2), strict=True)], ids=FATES)
async def test_another_endpoint_of_a_pool_steps_in(first, calls):
    """No breaker counts a broken connection: the policy itself goes on to the next after a second attempt."""
    preferred, other = Backend(first), Backend(OK)
    async with site(preferred, other, strategy="backend-pool") as here:
        assert (await here.asks()).status == 200
    assert (len(preferred.requests), len(other.requests)) == (calls, 1)


async def test_all_throttled_is_a_429_with_the_soonest_way_back():
    async with site(Backend(FULL), Backend(FULL.replace(b"7", b"3"))) as here:
        response = await here.asks()
        assert (response.status, response.headers.get("Retry-After")) == (429, "3")


async def test_a_stream_that_breaks_off_breaks_off_for_the_client():
    async with site(Backend((STREAM, b"8\r\ndata: 0\n\r\n", None))) as here:
        response = await here.asks()
        with pytest.raises(ConnectionError):
            await read(response)


async def test_many_at_once_leave_nothing_open():
    backends = [Backend(OK), Backend((STREAM, b"8\r\ndata: 0\n\r\n", b"0\r\n\r\n"))]
    async with site(*backends) as here:
        before = len(asyncio.all_tasks())
        for _ in range(10):
            replies = await asyncio.gather(*(here.asks() for _ in range(20)))
            assert {reply.status for reply in replies} == {200}
            await asyncio.gather(*(read(reply) for reply in replies))
        assert here.outbound.connections() <= 20
        servers = sum(backend.connections for backend in backends)
        await here.client.close()
        await here.outbound.close()
        await eventually(lambda: len(asyncio.all_tasks()) <= before)
        assert servers <= 20
