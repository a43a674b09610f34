"""SymmetricAlgorithm: AES in CBC or ECB mode, with .NET's settings, paddings and errors. Keys and vectors of
chance come from the policy's own source."""

import random
from functools import cached_property

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.crypto.hashes import C, crypto_error, wrong_key_size
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, required

MODES = {"CBC": 1, "ECB": 2, "OFB": 3, "CFB": 4, "CTS": 5}
PADDINGS = {"None": 1, "PKCS7": 2, "Zeros": 3, "ANSIX923": 4, "ISO10126": 5}
BLOCK_BITS = 128
_BLOCK = BLOCK_BITS // 8
KEY_BITS = (128, 192, 256)
_INCOMPLETE = "The input data is not a complete block."
_WRONG_VECTOR = "Specified initialization vector (IV) does not match the block size for this algorithm."


class Aes:
    """AES under one of .NET's names; key and vector are made when first asked for."""

    def __init__(self, rng: random.Random, clr_name: str) -> None:
        self.clr_name = clr_name
        self._chance = rng.randbytes
        self.key_bits = 256
        self.feedback = 128 if clr_name.endswith("RijndaelManaged") else 8
        self.mode = Enum(C + "CipherMode", MODES["CBC"], {number: name for name, number in MODES.items()})
        self.padding = Enum(
            C + "PaddingMode", PADDINGS["PKCS7"], {number: name for name, number in PADDINGS.items()}
        )

    @cached_property
    def key(self) -> bytes:
        return self._chance(self.key_bits // 8)

    def set_key(self, value: bytearray | None) -> None:
        value = required(value, "value")
        self.set_key_bits(len(value) * 8)
        self.key = bytes(value)

    def set_key_bits(self, bits: int) -> None:
        if bits not in KEY_BITS:
            raise wrong_key_size()
        self.key_bits = bits
        self.forget("key")

    def forget(self, *names: str) -> None:
        """Let the key or the vector be made anew when it is next asked for."""
        for name in names:
            vars(self).pop(name, None)

    @cached_property
    def iv(self) -> bytes:
        return self._chance(_BLOCK)

    def set_iv(self, value: bytearray | None) -> None:
        value = required(value, "value")
        if len(value) != _BLOCK:
            raise crypto_error(_WRONG_VECTOR)
        self.iv = bytes(value)

    def set_mode(self, value: Enum) -> None:
        if str(value) not in ("CBC", "ECB"):
            raise crypto_error("Specified cipher mode is not valid for this algorithm.")
        self.mode = value

    def set_padding(self, value: Enum) -> None:
        if str(value) not in PADDINGS:
            raise crypto_error("Specified padding mode is not valid for this algorithm.")
        self.padding = value

    def set_feedback(self, bits: int) -> None:
        if not 0 < bits <= BLOCK_BITS or bits % 8:
            raise crypto_error("Specified feedback size is not valid for this algorithm.")
        self.feedback = bits

    def encrypt(self, content: bytearray | None, *keys: bytearray | None) -> bytearray:
        """Ciphered `content`, under another key and vector where they are given; throws
        System.ArgumentException where these are of the wrong size."""
        plain, cipher = self._ciphering(content, keys)
        padding, rest = str(self.padding), _BLOCK - len(plain) % _BLOCK
        if padding == "Zeros":
            plain += bytes(rest % _BLOCK)
        elif padding != "None":
            filler = self._chance(rest - 1) if padding == "ISO10126" else _filler(padding, rest)
            plain += filler + bytes([rest])
        elif rest < _BLOCK:
            raise crypto_error(_INCOMPLETE)
        BUDGET.spend(len(plain) >> 6)
        return bytearray(cipher.encryptor().update(plain))

    def decrypt(self, content: bytearray | None, *keys: bytearray | None) -> bytearray:
        """Deciphered `content`; throws CryptographicException for what cannot have been ciphered so."""
        ciphered, cipher = self._ciphering(content, keys)
        if len(ciphered) % _BLOCK:
            raise crypto_error(_INCOMPLETE)
        BUDGET.spend(len(ciphered) >> 6)
        made = bytearray(cipher.decryptor().update(ciphered))
        padding = str(self.padding)
        if padding in ("None", "Zeros") or not made:  # these do not end in their own length
            return made
        size = made[-1]
        fits = padding == "ISO10126" or made[-size:-1] == _filler(padding, size)
        if not 1 <= size <= _BLOCK or not fits:
            raise crypto_error("Padding is invalid and cannot be removed.")
        return made[:-size]

    def _ciphering(
        self, content: bytearray | None, keys: tuple[bytearray | None, ...]
    ) -> tuple[bytes, Cipher[CBC | ECB]]:
        """The bytes, and what ciphers them with the keys that are given, or with its own."""
        given, iv = keys or (self.key, self.iv)
        key, plain = bytes(required(given, "rgbKey")), bytes(required(content, "input"))
        if len(key) * 8 not in KEY_BITS:
            raise argument("Specified key is not a valid size for this algorithm.", "rgbKey")
        if iv is not None and len(iv) != _BLOCK:
            raise argument(_WRONG_VECTOR, "rgbIV")
        if str(self.mode) == "ECB":
            return plain, Cipher(AES(key), ECB())
        if iv is None:
            raise crypto_error(
                "The cipher mode specified requires that an initialization vector (IV) be used."
            )
        return plain, Cipher(AES(key), CBC(iv))


def _filler(padding: str, size: int) -> bytes:
    """What stands before the last byte of a padding."""
    return (b"\0" if padding == "ANSIX923" else bytes([size])) * (size - 1)
