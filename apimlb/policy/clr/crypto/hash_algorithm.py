"""Hashes and keyed hashes."""

from apimlb.policy.clr.crypto import hashes
from apimlb.policy.clr.crypto.algorithm_names import create, creation
from apimlb.policy.clr.crypto.hashes import C
from apimlb.policy.clr.exceptions import out_of_bounds, required
from apimlb.policy.clr.types.definitions import Call, Definition, Row


def transform(
    algorithm: hashes.HashAlgorithm,
    content: bytearray,
    offset: int,
    count: int,
    target: bytearray | None,
    start: int,
) -> int:
    """TransformBlock: hashes a part, and copies it to `target` where there is one."""
    found = hashes.part(content, offset, count, "inputOffset")
    algorithm.add(found)
    if target is not None:
        if start < 0 or len(target) - start < count:
            raise out_of_bounds()
        target[start : start + count] = found
    return count


def transform_last(algorithm: hashes.HashAlgorithm, content: bytearray, offset: int, count: int) -> bytearray:
    found = hashes.part(content, offset, count, "inputOffset")
    algorithm.finish(found)
    return found


def set_name(algorithm: hashes.HashAlgorithm, name: str | None) -> None:
    """HMAC.HashName can only be set to what it is."""
    name = required(name, "HashName")
    if name != algorithm.name:
        raise hashes.not_on_this_platform(
            "Setting the hashname after it's already been set is not supported on this platform."
        )


def set_legacy(algorithm: hashes.HashAlgorithm, wanted: bool) -> None:
    if wanted:
        raise hashes.not_on_this_platform()


_HASH_ROWS: tuple[Row, ...] = (
    *creation("HashAlgorithm", "hashName"),
    ("byte[] ComputeHash(byte[]! buffer)",
     lambda algorithm, content: algorithm.finish(content, closes=False)),
    ("byte[] ComputeHash(byte[]! buffer, int offset, int count)",
     lambda algorithm, content, offset, count:
         algorithm.finish(hashes.part(content, offset, count, "offset"), closes=False)),
    ("int TransformBlock(byte[]! inputBuffer, int inputOffset, int inputCount, byte[] outputBuffer, "
     "int outputOffset)", transform),
    ("byte[] TransformFinalBlock(byte[]! inputBuffer, int inputOffset, int inputCount)", transform_last),
    ("byte[] Hash", lambda algorithm: algorithm.value),
    ("int HashSize", lambda algorithm: algorithm.bits),
    ("int InputBlockSize", lambda algorithm: 1),
    ("int OutputBlockSize", lambda algorithm: 1),
    ("bool CanReuseTransform", lambda algorithm: True),
    ("bool CanTransformMultipleBlocks", lambda algorithm: True),
    ("void Initialize()", hashes.nothing),
    ("void Dispose()", hashes.HashAlgorithm.dispose),
    ("void Clear()", hashes.HashAlgorithm.dispose),
)  # fmt: skip


def _keyed_rows(name: str) -> tuple[Row, ...]:
    managed = "[, bool useManagedSha1]" if name == "SHA1" else ""
    rows: tuple[Row, ...] = (
        (f"new(byte[] key{managed})", lambda key, *managed: hashes.KeyedHash(name, key)),
        ("new()", Call(lambda host: hashes.random_keyed(host, name), context=True)),
    )
    if name in ("SHA384", "SHA512"):
        return (*rows, ("bool ProduceLegacyHmacValues", lambda algorithm: False, set_legacy))
    return rows


def _definitions(name: str) -> tuple[Definition, ...]:
    """The types of one hash."""
    own = (C + name,)
    managed = Definition(
        f"{C}{name}Managed", "class", bases=own,
        rows=(("new()", lambda: hashes.HashAlgorithm(name, f"{name}Managed")),),
    )  # fmt: skip
    return (
        Definition(
            C + name, "class", bases=(C + "HashAlgorithm",),
            rows=(
                (f"static {name} Create()", lambda: hashes.HashAlgorithm(name)),
                (f"static {name} Create(string hashName)", Call(create(name), context=True)),
            ),
        ),
        Definition(f"{C}{name}+Implementation", "class", bases=own, nameable=False),
        Definition(f"{C}{name}CryptoServiceProvider", "class", bases=own, nameable=False),
        *(() if name == "MD5" else (managed,)),
        Definition(f"{C}HMAC{name}", "class", bases=(C + "HMAC",), rows=_keyed_rows(name)),
    )  # fmt: skip


DEFINITIONS = (
    Definition(C + "HashAlgorithm", "class", bases=("System.IDisposable",), rows=_HASH_ROWS),
    Definition(
        C + "KeyedHashAlgorithm", "class", bases=(C + "HashAlgorithm",),
        rows=(
            *creation("KeyedHashAlgorithm"),
            ("byte[] Key", lambda algorithm: algorithm.key, hashes.KeyedHash.use),
        ),
    ),
    Definition(
        C + "HMAC", "class", bases=(C + "KeyedHashAlgorithm",),
        rows=(
            *creation("HMAC", "algorithmName"),
            ("string HashName", "{0}.name", set_name),
        ),
    ),
    *(each for name in hashes.BLOCK_SIZES for each in _definitions(name)),
)  # fmt: skip
