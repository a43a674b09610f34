"""AsymmetricAlgorithm and RSA, with hash names, paddings and object identifiers."""

from apimlb.policy.clr.crypto import rsa_calls as calls
from apimlb.policy.clr.crypto.algorithm_names import create, no_default
from apimlb.policy.clr.crypto.hashes import C
from apimlb.policy.clr.crypto.oids import Oid, copied_oid, new_oid
from apimlb.policy.clr.crypto.rsa import EncryptionPadding, HashAlgorithmName, SignaturePadding
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.definitions import Call, Definition, Row

_PARTS = ("Modulus", "Exponent", "D", "P", "Q", "DP", "DQ", "InverseQ")
_HASHED = "HashAlgorithmName hashAlgorithm, RSASignaturePadding padding"


def _equality(name: str) -> tuple[Row, ...]:
    return (
        (f"bool Equals({name} other)", clr_equals),
        (f"static bool operator ==({name} a, {name} b)", "{0} == {1}"),
        (f"static bool operator !=({name} a, {name} b)", "{0} != {1}"),
    )


def _hash_names() -> tuple[Row, ...]:
    return tuple(
        (f"static HashAlgorithmName {name}", lambda name=name: HashAlgorithmName(name))
        for name in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
    )


def _oaeps() -> tuple[Row, ...]:
    return tuple(
        (f"static RSAEncryptionPadding Oaep{name}",
         lambda name=name: EncryptionPadding(HashAlgorithmName(name)))
        for name in ("SHA1", "SHA256", "SHA384", "SHA512")
    )  # fmt: skip


def _signings() -> tuple[Row, ...]:
    return tuple(
        (f"static RSASignaturePadding {name}", lambda name=name: SignaturePadding(name))
        for name in ("Pkcs1", "Pss")
    )


def signing_hash(padding: SignaturePadding) -> int:
    return int(padding.name == "Pss")


def encryption_hash(padding: EncryptionPadding) -> int:
    return 0 if padding.oaep is None else calls.hash_of_name(padding.oaep) ^ 0x20


DEFINITIONS = (
    Definition(
        C + "HashAlgorithmName", "struct", bases=("System.ValueType",), default=HashAlgorithmName(),
        rows=(
            *_hash_names(),
            ("new(string name)", HashAlgorithmName),
            ("string Name", "{0}.name"),
            ("int GetHashCode()", calls.hash_of_name),
            *_equality("HashAlgorithmName"),
        ),
    ),
    Definition(
        C + "RSASignaturePadding", "class",
        rows=(*_signings(), ("int GetHashCode()", signing_hash), *_equality("RSASignaturePadding")),
    ),
    Definition(
        C + "RSAEncryptionPadding", "class",
        rows=(
            ("static RSAEncryptionPadding Pkcs1", EncryptionPadding),
            *_oaeps(),
            ("static RSAEncryptionPadding CreateOaep(HashAlgorithmName hashAlgorithm)", calls.oaep),
            ("HashAlgorithmName OaepHashAlgorithm", calls.oaep_hash),
            ("int GetHashCode()", encryption_hash),
            *_equality("RSAEncryptionPadding"),
        ),
    ),
    Definition(
        C + "RSAParameters", "struct", bases=("System.ValueType",), nameable=False,
        rows=tuple((f"byte[] {name}", calls.parameter(name)) for name in _PARTS),
    ),
    Definition(
        C + "AsymmetricAlgorithm", "class", bases=("System.IDisposable",),
        rows=(
            ("static AsymmetricAlgorithm Create()", no_default),
            ("static AsymmetricAlgorithm Create(string algName)",
             Call(create("AsymmetricAlgorithm"), context=True)),
            ("int KeySize", calls.key_size, calls.set_key_size),
            ("string KeyExchangeAlgorithm", calls.algorithm_name),
            ("string SignatureAlgorithm", calls.algorithm_name),
            ("string ToXmlString(bool includePrivateParameters)", calls.to_xml),
            ("void FromXmlString(string xmlString)", calls.from_xml),
            ("byte[] ExportPkcs8PrivateKey()", calls.exported("Pkcs8PrivateKey")),
            ("byte[] ExportSubjectPublicKeyInfo()", calls.exported("SubjectPublicKeyInfo")),
            ("void Clear()", calls.done),
            ("void Dispose()", calls.done),
        ),
    ),
    Definition(
        C + "RSA", "class", bases=(C + "AsymmetricAlgorithm",),
        rows=(
            ("static RSA Create()", calls.make),
            ("static RSA Create(int keySizeInBits)", calls.make),
            ("static RSA Create(string algName)", Call(create("RSA"), context=True)),
            (f"byte[] SignData(byte[] data, {_HASHED})", calls.sign_data),
            (f"byte[] SignData(byte[] data, int offset, int count, {_HASHED})", calls.sign_part),
            (f"byte[] SignHash(byte[] hash, {_HASHED})", calls.sign_hash),
            (f"bool VerifyData(byte[] data, byte[] signature, {_HASHED})", calls.verify_data),
            (f"bool VerifyData(byte[] data, int offset, int count, byte[] signature, {_HASHED})",
             calls.verify_part),
            (f"bool VerifyHash(byte[] hash, byte[] signature, {_HASHED})", calls.verify_hash),
            ("byte[] Encrypt(byte[] data, RSAEncryptionPadding padding)", calls.encrypt),
            ("byte[] Decrypt(byte[] data, RSAEncryptionPadding padding)", calls.decrypt),
            ("byte[] EncryptValue(byte[] rgb)", calls.raw_value),
            ("byte[] DecryptValue(byte[] rgb)", calls.raw_value),
            ("RSAParameters ExportParameters(bool includePrivateParameters)", calls.parameters),
            ("byte[] ExportRSAPrivateKey()", calls.exported("RSAPrivateKey")),
            ("byte[] ExportRSAPublicKey()", calls.exported("RSAPublicKey")),
        ),
    ),
    Definition(C + "RSACng", "class", bases=(C + "RSA",), nameable=False),
    Definition(C + "RSACryptoServiceProvider", "class", bases=(C + "RSA",), nameable=False),
    Definition(
        C + "Oid", "class",
        rows=(
            ("new()", Oid),
            ("new(string oid)", new_oid),
            ("new(string value, string friendlyName)", Oid),
            ("new(Oid oid)", copied_oid),
            ("string Value", calls.oid_value, calls.set_oid_value),
            ("string FriendlyName", calls.oid_name, calls.set_oid_name),
        ),
    ),
)  # fmt: skip
