"""`--wire-log FILE`: every exchange with ARM, a JSON object a line, with its secrets blotted out.

    {"method", "url", "headers": {…}, "body": text, "status", "reply_headers": {…}, "reply": text}

Tokens are left out; keys and secret values keep their kind and lose their text.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apimlb.http import Request, Response

_BLOT = "********"
_SECRETS = {"primarykey", "secondarykey", "key1", "key2", "connectionstring", "instrumentationkey", "value"}
_HIDDEN_HEADERS = {"authorization", "cookie"}


class WireLog:
    """Appends to one file, which only its owner can read."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a")

    def write(self, request: Request, response: Response) -> None:
        """One exchange, written through: a process that is killed leaves whole lines."""
        line = {
            "method": request.method,
            "url": request.url,
            "headers": _shown(request.headers),
            "body": _blotted(request.url, request.body),
            "status": response.status,
            "reply_headers": _shown(response.headers),
            "reply": _blotted(request.url, response.body) if isinstance(response.body, bytes) else "",
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _shown(headers: Any) -> Mapping[str, str]:
    return {name: value for name, value in headers if name.lower() not in _HIDDEN_HEADERS}


def _blotted(url: str, body: bytes) -> str:
    """The body's text; what is no JSON is left out, since nobody can tell what it holds."""
    try:
        document = json.loads(body) if body else ""
    except ValueError:
        return ""
    # `value` is a list's member everywhere but at a named value, whose secret it is.
    names = _SECRETS if "namedvalues" in url.lower() else _SECRETS - {"value"}
    return json.dumps(_blot(document, names)) if body else ""


def _blot(value: Any, names: set[str]) -> Any:
    match value:
        case dict():
            return {
                name: _BLOT if name.lower() in names and isinstance(held, str) else _blot(held, names)
                for name, held in value.items()
            }
        case list():
            return [_blot(item, names) for item in value]
        case _:
            return value
