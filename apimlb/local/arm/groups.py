"""Resource groups, and the lists of what is in them."""

import base64
import json
import re
from collections.abc import Mapping

from apimlb.local.arm.call import Call, Reply, merged, section
from apimlb.local.arm.errors import GATEWAY, ArmError, group_not_found, invalid_content
from apimlb.local.arm.locations import REGIONS, region
from apimlb.local.arm.routes import GROUP, SUBSCRIPTION, Route, crud
from apimlb.local.store import Document, Json

KIND = "microsoft.resources/resourcegroups"
# Recorded: apim_cli_deletedservice 7-16.
DELETE_SECONDS = 125.0
_LISTED = (
    "microsoft.alertsmanagement/smartdetectoralertrules",
    "microsoft.apimanagement/service",
    "microsoft.cognitiveservices/accounts",
    "microsoft.insights/components",
    "microsoft.insights/scheduledqueryrules",
    "microsoft.insights/workbooks",
    "microsoft.managedidentity/userassignedidentities",
    "microsoft.operationalinsights/workspaces",
)


def require_group(call: Call, *, writing: bool = False) -> Document:
    """The group that the path is in; raises `ArmError` when it does not exist or, for a write, is going."""
    group = call.names["group"]
    found = call.store.get(f"/subscriptions/{call.azure.settings.subscription_id}/resourceGroups/{group}")
    if found is None:
        raise group_not_found(group)
    if writing and found.body["properties"]["provisioningState"] == "Deleting":
        text = f"The resource group '{group}' is in deprovisioning state and cannot perform this operation."
        raise ArmError(409, "ResourceGroupBeingDeleted", text, headers=GATEWAY)
    return found


def put_group(call: Call) -> Reply:
    """Recorded: cog_aso_deployment 0 (201), apim_cli_deletedservice 1; an existing group answers 200."""
    sent = call.body()
    existing = call.document()
    if not re.fullmatch(r"[-\w._()]{1,90}(?<!\.)", call.name):
        rule = "only letters, digits, '-', '_', '.', '(' and ')' are allowed, and no final '.'"
        text = f"The provided resource group name '{call.name}' has invalid characters: {rule}."
        raise ArmError(400, "InvalidResourceGroup", text)
    location = _location(sent, existing)
    if existing:
        require_group(call, writing=True)
    body = {
        "id": existing.id if existing else call.id,
        "name": existing.body["name"] if existing else call.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
        **_tags(sent),
        "properties": {"provisioningState": "Succeeded"},
    }
    call.stored(body, {})
    return Reply(200 if existing else 201, body)


def _location(sent: Json, existing: Document | None) -> str:
    found = region(sent.get("location"))
    if not sent.get("location"):
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    if found is None:
        text = f"The provided location '{sent['location']}' is not available for resource group. "
        known = f"List of available regions is '{','.join(REGIONS)}'."
        raise ArmError(400, "LocationNotAvailableForResourceGroup", text + known)
    if existing and existing.body["location"] != found.name:
        raise ArmError(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{found.name}'. The Resource group already exists in location "
            f"'{existing.body['location']}'.",
        )
    return found.name


def _tags(sent: Json) -> Json:
    tags = section(sent, "tags")
    return {"tags": tags} if tags else {}


def get_group(call: Call) -> Reply:
    return Reply(200, require_group(call).body)


def head_group(call: Call) -> Reply:
    exists = call.document() is not None
    return Reply(204 if exists else 404, headers=[] if exists else list(GATEWAY))


def patch_group(call: Call) -> Reply:
    """What is sent takes the place of what was there, all tags at once (Microsoft Learn: "If a field is
    unspecified, the current value is retained")."""
    existing, sent = require_group(call, writing=True), call.body()
    kept = {name: value for name, value in existing.body.items() if name != "tags" or "tags" not in sent}
    body = {**kept, **_tags(sent)}
    call.stored(body, {})
    return Reply(200, body)


def delete_group(call: Call) -> Reply:
    """202 with Location; polls are 202 until the group is gone.

    Recorded: rbac_aso_role_assignment 13, 14; apim_cli_deletedservice 7-16.
    """
    group = require_group(call)
    settings = call.azure.settings
    token = _token(group)
    if not call.azure.operations.pending(group.id):
        call.azure.operations.start("delete-group", group.id, settings.seconds(DELETE_SECONDS), token)
        body = merged(group.body, {"properties": {"provisioningState": "Deleting"}})
        call.stored(body, {})
    return Reply(202, None, _poll_headers(call, token))


def _token(group: Document) -> str:
    """Base64url of the job's id, without padding (recorded: rbac_aso_role_assignment 14)."""
    location = group.body["location"]
    name = group.body["name"].upper().replace("-", ":2D").replace("_", ":5F").replace(".", ":2E")
    job = {"jobId": f"RESOURCEGROUPDELETIONJOB-{name}-{location.upper()}", "jobLocation": location}
    return base64.urlsafe_b64encode(json.dumps(job, separators=(",", ":")).encode()).decode().rstrip("=")


def _poll_headers(call: Call, token: str) -> list[tuple[str, str]]:
    path = f"/subscriptions/{call.azure.settings.subscription_id}/operationresults/{token}"
    wait = call.azure.settings.retry_after(15)
    return [("Location", call.url(path)), *([("Retry-After", str(wait))] if wait else [])]


def poll_group(call: Call) -> Reply:
    operation = call.azure.operations.find(call.names["operation"])
    if operation is None:
        raise ArmError(404, "JobNotFound", f"The job '{call.names['operation']}' could not be found.")
    if operation.error:
        return Reply(409, {"error": operation.error})
    return Reply(200) if operation.done else Reply(202, None, _poll_headers(call, operation.token))


def list_groups(call: Call) -> Reply:
    wanted = _filter(call.query.get("$filter", ""))
    return Reply(200, {"value": [item.body for item in call.store.of_kind(KIND) if _fits(item, wanted)]})


def list_resources(call: Call) -> Reply:
    """The tracked resources of the group or the whole subscription, without their properties."""
    wanted = _filter(call.query.get("$filter", ""))
    scope = require_group(call).id if "group" in call.names else ""
    found = [item for kind in _LISTED for item in call.store.of_kind(kind)]
    inside = [item for item in found if item.id.lower().startswith(scope.lower() + "/")]
    return Reply(200, {"value": [_row(item) for item in inside if _fits(item, wanted)]})


def _row(item: Document) -> Json:
    body = item.body
    place = region(body.get("location"))
    row = {"id": item.id, "name": body["name"], "type": body["type"]}
    row |= {key: body[key] for key in ("sku", "kind") if key in body}
    row |= {"location": place.name if place else body.get("location")}
    row |= {key: body[key] for key in ("identity", "tags") if body.get(key)}
    return row


_TEXT = r"'((?:[^']|'')*)'"
_TERM = re.compile(
    rf"\s*(?:(resourceType|name|resourceGroup|location|tagName(?=\s+eq)|tagValue(?=\s+eq))\s+(eq|ne)\s+{_TEXT}"
    rf"|(substringof)\(\s*{_TEXT}\s*,\s*(name|resourceGroup)\s*\))\s*((?:and|or)(?=\s+\S)|$)\s*",
    re.I,
)
_Term = tuple[str, str, str]
"""The property, in lower case, how it is compared (eq, ne, substringof), and with what."""


def _filter(text: str) -> list[list[_Term]]:
    """The terms of a `$filter`: those that `and` joins, in the alternatives that `or` parts.

    Raises `ArmError` for what Azure does not document for lists of resources.
    """
    alternatives: list[list[_Term]] = [[]]
    place = 0
    while place < len(text):
        found = _TERM.match(text, place)
        if found is None:
            raise invalid_content(
                f"The filter '{text}' is not supported: join name eq 'value', name ne 'value' and "
                "substringof('value', name) terms with and or or."
            )
        own, operator, value, part, piece, other, joined = found.groups()
        said = (value if own else piece).replace("''", "'")
        alternatives[-1].append(((own or other).lower(), (operator or part).lower(), said))
        if joined.lower() == "or":
            alternatives.append([])
        place = found.end()
    return alternatives


def _fits(item: Document, alternatives: list[list[_Term]]) -> bool:
    place = region(item.body.get("location"))
    actual = {
        "resourcetype": item.body["type"].lower(),
        "name": item.body["name"].lower(),
        "location": place.name if place else "",
        "resourcegroup": item.id.lower().split("/")[4],
    }
    tags = {name.lower(): value for name, value in (item.body.get("tags") or {}).items()}
    return any(
        _tagged(tags, terms) and all(_holds(actual[name], *rest) for name, *rest in terms if name in actual)
        for terms in alternatives
    )


def _holds(actual: str, operator: str, value: str) -> bool:
    value = value.lower()
    return value in actual if operator == "substringof" else (actual == value) == (operator == "eq")


def _tagged(tags: Mapping[str, str], terms: list[_Term]) -> bool:
    """Whether there is the tag that is asked for, with the value where one is."""
    wanted = {name: value for name, _, value in terms if name in ("tagname", "tagvalue")}
    if "tagname" not in wanted:
        return True
    name = wanted["tagname"].lower()
    return name in tags and tags[name] == wanted.get("tagvalue", tags[name])


ROUTES = (
    *crud(
        GROUP,
        get=get_group,
        put=put_group,
        patch=patch_group,
        delete=delete_group,
        head=head_group,
        listed=list_groups,
    ),
    Route("GET", f"{GROUP}/resources", list_resources),
    Route("GET", f"{SUBSCRIPTION}/resources", list_resources),
    Route("GET", f"{SUBSCRIPTION}/operationresults/{{operation}}", poll_group, checked=False),
)
