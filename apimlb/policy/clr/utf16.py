"""C# counts UTF-16 code units, Python code points: inside expressions a character beyond U+FFFF is two
surrogates."""

import re

from apimlb.policy.clr.budget import BUDGET

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def _split(match: re.Match[str]) -> str:
    offset = ord(match[0]) - 0x10000
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


def enter(text: str) -> str:
    """Python's text as expressions hold it."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    BUDGET.spend(len(text) >> 2)
    split = _ASTRAL.sub(_split, text)
    BUDGET.spend((len(split) - len(text)) >> 1)  # each pair is made by a call
    return split


def leave(text: str) -> str:
    """An expression's text as Python holds it; half a pair stays as it is."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


_HALF = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """An expression's text as Python holds it; half a surrogate pair becomes U+FFFD."""
    return text if text.isascii() else _HALF.sub("\ufffd", leave(text))


def encode(text: str) -> bytes:
    """UTF-8 as .NET writes it."""
    return whole(text).encode()


def decode(content: bytes | bytearray) -> str:
    """UTF-8 as .NET reads it: what is not UTF-8 becomes U+FFFD."""
    return enter(content.decode("utf-8", "replace"))
