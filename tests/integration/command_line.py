"""Drives the `apimlb` command as a user does, with files in a folder of its own."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from tests.integration.here import Ran, run_here
from tests.patience import PATIENCE

CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
MESSAGES = [{"role": "user", "content": "Say something."}]


_PORTS = range(10_000, 32_768)
"""Below those that the system gives to outgoing connections: no other test's takes one between two starts."""


def free_port() -> int:
    """A port that nobody has. It is drawn from outside `random`, which hypothesis sets to the same state in
    every process that runs tests."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as opened, contextlib.suppress(OSError):
            opened.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True)
class CommandLine:
    """`apimlb` in a folder, with nothing of the machine's Azure in its environment.

    Its commands run in this process, which spares each of them half a second to two of imports.
    """

    folder: Path
    variables: Mapping[str, str]

    def __call__(self, *arguments: str) -> Ran:
        ran = self._run(
            arguments, {"APIMLB_WIRE_LOG": os.environ.get("APIMLB_WIRE_LOG", ""), **self.variables}
        )
        assert "Traceback" not in ran.err, ran.err
        return ran

    def _run(self, arguments: tuple[str, ...], variables: Mapping[str, str]) -> Ran:
        return run_here(self.folder, *arguments, environ=variables)

    def ok(self, *arguments: str) -> Ran:
        ran = self(*arguments)
        assert ran.code == 0, f"{arguments}: {ran.err}"
        return ran

    def write(self, text: str) -> None:
        (self.folder / "apimlb.toml").write_text(text)

    def environment(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.ok("env", "--format", "json").out)
        return found

    def accounts(self, deployment: str = "chat") -> dict[str, dict[str, Any]]:
        rows = json.loads(self.ok("local", "status", "--output", "json").out)["accounts"]
        return {row["name"]: row for row in rows if row["deployment"] == deployment}


class Shell(CommandLine):
    """The same, but each command is a process of its own: for what is about starting and ending one."""

    def _run(self, arguments: tuple[str, ...], variables: Mapping[str, str]) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "apimlb", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Answer:
    """What an HTTP client saw."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def post(url: str, document: Any, **headers: str) -> Answer:
    """POST JSON; header names are written with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        url, json.dumps(document).encode(), {"Content-Type": "application/json", **named}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return Answer(reply.status, dict(reply.headers), reply.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())
