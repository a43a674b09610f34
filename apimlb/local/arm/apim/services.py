"""API Management services: create, read, update, delete.

Answers as recorded in apim_aso_backend 2-16, apim_cli_core_service and apim_cli_deletedservice.
"""

import re
from dataclasses import replace

from apimlb.local.arm import errors
from apimlb.local.arm.apim import deleted_services, shape
from apimlb.local.arm.apim.builtins import plant_builtins
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.apim.operations import PROVIDER, SERVICE, service_token, started
from apimlb.local.arm.call import Azure, Call, Reply, check_match, merged, section
from apimlb.local.arm.errors import ArmError, apim_error, validation_error
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.identities import identity_block
from apimlb.local.arm.locations import REGIONS, Region, region
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.arm.routes import Exclusion, Route, crud
from apimlb.local.store import Document, Json

KIND = shape.TYPE.lower()
_UPDATE_SECONDS = 60.0
_NAME = re.compile(r"[a-zA-Z](?:[a-zA-Z0-9-]{0,48}[a-zA-Z0-9])?")


def require_service(call: Call) -> Document:
    """The service that the path names; raises ResourceNotFound."""
    group = require_group(call)
    found = call.store.get(f"{group.id}/providers/{shape.TYPE}/{call.names['service']}")
    if found is None:
        raise errors.resource_not_found(f"{shape.TYPE}/{call.names['service']}", call.names["group"])
    return found


def stale() -> ArmError:
    """The If-Match header does not fit (reported in azure-powershell issue 3817)."""
    return apim_error(412, "ValidationError", "Resource was modified since last retrieval.")


def transitioning(name: str) -> ArmError:
    """An operation on the service is under way."""
    text = f"The API Service {name} is transitioning at this time. Please try the request again later."
    return apim_error(409, "ServiceLocked", text)


def put_service(call: Call) -> Reply:
    """201 with Created, never 202; an existing service answers 200 with Updating."""
    sent = call.body()
    require_group(call, writing=True)
    existing = call.document()
    check_match(call, existing, stale)
    if existing:
        return _answer_update(call, _update(call, existing, sent), 200)
    if section(sent, "properties").get("restore") is True:
        return _answer_create(call, _restored(call), "Restore")
    place = _check_new(call, sent)
    return _answer_create(call, _new(call, sent, place), "Act")


def _check_new(call: Call, sent: Json) -> Region:
    if not _NAME.fullmatch(call.name):
        rule = "a letter first, at most 50 letters, digits and hyphens, and no hyphen last"
        text = f"Invalid parameter: The service name '{call.name}' is not valid: {rule}."
        raise apim_error(400, "InvalidParameters", text)
    place = region(sent.get("location"))
    if place is None:
        raise errors.location_not_available(str(sent.get("location")), shape.TYPE, list(REGIONS))
    _check_sku(section(sent, "sku"))
    properties = section(sent, "properties")
    missing = [name for name in ("publisherEmail", "publisherName") if not properties.get(name)]
    if missing:
        raise apim_error(400, "InvalidParameters", f"Invalid parameter: {missing[0]} must not be empty.")
    if any(item.body["name"].lower() == call.name.lower() for item in call.store.of_kind(KIND)):
        raise apim_error(409, "ServiceAlreadyExists", f"Api service already exists: {call.name}")
    deleted_services.refuse_soft_deleted(call)
    return place


def _check_sku(sku: Json) -> None:
    tier, capacity = sku.get("name"), sku.get("capacity")
    if tier not in shape.TIERS:
        raise apim_error(400, "InvalidParameters", f"Invalid parameter: The SKU '{tier}' is not supported.")
    least = 0 if tier == "Consumption" else 1
    if type(capacity) is not int or not least <= capacity <= shape.MOST_UNITS[tier]:
        text = f"Invalid parameter: The capacity '{capacity}' is not supported for the SKU '{tier}'."
        raise apim_error(400, "InvalidParameters", text)


def _gateway_path(call: Call) -> str:
    """ "" for the first live service, its name below the gateway's address for every further one."""
    taken = {item.hidden["gatewayPath"] for item in call.store.of_kind(KIND)}
    return f"/{call.name.lower()}" if "" in taken else ""


def _gateway_url(call: Call, path: str) -> str:
    return _url_at(call.azure.settings.gateway_origin, call.name, path)


def _url_at(origin: str, name: str, path: str) -> str:
    return f"{origin}{path}" if origin else f"https://{name}.azure-api.net"


def relocate(azure: Azure) -> None:
    """Let every service say where its gateway listens now: since it was made the port may be another one."""
    origin = azure.settings.gateway_origin
    for document in azure.store.of_kind(KIND):
        properties = document.body["properties"]
        url = _url_at(origin, document.body["name"], document.hidden["gatewayPath"])
        if properties.get("gatewayUrl") != url:
            moved = {**document.body, "properties": {**properties, "gatewayUrl": url}}
            azure.store.put(replace(document, body=moved))


def _new(call: Call, sent: Json, place: Region) -> Document:
    azure, path = call.azure, _gateway_path(call)
    body = shape.service_body(azure, call.id, sent, place, _gateway_url(call, path))
    body["identity"] = identity_block(azure, call.name, sent.get("identity"), None)
    # Recorded without systemData on a v2 tier: apim_aso_backend 2.
    body["systemData"] = None if shape.is_v2(body["sku"]["name"]) else call.system_data()
    etag = apim_etag(azure)
    document = call.stored({**body, "etag": etag}, {"gatewayPath": path}, etag)
    plant_builtins(azure, document)
    return document


def _restored(call: Call) -> Document:
    path = _gateway_path(call)
    before = deleted_services.restore(call)
    state = {"provisioningState": "Created", "targetProvisioningState": "Activating"}
    properties = {**before.body["properties"], **state, "gatewayUrl": _gateway_url(call, path)}
    etag = apim_etag(call.azure)
    body = {**before.body, "etag": etag, "properties": properties}
    return call.stored(body, {**before.hidden, "gatewayPath": path}, etag)


def _answer_create(call: Call, document: Document, verb: str) -> Reply:
    seconds = shape.create_seconds(document.body["sku"]["name"])
    headers = _start(call, document, "finish-service", verb, seconds)
    return Reply(201, shape.shown(document.body, call.api_version), headers, document.etag)


def _start(call: Call, document: Document, effect: str, verb: str, seconds: float) -> list[tuple[str, str]]:
    azure, body = call.azure, document.body
    place = region(body["location"])
    location = place.name if place else body["location"]
    token = service_token(azure, location, body["name"], verb, v2=shape.is_v2(body["sku"]["name"]))
    azure.operations.start(effect, document.id, azure.settings.seconds(seconds), token)
    return started(call, location, token, document.id)


def finish_service(azure: Azure, operation: Operation) -> None:
    """The end of a create or an update: Succeeded, with another etag (recorded: apim_aso_backend 10)."""
    found = azure.store.get(operation.target)
    if found is None:
        return
    etag = apim_etag(azure)
    body = {**shape.succeeded(found.body, region(found.body["location"])), "etag": etag}
    azure.store.put(Document(found.id, found.kind, body, found.hidden, etag))


def _update(call: Call, existing: Document, sent: Json) -> Document:
    """Write the service with what can be changed as sent, in state Updating."""
    body = existing.body
    if sent.get("location") is not None and region(sent["location"]) != region(body["location"]):
        text = f"The resource '{call.name}' already exists in location '{body['location']}'."
        raise ArmError(409, "InvalidResourceLocation", text)
    sku = merged(body["sku"], section(sent, "sku"))
    _check_sku(sku)
    if shape.is_v2(sku["name"]) != shape.is_v2(body["sku"]["name"]):
        raise validation_error(
            ("sku", f"The tier cannot be changed from {body['sku']['name']} to {sku['name']}.")
        )
    state = {"provisioningState": "Updating", "targetProvisioningState": "Updating"}
    properties = {**body["properties"], **shape.writable(section(sent, "properties")), **state}
    made = {**body, "properties": properties, "sku": sku, "etag": apim_etag(call.azure)}
    if "identity" in sent:
        made["identity"] = identity_block(call.azure, call.name, sent["identity"], body["identity"])
    if "tags" in sent:
        made["tags"] = section(sent, "tags")
    return call.stored(made, existing.hidden, made["etag"])


def patch_service(call: Call) -> Reply:
    existing = require_service(call)
    check_match(call, existing, stale)
    return _answer_update(call, _update(call, existing, call.body()), 202)


def _answer_update(call: Call, document: Document, status: int) -> Reply:
    headers = _start(call, document, "finish-service", "Update", _UPDATE_SECONDS)
    return Reply(status, shape.shown(document.body, call.api_version), headers, document.etag)


def get_service(call: Call) -> Reply:
    found = require_service(call)
    return Reply(200, shape.shown(found.body, call.api_version), etag=found.etag)


def delete_service(call: Call) -> Reply:
    """202 with the service in Deleting, without ETag header (recorded: apim_aso_backend 16); before
    2022-08-01 provisioningState stays as it was (apim_cli_core_service t15)."""
    require_group(call)
    found = call.document()
    if found is None:
        return Reply(204)
    check_match(call, found, stale)
    etag = apim_etag(call.azure)
    state = {"targetProvisioningState": "Deleting"}
    if call.api_version >= "2022-08-01":
        state["provisioningState"] = "Deleting"
    body = {**found.body, "etag": etag, "properties": {**found.body["properties"], **state}}
    document = call.stored(body, found.hidden, etag)
    seconds = shape.delete_seconds(body["sku"]["name"])
    headers = _start(call, document, "delete-service", "Term", seconds)
    return Reply(202, shape.shown(body, call.api_version), headers)


def list_services(call: Call) -> Reply:
    found = (
        call.store.children(require_group(call).id, KIND)
        if "group" in call.names
        else call.store.of_kind(KIND)
    )
    return Reply(200, {"value": [shape.listed(item.body, call.api_version) for item in found]})


def check_name(call: Call) -> Reply:
    """Always 200 (recorded: apim_cli_deletedservice 2, 5); a soft-deleted service keeps its name."""
    name = str(call.body().get("name") or "")
    taken = deleted_services.names(call.store) | {
        item.body["name"].lower() for item in call.store.of_kind(KIND)
    }
    if not _NAME.fullmatch(name):
        text = f"{name} is not a valid service name."
        return Reply(200, {"nameAvailable": False, "reason": "Invalid", "message": text})
    if name.lower() in taken:
        text = f"{name} is already in use. Please select a different name."
        return Reply(200, {"nameAvailable": False, "reason": "AlreadyExists", "message": text})
    return Reply(200, {"nameAvailable": True, "reason": "Valid", "message": ""})


def _alone(call: Call) -> Exclusion:
    """One operation at a time on a service."""
    return Exclusion(call.id, 0.0, lambda: transitioning(call.name))


ROUTES = (
    *crud(
        SERVICE,
        get=get_service,
        put=put_service,
        patch=patch_service,
        delete=delete_service,
        listed=list_services,
        exclusive=_alone,
    ),
    Route("GET", f"/subscriptions/{{subscription}}/providers/{shape.TYPE}", list_services),
    Route("POST", f"{PROVIDER}/checkNameAvailability", check_name),
)
EFFECTS: dict[str, Effect] = {"finish-service": finish_service}
