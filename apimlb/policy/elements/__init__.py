"""Every policy element that the local gateway runs: one row each, in the table of its family's module."""

from typing import NoReturn

from apimlb.policy.document.draft import EVERYWHERE, Draft, Entry
from apimlb.policy.document.problems import NOT_IMPLEMENTED, problem
from apimlb.policy.elements import (
    backend,
    cache,
    call_limits,
    callouts,
    checks,
    control,
    cors,
    diagnostics,
    messages,
    token_limits,
)
from apimlb.policy.elements import jwt as tokens

_UNIMPLEMENTED = frozenset(
    {
        "authentication-basic",
        "authentication-certificate",
        "authentication-oauth2",
        "azure-openai-emit-token-metric",
        "azure-openai-semantic-cache-lookup",
        "azure-openai-semantic-cache-store",
        "cache-lookup",
        "cache-store",
        "cosmosdb-data-source",
        "cross-domain",
        "emit-metric",
        "find-and-replace",
        "get-authorization-context",
        "http-data-source",
        "invoke-dapr-binding",
        "invoke-request",
        "ip-filter",
        "json-to-xml",
        "jsonp",
        "llm-content-safety",
        "llm-emit-token-metric",
        "llm-semantic-cache-lookup",
        "llm-semantic-cache-store",
        "log-to-eventhub",
        "mock-response",
        "proxy",
        "publish-event",
        "publish-to-dapr",
        "redirect-content-urls",
        "send-one-way-request",
        "send-service-bus-message",
        "sql-data-source",
        "validate-client-certificate",
        "validate-content",
        "validate-graphql-request",
        "validate-headers",
        "validate-odata-request",
        "validate-parameters",
        "validate-status-code",
        "wait",
        "xml-to-json",
        "xsl-transform",
    }
)
"""Policies that Azure has and the local gateway does not: refused with a message that says so."""


def _refuse(draft: Draft) -> NoReturn:
    raise problem(
        draft.element,
        f"The policy '{draft.element.tag}' is not implemented by the local gateway",
        code=NOT_IMPLEMENTED,
        next_step="Azure accepts it; run the policy without it locally.",
    )


ELEMENTS: dict[str, Entry] = {
    **control.TABLE,
    **messages.TABLE,
    **backend.TABLE,
    **cache.TABLE,
    **callouts.TABLE,
    **checks.TABLE,
    **cors.TABLE,
    **tokens.TABLE,
    **call_limits.TABLE,
    **token_limits.TABLE,
    **diagnostics.TABLE,
    **dict.fromkeys(_UNIMPLEMENTED, Entry(EVERYWHERE, _refuse)),
}
