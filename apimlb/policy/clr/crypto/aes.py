"""AES in CBC or ECB mode with PKCS #7 or zero padding, in plain Python: a policy ciphers a cookie, not a
film.

The standard library has no AES. Tables are made at import from the field arithmetic of FIPS 197.
"""

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException, argument

_CRYPTO = "System.Security.Cryptography.CryptographicException"


def _double(value: int) -> int:
    return ((value << 1) ^ 0x1B) & 0xFF if value & 0x80 else value << 1


def _times(value: int, factor: int) -> int:
    made = 0
    while factor:
        if factor & 1:
            made ^= value
        value = _double(value)
        factor >>= 1
    return made


def _boxes() -> tuple[list[int], list[int]]:
    """The S-box and its inverse (FIPS 197, 5.1.1)."""
    box, inverse = [0] * 256, [0] * 256
    p = q = 1
    while True:
        p ^= _double(p)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        value = q ^ _turn(q, 1) ^ _turn(q, 2) ^ _turn(q, 3) ^ _turn(q, 4) ^ 0x63
        box[p], inverse[value] = value, p
        if p == 1:
            break
    box[0], inverse[0x63] = 0x63, 0
    return box, inverse


def _turn(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (8 - bits))) & 0xFF


_BOX, _INVERSE = _boxes()
_MULTIPLES = {factor: [_times(value, factor) for value in range(256)] for factor in (2, 3, 9, 11, 13, 14)}
_SHIFT = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11]
_UNSHIFT = [0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3]


def _round_keys(key: bytes) -> list[list[int]]:
    """The key schedule: sixteen bytes a round (FIPS 197, 5.2)."""
    size = len(key) // 4
    words = [list(key[4 * i : 4 * i + 4]) for i in range(size)]
    constant = 1
    for i in range(size, 4 * (size + 7)):
        word = list(words[-1])
        if i % size == 0:
            word = [_BOX[b] for b in (*word[1:], word[0])]
            word[0] ^= constant
            constant = _double(constant)
        elif size > 6 and i % size == 4:
            word = [_BOX[b] for b in word]
        words.append([a ^ b for a, b in zip(word, words[i - size], strict=True)])
    flat = [byte for word in words for byte in word]
    return [flat[16 * r : 16 * r + 16] for r in range(size + 7)]


def _encrypt_block(block: bytes, keys: list[list[int]]) -> bytes:
    state = [a ^ b for a, b in zip(block, keys[0], strict=True)]
    two, three = _MULTIPLES[2], _MULTIPLES[3]
    for place, key in enumerate(keys[1:], 1):
        state = [_BOX[state[i]] for i in _SHIFT]
        if place < len(keys) - 1:
            mixed = []
            for c in range(0, 16, 4):
                a, b, d, e = state[c : c + 4]
                mixed += [
                    two[a] ^ three[b] ^ d ^ e, a ^ two[b] ^ three[d] ^ e,
                    a ^ b ^ two[d] ^ three[e], three[a] ^ b ^ d ^ two[e],
                ]  # fmt: skip
            state = mixed
        state = [a ^ b for a, b in zip(state, key, strict=True)]
    return bytes(state)


def _decrypt_block(block: bytes, keys: list[list[int]]) -> bytes:
    state = [a ^ b for a, b in zip(block, keys[-1], strict=True)]
    nine, eleven, thirteen, fourteen = (_MULTIPLES[n] for n in (9, 11, 13, 14))
    for place in range(len(keys) - 2, -1, -1):
        state = [_INVERSE[state[i]] for i in _UNSHIFT]
        state = [a ^ b for a, b in zip(state, keys[place], strict=True)]
        if place:
            mixed = []
            for c in range(0, 16, 4):
                a, b, d, e = state[c : c + 4]
                mixed += [
                    fourteen[a] ^ eleven[b] ^ thirteen[d] ^ nine[e],
                    nine[a] ^ fourteen[b] ^ eleven[d] ^ thirteen[e],
                    thirteen[a] ^ nine[b] ^ fourteen[d] ^ eleven[e],
                    eleven[a] ^ thirteen[b] ^ nine[d] ^ fourteen[e],
                ]  # fmt: skip
            state = mixed
    return bytes(state)


def _check(key: bytes, start: bytes, mode: str) -> None:
    if len(key) not in (16, 24, 32):
        raise argument("Specified key is not a valid size for this algorithm.", "rgbKey")
    if mode == "CBC" and len(start) != 16:
        raise argument(
            "Specified initialization vector (IV) does not match the block size for this algorithm.", "rgbIV"
        )
    if mode not in ("CBC", "ECB"):
        raise ClrException(_CRYPTO, "Specified cipher mode is not valid for this algorithm.")


def encrypt(content: bytes, key: bytes, start: bytes, mode: str = "CBC", padding: str = "PKCS7") -> bytes:
    """Ciphered `content`; throws System.ArgumentException for a key or vector of the wrong size."""
    _check(key, start, mode)
    rest = 16 - len(content) % 16
    if padding == "PKCS7":
        content += bytes([rest]) * rest
    elif padding == "Zeros":
        content += bytes(rest % 16)
    elif len(content) % 16:
        raise ClrException(_CRYPTO, "The input data is not a complete block.")
    keys = _round_keys(key)
    made = b""
    for at in range(0, len(content), 16):
        BUDGET.spend(50)
        block = content[at : at + 16]
        if mode == "CBC":
            block = bytes(a ^ b for a, b in zip(block, start, strict=True))
        start = _encrypt_block(block, keys)
        made += start
    return made


def decrypt(content: bytes, key: bytes, start: bytes, mode: str = "CBC", padding: str = "PKCS7") -> bytes:
    """Deciphered `content`; throws CryptographicException for what cannot have been ciphered so."""
    _check(key, start, mode)
    if len(content) % 16:
        raise ClrException(_CRYPTO, "The input data is not a complete block.")
    keys = _round_keys(key)
    made = b""
    for at in range(0, len(content), 16):
        BUDGET.spend(50)
        block = content[at : at + 16]
        plain = _decrypt_block(block, keys)
        if mode == "CBC":
            plain = bytes(a ^ b for a, b in zip(plain, start, strict=True))
            start = block
        made += plain
    if padding != "PKCS7" or not made:
        return made
    size = made[-1]
    if not 1 <= size <= 16 or made[-size:] != bytes([size]) * size:
        raise ClrException(_CRYPTO, "Padding is invalid and cannot be removed.")
    return made[:-size]
