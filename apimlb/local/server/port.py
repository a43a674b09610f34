"""One port as an ASGI application: HTTP in, a Request to whoever answers, the Response out as it comes."""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from apimlb.http import Headers, Request, Response, close

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answer = Callable[[Request], Awaitable[Response]]

# RFC 9110, 7.6.1; of one connection, and none of the planes' business.
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_BODILESS = {204, 304}


class Port:
    """Answers what arrives at a port with `answer`; a client that goes away stops its answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        request = await _request(scope, receive)
        if request is None:
            return
        caller = asyncio.current_task()
        assert caller is not None, "an ASGI application runs in a task"
        watch = _Watch(receive, caller)
        response: Response | None = None
        try:
            response = await self._answered(request)
            await _relay(response, send)
        except asyncio.CancelledError:
            if not watch.gone:
                raise
            caller.uncancel()
        finally:
            watch.end()
            if response is not None:
                await close(response)

    async def _answered(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except (ConnectionError, TimeoutError) as error:
            return _failure(502, "BadGateway", f"Nobody answers at {request.host}: {error}.")
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return _failure(500, "InternalServerError", "The local Azure failed; its log says why.")


class _Watch:
    """Waits for the client to go away, and then cancels the task that is answering it."""

    def __init__(self, receive: Receive, caller: "asyncio.Task[Any]") -> None:
        self.gone = False
        self._caller = caller
        self._task = asyncio.create_task(self._wait(receive))

    def end(self) -> None:
        self._task.cancel()

    async def _wait(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self._caller.cancel()


async def _request(scope: Message, receive: Receive) -> Request | None:
    """The whole request; None when the client left before it was complete."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    headers = Headers((name, value) for name, value in named if name not in _HOP_BY_HOP)
    server = scope.get("server") or ("localhost", 0)
    host = headers.get("host") or f"{server[0]}:{server[1]}"
    query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
    url = f"{scope['scheme']}://{host}{scope['raw_path'].decode('latin-1')}{query}"
    client = scope.get("client") or ("127.0.0.1", 0)
    return Request(scope["method"], url, headers, b"".join(parts), str(client[0]))


async def _relay(response: Response, send: Send) -> None:
    """Send the response, each chunk of a stream as soon as it is there."""
    body = response.body
    headers = _outgoing(response.headers)
    if isinstance(body, bytes):
        if response.status not in _BODILESS:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    async for chunk in body:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _outgoing(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers that belong to the message; its length is known only here."""
    dropped = {"content-length", *_HOP_BY_HOP}
    return [(name.encode("latin-1"), _safe(value)) for name, value in headers if name.lower() not in dropped]


def _safe(value: str) -> bytes:
    """A header's value as bytes that cannot end the header."""
    if "\r" in value or "\n" in value:
        value = " ".join(value.split())
    return value.encode("latin-1", "replace")


def _failure(status: int, code: str, message: str) -> Response:
    body = json.dumps({"error": {"code": code, "message": message}}).encode()
    return Response(status, Headers([("Content-Type", "application/json")]), body)
