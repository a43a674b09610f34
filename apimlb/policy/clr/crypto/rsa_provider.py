"""AsymmetricAlgorithm and RSA, with hash names, paddings and object identifiers."""

from base64 import b64encode
from typing import TYPE_CHECKING

from apimlb.policy.clr.crypto.algorithm_names import create, no_default
from apimlb.policy.clr.crypto.hashes import BLOCK_SIZES, C, crypto_error, digest
from apimlb.policy.clr.crypto.oids import Oid, new_oid
from apimlb.policy.clr.crypto.rsa_arguments import (
    EncryptionPadding,
    HashAlgorithmName,
    Parameters,
    SignaturePadding,
    checked_name,
    known_hash,
)
from apimlb.policy.clr.exceptions import ClrException, not_supported, required
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.strings.encodings import bytes_part, from_base64
from apimlb.policy.clr.types.definitions import Call, Definition, Row, setting
from apimlb.policy.clr.xml.names import XName
from apimlb.policy.clr.xml.reader import parse_element

if TYPE_CHECKING:
    from apimlb.policy.clr.crypto.rsa import Rsa

_REQUIRED = ("Modulus", "Exponent")
_ORDER = ("Modulus", "Exponent", "P", "Q", "DP", "DQ", "InverseQ", "D")


# Signatures


def sign_data(
    rsa: "Rsa", data: bytearray, name: HashAlgorithmName, padding: SignaturePadding | None
) -> bytearray:
    return sign_hash(rsa, _hashed(data, name, padding), name, padding)


def sign_hash(
    rsa: "Rsa", hashed: bytearray, name: HashAlgorithmName, padding: SignaturePadding | None
) -> bytearray:
    return bytearray(rsa.sign(bytes(hashed), *_scheme(name, padding)))


def verify_data(
    rsa: "Rsa", data: bytearray, signature: bytearray, name: HashAlgorithmName,
    padding: SignaturePadding | None,
) -> bool:  # fmt: skip
    return verify_hash(rsa, _hashed(data, name, padding), signature, name, padding)


def verify_hash(
    rsa: "Rsa", hashed: bytearray, signature: bytearray, name: HashAlgorithmName,
    padding: SignaturePadding | None,
) -> bool:  # fmt: skip
    return rsa.verify(bytes(hashed), bytes(signature), *_scheme(name, padding))


def _hashed(data: bytearray, name: HashAlgorithmName, padding: SignaturePadding | None) -> bytearray:
    algorithm, _ = _scheme(name, padding)
    return bytearray(digest(known_hash(algorithm), data))


def _scheme(name: HashAlgorithmName, padding: SignaturePadding | None) -> tuple[str, str]:
    """The names of the hash and of the padding."""
    return checked_name(name), required(padding, "padding").name


# Keys


def create_rsa(bits: int = 2048) -> "Rsa":
    """RSA.Create"""
    from apimlb.policy.clr.crypto.rsa import Rsa  # few policies need a key

    return Rsa(bits)


def raw_value(rsa: "Rsa", data: bytearray | None) -> bytearray:
    """EncryptValue and DecryptValue"""
    raise not_supported("Method not supported.")


def exported(form: str) -> Row:
    """A method that yields the key as DER; see `Rsa.exported`."""
    return f"byte[] Export{form}()", lambda rsa: bytearray(rsa.exported(form))


def to_xml(rsa: "Rsa", private: bool) -> str:
    """ToXmlString: `<RSAKeyValue><Modulus>...`, in base 64."""
    parts = rsa.parts(private)
    inner = "".join(f"<{name}>{b64encode(parts[name]).decode()}</{name}>" for name in _ORDER if name in parts)
    return f"<RSAKeyValue>{inner}</RSAKeyValue>"


def from_xml(rsa: "Rsa", text: str) -> None:
    """FromXmlString: the key of that text instead of the one before; the root's name does not matter."""
    try:
        root = parse_element(text)
    except ClrException as error:
        if error.type_name != "System.Xml.XmlException":
            raise
        raise crypto_error("The provided XML could not be read.") from None
    parts: dict[str, bytes] = {}
    for name in _ORDER:
        found = next(root.elements(XName("", name)), None)
        if found is not None:
            parts[name] = bytes(from_base64(found.value))
        elif name in _REQUIRED:
            raise crypto_error(
                f"Input string does not contain a valid encoding of the 'RSA' '{name}' parameter."
            )
    if "D" not in parts:
        parts = {name: parts[name] for name in _REQUIRED}
    rsa.load(parts)


# Hash names and paddings


def oaep(name: HashAlgorithmName) -> EncryptionPadding:
    """RSAEncryptionPadding.CreateOaep"""
    checked_name(name)
    return EncryptionPadding(name)


def hash_of_name(name: HashAlgorithmName) -> int:
    return 0 if name.name is None else hash_code(name.name)


_HASHED = "HashAlgorithmName hashAlgorithm, RSASignaturePadding padding"


def _equality(name: str) -> tuple[Row, ...]:
    return (
        (f"bool Equals({name} other)", clr_equals),
        (f"static bool operator ==({name} a, {name} b)", "{0} == {1}"),
        (f"static bool operator !=({name} a, {name} b)", "{0} != {1}"),
    )


DEFINITIONS = (
    Definition(
        C + "HashAlgorithmName", "struct", bases=("System.ValueType",), default=HashAlgorithmName(),
        rows=(
            *((f"static HashAlgorithmName {name}", lambda name=name: HashAlgorithmName(name))
              for name in BLOCK_SIZES),
            ("new(string name)", HashAlgorithmName),
            ("string Name", "{0}.name"),
            ("int GetHashCode()", hash_of_name),
            *_equality("HashAlgorithmName"),
        ),
    ),
    Definition(
        C + "RSASignaturePadding", "class",
        rows=(
            *((f"static RSASignaturePadding {name}", lambda name=name: SignaturePadding(name))
              for name in ("Pkcs1", "Pss")),
            ("int GetHashCode()", lambda padding: int(padding.name == "Pss")),
            *_equality("RSASignaturePadding"),
        ),
    ),
    Definition(
        C + "RSAEncryptionPadding", "class",
        rows=(
            ("static RSAEncryptionPadding Pkcs1", EncryptionPadding),
            *((f"static RSAEncryptionPadding Oaep{name}",
               lambda name=name: EncryptionPadding(HashAlgorithmName(name)))
              for name in ("SHA1", "SHA256", "SHA384", "SHA512")),
            ("static RSAEncryptionPadding CreateOaep(HashAlgorithmName hashAlgorithm)", oaep),
            ("HashAlgorithmName OaepHashAlgorithm", lambda padding: padding.oaep or HashAlgorithmName()),
            ("int GetHashCode()",
             lambda padding: 0 if padding.oaep is None else hash_of_name(padding.oaep) ^ 0x20),
            *_equality("RSAEncryptionPadding"),
        ),
    ),
    Definition(
        C + "RSAParameters", "struct", bases=("System.ValueType",), nameable=False,
        rows=tuple(
            (f"byte[] {name}",
             lambda value, name=name: bytearray(value.parts[name]) if name in value.parts else None)
            for name in _ORDER
        ),
    ),
    Definition(
        C + "AsymmetricAlgorithm", "class", bases=("System.IDisposable",),
        rows=(
            ("static AsymmetricAlgorithm Create()", no_default),
            ("static AsymmetricAlgorithm Create(string algName)",
             Call(create("AsymmetricAlgorithm"), context=True)),
            ("int KeySize", "{0}.bits", lambda rsa, bits: rsa.set_bits(bits)),
            ("string KeyExchangeAlgorithm", lambda rsa: "RSA"),
            ("string SignatureAlgorithm", lambda rsa: "RSA"),
            ("string ToXmlString(bool includePrivateParameters)", to_xml),
            ("void FromXmlString(string! xmlString)", from_xml),
            exported("Pkcs8PrivateKey"),
            exported("SubjectPublicKeyInfo"),
            ("void Clear()", lambda rsa: rsa.dispose()),
            ("void Dispose()", lambda rsa: rsa.dispose()),
        ),
    ),
    Definition(
        C + "RSA", "class", bases=(C + "AsymmetricAlgorithm",),
        rows=(
            ("static RSA Create([int keySizeInBits])", create_rsa),
            ("static RSA Create(string algName)", Call(create("RSA"), context=True)),
            (f"byte[] SignData(byte[]! data, {_HASHED})", sign_data),
            (f"byte[] SignData(byte[]! data, int offset, int count, {_HASHED})",
             lambda rsa, data, offset, count, name, padding:
                 sign_data(rsa, bytes_part(data, offset, count), name, padding)),
            (f"byte[] SignHash(byte[]! hash, {_HASHED})", sign_hash),
            (f"bool VerifyData(byte[]! data, byte[]! signature, {_HASHED})", verify_data),
            (f"bool VerifyData(byte[]! data, int offset, int count, byte[] signature, {_HASHED})",
             lambda rsa, data, offset, count, signature, name, padding:
                 verify_data(rsa, bytes_part(data, offset, count), required(signature, "signature"), name,
                             padding)),
            (f"bool VerifyHash(byte[]! hash, byte[]! signature, {_HASHED})", verify_hash),
            ("byte[] Encrypt(byte[]! data, RSAEncryptionPadding! padding)",
             lambda rsa, data, padding: bytearray(rsa.encrypt(bytes(data), padding.hash_name))),
            ("byte[] Decrypt(byte[]! data, RSAEncryptionPadding! padding)",
             lambda rsa, data, padding: bytearray(rsa.decrypt(bytes(data), padding.hash_name))),
            ("byte[] EncryptValue(byte[] rgb)", raw_value),
            ("byte[] DecryptValue(byte[] rgb)", raw_value),
            ("RSAParameters ExportParameters(bool includePrivateParameters)",
             lambda rsa, private: Parameters(rsa.parts(private))),
            exported("RSAPrivateKey"),
            exported("RSAPublicKey"),
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
            ("new(Oid! oid)", lambda other: Oid(other.value, other.friendly_name)),
            ("string Value", "{0}.value", setting("value")),
            ("string FriendlyName", "{0}.friendly_name", setting("friendly_name")),
        ),
    ),
)  # fmt: skip
