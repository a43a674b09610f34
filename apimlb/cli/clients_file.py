"""`clients add`, `clients remove` and `apimlb.toml`: a list that the file has is changed there too."""

from collections.abc import Sequence
from pathlib import Path

from apimlb.cli.stack_file import read, write


def mentioned(file: Path) -> frozenset[str]:
    """The clients that the file names, in lower case."""
    document = read(file)
    return frozenset(str(id).lower() for id in document.get("clients") or ())


def change_clients(file: Path, clients: Sequence[str]) -> bool:
    """Make these the file's clients where it names any; comments and layout stay. Whether it does."""
    document = read(file)
    there = document.get("clients")
    if there is None:
        return False
    for index in reversed(range(len(there))):
        if str(there[index]).lower() not in clients:
            del there[index]
    lowered = [str(id).lower() for id in there]
    # On a line of its own where the list has several: `append` would put it behind a line's comment.
    add = there.add_line if "\n" in there.as_string() else there.append
    for id in clients:
        if id not in lowered:
            add(id)
    write(file, document)
    return True
