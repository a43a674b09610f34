"""A bench at a gateway that somebody deployed: Resource Manager writes to it, HTTP asks it."""

import asyncio
import http.client
import ssl
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.gateway import UnreachableError
from apimlb.http import Headers
from apimlb.verify.bench import Heard, Json, Value

_SECONDS = 150.0
"""How long an answer may take."""


@dataclass(slots=True)
class LiveBench:
    """The service with this id, whose gateway answers at `origin`."""

    cloud: Cloud
    clock: Clock
    service: str
    origin: str

    async def write(self, path: str, body: Json) -> None:
        await asyncio.to_thread(self.cloud.put, f"{self.service}/{path}", body)

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Heard:
        return await asyncio.to_thread(self._asked, method, url, headers, body)

    async def together(self, works: Sequence[Awaitable[Value]]) -> list[Value]:
        return list(await asyncio.gather(*works))

    def _asked(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Heard:
        parts, began = urlsplit(url), self.clock.now()
        connection = _connection(parts.scheme, parts.netloc)
        try:
            connection.request(method, parts.path or "/", body, dict(headers))
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"The gateway cannot be reached: {reason}", where=parts.netloc) from error
        finally:
            connection.close()
        took = self.clock.now() - began
        return Heard(response.status, response.reason, Headers(response.getheaders()), text, took)


def _connection(scheme: str, netloc: str) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=_SECONDS)
    return http.client.HTTPSConnection(netloc, timeout=_SECONDS, context=ssl.create_default_context())
