"""Answers to prompts that mean the same: llm-semantic-cache-lookup, -store and their older names.

Microsoft Learn, API Management policy reference: llm-semantic-cache-lookup, llm-semantic-cache-store. Prompts
are told apart by the cosine distance of their embeddings, which the policy's backend makes; answers are kept
in the external cache, without which nothing is found. Trouble with either fails no call. A hit goes on in
outbound behind the store, as one of cache-lookup does. What asks for a stream is neither kept nor found.
"""

import math
import operator
from dataclasses import dataclass
from functools import partial

from apimlb.policy.apim.context import ResponseView
from apimlb.policy.document.attributes import BOOLEAN, DOUBLE, STRING, TEXT, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats, token_usage
from apimlb.policy.elements.callouts import service_answer
from apimlb.policy.elements.response_cache import cache_store
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.steps import Found

_EMBEDDINGS = "/embeddings?api-version=2024-10-21"
_RESOURCE = "https://cognitiveservices.azure.com"
_MOST = 1_000
"""Answers that are kept of one partition; the oldest go first."""
_STORES = ("llm-semantic-cache-store", "azure-openai-semantic-cache-store")

Vector = tuple[float, ...]

semantic_cache_store = partial(cache_store, kind="semantic")


@dataclass(frozen=True, slots=True)
class CachedCompletion:
    """An answer, until when it is kept (epoch seconds), and where its prompt lies."""

    until: float
    place: Vector
    response: ResponseView


def semantic_cache_lookup(draft: Draft) -> Act:
    """The score is a distance: the lower the threshold, the closer a prompt must be (the page)."""
    threshold = draft.required("score-threshold", DOUBLE)
    backend = draft.required("embeddings-backend-id", STRING)
    draft.word("embeddings-backend-auth", choice("system-assigned"), "system-assigned")
    without_system = draft.attribute("ignore-system-messages", BOOLEAN, False)
    most_messages = draft.attribute("max-message-count", integer(), math.inf)
    vary_by = draft.texts("vary-by", TEXT)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        asked = token_usage.said_in(context.request.body)
        messages = _messages(asked, without_system(context))
        if not messages or asked.get("stream") or len(messages) > most_messages(context):
            return
        place = await _embedded(exchange, backend(context), formats.joined("\n", messages))
        if place is None:
            return
        api = "" if context.api is None else context.api.id
        key = "semantic " + formats.joined("\n", [api, *(each(context) for each in vary_by)])
        exchange.keepers["semantic"] = partial(_keep, exchange, key, place)
        found = _nearest(await _kept(exchange, key), place, threshold(context), context.clock.now())
        if found is not None:
            context.response = found.copy()
            raise Found(*_STORES)

    return act


def _messages(asked: dict[str, object], without_system: bool) -> list[str]:
    """The texts of a chat's messages."""
    given = asked.get("messages")
    return [
        formats.joined(" ", [*token_usage.texts_of_prompt({"messages": [each]})])
        for each in (given if isinstance(given, list) else [])
        if isinstance(each, dict) and not (without_system and each.get("role") == "system")
    ]


async def _embedded(exchange: Exchange, backend: str, text: str) -> Vector | None:
    """Where a prompt lies; None where the embeddings cannot be had."""
    try:
        token = await exchange.services.managed_identity_token(_RESOURCE, None)
        answer = await service_answer(exchange, backend, _EMBEDDINGS, {"input": text}, f"Bearer {token}")
        return None if answer is None else tuple(map(float, answer["data"][0]["embedding"]))
    except (PolicyFault, LookupError, TypeError, ValueError):
        return None


async def _kept(exchange: Exchange, key: str) -> list[CachedCompletion]:
    found = await exchange.services.cache.get(key, "external")
    return found if isinstance(found, list) else []


async def _keep(exchange: Exchange, key: str, place: Vector, response: ResponseView, seconds: int) -> None:
    now = exchange.context.clock.now()
    before = [each for each in await _kept(exchange, key) if each.until > now]
    kept = [*before, CachedCompletion(now + seconds, place, response.copy())][-_MOST:]
    longest = max(each.until for each in kept) - now
    await exchange.services.cache.put(key, kept, longest, "external")


def _nearest(
    kept: list[CachedCompletion], place: Vector, threshold: float, now: float
) -> ResponseView | None:
    near = [(_distance(each.place, place), each.response) for each in kept if each.until > now]
    distance, response = min(near, key=lambda pair: pair[0], default=(math.inf, None))
    return response if distance <= threshold else None


def _distance(one: Vector, other: Vector) -> float:
    """The cosine distance; two of different length have nothing in common."""
    sizes = math.hypot(*one) * math.hypot(*other)
    if len(one) != len(other) or not sizes:
        return math.inf
    return 1.0 - math.fsum(map(operator.mul, one, other)) / sizes
