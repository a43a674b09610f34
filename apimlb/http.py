"""The one shape in which a request is asked and answered: client, gateway, planes and fakes alike."""

import math
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

Body = bytes | AsyncIterator[bytes]

_LONGEST_KEPT = 2048
"""Characters of a query whose parameters are remembered: ever longer ones must not fill the memory."""

BODILESS = frozenset((204, 304))
"""Statuses whose responses have no body."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection (RFC 9110, 7.6.1), in lower case."""


class Headers:
    """An ordered multi-map whose names ignore case and keep the case they were given in.

    `parts` are (name in lower case, name, value) of each, to be read alone.
    """

    __slots__ = ("parts",)

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self.parts = [(name.lower(), name, value) for name, value in items]

    @classmethod
    def parsed(cls, items: list[tuple[str, str, str]]) -> "Headers":
        """Headers of (name in lower case, name, value); the list is kept, not copied."""
        made = cls.__new__(cls)
        made.parts = items
        return made

    def get(self, name: str, default: str | None = None) -> str | None:
        """The values under `name` joined by a comma, as HTTP allows; `default` when there is none."""
        wanted = name.lower()
        found: str | None = None
        for lower, _, value in self.parts:
            if lower == wanted:
                found = value if found is None else f"{found},{value}"
        return default if found is None else found

    def get_all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for lower, _, value in self.parts if lower == wanted]

    def grouped(self) -> list[tuple[str, list[str]]]:
        """Each name once, as it was given first, with all of its values."""
        found: dict[str, tuple[str, list[str]]] = {}
        for lower, name, value in self.parts:
            found.setdefault(lower, (name, []))[1].append(value)
        return [*found.values()]

    def set(self, name: str, *values: str) -> None:
        """Replace whatever stands under `name`, in its first place; no values removes it."""
        wanted = name.lower()
        items = self.parts
        made = [(wanted, name, value) for value in values]
        places = [place for place, item in enumerate(items) if item[0] == wanted]
        if not places:
            items += made
            return
        for place in reversed(places[1:]):
            del items[place]
        items[places[0] : places[0] + 1] = made

    def add(self, name: str, value: str) -> None:
        self.parts.append((name.lower(), name, value))

    def remove(self, name: str) -> None:
        wanted = name.lower()
        self.parts = [item for item in self.parts if item[0] != wanted]

    def drop(self, names: Collection[str]) -> None:
        """Remove what stands under any of `names`, which are in lower case."""
        self.parts = [item for item in self.parts if item[0] not in names]

    def copy(self) -> "Headers":
        return Headers.parsed(self.parts.copy())

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        wanted = name.lower()
        for lower, _, _ in self.parts:  # noqa: SIM110 (a generator costs more than the whole loop)
            if lower == wanted:
                return True
        return False

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, value) for _, name, value in self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Headers):
            return NotImplemented
        return [(a, c) for a, _, c in self.parts] == [(a, c) for a, _, c in other.parts]

    def __repr__(self) -> str:
        return f"Headers({list(self)!r})"


@dataclass(slots=True)
class Request:
    """One HTTP request; `url` is absolute and `body` is whole."""

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    client: str = "127.0.0.1"

    @property
    def host(self) -> str:
        """The host name, without port, in lower case."""
        return _host(urlsplit(self.url).netloc)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last."""
        text = urlsplit(self.url).query
        return dict(_parameters(text) if len(text) <= _LONGEST_KEPT else _read_parameters(text))


@dataclass(slots=True, init=False)
class Response:
    """One HTTP response; `body` is bytes, or chunks as they come (a stream that is read once). Without a
    `reason` it has its status's own."""

    status: int
    headers: Headers
    body: Body
    reason: str

    def __init__(
        self, status: int, headers: Headers | None = None, body: Body = b"", reason: str = ""
    ) -> None:
        self.status = status
        self.headers = Headers() if headers is None else headers
        self.body = body
        self.reason = reason or reason_phrase(status)


def last_segment(path: str) -> str:
    """What stands behind the last slash of a path or of a resource's id: its name."""
    return path.rpartition("/")[2]


def is_url(text: str) -> bool:
    """Whether `text` is an http or https URL that somebody could be asked at."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


class Transport(Protocol):
    """Whatever answers a request."""

    async def send(self, request: Request) -> Response:
        """Answer; raises `ConnectionError` when the other side cannot be reached, `TimeoutError` when it
        does not answer in time."""
        ...


@lru_cache(1024)
def _host(netloc: str) -> str:
    return urlsplit(f"//{netloc}").hostname or ""


def _read_parameters(query: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(query, keep_blank_values=True))


_parameters = lru_cache(1024)(_read_parameters)


@lru_cache(1024)
def below(base: str, path: str) -> str:
    """The URL of a path with its query below a base URL, which may end with the path already."""
    place, mark, query = path.partition("?")
    start = base.rstrip("/")
    return (start if start.endswith(place) else f"{start}{place}") + mark + query


def reason_phrase(status: int) -> str:
    """HTTP's own phrase for a status, empty for one that HTTP does not know."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


async def read(response: Response, most: float = math.inf) -> bytes:
    """The whole body; a stream is read to its end and replaced by what it held, and closed where that fails,
    where nobody waits for it any longer, and once more than `most` bytes are there."""
    if isinstance(response.body, bytes):
        return response.body
    chunks: list[bytes] = []
    try:
        async for chunk in response.body:
            chunks.append(chunk)
            most -= len(chunk)
            if most < 0:
                await close(response)
                break
    except GeneratorExit:  # who is thrown away while waiting can wait for nothing more
        raise
    except BaseException:
        await close(response)
        raise
    response.body = b"".join(chunks)
    return response.body


class RelayedStream:
    """A streamed body that comes from another one.

    A class and not a generator: closing a generator that nobody has begun to read would not close the body.
    """

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._body)

    async def aclose(self) -> None:
        await close_body(self._body)


async def close(response: Response) -> None:
    """Let go of a body that nobody will read, so that whoever sends it stops."""
    await close_body(response.body)


async def close_body(body: Body) -> None:
    aclose = getattr(body, "aclose", None)
    if aclose is not None:
        await aclose()
