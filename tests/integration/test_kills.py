"""A command that is killed is finished by the same command: a sample of what `make kill-matrix` tries."""

from pathlib import Path

import pytest

from tests.kills.stage import Blow, Stage
from tests.kills.stories import STORIES

# Each at a write in its middle third, some before Azure has done it and some after.
SAMPLE = {
    "first deploy": True,
    "account added": True,
    "account removed": False,
    "another way of billing": True,
    "strategy changed": False,
    "set-capacity in the file": True,
    "destroy": False,
    "destroy, then deploy": True,
    "deploy of what is kept": False,
}


@pytest.mark.parametrize("name", SAMPLE)
def test_a_killed_command_is_finished_by_the_next_one(name: str, tmp_path: Path) -> None:
    stage = Stage(STORIES[name], tmp_path)
    first, last = (len(stage.writes) + 2) // 3, max(1, 2 * len(stage.writes) // 3)
    write = first + len(name) % (max(first, last) - first + 1)
    assert list(stage.problems(Blow(write, done=SAMPLE[name]))) == []
