"""How long the commands take that change nothing, against `python -c pass` in the same run.

    python benchmarks/start_up.py [--rounds 20]

Starts a local Azure, deploys a stack to it and runs each command in a process of its own, in turns, with byte
code cached as for whoever installed the package. Prints the fastest and the median wall time of each in
milliseconds, the ratio of the medians to the bare interpreter's, and the median processor time, which says
more on a machine that has something else to do.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from apimlb.cli.workspace import workspace
from apimlb.local import process

REFERENCE = "python -c pass"
COMMANDS = (
    ("--help",),
    ("gateway-url", "--local"),
    ("plan", "--local"),
    ("status", "--local"),
    ("env", "--local"),
    ("deploy", "--local", "--yes"),
)


@dataclass
class Times:
    """Of all runs of one command, in seconds."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, command: list[str], environment: dict[str, str]) -> None:
        used, began = children_seconds(), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        self.wall.append(time.perf_counter() - began)
        self.processor.append(children_seconds() - used)


def children_seconds() -> float:
    """The processor time of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(rounds: int, environment: dict[str, str]) -> dict[str, Times]:
    script = str(Path(sys.executable).parent / "apimlb")
    commands = {REFERENCE: [sys.executable, "-c", "pass"]}
    commands |= {f"apimlb {' '.join(words)}": [script, *words] for words in COMMANDS}
    times = {name: Times() for name in commands}
    subprocess.run([script, "deploy", "--local", "--yes"], check=True, capture_output=True, env=environment)
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].run(command, environment)
    return times


def show(times: dict[str, Times]) -> None:
    reference = statistics.median(times[REFERENCE].wall)
    print(f"{'':<28}{'fastest ms':>12}{'median ms':>12}{'ratio':>9}{'processor ms':>15}")
    for name, found in times.items():
        median = statistics.median(found.wall)
        used = statistics.median(found.processor)
        print(
            f"{name:<28}{min(found.wall) * 1000:>12.0f}{median * 1000:>12.0f}"
            f"{median / reference:>8.1f}×{used * 1000:>15.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as state:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("APIMLB_")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        stack = Path(state) / "apimlb.toml"
        stack.touch()
        environment |= {"APIMLB_STATE": state, "APIMLB_CONFIG": str(stack)}
        azure = workspace(local=True, state=state).local_azure
        process.start(azure, gateway_port=0, arm_port=0)
        try:
            show(measured(rounds, environment))
        finally:
            process.stop(azure)


if __name__ == "__main__":
    main()
