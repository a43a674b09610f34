"""The question before something is changed, asked on a terminal."""

import os
import pty
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine
from tests.integration.watched import WatchedAzure


def asked(folder: Path, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run a command on a terminal of its own, answer its question, and give its exit code and all it said."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        # Who runs the tests in the background has them, and all that they start, ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execve(
            sys.executable,
            [sys.executable, "-P", "-m", "apimlb", *arguments],
            {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"},
        )
    said = b""
    while chunk := read(terminal):
        said += chunk
        if b"[y/N]" in said and answer:
            os.write(terminal, answer)
            answer = b""
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.fixture
def local(watched: WatchedAzure, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    return lambda answer, *arguments: asked(tmp_path, answer, *arguments, "--local")


def test_the_first_ctrl_c_leaves(local: Callable[..., tuple[int, str]]) -> None:
    code, said = local(b"\x03", "deploy")
    assert code == 130
    assert "nothing was changed" in said
    assert "Traceback" not in said
    assert "Ctrl-C again" not in said


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b"\x04"], ids=["no", "nothing", "end"])
def test_anything_but_yes_changes_nothing(local: Callable[..., tuple[int, str]], answer: bytes) -> None:
    code, said = local(answer, "deploy")
    assert (code, "nothing was changed" in said) == (1, True)


def test_yes_goes_ahead_and_hints_lead_back_to_the_same_place(
    local: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    assert local(b"y\n", "deploy")[0] == 0
    CommandLine(tmp_path, {}).ok("deploy", "--local", "--yes", "--state", ".apimlb")
    code, said = local(b"y\n", "destroy", "--state", ".apimlb", "--stack", "apimlb")
    assert code == 0
    assert "`apimlb destroy --purge --state .apimlb --stack apimlb --local`" in said
