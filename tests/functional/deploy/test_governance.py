"""What Azure Policy denies is found by `plan`, and refused by Azure to who writes it all the same."""

from typing import Any

import pytest

from apimlb.errors import AuthError
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import preview
from tests.stacks import SUBSCRIPTION, desired

ROOT = f"/subscriptions/{SUBSCRIPTION}"
ASSIGNMENT = f"{ROOT}/providers/Microsoft.Authorization/policyAssignments/house"
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions"
LOCATIONS = f"{BUILT_IN}/e56962a6-4747-49cd-b67b-bf8b01975c4c"
TAG = f"{BUILT_IN}/871b6d14-10aa-478d-b590-94f262ecfa99"
TYPES = f"{BUILT_IN}/a08ec900-254a-4555-9bf5-e42af04b5c5c"


def assign(azure: LocalAzure, definition: str, **parameters: Any) -> None:
    values = {name: {"value": value} for name, value in parameters.items()}
    properties = {"policyDefinitionId": definition, "parameters": values}
    assert azure.ask("PUT", ASSIGNMENT, {"properties": properties}).status == 201


def problems(azure: LocalAzure, **config: Any) -> list[str]:
    cloud = azure.connected()
    made = preview(azure, cloud, desired(**config))
    assert all(isinstance(problem, AuthError) for problem in made.problems)
    return [problem.what for problem in made.problems]


@pytest.mark.parametrize(
    ("definition", "parameters", "told"),
    [
        (LOCATIONS, {"listOfAllowedLocations": ["westeurope"]}, ["gateway (BasicV2)", "account eastus2"]),
        (TAG, {"tagName": "team"}, ["gateway (BasicV2)", "account eastus2"]),
        (
            TYPES,
            {"listOfResourceTypesAllowed": ["Microsoft.ApiManagement/service"]},
            ["account eastus2"],
        ),
        (LOCATIONS, {"listOfAllowedLocations": ["eastus2"]}, []),
    ],
)
def test_a_denial_is_a_finding(
    azure: LocalAzure, definition: str, parameters: dict[str, Any], told: list[str]
) -> None:
    assign(azure, definition, **parameters)
    found = problems(azure)
    assert found == [f"Azure Policy forbids the {label}: house" for label in told]
    assert [path for _, path in azure.writes if "policyAssignments" not in path] == []


def test_a_tag_of_the_stacks_file_satisfies_who_asks_for_it(azure: LocalAzure) -> None:
    assign(azure, TAG, tagName="team")
    assert problems(azure, tags={"team": "search"}) == []


def test_who_writes_it_all_the_same_is_refused(azure: LocalAzure) -> None:
    azure.ask("PUT", f"{ROOT}/resourceGroups/g", {"location": "eastus2"})
    assign(azure, LOCATIONS, listOfAllowedLocations=["westeurope"])
    id = f"{ROOT}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
    refused = azure.ask("PUT", id, {"location": "eastus2"})
    assert refused.status == 403
    assert isinstance(refused.body, bytes)
    assert b"RequestDisallowedByPolicy" in refused.body
    assert azure.ask("PUT", id, {"location": "westeurope"}).status == 201
    assert azure.ask("DELETE", ASSIGNMENT).status == 200


def test_other_definitions_are_not_pretended(azure: LocalAzure) -> None:
    properties = {"policyDefinitionId": f"{BUILT_IN}/00000000-0000-0000-0000-000000000000"}
    assert azure.ask("PUT", ASSIGNMENT, {"properties": properties}).status == 501
