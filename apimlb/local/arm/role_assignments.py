"""Microsoft.Authorization over HTTP: role assignments, role definitions, and the caller's permissions."""

import re

from apimlb.http import last_segment
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import ArmError, invalid_content
from apimlb.local.arm.roles import (
    ASSIGNMENT,
    BY_ID,
    DEFINITION_PATH,
    DEFINITIONS,
    RoleDefinition,
    assignments,
)
from apimlb.local.arm.routes import Route, crud
from apimlb.local.store import Document, Json, kind_of

TYPE = "Microsoft.Authorization/roleAssignments"
_PATTERN = f"/{{scope*}}/providers/{TYPE}/{{assignment}}"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+", re.IGNORECASE)


def put_assignment(call: Call) -> Reply:
    """201, or 200 for the same assignment again; createdBy is null in the creating answer alone (recorded:
    rbac_aso_role_assignment 6, 7)."""
    if not _GUID.fullmatch(call.name):
        text = f"The role assignment ID '{call.name}' is not valid. The role assignment ID must be a GUID."
        raise ArmError(400, "InvalidRoleAssignmentId", text)
    sent = call.properties()
    scope = "/" + call.names["scope"]
    _require_scope(call, scope)
    role = _role(call, sent)
    principal = str(sent.get("principalId") or "")
    if not _GUID.fullmatch(principal):
        raise invalid_content("The request content was invalid: 'principalId' must be a GUID.")
    existing = call.document()
    if existing:
        return _repeated(call, existing, sent, role, principal)
    _refuse_twin(call, scope, role, principal)
    body = _body(call, sent, scope, role, principal)
    call.stored(body, {})
    return Reply(201, {**body, "properties": {**body["properties"], "createdBy": None}})


def _require_scope(call: Call, scope: str) -> None:
    """The scope must exist: the subscription, a group or a resource."""
    if _SUBSCRIPTION.fullmatch(scope) or call.store.get(scope):
        return
    if kind_of(scope) == "microsoft.resources/resourcegroups":
        text = f"Resource group '{last_segment(scope)}' could not be found."
        raise ArmError(404, "ResourceGroupNotFound", text)
    raise ArmError(404, "ResourceNotFound", f"The resource '{scope}' was not found.")


def _role(call: Call, sent: Json) -> str:
    """The full id of the role definition that the body names."""
    wanted = str(sent.get("roleDefinitionId") or "")
    guid = last_segment(wanted).lower()
    if guid not in BY_ID:
        text = f"The specified role definition with ID '{guid}' does not exist."
        raise ArmError(404, "RoleDefinitionDoesNotExist", text)
    return f"/subscriptions/{call.azure.settings.subscription_id}{DEFINITION_PATH}/{guid}"


def _repeated(call: Call, existing: Document, sent: Json, role: str, principal: str) -> Reply:
    """Of an assignment the description and the condition can be changed, and no more (`az role assignment
    update` sends the whole assignment again)."""
    properties = existing.body["properties"]
    if (properties["roleDefinitionId"], properties["principalId"]) != (role, principal):
        text = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        raise ArmError(400, "RoleAssignmentUpdateNotPermitted", text)
    free = {name: sent.get(name) for name in ("description", "condition", "conditionVersion")}
    if all(properties[name] == value for name, value in free.items()):
        return Reply(200, existing.body)
    who = {"updatedOn": call.azure.time(), "updatedBy": call.caller.principal_id}
    body = {**existing.body, "properties": {**properties, **free, **who}}
    call.stored(body, existing.hidden)
    return Reply(200, body)


def _refuse_twin(call: Call, scope: str, role: str, principal: str) -> None:
    for item in call.store.children(scope, ASSIGNMENT):
        properties = item.body["properties"]
        if (properties["roleDefinitionId"], properties["principalId"]) == (role, principal):
            raise ArmError(
                409,
                "RoleAssignmentExists",
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{item.body['name'].replace('-', '')}.",
            )


def _body(call: Call, sent: Json, scope: str, role: str, principal: str) -> Json:
    now = call.azure.time()
    properties = {
        "roleDefinitionId": role,
        "principalId": principal,
        "principalType": _principal_type(call, sent, principal),
        "scope": scope,
        "condition": sent.get("condition"),
        "conditionVersion": sent.get("conditionVersion"),
        "createdOn": now,
        "updatedOn": now,
        "createdBy": call.caller.principal_id,
        "updatedBy": call.caller.principal_id,
        "delegatedManagedIdentityResourceId": sent.get("delegatedManagedIdentityResourceId"),
        "description": sent.get("description"),
    }
    return {"properties": properties, "id": call.id, "type": TYPE, "name": call.name}


def _principal_type(call: Call, sent: Json, principal: str) -> str:
    """As sent; without it the directory is asked, which knows the identities of this subscription alone."""
    if sent.get("principalType"):
        return str(sent["principalType"])
    if principal.lower() in _principals(call) and call.azure.replicated(principal):
        return "ServicePrincipal"
    tenant = call.azure.settings.tenant_id.replace("-", "")
    raise ArmError(
        400,
        "PrincipalNotFound",
        f"Principal {principal.replace('-', '')} does not exist in the directory {tenant}. Check that you "
        "have the correct principal ID. If you are creating this principal and then immediately assigning "
        "a role, this error might be related to a replication delay. In this case, set the role "
        "assignment principalType property to a value, such as ServicePrincipal, User, or Group. See "
        "https://aka.ms/docs-principaltype",
    )


def _principals(call: Call) -> set[str]:
    found = {call.azure.settings.owner_id.lower(), call.caller.principal_id.lower()}
    for item in call.store.of_kind("microsoft.managedidentity/userassignedidentities"):
        found.add(item.body["properties"]["principalId"].lower())
    for kind in ("microsoft.apimanagement/service", "microsoft.cognitiveservices/accounts"):
        for item in call.store.of_kind(kind):
            found.add(str((item.body.get("identity") or {}).get("principalId")).lower())
    return found


def get_assignment(call: Call) -> Reply:
    found = call.document()
    if found is None:
        text = f"The role assignment '{call.name}' is not found."
        raise ArmError(404, "RoleAssignmentNotFound", text)
    return Reply(200, found.body)


def delete_assignment(call: Call) -> Reply:
    """200 with what was deleted, 204 for nothing (recorded: rbac_aso_role_assignment 10)."""
    found = call.document()
    call.store.delete(call.id)
    return Reply(200, found.body) if found else Reply(204)


def list_assignments(call: Call) -> Reply:
    """Those that reach the scope from above and, except with atScope(), those below it."""
    scope = "/" + call.names["scope"]
    wanted = call.query.get("$filter", "")
    found = {item.id: item for item in _above(call, scope)}
    if "atScope()" not in wanted:
        found |= {item.id: item for item in call.store.descendants(scope, ASSIGNMENT)}
    principal = re.search(r"(?:principalId eq|assignedTo\()\s*'([^']+)'", wanted)
    rows = [item.body for item in found.values()]
    if principal:
        rows = [row for row in rows if row["properties"]["principalId"].lower() == principal.group(1).lower()]
    return Reply(200, {"value": rows})


def _above(call: Call, scope: str) -> list[Document]:
    everyone = {item.body["properties"]["principalId"] for item in call.store.of_kind(ASSIGNMENT)}
    return [item for principal in everyone for item in assignments(call.store, principal, scope)]


def _definition(role: RoleDefinition, scope: str) -> Json:
    """Recorded: rbac_aso_role_assignment 5; below a subscription the ids start with it."""
    permission = {
        "actions": list(role.actions),
        "notActions": list(role.not_actions),
        "dataActions": list(role.data_actions),
        "notDataActions": list(role.not_data_actions),
    }
    return {
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [permission],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2021-11-11T20:13:12.8831163Z",
            "createdBy": None,
            "updatedBy": None,
        },
        "id": f"{scope}{DEFINITION_PATH}/{role.id}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id,
    }


def _definition_scope(call: Call) -> str:
    found = _SUBSCRIPTION.match("/" + call.names.get("scope", ""))
    return found.group(0) if found else ""


def get_definition(call: Call) -> Reply:
    role = BY_ID.get(call.names["role"].lower())
    if role is None:
        text = f"The specified role definition with ID '{call.names['role']}' does not exist."
        raise ArmError(404, "RoleDefinitionDoesNotExist", text)
    return Reply(200, _definition(role, _definition_scope(call)))


def list_definitions(call: Call) -> Reply:
    wanted = re.search(r"roleName eq '([^']*)'", call.query.get("$filter", ""))
    scope = _definition_scope(call)
    found = [role for role in DEFINITIONS if not wanted or role.name == wanted.group(1)]
    return Reply(200, {"value": [_definition(role, scope) for role in found]})


def list_permissions(call: Call) -> Reply:
    """What the caller's own roles at the scope allow, one entry per assignment."""
    held = assignments(call.store, call.caller.principal_id, "/" + call.names["scope"])
    roles = [BY_ID[last_segment(item.body["properties"]["roleDefinitionId"])] for item in held]
    return Reply(200, {"value": [_definition(role, "")["properties"]["permissions"][0] for role in roles]})


ROUTES = (
    *crud(
        _PATTERN,
        get=get_assignment,
        put=put_assignment,
        delete=delete_assignment,
        listed=list_assignments,
    ),
    Route("GET", f"{DEFINITION_PATH}", list_definitions, checked=False),
    Route("GET", f"{DEFINITION_PATH}/{{role}}", get_definition, checked=False),
    Route("GET", f"/{{scope*}}{DEFINITION_PATH}", list_definitions),
    Route("GET", f"/{{scope*}}{DEFINITION_PATH}/{{role}}", get_definition),
    Route("GET", "/{scope*}/providers/Microsoft.Authorization/permissions", list_permissions, checked=False),
)
