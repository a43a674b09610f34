"""How a command line ends: an exit code; an error in prose, and as JSON where that was asked for."""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from typer.completion import get_completion_inspect_parameters
from typer.core import TyperGroup
from typer.exceptions import TyperException

from apimlb.cli.misuse import in_our_words
from apimlb.cli.options import wants_json
from apimlb.cli.prose import complain, document_of, leave_unread, let_go, show_json, speak_plainly
from apimlb.errors import ApimlbError, from_system
from apimlb.files import replace_file

_COMPLETION = "_APIMLB_COMPLETE"
DETAILED = "--detailed-exitcode"
"""With this flag of `plan` 2 means changes, so every error ends in 1."""


def run_to_its_end(commands: Any, arguments: Sequence[str]) -> NoReturn:
    """Run the command that the arguments name, and leave with its exit code."""
    assert isinstance(commands, TyperGroup)
    speak_plainly()
    if _COMPLETION in os.environ:
        get_completion_inspect_parameters()  # without it Typer knows no shell
    try:
        code = commands.main(list(arguments), prog_name="apimlb", standalone_mode=False)
    except BrokenPipeError:
        leave_unread()
    except Exception as error:
        end_with(error, arguments)
    sys.exit(code)


def _told(error: Exception) -> ApimlbError:
    """Whatever ended the command, as an error of ours."""
    match error:
        case ApimlbError():
            return error
        case TyperException():
            return in_our_words(error)
        case OSError():
            return from_system(error) or _confession(error)
        case _:
            return _confession(error)


def end_with(error: Exception, arguments: Sequence[str]) -> NoReturn:
    """Say what ended the command line, and leave with its exit code."""
    let_go()
    _end(_told(error), arguments)


def _end(error: ApimlbError, arguments: Sequence[str]) -> NoReturn:
    code = 1 if DETAILED in arguments else error.exit_code
    complain(error)
    if wants_json(arguments):
        show_json(document_of(error, code))
    sys.exit(code)


class Failure(ApimlbError):
    """A bug of ours."""

    exit_code = 70
    usual_why = "This is a mistake in apimlb, not in what you did."


def _confession(error: Exception) -> Failure:
    """The last door: a bug, told as one. Its details go where only its owner reads them."""
    details = "".join(traceback.format_exception(error)).encode(errors="backslashreplace")
    log = Path("apimlb-error.log")
    try:
        replace_file(log, details)
    except OSError:
        log = Path(tempfile.mkdtemp(prefix="apimlb-")) / log
        replace_file(log, details)
    return Failure(
        f"apimlb failed in a way it should not: {type(error).__name__}.",
        where=str(log),
        next_step="Look through that file for what nobody else should read, then report it with the rest.",
    )
