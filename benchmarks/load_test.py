"""The same traffic simulated and sent: what `apimlb simulate` foresees, and what clients of `apimlb loadtest`
saw on the local Azure.

    .venv/bin/python benchmarks/load_test.py [--rpm 400] [--minutes 3] [--seed 7]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_APART = 3.0
"""Points that the two may differ by."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rpm", type=float, default=400.0)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--retries", type=int, default=0)
    parser.add_argument("--streams", type=float, default=0.3)
    asked = parser.parse_args()
    for strategy in ("backend-pool", "retry"):
        with tempfile.TemporaryDirectory() as folder:
            _compare(Path(folder), strategy, asked)


def _compare(folder: Path, strategy: str, asked: argparse.Namespace) -> None:
    shared = [
        "--rpm",
        asked.rpm,
        "--seed",
        asked.seed,
        "--retries",
        asked.retries,
        "--streams",
        asked.streams,
    ]
    (folder / "apimlb.toml").write_text(f'strategy = "{strategy}"\n')
    _run(folder, "local", "up", "--gateway-port", 0, "--arm-port", 0)
    try:
        _run(folder, "deploy", "--yes", "--local")
        # The deploy's own question opened a minute of each account: traffic would begin in the middle of it.
        _run(folder, "local", "clock", "advance", "2m")
        sent = _run(
            folder, "loadtest", "--local", *shared, "--embeddings", 0, "--duration", f"{asked.minutes * 60}s"
        )
    finally:
        _run(folder, "local", "down")
    (foreseen,) = _run(folder, "simulate", *shared, "--minutes", asked.minutes)["policies"]
    _show(strategy, foreseen, sent)


def _show(strategy: str, foreseen: dict[str, Any], sent: dict[str, Any]) -> None:
    refused = foreseen["statuses"].get("429", 0) / foreseen["requests"]
    rows = [("answered", foreseen["answered"], sent["answered"]), ("429", refused, sent["refused"])]
    shares = {row["account"]: row["share"] for row in sent["accounts"]}
    rows += [(f"share of {name}", share, shares[name]) for name, share in foreseen["answered_by"].items()]
    print(f"{strategy}: {foreseen['requests']} requests simulated, {sent['asked']} sent")
    print(f"  {'':24} simulate  loadtest  points apart (goal: {_APART:g} at most)")
    for name, one, other in rows:
        print(f"  {name:24} {one:8.1%}  {other:8.1%}  {abs(one - other) * 100:.1f}")


def _run(folder: Path, *words: object) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "apimlb", "--output", "json", "--quiet", *map(str, words)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
