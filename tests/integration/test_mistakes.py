"""Whatever a user gets wrong ends in a message that says what, where and what next, never in a traceback."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from apimlb.cli.capacity_file import change_capacity
from tests.integration.command_line import CommandLine, free_port
from tests.integration.here import Ran, folder, run_here, well_told
from tests.patience import PATIENCE

STACK = (
    ["plan", "--local"],
    ["deploy", "--local", "--yes"],
    ["set-capacity", "5", "--local"],
    ["gateway-url", "--local"],
    ["env", "--local"],
    ["destroy", "--purge", "--local", "--yes"],
    ["render"],
    ["plan"],
)
BROKEN_FILES: dict[str, Callable[[Path], object]] = {
    "latin-1": lambda file: file.write_bytes('name = "café"'.encode("latin-1")),
    "no TOML": lambda file: file.write_text("name ="),
    "nested too deep": lambda file: file.write_text("a = " + "[" * 9000),
    "a folder": lambda file: file.mkdir(),
    "a number for a name": lambda file: file.write_text("name = 5"),
    "a link to itself": lambda file: file.symlink_to(file),
    "zero bytes": lambda file: file.write_bytes(b"\0" * 20),
}


@pytest.mark.parametrize("broken", BROKEN_FILES)
@pytest.mark.parametrize("command", STACK, ids=" ".join)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, broken: str, command: list[str]) -> None:
    BROKEN_FILES[broken](tmp_path / "apimlb.toml")
    ran = run_here(tmp_path, *command)
    assert not well_told(ran)
    assert "apimlb.toml" in ran.err


def test_ports_that_cannot_be_are_told_before_anything_starts(tmp_path: Path) -> None:
    port = str(free_port())
    ran = run_here(tmp_path, "local", "up", "--gateway-port", port, "--arm-port", port)
    assert (ran.code, well_told(ran)) == (2, False)
    assert port in ran.err
    assert not (tmp_path / ".apimlb").exists()


SHADOWS = (
    "secrets",
    "typing",
    "json",
    "random",
    "asyncio",
    "dataclasses",
    "email",
    "ssl",
    "sqlite3",
    "logging",
)


@pytest.mark.parametrize("called", [["-m", "apimlb"], [str(Path(sys.executable).parent / "apimlb")]], ids=len)
def test_files_of_the_users_stand_in_for_no_module(tmp_path: Path, called: list[str]) -> None:
    names = SHADOWS if called[0] == "-m" else (*SHADOWS, "apimlb", "collections", "types")
    for name in names:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *called, *arguments] if called[0] == "-m" else [*called, *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        run("local", "up", "--gateway-port", "0", "--arm-port", "0")
        url = run("deploy", "--local", "--yes").split()[-1]
        assert run("gateway-url", "--local").strip() == url
        assert "chat" in run("local", "status")
    finally:
        CommandLine(tmp_path.parent, {})("local", "down", "--state", str(tmp_path / ".apimlb"))


def test_references_go_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert well_told(run_here(tmp_path, "render", "--references", "a/b"))
    assert well_told(run_here(tmp_path, "render", "--references", "a/b", "--check"))
    (tmp_path / "a/b/retry.xml").write_bytes(b"\xff")
    ran = run_here(tmp_path, "render", "--references", "a/b", "--check")
    assert (ran.code, well_told(ran)) == (2, False)
    (tmp_path / "file").write_text("")
    assert not well_told(run_here(tmp_path, "render", "--references", "file"))


def bound(here: Path, *arguments: str) -> Ran:
    """The command as one whom permissions bind; root is, once it has given up its right to pass over them."""
    give_up = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if give_up and subprocess.run([*give_up, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root, who may write everywhere, cannot give that up here")
    done = subprocess.run(
        [*give_up, sys.executable, "-P", "-m", "apimlb", *arguments],
        cwd=here,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "command",
    [["local", "up"], ["deploy", "--local", "--yes"], ["local", "status"], ["render", "--references", "x"]],
    ids=" ".join,
)
def test_a_folder_that_may_not_be_written_to(command: list[str]) -> None:
    with folder() as here:
        here.chmod(0o555)
        ran = bound(here, *command)
        here.chmod(0o755)
    assert not well_told(ran)
    if command != ["local", "status"]:
        assert (ran.code, "Permission denied" in ran.err) == (2, True)


def test_a_configuration_that_may_not_be_written_is_left_and_told(tmp_path: Path) -> None:
    """Azure has the capacity by then: the message says so, and the file is whole."""
    text = '[deployments.chat]\nmodel = "m"\nversion = "1"\ncapacity = 30\n'
    file = tmp_path / "apimlb.toml"
    file.write_text(text)
    (tmp_path / "apimlb.toml.new").mkdir()
    with pytest.raises(OSError, match=r"apimlb\.toml") as raised:
        change_capacity(file, 50)
    assert raised.value.errno in (errno.EISDIR, errno.EPERM)
    assert file.read_text() == text


class TestOutput:
    def piped(self, here: Path, command: str) -> subprocess.CompletedProcess[str]:
        apimlb = f"{sys.executable} -m apimlb"
        return subprocess.run(
            ["bash", "-c", command.replace("apimlb", apimlb)],
            cwd=here,
            env={"PATH": os.environ["PATH"], "HOME": str(here)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    @pytest.mark.parametrize("command", ["render", "--help", "local status", "policy eval '@(1)'"])
    def test_that_nobody_reads_ends_quietly(self, tmp_path: Path, command: str) -> None:
        done = self.piped(tmp_path, f"apimlb {command} 2>&1 > >(exec 0<&-) | cat; exit ${{PIPESTATUS[0]}}")
        assert done.returncode in (0, 6, 141), done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        assert "BrokenPipe" not in done.stdout + done.stderr

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
    @pytest.mark.parametrize(
        "command",
        ["render", "policy eval '@(1)'", "--help", "--no-color status -h", "version", "-o json version"],
    )
    def test_that_does_not_fit_on_the_disk_is_told(self, tmp_path: Path, command: str) -> None:
        done = self.piped(tmp_path, f"apimlb {command} > /dev/full")
        assert done.returncode == 5, done.stderr
        assert "No space left" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "apimlb-error.log").exists()

    def test_that_the_terminal_cannot_write_is_written_otherwise(self, tmp_path: Path) -> None:
        (tmp_path / "c.json").write_text('{"request": {"method": "→"}}')
        done = self.piped(
            tmp_path,
            "PYTHONIOENCODING=ascii apimlb policy eval '@(context.Request.Method)' --context c.json",
        )
        assert (done.returncode, done.stdout) == (0, "System.String \\u2192\n")


@pytest.mark.parametrize(
    "command", [[], ["local"], ["local", "fault", "add"], ["policy", "trace"], *STACK[:3]]
)
def test_every_command_tells_its_help_in_both_ways(tmp_path: Path, command: list[str]) -> None:
    words = [word for word in command if not word.startswith("--")]
    short, long = (run_here(tmp_path, *words, option) for option in ("-h", "--help"))
    assert (short.code, long.code) == (0, 0), short.err
    assert short.out == long.out
    assert "Usage: apimlb" in short.out


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert run_here(tmp_path, "--version").out == f"apimlb {version('apimlb')}\n"
