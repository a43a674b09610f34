"""Whether a token was signed by one of the keys that may sign it.

A key is used only with algorithms of its own kind, whatever the token's header asks for: `none` is refused,
and so is a symmetric algorithm where the keys are public.

This is the one module that knows the JWT library. The library takes long to import, so it is imported with
the first key or token: a policy that asks for tokens is compiled without it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from apimlb.policy.elements import formats
from apimlb.policy.elements.jwt.claims import Claims, TokenRefused

_ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "symmetric": ("HS256", "HS384", "HS512"),
}
_READ = 200
"""Steps of reading a token, beside those of its characters."""

_KEY = 30
"""Steps of reading a key."""

_PUBLIC = 100
_CURVE = 700
_SECRET = 20
"""Steps of a check with an RSA key, with a key of a curve and with a secret, beside those of its size."""


class Key(NamedTuple):
    """A key and the algorithms that it may be used with; `price` are the steps of a check."""

    material: Any
    algorithms: Sequence[str]
    price: int


class Jws(NamedTuple):
    """The parts of a token that is read and not verified (RFC 7515): the header, the payload with the claims,
    the signing input, and the signature."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg", ""))

    def claims(self) -> Claims:
        """What the token claims, verified or not; raises TokenRefused where that is no object."""
        try:
            found = formats.loaded(self.payload)
        except (ValueError, RecursionError) as error:
            raise _invalid(f"Invalid payload string: {error}") from error
        if not isinstance(found, dict):
            raise _invalid("Invalid payload string: must be a json object")
        return found


def _invalid(what: object) -> TokenRefused:
    return TokenRefused("JwtInvalid", f"{what}. Access denied.")


def public_key(fields: dict[str, Any]) -> Key:
    """A key by its fields in a key set (RFC 7517); raises ValueError where they are no key."""
    import jwt

    formats.spend(_KEY)
    try:
        key = jwt.PyJWK(fields)
    except (jwt.PyJWTError, AttributeError) as error:
        raise ValueError(str(error)) from error
    kind = str(key.key_type)
    return Key(key.key, _ALGORITHMS.get(kind, ()), _power(key.key) if kind == "RSA" else _CURVE)


def _power(key: Any) -> int:
    """Steps of a check with an RSA key: a power of a number as long as its modulus."""
    numbers = (key.public_key() if hasattr(key, "private_numbers") else key).public_numbers()
    words, bits = int(numbers.n.bit_length()) >> 6, int(numbers.e.bit_length())
    return _PUBLIC + (words * words * bits >> 9)


def symmetric_key(secret: bytes) -> Key:
    return Key(secret, _ALGORITHMS["symmetric"], _SECRET + (len(secret) >> 8))


def token_of(text: str) -> Jws:
    """A token, read and not verified; raises TokenRefused for a text that is no token."""
    import jwt

    formats.spend(_READ + (len(text) >> 2))
    try:
        parts = jwt.PyJWS().decode_complete(text, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise _invalid(error) from error
    return Jws(parts["header"], parts["payload"], text.rpartition(".")[0].encode(), parts["signature"])


def verify(token: Jws, keys: Sequence[Key]) -> None:
    """Raises TokenRefused unless one of the keys has signed the token. Each key that is tried is paid for."""
    import jwt

    fitting = [key for key in keys if token.algorithm in key.algorithms]
    if not fitting:
        message = (
            "IDX10500: Signature validation failed. No security keys were provided to validate the signature."
        )
        raise TokenRefused("TokenSignatureKeyNotFound", f"{message} Access denied.")
    algorithm = jwt.get_algorithm_by_name(token.algorithm)
    for key in fitting:
        formats.spend(key.price + (len(token.signed) >> 9))
        try:
            if algorithm.verify(token.signed, algorithm.prepare_key(key.material), token.signature):
                return
        except (jwt.PyJWTError, ValueError, TypeError):
            continue  # a key that cannot sign so, one of another curve for example: the next may
    raise TokenRefused("TokenSignatureInvalid", "IDX10511: Signature validation failed. Access denied.")
