"""`apimlb simulate` and `apimlb capacity`, as they are typed."""

import json
import shlex

import pytest
from typer.testing import CliRunner

from apimlb.cli.app import app
from apimlb.errors import ConfigError


def run(typed: str) -> str:
    """What stands on stdout; raises what the command raises."""
    done = CliRunner().invoke(app, shlex.split(typed), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_same_command_prints_the_same_bytes():
    typed = "simulate --strategy retry --load 1.3 --minutes 2 --seed 7 --output json"
    first, second = run(typed), run(typed)
    assert first == second
    assert json.loads(first)["policies"][0]["name"] == "retry"


def test_a_table_compares_strategies_and_files(tmp_path):
    file = tmp_path / "mine.xml"
    file.write_text(run("render --strategy retry"))
    short = "simulate --minutes 1 --load 0.5 --strategy retry"
    shown = run(f"{short} --compare backend-pool --compare {file}")
    assert [line.split()[0] for line in shown.splitlines()[3:6]] == ["retry", "backend-pool", "mine"]


def test_an_outage_a_burst_and_a_profile_can_be_asked_for():
    traffic = "--load 0.4 --shape bursts --streams 0.5 --retries 2"
    faults = "--outage swedencentral@0-3m=503 --cache-outage 1m-2m --flush 30s --gateways 2"
    told = json.loads(run(f"simulate --minutes 3 --profile sliding+absent {traffic} {faults} --output json"))
    assert (told["profile"], told["gateways"]) == ("sliding+absent", 2)
    assert told["policies"][0]["answered_by"]["swedencentral"] == 0


def test_ones_own_traffic_can_be_simulated(tmp_path):
    trace = tmp_path / "trace.csv"
    rows = "".join(f"{second},400,100\n" for second in range(60))
    trace.write_text(f"seconds,prompt_tokens,completion_tokens\n{rows}")
    told = json.loads(run(f"simulate --minutes 1 --output json --trace {trace}"))
    assert told["policies"][0]["requests"] == 60


def test_a_picture_is_drawn_the_same_each_time(tmp_path):
    pictures = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for picture in pictures:
        run(f"simulate --minutes 1 --plot {picture}")
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert b"<svg" in pictures[0].read_bytes()


def test_capacity_grows_with_what_is_asked_and_few_are_refused():
    typed = "capacity --tokens 400,100 --accounts 2 --minutes 2 --goal 0.01 --output json --rpm"
    little, much = (json.loads(run(f"{typed} {rpm}")) for rpm in (20, 60))
    assert [size["accounts"] for size in little] == [1, 2]
    assert all(size["refused"] <= 0.01 for size in (*little, *much))
    assert all(few["total"] < many["total"] for few, many in zip(little, much, strict=True))
    assert little[0]["refused_with_one_away"] == 1


def test_capacity_is_shown_to_a_person_as_a_table():
    shown = run("capacity --tokens 400,100 --accounts 1 --minutes 2 --rpm 20")
    assert shown.startswith("accounts, each in a region")
    assert shown.endswith("With one account away, 1 account serves the most.\n")


def test_a_policy_that_azure_would_refuse_is_blamed_on_its_file(tmp_path):
    broken, about = tmp_path / "mine.xml", tmp_path / "theirs.toml"
    broken.write_text("<policies>\n  <inbound>")
    about.write_text('name = "theirs"\npolicy = "mine.xml"\n')
    for asked in (f"--policy {broken}", f"--compare {broken}", f"--policy {about}"):
        with pytest.raises(ConfigError, match="is not closed") as said:
            run(f"simulate {asked}")
        file = asked.split()[1]
        assert said.value.where == f"{file}, line 2, column 12"
        assert said.value.next_step == f"Correct {file}."


@pytest.mark.parametrize("command", ["simulate", "capacity --rpm 9 --tokens 9,9"])
def test_a_wrong_strategy_is_blamed_on_whoever_named_it(command, monkeypatch):
    with pytest.raises(ConfigError) as said:
        run(f"{command} --strategy retri")
    assert said.value.where == "--strategy retri"
    monkeypatch.setenv("APIMLB_STRATEGY", "pool")
    with pytest.raises(ConfigError) as said:
        run(command)
    assert said.value.where == "APIMLB_STRATEGY"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("simulate --profile jumping", "no profile"),
        ("simulate --shape round", "no shape"),
        ("simulate --tokens many", "are no tokens"),
        ("simulate --outage mars@1m-2m", "no account 'mars'"),
        ("simulate --outage eastus2", "is no outage"),
        ("simulate --policy nowhere.xml", "nowhere.xml"),
        ("simulate --plot {}/nowhere/out.svg --minutes 0.1", "nowhere/out.svg"),
        ("capacity --rpm 10 --tokens 1,1 --accounts 40", "40 accounts"),
    ],
)
def test_what_cannot_be_is_said(arguments, complaint, tmp_path):
    with pytest.raises(ConfigError) as said:
        run(arguments.format(tmp_path))
    assert complaint in f"{said.value} {said.value.next_step}"
