"""Whether a token was signed by one of the keys that may sign it.

A key is used only with algorithms of its own kind, whatever the token's header asks for: `none` is refused,
and so is a symmetric algorithm where the keys are public.

This is the one module that knows the JWT library. The library takes long to import, so it is imported with
the first key or token: a policy that asks for tokens is compiled without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apimlb.policy.elements.jwt.claims import Claims, TokenRefused

_ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "symmetric": ("HS256", "HS384", "HS512"),
}
# Times, audience and issuer are judged on the policy's own clock and lists, not by the library.
_SIGNATURE_ONLY: Any = dict.fromkeys(
    ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub"), False
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the algorithms that it may be used with."""

    material: Any
    algorithms: Sequence[str]


def public_key(fields: dict[str, Any]) -> Key:
    """A key by its fields in a key set (RFC 7517); raises ValueError where they are no key."""
    import jwt

    try:
        key = jwt.PyJWK(fields)
    except (jwt.PyJWTError, AttributeError) as error:
        raise ValueError(str(error)) from error
    return Key(key.key, _ALGORITHMS.get(str(key.key_type), ()))


def symmetric_key(secret: bytes) -> Key:
    return Key(secret, _ALGORITHMS["symmetric"])


def header_of(token: str) -> dict[str, Any]:
    """The token's header, not verified; raises TokenRefused when it has none."""
    import jwt

    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenRefused("JwtInvalid", f"{error}. Access denied.") from error


def verified(token: str, algorithm: str, keys: Sequence[Key]) -> Claims:
    """The claims of a token that one of the keys has signed; raises TokenRefused."""
    import jwt

    fitting = [key for key in keys if algorithm in key.algorithms]
    if not fitting:
        message = (
            "IDX10500: Signature validation failed. No security keys were provided to validate the signature."
        )
        raise TokenRefused("TokenSignatureKeyNotFound", f"{message} Access denied.")
    for key in fitting:
        try:
            claims: Claims = jwt.decode(token, key.material, algorithms=[algorithm], options=_SIGNATURE_ONLY)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenRefused("JwtInvalid", f"{error}. Access denied.") from error
        return claims
    raise TokenRefused("TokenSignatureInvalid", "IDX10511: Signature validation failed. Access denied.")


def unverified(token: str) -> Claims:
    """The claims of a token that nobody needs to have signed; raises TokenRefused."""
    import jwt

    try:
        claims: Claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError) as error:
        raise TokenRefused("JwtInvalid", f"{error}. Access denied.") from error
    return claims
