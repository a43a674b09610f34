"""What goes over a connection beside bodies: heads, chunks, and which headers belong to the connection.

RFC 9110 (semantics) and RFC 9112 (HTTP/1.1).
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from apimlb.http import Headers

NAMES: dict[bytes, tuple[str, str]] = {}
"""What `named` said of the usual names."""

_KEPT_NAMES = 1024

LAST_CHUNK = b"0\r\n\r\n"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_AUTHORITY = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::[0-9]{1,5})?")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


def header_lines(headers: Headers, dropped: frozenset[str]) -> str:
    """The headers but those in `dropped`, each with its line end. A value cannot end its line, and a name
    that is none is left out, for a receiver could read another message into it."""
    kept = [
        f"{name}: {value}\r\n"
        for lower, name, value in headers.parts
        if lower not in dropped and is_token(name)
    ]
    lines = "".join(kept)
    if lines.count("\n") != len(kept) or lines.count("\r") != len(kept) or "\0" in lines:
        lines = "".join([_UNSAFE.sub(" ", line[:-2]) + "\r\n" for line in kept])
    return lines


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@lru_cache(1024)
def phrase(reason: str) -> str:
    """A reason phrase that can neither end its line nor break it."""
    return " ".join(_UNSAFE.sub(" ", reason).split())


@lru_cache(1024)
def is_token(text: str) -> bool:
    """Whether `text` may name a header."""
    return _TOKEN.fullmatch(text) is not None


@lru_cache(1024)
def is_authority(text: str) -> bool:
    """Whether `text` is a host, with or without a port, as a Host header has it."""
    if _AUTHORITY.fullmatch(text) is None:
        return False
    try:
        parts = urlsplit(f"//{text}")
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def named(name: bytes) -> tuple[str, str]:
    """A header's name in lower case and as it came."""
    text = name.decode("latin-1")
    pair = (text.lower(), text)
    if len(NAMES) < _KEPT_NAMES and len(name) < 64:
        NAMES[name] = pair
    return pair
