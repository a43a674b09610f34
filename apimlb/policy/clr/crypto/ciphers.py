"""SymmetricAlgorithm: AES with its settings. Keys and vectors of chance come from the policy's own source."""

import random

from apimlb.policy.clr.crypto.hashes import C, crypto_error, wrong_key_size
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import required

MODES = {"CBC": 1, "ECB": 2, "OFB": 3, "CFB": 4, "CTS": 5}
PADDINGS = {"None": 1, "PKCS7": 2, "Zeros": 3, "ANSIX923": 4, "ISO10126": 5}
BLOCK_BITS = 128
_KEY_BITS = (128, 192, 256)


def _mode(name: str) -> Enum:
    return Enum(C + "CipherMode", MODES[name], {number: key for key, number in MODES.items()})


def _padding(name: str) -> Enum:
    return Enum(C + "PaddingMode", PADDINGS[name], {number: key for key, number in PADDINGS.items()})


def given(value: bytearray | None) -> bytes:
    value = required(value, "value")
    return bytes(value)


class Cipher:
    """AES under one of .NET's names; key and vector are made when first asked for."""

    lineage = ("SymmetricAlgorithm",)

    def __init__(self, rng: random.Random, clr_name: str) -> None:
        self.clr_name = clr_name
        self._rng = rng
        self._key: bytes | None = None
        self._iv: bytes | None = None
        self._key_bits = 256
        self._feedback = 128 if clr_name.endswith("Managed") else 8
        self._mode = _mode("CBC")
        self._padding = _padding("PKCS7")

    def fresh(self, size: int) -> bytes:
        return self._rng.randbytes(size)

    @property
    def key(self) -> bytes:
        if self._key is None:
            self._key = self.fresh(self._key_bits // 8)
        return self._key

    @key.setter
    def key(self, value: bytes) -> None:
        self.key_bits = len(value) * 8
        self._key = value

    @property
    def key_bits(self) -> int:
        return self._key_bits

    @key_bits.setter
    def key_bits(self, bits: int) -> None:
        if not self.valid_key(bits):
            raise wrong_key_size()
        self._key_bits, self._key = bits, None

    def valid_key(self, bits: int) -> bool:
        return bits in _KEY_BITS

    @property
    def iv(self) -> bytes:
        if self._iv is None:
            self._iv = self.fresh(BLOCK_BITS // 8)
        return self._iv

    @iv.setter
    def iv(self, value: bytes) -> None:
        if len(value) * 8 != BLOCK_BITS:
            raise crypto_error(
                "Specified initialization vector (IV) does not match the block size for this algorithm."
            )
        self._iv = value

    def forget(self) -> None:
        """GenerateKey: another one of the same size."""
        self._key = None

    @property
    def mode(self) -> Enum:
        return self._mode

    @mode.setter
    def mode(self, value: Enum) -> None:
        if str(value) not in ("CBC", "ECB"):
            raise crypto_error("Specified cipher mode is not valid for this algorithm.")
        self._mode = value

    @property
    def padding(self) -> Enum:
        return self._padding

    @padding.setter
    def padding(self, value: Enum) -> None:
        if str(value) not in PADDINGS:
            raise crypto_error("Specified padding mode is not valid for this algorithm.")
        self._padding = value

    @property
    def feedback(self) -> int:
        return self._feedback

    @feedback.setter
    def feedback(self, bits: int) -> None:
        if not 0 < bits <= BLOCK_BITS or bits % 8:
            raise crypto_error("Specified feedback size is not valid for this algorithm.")
        self._feedback = bits
