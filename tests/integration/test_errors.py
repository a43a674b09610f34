"""Whatever goes wrong: one message that says what, where and what next, and an exit code that says which."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine, free_port
from tests.integration.here import Ran
from tests.integration.watched import served


@pytest.fixture(scope="module")
def apimlb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A local Azure that nothing is deployed to."""
    with served(tmp_path_factory.mktemp("errors")) as run:
        yield run


@pytest.fixture
def alone(tmp_path: Path) -> CommandLine:
    """Nobody logged in, no local Azure."""
    return CommandLine(tmp_path, {})


def complaint(ran: Ran, code: int, *words: str) -> None:
    """Exactly one error, with a next step, saying all of this."""
    assert ran.code == code, ran.err
    assert ran.err.count("Error: ") == 1
    assert "next:" in ran.err
    assert ran.out == ""
    for word in words:
        assert word in ran.err


def test_nobody_is_logged_in(alone: CommandLine) -> None:
    complaint(alone("deploy", "--yes"), 3, "Not logged in", "az login")


def test_the_local_azure_is_not_running(alone: CommandLine) -> None:
    complaint(alone("set-capacity", "50", "--local"), 6, "not running", "apimlb local up")


def test_a_subscription_without_a_login(alone: CommandLine) -> None:
    chosen = CommandLine(alone.folder, {"AZURE_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000"})
    complaint(chosen("deploy", "--yes"), 3, "az login")


def test_a_region_that_there_is_not(apimlb: CommandLine) -> None:
    apimlb.write('[[accounts]]\nlocation = "atlantis"\n')
    complaint(apimlb("deploy", "--yes"), 2, "atlantis")
    apimlb.write("")


def test_a_capacity_of_nothing(apimlb: CommandLine) -> None:
    complaint(apimlb("set-capacity", "0"), 2, "capacity of 0")


def test_more_capacity_than_the_quota_has(apimlb: CommandLine) -> None:
    apimlb.write('[deployments.chat]\nmodel = "gpt-5.1"\nversion = "2025-11-13"\ncapacity = 999999\n')
    complaint(apimlb("deploy", "--yes"), 4, "999999")
    apimlb.write("")


def test_a_stack_that_there_is_not(apimlb: CommandLine) -> None:
    for command in (["gateway-url"], ["env"], ["destroy", "--yes"], ["set-capacity", "50"]):
        complaint(apimlb(*command, "--stack", "nowhere"), 6)


def test_a_second_local_azure(apimlb: CommandLine) -> None:
    complaint(apimlb("local", "up"), 5, "already")


def test_a_port_that_is_taken(alone: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        complaint(alone("local", "up", "--gateway-port", port, "--arm-port", str(free_port())), 5, port)


def test_a_yes_that_nobody_can_say(apimlb: CommandLine) -> None:
    complaint(apimlb("deploy"), 2, "--yes")


def test_a_file_that_is_wrong(apimlb: CommandLine) -> None:
    apimlb.write('tier = "Gold"\nwhatever = 1\n')
    complaint(apimlb("deploy", "--yes"), 2, "tier", "whatever", "apimlb.toml")
    apimlb.write("")
