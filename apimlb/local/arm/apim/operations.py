"""API Management's long-running operations on the wire: headers when they start, answers when polled.

Recorded: apim_aso_backend 2-17 (2024-05-01), apim_cli_deletedservice 3-20 (2021-08-01).
"""

import base64

from apimlb.local.arm.apim import shape
from apimlb.local.arm.call import Azure, Call, Reply
from apimlb.local.arm.errors import apim_error
from apimlb.local.arm.operations import Operation
from apimlb.local.arm.routes import GROUP, SUBSCRIPTION, Route
from apimlb.local.store import Json

PROVIDER = f"{SUBSCRIPTION}/providers/Microsoft.ApiManagement"
SERVICE = f"{GROUP}/providers/{shape.TYPE}/{{service}}"
DELETED = f"{PROVIDER}/locations/{{location}}/deletedservices/{{service}}"
RETRY_AFTER = 20

Headers = list[tuple[str, str]]
_ASYNC = "asyncresponse"
"""The query's name as every call has it: in lower case."""


def service_token(azure: Azure, location: str, name: str, verb: str, *, v2: bool) -> str:
    """Base64 of "eastus:name_Act_7785d083"; on a v2 tier the provider's own suffix follows."""
    text = f"{location}:{name}_{verb}_{azure.hex(8)}" + (":apirpsf1d62d7575d0" if v2 else "")
    return base64.b64encode(text.encode()).decode()


def started(call: Call, location: str, token: str, service_id: str) -> Headers:
    """The headers of the answer that starts an operation on a service; they depend on the api-version."""
    version = call.api_version
    if version < "2022-08-01":
        return [("Location", call.url(f"{service_id}/operationresults/{token}")), *_wait(call)]
    if version < "2024-05-01":
        # Both alike, in the Azure Service Operator's recordings of that version.
        url = _asynchronous(call, f"{service_id}/operationResults/{token}")
        return [("Azure-AsyncOperation", url), ("Location", url), *_wait(call)]
    base = f"/subscriptions/{call.azure.settings.subscription_id}/providers/Microsoft.ApiManagement"
    path = f"{base}/locations/{location}"
    return [
        ("Azure-AsyncOperation", call.url(f"{path}/operationsStatuses/{token}")),
        ("Location", call.url(f"{path}/operationResults/{token}")),
        *_wait(call),
    ]


def _asynchronous(call: Call, path: str) -> str:
    return call.url(path) + "&asyncResponse"


def _wait(call: Call) -> Headers:
    """Recorded without before 2022-08-01: apim_cli_core_service 2, 3."""
    seconds = call.azure.settings.retry_after(RETRY_AFTER if call.api_version >= "2022-08-01" else None)
    return [("Retry-After", str(seconds))] if seconds else []


def _find(call: Call) -> Operation:
    found = call.azure.operations.find(call.names["operation"])
    if found is None:
        raise apim_error(404, "ResourceNotFound", "Operation not found.")
    return found


def _status(operation: Operation) -> Json:
    return {"status": operation.status} | ({"error": operation.error} if operation.error else {})


def poll_status(call: Call) -> Reply:
    """Always 200; while running with both headers, pointing here (recorded: apim_aso_backend 3), with the
    asyncResponse that makes it a status, where it was asked so."""
    operation = _find(call)
    headers: Headers = [("Content-Type", "application/json")]
    if not operation.done:
        here = _asynchronous(call, call.request.path) if _ASYNC in call.query else call.url(call.request.path)
        headers += [("Azure-AsyncOperation", here), ("Location", here), *_wait(call)]
    return Reply(200, _status(operation), headers)


def poll_result(call: Call) -> Reply:
    """202 and empty while running, then 200 with the resource, or empty when it was deleted (recorded:
    apim_cli_core_service 3, t17; apim_cli_deletedservice 4, 20)."""
    if _ASYNC in call.query:
        return poll_status(call)
    operation = _find(call)
    if not operation.done:
        return Reply(202, None, [("Location", call.url(call.request.path)), *_wait(call)])
    if operation.error:
        return Reply(operation.facts.get("status", 400), {"error": operation.error})
    found = call.store.get(operation.target)
    return Reply(200, shape.shown(found.body, call.api_version) if found else None)


def poll_tenant(call: Call) -> Reply:
    """The operations of named values and fragments (recorded: apim_aso_20240501_crud_a 62)."""
    return Reply(200, _status(_find(call)), indented=True)


ROUTES = (
    Route(
        "GET",
        f"{PROVIDER}/locations/{{location}}/operationsStatuses/{{operation}}",
        poll_status,
        checked=False,
    ),
    Route(
        "GET",
        f"{PROVIDER}/locations/{{location}}/operationStatuses/{{operation}}",
        poll_status,
        checked=False,
    ),
    Route(
        "GET", f"{PROVIDER}/locations/{{location}}/operationResults/{{operation}}", poll_result, checked=False
    ),
    Route("GET", f"{SERVICE}/operationresults/{{operation}}", poll_result, checked=False),
    Route("GET", f"{DELETED}/operationresults/{{operation}}", poll_result, checked=False),
    Route("GET", f"{SERVICE}/tenant/operationResults/{{operation}}", poll_tenant, checked=False),
)
