"""The table of fields names every field that Microsoft describes of a resource that a stack has."""

import json

import pytest

from apimlb.stack.fields import FIELDS
from apimlb.stack.resources import Json
from tests.contract.shared import folder

MODELS = {
    "microsoft.apimanagement/service": ("apimanagement-2024-05-01", "ApiManagementServiceResource"),
    "microsoft.apimanagement/service/apis": ("apimanagement-2024-05-01", "ApiContract"),
    "microsoft.apimanagement/service/apis/operations": ("apimanagement-2024-05-01", "OperationContract"),
    "microsoft.apimanagement/service/apis/policies": ("apimanagement-2024-05-01", "PolicyContract"),
    "microsoft.apimanagement/service/backends": ("apimanagement-2024-05-01", "BackendContract"),
    "microsoft.apimanagement/service/apis/diagnostics": ("apimanagement-2024-05-01", "DiagnosticContract"),
    "microsoft.apimanagement/service/loggers": ("apimanagement-2024-05-01", "LoggerContract"),
    "microsoft.insights/components": ("insights-components-2020-02-02", "ApplicationInsightsComponent"),
    "microsoft.operationalinsights/workspaces": ("operationalinsights-2025-07-01", "Workspace"),
    "microsoft.apimanagement/service/namedvalues": ("apimanagement-2024-05-01", "NamedValueContract"),
    "microsoft.apimanagement/service/products": ("apimanagement-2024-05-01", "ProductContract"),
    "microsoft.apimanagement/service/subscriptions": ("apimanagement-2024-05-01", "SubscriptionContract"),
    "microsoft.authorization/roleassignments": ("authorization-2022-04-01", "RoleAssignment"),
    "microsoft.cognitiveservices/accounts": ("cognitiveservices-2025-09-01", "Account"),
    "microsoft.cognitiveservices/accounts/deployments": ("cognitiveservices-2025-09-01", "Deployment"),
    "microsoft.managedidentity/userassignedidentities": ("managedidentity-2024-11-30", "Identity"),
    "microsoft.resources/resourcegroups": ("resources-2025-04-01", "ResourceGroup"),
}
"""The contract's document and definition of each type."""


def contract_fields(document: str, model: str) -> set[str]:
    """The paths of a definition's fields, two levels deep."""
    text = (folder() / "contract" / f"microsoft.{document}.json").read_text()
    definitions = json.loads(text)["definitions"]

    def fields(node: Json) -> dict[str, Json]:
        if "$ref" in node:
            return fields(definitions[node["$ref"].rsplit("/", 1)[-1]])
        found = {name: inner for part in node.get("allOf", ()) for name, inner in fields(part).items()}
        return {**found, **node.get("properties", {})}

    top = fields(definitions[model])
    inner = {f"properties.{name}" for name in fields(top["properties"])} if "properties" in top else set()
    return (set(top) - {"properties"}) | inner


@pytest.mark.parametrize("kind", MODELS)
def test_no_field_that_microsoft_describes_is_left_out(kind: str) -> None:
    told = {field.path for field in FIELDS[kind]}
    wholes = told | {".".join(path.split(".")[:2]) for path in told}
    tops = {path.split(".")[0] for path in told if not path.startswith("properties.")}
    missing = contract_fields(*MODELS[kind]) - wholes - tops
    assert missing == set()
