"""What a client showed: a JWT (read, not verified), basic credentials, an authorization from a credential
store."""

import binascii
import json
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Jwt:
    """A token's header and claims; a claim of several values has several entries. Nothing is verified
    here."""

    clr_name: ClassVar[str] = "Jwt"
    algorithm: str | None
    type: str | None
    claims: dict[str, list[str]]

    def claim(self, name: str) -> str | None:
        """A claim's values, joined by a comma."""
        found = self.claims.get(name)
        return None if found is None else ",".join(found)


@dataclass(frozen=True, slots=True)
class BasicAuthCredentials:
    clr_name: ClassVar[str] = "BasicAuthCredentials"
    user_id: str
    password: str


@dataclass(frozen=True, slots=True)
class Authorization:
    """What get-authorization-context leaves in a variable."""

    clr_name: ClassVar[str] = "Authorization"
    access_token: str | None
    claims: Mapping[str, object] = field(default_factory=dict)


def _claim_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def jwt_of(header: Mapping[str, object], payload: Mapping[str, object]) -> Jwt:
    """A Jwt from its decoded parts."""
    claims = {
        name: [_claim_text(item) for item in (value if isinstance(value, list) else [value])]
        for name, value in payload.items()
    }
    algorithm, kind = header.get("alg"), header.get("typ")
    return Jwt(
        algorithm if isinstance(algorithm, str) else None, kind if isinstance(kind, str) else None, claims
    )


def read_jwt(text: str | None) -> Jwt | None:
    """`text.AsJwt()`: with or without `Bearer` before it; null for what is no JWT."""
    plain = re.sub("^Bearer ", "", text or "", flags=re.IGNORECASE).strip()
    parts = plain.split(".")
    if len(parts) != 3:
        return None
    try:
        header, payload = (json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(payload, dict):
        return None
    return jwt_of(header, payload)


def read_basic(text: str | None) -> BasicAuthCredentials | None:
    """`text.AsBasic()`: null for what is no basic credential."""
    if text is None or text[:6].lower() != "basic ":
        return None
    try:
        user, colon, password = b64decode(text[6:].strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return BasicAuthCredentials(user, password) if colon else None
