"""Certificates and PKCS #12 files by the `cryptography` package. Loaded when a policy first has one."""

import warnings
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    PKCS12KeyAndCertificates,
    load_pkcs12,
    serialize_key_and_certificates,
)

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.certificates.distinguished_names import (
    Piece,
    head,
    name_parts,
    name_text,
    oid_text,
    pieces,
)
from apimlb.policy.clr.certificates.facts import CertificateFacts
from apimlb.policy.clr.crypto.hashes import crypto_error
from apimlb.policy.clr.crypto.rsa import KEY_LIMIT, Rsa
from apimlb.policy.clr.dates.instants import LOCAL, from_epoch
from apimlb.policy.clr.exceptions import over_limit

_PEM = b"-----BEGIN CERTIFICATE-----"
_BEGINNINGS = {b"\x02\x01\x03": "Pfx", bytes.fromhex("06092A864886F70D010702"): "Pkcs7"}
"""The types of content by what is first in it: a version, or an identifier."""

_ROUNDS = 2_000
_LONGEST_SALT = 32
_LONGEST_NUMBER, _LONGEST_SECRET = 513, 2_500
"""Bytes of a number in a key of 4096 bits, and of such a key under a cipher. The package checks whether the
primes are prime, which takes long with longer ones."""

_SCRYPT = bytes.fromhex("2B06010401DA47040B")
"""The identifier of a key derivation that .NET does not know. It costs the product of its numbers."""

_OTHER_NAMES: dict[int | str, str] = {
    0x81: "EmailName", 0x82: "DnsFromAlternativeName", 0x86: "UrlName", "1.3.6.1.4.1.311.20.2.3": "UpnName",
}  # fmt: skip
"""What X509NameType calls alternative names, by their tag, or by the identifier of their kind."""
_QUIETLY = partial(warnings.catch_warnings, action="ignore")
"""What the package warns of (a serial number of zero, ...) .NET takes without a word."""

_BAD = (ValueError, TypeError, IndexError, KeyError, UnsupportedAlgorithm, x509.InvalidVersion)


def read(content: bytes, password: str | None) -> tuple[CertificateFacts, Rsa | None]:
    """A certificate in DER, PEM or PKCS #12, with its private key where that is RSA and there; throws
    CryptographicException for anything else."""
    BUDGET.spend(200 + len(content))
    kind = type_of_content(content)
    with suppress(*_BAD), _QUIETLY():
        if kind == "Pfx":
            return _pfx(content, password)
        if kind == "Cert":
            return _facts(_certificate(content)), None
    raise crypto_error("Cannot find the requested object.")


def type_of_content(content: bytes) -> str:
    """The X509ContentType of a file: Cert, Pfx, Pkcs7, or Unknown."""
    if content.lstrip().startswith(_PEM):
        return "Cert"
    try:
        first, *_ = pieces(pieces(content)[0].inside)
    except (ValueError, IndexError):
        return "Unknown"
    return "Cert" if first.tag == 0x30 else _BEGINNINGS.get(first.whole, "Unknown")


def _certificate(content: bytes) -> x509.Certificate:
    if content.lstrip().startswith(_PEM):
        return x509.load_pem_x509_certificate(content.lstrip())
    return x509.load_der_x509_certificate(pieces(content)[0].whole)


def _pfx(content: bytes, password: str | None) -> tuple[CertificateFacts, Rsa | None]:
    BUDGET.spend(50_000 + 2 * _iterations(pieces(content)))
    found = _opened(content, (password.encode(),) if password else (None, b""))
    holder = found.cert or found.additional_certs[0]
    key = found.key if isinstance(found.key, RSAPrivateKey) else None
    if key is not None:
        BUDGET.spend(round(5_000 * (key.key_size / 1024) ** 3))  # what the package's check of the primes took
    return _facts(holder.certificate), None if key is None else Rsa(key=key)


def _opened(content: bytes, secrets: Iterable[bytes | None]) -> PKCS12KeyAndCertificates:
    """A file under the first secret that opens it."""
    for secret in secrets:
        with suppress(ValueError):
            return load_pkcs12(content, secret)
    raise crypto_error("The specified network password is not correct.")


def _iterations(found: list[Piece], depth: int = 30) -> int:
    """The rounds of key derivation that a PKCS #12 file asks for: the small numbers in it, wherever they
    stand. Lengths must be written out, as DER has it, so that no number is overlooked; raises ValueError, or
    throws for a key that is too long."""
    if depth == 0:
        raise ValueError("nested too deeply")
    total = 0
    for each in found:
        if each.inside == _SCRYPT or each.tag == 0x24:
            raise ValueError("what .NET does not know, or a value in parts, which is not DER")
        if each.tag == 0x02 and len(each.inside) <= 8:
            total += abs(int.from_bytes(each.inside, "big", signed=True))
        elif each.tag & 0x20:
            total += _iterations(pieces(each.inside), depth - 1)
        elif each.tag == 0x04 and len(each.inside) > _LONGEST_SALT:
            inner = _content(each.inside)
            total += _iterations(inner, depth - 1)
            if not inner and len(each.inside) > _LONGEST_SECRET:
                raise over_limit(KEY_LIMIT)
        elif each.tag == 0x02 and len(each.inside) > _LONGEST_NUMBER:
            raise over_limit(KEY_LIMIT)
    return total


def _content(inside: bytes) -> list[Piece]:
    """What the sequence holds that an octet string begins with; nothing for ciphered bytes. The package, too,
    overlooks what follows the sequence."""
    if inside[0] != 0x30:
        return []
    if inside[1] == 0x80:
        raise ValueError("not DER")
    try:
        _, size, begins = head(inside, 0)
        return pieces(inside[begins : begins + size])
    except ValueError:
        return []


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    der = certificate.public_bytes(Encoding.DER)
    parts = pieces(pieces(certificate.tbs_certificate_bytes)[0].inside)
    parts = parts[1:] if parts[0].tag == 0xA0 else parts
    issuer, subject = parts[2].whole, parts[4].whole
    algorithm, bits = pieces(parts[5].inside)
    parameters = pieces(algorithm.inside)[1:]
    extensions = _extensions(parts[-1]) if parts[-1].tag == 0xA3 else ()
    others = dict(extensions)
    return CertificateFacts(
        der=der,
        thumbprint=certificate.fingerprint(hashes.SHA1()),
        subject=name_text(subject),
        issuer=name_text(issuer),
        serial=parts[0].inside,
        not_before=from_epoch(certificate.not_valid_before_utc.timestamp(), LOCAL),
        not_after=from_epoch(certificate.not_valid_after_utc.timestamp(), LOCAL),
        version=certificate.version.value + 1,
        signature=certificate.signature_algorithm_oid.dotted_string,
        key_algorithm=certificate.public_key_algorithm_oid.dotted_string,
        key_parameters=parameters[0].whole if parameters else b"",
        public_key=bits.inside[1:],
        rsa=_rsa(certificate),
        names=(_names(subject, _alternatives(others.get("2.5.29.17", b""))),
               _names(issuer, _alternatives(others.get("2.5.29.18", b"")))),
        extensions=extensions,
    )  # fmt: skip


def _rsa(certificate: x509.Certificate) -> Rsa | None:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return Rsa(key=key) if isinstance(key, RSAPublicKey) else None


def _extensions(part: Piece) -> tuple[tuple[str, bytes], ...]:
    """The identifier and the DER of each extension. The package would refuse a certificate for what is in
    one that .NET does not look into."""
    (whole,) = pieces(part.inside)
    found = [pieces(each.inside) for each in pieces(whole.inside)]
    return tuple((oid_text(each[0]), each[-1].inside) for each in found)


def _alternatives(der: bytes) -> dict[str, str]:
    """The first alternative name of each kind, by the names of X509NameType."""
    made: dict[str, str] = {}
    with suppress(ValueError, IndexError):
        for each in [each for names in pieces(der) for each in pieces(names.inside)]:
            kind: int | str = each.tag
            text = each
            if kind == 0xA0:
                identifier, value = pieces(each.inside)
                kind, text = oid_text(identifier), pieces(value.inside)[0]
            if kind in _OTHER_NAMES:
                made.setdefault(_OTHER_NAMES[kind], text.inside.decode("utf-8", "replace"))
    return made


def _names(name: bytes, other: dict[str, str]) -> dict[str, str]:
    """What GetNameInfo says of an encoded name and the other names beside it."""
    attributes = [attribute for part in name_parts(name) for attribute in part]
    last = dict(attributes)
    common, mail = last.get("2.5.4.3"), last.get("1.2.840.113549.1.9.1")
    simple = (
        common or last.get("2.5.4.11") or last.get("2.5.4.10") or mail or other.get("EmailName")
        or (attributes[-1][1] if attributes else "")
    )  # fmt: skip
    dns = other.get("DnsFromAlternativeName", common or "")
    made = {"SimpleName": simple, "EmailName": mail or "", "DnsName": dns}
    return {**made, **other}


def exported(der: bytes, key: Rsa | None, password: str | None) -> bytes:
    """A PKCS #12 file of a certificate and its private key."""
    BUDGET.spend(50_000)
    locked: KeySerializationEncryption = NoEncryption()
    if password:
        locked = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_ROUNDS)
            .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())
            .build(password.encode())
        )
    private = key.private if key is not None else None
    with _QUIETLY():
        certificate = x509.load_der_x509_certificate(der)
        return serialize_key_and_certificates(None, private, certificate, None, locked)
