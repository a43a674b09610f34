"""The contents of a certificate, before .NET's view of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apimlb.policy.clr.dates.instants import DateTime

if TYPE_CHECKING:
    from apimlb.policy.clr.crypto.rsa import Rsa


@dataclass(slots=True, eq=False)
class CertificateFacts:
    """What a certificate says. `serial` is big-endian; `names` are what GetNameInfo
    says of the subject and of the issuer, by the names of X509NameType; `extensions` are pairs of identifier
    and DER."""

    der: bytes
    thumbprint: bytes
    subject: str
    issuer: str
    serial: bytes
    not_before: DateTime
    not_after: DateTime
    version: int
    signature: str
    key_algorithm: str
    key_parameters: bytes
    public_key: bytes
    rsa: "Rsa | None"
    names: tuple[dict[str, str], dict[str, str]]
    extensions: tuple[tuple[str, bytes], ...]
