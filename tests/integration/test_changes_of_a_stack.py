"""A stack whose file changes, as somebody sees it who types commands: plan, consent, exit codes."""

import re
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine
from tests.integration.watched import WatchedAzure

ONE = """
[[accounts]]
location = "eastus2"
[deployments.chat]
model = "gpt-5.1"
version = "2025-11-13"
"""
TWO = ONE + '[[accounts]]\nlocation = "westus3"\n'


@pytest.fixture
def deployed(watched: WatchedAzure, tmp_path: Path) -> CommandLine:
    run = CommandLine(tmp_path, {})
    run.write(TWO)
    run.ok("deploy", "--local", "--yes")
    return run


def test_an_account_goes_only_when_somebody_asks_for_it(deployed: CommandLine) -> None:
    deployed.write(ONE)
    planned = deployed("plan", "--local", "--detailed-exitcode")
    assert planned.code == 2
    assert "- delete role, deployment chat, account" in planned.out
    assert "with its name and quota for 48 hours" in planned.err
    assert "--resource-group rg-apimlb --location westus3`" in planned.err
    assert re.search(r"^Plan: 0 to add, \d+ to change, [1-9]\d* to destroy\.$", planned.out, re.MULTILINE)
    refused = deployed("deploy", "--local", "--yes")
    assert refused.code == 2
    assert "--prune" in refused.err
    deployed.ok("plan", "--local", "--out", "agreed.json")
    deployed.write(TWO.replace("westus3", "swedencentral"))
    changed = deployed("deploy", "--local", "--plan", "agreed.json")
    assert changed.code == 5
    assert "no longer what this plan says" in changed.err
    deployed.write(ONE)
    deployed.ok("deploy", "--local", "--plan", "agreed.json")
    deployed.ok("plan", "--local", "--detailed-exitcode")


def test_a_list_of_stacks_has_titles_above_its_columns(deployed: CommandLine) -> None:
    titles, row = deployed.ok("list", "--local").out.splitlines()
    assert titles.split() == ["stack", "region", "state", "gateway"]
    values = [row[titles.index(title) :].split()[0] for title in titles.split()]
    assert values[:3] == ["apimlb", "eastus2", "Succeeded"]
    assert values[3].startswith("http://")


def test_a_proposal_of_regions_says_which_accounts_it_takes_away(deployed: CommandLine) -> None:
    search = ("regions", "--local", "--geography", "Europe", "--count", "1", "--capacity")
    found = deployed.ok(*search, "30")
    titles, *rows = found.out.splitlines()
    assert titles.endswith("  enough")
    assert rows
    assert all(row.endswith("  yes") for row in rows)
    assert "That takes eastus2, westus3 out of the stack; name them in --accounts to keep them." in found.err
    assert "by the hour" not in found.err
    nowhere = deployed(*search, "1000000")
    assert nowhere.code == 4
    assert not any(row.endswith("  yes") for row in nowhere.out.splitlines())
    assert "out of the stack" not in nowhere.err


def test_a_detailed_exit_code_is_1_for_every_error(deployed: CommandLine) -> None:
    deployed.write(ONE.replace("eastus2", "nowhere"))
    assert deployed("plan", "--local").code == 2
    assert deployed("plan", "--local", "--detailed-exitcode").code == 1
    assert deployed("plan", "--local", "--detailed-exitcode", "--colour").code == 1
    deployed.write("tier = 1")
    assert deployed("plan", "--local", "--detailed-exitcode").code == 1


def test_a_stack_under_another_name_or_elsewhere_leaves_the_old_one_and_says_how_to_take_it_away(
    deployed: CommandLine,
) -> None:
    deployed.write('name = "other"\n' + ONE)
    planned = deployed.ok("plan", "--local")
    assert "The stack apimlb, as the file called it before, is still there" in planned.err
    assert "destroy --stack apimlb --location eastus2 --local" in planned.err
    deployed.write('location = "westus3"\n' + ONE)
    planned = deployed.ok("plan", "--local")
    assert "The stack apimlb in eastus2 is still there" in planned.err
    deployed.ok("destroy", "--stack", "apimlb", "--location", "eastus2", "--purge", "--local", "--yes")
    assert "still there" not in deployed.ok("plan", "--local").err


def test_a_policy_that_changes_is_shown_as_a_diff(deployed: CommandLine) -> None:
    deployed.write(TWO + '[deployments.more]\nmodel = "gpt-5.1"\nversion = "2025-11-13"\n')
    planned = deployed.ok("plan", "--local")
    assert "@@ " in planned.out
    assert '"more"' in "".join(line for line in planned.out.splitlines() if line.strip().startswith("+"))
