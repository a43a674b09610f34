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


def _rewritten(text: str, write: Callable[[str], str]) -> str:
    """The text with what `write` makes of each piece of its escapes."""
    if "%" not in text:
        return text
    return _RUN.sub(lambda found: "".join(map(write, _pieces(found[0]))), text)


def escaped(text: str) -> str:
    """As AbsoluteUri writes it; escapes of whole characters beyond ASCII are in upper case."""
    text = _rewritten(text, lambda piece: piece if _is_loose(piece) else quote(piece))
    return quote(whole(text), safe=_RESERVED + "-._~%")


def _is_loose(piece: str) -> bool:
    """Whether a piece of a run of escapes is still an escape: of ASCII, or of bytes that are no UTF-8."""
    return piece[0] == "%"


def _pieces(run: str) -> list[str]:
    """A run of escapes: characters beyond ASCII as they are, all else as it was escaped."""
    content = bytes.fromhex(run.replace("%", ""))
    BUDGET.spend(2 * len(content))
    made: list[str] = []
    at = 0
    for char in content.decode("utf-8", "surrogateescape"):
        end = at + 3 * len(char.encode("utf-8", "surrogateescape"))
        whole_char = end > at + 3 and char != "\ufffd"
        made += [char] if whole_char else [run[place : place + 3] for place in range(at, end, 3)]
        at = end
    return made


def shown(text: str, *, relative: bool = False) -> str:
    """As ToString shows it: escapes of reserved and control characters stay, and those of bytes that
    are no UTF-8, which are in upper case but in a relative URI."""
    return _rewritten(text, lambda piece: _plain(piece, _STAYING, relative))


def unescaped(text: str) -> str:
    """The text without escapes; those of bytes that are no UTF-8 stay."""
    return _rewritten(text, _plain)


def _plain(piece: str, staying: str = "", relative: bool = False) -> str:
    if not _is_loose(piece):
        return enter(piece)
    code = int(piece[1:], 16)
    if code >= 0x80:
        return piece if relative else piece.upper()
    return piece if chr(code) in staying else chr(code)
