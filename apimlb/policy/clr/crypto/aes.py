"""AES in CBC or ECB mode with .NET's paddings and errors."""

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.crypto.hashes import crypto_error
from apimlb.policy.clr.exceptions import ClrException, argument

_BLOCK = 16
"""Bytes in a block."""

_UNSIZED = ("None", "Zeros")
"""The paddings that do not end in their own length."""


def _cipher(key: bytes, start: bytes, mode: str) -> Cipher[CBC | ECB]:
    if len(key) not in (16, 24, 32):
        raise argument("Specified key is not a valid size for this algorithm.", "rgbKey")
    if mode == "CBC" and len(start) != _BLOCK:
        raise argument(
            "Specified initialization vector (IV) does not match the block size for this algorithm.", "rgbIV"
        )
    if mode not in ("CBC", "ECB"):
        raise crypto_error("Specified cipher mode is not valid for this algorithm.")
    return Cipher(AES(key), CBC(start) if mode == "CBC" else ECB())


def encrypt(
    content: bytes,
    key: bytes,
    start: bytes,
    mode: str = "CBC",
    padding: str = "PKCS7",
    chance: Callable[[int], bytes] = bytes,
) -> bytes:
    """Ciphered `content`; throws System.ArgumentException for a key or vector of the wrong size. ISO10126
    pads with bytes of `chance`."""
    cipher = _cipher(key, start, mode)
    rest = _BLOCK - len(content) % _BLOCK
    if padding == "Zeros":
        content += bytes(rest % _BLOCK)
    elif padding != "None":
        filler = chance(rest - 1) if padding == "ISO10126" else _filler(padding, rest)
        content += filler + bytes([rest])
    elif rest < _BLOCK:
        raise _incomplete()
    BUDGET.spend(len(content) >> 6)
    return cipher.encryptor().update(content)


def decrypt(content: bytes, key: bytes, start: bytes, mode: str = "CBC", padding: str = "PKCS7") -> bytes:
    """Deciphered `content`; throws CryptographicException for what cannot have been ciphered so."""
    cipher = _cipher(key, start, mode)
    if len(content) % _BLOCK:
        raise _incomplete()
    BUDGET.spend(len(content) >> 6)
    made = cipher.decryptor().update(content)
    if padding in _UNSIZED or not made:
        return made
    size = made[-1]
    fits = padding == "ISO10126" or made[-size:-1] == _filler(padding, size)
    if not 1 <= size <= _BLOCK or not fits:
        raise crypto_error("Padding is invalid and cannot be removed.")
    return made[:-size]


def _filler(padding: str, size: int) -> bytes:
    """What stands before the last byte of a padding."""
    return (b"\0" if padding == "ANSIX923" else bytes([size])) * (size - 1)


def _incomplete() -> ClrException:
    return crypto_error("The input data is not a complete block.")
