"""What the README and the pages below docs/ tell people to run is run, here or by CI."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CI = (ROOT / ".ci" / "run").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    command.replace("\\\n    ", "")
    for block in BLOCKS
    for command in re.findall(r"^\$ ((?:.*\\\n)*.*)$", block, re.MULTILINE)
]
SHELL = ("apimlb ", "eval ", "curl ")


def test_every_command_is_run_somewhere() -> None:
    for command in COMMANDS:
        if command.startswith("sudo apt-get"):
            assert "python3-venv" in command
            assert "apt-get install" in CI
        elif not command.startswith(SHELL):
            assert command in CI, command


def run_in_a_shell(folder: Path, commands: list[str]) -> str:
    """Everything that the commands print on stdout, typed one after the other into one shell."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
        cwd=folder,
        env={"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_hour_works_as_it_is_written(tmp_path: Path) -> None:
    mine = [command for command in COMMANDS if command.startswith(SHELL)]
    assert {command.split()[1] for command in mine} >= {"deploy", "set-capacity", "gateway-url", "destroy"}
    apimlb = CommandLine(tmp_path, {})
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    try:
        said = run_in_a_shell(tmp_path, [command.replace("curl ", "curl -sSf ", 1) for command in mine])
    finally:
        apimlb("local", "down")
    assert '"chat.completion"' in said


def test_what_a_deploy_says_to_try_next_works_as_it_is_written(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    try:
        talk = apimlb.ok("deploy", "--yes", "--local", "--stack", "mine").err
        _, _, hints = talk.partition("Try next:\n")
        assert "--stack mine" in hints
        said = run_in_a_shell(tmp_path, [hints.replace("curl ", "curl -sSf ")])
    finally:
        apimlb("local", "down")
    assert '"chat.completion"' in said
    assert "AZURE_OPENAI_CUSTOM_URL=" in said


def test_every_configuration_that_is_shown_is_a_stack_s(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    apimlb = CommandLine(tmp_path, {})
    shown = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown
    for text in shown:
        apimlb.write(text)
        apimlb.ok("render", "--check")


def test_readme_is_short_and_names_every_command() -> None:
    assert len(README.splitlines()) < 250
    commands = (ROOT / "docs" / "commands.md").read_text()
    overview = README[README.index("## Commands") : README.index("`apimlb COMMAND --help`")]
    top = re.search(r"## apimlb\n.*?\nBegin:\n(.*?)```", commands, re.DOTALL)
    assert top is not None
    names = re.findall(r"^  ([a-z][a-z-]+) ", top[1], re.MULTILINE)
    assert {"init", "deploy", "local"} <= set(names)
    for name in names:
        assert re.search(rf"`{name}\b", overview), name


def test_no_link_between_the_pages_is_broken() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
