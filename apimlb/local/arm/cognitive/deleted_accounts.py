"""Soft-deleted accounts: listed, restored, purged. Recorded: cog_cli_softdelete 5-12."""

from apimlb.clock import isoformat
from apimlb.local.arm.call import Azure, Call, Reply
from apimlb.local.arm.cognitive import shape
from apimlb.local.arm.errors import ArmError
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.arm.retention import SECONDS, plant, uproot
from apimlb.local.arm.routes import SUBSCRIPTION, Route
from apimlb.local.store import Document, Documents, kind_of

ACCOUNT = "microsoft.cognitiveservices/accounts"
DELETED = "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts"
TYPE = "Microsoft.CognitiveServices/deletedAccounts"
PURGE_SECONDS = 5.0
_PROVIDER = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
_PATTERN = f"{_PROVIDER}/locations/{{location}}/resourceGroups/{{group}}/deletedAccounts/{{account}}"


def account_etag(azure: Azure) -> str:
    """As recorded: "ab008a67-0000-0100-0000-68543e880000"; the last part begins with the time in hex."""
    return f"{azure.hex(8)}-0000-0100-0000-{int(azure.clock.now()):08x}0000"


def soft_delete(azure: Azure, account: Document) -> None:
    """Move the account, its deployments and its keys out of sight for 48 hours."""
    parts = account.id.split("/")
    location, group = account.body["location"], parts[4]
    id = (
        f"/subscriptions/{parts[2]}/providers/Microsoft.CognitiveServices/locations/{location}"
        f"/resourceGroups/{group}/deletedAccounts/{account.body['name']}"
    )
    etag = account_etag(azure)
    now = azure.clock.now()
    dates = dict(zip(shape.DATES, (isoformat(now), isoformat(now + SECONDS)), strict=True))
    properties = {**account.body["properties"], "provisioningState": "Succeeded", **dates}
    body = {**account.body, "id": id, "type": TYPE, "etag": f'"{etag}"', "properties": properties}
    tree = uproot(azure.store, account.id)
    hidden = {"accountId": account.id, "purgeAt": azure.clock.now() + SECONDS, "tree": tree}
    azure.store.put(Document(id, kind_of(id), body, hidden, etag))


def subdomains(store: Documents) -> set[str]:
    """Every custom subdomain in use, in lower case; a soft-deleted account keeps its own."""
    found = [*store.of_kind(ACCOUNT), *store.of_kind(DELETED)]
    return {str(item.body["properties"].get("customSubDomainName")).lower() for item in found}


def _deleted(call: Call) -> Document | None:
    """The soft-deleted account that had the id of this call."""
    gone = call.store.of_kind(DELETED)
    return next((item for item in gone if item.hidden["accountId"].lower() == call.id.lower()), None)


def refuse_soft_deleted(call: Call) -> None:
    """Raise FlagMustBeSetForRestore when the name is kept by a soft-deleted account of this group."""
    gone = _deleted(call)
    if gone:
        raise ArmError(
            409,
            "FlagMustBeSetForRestore",
            f"An existing resource with ID '{gone.hidden['accountId']}' has been soft-deleted. To restore "
            "the resource, you must specify 'restore' to be 'true' in the property. If you don't want to "
            "restore existing resource, please purge it first.",
        )


def restore(call: Call) -> Reply:
    """201 and at once Succeeded: everything comes back but systemData (recorded: cog_cli_softdelete 7)."""
    gone = _deleted(call)
    if gone is None:
        text = f"The resource '{call.id}' cannot be restored: it is not soft-deleted."
        raise ArmError(400, "CanNotRestoreANonExistingResource", text)
    plant(call.store, gone.hidden["tree"])
    call.store.delete(gone.id)
    account = call.document()
    if account is None:
        raise LookupError(call.id)
    etag = account_etag(call.azure)
    body = {**account.body, "etag": f'"{etag}"', "systemData": call.system_data()}
    body["properties"] = {**body["properties"], "provisioningState": "Succeeded"}
    call.stored(body, account.hidden, etag)
    return Reply(201, shape.shown(body, call.api_version), etag=etag)


def get_deleted(call: Call) -> Reply:
    """Without ETag header (recorded: cog_cli_softdelete 6)."""
    found = call.document()
    if found is None:
        raise ArmError(404, "ResourceNotFound", f"The deleted account '{call.name}' could not be found.")
    return Reply(200, shape.shown(found.body, call.api_version))


def list_deleted(call: Call) -> Reply:
    found = call.store.of_kind(DELETED)
    return Reply(200, {"value": [shape.shown(item.body, call.api_version) for item in found]})


def purge(call: Call) -> Reply:
    """202 with both headers (recorded: cog_cli_softdelete 10), 204 when there is nothing to purge."""
    found = call.document()
    if found is None:
        return Reply(204)
    azure, token = call.azure, call.azure.guid()
    azure.operations.start(
        "purge-account", found.id, azure.settings.seconds(PURGE_SECONDS), token, running="Deleting"
    )
    path = f"/subscriptions/{azure.settings.subscription_id}/providers/Microsoft.CognitiveServices"
    url = f"{path}/locations/{call.names['location']}/operationResults/{token}"
    old = {"api-version": "2017-04-18"}
    location = call.url(url, **old, operationResultResponseType="Location")
    return Reply(202, None, [("Azure-AsyncOperation", call.url(url, **old)), ("Location", location)])


def end_purge(azure: Azure, operation: Operation) -> None:
    azure.store.delete(operation.target)


ROUTES = (
    Route("GET", f"{_PROVIDER}/deletedAccounts", list_deleted),
    Route("GET", _PATTERN, get_deleted),
    Route("DELETE", _PATTERN, purge),
)
EFFECTS: dict[str, Effect] = {"purge-account": end_purge}
