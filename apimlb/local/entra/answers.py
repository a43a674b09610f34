"""Entra's refusals, as the token endpoint writes them."""

import json
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apimlb.clock import utc
from apimlb.http import Headers, Response


@dataclass(eq=False)
class Refusal(Exception):
    """One error of Entra: AADSTS number, OAuth's word for it, and the sentence.

    Microsoft Learn, Microsoft Entra authentication and authorization error codes.
    """

    number: int
    error: str
    message: str
    status: int = 400


def bad_secret(client_id: str) -> Refusal:
    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
        f"value, not the client secret ID, for a secret added to app '{client_id}'."
    )
    return Refusal(7000215, "invalid_client", message, 401)


def unknown_tenant(tenant: str, error: str = "invalid_request") -> Refusal:
    message = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing "
        "into the correct cloud. Check with your subscription administrator, this may happen if there are no "
        "active subscriptions for the tenant."
    )
    return Refusal(90002, error, message)


def unknown_client(client_id: str, tenant: str) -> Refusal:
    message = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can "
        "happen if the application has not been installed by the administrator of the tenant or consented to "
        "by any user in the tenant. You may have sent your authentication request to the wrong tenant."
    )
    return Refusal(700016, "unauthorized_client", message)


def missing(parameter: str) -> Refusal:
    message = f"The request body must contain the following parameter: '{parameter}'."
    return Refusal(900144, "invalid_request", message)


def no_credential() -> Refusal:
    message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return Refusal(7000218, "invalid_client", message, 401)


def bad_grant(grant: str) -> Refusal:
    message = f"The app requested an unsupported grant type '{grant}'."
    return Refusal(70003, "unsupported_grant_type", message)


def bad_scope(scope: str) -> Refusal:
    message = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value "
        "with /.default suffixed to the resource identifier (application ID URI)."
    )
    return Refusal(1002012, "invalid_scope", message)


def post_only(method: str) -> Refusal:
    message = f"The endpoint only accepts POST requests. Received a {method} request."
    return Refusal(900561, "invalid_request", message)


def refusal(reason: Refusal, now: float, rng: random.Random) -> Response:
    """The response; trace and correlation id are chance's, the time is `now`."""
    trace, correlation = (str(UUID(int=rng.getrandbits(128), version=4)) for _ in range(2))
    stamp = f"{utc(now):%Y-%m-%d %H:%M:%SZ}"
    description = (
        f"AADSTS{reason.number}: {reason.message} Trace ID: {trace} Correlation ID: {correlation} "
        f"Timestamp: {stamp}"
    )
    body = {
        "error": reason.error,
        "error_description": description,
        "error_codes": [reason.number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={reason.number}",
    }
    return document(body, reason.status)


def document(body: dict[str, Any], status: int = 200) -> Response:
    headers = [("Cache-Control", "no-store, no-cache"), ("Content-Type", "application/json; charset=utf-8")]
    return Response(status, Headers(headers), json.dumps(body).encode())
