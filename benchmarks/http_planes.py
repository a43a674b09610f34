"""CPU that the planes take for a request, in process and over a port, beside bare references of the same run.

    python benchmarks/http_planes.py [--requests 3000]

Deploys the default stack on a local Azure of its own, gives its accounts quota without end (but one, which
always refuses), and asks the gateway (whose policy runs about twenty elements) and an account. Prints
microseconds of CPU per request: in process that of a loop of calls; over a port that of the server's process
while 32 connections keep it busy. The references: awaiting a function, and a port that answers 600 bytes.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from urllib.parse import urlsplit

from apimlb.http import Headers, Request, Response, read
from apimlb.local import process
from apimlb.local.server.listener import Listener
from apimlb.local.store import Document, Store
from apimlb.local.world import World, WorldSettings
from apimlb.wall_clock import SystemClock

CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
CONNECTIONS = 32
ROUNDS = 3
_ACCOUNTS = "microsoft.cognitiveservices/accounts"
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request, what it must be answered with, and the most CPU that it may take."""

    name: str
    host: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    goal: str = ""

    def request(self) -> Request:
        headers = Headers([("Host", self.host), ("Content-Type", "application/json"), *self.headers])
        return Request("POST", f"http://{self.host}{CHAT}", headers, self.body)

    def encoded(self) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.request().headers)
        head = f"POST {CHAT} HTTP/1.1\r\n{lines}Content-Length: {len(self.body)}\r\n\r\n"
        return head.encode() + self.body


def asked(*, stream: bool = False) -> bytes:
    """A question; streamed, its answer comes in about fifty chunks."""
    body = {
        "messages": [{"role": "user", "content": "Why does a gateway stand in front of three accounts?"}],
        "max_completion_tokens": 48 if stream else 30,
    }
    return json.dumps({**body, "stream": True} if stream else body).encode()


def deploy(folder: Path) -> None:
    (folder / "apimlb.toml").touch()
    places = ["--local", "--state", str(folder), "--config", str(folder / "apimlb.toml")]
    process.start(folder / "local", 0, 0)
    try:
        command = [sys.executable, "-m", "apimlb", "deploy", "--yes", *places]
        done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT)
        if done.returncode:
            sys.exit(done.stderr)
    finally:
        process.stop(folder / "local")


def prepare(store: Store) -> list[Case]:
    """Change quotas and locks of what was deployed, and name the requests."""
    accounts = store.of_kind(_ACCOUNTS)
    for number, account in enumerate(accounts):
        body = {**account.body, "properties": {**account.body["properties"], "disableLocalAuth": False}}
        store.put(replace(account, body=body))
        _limit(store, account, 1 if number == 2 else 10**9)
    [service] = store.of_kind("microsoft.apimanagement/service")
    [subscription] = [
        item for item in store.children(service.id) if item.id.endswith("/subscriptions/apimlb-default")
    ]
    gateway = f"{service.body['name']}.azure-api.net"
    key = (("api-key", str(subscription.hidden["primaryKey"])),)
    hosts = [f"{account.body['properties']['customSubDomainName']}.openai.azure.com" for account in accounts]
    keys = [(("api-key", str(account.hidden["key1"])),) for account in accounts]
    return [
        Case("gateway, JSON", gateway, key, asked(), 200),
        Case("gateway, stream of 50", gateway, key, asked(stream=True), 200),
        Case("account, answer", hosts[0], keys[0], asked(), 200, "600"),
        Case("account, 429", hosts[2], keys[2], asked(), 429, "300"),
        Case("account, stream of 50", hosts[0], keys[0], asked(stream=True), 200, "2000"),
    ]


def _limit(store: Store, account: Document, tokens: int) -> None:
    for found in store.children(account.id, f"{_ACCOUNTS}/deployments"):
        rules = [{"key": key, "count": tokens, "renewalPeriod": 60} for key in ("token", "request")]
        properties = {**found.body["properties"], "rateLimits": rules}
        store.put(replace(found, body={**found.body, "properties": properties}))


async def in_process(answer: Callable[[Request], Awaitable[Response]], case: Case, count: int) -> float:
    """Microseconds of CPU per request, the best of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        requests = [case.request() for _ in range(count)]
        began = process_time()
        for request in requests:
            response = await answer(request)
            await read(response)
            assert response.status == case.status, response
        best = min(best, process_time() - began)
    return best / count * 1e6


async def nothing(request: Request) -> Response:
    return Response(200, Headers([("Content-Type", "application/json")]), b"x" * 600)


async def over_port(port: int, pid: int, case: Case, count: int) -> float:
    """Microseconds of the server's CPU per request, the best of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = _cpu(pid)
        each = count // CONNECTIONS
        await asyncio.gather(*(_ask(port, case, each) for _ in range(CONNECTIONS)))
        best = min(best, (_cpu(pid) - began) / (each * CONNECTIONS))
    return best * 1e6


async def _ask(port: int, case: Case, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asking = case.encoded()
    for _ in range(count):
        writer.write(asking)
        head = await reader.readuntil(b"\r\n\r\n")
        assert int(head[9:12]) == case.status, head
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await (reader.readexactly(int(length)) if length else reader.readuntil(b"\r\n0\r\n\r\n"))
    writer.close()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def serve_bare() -> None:
    """The reference over a port: everything but a plane."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        await Listener(nothing, SystemClock()).start(opened)
        print(opened.getsockname()[1], flush=True)
        await asyncio.Event().wait()


def measure(folder: Path, requests: int) -> None:
    store = Store(folder / "local" / "azure.db")
    cases = prepare(store)
    world = World(store, SystemClock(), random.Random(1), WorldSettings())
    bare = Case("reference", "a", (), b"{}", 200)
    few = max(100, requests // 3)
    inside = [asyncio.run(in_process(world.serve, case, few)) for case in cases]
    inside.append(asyncio.run(in_process(nothing, bare, requests)))
    store.close()
    endpoint = process.start(folder / "local", 0, 0)
    reference = subprocess.Popen(
        [sys.executable, __file__, "--serve-bare"], stdout=subprocess.PIPE, text=True
    )
    try:
        port = urlsplit(endpoint.gateway_url).port or 0
        over = [asyncio.run(over_port(port, endpoint.pid, case, requests)) for case in cases]
        assert reference.stdout is not None
        bare_port = int(reference.stdout.readline())
        over.append(asyncio.run(over_port(bare_port, reference.pid, bare, requests)))
    finally:
        reference.kill()
        reference.wait()
        process.stop(folder / "local")
    print(f"{'us of CPU per request':24} {'in process':>10} {'over a port':>12} {'goal':>6}")
    for case, one, other in zip([*cases, bare], inside, over, strict=True):
        print(f"{case.name:24} {one:10.0f} {other:12.0f} {case.goal:>6}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--serve-bare", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_bare:
        asyncio.run(serve_bare())
        return
    with tempfile.TemporaryDirectory() as name:
        deploy(Path(name))
        measure(Path(name), given.requests)


if __name__ == "__main__":
    main()
