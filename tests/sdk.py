"""Microsoft's SDK without a network: its requests end in a function, and waiting moves a clock by hand."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from apimlb.clock import Clock
from apimlb.http import Headers, Request, Response
from tests.fakes import ManualClock

Answer = Callable[[Request], Response]


class _Adapter(BaseAdapter):
    """Hands a request to the function and its answer back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        body: Any = request.body or b""
        asked = Request(
            request.method or "",
            request.url or "",
            Headers((name, str(value)) for name, value in request.headers.items()),
            body.encode() if isinstance(body, str) else body,
        )
        answered = self._answer(asked)
        assert isinstance(answered.body, bytes)
        made = requests.Response()
        made.status_code, made.reason, made.url, made.request = (
            answered.status,
            answered.reason,
            asked.url,
            request,
        )
        made.headers.update(dict(answered.headers))
        made.raw = HTTPResponse(io.BytesIO(answered.body), status=answered.status, preload_content=False)
        return made

    def close(self) -> None:
        pass


class InProcessTransport(RequestsTransport):  # type: ignore[misc]  # the SDK's module is lazy
    """The SDK's own transport over the function; pauses between polls and retries move the clock."""

    def __init__(self, answer: Answer, clock: Clock) -> None:
        session = requests.Session()
        session.mount("https://", _Adapter(answer))
        super().__init__(session=session, session_owner=False)
        self._clock = clock

    def sleep(self, duration: float) -> None:
        self._clock.pause(duration)


class FakeCredential:
    """Counts how often it is asked for a token."""

    def __init__(self, clock: ManualClock, *, lasts: float = 3600.0) -> None:
        self._clock = clock
        self._lasts = lasts
        self.asked: list[dict[str, Any]] = []

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.asked.append({"scopes": scopes, **options})
        return AccessToken(f"token {len(self.asked)}", int(self._clock.now() + self._lasts))
