"""`apimlb verify-live` against a local Azure that is set otherwise by a file, over real ports and clocks."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine, free_port

ODD = {
    "gateway.weighting": "random",
    "gateway.exhausted_message": "Nobody",
    "gateway.exhausted_reason": "Pool is empty",
    "gateway.exhausted_retry_after": "absent",
    "gateway.wrong_method": 405,
    "policy.lookup_miss": "null",
}


def test_what_a_file_set_is_found_and_the_file_that_it_writes_sets_it_again(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    (tmp_path / "odd.json").write_text(json.dumps({"version": 1, "answers": ODD}))
    ports = ("--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    apimlb.ok("local", "up", *ports, "--answers", "odd.json")
    try:
        asked = [f"--only={name}" for name in ODD]
        done = apimlb.ok("verify-live", "--local", "--yes", "--out", "found.json", *asked)
        assert "destroys and purges all of it" in done.err
        found = json.loads((tmp_path / "found.json").read_text())
        assert found["open"] == {}
        assert {name: found["answers"][name] for name in ODD} == ODD
        assert all(len(line) <= 80 for line in done.out.splitlines())
        assert json.loads(apimlb.ok("list", "--local", "--output", "json").out) == []
    finally:
        apimlb("local", "down")
    apimlb.ok("local", "up", *ports, "--answers", "found.json")
    apimlb.ok("local", "down")


def test_what_takes_provisioned_throughput_is_asked_only_where_that_is_meant(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    asked = ("verify-live", "--local", "--yes", "--only", "openai.spillover_failure")
    refused = apimlb(*asked)
    assert refused.code == 2
    assert "Add --provisioned if that is meant." in refused.err
    assert not (tmp_path / ".apimlb").exists()
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    try:
        done = apimlb.ok(*asked, "--provisioned", "--out", "found.json")
        found = json.loads((tmp_path / "found.json").read_text())
        assert found["answers"].keys() == {"openai.spillover_failure", "fact.spillover"}
        assert found["open"] == {}
        assert "1 answer and 1 fact in found.json." in done.err
        assert json.loads(apimlb.ok("list", "--local", "--output", "json").out) == []
    finally:
        apimlb("local", "down")


def test_nothing_is_made_before_somebody_agreed(tmp_path: Path) -> None:
    done = CommandLine(tmp_path, {})("verify-live", "--local")
    assert done.code == 2
    assert "Costs nothing here." in done.err
    assert not (tmp_path / ".apimlb").exists()


def test_a_file_that_is_none_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text('{"version": 1, "answers": {"gateway.wieghting": "random"}}')
    done = CommandLine(tmp_path, {})("local", "up", "--answers", "wrong.json")
    assert done.code == 2
    assert "Did you mean gateway.weighting?" in done.err
    assert not (tmp_path / ".apimlb").exists()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[CommandLine]:
    """A local Azure with nothing in it."""
    apimlb = CommandLine(tmp_path, {})
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    yield apimlb
    apimlb("local", "down")


def test_what_failed_first_is_told_and_nothing_is_missed_at_the_end(up: CommandLine) -> None:
    done = up("verify-live", "--local", "--yes", "--location", "mars", "--only", "gateway.weighting")
    assert done.code == 2, done.err
    assert "no location mars" in done.err
    assert "There is no stack" not in done.err
    kept = up(
        "verify-live", "--local", "--yes", "--keep", "--location", "mars", "--only", "gateway.weighting"
    )
    assert "`apimlb destroy --purge --stack verify --local` takes it away." in kept.err


def test_answers_that_cannot_be_written_are_printed(up: CommandLine, tmp_path: Path) -> None:
    """The folder is gone when they come, and nothing of the work is lost."""
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "found.json.new").mkdir()
    asked = ("verify-live", "--local", "--yes", "--only", "gateway.wrong_method", "--out", "late/found.json")
    done = up(*asked)
    assert done.code == 2, done.err
    assert json.loads(done.out)["answers"].keys() == {"gateway.wrong_method"}
    assert "late/found.json.new" in done.err
    assert json.loads(up.ok("list", "--local", "--output", "json").out) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--out nowhere/x.json", ["--out names a file in a folder that is not there", "nowhere/x.json"]),
        ("--out .", ["--out names a folder"]),
        ("--tier Consumption", ["neither the circuit breakers", "--tier Consumption", "BasicV2"]),
        ("--tier basicv2", ["There is no tier basicv2", "Did you mean BasicV2?"]),
        ("--location 'East US 2!'", ["--location East US 2!"]),
    ],
)
def test_what_cannot_be_is_refused_before_anything(tmp_path: Path, line: str, words: list[str]) -> None:
    done = CommandLine(tmp_path, {})("verify-live", "--local", "--yes", *shlex.split(line))
    assert done.code == 2, done.err
    assert all(word in done.err for word in words), done.err
    assert "--gateway" not in done.err
    assert not (tmp_path / ".apimlb").exists()


@pytest.mark.parametrize("tier", ["BasicV2", "StandardV2"])
def test_what_is_made_is_told_in_80_columns(tmp_path: Path, tier: str) -> None:
    asked = ("verify-live", "--local", "--location", "switzerlandnorth", "--tier", tier)
    told, error, _ = CommandLine(tmp_path, {})(*asked).err.partition("Error: ")
    assert error
    assert f"a gateway ({tier})" in told
    assert all(len(line) <= 80 for line in told.splitlines())
