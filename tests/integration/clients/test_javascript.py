"""OpenAI's own client for JavaScript, over a port, to the gateway and to an account.

The package is installed once per machine, in the user's cache; without npm the tests are skipped, in CI they
fail.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients.site import API_VERSION, Site, Way
from tests.integration.node import installed
from tests.patience import PATIENCE


@pytest.fixture(scope="session")
def script() -> Path:
    """The script beside its installed dependencies."""
    return installed(Path(__file__).parent / "js") / "client.mjs"


def run(script: Path, doing: str, way: Way, retries: int = 0) -> Any:
    # Its fetch takes no Host header of ours: the name must stand in the URL.
    origin = (
        way.origin.replace("127.0.0.1", f"{way.headers['Host']}.localhost") if way.headers else way.origin
    )
    asked = {"origin": origin, "key": way.key, "apiVersion": API_VERSION, "retries": retries}
    done = subprocess.run(
        ["node", str(script), doing],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_chat_is_answered_whole_and_in_pieces(script: Path, way: Way) -> None:
    whole = run(script, "chat", way)
    assert whole["usage"]["total_tokens"] == sum(
        whole["usage"][f"{part}_tokens"] for part in ("prompt", "completion")
    )
    streamed = run(script, "stream", way)
    assert streamed["text"] == whole["text"] != ""
    assert streamed["count"] > 3


def test_texts_are_embedded(script: Path, way: Way) -> None:
    assert run(script, "embeddings", way) == [1536, 1536]


def test_v1_answers_and_responds(script: Path, way: Way) -> None:
    said = run(script, "v1", way)
    assert said["chat"]
    assert said["response"]
    assert said["response"] in said["streamed"]


def test_errors_have_the_class_that_a_caller_expects(script: Path, way: Way) -> None:
    seen = run(script, "errors", way)
    assert {name: (error["name"], error["status"]) for name, error in seen.items()} == {
        "missing": ("NotFoundError", 404),
        "refused": ("BadRequestError", 400),
        "stranger": ("AuthenticationError", 401),
        "oversize": ("RateLimitError", 429),
    }
    assert (seen["missing"]["code"], seen["refused"]["param"]) == ("DeploymentNotFound", "max_tokens")


def test_retries_wait_as_long_as_they_are_told_and_come_through(script: Path, site: Site) -> None:
    before = site.throttled()
    assert run(script, "retries", site.account, retries=5) == 3
    assert site.throttled() > before
