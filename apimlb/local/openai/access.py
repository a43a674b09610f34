"""Who may use an account: a bearer token with a role on it, or one of its keys."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from apimlb.http import Request
from apimlb.local.openai import refusals
from apimlb.local.openai.routes import Call, subdomain
from apimlb.local.store import Document, Store

ACCOUNT_KIND = "microsoft.cognitiveservices/accounts"


class BearerRefused(Exception):
    """What `Verify` raises for a token that does not hold."""


Verify = Callable[[str], Mapping[str, Any]]
"""A bearer token's claims, `oid` the principal's object id; raises `BearerRefused`."""

Allowed = Callable[[str, str], bool]
"""Whether a principal (object id) has a role that lets it use an account (ARM id)."""


class Accounts:
    """The store's accounts by host name, looked up afresh whenever the store has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._by_subdomain: dict[str, Document] = {}

    def at(self, host: str) -> Document | None:
        """The account that a host name leads to, as DNS would."""
        if self._revision != self._store.revision:
            named = ((_subdomain_of(account), account) for account in self._store.of_kind(ACCOUNT_KIND))
            self._by_subdomain = {name: account for name, account in named if name}
            self._revision = self._store.revision
        name = subdomain(host)
        return self._by_subdomain.get(name) if name else None


def check(request: Request, account: Document, call: Call, verify: Verify, allowed: Allowed) -> None:
    """Let the caller through or raise `Refused`. A bearer token goes before a key, as in Azure.

    On v1 a key may be the bearer: OpenAI's own client sends it so, and Microsoft Learn, Azure OpenAI v1 API,
    shows that client with the account's key.
    """
    if account.body.get("properties", {}).get("publicNetworkAccess") == "Disabled":
        raise refusals.not_public()
    scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and not call.api_version and token.count(".") != 2:
        _check_key(token.strip(), account)
    elif scheme.lower() == "bearer":
        _check_bearer(token.strip(), account, call, verify, allowed)
    else:
        _check_key(request.headers.get("api-key") or "", account)


def _check_bearer(token: str, account: Document, call: Call, verify: Verify, allowed: Allowed) -> None:
    try:
        principal = str(verify(token).get("oid", ""))
    except BearerRefused as error:
        raise refusals.bad_token() from error
    if not allowed(principal, account.id):
        raise refusals.no_role(principal, call)


def _check_key(key: str, account: Document) -> None:
    if not key:
        raise refusals.bad_token()
    if account.body.get("properties", {}).get("disableLocalAuth"):
        raise refusals.keys_disabled()
    keys = (str(account.hidden.get(name) or "") for name in ("key1", "key2"))
    if not any(kept and hmac.compare_digest(kept.encode(), key.encode()) for kept in keys):
        raise refusals.bad_key()


def _subdomain_of(account: Document) -> str:
    return str(account.body.get("properties", {}).get("customSubDomainName") or "").lower()
