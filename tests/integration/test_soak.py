"""Five seconds of what `benchmarks/soak.py` does for ten minutes."""

import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


def test_mixed_load_with_faults_leaves_no_error_and_nothing_open() -> None:
    command = [sys.executable, str(SOAK), "--seconds", "5", "--workers", "8"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "errors that were not injected 0" in done.stdout
