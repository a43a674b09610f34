"""`--wire-log FILE`: every exchange with ARM, a JSON object a line, with its secrets blotted out.

    {"method", "url", "headers": {…}, "body": text, "status", "reply_headers": {…}, "reply": text}

Tokens are left out; keys and secret values keep their kind and lose their text.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apimlb.http import Request, Response

_POLICY = re.compile(r"/(policies|policyfragments|schemas)(/|\?|$)", re.I)
_BLOT = "********"
_SECRETS = {
    *("primarykey", "secondarykey", "key1", "key2", "connectionstring", "instrumentationkey", "value"),
    *("access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "password", "data"),
}
_HIDDEN_HEADERS = {
    *("authorization", "cookie", "set-cookie", "api-key", "ocp-apim-subscription-key"),
    *("x-apimlb-control", "proxy-authorization", "x-functions-key"),
}
_QUERY = re.compile(r"(?<=[?&])(subscription-key|api-key|code|sig|client_secret|access_token)=[^&#]*", re.I)
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


class WireLog:
    """Appends to one file, which only its owner can read."""

    def __init__(self, path: Path) -> None:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if stat.S_ISREG(os.fstat(opened).st_mode):
            # One that was there may be open to others.
            os.fchmod(opened, 0o600)
        self._file = os.fdopen(opened, "a", encoding="utf-8")

    def write(self, request: Request, response: Response) -> None:
        """One exchange, written through: a process that is killed leaves whole lines."""
        line = {
            "method": request.method,
            "url": _QUERY.sub(rf"\1={_BLOT}", request.url),
            "headers": _shown(request.headers),
            "body": _blotted(request.url, request.body),
            "status": response.status,
            "reply_headers": _shown(response.headers),
            "reply": _blotted(request.url, response.body) if isinstance(response.body, bytes) else "",
        }
        # Wherever else a token may be: nothing but a token looks like one.
        self._file.write(_TOKEN.sub(_BLOT, json.dumps(line)) + "\n")
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
    # A policy's text is in `value`, too, and what it names as {{secret}} is not in it.
    shown = {"value"} if _POLICY.search(url) else set()
    names = _SECRETS - shown
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
