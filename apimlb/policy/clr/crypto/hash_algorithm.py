"""Hashes and keyed hashes."""

from collections.abc import Callable

from apimlb.policy.clr.crypto import hashes
from apimlb.policy.clr.crypto.algorithm_names import create, no_default
from apimlb.policy.clr.exceptions import null_reference, out_of_bounds, required
from apimlb.policy.clr.host import Host
from apimlb.policy.clr.types.definitions import Call, Definition, Row


def transform(
    algorithm: hashes.HashAlgorithm,
    content: bytearray | None,
    offset: int,
    count: int,
    target: bytearray | None,
    start: int,
) -> int:
    """TransformBlock: hashes a part, and copies it to `target` where there is one."""
    found = hashes.part(content, offset, count, ("inputBuffer", "inputOffset"))
    algorithm.add(found)
    if target is not None:
        if start < 0 or len(target) - start < count:
            raise out_of_bounds()
        target[start : start + count] = found
    return count


def transform_last(
    algorithm: hashes.HashAlgorithm, content: bytearray | None, offset: int, count: int
) -> bytearray:
    found = hashes.part(content, offset, count, ("inputBuffer", "inputOffset"))
    algorithm.finish(found)
    return found


def last_hash(algorithm: hashes.HashAlgorithm) -> bytearray | None:
    found = algorithm.value
    return None if found is None else bytearray(found)


def make(name: str, made_by: str = "") -> Callable[[], hashes.HashAlgorithm]:
    return lambda: hashes.HashAlgorithm(name, made_by=made_by)


def make_keyed(name: str) -> Callable[[bytearray | None], hashes.HashAlgorithm]:
    def keyed(key: bytearray | None) -> hashes.HashAlgorithm:
        if key is None:
            raise null_reference()
        return hashes.HashAlgorithm(name, key)

    return keyed


def make_managed(key: bytearray | None, managed: bool) -> hashes.HashAlgorithm:
    """new HMACSHA1(key, useManagedSha1)"""
    if key is None:
        raise null_reference()
    return hashes.HashAlgorithm("SHA1", key)


def unkeyed(name: str) -> Callable[[Host], hashes.HashAlgorithm]:
    """new HMACSHA256(): with a random key of one block, until another one is set."""
    return lambda host: hashes.HashAlgorithm(name, bytearray(host.rng.randbytes(hashes.BLOCK_SIZES[name])))


def set_key(algorithm: hashes.HashAlgorithm, key: bytearray | None) -> None:
    if key is None:
        raise null_reference()
    algorithm.use(key)


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


def start(algorithm: hashes.HashAlgorithm) -> None:
    """Initialize: nothing, as every hash starts afresh after the one before."""


_HASH_ROWS: tuple[Row, ...] = (
    ("static HashAlgorithm Create()", no_default),
    ("static HashAlgorithm Create(string hashName)", Call(create("HashAlgorithm"), context=True)),
    ("byte[] ComputeHash(byte[]! buffer)",
     lambda algorithm, content: bytearray(algorithm.finish(content, closes=False))),
    ("byte[] ComputeHash(byte[] buffer, int offset, int count)",
     lambda algorithm, content, offset, count:
         bytearray(
             algorithm.finish(hashes.part(content, offset, count, ("buffer", "offset")), closes=False))),
    ("int TransformBlock(byte[] inputBuffer, int inputOffset, int inputCount, byte[] outputBuffer, "
     "int outputOffset)", transform),
    ("byte[] TransformFinalBlock(byte[] inputBuffer, int inputOffset, int inputCount)", transform_last),
    ("byte[] Hash", last_hash),
    ("int HashSize", lambda algorithm: algorithm.size * 8),
    ("int InputBlockSize", lambda algorithm: 1),
    ("int OutputBlockSize", lambda algorithm: 1),
    ("bool CanReuseTransform", lambda algorithm: True),
    ("bool CanTransformMultipleBlocks", lambda algorithm: True),
    ("void Initialize()", start),
    ("void Dispose()", hashes.HashAlgorithm.dispose),
    ("void Clear()", hashes.HashAlgorithm.dispose),
)  # fmt: skip

_LEGACY: tuple[Row, ...] = (("bool ProduceLegacyHmacValues", lambda algorithm: False, set_legacy),)


def _definitions() -> list[Definition]:
    made: list[Definition] = []
    for name in hashes.BLOCK_SIZES:
        managed = f"{name}Managed" if name != "MD5" else ""
        rows: tuple[Row, ...] = (
            (f"static {name} Create()", make(name)),
            (f"static {name} Create(string hashName)", Call(create(name), context=True)),
        )
        keyed: tuple[Row, ...] = (
            ("new(byte[] key)", make_keyed(name)),
            ("new()", Call(unkeyed(name), context=True)),
        )
        if name == "SHA1":
            keyed = (*keyed, ("new(byte[] key, bool useManagedSha1)", make_managed))
        if name in ("SHA384", "SHA512"):
            keyed = (*keyed, *_LEGACY)
        made.append(Definition(hashes.C + name, "class", bases=(hashes.C + "HashAlgorithm",), rows=rows))
        for hidden in (f"{name}+Implementation", f"{name}CryptoServiceProvider"):
            made.append(Definition(hashes.C + hidden, "class", bases=(hashes.C + name,), nameable=False))
        if managed:
            fresh: tuple[Row, ...] = (("new()", make(name, managed)),)
            made.append(Definition(hashes.C + managed, "class", bases=(hashes.C + name,), rows=fresh))
        made.append(Definition(f"{hashes.C}HMAC{name}", "class", bases=(hashes.C + "HMAC",), rows=keyed))
    return made


DEFINITIONS = (
    Definition(hashes.C + "HashAlgorithm", "class", bases=("System.IDisposable",), rows=_HASH_ROWS),
    Definition(
        hashes.C + "KeyedHashAlgorithm", "class", bases=(hashes.C + "HashAlgorithm",),
        rows=(
            ("static KeyedHashAlgorithm Create()", no_default),
            ("static KeyedHashAlgorithm Create(string algName)",
             Call(create("KeyedHashAlgorithm"), context=True)),
            ("byte[] Key", lambda algorithm: bytearray(algorithm.key), set_key),
        ),
    ),
    Definition(
        hashes.C + "HMAC", "class", bases=(hashes.C + "KeyedHashAlgorithm",),
        rows=(
            ("static HMAC Create()", no_default),
            ("static HMAC Create(string algorithmName)", Call(create("HMAC"), context=True)),
            ("string HashName", "{0}.name", set_name),
        ),
    ),
    *_definitions(),
)  # fmt: skip
