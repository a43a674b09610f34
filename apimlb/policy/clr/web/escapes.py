"""Escapes of URIs: taken away, put in, and as Uri shows them."""

import re
from collections.abc import Callable
from urllib.parse import quote

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.utf16 import enter, whole

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_RESERVED = ";/?:@&=+$,#[]!'()*"
_STAYING = _RESERVED + "%\\\x7f" + "".join(map(chr, range(0x20)))
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2})|)")
BYTE = re.compile(r"%[0-9A-Fa-f]{2}")
_NEXT = "%[89AB][0-9A-F]"
_CHARACTER = re.compile(
    rf"%(?!EF%BF%BD)(?:C[2-9A-F]|D[0-9A-F]|(?:E0(?=%[AB])|ED(?=%[89])|E[1-9A-CEF]){_NEXT}"
    rf"|(?:F0(?=%[9AB])|F4(?=%8)|F[1-3]){_NEXT}{_NEXT}){_NEXT}",
    re.IGNORECASE,
)
"""The escapes of a character beyond ASCII in UTF-8, but for U+FFFD, which counts as no UTF-8."""


def decoded(text: str) -> str:
    """The text without escapes of unreserved characters, its percent signs that escape nothing escaped."""

    def plain(found: re.Match[str]) -> str:
        if not found[1]:
            return "%25"
        char = chr(int(found[1], 16))
        return char if char in _UNRESERVED else found[0]

    if not text.isascii():
        text = enter(whole(text)).replace("\ufffd", "%EF%BF%BD")
    BUDGET.spend(text.count("%"))
    return _ESCAPE.sub(plain, text) if "%" in text else text


def _rewritten(text: str, write: Callable[[re.Match[str]], str]) -> str:
    """The text with what `write` makes of the escapes of each character beyond ASCII."""
    if "%" not in text:
        return text
    BUDGET.spend(2 * len(BYTE.findall(text)))
    return _CHARACTER.sub(write, text)


def escaped(text: str) -> str:
    """As AbsoluteUri writes it; escapes of whole characters beyond ASCII are in upper case."""
    text = _rewritten(text, lambda found: found[0].upper())
    return quote(whole(text), safe=_RESERVED + "-._~%")


def shown(text: str, *, relative: bool = False) -> str:
    """As ToString shows it: escapes of reserved and control characters stay, and those of bytes that
    are no UTF-8, which are in upper case but in a relative URI."""
    text = _rewritten(text, _character)
    return BYTE.sub(lambda found: _plain(found[0], _STAYING, relative), text)


def unescaped(text: str) -> str:
    """The text without escapes; those of bytes that are no UTF-8 stay."""
    return BYTE.sub(lambda found: _plain(found[0]), _rewritten(text, _character))


def _character(found: re.Match[str]) -> str:
    return enter(bytes.fromhex(found[0].replace("%", "")).decode())


def _plain(escape: str, staying: str = "", relative: bool = False) -> str:
    """The character of the escape of a byte, where it is ASCII and does not stay."""
    code = int(escape[1:], 16)
    if code >= 0x80:
        return escape if relative else escape.upper()
    return escape if chr(code) in staying else chr(code)
