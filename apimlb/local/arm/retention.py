"""Soft-deleted resources: kept for 48 hours, a log workspace for 14 days, then gone.

A deleted resource's document carries `hidden.purgeAt` (epoch seconds) and in `hidden.tree` the documents
that it consisted of, itself first. Source: Microsoft Learn, "Recover or purge deleted Azure AI services
resources", "API Management soft-delete" and "Delete and recover a Log Analytics workspace".
"""

from dataclasses import asdict

from apimlb.local.arm.call import Azure
from apimlb.local.store import Document, Documents, Json

SECONDS = 48 * 3600.0
WORKSPACE = "microsoft.operationalinsights/resourcegroups/deletedworkspaces"
KINDS = (
    WORKSPACE,
    "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts",
    "microsoft.apimanagement/locations/deletedservices",
)


def expire(azure: Azure) -> None:
    """Forget what was deleted too long ago to come back."""
    now = azure.clock.now()
    for kind in KINDS:
        for item in azure.store.of_kind(kind):
            if item.hidden["purgeAt"] <= now:
                azure.store.delete(item.id)


def uproot(store: Documents, id: str) -> list[Json]:
    """Take a resource and all below it out of the store; what `plant` puts back.

    Role assignments go with the resource and do not come back with it.
    """
    root = store.get(id)
    tree = ([root] if root else []) + store.descendants(id)
    for item in tree:
        store.delete(item.id)
    return [asdict(item) for item in tree if not item.kind.startswith("microsoft.authorization/")]


def plant(store: Documents, tree: list[Json]) -> None:
    """Put a tree back under the ids that its documents had."""
    for item in tree:
        store.put(Document(**item))
