"""X509Certificate and X509Certificate2, the names and keys in them, and what API Management adds.

Certificates come from the request, from the deployment, or from bytes; nothing here reads a file.
"""

from apimlb.policy.clr.certificates import calls
from apimlb.policy.clr.certificates.certificate import X509, X
from apimlb.policy.clr.certificates.distinguished_names import copied_name, encoded_name, written_name
from apimlb.policy.clr.types.definitions import Definition

_FIRST = (
    ("new()", calls.empty_first),
    ("new(byte[] data)", calls.new_first),
    ("new(byte[] rawData, string password)", calls.new_first),
    ("new(X509Certificate cert)", calls.copied_first),
    ("string Subject", "{0}.facts.subject"),
    ("string Issuer", "{0}.facts.issuer"),
    ("void Import(byte[] rawData)", calls.take),
    ("void Reset()", calls.reset),
    ("void Dispose()", calls.reset),
    ("byte[] Export(X509ContentType contentType)", calls.export),
    ("byte[] Export(X509ContentType contentType, string password)", calls.export),
    ("byte[] GetCertHash()", calls.thumbprint),
    ("byte[] GetCertHash(HashAlgorithmName hashAlgorithm)", calls.hashed),
    ("string GetCertHashString()", calls.thumbprint_text),
    ("string GetCertHashString(HashAlgorithmName hashAlgorithm)", calls.hashed_text),
    ("string GetEffectiveDateString()", calls.starts),
    ("string GetExpirationDateString()", calls.ends),
    ("string GetFormat()", calls.layout),
    ("string GetKeyAlgorithm()", "{0}.facts.key_algorithm"),
    ("byte[] GetKeyAlgorithmParameters()", calls.key_parameters),
    ("string GetKeyAlgorithmParametersString()", calls.key_parameters_text),
    ("byte[] GetPublicKey()", calls.public_key),
    ("string GetPublicKeyString()", calls.public_key_text),
    ("byte[] GetRawCertData()", calls.raw),
    ("string GetRawCertDataString()", calls.raw_text),
    ("byte[] GetSerialNumber()", calls.serial),
    ("string GetSerialNumberString()", calls.serial_text),
    ("string ToString(bool fVerbose)", calls.shown),
    ("bool Equals(X509Certificate other)", calls.equal),
    ("int GetHashCode()", calls.hash_of),
)

_SECOND = (
    ("new()", X509),
    ("new(byte[] rawData)", calls.new_second),
    ("new(byte[] rawData, string password)", calls.new_second),
    ("new(X509Certificate certificate)", calls.copied_second),
    ("static X509ContentType GetCertContentType(byte[] rawData)", calls.content_type),
    ("string Thumbprint", calls.thumbprint_text),
    ("string SerialNumber", calls.serial_text),
    ("X500DistinguishedName SubjectName", calls.subject_name),
    ("X500DistinguishedName IssuerName", calls.issuer_name),
    ("DateTime NotBefore", "{0}.not_before"),
    ("DateTime NotAfter", "{0}.not_after"),
    ("int Version", "{0}.facts.version"),
    ("bool HasPrivateKey", calls.has_key),
    ("bool Archived", "{0}.archived", calls.set_archived),
    ("string FriendlyName", "{0}.friendly_name", calls.set_friendly_name),
    ("Oid SignatureAlgorithm", calls.signature_algorithm),
    ("byte[] RawData", calls.raw),
    ("PublicKey PublicKey", calls.key_of_certificate),
    ("AsymmetricAlgorithm PrivateKey", "{0}.key", calls.set_private_key),
    ("string GetNameInfo(X509NameType nameType, bool forIssuer)", calls.name_info),
    ("bool Verify()", calls.verify),
)

DEFINITIONS = (
    Definition(X + "X509ContentType", "enum", constants=calls.CONTENT_TYPES),
    Definition(X + "X509NameType", "enum", constants=calls.NAME_TYPES),
    Definition(
        X + "X500DistinguishedName", "class",
        rows=(
            ("new(byte[] encodedDistinguishedName)", encoded_name),
            ("new(string distinguishedName)", written_name),
            ("new(X500DistinguishedName distinguishedName)", copied_name),
            ("string Name", "{0}.name"),
        ),
    ),
    Definition(
        X + "PublicKey", "class",
        rows=(("AsymmetricAlgorithm Key", calls.public_rsa), ("Oid Oid", calls.key_oid)),
    ),
    Definition(X + "X509Certificate", "class", bases=("System.IDisposable",), rows=_FIRST),
    Definition(X + "X509Certificate2", "class", bases=(X + "X509Certificate",), rows=_SECOND),
    Definition(
        X + "RSACertificateExtensions", "static",
        rows=(
            ("static RSA GetRSAPublicKey(this X509Certificate2 certificate)", calls.rsa_public),
            ("static RSA GetRSAPrivateKey(this X509Certificate2 certificate)", calls.rsa_private),
            ("static X509Certificate2 CopyWithPrivateKey(this X509Certificate2 certificate, RSA privateKey)",
             calls.with_key),
        ),
    ),
    Definition(
        "CertificateExtensions", "static", nameable=False,
        rows=(("static bool VerifyNoRevocation(this X509Certificate2 input)", calls.verify),),
    ),
)  # fmt: skip
