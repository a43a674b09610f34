"""An API of the stack with one operation, which answers by its policy and requires a key."""

import re

from apimlb.stack.names import Names
from apimlb.stack.resources import Json, Resource

OPERATION = "ask"


def operation_id(names: Names, api: str) -> str:
    return f"{names.service_id}/apis/{api}/operations/{OPERATION}"


def small_api(
    names: Names, api: str, title: str, template: str, policy: str, needs: frozenset[str] = frozenset()
) -> tuple[Resource, ...]:
    """The API at the path that is its name, its policy, which needs `needs`, and GET `template`.

    The policy comes before the operation, so that the API never forwards a request as it came.
    """
    id = f"{names.service_id}/apis/{api}"
    properties: Json = {
        "displayName": title,
        "path": api,
        "protocols": ["https"],
        "subscriptionRequired": True,
    }
    return (
        Resource(
            id,
            "Microsoft.ApiManagement/service/apis",
            {"properties": properties},
            f"API {api}",
            needs=frozenset({names.service_id}),
            exclusive=id,
        ),
        policy_of(id, policy, f"policy of {api}", needs),
        operation(id, OPERATION, "GET", template, f"operation of {api}"),
    )


def policy_of(api: str, text: str, label: str, needs: frozenset[str] = frozenset()) -> Resource:
    """The policy of the API with this id."""
    return Resource(
        f"{api}/policies/policy",
        "Microsoft.ApiManagement/service/apis/policies",
        {"properties": {"format": "rawxml", "value": text}},
        label,
        needs=frozenset({api}) | needs,
        exclusive=api,
        create_only=frozenset({"properties.format"}),
    )


def operation(api: str, name: str, method: str, template: str, label: str) -> Resource:
    """An operation of the API with this id; it comes after the API's policy."""
    named = re.findall(r"{([^}]+)}", template)
    parameters = [{"name": name, "type": "string", "required": True} for name in named]
    return Resource(
        f"{api}/operations/{name}",
        "Microsoft.ApiManagement/service/apis/operations",
        {
            "properties": {
                "displayName": name,
                "method": method,
                "urlTemplate": template,
                "templateParameters": parameters,
            }
        },
        label,
        needs=frozenset({api, f"{api}/policies/policy"}),
        exclusive=api,
    )
