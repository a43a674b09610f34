"""What the pages below docs/ tell people to type: what they show is run, all else can be read."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from apimlb.cli.app import app
from apimlb.policy.rehearse.rehearsal import rehearse
from apimlb.simulator.candidate import read_candidate
from apimlb.simulator.trace import read_trace
from apimlb.stack.config import parse
from tests.integration.command_line import CommandLine
from tests.integration.watched import served
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted({*DOCS.glob("*.md")} - {DOCS / "commands.md", DOCS / "output.md"})
TEXTS = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
ELLIPSIS = "…"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def shown(page: Path) -> list[str]:
    """The commands after a prompt."""
    found = [line for block in blocks(page, "console") for line in re.findall(r"(?m)^\$ (.*)$", block)]
    return [line for line in found if not line.endswith("\\")]


@pytest.fixture(scope="module")
def apimlb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    variables = {"APIMLB_TARGET": "local", "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    with served(tmp_path_factory.mktemp("docs"), variables) as run:
        yield run


@pytest.mark.parametrize("page", [page for page in PAGES if shown(page)], ids=lambda page: page.stem)
def test_the_commands_of_a_page_work_as_they_are_written(apimlb: CommandLine, page: Path) -> None:
    apimlb.ok("deploy", "--yes", "--quiet")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(shown(page))],
        cwd=apimlb.folder,
        env={"HOME": str(apimlb.folder), **apimlb.variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr


def named(text: str) -> Iterator[str]:
    """The commands that a text names in backticks, or as lines of a block for a shell."""
    for found in re.finditer(r"`(apimlb [^`]+)`", text):
        yield " ".join(found[1].split())
    for block in re.findall(r"^```(?:sh|)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield from re.findall(r"(?m)^(apimlb .*)$", block.replace("\\\n", " "))


def unread(line: str) -> str:
    """What of the command there is not: a word where commands are expected, or an option."""
    found: Any = typer.main.get_command(app)
    words = shlex.split(line.split(" > ")[0].replace(ELLIPSIS, ""))[1:]
    while words and getattr(found, "commands", None) and not words[0].startswith("-"):
        word = words.pop(0)
        if word not in found.commands:
            return "" if word.isupper() else word
        found = found.commands[word]
    known = {name for each in found.params for name in (*each.opts, *each.secondary_opts)} | {"--help", "-h"}
    given = [word.partition("=")[0] for word in words if word.startswith("-")]
    return next((option for option in given if option not in known), "")


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_can_be_read(page: Path) -> None:
    assert {line: word for line in named(page.read_text()) if (word := unread(line))} == {}


async def test_the_files_that_a_page_shows_can_be_read(tmp_path: Path) -> None:
    page = DOCS / "files.md"
    (trace,), (candidate,), (case,) = (blocks(page, language) for language in ("csv", "toml", "yaml"))
    (tmp_path / "t.csv").write_text(trace)
    assert [asked.stream for asked in read_trace(tmp_path / "t.csv")] == [False, True, False]
    (tmp_path / "c.toml").write_text(candidate)
    (tmp_path / "api_policy.xml").write_text("<policies />")
    assert read_candidate(tmp_path / "c.toml", parse({})).foreign is not None
    policy = (
        "<policies><inbound><set-backend-service backend-id='east' /></inbound><backend><forward-request />"
    )
    policy += "</backend><outbound /><on-error /></policies>"
    told = await rehearse(policy, yaml.safe_load(case))
    assert told.response.status == 429
