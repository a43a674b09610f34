"""Tokens that a gateway must turn away: each is right but for the flaws that were asked for."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, get_args

import jwt

from apimlb.local.entra.keys import SigningKey, make_key
from apimlb.local.entra.tokens import Claims, issuer, sign

Flaw = Literal["expired", "other-tenant", "unsigned", "unknown-key"]
FLAWS: tuple[Flaw, ...] = get_args(Flaw)

OTHER_TENANT_ID = "07e20000-0000-4000-8000-00000000a2e2"
# Longer than the five minutes by which clocks may differ for Microsoft's own libraries.
_PAST_SECONDS = 3600


def forge(claims: Claims, key: SigningKey, flaws: Collection[Flaw]) -> str:
    """The claims as a token with the flaws; without any, as the tenant itself signs it.

    The keys of Entra are the same for all tenants: a token of another one has a good signature.
    """
    for flaw in flaws:
        if flaw in _SPOILT:
            claims = _SPOILT[flaw](claims)
    if "unsigned" in flaws:
        return jwt.encode(dict(claims), "", algorithm="none")
    return sign(claims, make_key() if "unknown-key" in flaws else key)


def _expired(claims: Claims) -> Claims:
    """It was good for as long as it was to be, and until an hour ago."""
    back = claims["exp"] - claims["iat"] + _PAST_SECONDS
    return {**claims, **{name: claims[name] - back for name in ("iat", "nbf", "exp")}}


def _elsewhere(claims: Claims) -> Claims:
    moved: dict[str, Any] = {"tid": OTHER_TENANT_ID, "iss": issuer(OTHER_TENANT_ID, claims["ver"])}
    if "idp" in claims:
        moved["idp"] = issuer(OTHER_TENANT_ID, "1.0")
    return {**claims, **moved}


_SPOILT: Mapping[Flaw, Callable[[Claims], Claims]] = {"expired": _expired, "other-tenant": _elsewhere}
