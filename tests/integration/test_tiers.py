"""Who is in which tier, from the command line."""

import json

import pytest

from tests.integration.command_line import CommandLine

ID = "11111111-2222-3333-4444-555555555555"
FILE = """
[tiers.gold]
tokens_per_minute = 20000

[tiers.silver]
tokens_per_day = 900000
"""


@pytest.fixture
def run(apimlb: CommandLine) -> CommandLine:
    """With the file of a stack that has tiers."""
    apimlb.write(FILE)
    return apimlb


def tiers(run: CommandLine) -> dict[str, list[str]]:
    return {row["name"]: row["clients"] for row in json.loads(run.ok("tiers", "list", "-o", "json").out)}


def keys(run: CommandLine) -> list[str]:
    return [row["name"] for row in json.loads(run.ok("keys", "list", "-o", "json").out)]


def test_keys_and_clients_enter_a_tier_change_it_and_leave_it(run: CommandLine) -> None:
    run.ok("deploy", "--yes")
    run.ok("keys", "create", "team", "--tier", "gold")
    run.ok("clients", "add", ID, "--tier", "gold")
    assert tiers(run) == {"gold": [ID, "team"], "silver": []}
    run.ok("tiers", "assign", "silver", "team", ID)
    assert tiers(run) == {"gold": [], "silver": [ID, "team"]}
    run.ok("clients", "add", ID, "--tier", "gold")
    run.ok("deploy", "--yes")
    assert tiers(run) == {"gold": [ID], "silver": ["team"]}
    shown = run.ok("tiers", "list").out
    assert "20,000 a minute" in shown
    assert "900,000 a day" in shown
    run.ok("clients", "remove", ID)
    run.ok("keys", "revoke", "team", "--delete", "--yes")
    assert tiers(run) == {"gold": [], "silver": []}


def test_a_tier_or_client_that_is_not_there_changes_nothing(run: CommandLine) -> None:
    run.ok("deploy", "--yes")
    for line in (
        "keys create team --tier glod",
        f"clients add {ID} --tier glod",
        "tiers assign glod apimlb-default",
        "tiers assign gold team",
    ):
        ran = run(*line.split())
        assert (ran.code, "Traceback" in ran.err) == (6, False), line
    assert keys(run) == ["apimlb-default"]
    assert tiers(run) == {"gold": [], "silver": []}
    assert json.loads(run.ok("clients", "list", "-o", "json").out) == []
    assert run("keys", "create", "apimlb-default", "--tier", "gold").code == 5
    assert tiers(run) == {"gold": [], "silver": []}


def test_who_is_left_in_the_file_alone_is_taken_off_it_too(run: CommandLine) -> None:
    """An earlier `clients remove` was cut off between Azure and the file."""
    run.ok("deploy", "--yes")
    file = run.folder / "apimlb.toml"
    run.ok("clients", "add", ID)
    run.ok("clients", "remove", ID)
    before = file.read_text(encoding="utf-8")
    file.write_text(f'clients = ["{ID}"]\n{before}', encoding="utf-8")
    run.ok("clients", "remove", ID)
    assert ID not in file.read_text(encoding="utf-8")
    assert run("clients", "remove", ID).code == 6
