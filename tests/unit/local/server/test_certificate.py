"""The certificate is made once, holds for this machine's names, and is renewed before it ends."""

import ssl
import stat
from datetime import UTC, datetime, timedelta

from cryptography import x509

from apimlb.local.server.certificate import kept_certificate

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def names(path):
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_holds_for_localhost_and_its_addresses(tmp_path):
    made = kept_certificate(tmp_path, NOW)
    found = names(made.chain)
    assert found.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(each) for each in found.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def test_its_authority_can_be_trusted(tmp_path):
    made = kept_certificate(tmp_path, NOW)
    context = ssl.create_default_context(cafile=str(made.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    assert len(context.get_ca_certs()) == 1


def test_is_kept_until_a_month_before_its_end(tmp_path):
    first = kept_certificate(tmp_path, NOW).chain.read_bytes()
    assert kept_certificate(tmp_path, NOW + timedelta(days=780)).chain.read_bytes() == first
    assert kept_certificate(tmp_path, NOW + timedelta(days=800)).chain.read_bytes() != first


def test_is_made_anew_when_a_file_is_missing_or_damaged(tmp_path):
    first = kept_certificate(tmp_path, NOW)
    before = first.chain.read_bytes()
    first.key.unlink()
    second = kept_certificate(tmp_path, NOW).chain.read_bytes()
    first.chain.write_text("damaged")
    third = kept_certificate(tmp_path, NOW).chain.read_bytes()
    assert len({before, second, third}) == 3
