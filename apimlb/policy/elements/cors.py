"""cors: which pages of other origins may call (Microsoft Learn, API Management policy reference: cors)."""

from collections.abc import Callable

from apimlb.http import Headers
from apimlb.policy.apim.context import ResponseView
from apimlb.policy.document.attributes import BOOLEAN, integer
from apimlb.policy.document.draft import INBOUND, Draft, Entry
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.steps import Returned

_SIMPLE = ["GET", "POST"]
"""The methods that are allowed where none is listed."""


def cors(draft: Draft) -> Act:
    """Answers a preflight that fits; one that does not is answered without headers, or goes on when told to.
    The response to another request of an allowed origin gets the headers that let a page read it."""
    credentials = draft.word("allow-credentials", BOOLEAN, False)
    ends = draft.word("terminate-unmatched-request", BOOLEAN, True)
    origins, _ = _listed(draft, "allowed-origins", "origin")
    headers, _ = _listed(draft, "allowed-headers", "header")
    exposed, _ = _listed(draft, "expose-headers", "header")
    methods, age = _listed(draft, "allowed-methods", "method")
    if not origins:
        raise draft.error(
            "The element 'cors' has incomplete content. List of possible elements expected: 'origin'."
        )
    preflight = _preflight(methods or _SIMPLE, headers, age)

    def act(exchange: Exchange) -> None:
        request = exchange.context.request
        origin = request.headers.get("Origin")
        if origin is None:
            return
        allowed = _fits(origin, origins)
        shown = [("Access-Control-Allow-Origin", "*" if "*" in origins and not credentials else origin)]
        shown += [("Access-Control-Allow-Credentials", "true")] if credentials else []
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            shown += [("Access-Control-Expose-Headers", ",".join(exposed))] if exposed else []
            exchange.stamps += shown if allowed else []
            return
        granted = preflight(request.headers) if allowed else None
        if granted is None and not ends:
            return
        answer = [] if granted is None else [*shown, *granted]
        exchange.context.response = ResponseView(200, headers=Headers(answer))
        raise Returned

    return act


def _preflight(
    methods: list[str], headers: list[str], age: int
) -> Callable[[Headers], list[tuple[str, str]] | None]:
    """What a preflight with these headers is granted, None when that is not what it asks for."""

    def granted(given: Headers) -> list[tuple[str, str]] | None:
        method = given.get("Access-Control-Request-Method") or ""
        asked = given.get("Access-Control-Request-Headers") or ""
        names = [name.strip() for name in asked.split(",") if name.strip()]
        if not _fits(method, methods) or not all(_fits(name, headers) for name in names):
            return None
        shown = [("Access-Control-Allow-Methods", method), ("Access-Control-Max-Age", str(age))]
        return [*shown, ("Access-Control-Allow-Headers", ",".join(names))] if names else shown

    return granted


def _listed(draft: Draft, group: str, item: str) -> tuple[list[str], int]:
    """The words of a list that may be left out, and for how many seconds a preflight may be remembered."""
    held = draft.child(group)
    if held is None:
        return [], 0
    age = held.word("preflight-result-max-age", integer(0), 0) if item == "method" else 0
    return [child.words() for child in held.children(item)], age


def _fits(given: str, listed: list[str]) -> bool:
    return "*" in listed or given.lower() in {each.lower() for each in listed}


TABLE = {"cors": Entry(INBOUND, cors)}
