"""`apimlb demo`, as often as somebody likes, and where what it needs is missing."""

import subprocess
import sys
from pathlib import Path

from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

BARE = """
import sys
sys.modules["openai"] = None
sys.argv = ["apimlb", "demo"]
from apimlb.cli.entry import main
main()
"""


def test_it_works_again_and_after_everything_was_left_running(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    try:
        for options in (["--keep"], []):
            assert "the client never noticed" in apimlb.ok("demo", *options).err
    finally:
        apimlb("local", "down")


def test_without_its_sdk_it_says_so_before_it_starts_anything(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARE], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2
    assert "openai" in done.stderr
    assert f"{sys.executable} -m pip install 'openai>=2'" in done.stderr
    assert list(tmp_path.iterdir()) == []
