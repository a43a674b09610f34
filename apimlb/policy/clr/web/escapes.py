"""Escapes of URIs: taken away, put in, and as Uri shows them."""

import re
from urllib.parse import quote

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.utf16 import enter, whole

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_RESERVED = ";/?:@&=+$,#[]!'()*"
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2})|)")
_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


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


def escaped(text: str) -> str:
    """As AbsoluteUri writes it; escapes of whole characters beyond ASCII are in upper case."""

    def upper(found: re.Match[str]) -> str:
        return "".join(each if _is_loose(each) else quote(each) for each in _pieces(found[0]))

    if "%" in text:
        text = _RUN.sub(upper, text)
    return quote(whole(text), safe=_RESERVED + "-._~%")


def _is_loose(piece: str) -> bool:
    """Whether a piece of a run of escapes is still an escape: of ASCII, or of bytes that are no UTF-8."""
    return piece[0] == "%"


def _pieces(run: str) -> list[str]:
    """A run of escapes: characters beyond ASCII as they are, all else as it was escaped."""
    content, made, at = bytes.fromhex(run.replace("%", "")), [], 0
    BUDGET.spend(2 * len(content))
    while at < len(content):
        first = content[at]
        size = 1 if first < 0xC2 or first > 0xF4 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        try:
            char = content[at : at + size].decode().strip("\ufffd") if size > 1 else ""
        except UnicodeDecodeError:
            char = ""
        size = size if char else 1
        made.append(char or run[3 * at : 3 * at + 3])
        at += size
    return made


def shown(text: str, *, relative: bool = False) -> str:
    """As ToString shows it: escapes of reserved and control characters stay, and those of bytes that
    are no UTF-8, which are in upper case but in a relative URI."""

    def plain(found: re.Match[str]) -> str:
        return "".join(_plain(piece, relative) for piece in _pieces(found[0]))

    return _RUN.sub(plain, text) if "%" in text else text


def _plain(piece: str, relative: bool) -> str:
    if not _is_loose(piece):
        return enter(piece)
    code = int(piece[1:], 16)
    if code >= 0x80:
        return piece if relative else piece.upper()
    char = chr(code)
    return piece if char in _RESERVED + "%\\" or code < 0x20 or code == 0x7F else char


def unescaped(text: str) -> str:
    """The text without escapes; those of bytes that are no UTF-8 stay."""

    def whole_piece(piece: str) -> str:
        if not _is_loose(piece):
            return enter(piece)
        code = int(piece[1:], 16)
        return piece.upper() if code >= 0x80 else chr(code)

    def plain(found: re.Match[str]) -> str:
        return "".join(map(whole_piece, _pieces(found[0])))

    return _RUN.sub(plain, text) if "%" in text else text


def escape_data(text: str) -> str:
    """Uri.EscapeDataString"""
    return quote(text, safe="-._~")
