"""What the members of RSA and its paddings do."""

from base64 import b64encode
from collections.abc import Callable
from typing import TypeVar

from apimlb.policy.clr.crypto.hashes import crypto_error
from apimlb.policy.clr.crypto.oids import Oid
from apimlb.policy.clr.crypto.rsa import (
    EncryptionPadding,
    HashAlgorithmName,
    Parameters,
    Rsa,
    SignaturePadding,
    checked_name,
    hashed,
)
from apimlb.policy.clr.exceptions import ClrException, argument_null, argument_range, not_supported
from apimlb.policy.clr.objects.members import hash_code
from apimlb.policy.clr.strings.encodings import from_base64
from apimlb.policy.clr.xml.names import XName
from apimlb.policy.clr.xml.reader import parse_element

_REQUIRED = ("Modulus", "Exponent")
_ORDER = ("Modulus", "Exponent", "P", "Q", "DP", "DQ", "InverseQ", "D")


Value = TypeVar("Value")


def present(value: Value | None, name: str) -> Value:
    if value is None:
        raise argument_null(name)
    return value


# Signatures


def sign_data(
    rsa: Rsa, data: bytearray | None, name: HashAlgorithmName, padding: SignaturePadding | None
) -> bytearray:
    content = present(data, "data")
    algorithm = checked_name(name)
    present(padding, "padding")
    return sign_hash(rsa, bytearray(hashed(algorithm, content)), name, padding)


def _part(data: bytearray | None, offset: int, count: int) -> bytearray:
    content = present(data, "data")
    if not 0 <= offset <= len(content):
        raise argument_range("Specified argument was out of the range of valid values.", "offset")
    if not 0 <= count <= len(content) - offset:
        raise argument_range("Specified argument was out of the range of valid values.", "count")
    return content[offset : offset + count]


def sign_part(
    rsa: Rsa, data: bytearray | None, offset: int, count: int, name: HashAlgorithmName,
    padding: SignaturePadding | None,
) -> bytearray:  # fmt: skip
    return sign_data(rsa, _part(data, offset, count), name, padding)


def sign_hash(
    rsa: Rsa, digest: bytearray | None, name: HashAlgorithmName, padding: SignaturePadding | None
) -> bytearray:
    content = bytes(present(digest, "hash"))
    algorithm = checked_name(name)
    return bytearray(rsa.sign(content, algorithm, present(padding, "padding")))


def verify_data(
    rsa: Rsa, data: bytearray | None, signature: bytearray | None, name: HashAlgorithmName,
    padding: SignaturePadding | None,
) -> bool:  # fmt: skip
    content = present(data, "data")
    present(signature, "signature")
    algorithm = checked_name(name)
    present(padding, "padding")
    return verify_hash(rsa, bytearray(hashed(algorithm, content)), signature, name, padding)


def verify_part(
    rsa: Rsa, data: bytearray | None, offset: int, count: int, signature: bytearray | None,
    name: HashAlgorithmName, padding: SignaturePadding | None,
) -> bool:  # fmt: skip
    return verify_data(rsa, _part(data, offset, count), signature, name, padding)


def verify_hash(
    rsa: Rsa, digest: bytearray | None, signature: bytearray | None, name: HashAlgorithmName,
    padding: SignaturePadding | None,
) -> bool:  # fmt: skip
    content, given = bytes(present(digest, "hash")), bytes(present(signature, "signature"))
    algorithm = checked_name(name)
    return rsa.verify(content, given, algorithm, present(padding, "padding"))


# Secrets


def encrypt(rsa: Rsa, data: bytearray | None, padding: EncryptionPadding | None) -> bytearray:
    content = bytes(present(data, "data"))
    return bytearray(rsa.encrypt(content, present(padding, "padding")))


def decrypt(rsa: Rsa, data: bytearray | None, padding: EncryptionPadding | None) -> bytearray:
    content = bytes(present(data, "data"))
    return bytearray(rsa.decrypt(content, present(padding, "padding")))


def raw_value(rsa: Rsa, data: bytearray | None) -> bytearray:
    """EncryptValue and DecryptValue"""
    raise not_supported("Method not supported.")


# Keys


def make(bits: int = 2048) -> Rsa:
    """RSA.Create([keySizeInBits])"""
    return Rsa(bits)


def key_size(rsa: Rsa) -> int:
    return rsa.bits


def set_key_size(rsa: Rsa, bits: int) -> None:
    rsa.bits = bits


def done(rsa: Rsa) -> None:
    rsa.dispose()


def algorithm_name(rsa: Rsa) -> str:
    return "RSA"


def parameters(rsa: Rsa, private: bool) -> Parameters:
    return Parameters(rsa.parts(private))


def parameter(name: str) -> Callable[[Parameters], bytearray | None]:
    return lambda value: value.part(name)


def exported(form: str) -> Callable[[Rsa], bytearray]:
    return lambda rsa: bytearray(rsa.exported(form))


def to_xml(rsa: Rsa, private: bool) -> str:
    """ToXmlString: `<RSAKeyValue><Modulus>...`, in base 64."""
    parts = rsa.parts(private)
    inner = "".join(f"<{name}>{b64encode(parts[name]).decode()}</{name}>" for name in _ORDER if name in parts)
    return f"<RSAKeyValue>{inner}</RSAKeyValue>"


def from_xml(rsa: Rsa, text: str | None) -> None:
    """FromXmlString: the key of that text instead of the one before; the root's name does not matter."""
    try:
        root = parse_element(present(text, "xmlString"))
    except ClrException as error:
        if error.type_name != "System.Xml.XmlException":
            raise
        raise crypto_error("The provided XML could not be read.") from None
    parts: dict[str, bytes] = {}
    for name in _ORDER:
        found = next(root.elements(XName("", name)), None)
        if found is not None:
            parts[name] = bytes(from_base64(found.text))
        elif name in _REQUIRED:
            raise crypto_error(
                f"Input string does not contain a valid encoding of the 'RSA' '{name}' parameter."
            )
    if "D" not in parts:
        parts = {name: parts[name] for name in _REQUIRED}
    rsa.load(parts)


# Hash names and paddings


def oaep(name: HashAlgorithmName) -> EncryptionPadding:
    """RSAEncryptionPadding.CreateOaep"""
    checked_name(name)
    return EncryptionPadding(name)


def oaep_hash(padding: EncryptionPadding) -> HashAlgorithmName:
    return padding.oaep or HashAlgorithmName()


def hash_of_name(name: HashAlgorithmName) -> int:
    return 0 if name.name is None else hash_code(name.name)


# Object identifiers


def oid_value(oid: Oid) -> str | None:
    return oid.value


def set_oid_value(oid: Oid, value: str | None) -> None:
    oid.value = value


def oid_name(oid: Oid) -> str | None:
    return oid.friendly_name


def set_oid_name(oid: Oid, name: str | None) -> None:
    oid.friendly_name = name
