"""SymmetricAlgorithm, and the Encrypt and Decrypt that API Management adds to byte[]."""

from collections.abc import Callable

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.crypto.aes import BLOCK_BITS, KEY_BITS, MODES, PADDINGS, Aes
from apimlb.policy.clr.crypto.algorithm_names import create, creation
from apimlb.policy.clr.crypto.hashes import C, crypto_error, not_on_this_platform, nothing
from apimlb.policy.clr.exceptions import not_negative, out_of_bounds, required
from apimlb.policy.clr.host import Host
from apimlb.policy.clr.types.definitions import Call, Definition, Row

_create = create("SymmetricAlgorithm")


def set_block_size(cipher: Aes, bits: int) -> None:
    rijndael = cipher.clr_name.endswith("RijndaelManaged")
    if bits == BLOCK_BITS:
        if not rijndael:
            cipher.forget("iv")
        return
    if rijndael:
        refused = not_on_this_platform if bits in (192, 256) else crypto_error
        raise refused("BlockSize must be 128 in this implementation.")
    raise crypto_error("Specified block size is not valid for this algorithm.")


class RandomProvider:
    """System.Security.Cryptography.RNGCryptoServiceProvider; no argument changes what it does."""

    clr_name = C + "RNGCryptoServiceProvider"


def random_part(host: Host, provider: RandomProvider, target: bytearray, offset: int, count: int) -> None:
    not_negative(offset, "offset")
    not_negative(count, "count")
    if count > len(target) - offset:
        raise out_of_bounds()
    target[offset : offset + count] = host.rng.randbytes(count)


def random_nonzero(host: Host, provider: RandomProvider, target: bytearray) -> None:
    charge_each(len(target))
    target[:] = bytes(host.rng.randint(1, 255) for _ in target)


_TYPES = ("AesCryptoServiceProvider", "AesManaged", "RijndaelManaged")


def _cipher_rows(name: str, work: Callable[..., bytearray]) -> tuple[Row, ...]:
    """An extension that takes an algorithm, or its name with a key and a vector."""

    def call(content: object, cipher: object, *keys: object) -> object:
        return work(required(cipher, "alg"), content, *keys)

    def named(host: Host, content: object, name: str | None, *keys: object) -> object:
        return call(content, _create(host, name), *keys)

    head = f"static byte[] {name}(this byte[] input, "
    return (
        (f"{head}string alg, byte[] key, byte[] iv)", Call(named, context=True)),
        (f"{head}SymmetricAlgorithm alg[, byte[] key, byte[] iv])", call),
    )


DEFINITIONS = (
    Definition(C + "CipherMode", "enum", constants=MODES),
    Definition(C + "PaddingMode", "enum", constants=PADDINGS),
    Definition(
        C + "SymmetricAlgorithm", "class", bases=("System.IDisposable",),
        rows=(
            *creation("SymmetricAlgorithm"),
            ("int BlockSize", lambda cipher: BLOCK_BITS, set_block_size),
            ("int KeySize", "{0}.key_bits", Aes.set_key_bits),
            ("int FeedbackSize", "{0}.feedback", Aes.set_feedback),
            ("bool ValidKeySize(int bitLength)", lambda cipher, bits: bits in KEY_BITS),
            ("byte[] Key", lambda cipher: bytearray(cipher.key), Aes.set_key),
            ("byte[] IV", lambda cipher: bytearray(cipher.iv), Aes.set_iv),
            ("CipherMode Mode", "{0}.mode", Aes.set_mode),
            ("PaddingMode Padding", "{0}.padding", Aes.set_padding),
            ("void GenerateKey()", lambda cipher: cipher.forget("key")),
            ("void GenerateIV()", lambda cipher: cipher.forget("iv")),
            ("void Dispose()", lambda cipher: cipher.forget("key", "iv")),
            ("void Clear()", lambda cipher: cipher.forget("key", "iv")),
        ),
    ),
    Definition(
        C + "RNGCryptoServiceProvider", "class", bases=("System.IDisposable",),
        rows=(
            ("new([string str])", lambda *seed: RandomProvider()),
            ("new(byte[] rgb)", lambda seed: RandomProvider()),
            ("void GetBytes(byte[]! data)",
             Call(lambda host, provider, data: random_part(host, provider, data, 0, len(data)),
                  context=True)),
            ("void GetBytes(byte[]! data, int offset, int count)", Call(random_part, context=True)),
            ("void GetNonZeroBytes(byte[]! data)", Call(random_nonzero, context=True)),
            ("void Dispose()", nothing),
        ),
    ),
    *(Definition(C + name, "class", bases=(C + "SymmetricAlgorithm",), nameable=False) for name in _TYPES),
    Definition(
        "CipherExtensions", "static", nameable=False,
        rows=(*_cipher_rows("Encrypt", Aes.encrypt), *_cipher_rows("Decrypt", Aes.decrypt)),
    ),
)  # fmt: skip
