"""C# counts UTF-16 code units, Python code points: inside expressions a character beyond U+FFFF is two
surrogates."""

import re

from apimlb.policy.clr.budget import BUDGET, charge_looked_at

_HALF = re.compile("[\ud800-\udfff]")


def enter(text: str) -> str:
    """Python's text as expressions hold it."""
    if text.isascii():
        return text
    charge_looked_at(text)
    units = text.encode("utf-16-le", "surrogatepass")
    pairs = len(units) // 2 - len(text)
    if not pairs:
        return text
    BUDGET.spend(pairs)  # Python takes long over each half
    points = bytearray(2 * len(units))
    points[0::4], points[1::4] = units[0::2], units[1::2]
    return points.decode("utf-32-le", "surrogatepass")


def leave(text: str) -> str:
    """An expression's text as Python holds it. A surrogate without its other half stays."""
    if text.isascii():
        return text
    charge_looked_at(text)
    halves = len(_HALF.findall(text))
    if not halves:
        return text
    BUDGET.spend(halves)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def whole(text: str) -> str:
    """An expression's text as Python holds it; half a surrogate pair becomes U+FFFD."""
    return text if text.isascii() else _HALF.sub("\ufffd", leave(text))


def encode(text: str) -> bytes:
    """UTF-8 as .NET writes it."""
    return whole(text).encode()


def decode(content: bytes | bytearray) -> str:
    """UTF-8 as .NET reads it: what is not UTF-8 becomes U+FFFD."""
    return enter(content.decode("utf-8", "replace"))
