"""What a client showed: a JWT (read, not verified), basic credentials, an authorization from a credential
store."""

import json
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from apimlb.policy.clr.budget import BUDGET


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


_TOKEN = 8
"""Steps of reading a token, beside those of its characters."""

_BYTES = 4
"""Bytes of memory that a character of a token takes once it is read, as a power of two."""

_written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def claim_texts(value: object) -> list[str]:
    """A claim's values: of a list its items. What is no text is as JSON has it."""
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else _written(item) for item in items]


def jwt_of(header: Mapping[str, object], payload: Mapping[str, object]) -> Jwt:
    """A Jwt from its decoded parts."""
    claims = {name: claim_texts(value) for name, value in payload.items()}
    BUDGET.spend(2 * sum(map(len, claims.values())))
    algorithm, kind = header.get("alg"), header.get("typ")
    return Jwt(
        algorithm if isinstance(algorithm, str) else None, kind if isinstance(kind, str) else None, claims
    )


def read_jwt(text: str | None) -> Jwt | None:
    """`text.AsJwt()`: with or without `Bearer` before it; null for what is no JWT."""
    plain = re.sub("^Bearer ", "", text or "", flags=re.IGNORECASE).strip()
    BUDGET.spend(_TOKEN + (len(plain) >> 4))
    parts = plain.split(".", 3)
    if len(parts) != 3:
        return None
    BUDGET.make(len(plain) << _BYTES)
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
    except ValueError:
        return None
    return BasicAuthCredentials(user, password) if colon else None
