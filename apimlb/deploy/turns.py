"""One command at a time on a stack of this machine: `.apimlb/<stack>/lock`, held while it runs.

The file names who has it:

    {"command": "deploy", "user": "ada", "host": "desk", "pid": 4711, "since": seconds since the epoch}

The system lets go of the lock however its process ends, so that what a killed one left in the file is not
believed.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from apimlb.clock import Clock, utc
from apimlb.deploy.patience import HOUR
from apimlb.deploy.runs import Run
from apimlb.deploy.state import write_through
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import ConflictError
from apimlb.files import make_folder

LOCK = "lock"
LONGEST = 3 * HOUR
"""Seconds for which another command is waited for."""
_LOOK = 1.0


@contextmanager
def turn(folder: Path, run: Run, clock: Clock) -> Iterator[None]:
    """Hold the stack's folder for this command; another that has it is waited for, and who that is is told.

    Raises `ConflictError` when the other does not end.
    """
    make_folder(folder)
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        end = clock.now() + LONGEST
        while not _locked(file):
            left = end - clock.now()
            who = _holder(file)
            if left <= 0:
                raise ConflictError(
                    f"{who} is still at this stack",
                    where=str(folder / LOCK),
                    next_step="End that process if it hangs, then run the same command again.",
                )
            wait(clock, Wait("the stack", f"{who} is at it", _LOOK, left, trouble=True))
        _write(file, _line(run, clock))
        try:
            yield
        finally:
            _write(file, "")


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _line(run: Run, clock: Clock) -> str:
    holder = {"command": run.command, "user": run.user, "host": run.host, "pid": run.pid}
    return json.dumps({**holder, "since": clock.now()}) + "\n"


def _holder(file: TextIO) -> str:
    """Who has the lock, in words; it may not have written that down yet."""
    file.seek(0)
    try:
        told: dict[str, Any] = json.loads(file.read())
        since = utc(float(told["since"]))
        return f"apimlb {told['command']} (process {told['pid']}, since {since:%H:%M:%S} UTC)"
    except (ValueError, KeyError, TypeError):
        return "Another command"


def _write(file: TextIO, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    write_through(file)
