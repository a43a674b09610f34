"""Replies as bytes and headers, the way Azure Resource Manager writes them."""

import json

from apimlb.http import Headers, Request, Response
from apimlb.local.arm.call import Azure, Reply
from apimlb.local.arm.errors import ArmError

JSON = "application/json; charset=utf-8"

# Recorded from 2025 on: apim_aso_backend 2, 10 and 16. Answers of the gateway carry none.
_RATES = {
    "GET": ("x-ms-ratelimit-remaining-subscription-global-reads", "16499"),
    "HEAD": ("x-ms-ratelimit-remaining-subscription-global-reads", "16499"),
    "DELETE": ("x-ms-ratelimit-remaining-subscription-global-deletes", "11999"),
}
_WRITES = ("x-ms-ratelimit-remaining-subscription-global-writes", "11999")


def response(azure: Azure, request: Request, reply: Reply) -> Response:
    """The reply on the wire."""
    body = b"" if reply.body is None else _text(reply).encode()
    headers = Headers([("Cache-Control", _cache_control(request, reply))])
    if not reply.indented:
        headers.add("Pragma", "no-cache")
        headers.add("Expires", "-1")
    if reply.body is not None:
        headers.add("Content-Type", JSON)
    if reply.etag:
        headers.add("ETag", f'"{reply.etag}"')
    for name, value in reply.headers:
        headers.set(name, value)
    if "x-ms-failure-cause" not in headers:
        headers.add(*_RATES.get(request.method, _WRITES))
    _identify(azure, request, headers)
    return Response(reply.status, headers, b"" if request.method == "HEAD" else body)


def refusal(azure: Azure, request: Request, error: ArmError) -> Response:
    """The error on the wire, always compact."""
    return response(azure, request, Reply(error.status, error.body, list(error.headers)))


def _text(reply: Reply) -> str:
    if reply.indented:
        return json.dumps(reply.body, indent=2, ensure_ascii=False).replace("\n", "\r\n")
    return json.dumps(reply.body, separators=(",", ":"), ensure_ascii=False)


def _cache_control(request: Request, reply: Reply) -> str:
    """Recorded: "private" on the children of an API Management service since 2024-05-01, "no-cache" elsewhere
    (apim_aso_backend 12)."""
    return (
        "private" if reply.indented and request.query.get("api-version", "") >= "2024-05-01" else "no-cache"
    )


def _identify(azure: Azure, request: Request, headers: Headers) -> None:
    number = azure.guid()
    headers.add("x-ms-request-id", number)
    headers.add("x-ms-correlation-request-id", request.headers.get("x-ms-correlation-request-id") or number)
    headers.add("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers.add("X-Content-Type-Options", "nosniff")
    sent = request.headers.get("x-ms-client-request-id")
    if sent and (request.headers.get("x-ms-return-client-request-id") or "").lower() == "true":
        headers.add("x-ms-client-request-id", sent)
