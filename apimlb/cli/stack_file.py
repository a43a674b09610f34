"""`apimlb.toml` read and changed by a command: what it does not change stays, layout and comments too."""

import errno
import os
from pathlib import Path

import tomlkit
from tomlkit import TOMLDocument

from apimlb.files import replace_file


def read(file: Path) -> TOMLDocument:
    """What stands in the file, nothing where there is none."""
    return tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else tomlkit.document()


def write(file: Path, document: TOMLDocument) -> None:
    """Replace the file, through a link the file itself, which keeps who may read it; raises `OSError` when it
    cannot be written, and it is as it was."""
    target = file.resolve()
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    replace_file(target, tomlkit.dumps(document).encode(), target.stat().st_mode & 0o777)
