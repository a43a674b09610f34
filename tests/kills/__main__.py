"""`python -m tests.kills`: kill every command of the stories at each of its writes, before and after it.

Prints a line for each story and every problem with the point at which it was killed; exits 1 when there was
one.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.kills.stage import Blow, Stage
from tests.kills.stories import STORIES


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def blows(writes: int, every: int) -> Iterator[Blow]:
    for number in range(2 * writes):
        if number % every == 0:
            yield Blow(number // 2 + 1, done=bool(number % 2))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--story", default="", help="only those whose names have this in them")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th point")
    given = parser.parse_args()
    kills = failed = 0
    for name, story in STORIES.items():
        if given.story not in name:
            continue
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:
            stage = Stage(story, Path(folder))
            bad = 0
            for blow in blows(len(stage.writes), given.every):
                kills += 1
                found = list(stage.problems(blow))
                bad += bool(found)
                for problem in found:
                    say(f"  {name}, {blow} ({stage.writes[blow.write - 1]}): {problem}")
            failed += bad
            say(f"{name}: {len(stage.writes)} writes, {bad} failures")
    say(f"{kills} kills, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
