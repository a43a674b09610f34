"""X509Certificate and X509Certificate2: a certificate with the private key that belongs to it, if any."""

from typing import TYPE_CHECKING

from apimlb.policy.clr.certificates.facts import CertificateFacts
from apimlb.policy.clr.crypto.hashes import C, crypto_error
from apimlb.policy.clr.crypto.oids import NAMES
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.exceptions import argument, invalid_operation

if TYPE_CHECKING:
    from apimlb.policy.clr.crypto.rsa import Rsa

X = C + "X509Certificates."


class X509:
    """An X509Certificate, with `second` an X509Certificate2; empty until something is read into it."""

    def __init__(self, second: bool = True, trusted: bool = False) -> None:
        self.clr_name = f"{X}X509Certificate{'2' if second else ''}"
        self.second = second
        self.trusted = trusted
        self.held: CertificateFacts | None = None
        self._key: Rsa | None = None
        self.friendly_name = ""
        self.archived = False

    @classmethod
    def read(cls, content: bytes, password: str | None = None, trusted: bool = False) -> "X509":
        """An X509Certificate2 of a file's bytes: DER, PEM or PKCS #12; throws CryptographicException.
        `trusted` is what Verify answers: no store of roots is asked."""
        made = cls(trusted=trusted)
        made.take(content, password)
        return made

    def take(self, content: bytes, password: str | None) -> None:
        """Import."""
        # The package behind it takes longer to import than the whole compiler, and few policies need it.
        from apimlb.policy.clr.certificates.reader import read

        self.held, self._key = read(content, password)

    def copy_of(self, other: "X509") -> "X509":
        """Take over what another one holds."""
        self.held, self._key = other.held, other._key
        self.trusted, self.friendly_name = other.trusted, other.friendly_name
        return self

    def reset(self) -> None:
        self.held = self._key = None
        self.friendly_name = ""

    @property
    def facts(self) -> CertificateFacts:
        if self.held is None:
            raise crypto_error("m_safeCertContext is an invalid handle.")
        return self.held

    @property
    def filled(self) -> "X509":
        """Itself; throws where nothing was read, or it was reset."""
        assert self.facts
        return self

    @property
    def key(self) -> "Rsa | None":
        """The private key."""
        return self.filled._key

    def set_key(self, key: "Rsa | None") -> None:
        """Another private key, which must fit the public one, or none."""
        if key is not None:
            own = self.facts.rsa
            if own is None:
                raise argument(
                    "The provided key does not match the public key algorithm for this certificate."
                )
            if own.parts(False) != key.parts(False):
                raise argument(
                    "The provided key does not match the public key for this certificate.", "privateKey"
                )
            key.check_private()
            key = key.copy()
        self._key = key

    def with_key(self, key: "Rsa") -> "X509":
        """CopyWithPrivateKey"""
        if self.key is not None:
            raise invalid_operation("The certificate already has an associated private key.")
        made = X509(self.second).copy_of(self)
        made.set_key(key)
        return made

    @property
    def identity(self) -> tuple[str, bytes] | None:
        """What tells certificates apart; None where nothing was read."""
        return None if self.held is None else (self.held.issuer, self.held.serial)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X509) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __str__(self) -> str:
        return self.shown(False)

    def shown(self, verbose: bool) -> str:
        """ToString(verbose): a section each of what the certificate says; else the name of its type."""
        if self.held is None or not (verbose or self.second):
            return self.clr_name
        facts, whole = self.held, verbose and self.second
        names = [_named(each) if whole else [] for each in facts.names]
        sections = [
            _section("Subject", facts.subject, *names[0]),
            _section("Issuer", facts.issuer, *names[1]),
            _section("Serial Number", hexadecimal(facts.serial)),
            _section("Not Before", format_date(facts.not_before)),
            _section("Not After", format_date(facts.not_after)),
            _section("Thumbprint", hexadecimal(facts.thumbprint)),
        ]
        if whole:
            sections = [_section("Version", f"V{facts.version}"), *sections, *_technical(facts)]
        return "\n".join(sections)


def hexadecimal(content: bytes | bytearray) -> str:
    return content.hex().upper()


def _section(title: str, *lines: str) -> str:
    return f"[{title}]\n" + "".join(f"  {line}\n" for line in lines)


def _technical(facts: CertificateFacts) -> list[str]:
    """What a verbose text says of algorithms, and of the extensions by name and as bytes."""
    found = [
        _section("Signature Algorithm", f"{NAMES.get(facts.signature, '')}({facts.signature})"),
        _section(
            "Public Key",
            f"Algorithm: {NAMES.get(facts.key_algorithm, facts.key_algorithm)}",
            *([] if facts.rsa is None else [f"Length: {facts.rsa.bits}"]),
            f"Key Blob: {hexadecimal(facts.public_key)}",
            f"Parameters: {hexadecimal(facts.key_parameters)}",
        ),
    ]
    shown = "".join(
        f"* {NAMES.get(oid, '')}({oid}):\n  {hexadecimal(der)}\n" for oid, der in facts.extensions
    )
    return [*found, f"[Extensions]\n{shown}"] if shown else found


_SHOWN = {
    "SimpleName": "Simple Name",
    "EmailName": "Email Name",
    "UpnName": "UPN Name",
    "DnsName": "DNS Name",
}


def _named(names: dict[str, str]) -> list[str]:
    return [f"{title}: {names[kind]}" for kind, title in _SHOWN.items() if names.get(kind)]


class PublicKey:
    """The key in a certificate."""

    clr_name = X + "PublicKey"

    def __init__(self, facts: CertificateFacts) -> None:
        self.facts = facts
