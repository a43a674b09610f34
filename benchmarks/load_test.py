"""The same traffic simulated and sent: what `apimlb simulate` foresees, and what clients of `apimlb loadtest`
saw on the local Azure.

    .venv/bin/python benchmarks/load_test.py [--rpm 240] [--minutes 20] [--seed 7]

The reference is what simulations of other seeds differ by from that of the same seed: chance alone. A short
run says little: in three minutes the shares of two seeds are eight points apart.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_APART = 3.0
"""Points that the two may differ by."""
_SEEDS = 3
"""How many others are simulated."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rpm", type=float, default=240.0)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--retries", type=int, default=0)
    parser.add_argument("--streams", type=float, default=0.3)
    asked = parser.parse_args()
    for strategy in ("backend-pool", "retry"):
        with tempfile.TemporaryDirectory() as folder:
            _compare(Path(folder), strategy, asked)


def _compare(folder: Path, strategy: str, asked: argparse.Namespace) -> None:
    shared = ["--rpm", asked.rpm, "--retries", asked.retries, "--streams", asked.streams]
    (folder / "apimlb.toml").write_text(f'strategy = "{strategy}"\n')
    _run(folder, "local", "up", "--gateway-port", 0, "--arm-port", 0)
    try:
        _run(folder, "deploy", "--yes", "--local")
        # The deploy's own question opened a minute of each account: traffic would begin in the middle of it.
        _run(folder, "local", "clock", "advance", "2m")
        here = ["--local", "--seed", asked.seed, "--embeddings", 0, "--duration", f"{asked.minutes * 60}s"]
        sent = _run(folder, "loadtest", *here, *shared)
    finally:
        _run(folder, "local", "down")
    others = [_foreseen(folder, shared, asked.minutes, asked.seed + more) for more in range(1, _SEEDS + 1)]
    _show(strategy, _foreseen(folder, shared, asked.minutes, asked.seed), others, sent)


def _foreseen(folder: Path, shared: Sequence[object], minutes: float, seed: int) -> dict[str, Any]:
    (foreseen,) = _run(folder, "simulate", *shared, "--seed", seed, "--minutes", minutes)["policies"]
    return dict(foreseen)


def _show(
    strategy: str, foreseen: dict[str, Any], others: Sequence[dict[str, Any]], sent: dict[str, Any]
) -> None:
    shares = {f"share of {row['account']}": row["share"] for row in sent["accounts"]}
    seen = {"answered": sent["answered"], "429": sent["refused"], **shares}
    chance = [_figures(each) for each in others]
    print(f"{strategy}: {foreseen['requests']} requests simulated, {sent['asked']} sent")
    print(f"  {'':24} simulate  loadtest  points apart (goal: {_APART:g} at most)  other seeds of simulate")
    for name, one in _figures(foreseen).items():
        apart = abs(one - seen[name]) * 100
        seeds = max(abs(one - other[name]) for other in chance) * 100
        print(f"  {name:24} {one:8.1%}  {seen[name]:8.1%}  {apart:12.1f}  {seeds:37.1f}")


def _figures(foreseen: dict[str, Any]) -> dict[str, float]:
    refused = foreseen["statuses"].get("429", 0) / foreseen["requests"]
    shares = {f"share of {name}": share for name, share in foreseen["answered_by"].items()}
    return {"answered": foreseen["answered"], "429": refused, **shares}


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
