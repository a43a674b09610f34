"""A stack behind a port for each strategy and each reading of what Azure leaves open; the apps on Node."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from apimlb.local.gateway.switches import ADVERSE, GatewaySwitches
from apimlb.local.openai import switches as openai_switches
from apimlb.policy import switches as policy_switches
from tests.integration.command_line import CommandLine
from tests.integration.node import installed
from tests.integration.watched import served

APP = "11111111-2222-3333-4444-555555555555"
"""The client id of the app that is let in."""
FOREIGN = "99999999-2222-3333-4444-555555555555"
_STACK = f"""
strategy = "STRATEGY"
adapt_parameters = true
clients = ["{APP}"]
"""
_READINGS: dict[str, dict[str, Any]] = {
    "key ignored": {"gateway": GatewaySwitches(optional_key="ignored")},
    "key resolved": {"gateway": GatewaySwitches(optional_key="resolved")},
    "key refused": {"gateway": GatewaySwitches(optional_key="refused")},
}
_WORSE = {
    "openai": openai_switches.Settings(switches=openai_switches.ADVERSE),
    "policy": policy_switches.ADVERSE,
}
_READINGS |= {
    f"adverse, {name}": {"gateway": replace(ADVERSE, optional_key=given["gateway"].optional_key), **_WORSE}
    for name, given in _READINGS.items()
}


@dataclass(frozen=True)
class Stack:
    """What runs, and the tokens of an app that is on the list and of one that is not."""

    apimlb: CommandLine
    token: str
    foreign: str

    def variables(self, app: str) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.apimlb.ok("env", "--app", app, "--format", "json").out)
        return found


@pytest.fixture(
    scope="session", params=[(s, r) for s in ("backend-pool", "retry") for r in _READINGS], ids=str
)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    strategy, reading = request.param
    folder = tmp_path_factory.mktemp("apps")
    with served(folder, **_READINGS[reading]) as run:
        run.write(_STACK.replace("STRATEGY", strategy))
        run.ok("deploy", "--yes")
        audience = ("local", "token", "--audience", "https://cognitiveservices.azure.com", "--app")
        yield Stack(run, run.ok(*audience, APP).out.strip(), run.ok(*audience, FOREIGN).out.strip())


@pytest.fixture(scope="session")
def node() -> Path:
    """The apps on Node beside what they need."""
    return installed(Path(__file__).parent / "js") / "app.mjs"
