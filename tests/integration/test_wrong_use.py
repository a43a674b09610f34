"""What is said of a wrong flag or file blames what the user wrote, in our words and before all else."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine
from tests.integration.here import Ran
from tests.integration.watched import served


@pytest.fixture(scope="module")
def apimlb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A local Azure that nothing is deployed to, and a plan for it."""
    folder = tmp_path_factory.mktemp("wrong")
    with served(folder, {}) as run:
        run.ok("plan", "--local", "--out", "agreed.json", "-q")
        yield run


def said(ran: Ran, code: int, *words: str) -> str:
    """The one error, in four parts, saying all of this, after nothing else."""
    assert ran.code == code, ran.err
    assert ran.err.count("Error: ") == 1
    assert all(f"  {part}: " in ran.err for part in ("where", "next")), ran.err
    assert ran.err.startswith("Error: "), ran.err
    assert ran.out == ""
    for word in words:
        assert word in ran.err, ran.err
    return ran.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("plan --local --set deployments.chat.capacity=foo", ["--set deployments.chat.capacity=foo"]),
        ("plan --local --set accounts.eastus2.priority=first", ["--set accounts.eastus2.priority=first"]),
        (
            "plan --local --capacity chatt=30",
            ["no deployment chatt", "Did you mean chat?", "--capacity chatt=30"],
        ),
        ("plan --local --capacity mars/chat=30", ["no account mars", "--capacity mars/chat=30"]),
        ("plan --local --capacity eastus2/chatt=30", ["chatt", "--capacity eastus2/chatt=30"]),
        ("plan --local --accounts mars", ["mars"]),
        ("plan --local --accounts ,", ["where: --accounts ,", "Correct --accounts ,"]),
        ("clients add --local my-app", ["where: my-app", "an id from Entra"]),
        ("deploy --yes --local --accounts mars", ["mars"]),
        ("plan --local --accounts ''", ["--accounts is empty"]),
        ("--stack '' plan --local", ["--stack is empty"]),
        ("deploy --local --tier ''", ["--tier is empty"]),
        ("plan --local --set ''", ["--set is empty"]),
        ("plan --config .", ["This is a folder"]),
        ("plan --local --out nowhere/p.json", ["--out names a file in a folder that is not there"]),
        ("deploy agreed.json --plan other.json --local", ["Two plans", "agreed.json and other.json"]),
        ("deploy agreed.json --local --stack other", ["of the stack apimlb, not of other", "--stack apimlb"]),
        ("deploy --local --tier Developer --set units=3", ["fewer than 3 units", "BasicV2", "units=3"]),
        ("render --config nowhere.toml", ["no such file"]),
        ("demo --azure", ["local Azure alone", "apimlb loadtest"]),
        ("simulate --plot .", ["--plot .", ".svg"]),
        ("simulate --plot nowhere/out.svg", ["folder is not there"]),
        ("loadtest --users 1 --local --html .", ["--html names a folder"]),
    ],
)
def test_a_wrong_flag_is_blamed_itself(apimlb: CommandLine, line: str, words: list[str]) -> None:
    told = said(apimlb(*shlex.split(line)), 2, *words)
    assert "Plan: " not in told


def test_a_gateway_that_is_not_there_is_told_before_any_plan(apimlb: CommandLine) -> None:
    told = said(apimlb("plan", "--local", "--set", "gateway=apis/nowhere"), 6, "service nowhere")
    assert "az apim list" in told
    assert "to add" not in told


@pytest.mark.parametrize(
    ("file", "text", "line", "words"),
    [
        ("p.json", '{"version": 1,\n "changes": ]', "deploy p.json --local", ["not JSON", "line 2"]),
        ("p.json", "", "deploy p.json --local", ["not JSON"]),
        ("apimlb.toml", 'name = "a"\ntier = \n', "plan --local", ["not TOML", "line 2"]),
        ("apimlb.toml", '\ufeffname = "a"\n', "plan --local", ["byte order mark", "without one"]),
        (
            "c.yaml",
            "request: {method: GET\nurl: [",
            "policy trace p.xml --case c.yaml",
            ["not YAML", "line 2"],
        ),
        ("c.toml", "name = \n", "simulate --policy c.toml", ["not TOML", "line 1"]),
        (
            "p.xml",
            '<policies>\n<inbound><set-variable name="x" value="@(y)" /></inbound>\n</policies>',
            "simulate --policy p.xml --minutes 1",
            ["where: p.xml, line 2", "Azure would not take this policy.", "Correct p.xml."],
        ),
        (
            "t.csv",
            "seconds,prompt_tokens,completion_tokens\n0,ten,1\n",
            "simulate --trace t.csv",
            ["'ten'", "line 2"],
        ),
        (
            "t.csv",
            "seconds,prompt_tokens,completion_tokens\n0,1\n",
            "simulate --trace t.csv",
            ["fewer cells"],
        ),
        (
            "t.csv",
            "seconds,prompt_tokens,completion_tokens\nsoon,1,1\n",
            "simulate --trace t.csv",
            ["'soon'"],
        ),
    ],
)
def test_a_broken_file_is_told_by_its_place_in_our_words(
    apimlb: CommandLine, file: str, text: str, line: str, words: list[str]
) -> None:
    (apimlb.folder / "p.xml").write_text("<policies />")
    broken = apimlb.folder / file
    broken.write_text(text)
    try:
        told = said(apimlb(*line.split()), 2, file, *words).splitlines()
    finally:
        broken.unlink()
    assert not any(raw in told[0] for raw in ("Expecting", "Invalid", "while parsing", "literal", "char "))


LENT = """
[[accounts]]
location = "eastus2"
endpoint = "https://theirs.openai.azure.com"
"""


def test_a_plan_says_who_lets_the_gateway_into_an_account_of_others(apimlb: CommandLine) -> None:
    apimlb.write(LENT)
    try:
        told = apimlb.ok("plan", "--local").err
    finally:
        (apimlb.folder / "apimlb.toml").unlink()
    assert "Whoever owns https://theirs.openai.azure.com lets the gateway in" in told
    assert "`az role assignment create --role " in told


def test_a_plan_says_what_is_billed_by_the_hour(apimlb: CommandLine) -> None:
    sku = "GlobalProvisionedManaged"
    told = apimlb.ok("plan", "--local", "--set", f"deployments.chat.sku={sku}", "--capacity", "chat=15").err
    assert f"Billed by the hour, used or not: deployment eastus2/chat (15 units of {sku})." in told
    assert "billed by the hour" in apimlb("regions", "--local", "--sku", sku, "--capacity", "15").err


def test_a_plan_of_the_local_azure_is_not_taken_to_azure(apimlb: CommandLine) -> None:
    told = said(apimlb("deploy", "agreed.json"), 2, "of the local Azure", "apimlb deploy agreed.json --local")
    assert "Not logged in" not in told


def test_a_plan_of_another_subscription_is_told_with_its_own(apimlb: CommandLine) -> None:
    plan = json.loads((apimlb.folder / "agreed.json").read_text())
    other = {**plan, "local": False, "subscription": "11111111-2222-3333-4444-555555555555"}
    (apimlb.folder / "other.json").write_text(json.dumps(other))
    command = "apimlb deploy other.json --azure --subscription 11111111-2222-3333-4444-555555555555"
    said(apimlb("deploy", "other.json", "--local"), 2, command)


def test_a_demo_ends_without_the_address_of_what_it_took_away(tmp_path: Path) -> None:
    run = CommandLine(tmp_path, {})
    run.ok("local", "up", "--gateway-port", "0", "--arm-port", "0")
    try:
        assert run.ok("demo").out == ""
    finally:
        run("local", "down")
