"""AES, by the examples of FIPS 197 and NIST SP 800-38A."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.crypto.aes import MODES, PADDINGS, Aes
from apimlb.policy.clr.exceptions import ClrException

PLAIN = bytearray.fromhex("00112233445566778899aabbccddeeff")


def aes(mode: str = "CBC", padding: str = "PKCS7") -> Aes:
    made = Aes(random.Random(1), "AesManaged")
    made.mode.number, made.padding.number = MODES[mode], PADDINGS[padding]
    return made


@pytest.mark.parametrize(
    ("key", "ciphered"),
    [
        ("000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"),
        ("000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "8ea2b7ca516745bfeafc49904b496089",
        ),
    ],
)
def test_one_block(key: str, ciphered: str) -> None:
    keys = (bytearray.fromhex(key), None)
    assert aes("ECB", "None").encrypt(PLAIN, *keys).hex() == ciphered
    assert aes("ECB", "None").decrypt(bytearray.fromhex(ciphered), *keys) == PLAIN


def test_chained_blocks() -> None:
    key = bytearray.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    start = bytearray.fromhex("000102030405060708090a0b0c0d0e0f")
    text = bytearray.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    assert aes("CBC", "None").encrypt(text, key, start).hex() == (
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    )


@given(st.binary(max_size=80), st.sampled_from((16, 24, 32)), st.sampled_from(("PKCS7", "ISO10126")))
def test_what_is_ciphered_is_deciphered(text: bytes, size: int, padding: str) -> None:
    keys = (bytearray(range(size)), bytearray(range(16)))
    ciphered = aes(padding=padding).encrypt(bytearray(text), *keys)
    assert aes(padding=padding).decrypt(ciphered, *keys) == text


def test_a_wrong_key_is_noticed_by_the_padding() -> None:
    ciphered = aes().encrypt(bytearray(b"secret"), bytearray(16), bytearray(16))
    with pytest.raises(ClrException, match="Padding"):
        aes().decrypt(ciphered, bytearray([1] * 16), bytearray(16))
    with pytest.raises(ClrException, match="valid size"):
        aes().encrypt(bytearray(), bytearray(b"short"), bytearray(16))
