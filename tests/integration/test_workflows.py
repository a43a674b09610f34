"""What the workflow for users types, typed into a shell against the local Azure."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

WORKFLOW = Path(__file__).parents[2] / "docs" / "workflows" / "apimlb.yml"
SHELLS = {"": ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
"""What GitHub Actions runs a step with, by the shell that the workflow names: where it names none, what fails
before a pipe goes unseen (docs.github.com, workflow syntax, `jobs.<job_id>.steps[*].shell`)."""


def commands(event: str) -> list[list[str]]:
    """What runs for the workflow's steps on an event, but for the installation."""
    document: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())
    shell = document.get("defaults", {}).get("run", {}).get("shell", "")
    steps = [step for job in document["jobs"].values() for step in job["steps"] if "run" in step]
    return [
        [*SHELLS[step.get("shell", shell)], "-c", step["run"]]
        for step in steps
        if f"'{event}'" in step.get("if", f"'{event}'") and not step["run"].startswith("pipx install")
    ]


def run(event: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The one step of that event, in a folder that is the checkout."""
    [command] = commands(event)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "CI": "true",
        "APIMLB_TARGET": "local",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.mark.parametrize("event", ["pull_request", "push"])
def test_a_file_that_cannot_be_fails_the_step(event: str, tmp_path: Path) -> None:
    (tmp_path / "apimlb.toml").write_text('tier = "Basc"\n')
    done = run(event, tmp_path)
    assert (done.returncode, "Did you mean Basic?" in done.stderr) == (2, True)


def test_a_pull_request_gets_a_plan_and_its_merge_a_deploy(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    try:
        for event in ("pull_request", "push"):
            done = run(event, tmp_path)
            assert done.returncode == 0, done.stderr
        assert "to add" in (tmp_path / "summary.md").read_text()
        apimlb.ok("plan", "--local", "--detailed-exitcode")  # what was merged is deployed
    finally:
        apimlb("local", "down")
