"""Loggers: where a gateway sends telemetry. After Microsoft's own example (ApiManagementCreateAILogger).

A credential that is sent as it is becomes a secret named value of Azure's own, and the logger shows its name
only, `{{Logger-Credentials--…}}`; what names a named value already, and an identity or address, which are no
secrets, stay (exported templates of public repositories; terraform-provider-azurerm, which reads them back).
"""

from apimlb.local.arm.apim import shape
from apimlb.local.arm.apim.children import Child, Content, fields, require_fields, service_id
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.call import Call, section
from apimlb.local.arm.errors import validation_error
from apimlb.local.store import Document, Json, kind_of

_DEFAULTS = {
    "loggerType": None,
    "description": None,
    "credentials": None,
    "isBuffered": True,
    "resourceId": None,
}
_TYPES = ("applicationInsights", "azureEventHub", "azureMonitor")
_SECRET = ("instrumentationKey", "connectionString")


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    require_fields(sent, "loggerType")
    if sent["loggerType"] not in _TYPES:
        raise validation_error(("loggerType", f"'loggerType' must be one of {', '.join(_TYPES)}."))
    credentials = {
        name: _kept(call, existing, name, value) for name, value in section(sent, "credentials").items()
    }
    if sent["loggerType"] == "applicationInsights" and not any(name in credentials for name in _SECRET):
        raise validation_error(
            ("credentials", "Logger needs an instrumentationKey or a connectionString in its credentials.")
        )
    return fields({**sent, "credentials": credentials or None}, _DEFAULTS), {}


def _kept(call: Call, existing: Document | None, name: str, value: object) -> object:
    """What the logger shows of a credential; one that is secret is put away."""
    if name not in _SECRET or not isinstance(value, str) or value.startswith("{{"):
        return value
    before = (existing.body["properties"].get("credentials") or {}) if existing else {}
    if before.get(name) is not None and _value_of(call, str(before[name])) == value:
        return before[name]
    number = call.azure.hex(24)
    shown = f"Logger-Credentials--{number}"
    id = f"{service_id(call)}/namedValues/{number}"
    body = {
        "id": id,
        "type": f"{shape.TYPE}/namedValues",
        "name": number,
        "properties": {
            "displayName": shown,
            "tags": None,
            "secret": True,
            "provisioningState": "Succeeded",
        },
    }
    call.store.put(Document(id, kind_of(id), body, {"value": value}, apim_etag(call.azure)))
    return f"{{{{{shown}}}}}"


def _value_of(call: Call, reference: str) -> str:
    name = reference.strip("{}")
    for item in call.store.children(service_id(call), f"{shape.TYPE.lower()}/namedvalues"):
        if item.body["properties"]["displayName"] == name:
            return str(item.hidden.get("value"))
    return ""


def _guard(call: Call, document: Document) -> None:
    """A logger that a diagnostic sends to stays."""
    ending = f"/loggers/{document.body['name']}".lower()
    for item in call.store.descendants(service_id(call)):
        used = str((item.body.get("properties") or {}).get("loggerId") or "").lower()
        if item.kind.endswith("/diagnostics") and used.endswith(ending):
            text = f"Logger '{document.body['name']}' is in use by '{item.id}' and cannot be deleted."
            raise validation_error(("logger", text))


LOGGER = Child(
    "loggers/{logger}",
    "Logger",
    _content,
    guard=_guard,
    types={"loggerType": str, "description": str, "isBuffered": bool, "credentials": dict},
)
