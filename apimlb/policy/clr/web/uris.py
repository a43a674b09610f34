"""System.Uri, as far as policies use it: absolute http(s)-like URIs and relative ones."""

import re
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from apimlb.policy.clr.exceptions import ClrException, invalid_operation, required
from apimlb.policy.clr.utf16 import whole

_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}
_RESERVED = ";/?:@&=+$,#[]!'()*-._~%"


class Uri:
    """`text` as given; `absolute` the canonical form of an absolute URI, else None."""

    __slots__ = ("absolute", "parts", "text")
    clr_name = "System.Uri"

    def __init__(self, text: str) -> None:
        self.text = text
        self.absolute: str | None = None
        self.parts = _split(text)
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
            self.absolute = _canonical(text)
            self.parts = _split(self.absolute)

    @property
    def scheme(self) -> str:
        return self.parts.scheme

    @property
    def host(self) -> str:
        host = self.parts.hostname or ""
        return f"[{host}]" if ":" in host else host

    @property
    def port(self) -> int:
        return self.parts.port or _PORTS.get(self.scheme, -1)

    @property
    def is_default_port(self) -> bool:
        return self.port == _PORTS.get(self.scheme, -1)

    @property
    def authority(self) -> str:
        return self.host if self.is_default_port else f"{self.host}:{self.port}"

    @property
    def query(self) -> str:
        return f"?{self.parts.query}" if "?" in (self.absolute or "").partition("#")[0] else ""

    @property
    def fragment(self) -> str:
        return f"#{self.parts.fragment}" if "#" in (self.absolute or "") else ""

    def _identity(self) -> str:
        """What equality looks at: neither the user nor the fragment."""
        if self.absolute is None:
            return self.text
        return f"{self.scheme}://{self.authority}{self.parts.path}{self.query}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Uri) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return self._identity()

    def __str__(self) -> str:
        if self.absolute is None:
            return self.text
        return re.sub(r"(?:%[0-9A-Fa-f]{2})+", _shown, self.absolute)


def _shown(match: re.Match[str]) -> str:
    """Uri.ToString() shows escaped characters plainly, but for reserved ones."""
    decoded = unquote(match[0])
    if "�" in decoded or any(c in _RESERVED or ord(c) < 0x20 for c in decoded):
        return match[0]
    return decoded


_NO_HOST = "Invalid URI: The hostname could not be parsed."


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:  # of brackets
        raise bad_uri(_NO_HOST) from None


def _canonical(text: str) -> str:
    try:
        parts = _split(text.strip())
        port = parts.port
    except ValueError:
        raise bad_uri("Invalid URI: Invalid port specified.") from None
    if not parts.netloc:
        if parts.scheme.lower() in _PORTS:
            raise bad_uri(_NO_HOST)
        return text
    host = parts.hostname or ""
    if not host or " " in host:
        raise bad_uri(_NO_HOST)
    host = f"[{host}]" if ":" in host else host
    user = parts.netloc.rpartition("@")[0]
    scheme = parts.scheme.lower()
    place = host if port is None or port == _PORTS.get(scheme) else f"{host}:{port}"
    path = _without_dots(parts.path or "/")
    before, hash_mark, _ = text.partition("#")
    query = f"?{_escaped(parts.query)}" if "?" in before else ""
    fragment = f"#{_escaped(parts.fragment)}" if hash_mark else ""
    return f"{scheme}://{f'{user}@' if user else ''}{place}{_escaped(path)}{query}{fragment}"


def _without_dots(path: str) -> str:
    """The path with `.` and `..` followed (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    pieces = path.split("/")
    for piece in pieces[1:]:
        if piece == "..":
            del kept[-1:]
        elif piece != ".":
            kept.append(piece)
    if pieces[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str) -> str:
    return quote(whole(text), safe=_RESERVED)


def bad_uri(message: str) -> ClrException:
    return ClrException("System.UriFormatException", message)


def make_uri(text: str | None, relative: bool = False) -> Uri:
    """`new Uri(text)`; throws System.UriFormatException for what is not absolute, unless `relative`."""
    text = required(text, "uriString")
    made = Uri(text)
    if made.absolute is None and not relative:
        if not text.strip():
            raise bad_uri("Invalid URI: The URI is empty.")
        if ":" in re.split(r"[/\\?#]", text)[0]:
            raise bad_uri("Invalid URI: The URI scheme is not valid.")
        raise bad_uri("Invalid URI: The format of the URI could not be determined.")
    return made


def join_uri(start: Uri, rest: str) -> Uri:
    if start.absolute is None:
        raise invalid_operation("This operation is not supported for a relative URI.")
    try:
        return Uri(urljoin(start.absolute, rest))
    except ValueError:  # of brackets
        raise bad_uri(_NO_HOST) from None


def absolute_of(uri: Uri) -> str:
    """AbsoluteUri; throws System.InvalidOperationException for a relative URI."""
    if uri.absolute is None:
        raise invalid_operation("This operation is not supported for a relative URI.")
    return uri.absolute


def escape_data(text: str) -> str:
    """Uri.EscapeDataString"""
    return quote(text, safe="-._~")
