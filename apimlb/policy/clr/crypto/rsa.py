"""System.Security.Cryptography.RSA by the `cryptography` package. Loaded when a policy first has a key: the
package takes longer to import than the whole compiler.

What a key costs is charged to the evaluation's budget, and so that no expression hangs a key has at most 4096
bits; .NET goes to 16384. The engine takes keys from 1024 bits on, .NET from 512.

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

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.crypto.hashes import C, crypto_error, disposed, wrong_key_size
from apimlb.policy.clr.crypto.rsa_arguments import (
    HashAlgorithmName,
    SignaturePadding,
    checked_name,
    known_hash,
)
from apimlb.policy.clr.exceptions import over_limit, required

Either = RSAPrivateKey | RSAPublicKey

_SMALLEST, _LARGEST = 1024, 4096
KEY_LIMIT = f"{_LARGEST} bits in one RSA key"
_PUBLIC_FORMS = {
    "RSAPublicKey": PublicFormat.PKCS1,
    "SubjectPublicKeyInfo": PublicFormat.SubjectPublicKeyInfo,
}
_PRIVATE_FORMS = {"RSAPrivateKey": PrivateFormat.TraditionalOpenSSL, "Pkcs8PrivateKey": PrivateFormat.PKCS8}
_PRIVATE = {"P": "p", "Q": "q", "DP": "dmp1", "DQ": "dmq1", "InverseQ": "iqmp", "D": "d"}
"""What the package calls the private numbers of RSAParameters."""

_HASHES: dict[str, hashes.HashAlgorithm] = {
    kind.__name__: kind() for kind in (hashes.MD5, hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512)
}


class Rsa:
    """RSA: a key pair or its public half, made when it is first needed, or taken from elsewhere."""

    def __init__(self, bits: int = 2048, key: Either | None = None, made_by: str = "RSACng") -> None:
        self.clr_name = C + made_by
        self._key = key
        self.bits = _checked_size(bits) if key is None else key.key_size
        self._disposed = False

    def copy(self) -> "Rsa":
        """Another object with the same key."""
        return Rsa(key=self.key)

    def set_bits(self, bits: int) -> None:
        if bits != self.bits:
            checked = _checked_size(bits)
            self._alive()
            self.bits, self._key = checked, None

    def dispose(self) -> None:
        self._disposed = True

    def _alive(self) -> None:
        if self._disposed:
            raise disposed("RSA")

    @property
    def key(self) -> Either:
        """The key, made now if it was not needed before."""
        self._alive()
        if self._key is None:
            BUDGET.spend(max(10_000, round(55_000 * (self.bits / 2048) ** 4)))
            self._key = generate_private_key(65537, self.bits)
        return self._key

    @property
    def public(self) -> RSAPublicKey:
        key = self.key
        return key.public_key() if isinstance(key, RSAPrivateKey) else key

    @property
    def private(self) -> RSAPrivateKey:
        if isinstance(self.key, RSAPrivateKey):
            return self.key
        raise crypto_error("Key not valid for use in specified state.")

    def load(self, parts: dict[str, bytes]) -> None:
        """Another key, by the names of RSAParameters."""
        self._alive()
        longest = max(map(len, parts.values()))
        if longest * 8 > _LARGEST + 64 or len(parts["Exponent"]) > len(parts["Modulus"]):
            raise over_limit(KEY_LIMIT)
        BUDGET.spend(500)
        numbers = {name: int.from_bytes(part, "big") for name, part in parts.items()}
        if numbers["Modulus"].bit_length() < _SMALLEST:
            raise wrong_key_size()
        self._key = _loaded(numbers)
        self.bits = self._key.key_size

    def parts(self, private: bool) -> dict[str, bytes]:
        """The key's numbers as bytes; throws CryptographicException where the private ones are not there."""
        self.check_private(private)
        public = self.public.public_numbers()
        numbers = {"Modulus": public.n, "Exponent": public.e}
        if private:
            own = self.private.private_numbers()
            numbers |= {name: getattr(own, field) for name, field in _PRIVATE.items()}
        whole, half = (self.bits + 7) // 8, (self.bits + 15) // 16
        sizes = {"Modulus": whole, "D": whole, "Exponent": (public.e.bit_length() + 7) // 8}
        return {name: number.to_bytes(sizes.get(name, half), "big") for name, number in numbers.items()}

    def check_private(self, wanted: bool = True) -> None:
        """Throws CryptographicException where the private half is wanted and not there."""
        if wanted and not isinstance(self.key, RSAPrivateKey):
            raise crypto_error(
                "Object contains only the public half of a key pair. A private key must also be provided."
            )

    def _charge_private(self) -> None:
        """Pay for one use of the private key."""
        BUDGET.spend(round(400 * (self.bits / 2048) ** 3))

    def _charge_public(self) -> None:
        """Pay for one use of the public key; an exponent may be as long as the modulus."""
        exponent = self.public.public_numbers().e.bit_length()
        BUDGET.spend(round(3 * exponent * (self.bits / 2048) ** 2))

    def sign(self, hashed: bytearray, name: HashAlgorithmName, padding: SignaturePadding | None) -> bytearray:
        """The signature of what the named algorithm hashed."""
        checked, form = checked_name(name), required(padding, "padding")
        self._charge_private()
        scheme = _signing(checked, form)
        if len(hashed) != _HASHES[checked].digest_size:
            raise crypto_error(
                "The provided hash value is not the expected size for the specified hash algorithm."
            )
        try:
            return bytearray(self.private.sign(bytes(hashed), *scheme))
        except ValueError:
            raise crypto_error("The key is too small for the requested operation.") from None

    def verify(
        self,
        hashed: bytearray,
        signature: bytearray,
        name: HashAlgorithmName,
        padding: SignaturePadding | None,
    ) -> bool:
        checked, form = checked_name(name), required(padding, "padding")
        self._charge_public()
        scheme = _signing(checked, form)
        try:
            self.public.verify(bytes(signature), bytes(hashed), *scheme)
        except (InvalidSignature, ValueError):
            return False
        return True

    def encrypt(self, content: bytearray, oaep: str | None) -> bytearray:
        """The content under the public key; `oaep` is the hash of that padding, None for PKCS #1."""
        self._charge_public()
        padding = _hiding(oaep)
        overhead = 11 if oaep is None else 2 + 2 * _HASHES[oaep].digest_size
        most = (self.bits + 7) // 8 - overhead
        if len(content) > most:
            raise crypto_error(
                f"The message exceeds the maximum allowable length for the chosen options ({most})."
            )
        try:
            return bytearray(self.public.encrypt(bytes(content), padding))
        except ValueError:
            raise crypto_error("The parameter is incorrect.") from None

    def decrypt(self, content: bytearray, oaep: str | None) -> bytearray:
        self._charge_private()
        padding = _hiding(oaep)
        if len(content) != (self.bits + 7) // 8:
            raise crypto_error("The length of the data to decrypt is not valid for the size of this key.")
        try:
            return bytearray(self.private.decrypt(bytes(content), padding))
        except ValueError:
            raise crypto_error(
                "Error occurred while decoding OAEP padding." if oaep else "The parameter is incorrect."
            ) from None

    def exported(self, form: str) -> bytes:
        """The key as DER: RSAPrivateKey, RSAPublicKey, Pkcs8PrivateKey or SubjectPublicKeyInfo."""
        self.check_private("Private" in form)
        if form in _PUBLIC_FORMS:
            return self.public.public_bytes(Encoding.DER, _PUBLIC_FORMS[form])
        return self.private.private_bytes(Encoding.DER, _PRIVATE_FORMS[form], NoEncryption())


def _checked_size(bits: int) -> int:
    if _LARGEST < bits <= 16384:
        raise over_limit(KEY_LIMIT)
    if not _SMALLEST <= bits <= _LARGEST or bits % 8:
        raise wrong_key_size()
    return bits


def _loaded(numbers: dict[str, int]) -> Either:
    """A key of its numbers, by the names of RSAParameters; throws CryptographicException.

    The package's own check of the primes takes as long as making a key. That the numbers fit one another is
    checked here; .NET does not ask either whether they are prime.
    """
    try:
        if numbers["Modulus"] & numbers["Exponent"] & 1 == 0:
            raise ValueError("even")
        public = RSAPublicNumbers(numbers["Exponent"], numbers["Modulus"])
        if "D" not in numbers:
            return public.public_key()
        if not _fits(numbers):
            raise ValueError("numbers of other keys")
        parts = {field: numbers[name] for name, field in _PRIVATE.items()}
        whole = RSAPrivateNumbers(**parts, public_numbers=public)
        return whole.private_key(unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, KeyError):
        raise crypto_error("The specified RSA parameters are not valid.") from None


def _fits(numbers: dict[str, int]) -> bool:
    p, q, d, e = (numbers[name] for name in ("P", "Q", "D", "Exponent"))
    return (
        p > 2 and q > 2 and p & q & e & 1 == 1 and p * q == numbers["Modulus"] and 0 < d < p * q
        and d * e % (p - 1) == 1 and d * e % (q - 1) == 1
        and numbers["DP"] == d % (p - 1) and numbers["DQ"] == d % (q - 1)
        and 0 < numbers["InverseQ"] < p and numbers["InverseQ"] * q % p == 1
    )  # fmt: skip


def _signing(name: str, padding: SignaturePadding) -> tuple[paddings.AsymmetricPadding, Prehashed]:
    """What the package takes for a hash and a padding."""
    algorithm = _HASHES[known_hash(name)]
    if padding.name == "Pkcs1":
        return paddings.PKCS1v15(), Prehashed(algorithm)
    return paddings.PSS(paddings.MGF1(algorithm), paddings.PSS.DIGEST_LENGTH), Prehashed(algorithm)


def _hiding(oaep: str | None) -> paddings.AsymmetricPadding:
    if oaep is None:
        return paddings.PKCS1v15()
    found = _HASHES[known_hash(oaep)]
    return paddings.OAEP(paddings.MGF1(found), found, None)
