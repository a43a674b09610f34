"""C# counts UTF-16 code units, Python code points: inside expressions a character beyond U+FFFF is two
surrogates."""

import re

from apimlb.policy.clr.budget import BUDGET, SMALL

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def _split(text: str) -> str:
    """Each character as its UTF-16 code units: they are made whole code points, two bytes wider each."""
    units = text.encode("utf-16-le", "surrogatepass")
    points = bytearray(2 * len(units))
    points[0::4], points[1::4] = units[0::2], units[1::2]
    return points.decode("utf-32-le", "surrogatepass")


def enter(text: str) -> str:
    """Python's text as expressions hold it."""
    if text.isascii():
        return text
    if len(text) > SMALL:
        BUDGET.spend(len(text) >> 6)
    if _ASTRAL.search(text) is None:
        return text
    BUDGET.spend(len(text) >> 5)
    return _split(text)


def leave(text: str) -> str:
    """An expression's text as Python holds it; half a pair stays as it is."""
    if text.isascii():
        return text
    if len(text) > SMALL:
        BUDGET.spend(len(text) >> 6)
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
