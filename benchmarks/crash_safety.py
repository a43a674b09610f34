"""Whether a killed local Azure comes back with everything that it had answered for.

    python benchmarks/crash_safety.py [--writes 2000] [--kills 40] [--seed 1]

Four clients create, change and delete resource groups over ARM's port while the server is killed (SIGKILL) at
random moments and started again on the same state. After each start every group is compared with what was
last acknowledged; of the writes that were under way either outcome is right. Prints how many acknowledged
writes were lost and ends with 1 if any was.
"""

import argparse
import http.client
import json
import os
import random
import signal
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from apimlb.local import process
from apimlb.local.process import Endpoint

CLIENTS = 4
VERSION = "2025-04-01"
GONE = None


@dataclass
class Ledger:
    """What one client was told: the version of each group or that it is gone, and what is under way."""

    known: dict[str, int | None] = field(default_factory=dict)
    under_way: dict[str, int | None] = field(default_factory=dict)
    acknowledged: int = 0


class Client(threading.Thread):
    """Writes until the connection breaks."""

    def __init__(self, endpoint: Endpoint, token: str, name: str, ledger: Ledger, seed: str) -> None:
        super().__init__(daemon=True)
        self._arm = Arm(endpoint, token)
        self._prefix = name
        self._ledger = ledger
        self._rng = random.Random(seed)

    def run(self) -> None:
        try:
            for name, version in self._wishes():
                self._ledger.under_way = {name: version}
                self._arm.write(name, version)
                self._ledger.known[name] = version
                self._ledger.under_way = {}
                self._ledger.acknowledged += 1
        except (OSError, http.client.HTTPException):
            pass  # killed: what was under way stays so

    def _wishes(self) -> Iterator[tuple[str, int | None]]:
        """Of ten writes about six create, three change and one deletes."""
        known = self._ledger.known
        number = len(known)
        while True:
            there = [name for name, version in known.items() if version is not GONE]
            dice = self._rng.random()
            if dice < 0.6 or not there:
                number += 1
                yield f"{self._prefix}-{number}", 1
            else:
                name = self._rng.choice(there)
                yield name, GONE if dice > 0.9 else (known[name] or 0) + 1


class Arm:
    """One connection to ARM's port."""

    def __init__(self, endpoint: Endpoint, token: str) -> None:
        address = urlsplit(endpoint.arm_url)
        context = ssl.create_default_context(cafile=endpoint.ca)
        self._connection = http.client.HTTPSConnection(
            address.hostname or "", address.port, timeout=20, context=context
        )
        self._groups = f"/subscriptions/{endpoint.subscription_id}/resourcegroups"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def write(self, name: str, version: int | None) -> None:
        body = {"location": "eastus2", "tags": {"version": str(version)}}
        if version is GONE:
            self._ask("DELETE", f"/{name}")
        else:
            self._ask("PUT", f"/{name}", body)

    def groups(self) -> dict[str, int]:
        found = json.loads(self._ask("GET", ""))["value"]
        return {group["name"]: int(group["tags"]["version"]) for group in found}

    def _ask(self, method: str, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, f"{self._groups}{path}?api-version={VERSION}", data, self._headers)
        reply = self._connection.getresponse()
        said = reply.read()
        if reply.status >= 300:
            raise SystemExit(f"{method} {path}: {reply.status} {said.decode()}")
        return said


def start(state: Path) -> tuple[Endpoint, str]:
    endpoint = process.start(state, gateway_port=0, arm_port=0)
    asked = {"audience": "https://management.azure.com"}
    return endpoint, process.control(state, "POST", "/apimlb/token", asked)["token"]


def life(state: Path, ledgers: list[Ledger], writes: int, seed: str) -> None:
    """Start, let the clients have so many more writes acknowledged, kill."""
    endpoint, token = start(state)
    clients = [
        Client(endpoint, token, f"c{number}", ledger, f"{seed}/{number}")
        for number, ledger in enumerate(ledgers)
    ]
    goal = sum(ledger.acknowledged for ledger in ledgers) + writes
    for client in clients:
        client.start()
    while sum(ledger.acknowledged for ledger in ledgers) < goal and any(c.is_alive() for c in clients):
        time.sleep(0.0005)
    os.kill(endpoint.pid, signal.SIGKILL)
    os.waitpid(endpoint.pid, 0)
    for client in clients:
        client.join()


def lost(found: dict[str, int], ledger: Ledger) -> int:
    """How many acknowledged writes are not there; the ledger then takes over what is."""
    missing = 0
    for name in {*ledger.known, *ledger.under_way}:
        there = found.get(name, GONE)
        right = {ledger.known.get(name, GONE)}
        right |= {ledger.under_way[name]} if name in ledger.under_way else set()
        missing += there not in right
        ledger.known[name] = there
    ledger.under_way = {}
    return missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writes", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    ledgers = [Ledger() for _ in range(CLIENTS)]
    missing = kills = 0
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        state = Path(directory)
        while sum(ledger.acknowledged for ledger in ledgers) < given.writes:
            life(state, ledgers, rng.randint(1, max(1, 2 * given.writes // given.kills)), str(rng.random()))
            kills += 1
            endpoint, token = start(state)
            found = Arm(endpoint, token).groups()
            missing += sum(lost(found, ledger) for ledger in ledgers)
            process.stop(state)
    seconds = time.perf_counter() - began
    acknowledged = sum(ledger.acknowledged for ledger in ledgers)
    print(f"{acknowledged} acknowledged writes, {kills} kills, {missing} lost, {seconds:.0f} s")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
