"""HashAlgorithm and HMAC: a hash of bytes at once or block by block, with or without a key."""

import hashlib
import hmac
from typing import TypeAlias

from apimlb.policy.clr.exceptions import (
    ClrException,
    argument,
    not_negative,
    null_reference,
    out_of_bounds,
)
from apimlb.policy.clr.host import Host

C = "System.Security.Cryptography."
Running: TypeAlias = "hashlib._Hash | hmac.HMAC"
"""A hash that is being made."""

BLOCK_SIZES = {"MD5": 64, "SHA1": 64, "SHA256": 64, "SHA384": 128, "SHA512": 128}
"""The bytes in a block of each of .NET's hashes, by name."""


def crypto_error(message: str) -> ClrException:
    return ClrException(C + "CryptographicException", message)


def wrong_key_size() -> ClrException:
    return crypto_error("Specified key is not a valid size for this algorithm.")


def not_on_this_platform(message: str = "Operation is not supported on this platform.") -> ClrException:
    return ClrException("System.PlatformNotSupportedException", message)


def nothing(target: object) -> None:
    """A member that does nothing: Initialize, as every hash starts afresh after the one before; Dispose where
    there is nothing to let go of."""


def disposed(name: str = "") -> ClrException:
    shown = f"\nObject name: '{name}'." if name else ""
    return ClrException("System.ObjectDisposedException", f"Cannot access a disposed object.{shown}")


def part(buffer: bytearray, offset: int, count: int, name: str) -> bytearray:
    """`count` bytes from `offset`, which has this name in what is thrown."""
    not_negative(offset, name)
    if not 0 <= count <= len(buffer):
        raise argument("Value was invalid.")
    if len(buffer) - count < offset:
        raise out_of_bounds()
    return buffer[offset : offset + count]


def digest(name: str, content: bytes | bytearray) -> bytes:
    """The hash of bytes under one of .NET's five names."""
    return hashlib.new(name.lower(), content, usedforsecurity=False).digest()


class HashAlgorithm:
    """A hash by .NET's name for it; `made_by` is the type that .NET would make."""

    def __init__(self, name: str, made_by: str = "") -> None:
        self.name = name
        self.clr_name = C + (made_by or f"{name}+Implementation")
        self._running = self._fresh()
        self._value: bytes | None = None
        self._open = False
        self._disposed = False

    @property
    def bits(self) -> int:
        """The size of the hash."""
        return self._running.digest_size * 8

    def _fresh(self) -> Running:
        return hashlib.new(self.name.lower(), usedforsecurity=False)

    def _alive(self) -> None:
        if self._disposed:
            raise disposed()

    def add(self, content: bytearray) -> None:
        """TransformBlock: more of what is hashed."""
        self._alive()
        self._running.update(content)
        self._open = True

    def finish(self, content: bytearray, closes: bool = True) -> bytearray:
        """The hash of all that was added and of `content`; the next one starts afresh. ComputeHash does not
        close: it leaves the property Hash as shut as it was."""
        self._alive()
        self._running.update(content)
        self._value = self._running.digest()
        self._running = self._fresh()
        self._open = self._open and not closes
        return bytearray(self._value)

    @property
    def value(self) -> bytearray | None:
        """The last hash; throws while one is being made."""
        self._alive()
        if self._open:
            raise ClrException(
                C + "CryptographicUnexpectedOperationException",
                "Hash must be finalized before the hash value is retrieved.",
            )
        return None if self._value is None else bytearray(self._value)

    def dispose(self) -> None:
        self._disposed = True


class KeyedHash(HashAlgorithm):
    """An HMAC by the name of its hash."""

    def __init__(self, name: str, key: bytearray | None) -> None:
        self._key = _fitting(name, key)
        super().__init__(name, f"HMAC{name}")

    @property
    def key(self) -> bytearray:
        return bytearray(self._key)

    def use(self, key: bytearray | None) -> None:
        """Another key, and a fresh start."""
        self._key = _fitting(self.name, key)
        self._running = self._fresh()

    def _fresh(self) -> Running:
        return hmac.new(self._key, digestmod=self.name.lower())


def _fitting(name: str, key: bytearray | None) -> bytes:
    """A key of one block or less."""
    if key is None:
        raise null_reference()
    return digest(name, key) if len(key) > BLOCK_SIZES[name] else bytes(key)


def random_keyed(host: Host, name: str) -> KeyedHash:
    """new HMACSHA256(): with a random key of one block, until another one is set."""
    return KeyedHash(name, bytearray(host.rng.randbytes(BLOCK_SIZES[name])))
