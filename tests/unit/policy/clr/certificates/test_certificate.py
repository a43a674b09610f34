"""Certificates and keys: those of the request and of the deployment, and what .NET on Windows does."""

import datetime
import random
import time
from base64 import b64decode, b64encode
from functools import cache, reduce
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from apimlb.policy.clr.budget import Allowance
from apimlb.policy.clr.certificates.certificate import X509
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.rehearse.cases import answer

CRYPTO = "System.Security.Cryptography.CryptographicException"


@cache
def made() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "orders")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(start)
    return key, builder.not_valid_after(start + datetime.timedelta(days=90)).sign(key, hashes.SHA256())


@cache
def pfx(password: str) -> str:
    key, certificate = made()
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return b64encode(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, locked)).decode()


def value(expression: str, context: dict[str, Any] | None = None) -> Any:
    found = answer(expression, context or {})
    assert "value" in found, found
    return found["value"]


def test_a_policy_signs_with_a_key_of_the_deployment() -> None:
    context = {"deployment": {"certificates": {"x": {"content": pfx("secret"), "password": "secret"}}}}
    signature = value(
        '@{ RSA rsa = context.Deployment.Certificates["x"].GetRSAPrivateKey(); return '
        'Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes("hello"), HashAlgorithmName.SHA256, '
        "RSASignaturePadding.Pkcs1)); }",
        context,
    )
    made()[0].public_key().verify(b64decode(signature), b"hello", padding.PKCS1v15(), hashes.SHA256())


def test_a_policy_looks_at_the_certificate_of_a_client() -> None:
    _, certificate = made()
    content = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    context = {"request": {"certificate": {"content": content}}}
    shown = value(
        '@{ var c = context.Request.Certificate; return $"{c.Subject}|{c.SubjectName.Name}|{c.Thumbprint}|'
        '{c.NotAfter:yyyy-MM-dd}|{c.Verify()}|{c.VerifyNoRevocation()}|{c.HasPrivateKey}"; }',
        context,
    )
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()
    assert shown == f"CN=orders|CN=orders|{thumbprint}|2026-04-01|True|True|False"
    context["request"]["certificate"]["trusted"] = False  # type: ignore[assignment]
    assert value("@(context.Request.Certificate.Verify())", context) == "False"
    assert value("@(context.Request.Certificate == null)") == "True"


def test_a_public_key_hides_what_the_private_one_shows() -> None:
    context = {"deployment": {"certificates": {"x": {"content": pfx("")}}}}
    hidden = value(
        '@(Convert.ToBase64String(context.Deployment.Certificates["x"].GetRSAPublicKey().Encrypt('
        'Encoding.UTF8.GetBytes("hello"), RSAEncryptionPadding.OaepSHA256)))',
        context,
    )
    shape = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    assert made()[0].decrypt(b64decode(hidden), shape) == b"hello"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ('c.FriendlyName = "mine"; return c.FriendlyName;', "mine"),
        ("c.Archived = true; return c.Archived;", "True"),
        ("c.PrivateKey = null; return c.HasPrivateKey;", "False"),
        ("var d = new X509Certificate2(); d.Import(c.RawData); return d.Subject + d.HasPrivateKey;",
         "CN=ordersFalse"),
        ('return c.ToString(true).Contains("[Public Key]\\n  Algorithm: RSA\\n  Length: 2048\\n");', "True"),
        ("return c.Export(X509ContentType.Cert).SequenceEqual(c.RawData);", "True"),
    ],
)  # fmt: skip
def test_a_certificate_can_be_changed_as_on_windows(statements: str, expected: str) -> None:
    found = value(
        f'@{{ var c = new X509Certificate2(Convert.FromBase64String("{pfx("pw")}"), "pw"); {statements} }}'
    )
    assert found == expected


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_opens_nothing(password: str) -> None:
    found = answer(
        f'@(new X509Certificate2(Convert.FromBase64String("{pfx("right")}"), "{password}").Subject)', {}
    )
    assert found["throws"] == CRYPTO
    assert found["message"] == "The specified network password is not correct."


ENDLESS = b"\x7f\xff\xff"
STEPS = "The expression exceeds the number of steps that one evaluation may take."


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (b"\4\x48\x30\x80" + bytes(70), "Cannot find the requested object."),
        (b"\4\x48\x30\5" + b"x" * 70, "The specified network password is not correct."),
        (reduce(lambda inner, _: bytes([0x30, len(inner)]) + inner, range(40), b""),
         "Cannot find the requested object."),
        (b"\x24\5\4\3\2\1\1", "Cannot find the requested object."),
        (b"\x30\x0b\6\x09" + bytes.fromhex("2B06010401DA47040B"), "Cannot find the requested object."),
        (b"\4\x28\x30\x26\2\3" + ENDLESS + b"\4\x1f" + bytes(31), STEPS),
        (b"\4\x31\x30\x26\2\3" + ENDLESS + b"\4\x1f" + bytes(31) + b"\x02 not DER", STEPS),
    ],
    ids=["a length that is not written out", "ciphered bytes", "nested too deeply", "a value in parts",
         "scrypt", "in few bytes", "before what is overlooked"],
)  # fmt: skip
def test_rounds_are_counted_wherever_a_file_may_ask_for_them(inside: bytes, message: str) -> None:
    content = b64encode(bytes([0x30, 3 + len(inside)]) + b"\2\1\3" + inside).decode()
    assert answer(f'@(new X509Certificate2(Convert.FromBase64String("{content}")))', {})["message"] == message


def test_a_file_without_a_certificate_is_refused() -> None:
    content = pkcs12.serialize_key_and_certificates(b"x", made()[0], None, None, NoEncryption())
    text = b64encode(content).decode()
    found = answer(f'@(new X509Certificate2(Convert.FromBase64String("{text}")))', {})
    assert found == {"throws": CRYPTO, "message": "Cannot find the requested object."}


def test_of_other_names_only_that_of_a_user_is_told() -> None:
    key, certificate = made()
    names = [
        x509.OtherName(x509.ObjectIdentifier(oid), b"\x0c\1" + text)
        for oid, text in (("1.2.3", b"a"), ("1.3.6.1.4.1.311.20.2.3", b"b"))
    ]
    builder = x509.CertificateBuilder().subject_name(certificate.subject).issuer_name(certificate.issuer)
    builder = builder.public_key(key.public_key()).serial_number(5)
    builder = builder.not_valid_before(certificate.not_valid_before_utc)
    builder = builder.not_valid_after(certificate.not_valid_after_utc)
    signed = builder.add_extension(x509.SubjectAlternativeName(names), False).sign(key, hashes.SHA256())
    content = b64encode(signed.public_bytes(Encoding.DER)).decode()
    made_of_it = f'new X509Certificate2(Convert.FromBase64String("{content}"))'
    assert value(f"@({made_of_it}.GetNameInfo(X509NameType.UpnName, false))") == "b"


@pytest.mark.parametrize("use", ["SignData(new byte[3], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)",
                                 "Decrypt(new byte[128], RSAEncryptionPadding.OaepSHA1)"])  # fmt: skip
def test_a_public_key_does_not_do_what_takes_the_private_one(use: str) -> None:
    found = answer(
        f"@{{ var r = RSA.Create(); r.FromXmlString(RSA.Create(1024).ToXmlString(false)); return r.{use}; }}",
        {},
    )
    assert found == {"throws": CRYPTO, "message": "Key not valid for use in specified state."}


@pytest.mark.parametrize("name", ["DES", "System.Security.Cryptography.TripleDES", "rc2"])
def test_algorithms_that_are_absent_here_are_said_to_be(name: str) -> None:
    found = answer(f'@(SymmetricAlgorithm.Create("{name}"))', {})
    assert found["throws"] == "System.NotSupportedException"
    assert found["message"] == f"The algorithm {name} is not supported here."


def public_xml(modulus: int, exponent: int) -> str:
    def part(number: int) -> str:
        return b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode()

    return (
        f"<RSAKeyValue><Modulus>{part(modulus)}</Modulus><Exponent>{part(exponent)}</Exponent></RSAKeyValue>"
    )


def private_xml(**changed: int) -> str:
    numbers = made()[0].private_numbers()
    parts = {
        "Modulus": numbers.public_numbers.n, "Exponent": numbers.public_numbers.e, "P": numbers.p,
        "Q": numbers.q, "DP": numbers.dmp1, "DQ": numbers.dmq1, "InverseQ": numbers.iqmp, "D": numbers.d,
    } | changed  # fmt: skip
    inner = "".join(
        f"<{name}>{b64encode(number.to_bytes(2048 if number >> 2048 else 256, 'big')).decode()}</{name}>"
        for name, number in parts.items()
    )
    return f"<RSAKeyValue>{inner}</RSAKeyValue>"


@pytest.mark.parametrize("name", ["P", "Q", "DP", "DQ", "InverseQ", "D", "Exponent", "Modulus"])
@pytest.mark.parametrize("number", [0, 1, 2, 2**512 + 1])
def test_numbers_that_make_no_key_are_refused(name: str, number: int) -> None:
    found = answer(
        f'@{{ var r = RSA.Create(); r.FromXmlString("{private_xml(**{name: number})}"); return r.SignData('
        "new byte[1], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1); }",
        {},
    )
    assert found["throws"] == CRYPTO


@pytest.mark.parametrize(
    "xml",
    [public_xml(2**1023 + 1, 4), public_xml(2**1023 + 1, 1), public_xml(2**1024, 65537), public_xml(15, 3),
     public_xml(2**4095 + 1, 2**80 + 1)],
)  # fmt: skip
def test_public_numbers_that_make_no_key_are_refused(xml: str) -> None:
    found = answer(
        f'@{{ var r = RSA.Create(); r.FromXmlString("{xml}"); return r.Encrypt(new byte[1], '
        "RSAEncryptionPadding.Pkcs1).Length; }",
        {},
    )
    assert found["throws"] == CRYPTO


LIMIT = "System.InsufficientExecutionStackException"


@pytest.mark.parametrize(
    "source",
    [
        "@{ for (;;) { RSA.Create().ExportRSAPublicKey(); } }",
        "@(RSA.Create(16384).ExportRSAPublicKey())",
        "@{ var r = RSA.Create(); r.KeySize = 8192; return 1; }",
        f'@{{ var r = RSA.Create(); r.FromXmlString("{public_xml(2**9000 + 1, 65537)}"); return 1; }}',
        f'@{{ var r = RSA.Create(); r.FromXmlString("{private_xml(P=2**9000 + 1)}"); return 1; }}',
        '@{ var z = TimeZoneInfo.Utc; for (;;) { z = TimeZoneInfo.FindSystemTimeZoneById("none"); } }',
        "@{ for (;;) { var n = TimeZoneInfo.GetSystemTimeZones().Count; } }",
    ],
)  # fmt: skip
def test_no_policy_spends_its_time_on_keys_or_zones(source: str) -> None:
    assert answer(source, {})["throws"] in (LIMIT, "System.TimeZoneNotFoundException")


def test_no_policy_spends_its_time_on_an_endless_identifier() -> None:
    content = bytes([127, 12, 1, 97])
    for tag, length in ((6, 200_000), (0x30, 200_008), (0x31, 200_013), (0x30, 200_018)):
        content = bytes([tag, 0x83]) + length.to_bytes(3, "big") + (b"\xff" if tag == 6 else b"") + content
    head, tail = b64encode(content[:21]).decode(), b64encode(content[21:]).decode()
    started = time.process_time()
    found = value(
        f"@(new X500DistinguishedName(Convert.FromBase64String(\"{head}\" + new string('/', 266664) + "
        f'"{tail}")).Name)'
    )
    assert found == ""
    assert time.process_time() - started < 3


def test_a_name_of_many_parts_is_read_in_one_go() -> None:
    started = time.process_time()
    long = """new string(',', 200000).Replace(",", "CN=a,")"""
    assert value(f"@(new X500DistinguishedName({long}).Name.Length)") == "1000000"
    assert time.process_time() - started < 2


def test_a_file_that_asks_for_endless_rounds_is_not_opened() -> None:
    key, certificate = made()
    locked = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(100_000).build(b"pw")
    content = pkcs12.serialize_key_and_certificates(None, key, certificate, None, locked)
    rounds, more = (bytes([2, 3]) + number.to_bytes(3, "big") for number in (100_000, 0x7FFFFF))
    assert rounds in content
    for each, expected in (
        (content, {"value": "CN=orders"}),
        (content.replace(rounds, more), {"throws": LIMIT}),
    ):
        text = b64encode(each).decode()
        found = answer(f'@(new X509Certificate2(Convert.FromBase64String("{text}"), "pw").Subject)', {})
        assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("lock", [NoEncryption(), BestAvailableEncryption(b"pw")], ids=["open", "locked"])
def test_a_file_with_a_key_of_more_than_4096_bits_is_not_opened(lock: KeySerializationEncryption) -> None:
    p, q, e = 2**2281 - 1, 2**2203 - 1, 65537
    d = rsa.rsa_recover_private_exponent(e, p, q)
    rest = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, *rest, rsa.RSAPublicNumbers(e, p * q))
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    content = b64encode(pkcs12.serialize_key_and_certificates(b"x", key, None, None, lock)).decode()
    found = answer(f'@(new X509Certificate2(Convert.FromBase64String("{content}"), "pw"))', {})
    assert found["throws"] == LIMIT
    assert "4096 bits" in found["message"]


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    _, certificate = made()
    whole = (
        certificate.public_bytes(Encoding.DER),
        certificate.public_bytes(Encoding.PEM),
        b64decode(pfx("")),
    )
    refused = 0
    for _ in range(60):
        content = bytearray(rng.choice(whole))
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(content))
            content[at : at + rng.randint(0, 2)] = rng.randbytes(rng.randint(0, 2))
        outcome = opened(bytes(content))
        assert outcome in ("[Version]", CRYPTO, LIMIT)
        refused += outcome != "[Version]"
    assert 0 < refused < 60


def opened(content: bytes) -> str:
    """The first line of what a file's certificate says, or what is thrown."""
    try:
        with Allowance().turn():
            return X509.read(content).shown(True).partition("\n")[0]
    except ClrException as error:
        return error.type_name
