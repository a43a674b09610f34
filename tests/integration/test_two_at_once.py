"""Two deploys of one stack at the same time, in processes of their own."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from apimlb.deploy.runs import this_run
from apimlb.deploy.turns import turn
from apimlb.wall_clock import SystemClock
from tests.integration.command_line import CommandLine, Shell
from tests.integration.here import Ran
from tests.integration.watched import WatchedAzure

SMALL = """
[[accounts]]
location = "eastus2"

[deployments.chat]
model = "gpt-5.1"
version = "2025-11-13"
capacity = {capacity}
"""


def machine(folder: Path, azure: Path, capacity: int) -> Shell:
    """A folder of its own, as on another machine, that reaches the same local Azure."""
    local = folder / ".apimlb" / "local"
    local.mkdir(parents=True)
    for path in azure.iterdir():
        if path.name != "stacks":
            (local / path.name).symlink_to(path)
    made = Shell(folder, {"APIMLB_TARGET": "local"})
    made.write(SMALL.format(capacity=capacity))
    return made


def at_once(*commands: Shell) -> list[Ran]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda command: command.ok("deploy", "--yes"), commands))


def journals(folder: Path) -> list[Path]:
    return sorted((folder / ".apimlb/local/stacks/apimlb/runs").glob("*-deploy-*.ndjson"))


def ended(journal: Path) -> float:
    last = json.loads(journal.read_text().splitlines()[-1])
    assert last["event"] == "end"
    return float(last["at"])


def unchanged(command: Shell) -> bool:
    return CommandLine(command.folder, command.variables)("plan", "--detailed-exitcode").code == 0


def told_while_another_is_at_it(apimlb: Shell, *arguments: str) -> str:
    """What a command says while this process has the stack's turn; then it does its work."""
    command = [sys.executable, "-m", "apimlb", *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(apimlb.folder), "APIMLB_TARGET": "local"}
    folder = apimlb.folder / ".apimlb" / "local" / "stacks" / "apimlb"
    with ExitStack() as held:
        holder = held.enter_context(ExitStack())
        holder.enter_context(turn(folder, this_run("destroy"), SystemClock()))
        second = subprocess.Popen(
            command, cwd=apimlb.folder, env=environment, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        told = second.stderr.readline()
        holder.close()
        second.communicate()
        assert second.returncode == 0
    return told


def test_on_one_machine_the_second_waits_and_says_for_whom(slow_azure: WatchedAzure, tmp_path: Path) -> None:
    apimlb = Shell(tmp_path, {"APIMLB_TARGET": "local"})
    apimlb.write(SMALL.format(capacity=30))
    waiting = f"waiting for the stack: apimlb destroy (process {os.getpid()}, since"
    assert waiting in told_while_another_is_at_it(apimlb, "deploy", "--yes")
    assert unchanged(apimlb)
    client = "00000000-0000-4000-8000-000000000001"
    assert waiting in told_while_another_is_at_it(apimlb, "clients", "add", client)
    assert apimlb.ok("clients", "list").out.split() == [client]


def test_two_deploys_at_once_end_well_with_a_journal_each(slow_azure: WatchedAzure, tmp_path: Path) -> None:
    apimlb = Shell(tmp_path, {"APIMLB_TARGET": "local"})
    apimlb.write(SMALL.format(capacity=30))
    at_once(apimlb, apimlb)
    assert unchanged(apimlb)
    assert len(journals(tmp_path)) == 2


def test_from_two_machines_the_later_sees_the_other_and_the_last_plan_holds(
    slow_azure: WatchedAzure, tmp_path: Path
) -> None:
    azure = tmp_path / ".apimlb" / "local"
    made = [machine(tmp_path / name, azure, capacity) for name, capacity in (("desk", 40), ("lap", 50))]
    made[0].ok("deploy", "--yes")
    made[0].write(SMALL.format(capacity=60))
    ran = at_once(*made)
    ends = [ended(journals(one.folder)[-1]) for one in made]
    last = made[ends.index(max(ends))]
    assert unchanged(last)
    assert len([one for one in ran if "is at it" in one.err]) <= 1
    assert [len(journals(one.folder)) for one in made] == [2, 1]


def test_a_change_of_capacity_waits_for_a_deploy_too(slow_azure: WatchedAzure, tmp_path: Path) -> None:
    apimlb = Shell(tmp_path, {"APIMLB_TARGET": "local"})
    apimlb.write(SMALL.format(capacity=30))
    apimlb.ok("deploy", "--yes")
    apimlb.write(SMALL.format(capacity=35))
    commands = [("deploy", "--yes"), ("set-capacity", "40")]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda arguments: apimlb.ok(*arguments), commands))
    assert unchanged(apimlb), "whichever came last: set-capacity writes the file"
