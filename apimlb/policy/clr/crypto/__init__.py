"""System.Security.Cryptography: hashes, ciphers and RSA."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _hashes() -> tuple[Definition, ...]:
    from apimlb.policy.clr.crypto import hash_algorithm

    return hash_algorithm.DEFINITIONS


HASHES = Family(
    _hashes,
    types=names_in(
        "System.Security.Cryptography",
        "HashAlgorithm KeyedHashAlgorithm HMAC MD5 MD5+Implementation MD5CryptoServiceProvider "
        "HMACMD5 SHA1 SHA1+Implementation SHA1CryptoServiceProvider SHA1Managed HMACSHA1 SHA256 "
        "SHA256+Implementation SHA256CryptoServiceProvider SHA256Managed HMACSHA256 SHA384 "
        "SHA384+Implementation SHA384CryptoServiceProvider SHA384Managed HMACSHA384 SHA512 "
        "SHA512+Implementation SHA512CryptoServiceProvider SHA512Managed HMACSHA512",
    ),
)


def _ciphers() -> tuple[Definition, ...]:
    from apimlb.policy.clr.crypto import rsa_provider, symmetric_algorithm

    return symmetric_algorithm.DEFINITIONS + rsa_provider.DEFINITIONS


CIPHERS = Family(
    _ciphers,
    types=(
        *names_in(
            "System.Security.Cryptography",
            "CipherMode PaddingMode SymmetricAlgorithm RNGCryptoServiceProvider "
            "AesCryptoServiceProvider AesManaged RijndaelManaged HashAlgorithmName "
            "RSASignaturePadding RSAEncryptionPadding RSAParameters AsymmetricAlgorithm RSA RSACng "
            "RSACryptoServiceProvider Oid",
        ),
        "CipherExtensions",
    ),
    extensions=names_in("", "Decrypt Encrypt"),
)
