"""`--debug`: a log of what a command did and what Azure answered, with no secret in it.

What Azure's SDKs log are requests and answers without bodies, with headers that they know to be harmless.
What is secret all the same is taken out of every line before it is written.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "logs"
_HIDDEN = "***"
_SECRET_NAMES = re.compile(r"(SECRET|PASSWORD|TOKEN|API_KEY|ACCESS_KEY|CONNECTION_STRING)", re.IGNORECASE)
_PATTERNS = (
    # A token in three parts, wherever it stands.
    re.compile(r"eyJ[\w-]+\.[\w-]+\.?[\w-]*"),
    # After the name of a header, a field or a parameter that holds a secret.
    re.compile(
        r"""(?ix)(?<=[\W_])(?P<name> authorization | (?:x-)?api-?key | ocp-apim-subscription-key | code | sig
        | (?:primary|secondary|master|access|account)_?key | key[12] | (?:client_|shared_)?secret
        | password | (?:access_|refresh_|id_)?token | assertion )
        (?P<mark> ['"]? \s* [:=] \s* ['"]? ) (?: (?:bearer|basic|sharedkey) \s+ )?
        [^\s'"&,;}]+"""
    ),
    # What is as long and as random as a key of Azure's.
    re.compile(r"\b(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Za-z])[A-Za-z0-9+/]{40,}={0,2}"),
    re.compile(r"\b[0-9a-f]{32}\b"),
)


def redacted(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """The text without secrets: those in the environment, and whatever looks like one."""
    for name in tuple(environ):
        # Another thread may have taken it away since.
        value = environ.get(name, "")
        if len(value) >= 6 and _SECRET_NAMES.search(name):
            text = text.replace(value, _HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(_hidden, text)
    return text


def _hidden(found: "re.Match[str]") -> str:
    parts = found.groupdict()
    return f"{parts['name']}{parts['mark']}{_HIDDEN}" if parts else _HIDDEN


class _Formatter(logging.Formatter):
    """A line with its time, a trace below it, all redacted."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def start(root: Path, arguments: list[str]) -> Path:
    """Write what is logged from now on to a new file below `root`, which only its owner reads; its path."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    numbers = [int(each.stem) for each in folder.glob("*.log") if each.stem.isdigit()]
    file = folder / f"{max(numbers, default=0) + 1:04}.log"
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s %(message)s"))
    logger = logging.getLogger()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logging.getLogger("apimlb").info("apimlb %s, Python %s", " ".join(arguments), sys.version.split()[0])
    return file
