"""What Application Insights would be told: emit-metric, llm-emit-token-metric and its older name.

Microsoft Learn, API Management policy reference: emit-metric, llm-emit-token-metric. Every metric is a record
(`apimlb.policy.run.records`): nothing is sent.
"""

import math
from collections.abc import Callable
from functools import partial

from apimlb.policy.apim.context import Context
from apimlb.policy.document.attributes import DOUBLE, STRING, Getter
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import token_usage
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.records import Value

NAMESPACE = "API Management"
"""The namespace of a metric that names none of its own."""

MOST_DIMENSIONS = 5
"""Dimensions of its own that an emit-metric may have (usage notes). The page of llm-emit-token-metric says
so too, but Azure-Samples/ai-hub-gateway-solution-accelerator deploys six: there more are taken."""

Dimensions = Callable[[Context], dict[str, Value]]

_DEFAULTS: dict[str, Callable[[Context], object]] = {
    "API ID": lambda context: context.api and context.api.id,
    "Operation ID": lambda context: context.operation and context.operation.id,
    "Product ID": lambda context: context.product and context.product.id,
    "User ID": lambda context: context.user and context.user.id,
    "Subscription ID": lambda context: context.subscription and context.subscription.id,
    "Location": lambda context: context.deployment and context.deployment.region,
    "Gateway ID": lambda context: context.deployment and context.deployment.gateway_id,
    "Backend ID": lambda context: context.backend and context.backend.id,
}
"""Dimensions that need no value; one that the request does not have is empty."""


def emit_metric(draft: Draft) -> Act:
    name = draft.required_word("name", STRING)
    namespace = draft.word("namespace", STRING, NAMESPACE)
    value_of = draft.attribute("value", DOUBLE, 1.0)
    dimensions = _dimensions(draft)
    if sum("value" in child.attributes for child in draft.element.children) > MOST_DIMENSIONS:
        raise draft.error(f"The policy cannot have more than {MOST_DIMENSIONS} custom dimensions.")

    def act(exchange: Exchange) -> None:
        context, value = exchange.context, value_of(exchange.context)
        finite = value if math.isfinite(value) else 0.0  # as Application Insights' SDK for .NET sends it
        _emit(exchange, "emit-metric", namespace, name, finite, dimensions(context))

    return act


def _emit(
    exchange: Exchange, element: str, namespace: str, name: str, value: float, dimensions: dict[str, Value]
) -> None:
    values: dict[str, Value] = {
        "namespace": namespace,
        "name": name,
        "value": value,
        "dimensions": dimensions,
    }
    exchange.record("metric", element, f"{namespace}/{name}", values)


def emit_token_metric(draft: Draft) -> Act:
    """Counts once a backend has answered: what the answer's `usage` says, an estimate where it says nothing;
    an error costs no tokens."""
    namespace = draft.word("namespace", STRING, NAMESPACE)
    dimensions = _dimensions(draft)

    def emit(
        exchange: Exchange, estimate: token_usage.Tokens, counted: token_usage.Tokens | None, _: object
    ) -> None:
        told, used = dimensions(exchange.context), counted or estimate
        for name, number in (
            ("Total Tokens", used.total),
            ("Prompt Tokens", used.prompt),
            ("Completion Tokens", used.completion),
        ):
            _emit(exchange, draft.element.tag, namespace, name, float(number), told)

    def act(exchange: Exchange) -> None:
        prompt = token_usage.of_prompt(token_usage.said_in(exchange.context.request.body))
        exchange.settlements.append(partial(token_usage.count, prompt=prompt, done=emit))

    return act


def _dimensions(draft: Draft) -> Dimensions:
    found = [_dimension(child) for child in draft.children("dimension")]
    if not found:
        raise draft.incomplete("dimension")
    return lambda context: {name(context): value(context) for name, value in found}


def _dimension(draft: Draft) -> tuple[Getter[str], Getter[str]]:
    """Name and value; a dimension without a value has the request's. The refusal's words: azure-docs issue
    114412."""
    name, value = draft.required("name", STRING), draft.optional("value", STRING)
    if value is not None:
        return name, value
    if not draft.is_expression("name") and draft.required_word("name", STRING) not in _DEFAULTS:
        raise draft.error("Value must be specified for non-default dimension.")

    def default(context: Context) -> str:
        given = name(context)
        if given not in _DEFAULTS:
            raise PolicyFault("DimensionWithoutValue", f"The dimension '{given}' has no value.")
        return str(_DEFAULTS[given](context) or "")

    return name, default
