"""Nothing that a killed local Azure answered for is lost; `benchmarks/crash_safety.py` does it at length."""

import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]


def test_a_killed_server_comes_back_with_every_acknowledged_write() -> None:
    script = ROOT / "benchmarks" / "crash_safety.py"
    command = [sys.executable, str(script), "--writes", "60", "--kills", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert " 0 lost" in done.stdout
