"""How fast a deploy is beside the slowest chain of what Azure has to do for it, and how many calls it takes.

    python benchmarks/deploy_speed.py [--time-scale 1] [--strategy backend-pool]

Starts a local Azure whose operations take as long as was recorded, and runs the commands in processes of
their own: a first deploy, one that changes nothing, set-capacity. The critical path is the longest chain of
the first deploy's steps, by what each needs and by what may not run at once, in the seconds that the local
Azure itself takes for each: no deploy can be faster. Printed are its steps with Azure's seconds and those
that the deploy took, the ratio of the whole command to it, and the calls of each command as the local Azure
saw them. What an empty command takes stands beside, since it is in the whole.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apimlb.cli.options import Common
from apimlb.cli.wiring import open_session
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, SERVICE, kind_of
from apimlb.local import process
from apimlb.local.arm.apim import apis, deferred
from apimlb.local.arm.apim.shape import create_seconds
from apimlb.local.arm.cognitive import accounts, deployments
from apimlb.stack.resources import Resource

GOAL_RATIO = 1.03
GOAL_READS = 40
GOAL_NOTHING_SECONDS = 2.0
API = "microsoft.apimanagement/service/apis"
ASKED_BY_POST = ("/listsecrets", "/checknameavailability", "/checkdomainavailability")
LOOKS = ("/operationresults/", "/operationsstatuses/")


@dataclass(frozen=True)
class Step:
    """One step of a deploy: what Azure takes for it, and when it ran (seconds since the command began)."""

    resource: Resource
    azure: float
    start: float
    end: float

    @property
    def took(self) -> float:
        return self.end - self.start


def azure_seconds(resource: Resource) -> float:
    """What the local Azure takes to create it, when operations take as long as was recorded."""
    kind = kind_of(resource.id)
    if kind == SERVICE:
        return create_seconds(resource.body["sku"]["name"])
    return {
        API: apis.WRITE_SECONDS,
        f"{API}/operations": apis.WRITE_SECONDS,
        ACCOUNT: accounts.CREATE_SECONDS,
        DEPLOYMENT: deployments.WRITE_SECONDS,
        "microsoft.apimanagement/service/namedvalues": deferred.SECONDS,
    }.get(kind, 0.0)


def steps_of(stack: Sequence[Resource], journal: Path, began: float, scale: float) -> list[Step]:
    """The steps that the journal tells of, in the order in which they began."""
    by_key = {resource.key: resource for resource in stack}
    times: dict[str, dict[str, float]] = {}
    for text in journal.read_text().splitlines():
        line = json.loads(text)
        if line.get("id") in by_key:
            times.setdefault(line["id"], {})[line["event"]] = line["at"] - began
    steps = [
        Step(by_key[key], azure_seconds(by_key[key]) / scale, at["running"], at["done"])
        for key, at in times.items()
    ]
    return sorted(steps, key=lambda step: step.start)


def critical_path(steps: Sequence[Step]) -> list[Step]:
    """The longest chain in Azure's seconds; of what may not run at once, each needs the one before."""
    longest: dict[str, list[Step]] = {}
    last: dict[str, str] = {}
    for step in steps:
        before = {need.lower() for need in step.resource.needs} & longest.keys()
        exclusive = step.resource.exclusive.lower()
        before |= {last[exclusive]} if exclusive in last else set()
        chain = max((longest[key] for key in before), key=seconds, default=[])
        longest[step.resource.key] = [*chain, step]
        if exclusive:
            last[exclusive] = step.resource.key
    return max(longest.values(), key=seconds)


def seconds(chain: Sequence[Step]) -> float:
    return sum(step.azure for step in chain)


def calls_in(lines: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Requests by what they are for."""
    return Counter(sort_of(line["method"], urlsplit(line["url"]).path.lower()) for line in lines)


def sort_of(method: str, path: str) -> str:
    if "/oauth2/" in path or "openid-configuration" in path:
        return "tokens"
    if any(part in path for part in LOOKS) and method == "GET":
        return "looks"
    if method in ("GET", "HEAD") or path.endswith(ASKED_BY_POST):
        return "reads"
    return "deletions" if method == "DELETE" else "writes"


class Commands:
    """Runs commands against one local Azure and counts what they ask of it."""

    def __init__(self, folder: Path, wire_log: Path) -> None:
        self._options = ["--local", "--state", str(folder), "--config", str(folder / "apimlb.toml")]
        self._wire_log = wire_log
        self._seen = 0
        self.began = 0.0

    def run(self, *arguments: str) -> float:
        """Seconds that the command took; raises `CalledProcessError` when it fails."""
        command = [sys.executable, "-m", "apimlb", *arguments, *self._options]
        self.began, began = time.time(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=clean())
        return time.perf_counter() - began

    def calls(self) -> Counter[str]:
        """What was asked since this was last called."""
        lines = self._wire_log.read_text().splitlines()
        fresh, self._seen = lines[self._seen :], len(lines)
        return calls_in([json.loads(line) for line in fresh])


def clean() -> dict[str, str]:
    """The environment with byte code cached, as it is for whoever installed the package."""
    hidden = {"PYTHONDONTWRITEBYTECODE", "APIMLB_WIRE_LOG"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


def table(counts: Mapping[str, Counter[str]]) -> None:
    sorts = ("reads", "writes", "deletions", "looks", "tokens")
    print(f"{'calls':<22}" + "".join(f"{name:>11}" for name in sorts))
    for command, counted in counts.items():
        print(f"{command:<22}" + "".join(f"{counted[name]:>11}" for name in sorts))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--time-scale", type=float, default=1.0, help="how many times faster than Azure")
    parser.add_argument("--strategy", default="backend-pool", choices=["backend-pool", "retry"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "apimlb.toml").write_text(f'strategy = "{chosen.strategy}"\n')
        wire_log, state = folder / "wire.ndjson", folder / "local"
        options = ["--lro", "realistic", "--time-scale", str(chosen.time_scale), "--wire-log", str(wire_log)]
        process.start(state, gateway_port=0, arm_port=0, options=options)
        try:
            measure(folder, wire_log, chosen.time_scale)
        finally:
            process.stop(state)
    return 0


def measure(folder: Path, wire_log: Path, scale: float) -> None:
    commands = Commands(folder, wire_log)
    bare = min(commands.run("gateway-url", "--help") for _ in range(3))
    said = Common(local=True, state=str(folder), config=str(folder / "apimlb.toml"))
    session, place = open_session(said), said.place
    stack = session.desired(session.group())
    commands.calls()
    counts: dict[str, Counter[str]] = {}
    first = commands.run("deploy", "--yes")
    counts["first deploy"] = commands.calls()
    (journal,) = (place.directory / "runs").glob("*-deploy-*.ndjson")
    path = critical_path(steps_of(stack, journal, commands.began, scale))
    nothing = min(commands.run("deploy", "--yes") for _ in range(3))
    counts["no change (of three)"] = Counter({k: n // 3 for k, n in commands.calls().items()})
    changed = commands.run("set-capacity", "40")
    counts["set-capacity"] = commands.calls()
    print(f"{'critical path':<40}{'Azure s':>9}{'deploy s':>10}{'began at':>10}")
    for step in path:
        print(f"{step.resource.label:<40}{step.azure:>9.2f}{step.took:>10.2f}{step.start:>10.2f}")
    print(f"{'in all':<40}{seconds(path):>9.2f}{first:>10.2f}")
    print(f"ratio {first / seconds(path):.3f} (goal {GOAL_RATIO}); an empty command takes {bare:.2f} s")
    asked = counts["no change (of three)"]
    goal = f"goal {GOAL_NOTHING_SECONDS} s, {GOAL_READS} reads, no write"
    print(f"no change {nothing:.2f} s, {asked['reads']} reads, {asked['writes']} writes ({goal})")
    print(f"set-capacity {changed:.2f} s")
    table(counts)


if __name__ == "__main__":
    sys.exit(main())
