"""What the members of certificates do."""

from apimlb.policy.clr.certificates.certificate import X509, PublicKey, X
from apimlb.policy.clr.certificates.distinguished_names import DistinguishedName
from apimlb.policy.clr.crypto.hashes import crypto_error, digest, not_on_this_platform
from apimlb.policy.clr.crypto.oids import Oid
from apimlb.policy.clr.crypto.rsa import HashAlgorithmName, Rsa, checked_name, known_hash
from apimlb.policy.clr.crypto.rsa_calls import present
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, argument_null, not_supported, null_reference

CONTENT_TYPES = {
    "Unknown": 0, "Cert": 1, "SerializedCert": 2, "Pfx": 3, "Pkcs12": 3, "SerializedStore": 4, "Pkcs7": 5,
    "Authenticode": 6,
}  # fmt: skip
NAME_TYPES = {
    "SimpleName": 0, "EmailName": 1, "UpnName": 2, "DnsName": 3, "DnsFromAlternativeName": 4, "UrlName": 5,
}  # fmt: skip
_TYPE_NAMES = {number: name for name, number in reversed(CONTENT_TYPES.items())}
_NAME_KINDS = {number: name for name, number in NAME_TYPES.items()}


def hexadecimal(content: bytes | bytearray) -> str:
    return content.hex().upper()


# Made, filled and emptied


def _filled(made: X509, content: bytearray | None, password: str | None) -> X509:
    if content:
        made.take(bytes(content), password)
    return made


def empty_first() -> X509:
    return X509(second=False)


def new_first(content: bytearray | None, password: str | None = None) -> X509:
    return _filled(X509(second=False), content, password)


def new_second(content: bytearray | None, password: str | None = None) -> X509:
    return _filled(X509(), content, password)


def copied_first(other: X509 | None) -> X509:
    return X509(second=False).copy_of(present(other, "cert"))


def copied_second(other: X509 | None) -> X509:
    return X509().copy_of(present(other, "cert"))


def take(certificate: X509, content: bytearray | None) -> None:
    """Import"""
    if not content:
        raise argument("Array may not be empty or null.", "rawData")
    certificate.take(bytes(content), None)


def reset(certificate: X509) -> None:
    certificate.reset()


def content_type(content: bytearray | None) -> Enum:
    """X509Certificate2.GetCertContentType"""
    # Loaded on demand, as by X509.take.
    from apimlb.policy.clr.certificates.reader import content_type as type_of

    if not content:
        raise argument("Array may not be empty or null.", "rawData")
    found = type_of(bytes(content))
    if found == "Unknown":
        raise crypto_error("Error occurred during a cryptographic operation.")
    return Enum(X + "X509ContentType", CONTENT_TYPES[found], _TYPE_NAMES)


def export(certificate: X509, kind: Enum, password: str | None = None) -> bytearray:
    from apimlb.policy.clr.certificates.reader import exported

    facts = certificate.facts
    if kind.number == CONTENT_TYPES["Cert"]:
        return bytearray(facts.der)
    if kind.number == CONTENT_TYPES["Pfx"]:
        key = certificate.key
        return bytearray(exported(facts.der, None if key is None else key.key, password))
    if kind.number == CONTENT_TYPES["SerializedCert"]:
        raise not_on_this_platform(
            "X509ContentType.SerializedCert and X509ContentType.SerializedStore are not supported on Unix."
        )
    raise crypto_error("Invalid content type.")


# What it says


def thumbprint(certificate: X509) -> bytearray:
    return bytearray(certificate.facts.thumbprint)


def thumbprint_text(certificate: X509) -> str:
    return hexadecimal(certificate.facts.thumbprint)


def hashed(certificate: X509, name: HashAlgorithmName) -> bytearray:
    """GetCertHash(hashAlgorithm)"""
    der = certificate.facts.der
    return bytearray(digest(known_hash(checked_name(name)), der))


def hashed_text(certificate: X509, name: HashAlgorithmName) -> str:
    return hexadecimal(hashed(certificate, name))


def starts(certificate: X509) -> str:
    return format_date(certificate.not_before)


def ends(certificate: X509) -> str:
    return format_date(certificate.not_after)


def layout(certificate: X509) -> str:
    """GetFormat"""
    return "X509"


def key_parameters(certificate: X509) -> bytearray:
    return bytearray(certificate.facts.key_parameters)


def key_parameters_text(certificate: X509) -> str:
    return hexadecimal(certificate.facts.key_parameters)


def public_key(certificate: X509) -> bytearray:
    return bytearray(certificate.facts.public_key)


def public_key_text(certificate: X509) -> str:
    return hexadecimal(certificate.facts.public_key)


def raw(certificate: X509) -> bytearray:
    return bytearray(certificate.facts.der)


def raw_text(certificate: X509) -> str:
    return hexadecimal(certificate.facts.der)


def serial(certificate: X509) -> bytearray:
    """GetSerialNumber: the smallest byte first."""
    return bytearray(reversed(certificate.facts.serial))


def serial_text(certificate: X509) -> str:
    return hexadecimal(certificate.facts.serial)


def shown(certificate: X509, verbose: bool) -> str:
    if certificate.is_empty or not verbose:
        return str(certificate)
    return certificate.shown(True)


def equal(certificate: X509, other: X509 | None) -> bool:
    return certificate == other


def hash_of(certificate: X509) -> int:
    """The first four bytes of the thumbprint."""
    if certificate.is_empty:
        return 0
    return int.from_bytes(certificate.facts.thumbprint[:4], "big", signed=True)


def subject_name(certificate: X509) -> DistinguishedName:
    return DistinguishedName(certificate.facts.subject)


def issuer_name(certificate: X509) -> DistinguishedName:
    return DistinguishedName(certificate.facts.issuer)


def signature_algorithm(certificate: X509) -> Oid:
    return Oid(certificate.facts.signature)


def name_info(certificate: X509, kind: Enum, of_issuer: bool) -> str:
    if certificate.is_empty:
        raise null_reference()
    return certificate.facts.names[of_issuer].get(_NAME_KINDS.get(kind.number, ""), "")


def verify(certificate: X509) -> bool:
    """Verify, which asks no store of roots and nobody on the network: the gateway is told whom to trust."""
    assert certificate.facts
    return certificate.trusted


def set_archived(certificate: X509, archived: bool) -> None:
    certificate.archived = archived


def set_friendly_name(certificate: X509, name: str | None) -> None:
    certificate.friendly_name = name


# Keys


def has_key(certificate: X509) -> bool:
    return certificate.key is not None


def set_private_key(certificate: X509, key: Rsa | None) -> None:
    certificate.key = key


def key_of_certificate(certificate: X509) -> PublicKey:
    return PublicKey(certificate.facts)


def public_rsa(key: PublicKey) -> Rsa:
    """PublicKey.Key"""
    if key.facts.rsa is None:
        raise not_supported("The certificate key algorithm is not supported.")
    return Rsa(key=key.facts.rsa)


def key_oid(key: PublicKey) -> Oid:
    return Oid(key.facts.key_algorithm)


def rsa_public(certificate: X509 | None) -> Rsa | None:
    """GetRSAPublicKey: null where the key is of another kind."""
    found = present(certificate, "certificate").facts.rsa
    return None if found is None else Rsa(key=found)


def rsa_private(certificate: X509 | None) -> Rsa | None:
    """GetRSAPrivateKey: null where there is none."""
    found = present(certificate, "certificate").key
    return None if found is None else Rsa(key=found.key)


def with_key(certificate: X509 | None, key: Rsa | None) -> X509:
    owner = present(certificate, "certificate")
    if key is None:
        raise argument_null("privateKey")
    return owner.with_key(key)
