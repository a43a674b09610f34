"""Several folders on one machine, each with a local Azure of its own, and one whose folder is taken away."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apimlb.local import process
from tests.integration.command_line import CommandLine, free_port
from tests.integration.here import Ran

Start = Callable[..., Ran]


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[tuple[CommandLine, CommandLine]]:
    """Two folders whose local Azures are stopped at the end, if they run."""
    made = [tmp_path / name for name in ("first", "second")]
    for each in made:
        each.mkdir()
    first, second = (CommandLine(each, {}) for each in made)
    yield first, second
    for run in (first, second):
        run("local", "down")


def state(run: CommandLine) -> Path:
    return run.folder / ".apimlb" / "local"


def up(run: CommandLine, gateway: int = 0, arm: int = 0) -> process.Endpoint:
    run.ok("local", "up", "--gateway-port", str(gateway), "--arm-port", str(arm))
    return process.running(state(run))


def test_the_second_is_told_who_has_the_port_and_goes_on_as_it_was_told(
    folders: tuple[CommandLine, CommandLine],
) -> None:
    first, second = folders
    taken = up(first)
    ports = [url.rpartition(":")[2] for url in (taken.gateway_url, taken.arm_url)]
    for given in (
        ["--gateway-port", ports[0], "--arm-port", str(free_port())],
        ["--gateway-port", str(free_port()), "--arm-port", ports[1]],
    ):
        refused = second("local", "up", *given, "--state", ".apimlb")
        assert (refused.code, refused.out) == (5, "")
        assert f"(process {taken.pid})" in refused.err
        assert str(first.folder / ".apimlb") in refused.err
        assert "`apimlb local up --gateway-port 0 --arm-port 0 --state .apimlb`" in refused.err
        assert f"`apimlb local down --state {first.folder / '.apimlb'}`" in refused.err
    other = up(second)
    assert {taken.gateway_url, taken.arm_url}.isdisjoint({other.gateway_url, other.arm_url})


def test_a_deploy_is_told_as_well(folders: tuple[CommandLine, CommandLine]) -> None:
    """It has no flags for ports: those of the last start are taken by somebody else meanwhile."""
    first, second = folders
    wanted = up(second)
    second.ok("local", "down")
    port = int(wanted.gateway_url.rpartition(":")[2])
    taken = up(first, gateway=port)
    refused = second("deploy", "--local", "--yes")
    assert refused.code == 5
    assert f"(process {taken.pid})" in refused.err
    assert str(first.folder) in refused.err


def test_ports_once_given_are_kept(folders: tuple[CommandLine, CommandLine]) -> None:
    first, _ = folders
    before = up(first, free_port(), free_port())
    first.ok("local", "down")
    deployed = first.ok("deploy", "--local", "--yes")
    after = process.running(state(first))
    assert (after.gateway_url, after.arm_url) == (before.gateway_url, before.arm_url)
    assert deployed.last_line == before.gateway_url
    first.ok("local", "down")
    moved = up(first)
    assert moved.gateway_url != before.gateway_url
    assert first.ok("gateway-url", "--local").out.strip() == moved.gateway_url


def test_another_program_is_named_too(folders: tuple[CommandLine, CommandLine], tmp_path: Path) -> None:
    import os
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = folders[0]("local", "up", "--gateway-port", port, "--arm-port", "0")
    assert refused.code == 5
    assert f"process {os.getpid()} (" in refused.err


@pytest.mark.parametrize("taken", [".apimlb", ".apimlb/local"])
def test_a_folder_that_was_deleted_under_it_is_told(
    folders: tuple[CommandLine, CommandLine], taken: str
) -> None:
    first, _ = folders
    before = up(first)
    shutil.rmtree(first.folder / taken)
    for command in (
        ["local", "status"],
        ["local", "env"],
        ["gateway-url", "--local"],
        ["deploy", "--local", "--yes"],
        ["local", "up"],
    ):
        told = first(*command)
        assert told.code == 5, told.err
        assert f"process {before.pid}" in told.err
        assert "deleted" in told.err
        assert "`apimlb local down`" in told.err
    assert "went with its folder" in first.ok("local", "down").err
    assert first("local", "status").code == 6
    assert up(first).pid != before.pid


def test_who_has_the_port_is_stopped_as_it_was_told_although_its_whole_folder_was_deleted(
    folders: tuple[CommandLine, CommandLine],
) -> None:
    first, second = folders
    taken = up(first)
    shutil.rmtree(first.folder)
    port = taken.gateway_url.rpartition(":")[2]
    refused = second("local", "up", "--gateway-port", port, "--arm-port", "0")
    where = first.folder / ".apimlb"
    assert f"in use by the local Azure of {where / 'local'}, which was deleted (process" in refused.err
    assert f"`apimlb local down --state {where}`" in refused.err
    assert "went with its folder" in second.ok("local", "down", "--state", str(where)).err
    first.folder.mkdir()
    assert up(second, int(port)).gateway_url == taken.gateway_url


def test_one_whose_endpoint_was_spoilt_is_no_one_that_does_not_run(
    folders: tuple[CommandLine, CommandLine],
) -> None:
    first, _ = folders
    up(first)
    (state(first) / "endpoint.json").write_text("[]")
    for command in (("local", "status"), ("local", "up"), ("deploy", "--local", "--yes")):
        refused = first(*command)
        assert refused.code == 5, refused.err
        assert "runs, and the file that says where it answers cannot be read" in refused.err
        assert "endpoint.json" in refused.err
    first.ok("local", "down")
    up(first)


def test_one_without_its_endpoint_is_stopped_all_the_same(folders: tuple[CommandLine, CommandLine]) -> None:
    first, _ = folders
    up(first)
    (state(first) / "endpoint.json").unlink()
    refused = first("local", "up")
    assert (refused.code, "`apimlb local down`" in refused.err) == (5, True)
    first.ok("local", "down")
    up(first)
