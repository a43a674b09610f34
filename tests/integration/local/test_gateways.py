"""Several instances of one gateway at one port: they share its cache, and neither breakers nor counters."""

import json
import random
import socket
from contextlib import asynccontextmanager

from apimlb.local.server.listener import Listener
from apimlb.local.server.outbound import Outbound
from apimlb.local.world import World, WorldSettings
from apimlb.wall_clock import SystemClock
from tests.functional.local.gateway_scene import asking_again
from tests.integration.local.malformed import statuses
from tests.integration.local.raw import exchange
from tests.signing import provide_key
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments, policy_of
from tests.unit.local.server.small_backend import Backend

REFUSAL = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"
USAGE = json.dumps({"usage": {"total_tokens": 150}}).encode()
USING = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(USAGE) + USAGE
)
CALL = b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
INSTANCES = 3


@asynccontextmanager
async def gateways(policy, first, second):
    """The port of three instances that have a pool of two members, the second for when the first is out."""
    azure, clock = ServiceDocuments(), SystemClock()
    outbound = Outbound(clock)
    async with first.open(), second.open():
        for name, backend in (("first", first), ("second", second)):
            azure.backend(name, f"http://127.0.0.1:{backend.port}", breaker=THROTTLED)
        azure.pool("all", ("first", 1, 1), ("second", 2, 1))
        azure.api(path="")
        azure.operation()
        azure.policy(policy, "apis/chat")
        provide_key(azure.store)
        world = World(
            azure.store, clock, random.Random(1), WorldSettings(gateways=INSTANCES), outside=outbound
        )
        listener = Listener(world.serve, clock)
        with socket.create_server(("127.0.0.1", 0)) as opened:
            await listener.start(opened)
            yield opened.getsockname()[1], world
            await listener.stop(0)
        await outbound.close()
    azure.store.close()


async def call(number, times):
    """The statuses of so many calls over one connection."""
    end = CALL.replace(b"Host: a\r\n", b"Host: a\r\nConnection: close\r\n")
    return statuses(await exchange(number, CALL * (times - 1) + end))


async def test_each_finds_out_for_itself_that_a_member_is_out():
    first, second = Backend(REFUSAL), Backend(USING)
    async with gateways(policy_of(backend=asking_again(1)), first, second) as (number, world):
        for _ in range(9):
            assert await call(number, 1) == [200]
        opened = [row["gateway"] for row in world.status()["breakers"] if row["open_for"] > 0]
    assert (len(first.requests), len(second.requests)) == (INSTANCES, 9)
    assert sorted(opened) == [1, 2, 3]


async def test_each_counts_tokens_for_itself():
    limit = '<llm-token-limit counter-key="all" tokens-per-minute="100" estimate-prompt-tokens="false" />'
    policy = policy_of(inbound=limit, backend=asking_again(1))
    async with gateways(policy, Backend(USING), Backend(USING)) as (number, _):
        seen = [status for _ in range(6) for status in await call(number, 1)]
    assert seen == [200] * INSTANCES + [429] * INSTANCES


async def test_what_one_of_them_keeps_all_of_them_find():
    seen = '(string)context.Variables["seen"]'
    remember = (
        '<cache-lookup-value key="seen" variable-name="seen" default-value="0" caching-type="internal" />'
        '<cache-store-value key="seen" duration="60" caching-type="internal" '
        f'value="@((int.Parse({seen}) + 1).ToString())" />'
        f'<return-response><set-status code="@(201 + int.Parse({seen}))" /></return-response>'
    )
    async with gateways(policy_of(inbound=remember), Backend(USING), Backend(USING)) as (number, _):
        told = [status for _ in range(6) for status in await call(number, 1)]
    assert told == [201, 202, 203, 204, 205, 206]
