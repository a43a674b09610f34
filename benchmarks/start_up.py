"""How long the command line takes to start, against `python -c pass` in the same run.

    python benchmarks/start_up.py [--rounds 20]

Prints the fastest wall time of each in milliseconds and its ratio to the bare interpreter.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def fastest(commands: dict[str, list[str]], rounds: int, environment: dict[str, str]) -> dict[str, float]:
    """The fastest of `rounds` runs of each command, in turns, in seconds."""
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            best[name] = min(best[name], time.perf_counter() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    script = str(Path(sys.executable).parent / "apimlb")
    with tempfile.TemporaryDirectory() as state:
        cached = Path(state) / "local" / "stacks" / "apimlb"
        cached.mkdir(parents=True)
        known = {"version": 1, "gateway_url": "http://127.0.0.1:4580", "subscription_id": "s"}
        (cached / "state.json").write_text(json.dumps(known))
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "apimlb gateway-url": [script, "gateway-url", "--local", "--state", state],
            "apimlb --help": [script, "--help"],
        }
        best = fastest(commands, rounds, dict(os.environ))
    reference = best["python -c pass"]
    for name, seconds in best.items():
        print(f"{name:<20} {seconds * 1000:7.1f} ms  {seconds / reference:5.1f} ×")


if __name__ == "__main__":
    main()
