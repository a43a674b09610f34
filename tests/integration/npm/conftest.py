"""Packages of the npm registry, installed once for each list of them."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE

HERE = Path(__file__).parent


def missing(text: str) -> None:
    """What is not there is a reason to skip, but not in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)


@pytest.fixture(scope="module")
def modules() -> Path:
    """A folder with the scripts and their packages, installed once for each list of packages."""
    if not shutil.which("node") or not shutil.which("npm"):
        missing("node and npm are not installed: these clients need Node.js 20 or later")
    wanted = (HERE / "package.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "apimlb-tests" / f"npm-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_bytes(wanted)
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            missing(f"npm cannot install the clients: {done.stderr[-500:]}")
        (folder / "complete").touch()
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder
