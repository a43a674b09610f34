"""A deploy that is not waited for, or is ended by SIGTERM, is carried on by `apimlb resume`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine
from tests.integration.watched import WatchedAzure
from tests.patience import PATIENCE

SMALL = """
[[accounts]]
location = "eastus2"

[deployments.chat]
model = "gpt-5.1"
version = "2025-11-13"
"""


@pytest.fixture
def apimlb(slow_azure: WatchedAzure, tmp_path: Path) -> CommandLine:
    """On a local Azure whose clock stands: what takes its time does not end."""
    made = CommandLine(tmp_path, {"APIMLB_TARGET": "local"})
    made.write(SMALL)
    made.ok("local", "clock", "freeze")
    return made


def test_what_is_not_waited_for_is_resumed(apimlb: CommandLine) -> None:
    left = json.loads(apimlb.ok("deploy", "--yes", "--no-wait", "--capacity", "7", "-o", "json").out)
    assert {*left["under_way"]} == {"gateway (BasicV2)", "account eastus2"}
    meanwhile = json.loads(apimlb("status", "--output", "json").out)["error"]
    assert "is not whole yet" in meanwhile["what"]
    assert "`apimlb resume`" in meanwhile["next"]
    apimlb.ok("local", "clock", "resume")
    resumed = json.loads(apimlb.ok("resume", "--output", "json").out)
    assert resumed["resumed"] == "deploy"
    assert resumed["under_way"] == []
    assert resumed["gateway_url"].startswith("http://")
    # With what the first one was told: a plan of the same changes nothing.
    apimlb.ok("plan", "--detailed-exitcode", "--capacity", "7")
    assert json.loads(apimlb.ok("resume", "--output", "json").out) == {"resumed": None}


def test_sigterm_winds_down_as_ctrl_c_does(apimlb: CommandLine) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "apimlb", "deploy", "--yes"],
        cwd=apimlb.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(apimlb.folder), **apimlb.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    read = []
    for line in started.stderr:
        read.append(line)
        if line.startswith("  stack: ") and " done" in line:
            started.send_signal(signal.SIGTERM)
            break
    _, rest = started.communicate(timeout=PATIENCE)
    said = "".join(read) + rest
    assert started.returncode == 143, said
    assert "Stopping: nothing new is started." in said
    assert "still running in Azure" in said
    assert "apimlb resume" in said
    apimlb.ok("local", "clock", "resume")
    apimlb.ok("resume")
    apimlb.ok("plan", "--detailed-exitcode")
