"""Whole responses in the cache: cache-lookup, cache-store.

Microsoft Learn, API Management policy reference: cache-lookup, cache-store. What the pages leave open: a hit
goes on in outbound behind cache-store; a miss takes the conditional headers out of the request, so that no
backend answers it with 304; where no query parameter is named, responses differ by all of them.
"""

from apimlb.policy.apim.context import Context, ResponseView
from apimlb.policy.document.attributes import BOOLEAN, TEXT, Getter, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.elements.cache import caching_type
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.steps import Found

_CONDITIONAL = ("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since")


def cache_lookup(draft: Draft) -> Act:
    """Only a GET is looked up; one with an Authorization header only where private responses may be kept."""
    kind = caching_type(draft)
    private = draft.attribute("allow-private-response-caching", BOOLEAN, False)
    key_of = _key(draft)
    downstream = draft.attribute("downstream-caching-type", choice("none", "private", "public"), "none")
    revalidate = draft.attribute("must-revalidate", BOOLEAN, True)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        request = context.request
        if request.method != "GET" or ("Authorization" in request.headers and not private(context)):
            return
        cache, key = exchange.services.cache, key_of(context)

        async def keep(response: ResponseView, seconds: int) -> None:
            await cache.put(key, response.copy(), seconds, kind)

        exchange.keepers["response"] = keep
        cached, strict = downstream(context), revalidate(context)
        if cached != "none":  # or else what the backend says counts for caches on the way to the client
            exchange.added_headers.append(
                ("Cache-Control", f"{cached}, must-revalidate" if strict else cached)
            )
        found = await cache.get(key, kind)
        if isinstance(found, ResponseView):
            context.response = found.copy()
            raise Found("cache-store")
        request.headers.drop(_CONDITIONAL)

    return act


def _key(draft: Draft) -> Getter[str]:
    by_developer = draft.required("vary-by-developer", BOOLEAN)
    by_groups = draft.required("vary-by-developer-groups", BOOLEAN)
    headers = draft.texts("vary-by-header", TEXT)
    parameters = draft.texts("vary-by-query-parameter", TEXT)

    def key(context: Context) -> str:
        request = context.request
        url = request.original_url
        parts = [f"{url.origin}{url.path}", _query(context, parameters)]
        for header in headers:
            name = header(context).lower()
            formats.spend(1 + (len(request.headers) >> 3))
            parts.append(formats.joined("=", (name, request.headers.get(name) or "")))
        if by_developer(context):
            parts.append(f"developer={context.user.id if context.user else ''}")
        if by_groups(context):
            groups = context.user.groups if context.user else ()
            parts.append(f"groups={','.join(sorted(group.id for group in groups))}")
        return "response " + formats.joined("\n", parts)

    return key


def _query(context: Context, parameters: list[Getter[str]]) -> str:
    """The query parameters that tell responses apart; one element may name several, between semicolons."""
    query = context.request.original_url.query
    formats.spend(2 * len(query))
    named = [name for parameter in parameters for name in parameter(context).split(";")]
    wanted = {name.strip().lower() for name in named} - {""}
    held = sorted((name, values) for name, values in query.items() if not wanted or name.lower() in wanted)
    return "&".join(f"{name}={value}" for name, values in held for value in values)


def cache_store(draft: Draft, kind: str = "response") -> Act:
    """Keeps a response that the lookup of its kind did not find; a status other than 200 only where
    `cache-response` says so."""
    duration = draft.required("duration", integer())
    any_status = draft.attribute("cache-response", BOOLEAN, False)

    async def act(exchange: Exchange) -> None:
        context, keep = exchange.context, exchange.keepers.get(kind)
        found, exchange.awaited = bool(exchange.awaited), frozenset()
        if found or keep is None or context.response is None:
            return
        if context.response.status_code == 200 or any_status(context):
            await exchange.buffer()
            await keep(context.response, duration(context))

    return act
