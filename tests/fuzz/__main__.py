"""`python -m tests.fuzz --seconds 300 --seed 1`: throw texts at the policy language until the time is up.

Prints cases a second and every failure with the shortest text that still fails; exits 1 when there was one.
"""

import argparse
import sys
import time

from tests.fuzz.trial import KINDS, Failure, shortest, trial


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1, help="cases are the same for the same seed")
    parser.add_argument("--most", type=int, default=20, help="different failures after which to stop")
    given = parser.parse_args()
    started = time.perf_counter()
    counts = dict.fromkeys(KINDS, 0)
    outcomes: dict[str, int] = {}
    failures: dict[str, Failure] = {}
    slowest = 0.0
    seed = given.seed * 1_000_000
    while time.perf_counter() - started < given.seconds and len(failures) < given.most:
        kind = list(KINDS)[seed % len(KINDS)]
        before = time.perf_counter()
        found = trial(kind, seed)
        slowest = max(slowest, time.perf_counter() - before)
        counts[kind] += 1
        seed += 1
        if isinstance(found, str):
            outcomes[found] = outcomes.get(found, 0) + 1
        elif found.what not in failures:
            failures[found.what] = found
            say(f"FAILED ({kind}, case {seed - 1}): {found.what}\n{shortest(found)}\n")
    seconds = time.perf_counter() - started
    total = sum(counts.values())
    say(f"{total} cases in {seconds:.0f} s, {total / seconds:.0f} cases/s, the slowest {slowest:.2f} s")
    say(", ".join(f"{name} {count}" for name, count in (*counts.items(), *sorted(outcomes.items()))))
    say(f"{len(failures)} different failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
