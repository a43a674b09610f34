"""From method and path to the handler: a table of path patterns, as ARM's own documentation writes them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from apimlb.local.arm.call import Call, Handler
from apimlb.local.arm.errors import GATEWAY, ArmError

GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
SUBSCRIPTION = "/subscriptions/{subscription}"

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Two requests with the same `key` do not run at once: the second is refused with `refusal()`.

    `seconds` is how long the request takes in Azure.
    """

    key: str
    seconds: float
    refusal: Callable[[], ArmError]


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path. `{name}` is one segment, `{name*}` any number of them.

    `checked` is False where Azure asks for no role; `exclusive` says what may not run beside it.
    """

    method: str
    pattern: str
    handler: Handler
    checked: bool = True
    exclusive: Callable[[Call], Exclusion] | None = None

    @property
    def action(self) -> str:
        """The operation as role definitions name it: "Microsoft.X/type/write"."""
        words = [word for word in re.sub(r"\{[^}]*\}", "", self._typed()).split("/") if word]
        if self.method == "POST":
            return "/".join([*words, "action"])
        return "/".join([*words, _VERBS[self.method]])

    def _typed(self) -> str:
        """The pattern from the provider on; subscriptions and groups belong to Microsoft.Resources."""
        _, marker, tail = self.pattern.rpartition("/providers/")
        return tail if marker else "Microsoft.Resources" + self.pattern


@dataclass(frozen=True, slots=True)
class Match:
    route: Route
    names: dict[str, str]
    id: str


class Routes:
    """The table, ready to be searched."""

    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=lambda route: _weight(route.pattern), reverse=True)
        self._rows = [(route, _expression(route.pattern)) for route in ordered]

    def find(self, method: str, path: str, api_version: str) -> Match:
        """The route for a request; whether something is there is asked as it is asked for.

        Raises `ArmError`: for what Azure has and this one does not, 501 and what it is.
        """
        path = "/" + path.strip("/")
        others: dict[str, Match] = {}
        for route, expression in self._rows:
            found = expression.fullmatch(path)
            if found is None:
                continue
            names = found.groupdict()
            match = Match(route, names, _spelled(route.pattern, names))
            if route.method == method:
                return match
            others.setdefault(route.method, match)
        if method == "HEAD" and "GET" in others:
            return others["GET"]
        if others:
            text = f"The requested resource does not support http method '{method}'."
            raise ArmError(405, "UnsupportedHttpMethod", text)
        raise self._unknown(path, api_version)

    def _unknown(self, path: str, api_version: str) -> ArmError:
        _, marker, tail = path.rpartition("/providers/")
        namespace, _, rest = tail.partition("/")
        if not marker:
            return ArmError(404, "InvalidRequestUri", f"No resource is at '{path}'.", headers=GATEWAY)
        type_path = "/".join(rest.split("/")[::2])
        return ArmError(
            501,
            "NotImplemented",
            f"The local Azure does not have '{namespace}/{type_path}' (api-version '{api_version}').",
        )


def crud(
    pattern: str,
    *,
    get: Handler | None = None,
    put: Handler | None = None,
    patch: Handler | None = None,
    delete: Handler | None = None,
    head: Handler | None = None,
    listed: Handler | None = None,
    posts: Mapping[str, Handler] | None = None,
    exclusive: Callable[[Call], Exclusion] | None = None,
) -> tuple[Route, ...]:
    """The routes of one resource type: its verbs, the list at the collection, and its POST actions."""
    verbs = {"GET": get, "PUT": put, "PATCH": patch, "DELETE": delete, "HEAD": head}
    writes = ("PUT", "PATCH", "DELETE")
    rows = [
        Route(method, pattern, handler, exclusive=exclusive if method in writes else None)
        for method, handler in verbs.items()
        if handler
    ]
    if listed:
        rows.append(Route("GET", pattern.rpartition("/")[0], listed))
    rows += [Route("POST", f"{pattern}/{name}", handler) for name, handler in (posts or {}).items()]
    return tuple(rows)


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{([^}]+)\}", pattern)
    made = [re.escape(part) if i % 2 == 0 else _group(part) for i, part in enumerate(parts)]
    return re.compile("".join(made), re.IGNORECASE)


def _group(name: str) -> str:
    return f"(?P<{name[:-1]}>.*)" if name.endswith("*") else f"(?P<{name}>[^/]+)"


def _spelled(pattern: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\{([^}*]+)\*?\}", lambda found: names[found.group(1)], pattern)


def _weight(pattern: str) -> tuple[int, int]:
    """Literal text wins over variables: `/deployments/{name}/skus` over `/{scope*}`."""
    return ("*" not in pattern, len(re.sub(r"\{[^}]*\}", "", pattern)))
