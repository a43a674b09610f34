"""Log Analytics workspaces, which come back for 14 days after they were deleted, unless that was forced.

Shapes: Microsoft's description of Microsoft.OperationalInsights 2025-07-01. Microsoft Learn, "Delete and
recover a Log Analytics workspace": to write one of the same name, group and location recovers it. They are
written at once and keep no data.
"""

from apimlb.local.arm.call import Azure, Call, Reply, section
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.retention import WORKSPACE as DELETED
from apimlb.local.arm.retention import plant, uproot
from apimlb.local.arm.routes import GROUP, SUBSCRIPTION, Route
from apimlb.local.arm.tracked import Tracked
from apimlb.local.store import Document, Json, kind_of

SECONDS = 14 * 86_400.0
TYPE = "Microsoft.OperationalInsights/workspaces"
KIND = TYPE.lower()


def _properties(call: Call, existing: Document | None, sent: Json) -> Json:
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


def soft_delete(azure: Azure, workspace: Document) -> None:
    """Keep it for 14 days where only the list of deleted ones shows it."""
    id = _deleted_id(workspace.id)
    hidden = {"purgeAt": azure.clock.now() + SECONDS, "tree": uproot(azure.store, workspace.id)}
    azure.store.put(Document(id, kind_of(id), workspace.body, hidden))


def _remove(call: Call, workspace: Document) -> None:
    if call.query.get("force", "").lower() == "true":
        uproot(call.store, workspace.id)
    else:
        soft_delete(call.azure, workspace)


def _revive(call: Call) -> None:
    gone = call.store.get(_deleted_id(call.id))
    if gone is not None and call.document() is None:
        plant(call.store, gone.hidden["tree"])
        call.store.delete(gone.id)


def _deleted_id(id: str) -> str:
    """Outside of the group, with which it does not go."""
    parts = id.split("/")
    provider = f"/subscriptions/{parts[2]}/providers/Microsoft.OperationalInsights"
    return f"{provider}/resourceGroups/{parts[4]}/deletedWorkspaces/{parts[-1]}"


def list_deleted(call: Call) -> Reply:
    """They are shown with the ids that they had."""
    scope = f"{require_group(call).id.lower()}/" if "group" in call.names else "/"
    kept = call.store.of_kind(DELETED)
    found = [item for item in kept if str(item.body["id"]).lower().startswith(scope)]
    return Reply(200, {"value": [item.body for item in found]})


def shared_keys(call: Call) -> Reply:
    return Reply(200, WORKSPACE.require(call.subject()).hidden)


def regenerate_shared_keys(call: Call) -> Reply:
    found, keys = WORKSPACE.require(call.subject()), _keys(call)
    call.store.put(Document(found.id, kind_of(found.id), found.body, keys, found.etag))
    return Reply(200, keys)


def _keys(call: Call) -> Json:
    return {"primarySharedKey": call.azure.hex(64), "secondarySharedKey": call.azure.hex(64)}


WORKSPACE = Tracked(TYPE, _properties, secret=_keys, remove=_remove, revive=_revive)
_KEYS_OF = f"{GROUP}/providers/{TYPE}/{{resource}}"
_DELETED = "providers/Microsoft.OperationalInsights/deletedWorkspaces"

ROUTES = (
    *WORKSPACE.routes,
    Route("GET", f"{GROUP}/{_DELETED}", list_deleted),
    Route("GET", f"{SUBSCRIPTION}/{_DELETED}", list_deleted),
    Route("POST", f"{_KEYS_OF}/sharedKeys", shared_keys),
    Route("POST", f"{_KEYS_OF}/regenerateSharedKey", regenerate_shared_keys),
)
