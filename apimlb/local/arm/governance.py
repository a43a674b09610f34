"""Azure Policy, as far as it stops a deploy: assignments of three built-in definitions, and what they deny.

    e56962a6-… allowed locations        a08ec900-… allowed resource types        871b6d14-… require a tag

Shapes: Microsoft's descriptions of Microsoft.Authorization 2025-03-01 (policyAssignments) and of
Microsoft.PolicyInsights 2022-03-01 (checkPolicyRestrictions). Other definitions are refused with 501.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from apimlb.local.arm.call import Call, Reply, section
from apimlb.local.arm.errors import ArmError, invalid_content
from apimlb.local.arm.routes import Route, crud
from apimlb.local.store import Document, Documents, Json, kind_of

TYPE = "Microsoft.Authorization/policyAssignments"
_CHECK = "/{scope*}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions"
_DEFINITIONS = "/providers/Microsoft.Authorization/policyDefinitions/"
_UNTRACKED = ("microsoft.resources/resourcegroups",)


@dataclass(frozen=True, slots=True)
class Definition:
    """A built-in definition: its id's end, its name, and whether parameters deny a resource of a type."""

    id: str
    name: str
    denies: Callable[[Json, str, Json], bool]


def _values(parameters: Json, name: str) -> list[str]:
    found = (parameters.get(name) or {}).get("value")
    return [str(value).replace(" ", "").lower() for value in (found if isinstance(found, list) else [found])]


def _elsewhere(parameters: Json, type: str, body: Json) -> bool:
    place = str(body.get("location") or "").replace(" ", "").lower()
    return bool(place) and place not in (*_values(parameters, "listOfAllowedLocations"), "global")


def _of_another_type(parameters: Json, type: str, body: Json) -> bool:
    return type.lower() not in _values(parameters, "listOfResourceTypesAllowed")


def _untagged(parameters: Json, type: str, body: Json) -> bool:
    wanted = _values(parameters, "tagName")
    has = {str(name).lower() for name in body.get("tags") or {}}
    return "location" in body and not set(wanted) <= has


DEFINITIONS = {
    each.id: each
    for each in (
        Definition("e56962a6-4747-49cd-b67b-bf8b01975c4c", "Allowed locations", _elsewhere),
        Definition("a08ec900-254a-4555-9bf5-e42af04b5c5c", "Allowed resource types", _of_another_type),
        Definition("871b6d14-10aa-478d-b590-94f262ecfa99", "Require a tag on resources", _untagged),
    )
}


def put_assignment(call: Call) -> Reply:
    sent = call.properties()
    wanted = str(sent.get("policyDefinitionId") or "")
    if wanted.rpartition("/")[2].lower() not in DEFINITIONS:
        raise ArmError(501, "NotImplemented", f"The local Azure does not have the policy '{wanted}'.")
    existing = call.document()
    body = {
        "id": existing.id if existing else call.id,
        "name": call.name,
        "type": TYPE,
        "properties": {
            "displayName": sent.get("displayName"),
            "policyDefinitionId": wanted,
            "scope": call.id.partition("/providers/Microsoft.Authorization/")[0],
            "notScopes": [],
            "parameters": section(sent, "parameters"),
            "enforcementMode": sent.get("enforcementMode") or "Default",
        },
    }
    call.stored(body, {})
    return Reply(201, body)


def get_assignment(call: Call) -> Reply:
    found = call.document()
    if found is None:
        text = f"The policy assignment '{call.name}' is not found."
        raise ArmError(404, "PolicyAssignmentNotFound", text)
    return Reply(200, found.body)


def delete_assignment(call: Call) -> Reply:
    found = call.document()
    if found is None:
        return Reply(204)
    call.store.delete(found.id)
    return Reply(200, found.body)


def list_assignments(call: Call) -> Reply:
    scope = "/" + call.names["scope"].strip("/")
    rows = [item.body for item in call.store.of_kind(TYPE.lower()) if _reaches(item, scope)]
    return Reply(200, {"value": rows})


def check(call: Call) -> Reply:
    """What would become of a resource that is not there yet."""
    details = section(call.body(), "resourceDetails")
    content, scope = section(details, "resourceContent"), "/" + call.names["scope"].strip("/")
    if not content.get("type"):
        raise invalid_content("'resourceDetails.resourceContent.type' is required.")
    denied = [
        {
            "policyInfo": {
                "policyDefinitionId": assignment.body["properties"]["policyDefinitionId"],
                "policyAssignmentId": assignment.id,
            },
            "evaluationResult": "NonCompliant",
            "effectDetails": {"policyEffect": "Deny"},
        }
        for assignment, _ in denials(call.store, scope, str(content["type"]), content)
    ]
    return Reply(200, {"fieldRestrictions": [], "contentEvaluationResult": {"policyEvaluations": denied}})


def require_allowed(call: Call) -> None:
    """Raise RequestDisallowedByPolicy for a new resource that an assignment at its scope or above denies."""
    if call.request.method != "PUT" or call.store.get(call.id) is not None or "/" not in call.id.strip("/"):
        return
    kind = kind_of(call.id)
    if kind.startswith(("microsoft.authorization/", "microsoft.policyinsights/")) or kind in _UNTRACKED:
        return
    try:
        body: Any = json.loads(call.request.body or b"{}")
    except ValueError:
        return
    named = kind if isinstance(body, dict) else ""
    for assignment, definition in denials(call.store, call.id, named, body) if named else ():
        told = {
            "policyAssignment": {"name": assignment.body["name"], "id": assignment.id},
            "policyDefinition": {
                "name": definition.name,
                "id": assignment.body["properties"]["policyDefinitionId"],
            },
        }
        text = f"Resource '{call.name}' was disallowed by policy. Policy identifiers: '{json.dumps([told])}'."
        raise ArmError(403, "RequestDisallowedByPolicy", text)


def denials(store: Documents, scope: str, type: str, body: Json) -> Iterator[tuple[Document, Definition]]:
    """The assignments at the scope or above it that deny such a resource."""
    for item in store.of_kind(TYPE.lower()):
        properties = item.body["properties"]
        definition = DEFINITIONS[properties["policyDefinitionId"].rpartition("/")[2].lower()]
        enforced = properties["enforcementMode"] == "Default"
        if enforced and _reaches(item, scope) and definition.denies(properties["parameters"], type, body):
            yield item, definition


def _reaches(assignment: Document, scope: str) -> bool:
    here = str(assignment.body["properties"]["scope"]).lower().rstrip("/")
    return scope.lower() == here or scope.lower().startswith(f"{here}/")


ROUTES = (
    *crud(
        f"/{{scope*}}/providers/{TYPE}/{{assignment}}",
        get=get_assignment,
        put=put_assignment,
        delete=delete_assignment,
        listed=list_assignments,
    ),
    Route("POST", _CHECK, check, checked=False),
)
