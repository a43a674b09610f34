"""What the workflow for users types, typed into a shell against the local Azure."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

WORKFLOW = Path(__file__).parents[2] / "docs" / "workflows" / "apimlb.yml"


def commands(event: str) -> list[str]:
    """The command lines of the workflow's steps that run on an event, but for the installation."""
    document: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())
    steps = [step for job in document["jobs"].values() for step in job["steps"] if "run" in step]
    return [
        step["run"]
        for step in steps
        if f"'{event}'" in step.get("if", f"'{event}'") and not step["run"].startswith("pipx install")
    ]


def test_a_pull_request_gets_a_plan_and_its_merge_a_deploy(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    summary = tmp_path / "summary.md"
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "CI": "true",
        "APIMLB_TARGET": "local",
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    try:
        for event in ("pull_request", "push"):
            [command] = commands(event)
            done = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", command],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            assert done.returncode == 0, done.stderr
        assert "to add" in summary.read_text()
        assert apimlb.ok("plan", "--local", "--detailed-exitcode").code == 0, "what was merged is deployed"
    finally:
        apimlb("local", "down")
