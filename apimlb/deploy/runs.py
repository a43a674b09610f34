"""Who runs which command: told to others who would change the same stack at the same time."""

import getpass
import os
import socket
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One command in one process; `id` tells it from every other."""

    command: str
    id: str
    user: str
    host: str
    pid: int

    def __str__(self) -> str:
        return f"apimlb {self.command} of {self.user} on {self.host} (process {self.pid})"

    def is_over(self, here: "Run") -> bool:
        """Whether its process has ended, as far as can be seen from `here`: on the same machine alone."""
        return self.host == here.host and self.pid != here.pid and not _lives(self.pid)


def this_run(command: str) -> Run:
    """This process, about to run the command."""
    return Run(command, uuid.uuid4().hex[:12], _user(), socket.gethostname(), os.getpid())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id that has no name, as in containers
        return f"uid {os.getuid()}"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
