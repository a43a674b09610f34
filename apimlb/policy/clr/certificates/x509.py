"""X509Certificate and X509Certificate2, the names and keys in them, and what API Management adds.

Certificates come from the request, from the deployment, or from bytes; nothing here reads a file.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.certificates.certificate import X509, PublicKey, X, hexadecimal
from apimlb.policy.clr.certificates.distinguished_names import DistinguishedName, name_text, written_name
from apimlb.policy.clr.crypto.hashes import crypto_error, digest, not_on_this_platform
from apimlb.policy.clr.crypto.oids import Oid
from apimlb.policy.clr.crypto.rsa_arguments import HashAlgorithmName, checked_name, known_hash
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, not_supported, null_reference, required
from apimlb.policy.clr.types.definitions import Definition, Row

if TYPE_CHECKING:
    from apimlb.policy.clr.crypto.rsa import Rsa

CONTENT_TYPES = {
    "Unknown": 0, "Cert": 1, "SerializedCert": 2, "Pfx": 3, "Pkcs12": 3, "SerializedStore": 4, "Pkcs7": 5,
    "Authenticode": 6,
}  # fmt: skip
NAME_TYPES = {
    "SimpleName": 0, "EmailName": 1, "UpnName": 2, "DnsName": 3, "DnsFromAlternativeName": 4, "UrlName": 5,
}  # fmt: skip
_TYPE_NAMES = {number: name for name, number in reversed(CONTENT_TYPES.items())}


# Made, filled and emptied


def _content(given: bytearray | None) -> bytes:
    """Bytes that are there; throws System.ArgumentException."""
    if not given:
        raise argument("Array may not be empty or null.", "rawData")
    return bytes(given)


def _new(second: bool) -> Callable[..., X509]:
    """A constructor: of nothing where there is no content, unless a password is given."""

    def made(content: bytearray | None, *password: str | None) -> X509:
        certificate = X509(second)
        if content or password:
            certificate.take(_content(content), *(password or (None,)))
        return certificate

    return made


def content_type(content: bytearray | None) -> Enum:
    """X509Certificate2.GetCertContentType"""
    # Loaded on demand, as by X509.take.
    from apimlb.policy.clr.certificates.reader import type_of_content

    found = type_of_content(_content(content))
    if found == "Unknown":
        raise crypto_error("Error occurred during a cryptographic operation.")
    return Enum(X + "X509ContentType", CONTENT_TYPES[found], _TYPE_NAMES)


def export(certificate: X509, kind: Enum, password: str | None = None) -> bytearray:
    from apimlb.policy.clr.certificates.reader import exported

    facts = certificate.facts
    if kind.number == CONTENT_TYPES["Cert"]:
        return bytearray(facts.der)
    if kind.number == CONTENT_TYPES["Pfx"]:
        return bytearray(exported(facts.der, certificate.key, password))
    if kind.number == CONTENT_TYPES["SerializedCert"]:
        raise not_on_this_platform(
            "X509ContentType.SerializedCert and X509ContentType.SerializedStore are not supported on Unix."
        )
    raise crypto_error("Invalid content type.")


# What it says


def hashed(certificate: X509, name: HashAlgorithmName) -> bytes:
    """GetCertHash(hashAlgorithm)"""
    der = certificate.facts.der
    BUDGET.spend(len(der) >> 6)
    return digest(known_hash(checked_name(name)), der)


def hash_of(certificate: X509) -> int:
    """The first four bytes of the thumbprint."""
    held = certificate.held
    return 0 if held is None else int.from_bytes(held.thumbprint[:4], "big", signed=True)


def name_info(certificate: X509, kind: Enum, of_issuer: bool) -> str:
    if certificate.held is None:
        raise null_reference()
    return certificate.held.names[of_issuer].get(str(kind), "")


# Keys


def public_rsa(key: PublicKey) -> "Rsa":
    """PublicKey.Key"""
    if key.facts.rsa is None:
        raise not_supported("The certificate key algorithm is not supported.")
    return key.facts.rsa.copy()


def _bytes_and_text(method: str, of: Callable[..., bytes], parameter: str = "") -> tuple[Row, ...]:
    """A method that yields bytes of a certificate, and one that yields their text."""
    return (
        (f"byte[] {method}({parameter})", lambda *given: bytearray(of(*given))),
        (f"string {method}String({parameter})", lambda *given: hexadecimal(of(*given))),
    )


_FIRST = (
    ("new()", lambda: X509(second=False)),
    ("new(byte[] data)", _new(second=False)),
    ("new(byte[] rawData, string password)", _new(second=False)),
    ("new(X509Certificate cert)", lambda other: X509(second=False).copy_of(required(other, "cert"))),
    ("string Subject", "{0}.facts.subject"),
    ("string Issuer", "{0}.facts.issuer"),
    ("void Import(byte[] rawData)", lambda certificate, content: certificate.take(_content(content), None)),
    ("void Reset()", X509.reset),
    ("void Dispose()", X509.reset),
    ("byte[] Export(X509ContentType contentType[, string password])", export),
    *_bytes_and_text("GetCertHash", lambda certificate: certificate.facts.thumbprint),
    *_bytes_and_text("GetCertHash", hashed, "HashAlgorithmName hashAlgorithm"),
    ("string GetEffectiveDateString()", lambda certificate: format_date(certificate.facts.not_before)),
    ("string GetExpirationDateString()", lambda certificate: format_date(certificate.facts.not_after)),
    ("string GetFormat()", lambda certificate: "X509"),
    ("string GetKeyAlgorithm()", "{0}.facts.key_algorithm"),
    *_bytes_and_text("GetKeyAlgorithmParameters", lambda certificate: certificate.facts.key_parameters),
    *_bytes_and_text("GetPublicKey", lambda certificate: certificate.facts.public_key),
    *_bytes_and_text("GetRawCertData", lambda certificate: certificate.facts.der),
    # The smallest byte first.
    ("byte[] GetSerialNumber()", lambda certificate: bytearray(reversed(certificate.facts.serial))),
    ("string GetSerialNumberString()", lambda certificate: hexadecimal(certificate.facts.serial)),
    ("string ToString(bool fVerbose)", X509.shown),
    ("bool Equals(X509Certificate other)", lambda certificate, other: certificate == other),
    ("int GetHashCode()", hash_of),
)

_SECOND = (
    ("new()", X509),
    ("new(byte[] rawData[, string password])", _new(second=True)),
    ("new(X509Certificate certificate)", lambda other: X509().copy_of(required(other, "cert"))),
    ("static X509ContentType GetCertContentType(byte[] rawData)", content_type),
    ("string Thumbprint", lambda certificate: hexadecimal(certificate.facts.thumbprint)),
    ("string SerialNumber", lambda certificate: hexadecimal(certificate.facts.serial)),
    ("X500DistinguishedName SubjectName", lambda certificate: DistinguishedName(certificate.facts.subject)),
    ("X500DistinguishedName IssuerName", lambda certificate: DistinguishedName(certificate.facts.issuer)),
    ("DateTime NotBefore", "{0}.facts.not_before"),
    ("DateTime NotAfter", "{0}.facts.not_after"),
    ("int Version", "{0}.facts.version"),
    ("bool HasPrivateKey", lambda certificate: certificate.key is not None),
    (
        "bool Archived",
        "{0}.filled.archived",
        lambda certificate, archived: setattr(certificate.filled, "archived", archived),
    ),
    (
        "string FriendlyName",
        "{0}.filled.friendly_name",
        lambda certificate, name: setattr(certificate.filled, "friendly_name", name or ""),
    ),
    ("Oid SignatureAlgorithm", lambda certificate: Oid(certificate.facts.signature)),
    ("byte[] RawData", lambda certificate: bytearray(certificate.facts.der)),
    ("PublicKey PublicKey", lambda certificate: PublicKey(certificate.facts)),
    ("AsymmetricAlgorithm PrivateKey", "{0}.key", X509.set_key),
    ("string GetNameInfo(X509NameType nameType, bool forIssuer)", name_info),
    # It asks no store of roots and no server: the gateway is told which certificates to trust.
    ("bool Verify()", lambda certificate: certificate.filled.trusted),
)

DEFINITIONS = (
    Definition(X + "X509ContentType", "enum", constants=CONTENT_TYPES),
    Definition(X + "X509NameType", "enum", constants=NAME_TYPES),
    Definition(
        X + "X500DistinguishedName", "class",
        rows=(
            ("new(byte[] encodedDistinguishedName)",
             lambda content: DistinguishedName(name_text(bytes(required(content, "value"))))),
            ("new(string! distinguishedName)", written_name),
            ("new(X500DistinguishedName distinguishedName)",
             lambda other: DistinguishedName(required(other, "asnEncodedData").name)),
            ("string Name", "{0}.name"),
        ),
    ),
    Definition(
        X + "PublicKey", "class",
        rows=(("AsymmetricAlgorithm Key", public_rsa),
              ("Oid Oid", lambda key: Oid(key.facts.key_algorithm))),
    ),
    Definition(X + "X509Certificate", "class", bases=("System.IDisposable",), rows=_FIRST),
    Definition(X + "X509Certificate2", "class", bases=(X + "X509Certificate",), rows=_SECOND),
    Definition(
        X + "RSACertificateExtensions", "static",
        rows=(
            ("static RSA GetRSAPublicKey(this X509Certificate2! certificate)",
             lambda certificate: None if certificate.facts.rsa is None else certificate.facts.rsa.copy()),
            ("static RSA GetRSAPrivateKey(this X509Certificate2! certificate)",
             lambda certificate: None if certificate.key is None else certificate.key.copy()),
            ("static X509Certificate2 CopyWithPrivateKey(this X509Certificate2! certificate, RSA! "
             "privateKey)", X509.with_key),
        ),
    ),
    Definition(
        "CertificateExtensions", "static", nameable=False,
        rows=(("static bool VerifyNoRevocation(this X509Certificate2 input)",
               lambda certificate: certificate.filled.trusted),),
    ),
)  # fmt: skip
