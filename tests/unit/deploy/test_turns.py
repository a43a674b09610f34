"""Two commands on one stack of one machine take turns, and say whose turn it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apimlb.deploy.runs import Run, this_run
from apimlb.deploy.turns import LOCK, LONGEST, turn
from apimlb.deploy.waiting import Audience, Wait, heard_by
from apimlb.errors import ConflictError
from tests.fakes import ManualClock

FIRST, SECOND = Run("deploy", "1", "ada", "desk", 4711), Run("destroy", "2", "ada", "desk", 4712)


def test_the_second_waits_and_says_for_whom(tmp_path: Path) -> None:
    clock, heard = ManualClock(1_800_000_000.0), list[Wait]()
    first = turn(tmp_path, FIRST, clock)
    first.__enter__()

    def hear(wait: Wait) -> None:
        heard.append(wait)
        if len(heard) == 3:
            first.__exit__(None, None, None)

    with heard_by(Audience(hear)), turn(tmp_path, SECOND, clock):
        assert '"pid": 4712' in (tmp_path / LOCK).read_text()
    assert len(heard) == 3
    assert heard[0].reason == "apimlb deploy (process 4711, since 08:00:00 UTC) is at it"
    assert (tmp_path / LOCK).read_text() == ""


def test_one_that_never_ends_is_told(tmp_path: Path) -> None:
    clock = ManualClock()
    with (
        turn(tmp_path, FIRST, clock),
        pytest.raises(ConflictError, match="apimlb deploy"),
        turn(tmp_path, SECOND, clock),
    ):
        pass
    assert sum(clock.slept) == pytest.approx(LONGEST, abs=2)


def test_a_turn_ends_with_its_command_however_that_ends(tmp_path: Path) -> None:
    clock = ManualClock()
    with pytest.raises(KeyboardInterrupt), turn(tmp_path, FIRST, clock):
        raise KeyboardInterrupt
    with turn(tmp_path, SECOND, clock):
        pass
    assert clock.slept == []


def test_what_a_killed_command_left_is_not_believed(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from apimlb.wall_clock import SystemClock
from apimlb.deploy.runs import this_run
from apimlb.deploy.turns import turn
with turn(Path({str(tmp_path)!r}), this_run("deploy"), SystemClock()):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert '"command": "deploy"' in (tmp_path / LOCK).read_text()
    clock = ManualClock()
    with turn(tmp_path, SECOND, clock):
        pass
    assert clock.slept == []


def test_a_holder_that_has_not_said_who_it_is_is_another_command(tmp_path: Path) -> None:
    clock, heard = ManualClock(), list[Wait]()
    first = turn(tmp_path, FIRST, clock)
    first.__enter__()
    (tmp_path / LOCK).write_text("{")

    def hear(wait: Wait) -> None:
        heard.append(wait)
        first.__exit__(None, None, None)

    with heard_by(Audience(hear)), turn(tmp_path, SECOND, clock):
        pass
    assert heard[0].reason == "Another command is at it"


def test_this_run_knows_its_process() -> None:
    here, again = this_run("deploy"), this_run("deploy")
    assert here.pid == os.getpid()
    assert here.id != again.id
    assert not here.is_over(again)


def test_a_run_of_this_machine_whose_process_is_gone_is_over() -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    here = this_run("deploy")
    gone = Run("deploy", "1", here.user, here.host, ended.pid)
    assert gone.is_over(here)
    assert not Run("deploy", "1", here.user, "elsewhere", ended.pid).is_over(here)
    assert not Run("deploy", "1", here.user, here.host, os.getppid()).is_over(here)
