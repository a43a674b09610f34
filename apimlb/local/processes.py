"""Which process has a port or a folder, as Linux tells of the caller's own under /proc; elsewhere nobody is
known. Standard library only.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULE = "apimlb.local.server"
_LISTENING = "0A"
_DELETED = " (deleted)"
"""What Linux writes behind the path of what was deleted."""
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its command's name, the folder it works in, and, for a local Azure, where its state is."""

    pid: int
    name: str
    folder: Path
    state: Path | None = None

    def __str__(self) -> str:
        if self.state is not None:
            gone = "" if self.state.exists() else ", which was deleted"
            return f"the local Azure of {self.state}{gone} (process {self.pid})"
        return f"process {self.pid} ({self.name} in {self.folder})"


@dataclass(frozen=True, slots=True)
class Keeper:
    """The process of a local Azure; `bereft` of its folder, if that was deleted under it."""

    pid: int
    bereft: bool


def listener(port: int) -> Process | None:
    """Who listens at the port; None for nobody, and for somebody whose processes are not shown."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    if not sockets:
        return None
    return next((_process(pid) for pid in _pids() if sockets & set(_open_files(pid))), None)


def keeper(state: Path) -> Keeper | None:
    """The local Azure that has this folder as its state, or had it before it was deleted."""
    lock = str(state.absolute().parent.resolve() / state.name / "lock")
    for pid in _pids():
        if MODULE in _command(pid):
            files = set(_open_files(pid))
            if lock in files or f"{lock}{_DELETED}" in files:
                return Keeper(pid, bereft=lock not in files)
    return None


def is_alive(pid: int) -> bool:
    """Whether the process still runs: one that ended and was not waited for does not."""
    with contextlib.suppress(OSError, IndexError):
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _listening(port: int) -> Iterator[str]:
    """The inodes of the sockets that listen at the port."""
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _pids() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(each.name) for each in _PROC.iterdir() if each.name.isdecimal())


def _open_files(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for each in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield os.readlink(each)


def _command(pid: int) -> list[str]:
    try:
        text = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return []
    return text.split("\0")


def _process(pid: int) -> Process:
    command = _command(pid)
    folder = Path()
    with contextlib.suppress(OSError):
        folder = _where(os.readlink(_PROC / str(pid) / "cwd"))
    name = Path(command[0]).name if command else ""
    state = None
    if MODULE in command and "--state" in command:
        state = folder / command[command.index("--state") + 1]
    return Process(pid, name, folder, state)


def _where(link: str) -> Path:
    """The path in a link of Linux's, also of a folder that was deleted."""
    return Path(link if Path(link).exists() else link.removesuffix(_DELETED))
