"""X.500 names: as text in .NET's order, and out of their encoding. With it, just enough DER to walk over one.

A certificate is read by the `cryptography` package; what that does not hand out as bytes is looked up here.
"""

import re
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.crypto.hashes import C, crypto_error
from apimlb.policy.clr.crypto.oids import NAMES, value_of

_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
_LONGEST = 1_000
"""Bytes of an identifier; reading one takes time with the square of its length."""

_SPECIAL = re.compile(r'[,+="\n<>#;]|\A[ \t-\r]|[ \t-\r]\Z|\A\Z')
_KEY = re.compile(r"\s*(?:[Oo][Ii][Dd]\.)?(?:[0-2](?:\.(?:0|[1-9][0-9]{0,38})){1,60}|([A-Za-z0-9.]+))\s*=")
"""An identifier, or a name for one."""

_VALUE = re.compile(r'[ \t]*(?:"(?:[^"]|"")*"\s*|(?!["\s])[^,;+\n]*|)(?=[,;+\n]|\Z)')


class Piece(NamedTuple):
    """One value of DER: its tag, what is inside, and all of it."""

    tag: int
    inside: bytes
    whole: bytes


def pieces(content: bytes) -> list[Piece]:
    """The values that follow one another in DER; raises ValueError for bytes that are not DER."""
    found: list[Piece] = []
    at = 0
    while at < len(content):
        tag, size, begins = head(content, at)
        ends = begins + size
        if ends > len(content):
            raise ValueError("not DER")
        found.append(Piece(tag, content[begins:ends], content[at:ends]))
        at = ends
    return found


def head(content: bytes, at: int) -> tuple[int, int, int]:
    """The tag of the value at a place, its length, and where what is inside begins."""
    if at + 1 >= len(content) or content[at] & 0x1F == 0x1F or content[at + 1] == 0x80:
        raise ValueError("not DER")
    size = content[at + 1]
    if size < 0x80:
        return content[at], size, at + 2
    begins = at + 2 + (size & 0x7F)
    return content[at], int.from_bytes(content[at + 2 : begins], "big"), begins


def oid_text(piece: Piece) -> str:
    """The dotted form of an object identifier; raises ValueError."""
    if piece.tag != 0x06 or not 0 < len(piece.inside) <= _LONGEST or piece.inside[-1] >= 0x80:
        raise ValueError("not an object identifier")
    numbers, value = [], 0
    for byte in piece.inside:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def name_parts(name: bytes) -> list[list[tuple[str, str]]]:
    """The parts of an encoded name, first to last: each has an identifier and its text, or several; raises
    ValueError."""
    BUDGET.spend(len(name))
    (outer,) = pieces(name)
    return [[_attribute(pair) for pair in _inner(part, 0x31)] for part in _inner(outer, 0x30)]


def _inner(piece: Piece, tag: int) -> list[Piece]:
    """The values in one that must have this tag; raises ValueError."""
    if piece.tag != tag:
        raise ValueError("not a name")
    return pieces(piece.inside)


def _attribute(pair: Piece) -> tuple[str, str]:
    key, value = _inner(pair, 0x30)
    return oid_text(key), value.inside.decode(_TEXTS.get(value.tag, "latin-1"), "replace")


def name_text(name: bytes) -> str:
    """A name as .NET shows it: the last part first, `CN=a, O=b`; the empty text for what is no name."""
    try:
        parts = name_parts(name)
    except ValueError:
        return ""
    shown = (
        " + ".join(f"{NAMES.get(oid, f'OID.{oid}')}={_quoted(text)}" for oid, text in part)
        for part in reversed(parts)
        if part
    )
    return ", ".join(shown)


def _quoted(text: str) -> str:
    if not _SPECIAL.search(text):
        return text
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


@dataclass(slots=True, eq=False)
class DistinguishedName:
    """X500DistinguishedName"""

    clr_name: ClassVar[str] = C + "X509Certificates.X500DistinguishedName"
    name: str


def written_name(text: str) -> DistinguishedName:
    """new X500DistinguishedName(text): any text of `key=value` parts; throws CryptographicException."""
    charge_each(2 * len(text))
    at, end = 0, len(text.rstrip())
    while at < end:
        key = _KEY.match(text, at)
        value = _VALUE.match(text, key.end()) if key else None
        if key is None or value is None or (key[1] and value_of(key[1]) is None):
            raise crypto_error(
                "The string contains an invalid X500 name attribute key, oid, value or delimiter."
            )
        at = value.end() + 1
    return DistinguishedName(text)
