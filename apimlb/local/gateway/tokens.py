"""Tokens of a service's managed identity, kept until shortly before they expire."""

import base64
import json
from collections.abc import Awaitable, Callable

from apimlb.clock import Clock
from apimlb.errors import ApimlbError
from apimlb.local.store import Document
from apimlb.policy.run.faults import PolicyFault

IdentityToken = Callable[[Document, str, str | None], Awaitable[str]]
"""Issues a token of the identity of a service (its document) for a resource; the third argument is the client
id of a user-assigned identity, None for the system-assigned one. Raises ApimlbError."""

_RENEW_BEFORE = 300.0


class TokenCache:
    def __init__(self, clock: Clock, issue: IdentityToken) -> None:
        self._clock = clock
        self._issue = issue
        self._kept: dict[tuple[str, str, str | None], tuple[float, str]] = {}

    async def get(self, service: Document, resource: str, client_id: str | None) -> str:
        """A valid token; raises PolicyFault when the service has no such identity."""
        key = (service.id.lower(), resource, client_id)
        expires, token = self._kept.get(key, (0.0, ""))
        if expires > self._clock.now():
            return token
        try:
            token = await self._issue(service, resource, client_id)
        except ApimlbError as error:
            raise PolicyFault(
                "ManagedIdentityTokenFailure", str(error), source="authentication-managed-identity"
            ) from error
        self._kept[key] = (_expiry(token) - _RENEW_BEFORE, token)
        return token


def _expiry(token: str) -> float:
    """The `exp` of a JWT, 0 when it has none: an opaque token is not kept."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return 0.0
