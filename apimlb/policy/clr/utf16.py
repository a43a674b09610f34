"""C# counts UTF-16 code units, Python code points: inside expressions a character beyond U+FFFF is two
surrogates."""

import re

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _split(match: re.Match[str]) -> str:
    offset = ord(match[0]) - 0x10000
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


def _join(match: re.Match[str]) -> str:
    pair = match[0]
    return chr(0x10000 + ((ord(pair[0]) - 0xD800) << 10) + ord(pair[1]) - 0xDC00)


def enter(text: str) -> str:
    """Python's text as expressions hold it."""
    return text if text.isascii() else _ASTRAL.sub(_split, text)


def leave(text: str) -> str:
    """An expression's text as Python holds it; half a pair stays as it is."""
    return text if text.isascii() else _PAIR.sub(_join, text)


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
