"""Every policy element that the local gateway runs: one row each, in the table of its family's module."""

from typing import NoReturn

from apimlb.policy.document.draft import EVERYWHERE, Draft, Entry
from apimlb.policy.document.problems import NOT_IMPLEMENTED, problem
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
    diagnostics,
    jwt,
    messages,
    metrics,
    mocks,
    response_cache,
    semantic_cache,
    token_limits,
    validation,
)

_UNIMPLEMENTED = frozenset(
    {
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
    **conversions.TABLE,
    **validation.TABLE,
    **messages.TABLE,
    **backend.TABLE,
    **bodies.TABLE,
    **cache.TABLE,
    **callouts.TABLE,
    **checks.TABLE,
    **content_safety.TABLE,
    **cors.TABLE,
    **credentials.TABLE,
    **deliveries.TABLE,
    **metrics.TABLE,
    **mocks.TABLE,
    **response_cache.TABLE,
    **semantic_cache.TABLE,
    **jwt.TABLE,
    **call_limits.TABLE,
    **token_limits.TABLE,
    **diagnostics.TABLE,
    **dict.fromkeys(_UNIMPLEMENTED, Entry(EVERYWHERE, _refuse)),
}
