"""URL templates of operations, such as `/deployments/{deployment-id}/chat/*`, and the table that they make.

Literal parts compare without regard to case. Where several templates fit, the most literal one wins, decided
from the left: no Microsoft page says so, but only then can a wildcard operation stand beside others.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

T = TypeVar("T")

_PARAMETER = re.compile(r"\{(\*?)([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; `rank` sorts the more literal one first."""

    text: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    rank: tuple[int, ...]

    def match(self, path: str, query: Mapping[str, str]) -> dict[str, str] | None:
        """The values of the parameters, decoded; None when the path or a part of the query does not fit."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        values = {name: unquote(value) for name, value in zip(self.names, found.groups(), strict=True)}
        for name, wanted in self.query:
            value = query.get(name)
            parameter = _PARAMETER.fullmatch(wanted)
            if value is None or (parameter is None and value != wanted):
                return None
            if parameter is not None:
                values[parameter[2]] = value
        return values


@dataclass(frozen=True, slots=True)
class Route(Generic[T]):
    """What stands behind a method and a template."""

    method: str
    template: Template
    target: T


class RouteTable(Generic[T]):
    """Routes by method, most literal first."""

    def __init__(self, routes: Iterable[Route[T]]) -> None:
        self._by_method: dict[str, list[Route[T]]] = {}
        for route in sorted(routes, key=lambda route: route.template.rank):
            self._by_method.setdefault(route.method.upper(), []).append(route)

    def find(self, method: str, path: str, query: Mapping[str, str]) -> tuple[T, dict[str, str]] | None:
        """The target for a request and the values of its template's parameters."""
        for route in self._by_method.get(method.upper(), []):
            values = route.template.match(path, query)
            if values is not None:
                return route.target, values
        return None

    def methods(self, path: str, query: Mapping[str, str]) -> list[str]:
        """The methods that know this path."""
        return [method for method in self._by_method if self.find(method, path, query) is not None]


def compile_template(text: str) -> Template:
    """Read `operations.properties.urlTemplate`.

    `{name}` is a part of one segment, `/*` or `{*name}` at the end all that is left; `?name={name}` asks for
    a query parameter.
    """
    path, _, query = text.partition("?")
    segments = path.strip("/").split("/") if path.strip("/") else []
    names: list[str] = []
    pattern, rank = "", list[int]()
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        piece, weight = _segment(segment, names, last=last)
        pattern += piece
        rank.append(weight)
    wanted = [part.partition("=") for part in query.split("&") if part]
    # A longer template and one that asks for more of the query are the more literal ones.
    ranked = (*rank, _END, -len(wanted))
    compiled = re.compile(pattern or "/?", re.IGNORECASE | re.DOTALL)
    return Template(text, compiled, tuple(names), tuple((name, value) for name, _, value in wanted), ranked)


_LITERAL, _MIXED, _WHOLE, _END, _REST = range(5)


def _segment(segment: str, names: list[str], *, last: bool) -> tuple[str, int]:
    """A segment's pattern with its slash, and how far it is from literal; `names` takes the parameters.

    A parameter ends where the text after it first stands, and is not tried any longer: if the rest fits
    anywhere, it fits after that place too, and trying all places would take a power of the length.
    """
    if last and segment == "*":
        return "(?:/.*)?", _REST
    whole = _PARAMETER.fullmatch(segment)
    if whole is not None and whole[1] and last:
        names.append(whole[2])
        return "(?:/(.*))?", _REST
    texts = [re.escape(text) for text in _PARAMETER.split(segment)[::3]]
    found = [name for _, name in _PARAMETER.findall(segment)]
    names += found
    if not found:
        return f"/{texts[0]}", _LITERAL
    pattern = "".join(f"(?>([^/]+?){text})" for text in texts[1:-1])
    return f"/{texts[0]}{pattern}([^/]+?){texts[-1]}", _MIXED if whole is None else _WHOLE
