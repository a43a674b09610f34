"""`set-capacity` and `apimlb.toml`: a capacity that the file sets is changed there too, nothing else."""

import errno
import os
from pathlib import Path

import tomlkit
from tomlkit import TOMLDocument

from apimlb.files import replace_file


def capacities_in(file: Path, deployment: str = "") -> list[str]:
    """The deployments whose capacity the file sets: this one, or all (`""`)."""
    return _setting(_read(file), deployment)


def change_capacity(file: Path, capacity: int, deployment: str = "") -> list[str]:
    """Write `capacity` wherever the file sets another one, for one deployment or for all (`""`).

    Returns the names of the deployments that were changed; comments and layout stay. Raises `OSError` when
    the file cannot be written; it is then as it was.
    """
    document = _read(file)
    tables = document.get("deployments", {})
    changed = [name for name in _setting(document, deployment) if tables[name]["capacity"] != capacity]
    for name in changed:
        tables[name]["capacity"] = capacity
    if changed:
        # Through a link to the file itself, which keeps who may read it.
        target = file.resolve()
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        replace_file(target, tomlkit.dumps(document).encode(), target.stat().st_mode & 0o777)
    return changed


def _read(file: Path) -> TOMLDocument:
    return tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else tomlkit.document()


def _setting(document: TOMLDocument, deployment: str) -> list[str]:
    tables = document.get("deployments", {})
    return [name for name, table in tables.items() if deployment in ("", name) and "capacity" in table]
