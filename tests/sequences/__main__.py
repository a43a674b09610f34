"""`python -m tests.sequences --count 1000 --seed 1`: so many lives of a stack, each another.

With `--real` every command is a process of its own, over ports, and is really killed.

Prints sequences a second, what was done how often, and every different failure with the shortest sequence
that still shows it; exits 1 when there was one. `--replay FILE` plays the sequence in a file instead.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from tests.sequences.drawing import draw
from tests.sequences.moves import read, written
from tests.sequences.trial import Failure, shortest, trial

BLOCK = 1_000_000
"""Between the first sequences of two seeds."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sequences", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="sequences are the same for the same seed")
    parser.add_argument("--first", type=int, default=0, help="the first sequence of the seed, from 0")
    parser.add_argument("--seconds", type=float, default=0.0, help="when to stop at the latest; 0: never")
    parser.add_argument("--most", type=int, default=20, help="different failures after which to stop")
    parser.add_argument("--tries", type=int, default=60, help="trials that shortening a failure may take")
    parser.add_argument("--real", action="store_true", help="the command line in processes, over ports")
    parser.add_argument("--replay", type=Path)
    given = parser.parse_args()
    if given.replay:
        return _replay(given.replay, given.real)
    counts: Counter[str] = Counter()
    failures: dict[str, Failure] = {}
    failed = played = 0
    began = time.perf_counter()
    for number in range(given.first, given.first + given.count):
        found = trial(draw(given.seed * BLOCK + number), counts, real=given.real)
        played += 1
        if found is not None:
            failed += 1
            if found.what not in failures:
                failures[found.what] = found
                _tell(given.seed, number, found, given.tries, given.real)
        spent = time.perf_counter() - began
        if len(failures) >= given.most or (given.seconds and spent > given.seconds):
            break
    _sum_up(given.seed, given.first, played, failed, len(failures), time.perf_counter() - began, counts)
    return 1 if failures else 0


def _tell(seed: int, number: int, found: Failure, tries: int, real: bool) -> None:
    sequence = draw(seed * BLOCK + number)
    say(f"FAILED (seed {seed}, sequence {number}): {found.what}")
    say(found.told)
    if tries:
        say(f"# shortened:\n{written(shortest(sequence, found.what, tries, real=real))}\n")


def _sum_up(
    seed: int, first: int, played: int, failed: int, kinds: int, seconds: float, counts: Counter[str]
) -> None:
    say(f"seed {seed}, sequences {first} to {first + played - 1}: {played} in {seconds:.0f} s, "
        f"{played / seconds:.2f} sequences/s")  # fmt: skip
    for name, count in sorted(counts.items()):
        say(f"  {count:>7}  {name}")
    say(f"{failed} failed, in {kinds} different ways")


def _replay(file: Path, real: bool) -> int:
    found = trial(read(file.read_text(encoding="utf-8")), real=real)
    say("nothing is wrong" if found is None else f"{found.what}\n{found.told}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
