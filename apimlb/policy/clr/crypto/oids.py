"""System.Security.Cryptography.Oid: an object identifier and the name that people know it by."""

from apimlb.policy.clr.crypto.hashes import C

# Names as .NET gives them (Windows' own, then those of X.509 attributes and extensions).
NAMES = {
    "1.2.840.113549.1.1.1": "RSA", "1.2.840.113549.1.1.4": "md5RSA", "1.2.840.113549.1.1.5": "sha1RSA",
    "1.2.840.113549.1.1.7": "RSAES_OAEP", "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.113549.1.1.11": "sha256RSA", "1.2.840.113549.1.1.12": "sha384RSA",
    "1.2.840.113549.1.1.13": "sha512RSA", "1.2.840.113549.1.7.1": "pkcs7-data",
    "1.2.840.113549.1.7.2": "pkcs7-signedData", "1.2.840.113549.1.9.1": "E",
    "1.2.840.113549.1.9.3": "contentType", "1.2.840.113549.1.9.4": "messageDigest",
    "1.2.840.113549.1.9.5": "signingTime", "1.2.840.113549.2.5": "md5", "1.2.840.113549.3.2": "rc2",
    "1.2.840.113549.3.7": "3des", "1.3.14.3.2.7": "des", "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.1.2": "aes128", "2.16.840.1.101.3.4.1.22": "aes192",
    "2.16.840.1.101.3.4.1.42": "aes256", "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512", "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.2.1": "ECC", "1.2.840.10045.3.1.7": "ECDSA_P256", "1.3.132.0.34": "ECDSA_P384",
    "1.3.132.0.35": "ECDSA_P521", "1.2.840.10045.4.1": "sha1ECDSA", "1.2.840.10045.4.3.2": "sha256ECDSA",
    "1.2.840.10045.4.3.3": "sha384ECDSA", "1.2.840.10045.4.3.4": "sha512ECDSA",
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L",
    "2.5.4.8": "S", "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "T",
    "2.5.4.13": "Description", "2.5.4.15": "businessCategory", "2.5.4.17": "PostalCode",
    "2.5.4.24": "X21Address", "2.5.4.42": "G", "2.5.4.43": "I", "2.5.4.46": "dnQualifier",
    "0.9.2342.19200300.100.1.1": "userId", "0.9.2342.19200300.100.1.25": "DC",
    "2.5.29.14": "X509v3 Subject Key Identifier", "2.5.29.15": "X509v3 Key Usage",
    "2.5.29.17": "X509v3 Subject Alternative Name", "2.5.29.19": "X509v3 Basic Constraints",
    "2.5.29.31": "X509v3 CRL Distribution Points", "2.5.29.32": "X509v3 Certificate Policies",
    "2.5.29.35": "X509v3 Authority Key Identifier", "2.5.29.37": "X509v3 Extended Key Usage",
    "1.3.6.1.5.5.7.1.1": "Authority Information Access", "1.3.6.1.5.5.7.3.1": "TLS Web Server Authentication",
    "1.3.6.1.5.5.7.3.2": "TLS Web Client Authentication",
    "1.3.6.1.4.1.311.20.2.3": "Microsoft User Principal Name",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionCountryName", "1.2.840.113549.1.9.2": "unstructuredName",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption", "1.3.101.112": "ED25519",
    "1.2.840.113549.1.9.14": "Extension Request", "1.2.840.113549.1.5.13": "PBES2", "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier",
}  # fmt: skip
_VALUES = {name.lower(): value for value, name in NAMES.items()} | {
    "st": "2.5.4.8", "commonname": "2.5.4.3", "rsaencryption": "1.2.840.113549.1.1.1", "gn": "2.5.4.42",
    "uid": "0.9.2342.19200300.100.1.1",
}  # fmt: skip


def value_of(name: str) -> str | None:
    """The identifier of a name, in any case; None for a name that is not known."""
    return _VALUES.get(name.lower())


class Oid:
    """An identifier, a name for it, or both; each is found by the other."""

    clr_name = C + "Oid"

    def __init__(self, value: str | None = None, friendly_name: str | None = None) -> None:
        self.value = value
        self._name = friendly_name

    @property
    def friendly_name(self) -> str | None:
        if self._name is None and self.value is not None:
            self._name = NAMES.get(self.value)
        return self._name

    @friendly_name.setter
    def friendly_name(self, name: str | None) -> None:
        self._name = name
        found = None if name is None else value_of(name)
        if found is not None:
            self.value = found
