"""System.Security.Cryptography.RSA and what its members take: hash names and paddings.

What a key costs is charged to the evaluation's budget, and so that no expression hangs a key has at most 4096
bits; .NET goes to 16384. The engine takes keys from 1024 bits on, .NET from 512.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.crypto.hashes import BLOCK_SIZES, C, crypto_error, disposed, wrong_key_size
from apimlb.policy.clr.exceptions import ClrException, argument, over_limit

if TYPE_CHECKING:
    from apimlb.policy.clr.crypto.rsa_keys import RsaKey

_SMALLEST, _LARGEST = 1024, 4096
_LIMIT = f"{_LARGEST} bits in one RSA key"


@dataclass(frozen=True, slots=True)
class HashAlgorithmName:
    """System.Security.Cryptography.HashAlgorithmName: any text, or null."""

    clr_name: ClassVar[str] = C + "HashAlgorithmName"
    name: str | None = None

    def __str__(self) -> str:
        return self.name or ""


@dataclass(frozen=True, slots=True)
class SignaturePadding:
    """RSASignaturePadding: Pkcs1 or Pss."""

    clr_name: ClassVar[str] = C + "RSASignaturePadding"
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class EncryptionPadding:
    """RSAEncryptionPadding: PKCS #1, or OAEP with a hash."""

    clr_name: ClassVar[str] = C + "RSAEncryptionPadding"
    oaep: HashAlgorithmName | None = None

    def __str__(self) -> str:
        return "Pkcs1" if self.oaep is None else f"Oaep{self.oaep}"


@dataclass(slots=True, eq=False)
class Parameters:
    """RSAParameters: big-endian numbers by name; null for what a public key has not."""

    clr_name: ClassVar[str] = C + "RSAParameters"
    parts: dict[str, bytes]


def checked_name(name: HashAlgorithmName) -> str:
    """A hash's name that is not empty; throws ArgumentException."""
    if not name.name:
        raise argument("The hash algorithm name cannot be null or empty.", "hashAlgorithm")
    return name.name


def known_hash(name: str) -> str:
    """A name that a hash has, in its own case; throws CryptographicException."""
    if name not in BLOCK_SIZES:
        raise crypto_error(f"'{name}' is not a known hash algorithm.")
    return name


def _checked_size(bits: int) -> int:
    if _LARGEST < bits <= 16384:
        raise over_limit(_LIMIT)
    if not _SMALLEST <= bits <= _LARGEST or bits % 8:
        raise wrong_key_size()
    return bits


def _key_type() -> "type[RsaKey]":
    # The package behind it takes longer to import than the whole compiler, and few policies need it.
    from apimlb.policy.clr.crypto.rsa_keys import RsaKey

    return RsaKey


class Rsa:
    """RSA: a key, made when it is first needed, or taken from elsewhere."""

    lineage = ("AsymmetricAlgorithm", "RSA")

    def __init__(self, bits: int = 2048, key: "RsaKey | None" = None, made_by: str = "RSACng") -> None:
        self.clr_name = C + made_by
        self._key = key
        self.bits = _checked_size(bits) if key is None else key.bits
        self._disposed = False

    def set_bits(self, bits: int) -> None:
        if bits != self.bits:
            self.bits, self._key = _checked_size(bits), None

    def dispose(self) -> None:
        self._disposed = True

    @property
    def key(self) -> "RsaKey":
        """The key, made now if it was not needed before."""
        if self._disposed:
            raise disposed("RSA")
        if self._key is None:
            BUDGET.spend(max(10_000, round(55_000 * (self.bits / 2048) ** 4)))
            self._key = _key_type().generate(self.bits)
        return self._key

    def load(self, parts: dict[str, bytes]) -> None:
        """Another key, by the names of RSAParameters."""
        if self._disposed:
            raise disposed("RSA")
        if len(parts["Modulus"]) * 8 > _LARGEST + 64 or len(parts["Exponent"]) > len(parts["Modulus"]):
            raise over_limit(_LIMIT)
        BUDGET.spend(500)
        numbers = {name: int.from_bytes(part, "big") for name, part in parts.items()}
        if numbers["Modulus"].bit_length() < _SMALLEST:
            raise wrong_key_size()
        self._key = _key_type().load(numbers)
        self.bits = self._key.bits

    def parts(self, private: bool) -> dict[str, bytes]:
        """The key's numbers as bytes; throws CryptographicException where the private ones are not there."""
        key = self.key
        if private and not key.is_private:
            raise public_only()
        numbers = key.numbers()
        whole = (self.bits + 7) // 8
        sizes = {"Modulus": whole, "D": whole, "Exponent": (numbers["Exponent"].bit_length() + 7) // 8}
        half = (self.bits + 15) // 16
        return {
            name: number.to_bytes(sizes.get(name, half), "big")
            for name, number in numbers.items()
            if private or name in ("Modulus", "Exponent")
        }

    def charge_private(self) -> None:
        """Pay for one use of the private key."""
        BUDGET.spend(round(400 * (self.bits / 2048) ** 3))

    def charge_public(self) -> None:
        """Pay for one use of the public key; an exponent may be as long as the modulus."""
        exponent = self.key.public.public_numbers().e.bit_length()
        BUDGET.spend(round(3 * exponent * (self.bits / 2048) ** 2))


def public_only() -> ClrException:
    return crypto_error(
        "Object contains only the public half of a key pair. A private key must also be provided."
    )
