"""Bytes to requests: what a client may send, and how much of it.

The grammar is llhttp's strict one, which takes no bare line feeds, folded lines, or lengths that contradict
each other. On top of it stands what only a whole head shows: one valid Host, a target that agrees with it,
`chunked` and nothing else as a transfer coding, a version that is spoken here. Whoever cannot be understood
is never half understood: after a refusal nothing more is read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import httptools

from apimlb.http import HOP_BY_HOP, Headers, Request
from apimlb.local.server.wire import NAMES, is_authority, named

_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
_SINGLE = {"content-length", "expect", "host", "transfer-encoding"}
_SPECIAL = HOP_BY_HOP | _SINGLE
_NOT_IN_TARGET = re.compile(rb"[^\x21\x22\x24-\x7e]")
_MOST_HEADERS = 500
_LONGEST_HOST = 300
# The smallest chunk takes six bytes for one of body; an extension may add to that, but not without end.
_BYTES_PER_BODY_BYTE = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may ask of a port: sizes in bytes, times in seconds.

    `head` bounds request line and headers together, also of trailers. A head must be whole within
    `head_seconds`, a body within `body_seconds`; a client that takes nothing of its answer is left after
    `send_seconds`, a connection without a request after `idle_seconds`.
    """

    head: int = 64 * 1024
    body: int = 64 * 1024 * 1024
    head_seconds: float = 20.0
    body_seconds: float = 300.0
    send_seconds: float = 120.0
    # Clients keep connections for minutes, and trip over one that closes just when they use it again.
    idle_seconds: float = 120.0
    linger_seconds: float = 2.0


class Refusal(Exception):
    """Bytes that are no request that can be answered; the connection ends after this status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, whether its connection may go on after it, and whether it came as HTTP/1.0."""

    request: Request
    keep_alive: bool
    old: bool


class Phase(IntEnum):
    IDLE = 0
    HEAD = 1
    BODY = 2


class RequestReader:
    """Fed with what a connection brings; hands each whole request to `take`.

    `expects` is true while a client waits for `100 Continue` before it sends its body.
    """

    def __init__(self, take: Callable[[Asked], None], limits: Limits, scheme: str, client: str) -> None:
        self.phase = Phase.IDLE
        self.expects = False
        self._take = take
        self._limits = limits
        self._scheme = scheme
        self._client = client
        self._ended = False
        self._parser = httptools.HttpRequestParser(self)
        self._raw = 0
        self.on_message_begin()
        self.phase = Phase.IDLE

    def feed(self, data: bytes) -> None:
        """Read on; raises `Refusal`, after which (as after a request that ends its connection) nothing that
        follows is read."""
        if self._ended:
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
            self._weigh()
        except Refusal:
            self._ended = True
            raise
        except httptools.HttpParserUpgrade:
            self._ended = True
        except httptools.HttpParserError as error:
            if self._has_ended():
                return
            self._ended = True
            if isinstance(error.__context__, Refusal):
                raise error.__context__ from None
            raise Refusal(400, f"{error}.") from None

    def on_message_begin(self) -> None:
        self.phase = Phase.HEAD
        self._size = 0
        self._target = b""
        self._items: list[tuple[str, str, str]] = []
        self._special: dict[str, str] = {}
        self._body: list[bytes] = []
        self._length = 0
        self._request: Request | None = None

    def on_url(self, target: bytes) -> None:
        self._target += target
        self._count(len(target))

    def on_header(self, name: bytes, value: bytes | None) -> None:
        value = value or b""
        self._count(len(name) + len(value) + 4)
        if self.phase is Phase.BODY:
            return  # a trailer: nobody here asks for one (RFC 9110, 6.5.1, lets it be dropped)
        lower, text = NAMES.get(name) or named(name)
        decoded = value.decode("latin-1")
        self._items.append((lower, text, decoded))
        if lower in _SPECIAL:
            self._note(lower, decoded)
        elif len(self._items) > _MOST_HEADERS:
            raise Refusal(431, f"More than {_MOST_HEADERS} headers.")

    def on_headers_complete(self) -> None:
        version = self._parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise Refusal(505, f"HTTP/{version} is not spoken here.")
        method = self._parser.get_method().decode("latin-1")
        if method not in _METHODS:
            raise Refusal(501, f"The method {method} is not known here.")
        url = self._url(version)
        if self._special:
            self._check_framing(version)
        self._request = Request(method, url, Headers.parsed(self._items), b"", self._client)
        self.phase = Phase.BODY

    def on_body(self, data: bytes) -> None:
        self.expects = False
        self._body.append(data)
        self._length += len(data)
        if self._length > self._limits.body:
            raise Refusal(413, f"The body is larger than {self._limits.body} bytes.")

    def on_message_complete(self) -> None:
        request, self._request = self._request, None
        assert request is not None, "a message ends after its head"
        request.body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        keep_alive = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        old = self._parser.get_http_version() == "1.0"
        self._raw = 0
        self._body = []
        self.phase = Phase.IDLE
        self.expects = False
        self._ended = not keep_alive
        self._take(Asked(request, keep_alive, old))

    def _has_ended(self) -> bool:
        return self._ended

    def _weigh(self) -> None:
        """A head or framing without end must not be read without end, however it is cut."""
        if self.phase is not Phase.BODY:
            if self._raw > self._limits.head:
                raise Refusal(431, f"The head is larger than {self._limits.head} bytes.")
        elif self._raw > self._limits.head * 2 + _BYTES_PER_BODY_BYTE * self._length:
            raise Refusal(400, "More framing than body.")

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > self._limits.head:
            raise Refusal(431, f"The head is larger than {self._limits.head} bytes.")

    def _note(self, lower: str, value: str) -> None:
        if lower in self._special and lower in _SINGLE:
            raise Refusal(400, f"More than one {lower} header.")
        before = self._special.get(lower)
        self._special[lower] = value if before is None else f"{before},{value}"

    def _url(self, version: str) -> str:
        """The absolute URL, from the target and the Host header, which must agree where both name a host."""
        host = self._special.get("host")
        if host is None and version == "1.1":
            raise Refusal(400, "There is no Host header.")
        if host is not None and (len(host) > _LONGEST_HOST or not is_authority(host)):
            raise Refusal(400, "The Host header is no host.")
        target = self._target
        if _NOT_IN_TARGET.search(target):
            raise Refusal(400, "The target is no URL.")
        text = target.decode("ascii")
        if text[0] == "/":
            return f"{self._scheme}://{host or 'localhost'}{text}"
        prefix = f"{self._scheme}://{host or 'localhost'}"
        if text[: len(prefix)].lower() != prefix.lower() or text[len(prefix) : len(prefix) + 1] not in (
            *("/", "?", ""),
        ):
            raise Refusal(400, "The target does not agree with the Host header.")
        rest = text[len(prefix) :]
        return prefix + (rest if rest.startswith("/") else f"/{rest}")

    def _check_framing(self, version: str) -> None:
        special = self._special
        coding = special.get("transfer-encoding")
        if coding is not None and (version != "1.1" or coding.strip().lower() != "chunked"):
            raise Refusal(400, "The only transfer coding is chunked, in HTTP/1.1.")
        if "expect" in special:
            if special["expect"].strip().lower() != "100-continue":
                raise Refusal(417, "The only expectation is 100-continue.")
            length = special.get("content-length", "0").strip()
            self.expects = version == "1.1" and (coding is not None or length != "0")
        declared = special.get("content-length")
        if declared is not None and int(declared) > self._limits.body:
            raise Refusal(413, f"The body is larger than {self._limits.body} bytes.")
        if not HOP_BY_HOP.isdisjoint(special):
            self._drop_hop_by_hop(special.get("connection", ""))

    def _drop_hop_by_hop(self, connection: str) -> None:
        """Leave out the headers of this connection, and what Connection names: but nobody may name away what
        says whom the request is for and how long it is."""
        named = {name.strip().lower() for name in connection.split(",")} - _SINGLE
        dropped = HOP_BY_HOP | named
        self._items = [item for item in self._items if item[0] not in dropped]
