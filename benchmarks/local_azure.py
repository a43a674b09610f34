"""How soon the local Azure answers, and how much memory it takes after many requests.

    python benchmarks/local_azure.py [--rounds 7] [--requests 100000]

Start: from spawning the server until its ARM port has answered, fastest of several rounds on a state that
was there before and on one that was not, less what `python -c pass` takes in the same run. Byte code is
cached, as it is for whoever installed the package: PYTHONDONTWRITEBYTECODE leaves the environment.

Memory: resident set of the server after the start, after a tenth of the requests and after all of them.
Each is a chat completion, a fifth of them streamed, through the gateway to one account among three; no two
have the same question, user or headers, and one in fifty has a wrong key.
"""

import argparse
import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apimlb.local import process
from apimlb.local.process import Endpoint

GOAL_SECONDS = 0.7
GOAL_MIB = 80
CLIENTS = 16
CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
CONFIG = """
name = "bench"
[deployments.chat]
model = "gpt-5.1"
version = "2025-11-13"
capacity = 900
"""


def bare_python() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began


def start(state: Path) -> tuple[Endpoint, float]:
    """`process.start` returns once the ARM port has answered."""
    began = time.perf_counter()
    endpoint = process.start(state, gateway_port=0, arm_port=0)
    return endpoint, time.perf_counter() - began


def starts(rounds: int) -> None:
    """Print the fastest start of each kind."""
    best = {"python -c pass": 9e9, "a new state": 9e9, "the state of before": 9e9}
    for _ in range(rounds):
        best["python -c pass"] = min(best["python -c pass"], bare_python())
        with tempfile.TemporaryDirectory() as directory:
            for kind in ("a new state", "the state of before"):
                _, seconds = start(Path(directory))
                best[kind] = min(best[kind], seconds)
                process.stop(Path(directory))
    bare = best.pop("python -c pass")
    print(f"python -c pass          {bare:6.3f} s")
    for kind, seconds in best.items():
        print(f"up on {kind:<17} {seconds - bare:6.3f} s beyond it (goal {GOAL_SECONDS} s)")


def memory(pid: int) -> float:
    """MiB resident."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("this system does not tell how much memory a process has")


def deploy(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """A stack of three accounts behind a gateway; gives what a client reads."""
    (folder / "apimlb.toml").write_text(CONFIG)
    apimlb = [sys.executable, "-m", "apimlb"]
    subprocess.run(
        [*apimlb, "deploy", "--local", "--yes"], cwd=folder, env=environment, check=True, capture_output=True
    )
    told = subprocess.run(
        [*apimlb, "env", "--local", "--format", "json"],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    variables: dict[str, str] = json.loads(told.stdout)
    return variables


def ask(connection: http.client.HTTPConnection, key: str, number: int) -> int:
    """One request, like no other before it."""
    body: dict[str, Any] = {
        "messages": [{"role": "user", "content": f"Question {number}"}],
        "max_completion_tokens": 16,
        "stream": number % 5 == 0,
        "user": f"user-{number}",
    }
    headers = {"api-key": key, "x-request": str(number), "Content-Type": "application/json"}
    connection.request("POST", CHAT, json.dumps(body), headers)
    reply = connection.getresponse()
    reply.read()
    return reply.status


def drive(url: str, key: str, numbers: range, seen: dict[int, int]) -> None:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    for number in numbers:
        status = ask(connection, key if number % 50 else f"wrong-{number}", number)
        seen[status] = seen.get(status, 0) + 1
    connection.close()


async def load(url: str, key: str, numbers: range) -> dict[int, int]:
    """Send the requests over several connections; counts of the statuses that came back."""
    seen: dict[int, int] = {}
    parts = [numbers[turn::CLIENTS] for turn in range(CLIENTS)]
    await asyncio.gather(*(asyncio.to_thread(drive, url, key, part, seen) for part in parts))
    return seen


def grow(requests: int) -> None:
    """Print how much memory the server has on the way."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        environment = {**os.environ, "APIMLB_STATE": str(folder / "state"), "APIMLB_TARGET": "local"}
        state = folder / "state" / "local"
        endpoint, _ = start(state)
        try:
            print(f"after the start         {memory(endpoint.pid):6.1f} MiB (goal {GOAL_MIB} MiB)")
            variables = deploy(folder, environment)
            print(f"after a deployment      {memory(endpoint.pid):6.1f} MiB")
            key = variables["AZURE_OPENAI_API_KEY"]
            first = requests // 10
            for numbers in (range(first), range(first, requests)):
                began = time.perf_counter()
                seen = asyncio.run(load(endpoint.gateway_url, key, numbers))
                rate = len(numbers) / (time.perf_counter() - began)
                counts = ", ".join(f"{count} × {status}" for status, count in sorted(seen.items()))
                print(
                    f"after {numbers.stop:>7} requests  {memory(endpoint.pid):6.1f} MiB "
                    f"({counts}; {rate:.0f} a second)"
                )
        finally:
            process.stop(state)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=100_000)
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    starts(given.rounds)
    if given.requests:
        grow(given.requests)


if __name__ == "__main__":
    main()
