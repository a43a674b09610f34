"""SymmetricAlgorithm: AES with its settings. Keys and vectors of chance come from the policy's own source."""

import random

from apimlb.policy.clr.crypto.hashes import C, crypto_error, wrong_key_size
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import required

MODES = {"CBC": 1, "ECB": 2, "OFB": 3, "CFB": 4, "CTS": 5}
PADDINGS = {"None": 1, "PKCS7": 2, "Zeros": 3, "ANSIX923": 4, "ISO10126": 5}
BLOCK_BITS = 128
_KEY_BITS = (128, 192, 256)


class Cipher:
    """AES under one of .NET's names; key and vector are made when first asked for."""

    def __init__(self, rng: random.Random, clr_name: str) -> None:
        self.clr_name = clr_name
        self.chance = rng.randbytes
        self._key: bytes | None = None
        self._iv: bytes | None = None
        self.key_bits = 256
        self.feedback = 128 if clr_name.endswith("Managed") else 8
        self.mode = Enum(C + "CipherMode", MODES["CBC"], {number: name for name, number in MODES.items()})
        self.padding = Enum(
            C + "PaddingMode", PADDINGS["PKCS7"], {number: name for name, number in PADDINGS.items()}
        )

    @property
    def key(self) -> bytes:
        if self._key is None:
            self._key = self.chance(self.key_bits // 8)
        return self._key

    def set_key(self, value: bytearray | None) -> None:
        value = required(value, "value")
        self.set_key_bits(len(value) * 8)
        self._key = bytes(value)

    def set_key_bits(self, bits: int) -> None:
        if not self.valid_key(bits):
            raise wrong_key_size()
        self.key_bits, self._key = bits, None

    def valid_key(self, bits: int) -> bool:
        return bits in _KEY_BITS

    def forget_key(self) -> None:
        """GenerateKey: another one of the same size."""
        self._key = None

    @property
    def iv(self) -> bytes:
        if self._iv is None:
            self._iv = self.chance(BLOCK_BITS // 8)
        return self._iv

    def set_iv(self, value: bytearray | None) -> None:
        value = required(value, "value")
        if len(value) * 8 != BLOCK_BITS:
            raise crypto_error(
                "Specified initialization vector (IV) does not match the block size for this algorithm."
            )
        self._iv = bytes(value)

    def forget_iv(self) -> None:
        """GenerateIV"""
        self._iv = None

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
