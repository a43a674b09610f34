"""The texts that `--help` prints, kept in files beside this: `entry` prints them without importing a command.

python -m apimlb.cli.help_texts            writes them anew
python -m apimlb.cli.help_texts --check    says which are not as the commands have them
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from apimlb.cli.app import app
from apimlb.cli.prose import say
from apimlb.files import replace_file

COLUMNS = 80
FOLDER = Path(__file__).with_name("help")


def texts() -> dict[str, str]:
    """The text of every command by its words, as a terminal of 80 columns shows it."""
    return dict(_texts(typer.main.get_command(app), "apimlb", None))


def _texts(command: Any, words: str, above: Any) -> Iterator[tuple[str, str]]:
    # Typer leaves two columns of a terminal empty.
    settings = {**command.context_settings, "terminal_width": COLUMNS - 2}
    context = command.context_class(command, info_name=words.split()[-1], parent=above, **settings)
    yield words, command.get_help(context) + "\n"
    for name in command.list_commands(context) if isinstance(command, TyperGroup) else ():
        yield from _texts(command.commands[name], f"{words} {name}", context)


def kept() -> dict[str, str]:
    """The texts in the files."""
    return {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.txt")}


def main() -> None:
    made, found = texts(), kept()
    stale = sorted(words for words in made | found if made.get(words) != found.get(words))
    if "--check" in sys.argv:
        for words in stale:
            say(f"{words} --help is not as it is kept: run make texts")
        raise SystemExit(bool(stale))
    for words in found.keys() - made.keys():
        (FOLDER / f"{words}.txt").unlink()
    for words in stale:
        if words in made:
            replace_file(FOLDER / f"{words}.txt", made[words].encode())


if __name__ == "__main__":
    main()
