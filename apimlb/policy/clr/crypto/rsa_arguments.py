"""What the members of System.Security.Cryptography.RSA take: hash names, paddings and parameters."""

from dataclasses import dataclass
from typing import ClassVar

from apimlb.policy.clr.crypto.hashes import BLOCK_SIZES, C, crypto_error
from apimlb.policy.clr.exceptions import argument


@dataclass(frozen=True)
class NamedChoice:
    """What is chosen by its name."""

    clr_name: ClassVar[str]
    name: str | None = None

    def __str__(self) -> str:
        return self.name or ""


class HashAlgorithmName(NamedChoice):
    """System.Security.Cryptography.HashAlgorithmName: any text, or null."""

    clr_name = C + "HashAlgorithmName"


class SignaturePadding(NamedChoice):
    """RSASignaturePadding: Pkcs1 or Pss."""

    clr_name = C + "RSASignaturePadding"


class EncryptionPadding(NamedChoice):
    """RSAEncryptionPadding: Pkcs1, or Oaep with the name of a hash behind it."""

    clr_name = C + "RSAEncryptionPadding"

    @property
    def oaep(self) -> str | None:
        """The name of the hash; None for PKCS #1."""
        return None if str(self) == "Pkcs1" else str(self).removeprefix("Oaep")


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
