"""With `--output json` every command prints one document, be it an error, as the table of schemas has it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from apimlb.cli.schemas import DOCUMENTS, ERROR
from tests.integration.command_line import CommandLine
from tests.unit.cli.test_grammar import COMMANDS

CASE = "request: {method: GET, url: 'https://g.example/openai/x'}\n"
POLICY = "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>"
ID = "11111111-2222-3333-4444-555555555555"

# In the order of a stack's life; each with what it needs besides.
LINES = [
    "version",
    "config show",
    "config schema",
    "init --force",
    "render",
    "completion zsh",
    "policy eval @(1)",
    "policy trace policy.xml --case case.yaml",
    "simulate --minutes 1 --load 0.2",
    "capacity --rpm 10 --tokens 100,50 --accounts 1 --minutes 1",
    "doctor",
    "list",
    "plan",
    "regions --capacity 30 --model gpt-5.1",
    "deploy --yes",
    "list",
    "status",
    "resume",
    "gateway-url",
    "open",
    "env --app python",
    "loadtest --users 1 --duration 1s --pause 0",
    "loadtest export load --users 1",
    "set-capacity 40",
    "drain westus3",
    "undrain westus3",
    "keys create team",
    "keys list",
    "keys rotate team",
    "keys revoke team --yes",
    f"clients add {ID}",
    "clients list",
    f"tiers assign default {ID}",
    "tiers list",
    f"clients remove {ID}",
    "local status",
    "local token",
    "local env",
    "local records",
    "local account oai --set pressure=2",
    "local fault add --plane openai --status 503",
    "local fault list",
    "local fault clear",
    "local clock",
    "local clock freeze",
    "local clock advance 5s",
    "local clock resume",
    "destroy --purge --yes",
    "verify-live --yes --only gateway.wrong_method",
]
NOT_HERE = {"demo", "local up", "local down"}
"""What starts and stops a local Azure of its own: see the other test."""


def command_of(line: str) -> str:
    """The command's words in a line."""
    words = line.split()
    return next(" ".join(words[:n]) for n in (3, 2, 1) if " ".join(words[:n]) in DOCUMENTS)


@pytest.fixture
def run(apimlb: CommandLine) -> CommandLine:
    """With the files that commands read."""
    (apimlb.folder / "case.yaml").write_text(CASE)
    (apimlb.folder / "policy.xml").write_text(POLICY)
    return apimlb


def document(text: str) -> Any:
    """The one document in a text."""
    return json.loads(text)


def test_there_is_a_schema_for_every_command() -> None:
    assert {" ".join(way) for way in COMMANDS} | {"local clock", "loadtest"} == {*DOCUMENTS}
    assert {command_of(line) for line in LINES} | NOT_HERE == {*DOCUMENTS}


def test_every_command_answers_as_its_schema_says(run: CommandLine) -> None:
    for line in LINES:
        words = line.split()
        if words[0] == "local" and words[1] == "account":
            words[2] = next(iter(run.accounts()))
        ran = run("--output", "json", *words)
        assert ran.out, f"{line}: {ran.err}"
        answered = document(ran.out)
        assert ran.code == 0, f"{line}: {answered}"
        jsonschema.validate(answered, DOCUMENTS[command_of(line)])


def test_a_local_azure_is_started_and_stopped(tmp_path: Path) -> None:
    run = CommandLine(tmp_path, {})
    started = document(run("local", "up", "--gateway-port", "0", "--arm-port", "0", "-o", "json").out)
    try:
        jsonschema.validate(started, DOCUMENTS["local up"])
        jsonschema.validate(document(run("demo", "-o", "json").out), DOCUMENTS["demo"])
    finally:
        stopped = document(run("local", "down", "-o", "json").out)
    jsonschema.validate(stopped, DOCUMENTS["local down"])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("gateway-url --stack nowhere --local", 6),
        ("deploy --tier Basc --local", 2),
        ("deplyo", 2),
        ("env --format josn", 2),
        ("set-capacity --local", 2),
        ("plan --config nowhere.toml", 2),
        ("local status", 6),
        ("deploy --azure --yes", 3),
    ],
)
def test_an_error_is_one_document_too(tmp_path: Path, line: str, code: int) -> None:
    for words in ([*line.split(), "--output", "json"], ["-o", "json", *line.split()]):
        ran = CommandLine(tmp_path, {})(*words)
        told = document(ran.out)
        jsonschema.validate(told, ERROR)
        assert ran.code == told["error"]["exit_code"] == code
        assert f"Error: {told['error']['what']}" in ran.err
