"""Mixed load with faults on order: is there an error that nobody injected, or anything that stays open?

    python benchmarks/soak.py [--seconds 600] [--workers 16] [--seed 1]

Starts the local Azure on free ports in this process, deploys a stack to it by the command line, and lets
clients ask for chats, streams, embeddings and responses, through the gateway and from an account itself; some
leave in the middle, some have a wrong key or ask for what is not there. Meanwhile the first account and the
gateway answer 503, wait, reset connections and cut streams, each as often as ordered. A failure that clients
may see is marked with a header, or counted.

Prints requests by what came of them, errors that were not injected, and what was open and resident after a
second of load and at the end. Ends with 1 when an error was not injected or something stayed open.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apimlb.http import Headers, Request, Response, close, read
from apimlb.local import process
from apimlb.local.server.control import CONTROL_HEADER, STOP_HEADER
from apimlb.local.server.outbound import Outbound
from apimlb.local.server.runner import Options, run
from apimlb.wall_clock import SystemClock

# More capacity than is asked for: where the others' quota is spent, an account that fails on order
# leaves a client with a 503 of the gateway's own.
CONFIG = """
name = "soak"
[deployments.chat]
model = "gpt-5.1"
version = "2025-11-13"
capacity = 900
[deployments.embedding]
model = "text-embedding-3-small"
version = "1"
capacity = 900
"""
CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
EMBEDDINGS = "/openai/deployments/embedding/embeddings?api-version=2024-10-21"
PAUSE = 0.03
MARK = "x-injected"
MOST_GROWTH_MIB = 48.0
SETTLE_SECONDS = 2.0


@dataclass
class Soak:
    """What is asked of whom, and what came of it."""

    url: str
    key: str
    account: str
    rng: random.Random
    client: Outbound
    seen: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    broken: int = 0

    async def work(self, until: float) -> None:
        kinds = list(KINDS)
        weights = [KINDS[kind][0] for kind in kinds]
        while time.monotonic() < until:
            [kind] = self.rng.choices(kinds, weights)
            await self.once(kind)
            await asyncio.sleep(PAUSE)

    async def once(self, kind: str) -> None:
        try:
            self.seen[await KINDS[kind][1](self)] += 1
        except (ConnectionError, asyncio.IncompleteReadError):
            self.seen["broken off"] += 1
            self.broken += 1

    async def ask(self, path: str, body: Any, **headers: str) -> Response:
        headers = headers or {"api_key": self.key}
        named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        named.set("Content-Type", "application/json")
        data = json.dumps(body).encode()
        return await self.client.send(Request("POST", self.url + path, named, data))

    def judge(self, kind: str, response: Response, right: bool, status: int = 200) -> str:
        """The name to count by; what is neither right nor injected is strange."""
        if MARK in response.headers:
            return "injected"
        if response.status == 429 and response.headers.get("Retry-After"):
            return "throttled"
        if response.status == status and right:
            return kind
        said = response.body[:200] if isinstance(response.body, bytes) else b"a stream"
        self.strange.append(f"{kind}: {response.status} {said!r}")
        return "strange"

    def question(self, **more: Any) -> dict[str, Any]:
        text = f"Question {self.rng.getrandbits(32)}"
        messages = [{"role": "user", "content": text}]
        return {"model": "chat", "messages": messages, "max_completion_tokens": 30, **more}


async def chat(soak: Soak) -> str:
    response = await soak.ask(soak.rng.choice([CHAT, "/openai/v1/chat/completions"]), soak.question())
    return soak.judge("chat", response, b'"choices"' in await read(response))


async def stream(soak: Soak) -> str:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    response = await soak.ask(CHAT, soak.question(**options))
    return soak.judge("stream", response, (await read(response)).endswith(b"data: [DONE]\n\n"))


async def left(soak: Soak) -> str:
    response = await soak.ask(CHAT, soak.question(stream=True))
    if isinstance(response.body, bytes):
        return soak.judge("left", response, right=True)
    await anext(aiter(response.body), b"")
    await close(response)
    return soak.judge("left", response, right=True)


async def cancelled(soak: Soak) -> str:
    try:
        async with asyncio.timeout(soak.rng.uniform(0, 0.004)):
            await read(await soak.ask(CHAT, soak.question(stream=True)))
    except TimeoutError:
        pass
    return "cancelled"


async def embeddings(soak: Soak) -> str:
    response = await soak.ask(EMBEDDINGS, {"input": [f"Text {soak.rng.getrandbits(32)}"]})
    return soak.judge("embeddings", response, b'"embedding"' in await read(response))


async def responses(soak: Soak) -> str:
    body = {"model": "chat", "input": "Hello", "stream": soak.rng.random() < 0.5}
    response = await soak.ask("/openai/v1/responses", body)
    return soak.judge("responses", response, b'"output_tokens"' in await read(response))


async def direct(soak: Soak) -> str:
    """An account itself, which takes no keys."""
    response = await soak.ask(CHAT, soak.question(), Host=soak.account, api_key="none")
    await read(response)
    return soak.judge("direct", response, right=True, status=403)


async def stranger(soak: Soak) -> str:
    response = await soak.ask(CHAT, soak.question(), api_key=f"wrong-{soak.rng.getrandbits(16)}")
    await read(response)
    return soak.judge("stranger", response, right=True, status=401)


async def missing(soak: Soak) -> str:
    response = await soak.ask("/openai/v1/chat/completions", soak.question(model="nobody"))
    await read(response)
    return soak.judge("missing", response, right=True, status=404)


KINDS: dict[str, tuple[int, Callable[[Soak], Awaitable[str]]]] = {
    "chat": (30, chat),
    "stream": (25, stream),
    "left": (5, left),
    "cancelled": (5, cancelled),
    "embeddings": (10, embeddings),
    "responses": (10, responses),
    "direct": (5, direct),
    "stranger": (5, stranger),
    "missing": (5, missing),
}

MARKED = [[MARK, "1"]]
# Of the first account and of the gateway; the other accounts stay well, so that clients need not notice.
ACCOUNT_FAULTS: list[dict[str, Any]] = [
    {"status": 503, "headers": MARKED, "count": 2},
    {"status": 500, "headers": MARKED, "count": 2},
    {"status": 429, "headers": [*MARKED, ["Retry-After", "1"]], "count": 2},
    {"delay": 0.2, "count": 4},
    {"reset": True, "count": 2},
    {"cut": 2, "count": 1},
]
GATEWAY_FAULTS: list[dict[str, Any]] = [
    {"status": 503, "headers": MARKED, "count": 1},
    {"delay": 0.2, "count": 2},
    {"reset": True, "count": 1},
    {"cut": 1, "count": 1},
]


async def storm(soak: Soak, control: "Control", until: float) -> None:
    """Order a fault twice a second."""
    while time.monotonic() < until:
        if soak.rng.random() < 0.7:
            fault = {**soak.rng.choice(ACCOUNT_FAULTS), "plane": "openai", "url": f"https://{soak.account}/*"}
        else:
            fault = {**soak.rng.choice(GATEWAY_FAULTS), "plane": "gateway"}
        await control.ask("POST", "faults", fault)
        await asyncio.sleep(0.5)
    control.breaks = sum(
        order["happened"]
        for order in await control.ask("GET", "faults")
        if order["reset"] or order["cut"] >= 0
    )
    await control.ask("DELETE", "faults")


@dataclass
class Control:
    """The local Azure's own paths; `breaks` are the connections that were broken off on order."""

    endpoint: process.Endpoint
    breaks: int = 0

    async def ask(self, method: str, noun: str, body: Any = None) -> Any:
        headers = {CONTROL_HEADER: self.endpoint.client_secret, STOP_HEADER: "1"}
        found = await asyncio.to_thread(_asked, self.endpoint, method, f"/apimlb/{noun}", headers, body)
        return json.loads(found) if found else None


def _asked(endpoint: process.Endpoint, method: str, path: str, headers: dict[str, str], body: Any) -> bytes:
    address = urlsplit(endpoint.arm_url)
    context = ssl.create_default_context(cafile=endpoint.ca)
    connection = http.client.HTTPSConnection(
        address.hostname or "", address.port, timeout=10, context=context
    )
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        return connection.getresponse().read()
    finally:
        connection.close()


@dataclass(frozen=True)
class Open:
    """What this process holds."""

    connections: int
    tasks: int
    files: int
    mib: float

    @classmethod
    def now(cls) -> "Open":
        links = []
        for name in os.listdir("/proc/self/fd"):
            try:
                links.append(os.readlink(f"/proc/self/fd/{name}"))
            except FileNotFoundError:
                continue
        sockets = sum(link.startswith("socket:") for link in links)
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return cls(sockets, len(asyncio.all_tasks()), len(links) - sockets, resident / 2**20)


def deploy(folder: Path) -> dict[str, str]:
    """Deploy by the command line; what an application reads."""
    (folder / "apimlb.toml").write_text(CONFIG)
    environment = {**os.environ, "APIMLB_TARGET": "local", "HOME": str(folder)}

    def apimlb(*arguments: str) -> str:
        command = [sys.executable, "-m", "apimlb", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"apimlb {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    apimlb("deploy", "--yes")
    found: dict[str, str] = json.loads(apimlb("env", "--format", "json"))
    return found


async def load(soak: Soak, control: Control, workers: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(soak.work(until))
        group.create_task(storm(soak, control, until))


async def settled(soak: Soak) -> Open:
    """What is open once the client's connections are closed and the server has noticed."""
    await soak.client.close()
    await asyncio.sleep(SETTLE_SECONDS)
    return Open.now()


async def soak_in(folder: Path, seconds: float, workers: int, seed: int) -> int:
    state = folder / ".apimlb" / "local"
    server = asyncio.create_task(run(Options(state, 0, 0, seed)))
    endpoint = None
    while endpoint is None:
        await asyncio.sleep(0.05)
        if server.done():
            await server
        endpoint = await asyncio.to_thread(process.read, state)
    app = await asyncio.to_thread(deploy, folder)
    control = Control(endpoint)
    soak = Soak(
        app["AZURE_OPENAI_ENDPOINT"],
        app["AZURE_OPENAI_API_KEY"],
        "",
        random.Random(seed),
        Outbound(SystemClock()),
    )
    # Every deployment is asked once, so that all accounts are known.
    while len(rows := (await control.ask("GET", "status"))["accounts"]) < 3:
        await chat(soak)
    soak.account = f"{sorted(row['name'] for row in rows)[0]}.openai.azure.com"
    await load(soak, control, workers, 1.0)
    before = await settled(soak)
    soak.seen.clear()
    soak.broken = 0
    began = time.monotonic()
    await load(soak, control, workers, seconds)
    lasted = time.monotonic() - began
    after = await settled(soak)
    await control.ask("POST", "stop")
    await server
    return report(soak, lasted, control.breaks, before, after)


def report(soak: Soak, seconds: float, breaks: int, before: Open, after: Open) -> int:
    total = sum(soak.seen.values())
    unexplained = len(soak.strange) + max(0, soak.broken - breaks)
    print(f"requests {total} in {seconds:.0f} s, {total / seconds:.0f} a second")
    for name, count in soak.seen.most_common():
        print(f"  {name:<14}{count:>8}")
    print(f"connections broken off on order {breaks}, seen by clients {soak.broken}")
    print(f"errors that were not injected {unexplained}")
    for line in soak.strange[:10]:
        print(f"  {line}")
    print(f"{'':<14}{'start':>8}{'end':>8}")
    leaked = False
    for name in ("connections", "tasks", "files"):
        start, end = getattr(before, name), getattr(after, name)
        leaked = leaked or end > start
        print(f"{name:<14}{start:>8}{end:>8}")
    print(f"{'memory, MiB':<14}{before.mib:>8.1f}{after.mib:>8.1f}")
    grown = after.mib - before.mib > MOST_GROWTH_MIB
    return 1 if unexplained or leaked or grown or not total else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(soak_in(Path(folder), given.seconds, given.workers, given.seed))


if __name__ == "__main__":
    sys.exit(main())
