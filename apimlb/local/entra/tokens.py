"""Access tokens: what Entra writes into them for an application, and when it stands by one."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import jwt

from apimlb.local.entra.keys import SigningKey

Claims = Mapping[str, Any]
Version = Literal["1.0", "2.0"]
Reason = Literal[
    "malformed",
    "algorithm",
    "unknown-key",
    "signature",
    "expired",
    "not-yet-valid",
    "tenant",
    "issuer",
    "audience",
]

# No date is checked by the JWT library: it would ask the machine for the time.
_OPTIONS: dict[str, Any] = {
    f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}
_REMEMBERED = 1024


class TokenRefused(Exception):
    """A token that does not hold; `reason` is one word for a program, the message one sentence for people."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a token speaks for: an application or managed identity by client id and object id.

    `credential` is how it proved itself, as in the claim appidacr: "1" by a secret, "2" by a certificate or
    by the platform.
    """

    client_id: str
    object_id: str
    credential: Literal["1", "2"] = "1"


@dataclass(frozen=True, slots=True)
class User:
    """A person by object id, who signed in with the application `client_id`: Azure's own command line unless
    it is said."""

    object_id: str
    client_id: str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


def issuer(tenant_id: str, version: Version) -> str:
    """Who signs for the tenant; the version of the token decides, not the endpoint that it was asked from."""
    if version == "1.0":
        return f"https://sts.windows.net/{tenant_id}/"
    return f"https://login.microsoftonline.com/{tenant_id}/v2.0"


def claims_for(
    who: Principal | User, audience: str, tenant_id: str, *, version: Version, now: float, seconds: float
) -> dict[str, Any]:
    """The claims of an app-only token or of one that an application got for a user (Microsoft Learn, access
    token claims reference)."""
    client, credential = ("appid", "appidacr") if version == "1.0" else ("azp", "azpacr")
    of_user = isinstance(who, User)
    return {
        "aud": audience,
        "iss": issuer(tenant_id, version),
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now + seconds),
        client: who.client_id,
        credential: "0" if isinstance(who, User) else who.credential,
        **(_user_claims(who.object_id) if of_user else _app_claims(who.object_id, tenant_id)),
        "oid": who.object_id,
        "tid": tenant_id,
        "ver": version,
    }


def _app_claims(object_id: str, tenant_id: str) -> dict[str, Any]:
    return {"idp": issuer(tenant_id, "1.0"), "idtyp": "app", "sub": object_id}


def _user_claims(object_id: str) -> dict[str, Any]:
    """`sub` is another one for every application, so that they cannot tell each other whom they know."""
    name = f"user-{object_id[:8]}"
    return {
        "amr": ["pwd"],
        "idtyp": "user",
        "name": name,
        "scp": "user_impersonation",
        "sub": hashlib.sha256(object_id.encode()).hexdigest()[:43],
        "unique_name": f"{name}@local.example",
        "upn": f"{name}@local.example",
    }


def sign(claims: Claims, key: SigningKey) -> str:
    return jwt.encode(dict(claims), key.private, algorithm="RS256", headers={"kid": key.kid, "x5t": key.kid})


class Verifier:
    """Reads tokens of one tenant; remembers those whose signature held, because checking one is dear."""

    def __init__(self, tenant_id: str, key: SigningKey) -> None:
        self._tenant_id = tenant_id
        self._key = key
        self._public = key.public
        self._issuers = {issuer(tenant_id, "1.0"), issuer(tenant_id, "2.0")}
        self._known: dict[str, Claims] = {}

    def verify(self, token: str, audiences: Collection[str], now: float) -> Claims:
        """The claims of a token that is signed by the tenant, valid at `now` and meant for one of `audiences`
        (a slash at the end makes no difference); raises `TokenRefused`."""
        claims = self._known.get(token)
        if claims is None:
            claims = self._read(token)
            if len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[token] = claims
        self._check_origin(claims)
        _check_times(claims, now)
        _check_audience(claims, audiences)
        return claims

    def _read(self, token: str) -> Claims:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise TokenRefused("malformed", f"The token cannot be read: {error}.") from error
        if header.get("alg") != "RS256":
            raise TokenRefused("algorithm", f"The algorithm is {header.get('alg')!r}, not RS256.")
        if header.get("kid") != self._key.kid:
            raise TokenRefused("unknown-key", f"No key of the tenant has the id {header.get('kid')!r}.")
        try:
            claims: Claims = jwt.decode(token, self._public, algorithms=["RS256"], options=_OPTIONS)  # type: ignore[arg-type]
        except jwt.InvalidSignatureError as error:
            raise TokenRefused("signature", "The signature does not fit the token.") from error
        except jwt.InvalidTokenError as error:
            raise TokenRefused("malformed", f"The token cannot be read: {error}.") from error
        return claims

    def _check_origin(self, claims: Claims) -> None:
        if claims.get("tid") != self._tenant_id:
            raise TokenRefused("tenant", f"The token is of tenant {claims.get('tid')}.")
        if claims.get("iss") not in self._issuers:
            raise TokenRefused("issuer", f"The token is issued by {claims.get('iss')}.")


def _check_times(claims: Claims, now: float) -> None:
    until, since = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(until, int) or not isinstance(since, int):
        raise TokenRefused("malformed", "The token's exp or nbf is not a number.")
    if now >= until:
        raise TokenRefused("expired", f"The token expired {now - until:.0f} s ago.")
    if now < since:
        raise TokenRefused("not-yet-valid", f"The token holds in {since - now:.0f} s.")


def _check_audience(claims: Claims, audiences: Collection[str]) -> None:
    audience = str(claims.get("aud"))
    if audience.rstrip("/") not in {each.rstrip("/") for each in audiences}:
        raise TokenRefused("audience", f"The token is for {audience}.")
