"""The main job as a user does it: deploy locally, talk to the gateway, throttle an account, take it away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CHAT, MESSAGES, CommandLine, free_port, post

ORDERED = """
[[accounts]]
location = "eastus2"
priority = 1

[[accounts]]
location = "swedencentral"
priority = 2

[[accounts]]
location = "westus3"
priority = 2
"""


@pytest.fixture
def restarted(tmp_path: Path) -> Iterator[CommandLine]:
    """A command line that has started its local Azure itself, and stops it at the end."""
    run = CommandLine(tmp_path, {"APIMLB_TARGET": "local"})
    run.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    yield run
    run("local", "down")


def test_from_nothing_to_an_answer_and_back(apimlb: CommandLine) -> None:
    deployed = apimlb.ok("deploy", "--yes")
    url = deployed.last_line
    assert apimlb.ok("gateway-url").out == f"{url}\n"
    key = apimlb.environment()["AZURE_OPENAI_API_KEY"]

    answer = post(url + CHAT, {"messages": MESSAGES}, api_key=key)
    assert answer.status == 200
    assert answer.json["choices"][0]["message"]["content"]
    streamed = post(url + CHAT, {"messages": MESSAGES, "stream": True}, api_key=key)
    assert streamed.body.rstrip().endswith(b"data: [DONE]")
    embedded = post(
        url + CHAT.replace("chat/chat/completions", "embedding/embeddings"), {"input": "x"}, api_key=key
    )
    assert embedded.status == 200
    assert post(url + CHAT, {"messages": MESSAGES}).status == 401
    assert post(url + CHAT, {"messages": MESSAGES}, api_key="wrong").status == 401

    apimlb.ok("plan", "--detailed-exitcode")
    apimlb.ok("destroy", "--purge", "--yes")
    assert apimlb("destroy", "--purge", "--yes").code == 6
    assert apimlb.ok("deploy", "--yes").last_line == url


@pytest.mark.parametrize("strategy", ["backend-pool", "retry"])
def test_a_throttled_account_goes_unnoticed(apimlb: CommandLine, strategy: str) -> None:
    apimlb.write(f'strategy = "{strategy}"\n{ORDERED}')
    url = apimlb.ok("deploy", "--yes").last_line
    apimlb.ok("set-capacity", "1", "--account", "eastus2")
    key = apimlb.environment()["AZURE_OPENAI_API_KEY"]
    request = {"messages": MESSAGES, "max_completion_tokens": 400}
    # The other two take five a second each, of which the deploy's probe may have had one.
    seen = [post(url + CHAT, request, api_key=key).status for _ in range(8)]
    assert seen == [200] * 8
    first, *others = apimlb.accounts().values()
    # What an answer says is left is enough for the strategy without pools: it need not be refused.
    assert first["throttled"] >= 1 or strategy == "retry"
    assert first["calls"] - first["answered"] < 8, "an account that refused is left alone for a while"
    assert first["answered"] < 8
    assert sum(row["answered"] for row in others) > 0


def test_the_capacity_that_was_set_is_enforced_and_kept(apimlb: CommandLine) -> None:
    url = apimlb.ok("deploy", "--yes").last_line
    key = apimlb.environment()["AZURE_OPENAI_API_KEY"]
    apimlb.ok("set-capacity", "1")
    request = {"messages": MESSAGES, "max_completion_tokens": 900}
    low = [post(url + CHAT, request, api_key=key).status for _ in range(6)]
    assert 429 in low
    changed = json.loads(apimlb.ok("set-capacity", "50", "--output", "json").out)
    assert {change["after"] for change in changed} == {50}
    assert apimlb.ok("deploy", "--yes").last_line == url
    apimlb.ok("plan", "--detailed-exitcode")
    again = apimlb.ok("set-capacity", "50")
    assert "already 50 thousand" in again.err


def test_the_local_azure_keeps_its_state_when_it_is_stopped(restarted: CommandLine) -> None:
    apimlb = restarted
    url = apimlb.ok("deploy", "--yes").last_line
    key = apimlb.environment()["AZURE_OPENAI_API_KEY"]
    ports = [url.rsplit(":", 1)[1], str(free_port())]
    apimlb.ok("local", "down")
    apimlb.ok("local", "up", "--gateway-port", ports[0], "--arm-port", ports[1])
    assert post(url + CHAT, {"messages": MESSAGES}, api_key=key).status == 200
    apimlb.ok("plan", "--detailed-exitcode")
