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
    done = apimlb.ok("resume", "--output", "json")
    resumed = json.loads(done.out)
    assert "apimlb is deployed: " in done.err
    assert "Try next:" in done.err
    assert resumed["resumed"] == "deploy"
    assert resumed["under_way"] == []
    assert resumed["gateway_url"].startswith("http://")
    # With what the first one was told: a plan of the same changes nothing.
    apimlb.ok("plan", "--detailed-exitcode", "--capacity", "7")
    assert json.loads(apimlb.ok("resume", "--output", "json").out) == {"resumed": None}


def test_a_saved_plan_is_carried_on_by_itself(apimlb: CommandLine) -> None:
    apimlb.ok("plan", "--out", "agreed.json", "--capacity", "7")
    assert apimlb.ok("deploy", "agreed.json", "--no-wait").out == ""
    apimlb.ok("local", "clock", "resume")
    done = apimlb.ok("deploy", "agreed.json")
    assert "changes in agreed.json" in done.err
    assert done.out.startswith("http://")
    apimlb.ok("plan", "--detailed-exitcode", "--capacity", "7")


def test_a_resume_does_no_more_than_the_saved_plan_of_its_run(apimlb: CommandLine) -> None:
    apimlb.ok("plan", "--out", "agreed.json")
    apimlb.ok("deploy", "agreed.json", "--no-wait")
    apimlb.ok("local", "clock", "resume")
    kept = (apimlb.folder / "apimlb.toml").read_text()
    apimlb.write(kept.replace("[[accounts]]", "[[accounts]]\nlocation = 'westus3'\n[[accounts]]", 1))
    refused = apimlb("resume")
    assert refused.code == 5, refused.err
    assert "no longer what this plan says" in refused.err
    apimlb.write(kept)
    assert apimlb.ok("resume").out.startswith("http://")


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
    assert "its last deploy did not end" in apimlb("doctor").out
    resumed = apimlb.ok("resume")
    assert resumed.out.splitlines() == [apimlb.ok("gateway-url").out.strip()]
    apimlb.ok("plan", "--detailed-exitcode")
    assert "did not end" not in apimlb("doctor").out


def test_a_destroy_that_azure_ended_is_over(watched: WatchedAzure, tmp_path: Path) -> None:
    """It was cut off after its last request, so that nothing is left to carry on."""
    apimlb = CommandLine(tmp_path, {"APIMLB_TARGET": "local"})
    apimlb.write(SMALL)
    apimlb.ok("deploy", "--yes")
    apimlb.ok("destroy", "--purge", "--yes")
    for ask in ("status", "resume", "destroy --purge --yes"):
        cut_off_at_its_end(tmp_path)
        first = apimlb(*ask.split())
        assert first.code == (6 if ask == "status" else 0), first.err
        assert "not whole" not in first.err
        if ask != "status":
            assert "Nothing is left of the stack apimlb" in first.err
        assert json.loads(apimlb.ok("resume", "-o", "json").out) == {"resumed": None}
        told = apimlb("status")
        assert told.code == 6
        assert "There is no stack apimlb." in told.err


def cut_off_at_its_end(folder: Path) -> None:
    """What the last run wrote down, as if it had been killed before it wrote that it ended."""
    journal = sorted((folder / ".apimlb/local/stacks/apimlb/runs").iterdir())[-1]
    begin = json.loads(journal.read_text().splitlines()[0])
    begin = {**begin, "command": "destroy", "options": {"purge": True}}
    step = {"at": begin["at"], "event": "running", "step": "resource group", "verb": "delete", "id": "/g"}
    journal.write_text(f"{json.dumps(begin)}\n{json.dumps(step)}\n")
