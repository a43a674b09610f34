"""`apimlb policy`: expressions and policies looked at by hand."""

import json
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine

ROOT = Path(__file__).parents[2]
CASE = """
request:
  method: POST
  url: https://gateway.test/openai/deployments/chat/chat/completions?api-version=2024-10-21
  headers: {api-key: k}
  parameters: {deployment-id: chat}
  body: {messages: []}
path: /deployments/chat/chat/completions
named_values:
  apimlb-gateway: https://gateway.test
  apimlb-drained: none
  apimlb-client-ids-0: none
  apimlb-client-ids-1: none
  apimlb-client-ids-2: none
  apimlb-client-ids-3: none
  apimlb-tenant-id: 00000000-0000-0000-0000-000000000000
  apimlb-identity: 00000000-0000-0000-0000-000000000000
identity: token
backend_urls:
  eastus2-chat: https://east.test/openai
  swedencentral-chat: https://sweden.test/openai
  westus3-chat: https://west.test/openai
backends:
  - {match: "*/apimlb-keys", reply: {status: 200}}
  - {match: "*east*", reply: {status: 429, headers: {Retry-After: 3}}}
  - {match: "*sweden*", reply: {status: 200, body: {}}}
  - {match: "*west*", reply: {status: 429}}
"""


@pytest.fixture
def apimlb(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {})


def test_an_expression_has_a_type_and_a_value(apimlb: CommandLine) -> None:
    assert apimlb.ok("policy", "eval", "@(7 / 2)").out == "System.Int32 3\n"
    (apimlb.folder / "c.json").write_text('{"request": {"method": "PATCH"}}')
    said = apimlb.ok("policy", "eval", "@(context.Request.Method)", "--context", "c.json")
    assert said.out == "System.String PATCH\n"


def test_what_does_not_compile_says_where_and_what_throws_says_what(apimlb: CommandLine) -> None:
    broken = apimlb("policy", "eval", "@(1 +)")
    assert (broken.code, "line 1, column" in broken.out) == (1, True)
    thrown = apimlb("policy", "eval", '@(int.Parse("x"))')
    assert (thrown.code, "System.FormatException" in thrown.out) == (1, True)


def test_a_file_of_cases_is_answered_with_one_document(apimlb: CommandLine) -> None:
    cases = [{"id": "a", "expression": "@(1 + 1)"}, {"id": "b", "expression": "@(nothing)"}]
    (apimlb.folder / "cases.json").write_text(json.dumps(cases))
    answers = json.loads(apimlb.ok("policy", "eval", "--cases", "cases.json").out)
    assert answers[0] == {"id": "a", "type": "System.Int32", "value": "2"}
    assert answers[1]["compile_error"] == "CS0103"


def test_files_that_are_no_good_are_named(apimlb: CommandLine) -> None:
    (apimlb.folder / "bad.json").write_text("[")
    for arguments in (["--cases", "bad.json"], ["--cases", "none.json"], ["@(1)", "--context", "bad.json"]):
        ran = apimlb("policy", "eval", *arguments)
        assert ran.code == 2
        assert "next:" in ran.err


def test_a_policy_is_walked_through_step_by_step(apimlb: CommandLine) -> None:
    (apimlb.folder / "case.yaml").write_text(CASE)
    policy = str(ROOT / "policies" / "retry.xml")
    said = apimlb.ok("policy", "trace", policy, "--case", "case.yaml").out
    assert "forward-request" in said
    assert "200 OK" in said.splitlines()[-1]
    told = json.loads(apimlb.ok("policy", "trace", policy, "--case", "case.yaml", "--output", "json").out)
    assert told["response"]["status"] == 200
    assert all(step["line"] > 0 for step in told["steps"])
    assert "swedencentral" in told["variables"]["account"]
