"""A gateway of others that cannot take a stack in, or must not: that is told, and nothing is written."""

from typing import Any

import pytest

from apimlb.errors import ApimlbError, AuthError, ConfigError, ConflictError
from apimlb.stack.config import parse
from apimlb.stack.names import Names
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site
from tests.functional.deploy.shared_gateway import (
    GROUP,
    OWN,
    QUICK,
    SERVICE,
    everything,
    file,
    occupied,
    preview,
)
from tests.stacks import IDENTITY, SUBSCRIPTION


def test_a_namesake_of_others_is_not_overwritten(azure: LocalAzure) -> None:
    occupied(azure)
    theirs = {"displayName": "search-drained", "value": "theirs", "secret": False}
    azure.ask("PUT", f"{SERVICE}/namedValues/search-drained", {"properties": theirs})
    azure.clock.pause(60)
    before = everything(azure)
    with pytest.raises(ConflictError, match="named value search-drained exists and does not carry the mark"):
        Site(azure, QUICK).deploy(**file())
    assert everything(azure) == before


def test_a_path_of_others_is_theirs(azure: LocalAzure) -> None:
    occupied(azure)
    before = everything(azure)
    with pytest.raises(ConflictError, match="The path openai is taken by the API openai") as caught:
        Site(azure, QUICK).deploy(**file(path="openai"))
    assert 'path = "search/openai"' in caught.value.next_step
    assert everything(azure) == before


@pytest.mark.parametrize(
    ("service", "more", "words", "step"),
    [
        ({"identity": {"type": "None"}}, {}, "no system-assigned identity", "--enable-managed-identity true"),
        ({"sku": {"name": "Consumption", "capacity": 0}}, {}, "less breakers", 'tier = "Consumption"'),
        ({}, {"tier": "Developer"}, "less room to buffer", 'tier = "BasicV2"'),
        ({}, {"gateway": "apis/nobody"}, "There is no API Management service nobody", "az apim list"),
        ({}, {"gateway_identity": IDENTITY}, "does not have the identity", "Leave gateway_identity out"),
    ],
)
def test_a_gateway_that_cannot_take_the_stack_in_is_told_before_anything_is_written(
    azure: LocalAzure, service: dict[str, Any], more: dict[str, Any], words: str, step: str
) -> None:
    occupied(azure, **service)
    before = everything(azure)
    with pytest.raises(ApimlbError, match=words) as caught:
        Site(azure, QUICK).deploy(**file(**more))
    assert step in caught.value.next_step
    assert everything(azure) == before


def test_a_gateway_that_has_user_assigned_identities_alone_is_told_to_name_one(azure: LocalAzure) -> None:
    occupied(azure, identity={"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}})
    with pytest.raises(ConfigError) as caught:
        Site(azure, QUICK).deploy(**file())
    assert f'gateway_identity = "{IDENTITY}"' in caught.value.next_step


def test_backends_of_others_count(azure: LocalAzure) -> None:
    occupied(azure)
    backend = {"url": "https://x.example", "protocol": "http"}
    for number in range(98):
        azure.ask("PUT", f"{SERVICE}/backends/theirs-{number}", {"properties": backend})
    with pytest.raises(ConfigError, match="2 backends beside 99 of others, and Azure allows 100"):
        Site(azure, QUICK).deploy(**file())


def test_apis_of_others_count_and_azure_decides(azure: LocalAzure) -> None:
    occupied(azure)
    for number in range(147):
        body = {"displayName": f"theirs {number}", "path": f"theirs-{number}", "protocols": ["https"]}
        azure.ask("PUT", f"{SERVICE}/apis/theirs-{number}", {"properties": body})
    made = preview(azure, parse(file()))
    assert made.problems == ()
    assert any("would have 151 APIs with those of others" in notice for notice in made.notices)


def test_rights_are_asked_for_at_the_gateway(azure: LocalAzure) -> None:
    occupied(azure)
    made = preview(azure, parse(file()), cloud=azure.reader())
    assert any("API Management Service Contributor on shared" in notice for notice in made.notices)
    assert not any("Contributor on shared" in notice for notice in preview(azure, parse(file())).notices)


def test_a_lock_on_the_gateways_group_is_told(azure: LocalAzure) -> None:
    occupied(azure)
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/hands-off"
    azure.ask("PUT", lock, {"properties": {"level": "ReadOnly"}})
    with pytest.raises(ConflictError, match="hands-off forbids any change"):
        Site(azure, QUICK).deploy(**file())


def test_the_stacks_own_gateway_is_not_one_of_others(azure: LocalAzure) -> None:
    own = parse(file(**OWN))
    Site(azure, QUICK).deploy(**file(**OWN))
    with pytest.raises(ConfigError, match="is the stack's own"):
        Site(azure, QUICK).deploy(**file(gateway=Names(SUBSCRIPTION, own).service_id))


def test_who_may_not_see_the_gateway_is_told_so(azure: LocalAzure) -> None:
    occupied(azure)
    before = everything(azure)
    azure.forbidden = ("/service/shared",)
    with pytest.raises(AuthError) as caught:
        Site(azure, QUICK).deploy(**file())
    assert caught.value.where == "service/shared"
    assert everything(azure) == before
