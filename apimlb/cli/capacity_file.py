"""`set-capacity` and `apimlb.toml`: a capacity that the file sets is changed there too, nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tomlkit import TOMLDocument

from apimlb.cli.stack_file import read, write


def capacities_in(file: Path, deployment: str = "") -> list[str]:
    """The deployments whose capacity the file sets: this one, or all (`""`)."""
    return list(dict.fromkeys(name for _, _, name in _places(read(file), deployment)))


def change_capacity(file: Path, capacity: int, deployment: str = "") -> list[str]:
    """Write `capacity` wherever the file sets another one, for one deployment or for all (`""`).

    Returns the names of the deployments that were changed; comments and layout stay. Raises `OSError` when
    the file cannot be written; it is then as it was.
    """
    document = read(file)
    changed: dict[str, None] = {}
    for table, key, name in _places(document, deployment):
        if table[key] != capacity:
            table[key] = capacity
            changed[name] = None
    if changed:
        write(file, document)
    return list(changed)


def _places(document: TOMLDocument, deployment: str) -> Iterator[tuple[Any, str, str]]:
    """Every table and key in which a capacity stands, a deployment's own or an account's, and its name."""
    for name, table in document.get("deployments", {}).items():
        if deployment in ("", name) and "capacity" in table:
            yield table, "capacity", name
    for account in document.get("accounts", ()):
        sizes = account.get("capacity", {})
        for name in sizes:
            if deployment in ("", name):
                yield sizes, name, name
