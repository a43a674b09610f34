"""Tokens for Resource Manager: one for all clients, renewed when Azure does not take it."""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.identity import ClientSecretCredential, CredentialUnavailableError, DefaultAzureCredential

from apimlb.clock import Clock
from apimlb.deploy import refusals
from apimlb.deploy.cloud import Target
from apimlb.deploy.refusals import Refusal, Refused

_TOKEN_MARGIN = 300.0
_BUSY = re.compile(r"AADSTS90033|temporarily_unavailable|Service ?Unavailable|HTTP Error: (429|5\d\d)")
"""What Entra says when it cannot give a token now: where the Azure CLI asked, its words are all there is."""


class Credential(Protocol):
    """Whatever of azure-identity gives tokens."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...


class SharedCredential:
    """One token for all clients; each of them would ask for its own."""

    def __init__(self, make: Callable[[], Credential], tenant_id: str, clock: Clock) -> None:
        """`make` gives a source that remembers no token of an earlier one."""
        self._make = make
        self._source = make()
        self._tenant = {"tenant_id": tenant_id} if tenant_id else {}
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], AccessToken] = {}

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token with five minutes left at least; `claims`, Azure's wish for a fresh one, asks anew."""
        with self._lock:
            held = self._tokens.get(scopes)
            if held is None or options.get("claims") or held.expires_on - self._clock.now() < _TOKEN_MARGIN:
                held = self._tokens[scopes] = self._source.get_token(*scopes, **{**self._tenant, **options})
            return held

    def renew(self) -> None:
        """Forget the tokens, also those that their source remembers."""
        with self._lock:
            self._tokens.clear()
            self._source = self._make()


def source_of(target: Target, options: Mapping[str, Any]) -> Credential:
    """Who gives tokens for the target; `options` go to azure-identity."""
    authority: dict[str, Any] = {}
    if target.authority:
        authority = {"authority": target.authority, "disable_instance_discovery": True}
    if target.client_id:
        # Whether to ask again, and for how long, is decided where it can be told.
        once = {"retry_total": 0, "raw_response_hook": _raise_busy, **authority, **trust(target), **options}
        return ClientSecretCredential(target.tenant_id, target.client_id, target.client_secret, **once)
    # A managed identity's endpoint needs some attempts; the Azure CLI more than the default ten seconds on a
    # slow machine.
    patient: dict[str, Any] = {"retry_total": 3, "process_timeout": 60, "additionally_allowed_tenants": ["*"]}
    return DefaultAzureCredential(**patient, **authority, **options)


def _raise_busy(response: Any) -> None:
    """Keep the status of an answer that says nothing about the login; azure-identity would lose it."""
    if _is_busy(int(response.http_response.status_code)):
        raise HttpResponseError(response=response.http_response)


def trust(target: Target) -> dict[str, Any]:
    """How the SDK is told which certificates to trust."""
    return {"connection_verify": target.ca_file, "use_env_settings": False} if target.ca_file else {}


def login_refused(error: ClientAuthenticationError) -> Refused:
    """A token that could not be had: a login that is missing or refused, or Entra out of order."""
    status = _status_of(error)
    if _is_busy(status) or _BUSY.search(str(error.message)):
        return Refused(Refusal(status, "", f"Microsoft Entra: {_first(error)}"), refusals.LOGIN_BUSY)
    told = str(error.message).partition("AADSTS")
    if isinstance(error, CredentialUnavailableError) or not told[1]:
        return Refused(Refusal(0, "", "Not logged in to Azure"), refusals.NO_LOGIN)
    what = "Azure refused the login: " + (told[1] + told[2]).splitlines()[0]
    return Refused(Refusal(0, "", what), refusals.NO_LOGIN)


def _is_busy(status: int) -> bool:
    return status == 429 or status >= 500


def _status_of(error: BaseException | None) -> int:
    """The status that Entra answered with, 0 when none is known: azure-identity wraps its errors."""
    while error is not None:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if isinstance(error, AzureError) and isinstance(status, int):
            return status
        error = error.__cause__ or error.__context__
    return 0


def _first(error: ClientAuthenticationError) -> str:
    lines = str(error.message).strip().splitlines()
    return lines[0][:200] if lines else "no answer"
