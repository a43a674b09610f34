"""What Azure Monitor has of a gateway: Application Insights components, workbooks and alerts on queries.

Shapes: Microsoft's description of Microsoft.Insights components 2020-02-02; of workbooks 2023-06-01 and
scheduledQueryRules 2023-12-01 what public templates send. All are written at once; none keeps data. A smart
detector's rule can be read and deleted; Azure makes it.
"""

import json
import re

from apimlb.local.arm.call import Call, section
from apimlb.local.arm.errors import invalid_content
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.locations import region
from apimlb.local.arm.tracked import Tracked
from apimlb.local.store import Document, Json


def _component(call: Call, existing: Document | None, sent: Json) -> Json:
    before = existing.body["properties"] if existing else {}
    if existing is None:
        _make_rule(call)
    if sent.get("Application_Type") not in ("web", "other"):
        raise invalid_content("'properties.Application_Type' must be web or other.")
    key = before.get("InstrumentationKey") or call.azure.guid()
    app = before.get("AppId") or call.azure.guid()
    return {
        "ApplicationId": call.name,
        "AppId": app,
        "Application_Type": sent["Application_Type"],
        "Flow_Type": "Bluefield",
        "Request_Source": "rest",
        "InstrumentationKey": key,
        "ConnectionString": before.get("ConnectionString") or _connection_string(call, key, app),
        "Name": call.name,
        "CreationDate": before.get("CreationDate") or call.azure.time(),
        "TenantId": call.azure.settings.subscription_id,
        "provisioningState": "Succeeded",
        "RetentionInDays": sent.get("RetentionInDays") or 90,
        "DisableLocalAuth": bool(sent.get("DisableLocalAuth")),
        "WorkspaceResourceId": sent.get("WorkspaceResourceId"),
        "IngestionMode": "LogAnalytics" if sent.get("WorkspaceResourceId") else "ApplicationInsights",
        "publicNetworkAccessForIngestion": sent.get("publicNetworkAccessForIngestion") or "Enabled",
        "publicNetworkAccessForQuery": sent.get("publicNetworkAccessForQuery") or "Enabled",
        **{name: sent[name] for name in _ECHOED if sent.get(name) is not None},
    }


def _make_rule(call: Call) -> None:
    """The rule that a new component gets, whoever made it, and that stays when it goes (hashicorp's azurerm
    provider, issue 18026)."""
    group = require_group(call)
    name = f"Failure Anomalies - {call.name}"
    body: Json = {
        "id": f"{group.id}/providers/{_RULE}/{name}",
        "name": name,
        "type": _RULE,
        "location": "global",
        "properties": {
            "description": "It notifies you of an unusual rise in the rate of failed requests.",
            "state": "Enabled",
            "severity": "Sev3",
            "frequency": "PT1M",
            "detector": {"id": "FailureAnomaliesDetector"},
            "scope": [call.id],
        },
    }
    call.store.put(Document(body["id"], _RULE.lower(), body))


_RULE = "Microsoft.AlertsManagement/smartDetectorAlertRules"
_ECHOED = (
    "CustomMetricsOptedInType",
    "DisableIpMasking",
    "ForceCustomerStorageForProfiler",
    "HockeyAppId",
    "ImmediatePurgeDataOn30Days",
    "SamplingPercentage",
)
"""Shown when they were sent. The first is in no description; public templates send it, and tools read it."""


def _connection_string(call: Call, key: str, app: str) -> str:
    place = region(call.body().get("location"))
    endpoint = f"https://{place.name if place else 'dc'}-0.in.applicationinsights.azure.com/"
    return f"InstrumentationKey={key};IngestionEndpoint={endpoint};ApplicationId={app}"


def _workbook(call: Call, existing: Document | None, sent: Json) -> Json:
    """Its name is a uuid, and its text a JSON object."""
    if not _UUID.fullmatch(call.name):
        raise invalid_content(f"The workbook's name '{call.name}' must be a GUID.")
    for name in ("displayName", "serializedData", "category"):
        if not sent.get(name):
            raise invalid_content(f"'properties.{name}' is required.")
    try:
        json.loads(str(sent["serializedData"]))
    except ValueError:
        raise invalid_content("'properties.serializedData' must be a JSON object as a text.") from None
    kept = {name: value for name, value in sent.items() if name not in ("timeModified", "userId", "revision")}
    return {**kept, "timeModified": call.azure.time(), "userId": call.caller.principal_id}


def _alert(call: Call, existing: Document | None, sent: Json) -> Json:
    """Scopes and criteria are required; a query is over one kind of scope."""
    conditions = section(sent, "criteria").get("allOf")
    if not sent.get("scopes") or not conditions:
        raise invalid_content("'properties.scopes' and 'properties.criteria.allOf' are required.")
    for name in ("windowSize", "evaluationFrequency"):
        if not re.fullmatch(r"P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?", str(sent.get(name))):
            raise invalid_content(f"'properties.{name}' must be an ISO 8601 duration, such as PT5M.")
    return {"enabled": True, "autoMitigate": True, **sent, "createdWithApiVersion": call.api_version}


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

COMPONENT = Tracked("Microsoft.Insights/components", _component, created=200, top=("kind",))
WORKBOOK = Tracked("Microsoft.Insights/workbooks", _workbook, top=("kind", "identity"))
ALERT = Tracked("Microsoft.Insights/scheduledQueryRules", _alert, top=("kind", "identity"))

RULE = Tracked(_RULE, written=False)

ROUTES = (*COMPONENT.routes, *WORKBOOK.routes, *ALERT.routes, *RULE.routes)
