"""SymmetricAlgorithm, and the Encrypt and Decrypt that API Management adds to byte[]."""

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.crypto import aes
from apimlb.policy.clr.crypto.algorithm_names import create, no_default
from apimlb.policy.clr.crypto.ciphers import BLOCK_BITS, MODES, PADDINGS, Cipher, given
from apimlb.policy.clr.crypto.hashes import C, crypto_error, not_on_this_platform
from apimlb.policy.clr.exceptions import not_negative, out_of_bounds, required
from apimlb.policy.clr.host import Host
from apimlb.policy.clr.types.definitions import Call, Definition, setting

_create = create("SymmetricAlgorithm")


def _named(host: Host, name: str | None) -> Cipher | None:
    """The cipher of a name, for Encrypt and Decrypt."""
    found = _create(host, name)
    assert found is None or isinstance(found, Cipher)
    return found


def _bytes(value: bytearray | None, name: str) -> bytes:
    value = required(value, name)
    return bytes(value)


def set_key(cipher: Cipher, value: bytearray | None) -> None:
    cipher.key = given(value)


def set_iv(cipher: Cipher, value: bytearray | None) -> None:
    cipher.iv = given(value)


def set_block_size(cipher: Cipher, bits: int) -> None:
    if bits == BLOCK_BITS:
        return
    if cipher.clr_name.endswith("RijndaelManaged") and bits in (192, 256):
        raise not_on_this_platform("BlockSize must be 128 in this implementation.")
    raise crypto_error("Specified block size is not valid for this algorithm.")


def forget_iv(cipher: Cipher) -> None:
    cipher.iv = cipher.fresh(BLOCK_BITS // 8)


def done(cipher: Cipher) -> None:
    """Dispose: nothing to let go of."""


def _padded(content: bytes, cipher: Cipher) -> tuple[bytes, str]:
    """The content with the paddings that end in their own length, and what is left to pad with."""
    name = str(cipher.padding)
    if name not in ("ANSIX923", "ISO10126"):
        return content, name
    rest = 16 - len(content) % 16
    filler = bytes(rest - 1) if name == "ANSIX923" else cipher.fresh(rest - 1)
    return content + filler + bytes([rest]), "None"


def _stripped(content: bytes, cipher: Cipher) -> bytes:
    name = str(cipher.padding)
    if name not in ("ANSIX923", "ISO10126") or not content:
        return content
    size = content[-1]
    if not 1 <= size <= 16 or (name == "ANSIX923" and any(content[-size:-1])):
        raise crypto_error("Padding is invalid and cannot be removed.")
    return content[:-size]


def encrypt(content: bytearray | None, cipher: Cipher | None, *keys: bytearray | None) -> bytearray:
    """input.Encrypt(alg[, key, iv])"""
    cipher = required(cipher, "alg")
    key, iv = (_bytes(each, "key") for each in keys) if keys else (cipher.key, cipher.iv)
    plain, padding = _padded(_bytes(content, "input"), cipher)
    return bytearray(aes.encrypt(plain, key, iv, str(cipher.mode), padding))


def decrypt(content: bytearray | None, cipher: Cipher | None, *keys: bytearray | None) -> bytearray:
    """input.Decrypt(alg[, key, iv])"""
    cipher = required(cipher, "alg")
    key, iv = (_bytes(each, "key") for each in keys) if keys else (cipher.key, cipher.iv)
    plain = aes.decrypt(_bytes(content, "input"), key, iv, str(cipher.mode), str(cipher.padding))
    return bytearray(_stripped(plain, cipher))


class RandomProvider:
    """System.Security.Cryptography.RNGCryptoServiceProvider; no argument changes what it does."""

    clr_name = C + "RNGCryptoServiceProvider"

    def __init__(self, seed: object = None) -> None:
        """new RNGCryptoServiceProvider([seed])"""


def random_part(
    host: Host, provider: RandomProvider, target: bytearray | None, offset: int, count: int
) -> None:
    target = required(target, "data")
    for name, value in (("offset", offset), ("count", count)):
        not_negative(value, name)
    if count > len(target) - offset:
        raise out_of_bounds()
    target[offset : offset + count] = host.rng.randbytes(count)


def random_nonzero(host: Host, provider: RandomProvider, target: bytearray) -> None:
    charge_each(len(target))
    target[:] = bytes(host.rng.randint(1, 255) for _ in target)


_TYPES = ("AesCryptoServiceProvider", "AesManaged", "RijndaelManaged")
_CIPHER = "this byte[] input, "

DEFINITIONS = (
    Definition(C + "CipherMode", "enum", constants=MODES),
    Definition(C + "PaddingMode", "enum", constants=PADDINGS),
    Definition(
        C + "SymmetricAlgorithm", "class", bases=("System.IDisposable",),
        rows=(
            ("static SymmetricAlgorithm Create()", no_default),
            ("static SymmetricAlgorithm Create(string algName)", Call(_create, context=True)),
            ("int BlockSize", lambda cipher: BLOCK_BITS, set_block_size),
            ("int KeySize", "{0}.key_bits", setting("key_bits")),
            ("int FeedbackSize", "{0}.feedback", setting("feedback")),
            ("bool ValidKeySize(int bitLength)", Cipher.valid_key),
            ("byte[] Key", lambda cipher: bytearray(cipher.key), set_key),
            ("byte[] IV", lambda cipher: bytearray(cipher.iv), set_iv),
            ("CipherMode Mode", "{0}.mode", setting("mode")),
            ("PaddingMode Padding", "{0}.padding", setting("padding")),
            ("void GenerateKey()", Cipher.forget),
            ("void GenerateIV()", forget_iv),
            ("void Dispose()", done),
            ("void Clear()", done),
        ),
    ),
    Definition(
        C + "RNGCryptoServiceProvider", "class", bases=("System.IDisposable",),
        rows=(
            ("new([string str])", RandomProvider),
            ("new(byte[] rgb)", RandomProvider),
            ("void GetBytes(byte[] data)", Call(
                lambda host, provider, data:
                    random_part(host, provider, data, 0, len(_bytes(data, "data"))),
                context=True)),
            ("void GetBytes(byte[] data, int offset, int count)", Call(random_part, context=True)),
            ("void GetNonZeroBytes(byte[]! data)", Call(random_nonzero, context=True)),
            ("void Dispose()", done),
        ),
    ),
    *(Definition(C + name, "class", bases=(C + "SymmetricAlgorithm",), nameable=False) for name in _TYPES),
    Definition(
        "CipherExtensions", "static", nameable=False,
        rows=(
            (f"static byte[] Encrypt({_CIPHER}string alg, byte[] key, byte[] iv)",
             Call(lambda host, content, name, key, iv:
                 encrypt(content, _named(host, name), key, iv), context=True)),
            (f"static byte[] Encrypt({_CIPHER}SymmetricAlgorithm alg[, byte[] key, byte[] iv])", encrypt),
            (f"static byte[] Decrypt({_CIPHER}string alg, byte[] key, byte[] iv)",
             Call(lambda host, content, name, key, iv:
                 decrypt(content, _named(host, name), key, iv), context=True)),
            (f"static byte[] Decrypt({_CIPHER}SymmetricAlgorithm alg[, byte[] key, byte[] iv])", decrypt),
        ),
    ),
)  # fmt: skip
