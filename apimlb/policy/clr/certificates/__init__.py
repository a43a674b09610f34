"""X.509 certificates."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.certificates import x509

    return x509.DEFINITIONS


CERTIFICATES = Family(
    _definitions,
    types=(
        *names_in(
            "System.Security.Cryptography.X509Certificates",
            "X509ContentType X509NameType X500DistinguishedName PublicKey X509Certificate "
            "X509Certificate2 RSACertificateExtensions",
        ),
        "CertificateExtensions",
    ),
    extensions=names_in("", "CopyWithPrivateKey GetRSAPrivateKey GetRSAPublicKey VerifyNoRevocation"),
)
