"""Hashes and keyed hashes."""

import hashlib
import hmac
from collections.abc import Callable

from apimlb.policy.context import Context
from apimlb.policy.csharp.types import Definition, Needs, Row
from apimlb.policy.values.exceptions import argument_null

C = "System.Security.Cryptography."
_HASHES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")


class HashAlgorithm:
    """A hash, or with a key an HMAC."""

    def __init__(self, name: str, key: bytearray | None = None) -> None:
        self.name = name
        self.key = key

    @property
    def clr_name(self) -> str:
        return f"{C}{'HMAC' if self.key is not None else ''}{self.name}"

    def compute(self, content: bytearray | None) -> bytearray:
        if content is None:
            raise argument_null("buffer")
        if self.key is not None:
            return bytearray(hmac.digest(self.key, content, self.name.lower()))
        return bytearray(hashlib.new(self.name.lower(), content, usedforsecurity=False).digest())


def compute(algorithm: HashAlgorithm, content: bytearray | None) -> bytearray:
    return algorithm.compute(content)


def compute_part(algorithm: HashAlgorithm, content: bytearray | None, offset: int, count: int) -> bytearray:
    if content is None:
        raise argument_null("buffer")
    return algorithm.compute(content[offset : offset + count])


def make(name: str) -> Callable[[], HashAlgorithm]:
    return lambda: HashAlgorithm(name)


def make_keyed(name: str) -> Callable[[bytearray | None], HashAlgorithm]:
    def keyed(key: bytearray | None) -> HashAlgorithm:
        if key is None:
            raise argument_null("key")
        return HashAlgorithm(name, key)

    return keyed


def unkeyed(name: str) -> Callable[[Context], HashAlgorithm]:
    """new HMACSHA256(): with a key of chance, until one is set."""
    return lambda context: HashAlgorithm(name, bytearray(context.rng.randbytes(64)))


def hash_size(algorithm: HashAlgorithm) -> int:
    return hashlib.new(algorithm.name.lower(), usedforsecurity=False).digest_size * 8


def get_key(algorithm: HashAlgorithm) -> bytearray | None:
    return algorithm.key


def set_key(algorithm: HashAlgorithm, key: bytearray) -> None:
    algorithm.key = key


def done(algorithm: HashAlgorithm) -> None:
    """Dispose: nothing to let go of."""


_HASH_ROWS: tuple[Row, ...] = (
    ("byte[] ComputeHash(byte[] buffer)", compute),
    ("byte[] ComputeHash(byte[] buffer, int offset, int count)", compute_part),
    ("int HashSize", hash_size),
    ("void Dispose()", done),
    ("void Clear()", done),
)


def _definitions() -> list[Definition]:
    made: list[Definition] = []
    for name in _HASHES:
        made.append(
            Definition(
                C + name,
                "class",
                bases=(C + "HashAlgorithm",),
                rows=((f"static {name} Create()", make(name)),),
            )
        )
        if name != "MD5":
            made.append(
                Definition(f"{C}{name}Managed", "class", bases=(C + name,), rows=(("new()", make(name)),))
            )
        made.append(
            Definition(
                f"{C}HMAC{name}",
                "class",
                bases=(C + "HMAC",),
                rows=(("new(byte[] key)", make_keyed(name)), ("new()", Needs(unkeyed(name), context=True))),
            )
        )
    return made


DEFINITIONS = (
    Definition(C + "HashAlgorithm", "class", bases=("System.IDisposable",), rows=_HASH_ROWS),
    Definition(C + "KeyedHashAlgorithm", "class", bases=(C + "HashAlgorithm",),
               rows=(("byte[] Key", get_key, set_key),)),
    Definition(C + "HMAC", "class", bases=(C + "KeyedHashAlgorithm",)),
    *_definitions(),
)  # fmt: skip
