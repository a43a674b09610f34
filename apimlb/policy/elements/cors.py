"""cors: which pages of other origins may call.

Microsoft Learn, API Management policy reference: cors. A browser's preflight is answered before a key is
asked for and before any other policy runs (`apimlb.policy.run.pipeline.preflight`). The page gives two
defaults of terminate-unmatched-request; `true` is the one that its "Common configuration issues" describe.
"""

from collections.abc import Sequence

from apimlb.http import Headers
from apimlb.policy.apim.context import Context, ResponseView
from apimlb.policy.document.attributes import BOOLEAN, TEXT, Getter, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.pipeline import PREFLIGHT
from apimlb.policy.run.steps import Returned

_SIMPLE = ["GET", "POST"]
"""The methods that a policy without a list allows."""

_ENDED = ("GET", "HEAD")
"""The methods of a simple request that does not fit and may be ended."""

_ORIGIN = "Access-Control-Allow-Origin"


def cors(draft: Draft) -> Act:
    """Answers a preflight that fits; one that does not ends with an empty 200, or is left to a further cors.
    The response to another request of an allowed origin gets the headers that let a page read it."""
    credentials_of = draft.attribute("allow-credentials", BOOLEAN, False)
    ends = draft.attribute("terminate-unmatched-request", BOOLEAN, True)
    origins = draft.nested("allowed-origins", "origin")
    origins_of = _listed(origins, [])
    headers_of = _listed(draft.nested("allowed-headers", "header"), [])
    exposed_of = _listed(draft.nested("expose-headers", "header"), [])
    granted = _preflight(draft, headers_of)
    if not origins:
        raise draft.incomplete("origin")

    def act(exchange: Exchange) -> None:
        context = exchange.context
        origin = formats.header(context.request.headers, "Origin")
        if origin is None or any(name == _ORIGIN for name, _ in exchange.added_headers):
            return
        origins, credentials = origins_of(context), credentials_of(context)
        shown = [(_ORIGIN, "*" if "*" in origins and not credentials else origin)]
        shown += [("Access-Control-Allow-Credentials", "true")] if credentials else []
        allowed = _fit([origin.rstrip("/")], [each.rstrip("/") for each in origins])
        if exchange.awaited == PREFLIGHT:
            answer = granted(context) if allowed else None
            _end(exchange, None if answer is None else [*shown, *answer], last=ends(context))
        elif allowed:
            exposed = exposed_of(context)
            shown += [("Access-Control-Expose-Headers", formats.joined(",", exposed))] if exposed else []
            exchange.added_headers += shown
        elif ends(context) and context.request.method in _ENDED:
            _end(exchange, None, last=True)

    return act


def _end(exchange: Exchange, answer: list[tuple[str, str]] | None, *, last: bool) -> None:
    """Answer with these headers; without any, with an empty 200, unless a further cors may know better."""
    exchange.context.response = ResponseView(200, headers=Headers(answer or []))
    if answer is not None or last:
        raise Returned


def _preflight(draft: Draft, headers_of: Getter[list[str]]) -> Getter[list[tuple[str, str]] | None]:
    """What a preflight is granted, None when that is not what it asks for."""
    held = draft.child("allowed-methods")
    methods_of = _listed(held.children("method") if held else [], _SIMPLE)
    age = held.attribute("preflight-result-max-age", integer(0), 0) if held else (lambda _: 0)

    def granted(context: Context) -> list[tuple[str, str]] | None:
        given = context.request.headers
        method = given.get("Access-Control-Request-Method") or ""
        asked = given.get("Access-Control-Request-Headers") or ""
        formats.spend(len(asked) >> 3)
        names = [name.strip() for name in asked.split(",") if name.strip()]
        if not _fit([method], methods_of(context)) or not _fit(names, headers_of(context)):
            return None
        shown = [("Access-Control-Allow-Methods", method), ("Access-Control-Max-Age", str(age(context)))]
        return [*shown, ("Access-Control-Allow-Headers", ",".join(names))] if names else shown

    return granted


def _listed(items: Sequence[Draft], default: list[str]) -> Getter[list[str]]:
    """The words of a list; the default where it is left out or empty."""
    found = [item.content(TEXT) for item in items]
    return lambda context: [each(context) for each in found] or default


def _fit(given: list[str], listed: list[str]) -> bool:
    """Whether all that is given is listed; case is ignored."""
    return "*" in listed or {each.lower() for each in given} <= {each.lower() for each in listed}
