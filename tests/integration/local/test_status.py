"""`apimlb local status`: what there is before anybody calls it, and what became of it afterwards."""

import json

import pytest

from tests.integration.command_line import CHAT, MESSAGES, CommandLine, post
from tests.integration.watched import WatchedAzure

REGIONS = ("eastus2", "swedencentral", "westus3")


def exhaust(apimlb: CommandLine, url: str) -> None:
    """Ask until every account has refused."""
    key = apimlb.environment()["AZURE_OPENAI_API_KEY"]
    request = {"messages": MESSAGES, "max_completion_tokens": 900}
    while post(url + CHAT, request, api_key=key).status == 200:
        pass


def test_names_every_deployment_before_the_first_call(apimlb: CommandLine) -> None:
    empty = apimlb.ok("local", "status").out
    assert "apimlb deploy --local" in empty
    apimlb.ok("deploy", "--yes")
    rows = json.loads(apimlb.ok("local", "status", "--output", "json").out)["accounts"]
    assert [
        (region in row["name"], row["deployment"])
        for row, region in zip(rows, [region for region in REGIONS for _ in range(2)], strict=True)
    ] == [(True, name) for _ in REGIONS for name in ("chat", "embedding")]
    for row in rows:
        assert (row["capacity"], row["limit"]) == (30, 30_000)
        assert row["answered"] == 0
        assert row["used"] < 200  # by the probes of the deploy
    text = apimlb.ok("local", "status").out
    for row in rows:
        assert row["name"] in text
    assert text.count("30,000") == len(rows)


def test_says_where_it_is_and_what_it_was_told(apimlb: CommandLine, watched: WatchedAzure) -> None:
    apimlb.ok("local", "fault", "add", "--status", "503", "--url", "*/nowhere*")
    apimlb.ok("local", "clock", "freeze")
    said = apimlb.ok("local", "status").out
    for told in (
        watched.endpoint.gateway_url,
        watched.endpoint.arm_url,
        str(watched.endpoint.pid),
        ".apimlb/local",
        "any */nowhere*, always: status 503",
        "standing still",
    ):
        assert told in said


@pytest.mark.parametrize(
    ("strategy", "rest"),
    [("backend-pool", "eastus2-chat: breaker open"), ("retry", "eastus2/chat: cools down")],
)
def test_tells_use_and_who_is_left_alone(apimlb: CommandLine, strategy: str, rest: str) -> None:
    apimlb.write(f'strategy = "{strategy}"')
    url = apimlb.ok("deploy", "--yes").last_line
    apimlb.ok("local", "clock", "freeze")
    apimlb.ok("set-capacity", "1")
    exhaust(apimlb, url)
    rows = apimlb.accounts()
    assert all(0 < row["used"] <= row["limit"] == 1000 and row["throttled"] for row in rows.values())
    assert rest in apimlb.ok("local", "status").out
    apimlb.ok("local", "clock", "advance", "2m")
    assert all(row["used"] == 0 for row in apimlb.accounts().values())
    assert rest not in apimlb.ok("local", "status").out


def test_an_account_of_any_name_is_looked_for(apimlb: CommandLine) -> None:
    apimlb.ok("deploy", "--yes")
    for name in ("a/b c", "☃", "a?b#c", "..", "%2e"):
        for options in ([], ["--set", "pressure=2"]):
            told = apimlb("local", "account", name, *options)
            assert (told.code, "There are oai-" in told.err) == (6, True), told.err
