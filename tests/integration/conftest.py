"""The local Azure that independent clients talk to, held to what Azure does."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from apimlb.http import Headers, Request, Response
from tests.integration.command_line import CommandLine
from tests.integration.watched import WatchedAzure
from tests.wire.watch import Watch


@pytest.fixture(autouse=True)
def spawned(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold what goes through the ARM port of every local Azure that the test starts to that, too."""
    log = tmp_path_factory.mktemp("wire") / "arm.ndjson"
    monkeypatch.setenv("APIMLB_WIRE_LOG", os.environ.get("APIMLB_WIRE_LOG", str(log)))
    yield
    watch = Watch()
    for line in log.read_text().splitlines() if log.exists() else ():
        watch(*_exchange(json.loads(line)))
    watch.check()


def _exchange(line: dict[str, object]) -> tuple[Request, Response]:
    request = Request(
        str(line["method"]), str(line["url"]), _headers(line["headers"]), str(line["body"]).encode()
    )
    status = int(str(line["status"]))
    return request, Response(status, _headers(line["reply_headers"]), str(line["reply"]).encode())


def _headers(shown: object) -> Headers:
    return Headers(shown.items()) if isinstance(shown, dict) else Headers()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedAzure]:
    """A local Azure of the test's own, all of whose exchanges are held to what Azure does."""
    azure = WatchedAzure(tmp_path / ".apimlb" / "local")
    yield azure
    azure.close()


@pytest.fixture
def apimlb(watched: WatchedAzure, tmp_path: Path) -> CommandLine:
    """The command in a folder whose local Azure is the test's own."""
    return CommandLine(tmp_path, {"APIMLB_TARGET": "local"})


@pytest.fixture
def slow_azure(tmp_path: Path) -> Iterator[WatchedAzure]:
    """One in which work takes its time, two hundred times as fast as Azure's."""
    azure = WatchedAzure(tmp_path / ".apimlb" / "local", lro="realistic", time_scale=0.005)
    yield azure
    azure.close()
