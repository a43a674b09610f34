"""The gateway as whoever deploys it reaches it: over HTTP, at the URL that its service says."""

import http.client
import ssl
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from apimlb.errors import ApimlbError
from apimlb.http import Headers

SECONDS = 30.0
"""How long an answer may take; the probe itself gives a backend twenty."""


class UnreachableError(ApimlbError):
    """No answer came: no such host, no connection, or none in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's status and headers; its body is not read."""

    status: int
    headers: Headers = field(default_factory=Headers)


class Gateway(Protocol):
    """What a deploy asks of a gateway. Every call blocks and may be made from any thread."""

    def ask(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Answer:
        """The answer; raises `UnreachableError` when none comes."""
        ...


class HttpGateway:
    """A gateway over the network. `ca_file` is a PEM file to trust instead of the public authorities."""

    def __init__(self, ca_file: str = "") -> None:
        self._ca_file = ca_file

    def ask(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Answer:
        parts = urlsplit(url)
        connection = self._connection(parts.scheme, parts.netloc)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, path or "/", body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, Headers(response.getheaders()))
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"The gateway cannot be reached: {reason}", where=parts.netloc) from error
        finally:
            connection.close()

    def _connection(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(netloc, timeout=SECONDS)
        context = ssl.create_default_context(cafile=self._ca_file or None)
        return http.client.HTTPSConnection(netloc, timeout=SECONDS, context=context)
