"""A certificate for 127.0.0.1 and localhost, because Azure's clients send no token without TLS.

An authority of its own signs it: `ca.pem` is what clients are told to trust, and its key is thrown away,
so that nothing else can ever be signed with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from apimlb.files import replace_file

_LIFE = timedelta(days=820)
_RENEW_BEFORE = timedelta(days=30)
# Clocks of containers lag behind.
_SINCE = timedelta(days=1)
_NAMES = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.IPAddress(ip_address("::1")),
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM: the authority, the server's certificate, and its key (readable by the owner only)."""

    authority: Path
    chain: Path
    key: Path


def kept_certificate(directory: Path, now: datetime) -> Certificate:
    """The certificate that lies in the directory; made anew when there is none or it ends within a month."""
    found = Certificate(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    if not _holds(found, now):
        _make(found, now)
    return found


def _holds(found: Certificate, now: datetime) -> bool:
    """Whether the three are whole, belong together and last."""
    try:
        certificate = x509.load_pem_x509_certificate(found.chain.read_bytes())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(found.authority.read_bytes()))
        key = load_pem_private_key(found.key.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    ours = key.public_key() == certificate.public_key()
    return ours and certificate.not_valid_after_utc - _RENEW_BEFORE > now


def _make(made: Certificate, now: datetime) -> None:
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _authority(authority_key, now)
    leaf = _leaf(key, authority, authority_key, now)
    replace_file(made.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    replace_file(made.chain, leaf.public_bytes(Encoding.PEM), 0o644)
    replace_file(made.authority, authority.public_bytes(Encoding.PEM), 0o644)


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name("apimlb local Azure")
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = _builder(name, name, key, now)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    builder = _builder(_name("localhost"), authority.subject, key, now)
    builder = builder.add_extension(x509.SubjectAlternativeName(_NAMES), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(issuer, critical=False).add_extension(server, critical=False)
    return builder.sign(authority_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SINCE)
        .not_valid_after(now + _LIFE)
        .add_extension(identifier, critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
