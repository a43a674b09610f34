"""A local Azure's state that is damaged or in the way: whoever needs it says so, and quotes nothing of it."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine
from tests.integration.here import Ran, run_here, well_told

COMMANDS = (
    ["set-capacity", "5", "--local"],
    ["gateway-url", "--local"],
    ["env", "--local"],
    ["destroy", "--purge", "--local", "--yes"],
    ["local", "status"],
    ["local", "env"],
    ["local", "token"],
    ["local", "clock"],
    ["local", "clock", "advance", "5m"],
    ["local", "fault", "list"],
    ["local", "account", "a/b c\nd", "--set", "pressure=2"],
    ["local", "down"],
)


def placed(state: Path, name: str, text: str) -> None:
    file = state / "local" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)


BROKEN_STATES: dict[str, Callable[[Path], object]] = {
    "a file instead of .apimlb": lambda state: state.write_text("hello"),
    "a file instead of local": lambda state: [state.mkdir(), (state / "local").write_text("hello")],  # type: ignore[func-returns-value]
    "an endpoint that is a list": lambda state: placed(state, "endpoint.json", "[]"),
    "an endpoint of wrong types": lambda state: placed(
        state,
        "endpoint.json",
        json.dumps(dict.fromkeys(("pid", "gateway_url", "arm_url", "ca", "tenant_id", "subscription_id"), 5)),
    ),
    "a cache that is a folder": lambda state: (state / "local/stacks/apimlb/state.json").mkdir(parents=True),
    "a cache of null": lambda state: placed(state, "stacks/apimlb/state.json", "null"),
}


@pytest.mark.parametrize("broken", BROKEN_STATES)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_state_that_cannot_be_used(tmp_path: Path, broken: str, command: list[str]) -> None:
    BROKEN_STATES[broken](tmp_path / ".apimlb")
    assert not well_told(run_here(tmp_path, *command))


def test_a_file_where_the_state_belongs_is_told_by_whoever_would_write(tmp_path: Path) -> None:
    (tmp_path / ".apimlb").write_text("mine")
    for command in (["deploy", "--local", "--yes"], ["local", "up"]):
        ran = run_here(tmp_path, *command)
        assert (ran.code, well_told(ran)) == (2, False)
        assert ".apimlb" in ran.err
    assert (tmp_path / ".apimlb").read_text() == "mine"


KEY = "-----BEGIN PRIVATE KEY-----"
SET_KEY = "UPDATE documents SET hidden = '{}' WHERE kind = 'apimlb/signingkeys'"
DAMAGED_FILES = ("server.key", "server.pem", "ca.pem", "endpoint.json", "ports.json", "server.log")


def garbage(state: Path) -> None:
    (state / "azure.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)


def folder_for_database(state: Path) -> None:
    for each in state.glob("azure.db*"):
        each.unlink()
    (state / "azure.db").mkdir()


def undecodable(state: Path) -> None:
    _update(
        state, "UPDATE documents SET hidden = CAST(X'" + f'{{"pem": "{KEY}'.encode().hex() + "FF' AS TEXT)"
    )


def no_json(state: Path) -> None:
    _update(state, SET_KEY.format(f'{{"pem": "{KEY}'))


def no_key(state: Path) -> None:
    _update(
        state, f"""UPDATE documents SET hidden = '{{"pem": "{KEY}"}}' WHERE kind = 'apimlb/signingkeys'"""
    )


def no_secret(state: Path) -> None:
    _update(state, "UPDATE documents SET hidden = '{}' WHERE kind = 'apimlb/owners'")


def newer(state: Path) -> None:
    _update(state, "PRAGMA user_version = 99")


def _update(state: Path, statement: str) -> None:
    database = sqlite3.connect(state / "azure.db")
    database.execute(statement)
    database.commit()
    database.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a local Azure has run and was stopped."""
    here = tmp_path_factory.mktemp("kept")
    started(here)
    CommandLine(here, {}).ok("local", "down")
    return here


def started(here: Path) -> Ran:
    return CommandLine(here, {})("local", "up", "--gateway-port", "0", "--arm-port", "0")


@pytest.mark.parametrize(
    "damage",
    [garbage, folder_for_database, undecodable, no_json, no_key, no_secret, newer],
    ids=lambda d: d.__name__,
)
def test_a_damaged_database_is_told_and_quotes_nothing(
    kept: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    damage(tmp_path / ".apimlb" / "local")
    ran = started(tmp_path)
    try:
        assert not well_told(ran)
        assert ran.code in (2, 5)
        assert "azure.db" in ran.err
        log = (tmp_path / ".apimlb/local/server.log").read_text()
        for text in (ran.err, ran.out, log):
            assert "PRIVATE" not in text
            assert "Traceback" not in text
    finally:
        CommandLine(tmp_path, {})("local", "down")


@pytest.mark.parametrize("name", DAMAGED_FILES)
def test_a_damaged_file_beside_it_is_made_anew(kept: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".apimlb" / "local" / name).write_text('["nothing that it should be"]')
    ran = started(tmp_path)
    CommandLine(tmp_path, {}).ok("local", "down")
    assert ran.code == 0, ran.err
