"""Every policy element that the local gateway runs: one row each, with the sections that it may stand in,
what compiles it, and for some the scopes of the documents that may hold it."""

from typing import NoReturn

from apimlb.policy.document.draft import Draft, Entry
from apimlb.policy.document.problems import NOT_IMPLEMENTED, InvalidPolicy
from apimlb.policy.elements import (
    backend,
    bodies,
    cache,
    call_limits,
    callouts,
    checks,
    content_safety,
    control,
    conversions,
    cors,
    credentials,
    deliveries,
    jwt,
    messages,
    metrics,
    mocks,
    response_cache,
    semantic_cache,
    token_limits,
    validation,
)
from apimlb.policy.run.exchange import Section

INBOUND: frozenset[Section] = frozenset({"inbound"})
BACKEND: frozenset[Section] = frozenset({"backend"})
REQUEST_SIDE: frozenset[Section] = frozenset({"inbound", "backend"})
OUTBOUND: frozenset[Section] = frozenset({"outbound"})
TRANSFORMING: frozenset[Section] = frozenset({"inbound", "outbound"})
RESPONSE_SIDE: frozenset[Section] = frozenset({"outbound", "on-error"})
NOT_BACKEND: frozenset[Section] = frozenset({"inbound", "outbound", "on-error"})
EVERYWHERE: frozenset[Section] = frozenset({"inbound", "backend", "outbound", "on-error"})

_UNIMPLEMENTED = (
    "authentication-oauth2",
    "cosmosdb-data-source",
    "cross-domain",
    "http-data-source",
    "invoke-dapr-binding",
    "invoke-request",
    "publish-event",
    "publish-to-dapr",
    "sql-data-source",
    "validate-client-certificate",
    "validate-graphql-request",
    "validate-odata-request",
    "xsl-transform",
)
"""Policies that Azure has and the local gateway does not: refused with a message that says so."""


def _refuse(draft: Draft) -> NoReturn:
    raise InvalidPolicy(
        draft.element,
        f"The policy '{draft.element.tag}' is not implemented by the local gateway",
        code=NOT_IMPLEMENTED,
        next_step="Azure accepts it; run the policy without it locally.",
    )


ELEMENTS: dict[str, Entry] = {
    "base": Entry(EVERYWHERE, control.base),
    "choose": Entry(EVERYWHERE, control.choose),
    "include-fragment": Entry(EVERYWHERE, control.include_fragment),
    "limit-concurrency": Entry(EVERYWHERE, control.limit_concurrency),
    "retry": Entry(EVERYWHERE, control.retry),
    "set-variable": Entry(EVERYWHERE, control.set_variable),
    "wait": Entry(EVERYWHERE - {"on-error"}, control.wait),
    "json-to-xml": Entry(NOT_BACKEND, conversions.json_to_xml),
    "jsonp": Entry(OUTBOUND, conversions.jsonp),
    "xml-to-json": Entry(NOT_BACKEND, conversions.xml_to_json),
    "validate-content": Entry(NOT_BACKEND, validation.validate_content),
    "validate-headers": Entry(RESPONSE_SIDE, validation.validate_headers),
    "validate-parameters": Entry(INBOUND, validation.validate_parameters),
    "validate-status-code": Entry(RESPONSE_SIDE, validation.validate_status_code),
    "rewrite-uri": Entry(REQUEST_SIDE, messages.rewrite_uri),
    "set-body": Entry(EVERYWHERE, messages.set_body),
    "set-header": Entry(EVERYWHERE, messages.set_header),
    "set-method": Entry(EVERYWHERE, messages.set_method),
    "set-query-parameter": Entry(REQUEST_SIDE, messages.set_query_parameter),
    "set-status": Entry(EVERYWHERE, messages.set_status),
    "forward-request": Entry(BACKEND, backend.forward_request),
    "set-backend-service": Entry(REQUEST_SIDE, backend.set_backend_service),
    "find-and-replace": Entry(EVERYWHERE, bodies.find_and_replace),
    "redirect-content-urls": Entry(TRANSFORMING, bodies.redirect_content_urls),
    "cache-lookup-value": Entry(EVERYWHERE, cache.cache_lookup_value),
    "cache-remove-value": Entry(EVERYWHERE, cache.cache_remove_value),
    "cache-store-value": Entry(EVERYWHERE, cache.cache_store_value),
    "return-response": Entry(EVERYWHERE, callouts.return_response),
    "send-request": Entry(EVERYWHERE, callouts.send_request),
    "check-header": Entry(INBOUND, checks.check_header),
    "ip-filter": Entry(INBOUND, checks.ip_filter),
    "llm-content-safety": Entry(TRANSFORMING, content_safety.llm_content_safety),
    "cors": Entry(INBOUND, cors.cors),
    "authentication-basic": Entry(INBOUND, credentials.authentication_basic),
    "authentication-certificate": Entry(INBOUND, credentials.authentication_certificate),
    "authentication-managed-identity": Entry(TRANSFORMING, credentials.authentication_managed_identity),
    "get-authorization-context": Entry(INBOUND, credentials.get_authorization_context),
    "proxy": Entry(INBOUND, credentials.proxy_of),
    "log-to-eventhub": Entry(EVERYWHERE, deliveries.log_to_eventhub),
    "send-one-way-request": Entry(EVERYWHERE, deliveries.send_one_way_request),
    "send-service-bus-message": Entry(NOT_BACKEND, deliveries.send_service_bus_message),
    "trace": Entry(EVERYWHERE, deliveries.trace),
    "azure-openai-emit-token-metric": Entry(INBOUND, metrics.emit_token_metric),
    "emit-metric": Entry(EVERYWHERE, metrics.emit_metric),
    "llm-emit-token-metric": Entry(INBOUND, metrics.emit_token_metric),
    "mock-response": Entry(NOT_BACKEND, mocks.mock_response),
    "cache-lookup": Entry(INBOUND, response_cache.cache_lookup),
    "cache-store": Entry(OUTBOUND, response_cache.cache_store),
    "azure-openai-semantic-cache-lookup": Entry(INBOUND, semantic_cache.semantic_cache_lookup),
    "azure-openai-semantic-cache-store": Entry(OUTBOUND, semantic_cache.semantic_cache_store),
    "llm-semantic-cache-lookup": Entry(INBOUND, semantic_cache.semantic_cache_lookup),
    "llm-semantic-cache-store": Entry(OUTBOUND, semantic_cache.semantic_cache_store),
    "validate-azure-ad-token": Entry(INBOUND, jwt.validate_azure_ad_token),
    "validate-jwt": Entry(INBOUND, jwt.validate_jwt),
    "quota": Entry(INBOUND, call_limits.quota, frozenset({"product"})),
    "quota-by-key": Entry(INBOUND, call_limits.quota_by_key),
    "rate-limit": Entry(INBOUND, call_limits.rate_limit, frozenset({"product", "api", "operation"})),
    "rate-limit-by-key": Entry(INBOUND, call_limits.rate_limit_by_key),
    "azure-openai-token-limit": Entry(INBOUND, token_limits.llm_token_limit),
    "llm-token-limit": Entry(INBOUND, token_limits.llm_token_limit),
    **dict.fromkeys(_UNIMPLEMENTED, Entry(EVERYWHERE, _refuse)),
}
