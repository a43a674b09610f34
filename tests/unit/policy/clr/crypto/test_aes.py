"""AES, by the examples of FIPS 197 and NIST SP 800-38A."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.crypto.aes import decrypt, encrypt
from apimlb.policy.clr.exceptions import ClrException

PLAIN = bytes.fromhex("00112233445566778899aabbccddeeff")


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
    assert encrypt(PLAIN, bytes.fromhex(key), b"", "ECB", "None").hex() == ciphered
    assert decrypt(bytes.fromhex(ciphered), bytes.fromhex(key), b"", "ECB", "None") == PLAIN


def test_chained_blocks() -> None:
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    start = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    text = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    assert encrypt(text, key, start, "CBC", "None").hex() == (
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    )


@given(st.binary(max_size=80), st.sampled_from((16, 24, 32)))
def test_what_is_ciphered_is_deciphered(text: bytes, size: int) -> None:
    key, start = bytes(range(size)), bytes(range(16))
    assert decrypt(encrypt(text, key, start), key, start) == text


def test_a_wrong_key_is_noticed_by_the_padding() -> None:
    ciphered = encrypt(b"secret", bytes(16), bytes(16))
    with pytest.raises(ClrException, match="Padding"):
        decrypt(ciphered, bytes([1] * 16), bytes(16))
    with pytest.raises(ClrException, match="valid size"):
        encrypt(b"", b"short", bytes(16))
