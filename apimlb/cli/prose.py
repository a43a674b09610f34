"""Errors into prose on stderr, without colour library: what, where, what next."""

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from apimlb.cli.hints import about_file, completed, repeated, without_login
from apimlb.errors import ApimlbError

if TYPE_CHECKING:
    from logging import Logger

UNREAD = 141
"""The exit code of a command whose output nobody reads on: what a shell says of one that SIGPIPE ended."""


class Voice:
    """How much is said on stderr, and whether in colour. There is one, as there is one stderr."""

    quiet = False
    verbose = False
    color = True
    log = ""
    """Where the log is, if one is written."""


voice = Voice()


def speak(*, quiet: bool, verbose: bool, color: bool) -> None:
    """Set the voice for the rest of the process."""
    voice.quiet, voice.verbose, voice.color = quiet, verbose, color


def say(line: str = "") -> None:
    """One line of talk, unless it is to be quiet; commands in backticks get the flags that lead to where this
    one works."""
    if not voice.quiet:
        _say(line)


def _logger() -> "Logger":
    import logging  # deferred: only --debug needs it

    return logging.getLogger("apimlb")


def add(line: str) -> None:
    """One line that only somebody wants who asked for more."""
    if voice.verbose:
        say(line)


def _say(line: str) -> None:
    if voice.log:
        _logger().info("%s", line)
    _print(completed(line), sys.stderr)


def show(data: str) -> None:
    """Data: what a script reads."""
    _print(data, sys.stdout)


def show_json(document: Any) -> None:
    """One JSON document."""
    show(json.dumps(document, indent=2))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 client`, `2 clients`."""
    return f"{number} {one}" if number == 1 else f"{number} {many or f'{one}s'}"


def complain(error: ApimlbError) -> None:
    """What went wrong and where, why, what else did, what to do next, and last and dim what Azure said."""
    _say(f"Error: {error.what}")
    if error.where:
        _say(f"  where: {error.where}")
    _say(f"  why:   {error.why or error.usual_why}")
    for note in getattr(error, "__notes__", ()):
        _say(f"  also:  {note}")
    _print(f"  next:  {_next_step(error)}", sys.stderr)
    if voice.log:
        _logger().error("%s", error.what, exc_info=error)
        _say(f"  log:   {voice.log}")
    if error.raw:
        _say(_dim(f"  {error.raw}"))


def _dim(text: str) -> str:
    """Faint on a terminal that shows colour."""
    colored = voice.color and sys.stderr.isatty() and "NO_COLOR" not in os.environ
    return f"\x1b[2m{text}\x1b[0m" if colored else text


def document_of(error: ApimlbError, code: int) -> dict[str, Any]:
    """The same as a JSON document."""
    return {
        "error": {
            "kind": type(error).__name__,
            "what": error.what,
            "where": error.where,
            "why": error.why or error.usual_why,
            "also": list(getattr(error, "__notes__", ())),
            "next": _next_step(error),
            "raw": error.raw,
            "exit_code": code,
        }
    }


def _next_step(error: ApimlbError) -> str:
    text = completed(about_file(without_login(error.next_step or error.usual_step, sys.argv[1:])))
    return repeated(text, sys.argv[1:])


def speak_plainly() -> None:
    """Let what a terminal's encoding does not have be written in another way instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def leave_unread() -> NoReturn:
    """End quietly: whoever read the output has gone."""
    for stream in (sys.stdout, sys.stderr):
        _silence(stream)
    raise SystemExit(UNREAD)


def let_go() -> None:
    """Give up what cannot be written: it would fail once more at the end, and end in another exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _silence(stream)


def _silence(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _print(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        leave_unread()
    except OSError:
        # What is left in its buffer would fail once more at the end, and end in another exit code.
        _silence(stream)
        raise
