"""SymmetricAlgorithm, and the Encrypt and Decrypt that API Management adds to byte[]."""

from apimlb.policy.context import Context
from apimlb.policy.csharp.types import Definition, Needs
from apimlb.policy.values import aes
from apimlb.policy.values.exceptions import argument, argument_null, not_supported
from apimlb.policy.values.objects import Enum

C = "System.Security.Cryptography."
_MODES = {"CBC": 1, "ECB": 2, "OFB": 3, "CFB": 4, "CTS": 5}
_PADDINGS = {"None": 1, "PKCS7": 2, "Zeros": 3, "ANSIX923": 4, "ISO10126": 5}
_AES = {
    "aes",
    "rijndael",
    "rijndaelmanaged",
    "system.security.cryptography.aes",
    "aescryptoserviceprovider",
    "aesmanaged",
}


def _mode(name: str) -> Enum:
    return Enum(C + "CipherMode", _MODES[name], {number: key for key, number in _MODES.items()})


def _padding(name: str) -> Enum:
    return Enum(C + "PaddingMode", _PADDINGS[name], {number: key for key, number in _PADDINGS.items()})


class Cipher:
    """AES with its settings; key and vector are made when first asked for."""

    clr_name = C + "Rijndael"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._key: bytes | None = None
        self._iv: bytes | None = None
        self.mode = _mode("CBC")
        self.padding = _padding("PKCS7")

    def fresh(self, size: int) -> bytes:
        return self._context.rng.randbytes(size)

    @property
    def key(self) -> bytes:
        if self._key is None:
            self._key = self.fresh(32)
        return self._key

    @key.setter
    def key(self, value: bytes) -> None:
        if len(value) not in (16, 24, 32):
            raise argument("Specified key is not a valid size for this algorithm.")
        self._key = value

    @property
    def iv(self) -> bytes:
        if self._iv is None:
            self._iv = self.fresh(16)
        return self._iv

    @iv.setter
    def iv(self, value: bytes) -> None:
        if len(value) != 16:
            raise argument(
                "Specified initialization vector (IV) does not match the block size for this algorithm."
            )
        self._iv = value


def create(context: Context, name: str | None) -> Cipher | None:
    """SymmetricAlgorithm.Create(name): AES under its several names; null for a name that is none."""
    if name is None:
        raise argument_null("algName")
    if name.lower() in _AES:
        return Cipher(context)
    if name.lower() in ("des", "3des", "tripledes", "triple des", "rc2"):
        raise not_supported(f"The cipher {name} is not supported here.")
    return None


def _bytes(value: bytearray | None, name: str) -> bytes:
    if value is None:
        raise argument_null(name)
    return bytes(value)


def get_key(cipher: Cipher) -> bytearray:
    return bytearray(cipher.key)


def set_key(cipher: Cipher, value: bytearray | None) -> None:
    cipher.key = _bytes(value, "value")


def get_iv(cipher: Cipher) -> bytearray:
    return bytearray(cipher.iv)


def set_iv(cipher: Cipher, value: bytearray | None) -> None:
    cipher.iv = _bytes(value, "value")


def set_mode(cipher: Cipher, value: Enum) -> None:
    cipher.mode = value


def set_padding(cipher: Cipher, value: Enum) -> None:
    cipher.padding = value


def forget_key(cipher: Cipher) -> None:
    cipher.key = cipher.fresh(32)


def forget_iv(cipher: Cipher) -> None:
    cipher.iv = cipher.fresh(16)


def done(cipher: Cipher) -> None:
    """Dispose: nothing to let go of."""


def encrypt(content: bytearray | None, cipher: Cipher | None, *given: bytearray | None) -> bytearray:
    """input.Encrypt(alg[, key, iv])"""
    if cipher is None:
        raise argument_null("alg")
    key, iv = (_bytes(each, "key") for each in given) if given else (cipher.key, cipher.iv)
    return bytearray(aes.encrypt(_bytes(content, "input"), key, iv, str(cipher.mode), str(cipher.padding)))


def decrypt(content: bytearray | None, cipher: Cipher | None, *given: bytearray | None) -> bytearray:
    """input.Decrypt(alg[, key, iv])"""
    if cipher is None:
        raise argument_null("alg")
    key, iv = (_bytes(each, "key") for each in given) if given else (cipher.key, cipher.iv)
    return bytearray(aes.decrypt(_bytes(content, "input"), key, iv, str(cipher.mode), str(cipher.padding)))


def encrypt_named(
    context: Context, content: bytearray | None, name: str | None, key: bytearray | None, iv: bytearray | None
) -> bytearray:
    """input.Encrypt("Aes", key, iv)"""
    return encrypt(content, create(context, name), key, iv)


def decrypt_named(
    context: Context, content: bytearray | None, name: str | None, key: bytearray | None, iv: bytearray | None
) -> bytearray:
    return decrypt(content, create(context, name), key, iv)


def random_bytes(context: Context, provider: object, target: bytearray) -> None:
    """RNGCryptoServiceProvider.GetBytes, from the policy's own source of chance."""
    target[:] = context.rng.randbytes(len(target))


class RandomProvider:
    """System.Security.Cryptography.RNGCryptoServiceProvider"""

    clr_name = C + "RNGCryptoServiceProvider"


_CIPHER = "this byte[] input, "

DEFINITIONS = (
    Definition(C + "CipherMode", "enum", constants=_MODES),
    Definition(C + "PaddingMode", "enum", constants=_PADDINGS),
    Definition(
        C + "SymmetricAlgorithm", "class", bases=("System.IDisposable",),
        rows=(
            ("static SymmetricAlgorithm Create(string algName)", Needs(create, context=True)),
            ("byte[] Key", get_key, set_key),
            ("byte[] IV", get_iv, set_iv),
            ("CipherMode Mode", "{0}.mode", set_mode),
            ("PaddingMode Padding", "{0}.padding", set_padding),
            ("void GenerateKey()", forget_key),
            ("void GenerateIV()", forget_iv),
            ("void Dispose()", done),
            ("void Clear()", done),
        ),
    ),
    Definition(
        C + "RNGCryptoServiceProvider", "class", bases=("System.IDisposable",),
        rows=(
            ("new()", RandomProvider),
            ("void GetBytes(byte[] data)", Needs(random_bytes, context=True)),
            ("void Dispose()", done),
        ),
    ),
    Definition(
        "CipherExtensions", "static", nameable=False,
        rows=(
            (f"static byte[] Encrypt({_CIPHER}string alg, byte[] key, byte[] iv)",
             Needs(encrypt_named, context=True)),
            (f"static byte[] Encrypt({_CIPHER}SymmetricAlgorithm alg)", encrypt),
            (f"static byte[] Encrypt({_CIPHER}SymmetricAlgorithm alg, byte[] key, byte[] iv)", encrypt),
            (f"static byte[] Decrypt({_CIPHER}string alg, byte[] key, byte[] iv)",
             Needs(decrypt_named, context=True)),
            (f"static byte[] Decrypt({_CIPHER}SymmetricAlgorithm alg)", decrypt),
            (f"static byte[] Decrypt({_CIPHER}SymmetricAlgorithm alg, byte[] key, byte[] iv)", decrypt),
        ),
    ),
)  # fmt: skip
