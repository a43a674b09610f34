"""System.Guid"""

import re
import uuid

from apimlb.policy.clr.exceptions import argument, argument_null, bad_format, required
from apimlb.policy.clr.objects.text import laid_out

_HEX = re.compile(r"[0-9a-fA-F]{32}\Z")
_DASHED = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")


class Guid(uuid.UUID):
    """A globally unique identifier; bytes are in .NET's mixed order."""

    __slots__ = ()
    boxed = True


EMPTY = Guid(int=0)
_DIGITS = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
_NOT_HEX = "Guid string should only contain hexadecimal characters."
_NESTED = re.compile(
    r"\{0[xX]([0-9a-fA-F]{1,8})" + r",0[xX]([0-9a-fA-F]{1,4})" * 2
    + r",\{0[xX]([0-9a-fA-F]{1,2})" + r",0[xX]([0-9a-fA-F]{1,2})" * 7 + r"\}\}\Z"
)  # fmt: skip
_WIDTHS = (8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2)
_BRACKETS = {"N": "", "D": "", "B": "{}", "P": "()", "X": ""}
"""What stands around the digits in each format."""


def _nested(text: str) -> Guid:
    """{0xdddddddd,0xdddd,0xdddd,{0xdd,...}}"""
    match = _NESTED.match("".join(text.split()))
    if match is None:
        raise bad_format("Expected {0xdddddddd, etc}.")
    return Guid("".join(p.zfill(width) for p, width in zip(match.groups(), _WIDTHS, strict=True)))


def _letter(layout: str) -> str:
    letter = layout.upper()
    if letter not in _BRACKETS:
        raise bad_format('Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')
    return letter


def parse_exact(text: str | None, layout: str | None) -> Guid:
    """Guid.ParseExact; throws System.FormatException."""
    if text is None or layout is None:
        raise argument_null("input" if text is None else "format")
    letter, plain = _letter(layout), text.strip()
    if letter == "X":
        return _nested(plain)
    if _BRACKETS[letter]:
        if plain[:1] + plain[-1:] != _BRACKETS[letter]:
            raise bad_format(_DIGITS)
        plain = plain[1:-1]
    pieces, sizes = ([plain], [32]) if letter == "N" else (plain.split("-"), [8, 4, 4, 4, 12])
    if [len(piece) for piece in pieces] != sizes:
        raise bad_format(_DIGITS)
    digits = "".join(pieces)
    if not _HEX.match(digits):
        raise bad_format(_NOT_HEX)
    return Guid(digits)


def parse_guid(text: str | None) -> Guid:
    """Guid.Parse; throws System.FormatException."""
    text = required(text, "input")
    plain = text.strip()
    if not plain:
        raise bad_format("Unrecognized Guid format.")
    if plain.startswith("{0"):
        return _nested(plain) if "," in plain else parse_exact(plain, "B")
    if plain[:1] + plain[-1:] in ("{}", "()"):
        plain = plain[1:-1]
    if _DASHED.match(plain) or (_HEX.match(plain) and plain == text.strip()):
        return Guid(plain)
    raise bad_format(_NOT_HEX if len(plain) == 36 and plain.count("-") == 4 else _DIGITS)


def guid_from_bytes(content: bytearray) -> Guid:
    """new Guid(b)"""
    if len(content) != 16:
        raise argument("Byte array for GUID must be exactly 16 bytes long.", "b")
    return Guid(bytes_le=bytes(content))


@laid_out.register
def format_guid(value: Guid, layout: str | None) -> str:
    """Guid.ToString(format): N, D, B, P or X."""
    letter = _letter(layout or "D")
    if letter == "N":
        return value.hex
    if letter == "X":
        pieces = value.hex
        first, rest = [f"0x{pieces[a:b]}" for a, b in ((0, 8), (8, 12), (12, 16))], pieces[16:]
        last = ",".join(f"0x{rest[at : at + 2]}" for at in range(0, 16, 2))
        return f"{{{','.join(first)},{{{last}}}}}"
    return f"{_BRACKETS[letter][:1]}{value}{_BRACKETS[letter][1:]}"
