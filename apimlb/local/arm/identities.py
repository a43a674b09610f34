"""User-assigned identities, and the identity block that other resources carry."""

from apimlb.local.arm.call import Azure, Call, Reply, merged, principal_path, section
from apimlb.local.arm.errors import ArmError, invalid_content, location_not_available, resource_not_found
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.locations import REGIONS, region
from apimlb.local.arm.retention import uproot
from apimlb.local.arm.routes import Route, crud
from apimlb.local.store import Document, Json

TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"
KIND = TYPE.lower()
# Lower-case "resourcegroups" as this provider writes it (recorded: rbac_aso_role_assignment 2).
_PATTERN = f"/subscriptions/{{subscription}}/resourcegroups/{{group}}/providers/{TYPE}/{{identity}}"


def put_identity(call: Call) -> Reply:
    """201 with a relative Location, then 200 and no Location (recorded: rbac_aso_role_assignment 2, 3)."""
    sent = call.body()
    require_group(call, writing=True)
    existing = call.document()
    body = _body(call, sent, existing)
    call.stored(body, {})
    if existing:
        return Reply(200, body)
    call.azure.born(body["properties"]["principalId"], body["properties"]["clientId"], body["name"])
    return Reply(201, body, [("Location", call.id)])


def _body(call: Call, sent: Json, existing: Document | None) -> Json:
    location = sent.get("location") or (existing.body["location"] if existing else "")
    found = region(location)
    if found is None:
        raise location_not_available(str(location), TYPE, list(REGIONS))
    if existing:
        properties = existing.body["properties"]
    else:
        properties = {
            "tenantId": call.azure.settings.tenant_id,
            "principalId": call.azure.guid(),
            "clientId": call.azure.guid(),
        }
    return {
        "location": found.name,
        "tags": section(sent, "tags"),
        "id": existing.id if existing else call.id,
        "name": existing.body["name"] if existing else call.name,
        "type": TYPE,
        "properties": properties,
    }


def _require(call: Call) -> Document:
    require_group(call)
    found = call.document()
    if found is None:
        raise resource_not_found(f"{TYPE}/{call.name}", call.names["group"])
    return found


def get_identity(call: Call) -> Reply:
    return Reply(200, _require(call).body)


def patch_identity(call: Call) -> Reply:
    existing = _require(call)
    body = merged(existing.body, {"tags": section(call.body(), "tags")})
    call.stored(body, {})
    return Reply(200, body)


def delete_identity(call: Call) -> Reply:
    require_group(call)
    found = call.document()
    uproot(call.store, call.id)
    if found:
        call.store.delete(principal_path(found.body["properties"]["principalId"]))
    return Reply(200 if found else 204)


def list_identities(call: Call) -> Reply:
    if "group" in call.names:
        found = call.store.children(require_group(call).id, KIND)
    else:
        found = call.store.of_kind(KIND)
    return Reply(200, {"value": [item.body for item in found]})


def identity_block(azure: Azure, name: str, sent: object, before: Json | None) -> Json | None:
    """The `identity` of a resource called `name`, filled in; None when it has none.

    A system-assigned principal lives as long as the block goes on asking for one. Raises `ArmError` for a
    user-assigned identity that does not exist.
    """
    if sent is not None and not isinstance(sent, dict):
        raise invalid_content("The request content was invalid: 'identity' must be a JSON object.")
    wanted = [part.strip().lower() for part in str((sent or {}).get("type") or "None").split(",")]
    if sent is None or wanted == ["none"]:
        return None
    spelled = {"systemassigned": "SystemAssigned", "userassigned": "UserAssigned"}
    if not set(wanted) <= set(spelled):
        raise invalid_content(f"The identity type '{sent.get('type')}' is not supported.")
    block: Json = {"type": ", ".join(spelled[part] for part in wanted)}
    if "systemassigned" in wanted:
        block |= _system_assigned(azure, name, before)
    if "userassigned" in wanted:
        block["userAssignedIdentities"] = {
            id: _resolve(azure, id) for id in section(sent, "userAssignedIdentities")
        }
    return block


def _system_assigned(azure: Azure, name: str, before: Json | None) -> Json:
    principal = (before or {}).get("principalId")
    if not principal:
        principal = azure.guid()
        azure.born(principal, azure.guid(), name)
    return {"principalId": principal, "tenantId": azure.settings.tenant_id}


def _resolve(azure: Azure, id: str) -> Json:
    found = azure.store.get(id)
    if found is None or found.kind != KIND:
        raise ArmError(
            400, "FailedIdentityOperation", f"Identity operation failed: the resource '{id}' was not found."
        )
    properties = found.body["properties"]
    return {"principalId": properties["principalId"], "clientId": properties["clientId"]}


ROUTES = (
    *crud(
        _PATTERN,
        get=get_identity,
        put=put_identity,
        patch=patch_identity,
        delete=delete_identity,
        listed=list_identities,
    ),
    Route("GET", f"/subscriptions/{{subscription}}/providers/{TYPE}", list_identities),
)
