"""Drives the `apimlb` command as a user does: a process of its own, files in a folder of its own."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from tests.patience import PATIENCE

CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
MESSAGES = [{"role": "user", "content": "Say something."}]


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@dataclass(frozen=True)
class Ran:
    """One command's end."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.strip().splitlines()[-1]


@dataclass(frozen=True)
class CommandLine:
    """`apimlb` in a folder, with nothing of the machine's Azure in its environment."""

    folder: Path
    variables: Mapping[str, str]

    def __call__(self, *arguments: str, stdin: str = "") -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "apimlb", *arguments],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "APIMLB_WIRE_LOG": os.environ.get("APIMLB_WIRE_LOG", ""),
                **self.variables,
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

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
