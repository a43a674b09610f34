"""The help of every command is kept as it is printed, and short enough to be read."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from apimlb.cli.app import app
from apimlb.cli.contents import SECTIONS
from apimlb.cli.help_texts import COLUMNS, kept, texts

TEXTS = texts()


def test_what_is_kept_is_what_the_commands_say() -> None:
    assert kept() == TEXTS, "run `make texts` and look at what changed"


@pytest.mark.parametrize("words", TEXTS)
def test_a_help_is_short_and_shows_examples(words: str) -> None:
    lines = TEXTS[words].splitlines()
    assert max(map(len, lines)) <= COLUMNS
    assert len(lines) <= 75
    is_group = "Commands:" in lines or words == "apimlb"
    assert is_group or "Examples:" in lines
    assert not re.search(r"<(str|int|float|path)\b|\{\w+\}:", TEXTS[words]), "Python's names of types"
    assert not [line for line in lines if line.endswith("...") and not line.startswith("Usage")]


@pytest.mark.parametrize("line", [["--help"], ["-h"], ["local", "up", "--help"], ["keys", "-h"]])
def test_the_kept_text_is_what_a_terminal_gets(line: list[str]) -> None:
    """Wherever it comes from: a file for wide terminals, the commands themselves for narrow ones."""

    def printed(columns: int) -> str:
        environment = {**os.environ, "COLUMNS": str(columns)}
        command = [sys.executable, "-m", "apimlb", *line]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert printed(120) == TEXTS[" ".join(["apimlb", *line[:-1]])]
    assert max(map(len, printed(60).splitlines())) <= 60


def test_every_command_is_listed_once_as_the_readme_does() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    whole: Any = typer.main.get_command(app)
    assert sorted(listed) == sorted(whole.commands)
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-zA-Z ]+) \| (`.*`) \|$", readme, re.M)
    told = {title: re.findall(r"`([^`]+)`", names) for title, names in rows}
    here = [name.removeprefix("local ") for name in told["run Azure here"]]
    assert sorted(here) == sorted(whole.commands["local"].commands)
    told["run Azure here"] = ["local"]
    firsts = {title: [*dict.fromkeys(name.split()[0] for name in names)] for title, names in told.items()}
    assert firsts == {f"{title[0].lower()}{title[1:]}": [*names] for title, names in SECTIONS.items()}
