"""The value cache: cache-lookup-value, cache-store-value, cache-remove-value."""

from typing import cast, get_args

from apimlb.policy.document.attributes import ANY, BOOLEAN, STRING, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.run.exchange import Act, CachingType, Exchange
from apimlb.policy.run.faults import PolicyFault


def caching_type(draft: Draft) -> CachingType:
    kinds = choice(*get_args(CachingType))
    return cast(CachingType, draft.word("caching-type", kinds, "prefer-external"))


def cache_lookup_value(draft: Draft) -> Act:
    key = draft.required("key", STRING)
    name = draft.required_word("variable-name", STRING)
    default = draft.optional("default-value", ANY)
    kind = caching_type(draft)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        found = await exchange.services.cache.get(key(context), kind)
        if found is None and default is not None:
            found = default(context)
        if found is not None or context.switches.lookup_miss == "null":
            context.variables[name] = found

    return act


def cache_store_value(draft: Draft) -> Act:
    key = draft.required("key", STRING)
    value = draft.required("value", ANY)
    duration = draft.required("duration", integer())
    kind = caching_type(draft)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        made = value(context)
        if made is not None:
            await exchange.services.cache.put(key(context), made, duration(context), kind)

    return act


def cache_remove_value(draft: Draft) -> Act:
    key = draft.required("key", STRING)
    must_succeed = draft.attribute("fail-on-cache-removal-error", BOOLEAN, False)
    kind = caching_type(draft)

    async def act(exchange: Exchange) -> None:
        removed = await exchange.services.cache.remove(key(exchange.context), kind)
        if not removed and must_succeed(exchange.context):
            raise PolicyFault("CacheRemovalFailed", "The entry could not be removed from the cache.")

    return act
