"""What somebody does by hand: another value for a field of each resource, and resources of their own.

An edit is what the portal sends, the resource as it is with one field otherwise. Not every field of
`apimlb.stack.fields` has a value here: some Azure does not let anybody change, and of some the local Azure
knows nothing.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from apimlb.stack.access import PRODUCT
from apimlb.stack.marks import CARRIERS
from apimlb.stack.names import API, Names
from apimlb.stack.resources import Json, Output, Resource

_APIM = "microsoft.apimanagement/service"
_OPENAI = "microsoft.cognitiveservices/accounts"
_PLAIN = "<policies><inbound><base /></inbound><backend><base /></backend></policies>"
GONE = object()
"""Instead of a value: the field is left out."""
MARKLESS = "changed by hand"

PATCHED = frozenset({_APIM, _OPENAI})

VALUES: Mapping[str, Mapping[str, Any]] = {
    "microsoft.resources/resourcegroups": {"tags": {"cost-center": "12"}},
    "microsoft.managedidentity/userassignedidentities": {"tags": {}},
    _APIM: {
        "tags": {"cost-center": "12"},
        "sku.name": "StandardV2",
        "sku.capacity": 2,
        "properties.publisherEmail": "somebody@example.com",
        "properties.publisherName": "somebody",
        "properties.publicNetworkAccess": "Disabled",
        "identity": {"type": "SystemAssigned"},
    },
    _OPENAI: {
        "tags": {},
        "properties.disableLocalAuth": False,
        "properties.publicNetworkAccess": "Disabled",
        "properties.restrictOutboundNetworkAccess": True,
        "properties.networkAcls": {"defaultAction": "Deny"},
        "identity": {"type": "SystemAssigned"},
    },
    f"{_OPENAI}/deployments": {
        "tags": {},
        "properties.model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"},
        "sku.name": "DataZoneStandard",
        "sku.capacity": 120,
        "properties.versionUpgradeOption": "NoAutoUpgrade",
        "properties.raiPolicyName": "Microsoft.Default",
    },
    f"{_APIM}/backends": {
        "properties.description": MARKLESS,
        "properties.title": "A title",
        "properties.url": "https://elsewhere.example/openai",
        "properties.credentials": {"header": {"api-key": ["x"]}},
        "properties.proxy": {"url": "http://proxy.example"},
        "properties.tls": {"validateCertificateChain": False, "validateCertificateName": True},
        "properties.circuitBreaker": GONE,
        "properties.pool.services": lambda members: members[:1],
    },
    f"{_APIM}/apis": {
        "properties.displayName": MARKLESS,
        "properties.description": MARKLESS,
        "properties.path": "elsewhere",
        "properties.protocols": ["http", "https"],
        "properties.subscriptionRequired": True,
        "properties.serviceUrl": "https://elsewhere.example",
        "properties.subscriptionKeyParameterNames": {"header": "x-key", "query": "subscription-key"},
    },
    f"{_APIM}/apis/operations": {
        "properties.displayName": MARKLESS,
        "properties.description": MARKLESS,
        "properties.method": "PATCH",
        "properties.urlTemplate": "/elsewhere",
    },
    f"{_APIM}/apis/policies": {"properties.value": _PLAIN},
    f"{_APIM}/namedvalues": {
        "properties.value": "elsewhere",
        "properties.tags": [],
        "properties.secret": True,
    },
    f"{_APIM}/products": {
        "properties.displayName": MARKLESS,
        "properties.description": MARKLESS,
        "properties.subscriptionRequired": False,
        "properties.state": "notPublished",
        "properties.terms": "Some terms.",
        "properties.subscriptionsLimit": 5,
    },
    f"{_APIM}/subscriptions": {
        "properties.displayName": MARKLESS,
        "properties.scope": lambda scope: (
            scope.rpartition("/service/")[0]
            + "/service/"
            + scope.rpartition("/service/")[2].partition("/")[0]
            + "/apis"
        ),
        "properties.state": "suspended",
    },
    "microsoft.authorization/roleassignments": {"properties.description": MARKLESS},
}
"""By the resource's type and the field's path: what somebody makes of it, or of what was there."""

HARMLESS = frozenset(
    {"tags", "sku.capacity", "properties.publisherEmail", "properties.publisherName", "properties.title"}
    | {"properties.versionUpgradeOption", "properties.terms", "properties.displayName", "properties.tags"}
    | {"properties.description", "properties.raiPolicyName", "properties.secret"}
    | {"properties.restrictOutboundNetworkAccess"}
)
"""Fields that mean nothing to a client, nor while they are repaired."""


def edited(there: Json, path: str, value: Any) -> Json | None:
    """What is sent to change the field, `None` where there is nothing to change."""
    made = copy.deepcopy(there)
    inner = made
    *above, last = path.split(".")
    for name in above:
        inner = inner.setdefault(name, {})
        if not isinstance(inner, dict):
            return None
    if value is GONE:
        return made if inner.pop(last, None) is not None else None
    if callable(value):
        if last not in inner:
            return None
        value = value(inner[last])
    if inner.get(last) == value:
        return None
    inner[last] = value
    return made


def patch(path: str, value: Any) -> Json:
    """The field alone."""
    made: Any = value
    for name in reversed(path.split(".")):
        made = {name: made}
    patched: Json = made
    return patched


def namesake_of(resource: Resource) -> Json:
    """What somebody else makes under the same id: it carries no mark, and has something in place of what is
    known only later."""

    def filled(value: Any) -> Any:
        match value:
            case Output():
                return "0a0a0a0a-0000-4000-8000-0000000000ff"
            case dict():
                return {name: filled(each) for name, each in value.items()}
            case list():
                return [filled(each) for each in value]
        return value

    body: Json = filled(resource.body)
    carrier = CARRIERS.get(resource.type.lower(), "")
    if carrier == "tags":
        return {**body, "tags": {"owner": "somebody"}}
    name = carrier.removeprefix("properties.")
    kept = {key: value for key, value in body.get("properties", {}).items() if key != name}
    if name == "displayName":
        kept[name] = "theirs"
    return {**body, "properties": kept}


Made = Callable[[Names], tuple[str, Json]]


def _api(names: Names) -> tuple[str, Json]:
    body = {"displayName": "shadow", "path": "openai/deployments", "protocols": ["https"]}
    return f"{names.service_id}/apis/shadow", {"properties": body}


def _operation(names: Names) -> tuple[str, Json]:
    body = {"displayName": "theirs", "method": "GET", "urlTemplate": "/theirs", "templateParameters": []}
    return f"{names.service_id}/apis/{API}/operations/theirs", {"properties": body}


def _backend(names: Names) -> tuple[str, Json]:
    return f"{names.service_id}/backends/theirs", {
        "properties": {"url": "https://theirs.example", "protocol": "http"}
    }


def _value(names: Names) -> tuple[str, Json]:
    body = {"displayName": "theirs", "value": "theirs"}
    return f"{names.service_id}/namedValues/theirs", {"properties": body}


def _product(names: Names) -> tuple[str, Json]:
    body = {"displayName": "theirs", "subscriptionRequired": True, "state": "published"}
    return f"{names.service_id}/products/theirs", {"properties": body}


def _key(names: Names) -> tuple[str, Json]:
    body = {"displayName": "theirs", "scope": f"{names.service_id}/products/{PRODUCT}", "state": "active"}
    return f"{names.service_id}/subscriptions/theirs", {"properties": body}


def _policy(names: Names) -> tuple[str, Json]:
    body = {"format": "rawxml", "value": _PLAIN}
    return f"{names.service_id}/products/{PRODUCT}/policies/policy", {"properties": body}


def _account(names: Names) -> tuple[str, Json]:
    provider = "providers/Microsoft.CognitiveServices/accounts"
    body = {"location": "eastus2", "kind": "OpenAI", "sku": {"name": "S0"}, "properties": {}}
    return f"{names.group_id}/{provider}/theirs", body


def _group_lock(names: Names) -> tuple[str, Json]:
    lock = "providers/Microsoft.Authorization/locks/theirs"
    return f"{names.group_id}/{lock}", {"properties": {"level": "CanNotDelete"}}


FOREIGN: Mapping[str, Made] = {
    "backend": _backend,
    "operation": _operation,
    "named value": _value,
    "product": _product,
    "key": _key,
    "product policy": _policy,
    "account": _account,
    "shadow API": _api,
    "lock": _group_lock,
}
"""What others put into the stack's group and gateway."""

OBSTACLES = frozenset({"lock", "shadow API"})
"""What has to be taken away before a deploy or a destroy can end well."""
