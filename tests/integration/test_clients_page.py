"""What docs/clients.md tells people to run, run."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "clients.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of somebody who has followed the first lines of the page."""
    folder = tmp_path_factory.mktemp("page")
    run = CommandLine(folder, {})
    run.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    printed = json.loads(run.ok("local", "env", "--format", "json").out)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    yield {"PATH": path, "HOME": str(folder), "PWD": str(folder), **printed}
    run.ok("local", "down")


def test_the_variables_are_those_that_are_printed(variables: dict[str, str]) -> None:
    named = set(re.findall(r"`((?:APIMLB|AZURE|REQUESTS|SSL|NODE)_[A-Z_]+)`", PAGE))
    assert named - {"AZURE_CONFIG_DIR"} == set(variables) - {"PATH", "HOME", "PWD"}


@pytest.mark.parametrize("script", blocks("python"))
def test_the_python_of_the_page_runs(variables: dict[str, str], script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script], env=variables, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("/resourceGroups/try\n")


@pytest.mark.parametrize("script", [each for each in blocks("sh") if each.startswith("curl")])
def test_the_curl_of_the_page_runs(variables: dict[str, str], script: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"set -e; {script}"],
        cwd=variables["PWD"],
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert "value" in json.loads(done.stdout)
