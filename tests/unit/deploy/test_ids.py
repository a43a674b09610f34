"""Azure resource ids taken apart."""

import pytest

from apimlb.deploy.ids import (
    deleted_id,
    group_of,
    is_within,
    kind_of,
    names_of,
    parent_of,
    short,
    subscription_of,
)

GROUP = "/subscriptions/s/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/apim"
ROLE = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/r"


@pytest.mark.parametrize(
    ("id", "kind", "names", "parent"),
    [
        ("/subscriptions/s", "microsoft.resources/subscriptions", ("s",), "/"),
        (GROUP, "microsoft.resources/resourcegroups", ("rg",), "/subscriptions/s"),
        (ACCOUNT, "microsoft.cognitiveservices/accounts", ("oai",), GROUP),
        (
            f"{ACCOUNT}/deployments/chat",
            "microsoft.cognitiveservices/accounts/deployments",
            ("oai", "chat"),
            ACCOUNT,
        ),
        (ROLE, "microsoft.authorization/roleassignments", ("r",), ACCOUNT),
        (
            f"{SERVICE}/apis/openai/policies/policy",
            "microsoft.apimanagement/service/apis/policies",
            ("apim", "openai", "policy"),
            f"{SERVICE}/apis/openai",
        ),
    ],
)
def test_an_id_says_what_it_is_and_what_it_hangs_on(
    id: str, kind: str, names: tuple[str, ...], parent: str
) -> None:
    assert (kind_of(id), names_of(id), parent_of(id)) == (kind, names, parent)


def test_soft_deleted_resources_are_found_at_subscription_scope() -> None:
    account = deleted_id(ACCOUNT, "eastus2")
    assert account == (
        "/subscriptions/s/providers/Microsoft.CognitiveServices/locations/eastus2/resourceGroups/rg/deletedAccounts/oai"
    )
    assert names_of(account) == ("eastus2", "rg", "oai")
    service = deleted_id(SERVICE, "East US 2")
    assert (
        service == "/subscriptions/s/providers/Microsoft.ApiManagement/locations/eastus2/deletedservices/apim"
    )
    assert names_of(service) == ("eastus2", "apim")


def test_an_id_ignores_case_where_azure_does() -> None:
    assert group_of("/subscriptions/s/resourcegroups/RG/providers/A/b/c") == "RG"
    assert is_within(ROLE.upper(), ACCOUNT)
    assert not is_within(ACCOUNT, ACCOUNT)
    assert not is_within(ACCOUNT + "-2", ACCOUNT)


def test_a_person_reads_the_end_of_an_id() -> None:
    assert short(f"{ACCOUNT}/deployments/chat") == "accounts/oai/deployments/chat"
    assert short(GROUP) == "resourceGroups/rg"
    assert group_of("/subscriptions/s") == ""
    assert subscription_of(ROLE) == "/subscriptions/s"
