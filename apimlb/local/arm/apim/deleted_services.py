"""Soft-deleted services: listed, restored, purged. Recorded: apim_cli_deletedservice 7-21."""

from apimlb.clock import isoformat
from apimlb.local.arm.apim.operations import DELETED, PROVIDER, service_token
from apimlb.local.arm.call import Azure, Call, Reply
from apimlb.local.arm.errors import apim_error
from apimlb.local.arm.locations import region
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.arm.retention import SECONDS, plant, uproot
from apimlb.local.arm.routes import Route
from apimlb.local.store import Document, Documents, kind_of

SERVICE = "microsoft.apimanagement/service"
KIND = "microsoft.apimanagement/locations/deletedservices"
PURGE_SECONDS = 20.0


def soft_delete(azure: Azure, service: Document, started: float) -> None:
    """Move the service and all that is in it out of sight; purged 48 hours after the delete started."""
    place = region(service.body["location"])
    location = place.name if place else service.body["location"]
    subscription = service.id.split("/")[2]
    name = service.body["name"]
    provider = f"/subscriptions/{subscription}/providers/Microsoft.ApiManagement"
    id = f"{provider}/locations/{location}/deletedservices/{name}"
    body = {
        "id": id,
        "name": name,
        "type": "Microsoft.ApiManagement/deletedservices",
        "location": service.body["location"],
        "properties": {
            "serviceId": service.id,
            "scheduledPurgeDate": isoformat(started + SECONDS),
            "deletionDate": azure.time(),
        },
    }
    hidden = {"purgeAt": started + SECONDS, "tree": uproot(azure.store, service.id)}
    azure.store.put(Document(id, kind_of(id), body, hidden))


def end_delete(azure: Azure, operation: Operation) -> None:
    found = azure.store.get(operation.target)
    if found is not None:
        soft_delete(azure, found, operation.started)


def names(store: Documents) -> set[str]:
    """The names that soft-deleted services keep, in lower case."""
    return {item.body["name"].lower() for item in store.of_kind(KIND)}


def refuse_soft_deleted(call: Call) -> None:
    if call.name.lower() in names(call.store):
        raise apim_error(
            409,
            "ServiceAlreadyExistsInSoftDeletedState",
            f"Api service {call.name} was soft-deleted. In order to create the new service with the same "
            "name, you have to either undelete the service or purge it. See https://aka.ms/apimsoftdelete.",
        )


def restore(call: Call) -> Document:
    """Put the service of this call back as it was and return it."""
    gone = next(
        (
            item
            for item in call.store.of_kind(KIND)
            if item.body["properties"]["serviceId"].lower() == call.id.lower()
        ),
        None,
    )
    if gone is None:
        text = f"Api service {call.name} cannot be undeleted: it is not in the soft-deleted state."
        raise apim_error(400, "ServiceUndeleteNotPossible", text)
    plant(call.store, gone.hidden["tree"])
    call.store.delete(gone.id)
    found = call.document()
    if found is None:
        raise LookupError(call.id)
    return found


def get_deleted(call: Call) -> Reply:
    found = call.document()
    if found is None:
        raise apim_error(404, "ServiceNotFound", f"Api service does not exist: {call.name}")
    return Reply(200, found.body)


def list_deleted(call: Call) -> Reply:
    return Reply(200, {"value": [item.body for item in call.store.of_kind(KIND)]})


def purge(call: Call) -> Reply:
    """202 with scheduledPurgeDate now (recorded: apim_cli_deletedservice 19), 204 for nothing to purge."""
    found = call.document()
    if found is None:
        return Reply(204)
    azure = call.azure
    properties = {**found.body["properties"], "scheduledPurgeDate": azure.time()}
    token = service_token(azure, call.names["location"], found.body["name"], "Term", v2=False)
    azure.operations.start("purge-service", found.id, azure.settings.seconds(PURGE_SECONDS), token)
    headers = [("Location", call.url(f"{found.id}/operationresults/{token}"))]
    return Reply(202, {**found.body, "properties": properties}, headers)


def end_purge(azure: Azure, operation: Operation) -> None:
    azure.store.delete(operation.target)


ROUTES = (
    Route("GET", f"{PROVIDER}/deletedservices", list_deleted),
    Route("GET", DELETED, get_deleted),
    Route("DELETE", DELETED, purge),
)
EFFECTS: dict[str, Effect] = {"delete-service": end_delete, "purge-service": end_purge}
