"""How soon the local Azure answers, and how much memory it takes after many requests.

    python benchmarks/local_azure.py [--rounds 7] [--requests 100000]

Start: from spawning the server until its ARM port has answered, fastest of several rounds on a state that
was there before and on one that was not, less what `python -c pass` takes in the same run. Byte code is
cached, as it is for whoever installed the package: PYTHONDONTWRITEBYTECODE leaves the environment.

Memory: resident set of the server after the start, after a quarter of the requests and after all of them. Of
twenty, one gets a new token from Entra and asks ARM; the others are chat completions, a fifth of them
streamed, through the gateway to one account among three. No two have the same question, user or headers, and
one in fifty has a wrong key. What the server remembers on purpose (a thousand tokens) is full after the
quarter.
"""

import argparse
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from apimlb.local import process
from apimlb.local.process import Endpoint

GOAL_SECONDS = 0.7
GOAL_MIB = 80
CLIENTS = 8
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


class Caller:
    """One connection to the gateway and one to ARM."""

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        gateway, arm = (urlsplit(url) for url in (endpoint.gateway_url, endpoint.arm_url))
        context = ssl.create_default_context(cafile=endpoint.ca)
        self._endpoint = endpoint
        self._key = key
        self._gateway = http.client.HTTPConnection(gateway.hostname or "", gateway.port, timeout=60)
        self._arm = http.client.HTTPSConnection(arm.hostname or "", arm.port, timeout=60, context=context)

    def drive(self, numbers: range, seen: dict[int, int]) -> None:
        for number in numbers:
            if number % 20 == 7:
                status = self._manage()
            else:
                status = ask(self._gateway, self._key if number % 50 else f"wrong-{number}", number)
            seen[status] = seen.get(status, 0) + 1
        self._gateway.close()
        self._arm.close()

    def _manage(self) -> int:
        token = self._sign_in()
        path = f"/subscriptions/{self._endpoint.subscription_id}/resourcegroups?api-version=2025-04-01"
        self._arm.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        reply = self._arm.getresponse()
        reply.read()
        return reply.status

    def _sign_in(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._endpoint.client_id,
            "client_secret": self._endpoint.client_secret,
            "scope": "https://management.azure.com/.default",
        }
        path = f"/{self._endpoint.tenant_id}/oauth2/v2.0/token"
        self._arm.request("POST", path, urlencode(form))
        token: str = json.loads(self._arm.getresponse().read())["access_token"]
        return token


def load(endpoint: Endpoint, key: str, numbers: range) -> dict[int, int]:
    """Send the requests over several connections; counts of the statuses that came back."""
    seen: dict[int, int] = {}
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = [
            pool.submit(Caller(endpoint, key).drive, numbers[turn::CLIENTS], seen) for turn in range(CLIENTS)
        ]
        for part in parts:
            part.result()
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
            first = requests // 4
            for numbers in (range(first), range(first, requests)):
                began = time.perf_counter()
                seen = load(endpoint, key, numbers)
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
