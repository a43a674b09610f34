"""A command that runs in the tests' process leaves that as it was."""

import logging
import os
import sys
from pathlib import Path

from tests.integration.here import run_here


def test_a_command_that_logs_what_happens_stops_when_it_ends(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = root.level, [*root.handlers], dict(os.environ), [*sys.argv]
    assert run_here(tmp_path, "--debug", "version").code == 0
    assert list(tmp_path.rglob("*.log")) != []
    assert (root.level, [*root.handlers], dict(os.environ), [*sys.argv]) == before
