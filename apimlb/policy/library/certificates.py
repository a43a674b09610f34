"""X509Certificate2, as far as policies look at the client's certificate."""

from apimlb.policy.context import Certificate
from apimlb.policy.csharp.types import Definition
from apimlb.policy.values.dates import LOCAL, DateTime, from_epoch

C = "System.Security.Cryptography.X509Certificates."


def not_before(certificate: Certificate) -> DateTime:
    return from_epoch(certificate.not_before, LOCAL)


def not_after(certificate: Certificate) -> DateTime:
    return from_epoch(certificate.not_after, LOCAL)


DEFINITIONS = (
    Definition(C + "X500DistinguishedName", "class", rows=(("string Name", "{0}"),)),
    Definition(
        C + "X509Certificate2", "class", test=lambda value: isinstance(value, Certificate),
        rows=(
            ("string Thumbprint", "{0}.thumbprint"),
            ("string Subject", "{0}.subject"),
            ("string Issuer", "{0}.issuer"),
            ("string SerialNumber", "{0}.serial_number"),
            ("X500DistinguishedName SubjectName", "{0}.subject"),
            ("X500DistinguishedName IssuerName", "{0}.issuer"),
            ("DateTime NotBefore", not_before),
            ("DateTime NotAfter", not_after),
            ("bool Verify()", "{0}.trusted"),
        ),
    ),
    Definition(
        "CertificateExtensions", "static", nameable=False,
        rows=(("static bool VerifyNoRevocation(this X509Certificate2 input)", "{0}.trusted"),),
    ),
)  # fmt: skip
