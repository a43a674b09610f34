"""The types inside a service that are kept as they come, with defaults: one row each.

Recorded: apim_aso_20240501_crud_a 67 (version sets); the others after Microsoft's own examples for 2024-05-01
(ApiManagementCreateApiDiagnostic).
"""

from collections.abc import Callable, Mapping
from typing import Any

from apimlb.http import last_segment
from apimlb.local.arm.apim.children import Child, Content, fields, require_fields, service_id
from apimlb.local.arm.apim.loggers import LOGGER
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import validation_error
from apimlb.local.store import Document, Json


def _plain(
    path: str,
    noun: str,
    required: tuple[str, ...],
    defaults: Mapping[str, Any],
    echoed: tuple[str, ...] = (),
    references: Mapping[str, str] | None = None,
    deleted: Callable[[Call, Document], Reply] | None = None,
) -> Child:
    """A type whose `defaults` are always shown and whose `echoed` fields are shown when they were sent.

    `references` are the fields that name another thing of the service, and its noun.
    """

    def content(call: Call, existing: Document | None, sent: Json) -> Content:
        require_fields(sent, *required)
        for field, kind in (references or {}).items():
            _require_reference(call, field, str(sent[field]), kind)
        return fields(sent, defaults, echoed), {}

    return Child(path, noun, content, deleted=deleted, types=dict.fromkeys(required, str))


def _require_reference(call: Call, field: str, id: str, noun: str) -> None:
    """Ids may be whole or start below the service ("/loggers/x")."""
    full = id if id.lower().startswith("/subscriptions/") else service_id(call) + "/" + id.lstrip("/")
    if call.store.get(full) is None:
        raise validation_error((field, f"{noun} '{last_segment(id)}' not found."))


_DIAGNOSTIC = ("alwaysLog", "operationNameFormat", "metrics", "frontend", "backend")
# terraform-provider-azurerm takes these for Azure's to fill in; the values are those of the portal, as public
# repositories have exported them.
_DIAGNOSED = {
    "httpCorrelationProtocol": "Legacy",
    "verbosity": "information",
    "logClientIp": True,
    "loggerId": None,
    "sampling": {"samplingType": "fixed", "percentage": 100.0},
}
_REFERENCES = {"loggerId": "Logger"}

CHILDREN = (
    _plain(
        "apiVersionSets/{versionSet}",
        "ApiVersionSet",
        ("displayName", "versioningScheme"),
        {
            "displayName": None,
            "description": None,
            "versioningScheme": None,
            "versionQueryName": None,
            "versionHeaderName": None,
        },
        # Recorded: apim_cli_core_service t13.
        deleted=lambda call, document: Reply(204),
    ),
    LOGGER,
    _plain("diagnostics/{diagnostic}", "Diagnostic", ("loggerId",), _DIAGNOSED, _DIAGNOSTIC, _REFERENCES),
    _plain(
        "apis/{api}/diagnostics/{diagnostic}",
        "Diagnostic",
        ("loggerId",),
        _DIAGNOSED,
        _DIAGNOSTIC,
        _REFERENCES,
    ),
    _plain(
        "caches/{cache}",
        "Cache",
        ("connectionString", "useFromLocation"),
        {"useFromLocation": None, "description": None, "connectionString": None},
        ("resourceId",),
    ),
    _plain(
        "groups/{apimGroup}",
        "Group",
        ("displayName",),
        {"displayName": None, "description": None, "builtIn": False, "type": "custom", "externalId": None},
    ),
    _plain("tags/{tag}", "Tag", ("displayName",), {"displayName": None}),
)
ROUTES = tuple(route for child in CHILDREN for route in child.routes)
