"""HashAlgorithm and HMAC: a hash of bytes at once or block by block, with or without a key."""

import hashlib
import hmac
from typing import Protocol

from apimlb.policy.clr.exceptions import ClrException, argument, argument_range, out_of_bounds, required

C = "System.Security.Cryptography."
BLOCK_SIZES = {"MD5": 64, "SHA1": 64, "SHA256": 64, "SHA384": 128, "SHA512": 128}
"""The bytes in a block of each of .NET's hashes, by name."""


def crypto_error(message: str) -> ClrException:
    return ClrException(C + "CryptographicException", message)


def wrong_key_size() -> ClrException:
    return crypto_error("Specified key is not a valid size for this algorithm.")


def not_on_this_platform(message: str = "Operation is not supported on this platform.") -> ClrException:
    return ClrException("System.PlatformNotSupportedException", message)


def disposed(name: str = "") -> ClrException:
    shown = f"\nObject name: '{name}'." if name else ""
    return ClrException("System.ObjectDisposedException", f"Cannot access a disposed object.{shown}")


def part(buffer: bytearray | None, offset: int, count: int, names: tuple[str, str]) -> bytearray:
    """`count` bytes from `offset`; `names` are those of the buffer and the offset, for what is thrown."""
    buffer = required(buffer, names[0])
    if offset < 0:
        raise argument_range("Non-negative number required.", names[1])
    if not 0 <= count <= len(buffer):
        raise argument("Value was invalid.")
    if len(buffer) - count < offset:
        raise out_of_bounds()
    return buffer[offset : offset + count]


def digest(name: str, content: bytes | bytearray) -> bytes:
    """The hash of bytes under one of .NET's five names."""
    return hashlib.new(name.lower(), content, usedforsecurity=False).digest()


class Running(Protocol):
    """A hash that is being made."""

    def update(self, content: bytes | bytearray, /) -> None: ...

    def digest(self) -> bytes: ...


class HashAlgorithm:
    """A hash by .NET's name for it, or with a key an HMAC; `made_by` is the type that .NET would make."""

    def __init__(self, name: str, key: bytearray | None = None, made_by: str = "") -> None:
        self.name = name
        self.is_keyed = key is not None
        self.clr_name = C + (made_by or (f"HMAC{name}" if self.is_keyed else f"{name}+Implementation"))
        self.lineage = ("HashAlgorithm", *(("KeyedHashAlgorithm", "HMAC", f"HMAC{name}") if self.is_keyed else
                                           (name,)))  # fmt: skip
        self.key = b"" if key is None else self._fitting(key)
        self._running = self._fresh()
        self._value: bytes | None = None
        self._open = False
        self._disposed = False

    @property
    def size(self) -> int:
        """Bytes of the hash."""
        return hashlib.new(self.name.lower(), usedforsecurity=False).digest_size

    def _fitting(self, key: bytearray) -> bytes:
        return digest(self.name, key) if len(key) > BLOCK_SIZES[self.name] else bytes(key)

    def _fresh(self) -> Running:
        if self.is_keyed:
            return hmac.new(self.key, digestmod=self.name.lower())
        return hashlib.new(self.name.lower(), usedforsecurity=False)

    def use(self, key: bytearray) -> None:
        """Another key, and a fresh start."""
        self.key = self._fitting(key)
        self._running = self._fresh()

    def _alive(self) -> None:
        if self._disposed:
            raise disposed()

    def add(self, content: bytearray) -> None:
        """TransformBlock: more of what is hashed."""
        self._alive()
        self._running.update(content)
        self._open = True

    def finish(self, content: bytearray, closes: bool = True) -> bytes:
        """The hash of all that was added and of `content`; the next one starts afresh. ComputeHash does not
        close: it leaves the property Hash as shut as it was."""
        self._alive()
        self._running.update(content)
        self._value = self._running.digest()
        self._running = self._fresh()
        self._open = self._open and not closes
        return self._value

    @property
    def value(self) -> bytes | None:
        """The last hash; throws while one is being made."""
        self._alive()
        if self._open:
            raise ClrException(
                C + "CryptographicUnexpectedOperationException",
                "Hash must be finalized before the hash value is retrieved.",
            )
        return self._value

    def dispose(self) -> None:
        self._disposed = True
