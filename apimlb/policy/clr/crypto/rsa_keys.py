"""RSA by the `cryptography` package. Loaded when a policy first has a key: the package takes a while to
import.

Keys and the chance in paddings come from the system, never from a seed: what is made with them differs from
run to run wherever RSA says it must.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding as paddings
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from apimlb.policy.clr.crypto.hashes import crypto_error
from apimlb.policy.clr.exceptions import ClrException

Either = RSAPrivateKey | RSAPublicKey

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "MD5": hashes.MD5(),
    "SHA1": hashes.SHA1(),
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


class RsaKey:
    """A key pair, or its public half."""

    def __init__(self, key: Either) -> None:
        self._key = key

    @classmethod
    def generate(cls, bits: int) -> "RsaKey":
        return cls(generate_private_key(65537, bits))

    @classmethod
    def load(cls, numbers: dict[str, int]) -> "RsaKey":
        """A key of its numbers, by the names of RSAParameters; throws CryptographicException.

        The package's own check of the primes takes as long as making a key. That the numbers fit one another
        is checked here; .NET does not ask either whether they are prime.
        """
        try:
            if numbers["Modulus"] & numbers["Exponent"] & 1 == 0:
                raise _invalid_key()
            public = RSAPublicNumbers(numbers["Exponent"], numbers["Modulus"])
            if "D" not in numbers:
                return cls(public.public_key())
            if not _fits(numbers):
                raise _invalid_key()
            p, q, d, dp, dq, inverse = (numbers[name] for name in ("P", "Q", "D", "DP", "DQ", "InverseQ"))
            whole = RSAPrivateNumbers(p, q, d, dp, dq, inverse, public)
            return cls(whole.private_key(unsafe_skip_rsa_key_validation=True))
        except (ValueError, TypeError, KeyError):
            raise _invalid_key() from None

    @property
    def is_private(self) -> bool:
        return isinstance(self._key, RSAPrivateKey)

    @property
    def bits(self) -> int:
        return self._key.key_size

    @property
    def public(self) -> RSAPublicKey:
        return self._key.public_key() if isinstance(self._key, RSAPrivateKey) else self._key

    @property
    def private(self) -> RSAPrivateKey:
        if isinstance(self._key, RSAPrivateKey):
            return self._key
        raise crypto_error("Key not valid for use in specified state.")

    def numbers(self) -> dict[str, int]:
        """The numbers of the key, by the names of RSAParameters."""
        if not isinstance(self._key, RSAPrivateKey):
            public = self._key.public_numbers()
            return {"Modulus": public.n, "Exponent": public.e}
        private = self._key.private_numbers()
        public = private.public_numbers
        return {
            "Modulus": public.n, "Exponent": public.e, "P": private.p, "Q": private.q, "DP": private.dmp1,
            "DQ": private.dmq1, "InverseQ": private.iqmp, "D": private.d,
        }  # fmt: skip

    def sign(self, digest: bytes, name: str, padding: str) -> bytes:
        """The signature of a hash, by the hash's name and a padding (Pkcs1, Pss)."""
        try:
            return self.private.sign(digest, _signing(padding, name), Prehashed(_HASHES[name]))
        except ValueError:
            raise crypto_error("The parameter is incorrect.") from None

    def verify(self, digest: bytes, signature: bytes, name: str, padding: str) -> bool:
        try:
            self.public.verify(signature, digest, _signing(padding, name), Prehashed(_HASHES[name]))
        except (InvalidSignature, ValueError):
            return False
        return True

    def encrypt(self, content: bytes, oaep: str | None) -> bytes:
        """The content under the public key; `oaep` is the hash of that padding, None for PKCS #1."""
        overhead = 11 if oaep is None else 2 + 2 * _HASHES[oaep].digest_size
        most = (self.bits + 7) // 8 - overhead
        if len(content) > most:
            raise crypto_error(
                f"The message exceeds the maximum allowable length for the chosen options ({most})."
            )
        try:
            return self.public.encrypt(content, _hiding(oaep))
        except ValueError:
            raise crypto_error("The parameter is incorrect.") from None

    def decrypt(self, content: bytes, oaep: str | None) -> bytes:
        private = self.private
        if len(content) != (self.bits + 7) // 8:
            raise crypto_error("The length of the data to decrypt is not valid for the size of this key.")
        try:
            return private.decrypt(content, _hiding(oaep))
        except ValueError:
            shown = "Error occurred while decoding OAEP padding." if oaep else "The parameter is incorrect."
            raise crypto_error(shown) from None

    def exported(self, form: str) -> bytes:
        """The key as DER: RSAPrivateKey, RSAPublicKey, Pkcs8PrivateKey or SubjectPublicKeyInfo."""
        if form == "RSAPublicKey":
            return self.public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        if form == "SubjectPublicKeyInfo":
            return self.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        layout = PrivateFormat.PKCS8 if form == "Pkcs8PrivateKey" else PrivateFormat.TraditionalOpenSSL
        return self.private.private_bytes(Encoding.DER, layout, NoEncryption())


def _invalid_key() -> ClrException:
    return crypto_error("The specified RSA parameters are not valid.")


def _fits(numbers: dict[str, int]) -> bool:
    p, q, d, e = (numbers[name] for name in ("P", "Q", "D", "Exponent"))
    return (
        p > 2 and q > 2 and p & q & e & 1 == 1 and p * q == numbers["Modulus"] and 0 < d < p * q
        and d * e % (p - 1) == 1 and d * e % (q - 1) == 1
        and numbers["DP"] == d % (p - 1) and numbers["DQ"] == d % (q - 1)
        and 0 < numbers["InverseQ"] < p and numbers["InverseQ"] * q % p == 1
    )  # fmt: skip


def _signing(padding: str, name: str) -> paddings.AsymmetricPadding:
    if padding == "Pkcs1":
        return paddings.PKCS1v15()
    return paddings.PSS(paddings.MGF1(_HASHES[name]), paddings.PSS.DIGEST_LENGTH)


def _hiding(oaep: str | None) -> paddings.AsymmetricPadding:
    if oaep is None:
        return paddings.PKCS1v15()
    found = _HASHES[oaep]
    return paddings.OAEP(paddings.MGF1(found), found, None)
