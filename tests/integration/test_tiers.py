"""Who is in which tier, from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine
from tests.integration.watched import WatchedAzure

ID = "11111111-2222-3333-4444-555555555555"
FILE = """
[tiers.gold]
tokens_per_minute = 20000

[tiers.silver]
tokens_per_day = 900000
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[CommandLine]:
    azure = WatchedAzure(tmp_path / ".apimlb" / "local")
    (tmp_path / "apimlb.toml").write_text(FILE)
    yield CommandLine(tmp_path, {"APIMLB_TARGET": "local"})
    azure.close()


def tiers(run: CommandLine) -> dict[str, list[str]]:
    return {row["name"]: row["clients"] for row in json.loads(run("tiers", "list", "-o", "json").out)}


def keys(run: CommandLine) -> list[str]:
    return [row["name"] for row in json.loads(run("keys", "list", "-o", "json").out)]


def test_keys_and_clients_enter_a_tier_change_it_and_leave_it(run: CommandLine) -> None:
    assert run("deploy", "--yes").code == 0
    assert run("keys", "create", "team", "--tier", "gold").code == 0
    assert run("clients", "add", ID, "--tier", "gold").code == 0
    assert tiers(run) == {"gold": [ID, "team"], "silver": []}
    assert run("tiers", "assign", "silver", "team", ID).code == 0
    assert tiers(run) == {"gold": [], "silver": [ID, "team"]}
    assert run("clients", "add", ID, "--tier", "gold").code == 0
    assert run("deploy", "--yes").code == 0
    assert tiers(run) == {"gold": [ID], "silver": ["team"]}
    shown = run("tiers", "list").out
    assert "20,000 a minute" in shown
    assert "900,000 a day" in shown
    assert run("clients", "remove", ID).code == 0
    assert run("keys", "revoke", "team", "--delete", "--yes").code == 0
    assert tiers(run) == {"gold": [], "silver": []}


def test_a_tier_or_client_that_is_not_there_changes_nothing(run: CommandLine) -> None:
    assert run("deploy", "--yes").code == 0
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
    assert json.loads(run("clients", "list", "-o", "json").out) == []
    assert run("keys", "create", "apimlb-default", "--tier", "gold").code == 5
    assert tiers(run) == {"gold": [], "silver": []}


def test_who_is_left_in_the_file_alone_is_taken_off_it_too(run: CommandLine) -> None:
    """An earlier `clients remove` was cut off between Azure and the file."""
    assert run("deploy", "--yes").code == 0
    file = run.folder / "apimlb.toml"
    assert run("clients", "add", ID).code == 0
    assert run("clients", "remove", ID).code == 0
    before = file.read_text(encoding="utf-8")
    file.write_text(f'clients = ["{ID}"]\n{before}', encoding="utf-8")
    assert run("clients", "remove", ID).code == 0
    assert ID not in file.read_text(encoding="utf-8")
    assert run("clients", "remove", ID).code == 6
