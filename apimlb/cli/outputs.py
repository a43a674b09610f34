"""Files that a command writes at the end of its work: refused before it, and never instead of its answer."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from apimlb.cli.answers import Answer
from apimlb.cli.prose import complain
from apimlb.errors import ApimlbError, ConfigError, from_system


def require_writable(file: Path | None, flag: str) -> None:
    """Raise `ConfigError` where the file that the flag names could not be written."""
    if file is None:
        return
    folder = file.absolute().parent
    if file.is_dir():
        wrong = "a folder"
    elif not folder.is_dir():
        wrong = "a file in a folder that is not there"
    elif not os.access(file if file.exists() else folder, os.W_OK):
        wrong = "a file that cannot be written"
    else:
        return
    raise ConfigError(
        f"{flag} names {wrong}.",
        where=str(file),
        next_step="Name a file that can be written, in a folder that is there.",
    )


def saved(answer: Answer, save: Callable[[], object], unsaved: Answer | None = None) -> Answer:
    """The answer, once it is saved; where that fails, why on stderr and the answer all the same (`unsaved`,
    where it has to say more then), with the failure's exit code."""
    try:
        save()
    except (ApimlbError, OSError) as error:
        told = error if isinstance(error, ApimlbError) else from_system(error)
        if told is None:
            raise
        complain(told)
        return replace(unsaved or answer, code=told.exit_code)
    return answer
