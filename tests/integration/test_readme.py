"""What the README says is run: its `apimlb` commands here, in their order; its others by CI."""

import re
import shlex
from pathlib import Path

from tests.integration.command_line import CommandLine, free_port

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CI = (ROOT / ".ci" / "run").read_text()
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("$ ")
]


def test_every_command_is_run_somewhere() -> None:
    for command in COMMANDS:
        if command.startswith("sudo apt-get"):
            assert "python3-venv" in command
            assert "apt-get install" in CI
        elif not command.startswith("apimlb "):
            assert command in CI, command


def test_the_commands_of_the_product_work_one_after_the_other(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    mine = [shlex.split(command)[1:] for command in COMMANDS if command.startswith("apimlb ")]
    assert {words[0] for words in mine} >= {"deploy", "set-capacity", "gateway-url", "destroy"}
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    try:
        for words in mine:
            apimlb.ok(*words)
    finally:
        apimlb("local", "down")


def test_the_configuration_that_it_shows_is_the_default_but_for_the_order(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    apimlb = CommandLine(tmp_path, {})
    apimlb.write(shown)
    apimlb.ok("render", "--check")


def test_every_command_is_in_the_table(tmp_path: Path) -> None:
    listed = re.findall(r"^  ([a-z][a-z-]+)  ", CommandLine(tmp_path, {}).ok("--help").out, re.MULTILINE)
    for name in listed:
        assert f"`apimlb {name}" in README, name
