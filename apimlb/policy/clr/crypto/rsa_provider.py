"""AsymmetricAlgorithm and RSA, with hash names, paddings and object identifiers."""

from base64 import b64encode
from typing import TYPE_CHECKING

from apimlb.policy.clr.crypto.algorithm_names import create, creation
from apimlb.policy.clr.crypto.hashes import BLOCK_SIZES, C, crypto_error, digest
from apimlb.policy.clr.crypto.oids import Oid, value_of
from apimlb.policy.clr.crypto.rsa_arguments import (
    EncryptionPadding,
    HashAlgorithmName,
    NamedChoice,
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
    return rsa.sign(_hashed(data, name, padding), name, padding)


def verify_data(
    rsa: "Rsa", data: bytearray, signature: bytearray, name: HashAlgorithmName,
    padding: SignaturePadding | None,
) -> bool:  # fmt: skip
    return rsa.verify(_hashed(data, name, padding), signature, name, padding)


def _hashed(data: bytearray, name: HashAlgorithmName, padding: SignaturePadding | None) -> bytearray:
    checked = checked_name(name)
    required(padding, "padding")
    return bytearray(digest(known_hash(checked), data))


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
    inner = "".join(f"<{name}>{b64encode(part).decode()}</{name}>" for name, part in parts.items())
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
        found = root.element(XName("", name))
        if found is not None:
            parts[name] = bytes(from_base64(found.value))
        elif name in _REQUIRED:
            raise crypto_error(
                f"Input string does not contain a valid encoding of the 'RSA' '{name}' parameter."
            )
    rsa.load(parts)


# Hash names and paddings


_HASHED = "HashAlgorithmName hashAlgorithm, RSASignaturePadding padding"


def _choices(kind: type[NamedChoice], *names: str) -> tuple[Row, ...]:
    """The values that a type offers, and whether two are equal."""
    own = kind.clr_name.removeprefix(C)
    return (
        *((f"static {own} {name}", lambda name=name: kind(name)) for name in names),
        (f"bool Equals({own} other)", clr_equals),
        (f"static bool operator ==({own} a, {own} b)", "{0} == {1}"),
        (f"static bool operator !=({own} a, {own} b)", "{0} != {1}"),
    )


DEFINITIONS = (
    Definition(
        C + "HashAlgorithmName", "struct", bases=("System.ValueType",), default=HashAlgorithmName(),
        rows=(
            *_choices(HashAlgorithmName, *BLOCK_SIZES),
            ("new(string name)", HashAlgorithmName),
            ("string Name", "{0}.name"),
            ("int GetHashCode()", lambda name: 0 if name.name is None else hash_code(name.name)),
        ),
    ),
    Definition(
        C + "RSASignaturePadding", "class",
        rows=(
            *_choices(SignaturePadding, "Pkcs1", "Pss"),
            ("int GetHashCode()", lambda padding: int(padding.name == "Pss")),
        ),
    ),
    Definition(
        C + "RSAEncryptionPadding", "class",
        rows=(
            *_choices(EncryptionPadding, "Pkcs1", "OaepSHA1", "OaepSHA256", "OaepSHA384", "OaepSHA512"),
            ("static RSAEncryptionPadding CreateOaep(HashAlgorithmName hashAlgorithm)",
             lambda name: EncryptionPadding(f"Oaep{checked_name(name)}")),
            ("HashAlgorithmName OaepHashAlgorithm", lambda padding: HashAlgorithmName(padding.oaep)),
            ("int GetHashCode()",
             lambda padding: 0 if padding.oaep is None else hash_code(padding.oaep) ^ 0x20),
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
            *creation("AsymmetricAlgorithm"),
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
            (f"byte[] SignHash(byte[]! hash, {_HASHED})",
             lambda rsa, hashed, name, padding: rsa.sign(hashed, name, padding)),
            (f"bool VerifyData(byte[]! data, byte[]! signature, {_HASHED})", verify_data),
            (f"bool VerifyData(byte[]! data, int offset, int count, byte[] signature, {_HASHED})",
             lambda rsa, data, offset, count, signature, name, padding:
                 verify_data(rsa, bytes_part(data, offset, count), required(signature, "signature"), name,
                             padding)),
            (f"bool VerifyHash(byte[]! hash, byte[]! signature, {_HASHED})",
             lambda rsa, hashed, signature, name, padding: rsa.verify(hashed, signature, name, padding)),
            ("byte[] Encrypt(byte[]! data, RSAEncryptionPadding! padding)",
             lambda rsa, data, padding: rsa.encrypt(data, padding.oaep)),
            ("byte[] Decrypt(byte[]! data, RSAEncryptionPadding! padding)",
             lambda rsa, data, padding: rsa.decrypt(data, padding.oaep)),
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
            ("new(string oid)", lambda text: Oid(value_of(required(text, "friendlyName")) or text)),
            ("new(string value, string friendlyName)", Oid),
            ("new(Oid! oid)", lambda other: Oid(other.value, other.friendly_name)),
            ("string Value", "{0}.value", setting("value")),
            ("string FriendlyName", "{0}.friendly_name", setting("friendly_name")),
        ),
    ),
)  # fmt: skip
