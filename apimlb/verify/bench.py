"""What a question is asked at: a gateway that policies can be written to and that can be called."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from apimlb.clock import Clock
from apimlb.http import Headers
from apimlb.numerals import is_digits

Json = dict[str, Any]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, its body read, and the seconds that it took."""

    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    seconds: float = 0.0

    def told(self, name: str) -> str:
        """A header's text, empty where it has none."""
        return self.headers.get(name) or ""

    def number(self, name: str) -> int | None:
        """A header's whole number, `None` where it has none."""
        text = self.told(name).strip()
        return int(text) if is_digits(text.removeprefix("-")) else None


class Bench(Protocol):
    """A gateway to work at; `origin` is its URL, `clock` the time by which it is waited for."""

    clock: Clock
    origin: str

    async def write(self, path: str, body: Json) -> None:
        """PUT what stands at `path` below the gateway's service; raises `CloudError` for what is refused."""
        ...

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Heard:
        """The answer; raises `UnreachableError` when none comes."""
        ...

    async def together(self, works: Sequence[Awaitable[Value]]) -> list[Value]:
        """The outcomes of all of them, done at once."""
        ...
