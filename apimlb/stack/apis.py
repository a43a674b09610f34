"""An API of the stack with one operation, which answers by its policy and requires a key."""

import re

from apimlb.stack.names import Names
from apimlb.stack.resources import Json, Resource

OPERATION = "ask"


def operation_id(names: Names, api: str) -> str:
    return f"{names.child('apis', api)}/operations/{OPERATION}"


def title_of(names: Names, title: str) -> str:
    """What people read of an API with this title: beside others' it says whose it is."""
    return f"{title} ({names.stack.name})" if names.is_guest else title


def small_api(
    names: Names, api: str, title: str, template: str, policy: str, needs: frozenset[str] = frozenset()
) -> tuple[Resource, ...]:
    """The API at the path that is its name (`api` is the usual one), its policy, which needs `needs`, and GET
    `template`.

    The policy comes before the operation, so that the API never forwards a request as it came.
    """
    id, api = names.child("apis", api), names.inside(api)
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
