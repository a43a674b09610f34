"""Runs the command line in this process: fast enough to throw hundreds of mistakes at it."""

import contextlib
import io
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from apimlb.cli.entry import main

CODES = {0, 1, 2, 3, 4, 5, 6}
"""The exit codes that the README lists, but for the interrupted ones."""


@dataclass(frozen=True)
class Ran:
    """One command's end."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.strip().splitlines()[-1]


def run_here(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Ran:
    """One command in the folder, with nothing of the machine's Azure in its environment."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code = 0
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _logging_as_before(),
        _called(arguments, {"HOME": str(folder), "PATH": os.environ["PATH"], **(environ or {})}),
    ):
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
    return Ran(code, _written(out), _written(err))


@contextlib.contextmanager
def _logging_as_before() -> Iterator[None]:
    """With --debug a command has all of its process logged; what comes after it is not its own."""
    root = logging.getLogger()
    level, handlers = root.level, [*root.handlers]
    try:
        yield
    finally:
        root.setLevel(level)
        for added in [each for each in root.handlers if each not in handlers]:
            root.removeHandler(added)
            added.close()


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _called(arguments: tuple[str, ...], environ: Mapping[str, str]) -> Iterator[None]:
    argv, stdin, kept = sys.argv, sys.stdin, dict(os.environ)
    sys.argv, sys.stdin = ["apimlb", *arguments], io.StringIO()
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        sys.argv, sys.stdin = argv, stdin
        os.environ.clear()
        os.environ.update(kept)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder; a command that got further than expected may have started a local Azure in it, which ends."""
    with tempfile.TemporaryDirectory() as made:
        try:
            yield Path(made)
        finally:
            if (Path(made) / ".apimlb" / "local").is_dir():
                down = [sys.executable, "-P", "-m", "apimlb", "local", "down"]
                subprocess.run(down, cwd=made, capture_output=True, check=False)


def well_told(ran: Ran) -> bool:
    """Whether the command did what it was to; a failure has to have a code of the README's, and to say what
    happened and what next."""
    assert ran.code in CODES, ran.err
    assert "Traceback" not in ran.err
    assert "in a way it should not" not in ran.err
    if ran.code and "Error: " in ran.err:
        assert ran.err.count("Error: ") == 1, ran.err
        assert "  next:  " in ran.err or "Try 'apimlb" in ran.err, ran.err
    return ran.code == 0
