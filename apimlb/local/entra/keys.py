"""The RSA key that signs the tenant's tokens; made once and kept with the state."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from apimlb.local.store import Document, Store

KEY_ID = "/apimlb/signingkeys/current"
KEY_KIND = "apimlb/signingkeys"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the id (`kid`) under which its public half is published."""

    kid: str
    private: RSAPrivateKey

    @property
    def public(self) -> RSAPublicKey:
        return self.private.public_key()

    @property
    def jwk(self) -> dict[str, str]:
        """The public half as `discovery/v2.0/keys` lists it."""
        numbers = self.public.public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _base64url(_bytes(numbers.n)),
            "e": _base64url(_bytes(numbers.e)),
        }


def make_key() -> SigningKey:
    """A new 2048-bit key, as Entra uses."""
    return _named(generate_private_key(public_exponent=65537, key_size=2048))


def kept_key(store: Store) -> SigningKey:
    """The key that the store holds; made and put there when it has none."""
    document = store.get(KEY_ID)
    if document is not None:
        return _read(str(document.hidden["pem"]))
    key = make_key()
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    store.put(Document(KEY_ID, KEY_KIND, {"kid": key.kid}, {"pem": pem.decode()}))
    return key


def _read(pem: str) -> SigningKey:
    # It was made here; proving its primes again would take a tenth of the time of a start.
    private = serialization.load_pem_private_key(
        pem.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(private, RSAPrivateKey):
        raise ValueError("the signing key is not an RSA key")
    return _named(private)


def _named(private: RSAPrivateKey) -> SigningKey:
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(_base64url(hashlib.sha1(der).digest()), private)


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
