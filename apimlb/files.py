"""Files and folders that are apimlb's own: out of version control, whole or not at all, private where they
hold a secret.

Standard library only, for every room.
"""

import errno
import os
from pathlib import Path

HOME = ".apimlb"
"""What the folder is called unless the user names another."""
IGNORE = ".gitignore"


def make_folder(folder: Path) -> None:
    """Make the folder, kept out of version control with all that is in it.

    So is the topmost folder that had to be made for it, and any `.apimlb` above it: they hold nothing else.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    named = [each for each in folder.parents if each.name == HOME]
    for own in {folder, *missing[-1:], *named}:
        ignore = own / IGNORE
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace the file whole: nobody reads half of it or a secret of another's, and a full disk leaves what
    was there. What is no file of the disk, such as a pipe, gets the data as it comes.

    Raises `IsADirectoryError` where a folder has the name, `FileNotFoundError` naming the missing folder.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not path.parent.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
