"""Algorithms by name: what HashAlgorithm.Create("SHA256") and its like make.

Source: .NET, `CryptoConfig`; names are read in any case, with or without their namespace.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from apimlb.policy.clr.crypto.hashes import BLOCK_SIZES, C, HashAlgorithm, not_on_this_platform
from apimlb.policy.clr.exceptions import invalid_cast, not_supported, required
from apimlb.policy.clr.host import Host

if TYPE_CHECKING:
    from apimlb.policy.clr.crypto.ciphers import Cipher
    from apimlb.policy.clr.crypto.rsa import Rsa

    Algorithm = HashAlgorithm | Cipher | Rsa
    Maker = Callable[[Host], Algorithm]


def no_default() -> None:
    """Create() of an abstract algorithm, which .NET Core does not choose."""
    raise not_on_this_platform("This platform does not allow the automatic selection of an algorithm.")


def _hash(name: str) -> "Maker":
    made_by = f"{name}CryptoServiceProvider" if name in ("MD5", "SHA1") else f"{name}Managed"
    return lambda host: HashAlgorithm(name, made_by=made_by)


def _managed(name: str) -> "Maker":
    return lambda host: HashAlgorithm(name, made_by=f"{name}Managed")


def _keyed(name: str) -> "Maker":
    return lambda host: HashAlgorithm(name, bytearray(host.rng.randbytes(BLOCK_SIZES[name])))


def _cipher(type_name: str) -> "Maker":
    def made(host: Host) -> "Cipher":
        from apimlb.policy.clr.crypto.ciphers import Cipher  # most policies only hash

        return Cipher(host.rng, C + type_name)

    return made


def _rsa(host: Host) -> "Rsa":
    from apimlb.policy.clr.crypto.rsa import Rsa  # most policies only hash

    return Rsa(made_by="RSACryptoServiceProvider")


def _names() -> dict[str, "Maker"]:
    made: dict[str, Maker] = {"sha": _hash("SHA1"), "rsa": _rsa, "aes": _cipher("AesCryptoServiceProvider")}
    for name in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512"):
        made[name.lower()] = made[C.lower() + name.lower()] = _hash(name)
        made[f"hmac{name.lower()}"] = made[f"{C.lower()}hmac{name.lower()}"] = _keyed(name)
        if name not in ("MD5", "SHA1"):
            made[f"sha-{name[3:]}"] = _hash(name)
        if name != "MD5":
            made[f"{C}{name}Managed".lower()] = _managed(name)
    for cipher in ("AesManaged", "AesCryptoServiceProvider", "RijndaelManaged"):
        made[f"{C}{cipher}".lower()] = _cipher(cipher)
    made["aesmanaged"] = _cipher("AesManaged")
    made["rijndael"] = made[f"{C}rijndael".lower()] = _cipher("RijndaelManaged")
    made[f"{C}rsa".lower()] = made[f"{C}asymmetricalgorithm".lower()] = _rsa
    made[f"{C}hashalgorithm".lower()] = _hash("SHA1")
    made[f"{C}hmac".lower()] = made[f"{C}keyedhashalgorithm".lower()] = _keyed("SHA1")
    made[f"{C}symmetricalgorithm".lower()] = _cipher("RijndaelManaged")
    return made


_MAKERS = _names()
_ABSENT = frozenset(
    ["des", "3des", "tripledes", "triple des", "rc2", "dsa", "ecdsa", "ecdiffiehellman", "ecdh",
     "mactripledes"]
)  # fmt: skip


def create(target: str) -> Callable[[Host, str | None], "Algorithm | None"]:
    """`Target.Create(name)`: null for an unknown name, InvalidCastException for an algorithm of another
    kind."""

    def made(host: Host, name: str | None) -> "Algorithm | None":
        name = required(name, "name")
        plain = name.lower()
        maker = _MAKERS.get(plain)
        if maker is None:
            if plain.removeprefix(C.lower()) in _ABSENT:
                raise not_supported(f"The algorithm {name} is not supported here.")
            return None
        algorithm = maker(host)
        if target not in algorithm.lineage:
            raise invalid_cast(algorithm.clr_name, C + target)
        return algorithm

    return made
