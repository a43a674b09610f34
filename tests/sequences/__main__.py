"""`python -m tests.sequences --count 1000 --seed 1`: so many lives of a stack, each another.

With `--real N` come N more in which every command is a process of its own, over ports, and is really killed.

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
EVERY = 60
"""Seconds between two lines of progress."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sequences", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="so many in this process")
    parser.add_argument("--real", type=int, default=0, help="and so many with real processes, over ports")
    parser.add_argument("--seed", type=int, default=1, help="sequences are the same for the same seed")
    parser.add_argument("--first", type=int, default=0, help="the first sequence of the seed, from 0")
    parser.add_argument("--seconds", type=float, default=0.0, help="when to stop at the latest; 0: never")
    parser.add_argument("--most", type=int, default=20, help="different failures after which to stop")
    parser.add_argument("--tries", type=int, default=60, help="trials that shortening a failure may take")
    parser.add_argument("--replay", type=Path, help="play this sequence, with --real 1 over ports")
    given = parser.parse_args()
    if given.replay:
        return _replay(given.replay, bool(given.real))
    kinds = 0
    for real, count in ((False, given.count), (True, given.real)):
        if count:
            kinds += _play(given, range(given.first, given.first + count), real=real)
    return 1 if kinds else 0


def _play(given: argparse.Namespace, numbers: range, *, real: bool) -> int:
    """Play these sequences of the seed and tell of them; how many different failures there were."""
    counts: Counter[str] = Counter()
    failures: dict[str, Failure] = {}
    failed = played = 0
    began = told = time.perf_counter()
    for number in numbers:
        sequence = draw(given.seed * BLOCK + number)
        found = trial(sequence, counts, real=real)
        played += 1
        if found is not None:
            failed += 1
            if found.what not in failures:
                failures[found.what] = found
                say(f"FAILED (seed {given.seed}, sequence {number}): {found.what}\n{found.told}")
                if given.tries:
                    short = shortest(sequence, found.what, given.tries, real=real)
                    say(f"# shortened:\n{written(short)}\n")
        spent = time.perf_counter() - began
        if time.perf_counter() - told > EVERY:
            told = time.perf_counter()
            say(f"# {played} of {len(numbers)} in {spent:.0f} s, {failed} failed")
        if len(failures) >= given.most or (given.seconds and spent > given.seconds):
            break
    where = "with real processes" if real else "in process"
    say(
        f"seed {given.seed}, sequences {numbers.start} to {numbers.start + played - 1} {where}: "
        f"{played} in {spent:.0f} s, {played / spent:.2f} sequences/s"
    )
    for name, count in sorted(counts.items()):
        say(f"  {count:>7}  {name}")
    say(f"{failed} failed, in {len(failures)} different ways")
    return len(failures)


def _replay(file: Path, real: bool) -> int:
    found = trial(read(file.read_text(encoding="utf-8")), real=real)
    say("nothing is wrong" if found is None else f"{found.what}\n{found.told}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
