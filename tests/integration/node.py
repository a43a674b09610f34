"""Scripts for Node beside the packages of the npm registry that they import."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from apimlb.files import replace_file
from tests.patience import PATIENCE


def installed(sources: Path) -> Path:
    """A folder in the user's cache with the scripts in `sources` and the packages of its package.json.

    Packages are installed once for each list of them. Without npm or its registry the test is skipped, in CI
    it fails.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        _missing("node and npm are not installed: Node.js 20 or later is needed")
    wanted = (sources / "package.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "apimlb-tests" / f"npm-{hashlib.sha256(wanted).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        # Another process that runs tests may want the same.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            _install(folder, sources)
        for script in sources.glob("*.mjs"):
            replace_file(folder / script.name, script.read_bytes())
    return folder


def _install(folder: Path, sources: Path) -> None:
    shutil.copy(sources / "package.json", folder)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        _missing(f"npm cannot install what {sources.name} needs: {done.stderr[-500:]}")
    (folder / "complete").touch()


def _missing(text: str) -> None:
    """What is not there is a reason to skip, but not in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)
