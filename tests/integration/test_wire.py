"""The whole command line against real ports, with every exchange held to Microsoft's contract."""

from pathlib import Path

import pytest

from tests.integration.command_line import CHAT, MESSAGES, CommandLine, post
from tests.integration.watched import WatchedAzure


@pytest.mark.parametrize("strategy", ["backend-pool", "retry"])
def test_what_the_command_line_sends_and_gets_is_as_microsoft_describes(
    watched: WatchedAzure, tmp_path: Path, strategy: str
) -> None:
    run = CommandLine(tmp_path, {"APIMLB_TARGET": "local"})
    run.write(f'strategy = "{strategy}"\n')
    url = run.ok("deploy", "--yes").last_line
    key = run.environment()["AZURE_OPENAI_API_KEY"]
    assert post(url + CHAT, {"messages": MESSAGES}, api_key=key).status == 200
    run.ok("set-capacity", "31")
    assert run.ok("plan", "--detailed-exitcode").code == 0
    run.ok("destroy", "--purge", "--yes")
    assert watched.watch.seen > 100
