"""Managed identities, and the blocks in which other resources carry them."""

import pytest

from tests.unit.local.arm.scene import ACCOUNTS, GROUP, IDENTITY, SERVICE, Scene, account, service


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    return made


async def test_an_identity_keeps_its_principal_and_is_announced_once(scene: Scene) -> None:
    first = await scene.put(IDENTITY, {"location": "eastus"})
    second = await scene.put(IDENTITY, {"location": "eastus", "tags": {"a": "b"}})
    assert (first.status, second.status) == (201, 200)
    assert first.properties == second.properties
    principal = (first.properties["principalId"], first.properties["clientId"], "gateway")
    assert scene.announced == [principal]
    patched = await scene.patch(IDENTITY, {"tags": {"c": "d"}})
    assert patched.json["tags"] == {"a": "b", "c": "d"}
    assert len((await scene.get(IDENTITY.rpartition("/")[0])).json["value"]) == 1
    assert [(await scene.delete(IDENTITY)).status for _ in range(2)] == [200, 204]
    assert (await scene.get(IDENTITY)).code == "ResourceNotFound"


async def test_a_service_shows_the_principals_of_its_identities(scene: Scene) -> None:
    identity = await scene.put(IDENTITY, {"location": "eastus"})
    wanted = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    made = await scene.put(SERVICE, service(identity=wanted))
    block = made.json["identity"]
    assert block["userAssignedIdentities"][IDENTITY]["clientId"] == identity.properties["clientId"]
    again = await scene.patch(SERVICE, {"identity": wanted})
    assert again.json["identity"]["principalId"] == block["principalId"]
    none = await scene.patch(SERVICE, {"identity": {"type": "None"}})
    assert none.json["identity"] is None


async def test_an_identity_that_does_not_exist_cannot_be_assigned(scene: Scene) -> None:
    wanted = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    assert (await scene.put(SERVICE, service(identity=wanted))).code == "FailedIdentityOperation"
    odd = {**account("east"), "identity": {"type": "Sometimes"}}
    assert (await scene.put(f"{ACCOUNTS}/east", odd)).code == "InvalidRequestContent"


async def test_an_account_has_a_principal_of_its_own(scene: Scene) -> None:
    made = await scene.put(f"{ACCOUNTS}/east", {**account("east"), "identity": {"type": "systemassigned"}})
    assert made.json["identity"]["type"] == "SystemAssigned"
    assert scene.announced[0][0] == made.json["identity"]["principalId"]
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/7b83888d-03fb-55bb-8209-aec4e36328a8"
    role = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    body = {"principalId": made.json["identity"]["principalId"], "roleDefinitionId": role}
    assigned = await scene.put(path, {"properties": body})
    assert assigned.properties["principalType"] == "ServicePrincipal"
