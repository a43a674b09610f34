"""Algorithms by name: what HashAlgorithm.Create("SHA256") and its like make.

Source: .NET, `CryptoConfig`; names are read in any case, with or without their namespace.
"""

from collections.abc import Callable

from apimlb.policy.clr.casts import RUNTIME, cast
from apimlb.policy.clr.crypto.hashes import (
    BLOCK_SIZES,
    C,
    HashAlgorithm,
    not_on_this_platform,
    random_keyed,
)
from apimlb.policy.clr.exceptions import not_supported, required
from apimlb.policy.clr.host import Host
from apimlb.policy.clr.types.definitions import Call, Row


def no_default() -> None:
    """Create() of an abstract algorithm, which .NET Core does not choose."""
    raise not_on_this_platform("This platform does not allow the automatic selection of an algorithm.")


def _type_names() -> dict[str, str]:
    """What is made by each name, which is in lower case: `sha256`, or that with the namespace."""
    hashes = {name: f"{name}Managed" for name in BLOCK_SIZES}
    hashes |= {name: f"{name}CryptoServiceProvider" for name in ("MD5", "SHA1")}
    aes = "AesCryptoServiceProvider"
    plain = {"sha": hashes["SHA1"], "aes": aes, aes: aes, "AesManaged": "AesManaged"}
    plain |= {f"sha-{name[3:]}": hashes[name] for name in ("SHA256", "SHA384", "SHA512")}
    either = {**hashes, "rsa": "RSACryptoServiceProvider", "rijndael": "RijndaelManaged"}
    either |= {f"hmac{name}": f"HMAC{name}" for name in hashes}
    types = ["AesManaged", aes, "RijndaelManaged"]
    types += [f"{name}Managed" for name in hashes if name != "MD5"]
    full = {name: name for name in types} | {
        "HashAlgorithm": hashes["SHA1"], "HMAC": "HMACSHA1", "KeyedHashAlgorithm": "HMACSHA1",
        "AsymmetricAlgorithm": either["rsa"], "SymmetricAlgorithm": either["rijndael"],
    }  # fmt: skip
    named = {**plain, **either, **{C + name: made for name, made in {**either, **full}.items()}}
    return {name.lower(): made for name, made in named.items()}


_TYPE_NAMES = _type_names()
_ABSENT = frozenset(
    ["des", "3des", "tripledes", "triple des", "rc2", "dsa", "ecdsa", "ecdiffiehellman", "ecdh",
     "mactripledes"]
)  # fmt: skip


def _algorithm(host: Host, type_name: str) -> object:
    """A new object of one of .NET's types. Most policies only hash: ciphers are loaded on demand."""
    if type_name.startswith("HMAC"):
        return random_keyed(host, type_name.removeprefix("HMAC"))
    if type_name.startswith(("Aes", "Rijndael")):
        from apimlb.policy.clr.crypto.aes import Aes

        return Aes(host.rng, C + type_name)
    if type_name.startswith("RSA"):
        from apimlb.policy.clr.crypto.rsa import Rsa

        return Rsa(made_by=type_name)
    name = type_name.removesuffix("Managed").removesuffix("CryptoServiceProvider")
    return HashAlgorithm(name, made_by=type_name)


def creation(target: str, parameter: str = "algName") -> tuple[Row, ...]:
    """`Target.Create` of an abstract algorithm, with and without a name."""
    return (
        (f"static {target} Create()", no_default),
        (f"static {target} Create(string {parameter})", Call(create(target), context=True)),
    )


def create(target: str) -> Callable[[Host, str | None], object]:
    """`Target.Create(name)`: null for an unknown name, InvalidCastException for an algorithm of another
    kind."""

    def made(host: Host, name: str | None) -> object:
        name = required(name, "name")
        plain = name.lower()
        if plain.removeprefix(C.lower()) in _ABSENT:
            raise not_supported(f"The algorithm {name} is not supported here.")
        if plain not in _TYPE_NAMES:
            return None
        wanted = RUNTIME.type_named(C + target)
        assert wanted is not None
        return cast(_algorithm(host, _TYPE_NAMES[plain]), wanted)

    return made
