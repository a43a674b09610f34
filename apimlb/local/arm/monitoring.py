"""Log Analytics workspaces and Application Insights components, as far as a gateway's logging needs them.

Shapes: Microsoft's descriptions of Microsoft.OperationalInsights 2025-07-01 and Microsoft.Insights components
2020-02-02. Both are written at once; neither keeps data.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from apimlb.local.arm.call import Call, Reply, merged, section
from apimlb.local.arm.errors import invalid_content, location_not_available, resource_not_found
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.locations import REGIONS, region
from apimlb.local.arm.retention import uproot
from apimlb.local.arm.routes import GROUP, SUBSCRIPTION, Route, crud
from apimlb.local.store import Document, Json, kind_of


@dataclass(frozen=True, slots=True)
class Tracked:
    """A type directly in a resource group. `properties(call, existing, sent)` makes what is stored;
    `top` are the fields besides the usual ones."""

    type: str
    properties: Callable[[Call, Document | None, Json], Json]
    created: int = 201
    top: tuple[str, ...] = ()
    secret: Callable[[Call], Json] = field(default=lambda call: {})

    @property
    def routes(self) -> tuple[Route, ...]:
        listed = Route("GET", f"{SUBSCRIPTION}/providers/{self.type}", lambda call: _list(self, call))
        return (
            *crud(
                f"{GROUP}/providers/{self.type}/{{resource}}",
                get=lambda call: Reply(200, _require(self, call).body),
                put=lambda call: _put(self, call, call.body()),
                patch=lambda call: _patch(self, call),
                delete=_delete,
                listed=lambda call: _list(self, call),
            ),
            listed,
        )


def _put(row: Tracked, call: Call, sent: Json) -> Reply:
    require_group(call, writing=True)
    place, existing = region(sent.get("location")), call.document()
    if place is None:
        raise location_not_available(str(sent.get("location")), row.type, list(REGIONS))
    body = {
        "id": existing.id if existing else call.id,
        "name": existing.body["name"] if existing else call.name,
        "type": row.type,
        "location": place.name,
        **({"tags": sent["tags"]} if sent.get("tags") else {}),
        **{name: sent[name] for name in row.top if sent.get(name) is not None},
        "etag": f'"{call.azure.guid()}"',
        "properties": row.properties(call, existing, section(sent, "properties")),
    }
    call.stored(body, existing.hidden if existing else row.secret(call))
    return Reply(200 if existing else row.created, body)


def _patch(row: Tracked, call: Call) -> Reply:
    return _put(row, call, merged(_require(row, call).body, call.body()))


def _require(row: Tracked, call: Call) -> Document:
    require_group(call)
    found = call.store.get(f"{call.id.split(f'/{row.type}/')[0]}/{row.type}/{call.names['resource']}")
    if found is None:
        raise resource_not_found(f"{row.type}/{call.names['resource']}", call.names["group"])
    return found


def _delete(call: Call) -> Reply:
    require_group(call)
    found = call.document()
    uproot(call.store, call.id)
    return Reply(200 if found else 204)


def _list(row: Tracked, call: Call) -> Reply:
    kind = row.type.lower()
    found = (
        call.store.children(require_group(call).id, kind)
        if "group" in call.names
        else call.store.of_kind(kind)
    )
    return Reply(200, {"value": [item.body for item in found]})


def _workspace(call: Call, existing: Document | None, sent: Json) -> Json:
    before = existing.body["properties"] if existing else {}
    return {
        "customerId": before.get("customerId") or call.azure.guid(),
        "provisioningState": "Succeeded",
        "sku": {"name": section(sent, "sku").get("name") or "PerGB2018"},
        "retentionInDays": sent.get("retentionInDays") or 30,
        "workspaceCapping": {"dailyQuotaGb": section(sent, "workspaceCapping").get("dailyQuotaGb", -1)},
        "publicNetworkAccessForIngestion": sent.get("publicNetworkAccessForIngestion") or "Enabled",
        "publicNetworkAccessForQuery": sent.get("publicNetworkAccessForQuery") or "Enabled",
        "createdDate": before.get("createdDate") or call.azure.time(),
        "modifiedDate": call.azure.time(),
    }


def _component(call: Call, existing: Document | None, sent: Json) -> Json:
    before = existing.body["properties"] if existing else {}
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
    }


def _connection_string(call: Call, key: str, app: str) -> str:
    place = region(call.body().get("location"))
    endpoint = f"https://{place.name if place else 'dc'}-0.in.applicationinsights.azure.com/"
    return f"InstrumentationKey={key};IngestionEndpoint={endpoint};ApplicationId={app}"


def shared_keys(call: Call) -> Reply:
    found = _require(WORKSPACE, call.subject())
    return Reply(200, found.hidden)


def regenerate_shared_keys(call: Call) -> Reply:
    found = _require(WORKSPACE, call.subject())
    keys = _keys(call)
    call.store.put(Document(found.id, kind_of(found.id), found.body, keys, found.etag))
    return Reply(200, keys)


def _keys(call: Call) -> Json:
    return {"primarySharedKey": call.azure.hex(64), "secondarySharedKey": call.azure.hex(64)}


WORKSPACE = Tracked("Microsoft.OperationalInsights/workspaces", _workspace, secret=_keys)
COMPONENT = Tracked("Microsoft.Insights/components", _component, created=200, top=("kind",))
_KEYS_OF = f"{GROUP}/providers/{WORKSPACE.type}/{{resource}}"

ROUTES = (
    *WORKSPACE.routes,
    *COMPONENT.routes,
    Route("POST", f"{_KEYS_OF}/sharedKeys", shared_keys),
    Route("POST", f"{_KEYS_OF}/regenerateSharedKey", regenerate_shared_keys),
)
