"""Accounts: names, subdomains, keys, changes, deletion and return."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apimlb.local.arm.cognitive.shape import DATES
from tests.unit.local.arm.scene import (
    ACCOUNTS,
    COGNITIVE,
    GROUP,
    ROOT,
    Scene,
    account,
    deployment,
    realistic,
)

EAST, WEST = f"{ACCOUNTS}/east", f"{ACCOUNTS}/west"


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    return made


async def test_an_account_says_creating_and_is_there(scene: Scene) -> None:
    made = await scene.account()
    assert (made.status, made.properties["provisioningState"]) == (201, "Creating")
    assert made.properties["endpoint"] == "https://east.openai.azure.com/"
    assert "Retry-After" not in made.headers
    done = await scene.follow(made.headers.get("Azure-AsyncOperation"))
    assert done.json["status"] == "Succeeded"
    found = await scene.get(EAST)
    assert found.properties["provisioningState"] == "Succeeded"
    assert found.headers.get("ETag") == found.json["etag"] != made.json["etag"]


async def test_ai_services_answer_openai_calls_on_a_host_of_their_own(scene: Scene) -> None:
    made = await scene.put(EAST, {**account("east"), "kind": "AIServices"})
    assert made.properties["endpoint"] == "https://east.cognitiveservices.azure.com/"
    api = "OpenAI Language Model Instance API"
    assert made.properties["endpoints"][api] == "https://east.openai.azure.com/"


async def test_an_account_of_foundry_says_so_and_where_it_is(scene: Scene) -> None:
    sent = {**account("east", allowProjectManagement=True), "kind": "AIServices"}
    made = await scene.put(EAST, {**sent, "identity": {"type": "SystemAssigned"}})
    assert made.properties["allowProjectManagement"] is True
    assert made.properties["customSubDomainName"] == "east"
    endpoints = made.properties["endpoints"]
    assert endpoints["AI Foundry API"] == "https://east.services.ai.azure.com/"
    assert endpoints["Token Service API"] == "https://east.cognitiveservices.azure.com/"
    patched = await scene.patch(EAST, {"properties": {"publicNetworkAccess": "Disabled"}})
    assert patched.properties["allowProjectManagement"] is True
    old = await scene.get(EAST, version="2024-10-01")
    assert "allowProjectManagement" not in old.properties
    none = await scene.account("plain")
    assert "AI Foundry API" not in none.properties["endpoints"]
    regional = {**account("regional", customSubDomainName=None), "kind": "AIServices"}
    found = (await scene.put(f"{ACCOUNTS}/regional", regional)).properties["endpoints"]
    assert set(found.values()) == {"https://eastus.api.cognitive.microsoft.com/"}


async def test_without_a_subdomain_the_region_answers(scene: Scene) -> None:
    made = await scene.account(customSubDomainName=None)
    assert made.properties["endpoint"] == "https://eastus.api.cognitive.microsoft.com/"
    later = await scene.patch(EAST, {"properties": {"customSubDomainName": "east"}})
    assert later.properties["endpoint"] == "https://east.openai.azure.com/"
    assert (await scene.patch(EAST, {"properties": {"customSubDomainName": "else"}})).status == 400


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"location": "atlantis"}, "LocationNotAvailableForResourceType"),
        ({"location": "ukwest"}, "LocationNotAvailableForResourceType"),
        ({"kind": "Crystal"}, "InvalidApiSetId"),
        ({"sku": {"name": "S9"}}, "InvalidSku"),
        ({"properties": {"customSubDomainName": "a.b"}}, "BadRequest"),
        ({"properties": {"restore": True}}, "CanNotRestoreANonExistingResource"),
        ({"properties": []}, "InvalidRequestContent"),
    ],
)
async def test_a_bad_account_is_refused(scene: Scene, changes: dict[str, Any], code: str) -> None:
    answer = await scene.put(EAST, {**account("east"), **changes})
    assert (answer.status, answer.code) == (400, code)


async def test_a_subdomain_belongs_to_one_account_in_the_world(scene: Scene) -> None:
    await scene.account()
    taken = await scene.put(f"{ACCOUNTS}/west", account("east"))
    assert (taken.status, taken.code) == (409, "CustomDomainInUse")
    check = f"{COGNITIVE}/checkDomainAvailability"
    asked = {"subdomainName": "EAST", "type": "Microsoft.CognitiveServices/accounts"}
    answer = await scene.post(check, asked)
    assert answer.json["isSubdomainAvailable"] is False
    assert "already used" in answer.json["reason"]
    await scene.delete(EAST)
    assert (await scene.post(check, asked)).json["isSubdomainAvailable"] is False
    assert (await scene.post(check, {**asked, "subdomainName": "free"})).json["reason"] is None
    assert (await scene.post(check, {})).code == "InvalidRequestContent"


async def test_what_a_put_leaves_out_is_gone_and_what_a_patch_leaves_out_stays(scene: Scene) -> None:
    first = await scene.put(EAST, {**account("east", disableLocalAuth=True), "tags": {"a": "b"}})
    patched = await scene.patch(EAST, {"properties": {"publicNetworkAccess": "Disabled"}})
    assert (patched.status, patched.json["tags"]) == (200, {"a": "b"})
    assert patched.properties["disableLocalAuth"] is True
    assert list(patched.properties)[:2] == ["endpoint", "provisioningState"]
    second = await scene.put(EAST, account("east"))
    assert (second.status, "tags" in second.json) == (200, False)
    assert "disableLocalAuth" not in second.properties
    assert second.properties["publicNetworkAccess"] == "Enabled"
    assert second.properties["internalId"] == first.properties["internalId"]
    assert second.json["systemData"]["createdAt"] == first.json["systemData"]["createdAt"]
    moved = await scene.put(EAST, account("east", "westus"))
    assert (moved.status, moved.code) == (409, "InvalidResourceLocation")
    assert (await scene.put(EAST, {**account("east"), "kind": "Crystal"})).status == 400


async def test_an_account_becomes_one_of_foundry_in_its_place_and_goes_back(scene: Scene) -> None:
    before = await scene.account("east")
    upgrade = {"kind": "AIServices", "properties": {"allowProjectManagement": True}}
    after = await scene.patch(EAST, {**upgrade, "identity": {"type": "SystemAssigned"}})
    assert (after.json["kind"], after.properties["allowProjectManagement"]) == ("AIServices", True)
    kept = ("endpoint", "internalId", "customSubDomainName", "dateCreated")
    assert [after.properties[name] for name in kept] == [before.properties[name] for name in kept]
    assert after.properties["endpoints"]["AI Foundry API"] == "https://east.services.ai.azure.com/"
    again = await scene.patch(EAST, {"tags": {"a": "b"}})
    assert again.properties["endpoint"] == before.properties["endpoint"]
    back = await scene.patch(EAST, {"kind": "OpenAI"})
    assert (back.json["kind"], back.properties["endpoint"]) == ("OpenAI", before.properties["endpoint"])
    await scene.put(WEST, account("west", customSubDomainName=None))
    assert (await scene.patch(WEST, {"kind": "AIServices"})).status == 400


async def test_a_stale_etag_is_refused(scene: Scene) -> None:
    made = await scene.account()
    stale = await scene.patch(EAST, {"tags": {"a": "b"}}, If_Match=made.json["etag"])
    assert (stale.status, stale.code) == (412, "IfMatchPreconditionFailed")
    fresh = (await scene.get(EAST)).json["etag"]
    assert (await scene.patch(EAST, {"tags": {"a": "b"}}, If_Match=fresh)).status == 200
    assert (await scene.delete(EAST, If_Match=made.json["etag"])).status == 412


async def test_keys_are_listed_and_renewed_unless_they_are_switched_off(scene: Scene) -> None:
    await scene.account()
    before = (await scene.post(f"{EAST}/listKeys")).json
    after = (await scene.post(f"{EAST}/regenerateKey", {"keyName": "Key2"})).json
    assert (after["key1"] == before["key1"], after["key2"] == before["key2"]) == (True, False)
    assert (await scene.post(f"{EAST}/regenerateKey", {"keyName": "Key3"})).status == 400
    await scene.patch(EAST, {"properties": {"disableLocalAuth": True}})
    refused = await scene.post(f"{EAST}/listKeys")
    assert (refused.status, refused.message) == (
        400,
        "Failed to list key. disableLocalAuth is set to be true",
    )
    assert "regenerate key" in (await scene.post(f"{EAST}/regenerateKey", {"keyName": "Key1"})).message


async def test_a_deleted_account_is_in_the_way_until_restored_or_purged(scene: Scene) -> None:
    await scene.account()
    await scene.deploy()
    keys = (await scene.post(f"{EAST}/listKeys")).json
    assert [(await scene.delete(EAST)).status for _ in range(2)] == [200, 204]
    blocked = await scene.account()
    assert (blocked.status, blocked.code) == (409, "FlagMustBeSetForRestore")
    assert f"'{EAST}'" in blocked.message
    restored = await scene.put(EAST, {"location": "eastus", "properties": {"restore": True}})
    assert (restored.status, restored.properties["provisioningState"]) == (201, "Succeeded")
    assert (await scene.post(f"{EAST}/listKeys")).json == keys
    assert (await scene.get(f"{EAST}/deployments/gpt")).status == 200
    await scene.delete(EAST)
    gone = f"{COGNITIVE}/locations/eastus/resourceGroups/chat/deletedAccounts/east"
    assert (await scene.delete(gone)).status == 202
    assert (await scene.delete(gone)).status == 204
    assert (await scene.get(gone)).status == 404
    assert (await scene.account()).status == 201


async def test_a_deleted_account_is_forgotten_after_48_hours(scene: Scene) -> None:
    await scene.account()
    await scene.delete(EAST)
    scene.clock.advance(48 * 3600 - 1)
    assert len((await scene.get(f"{COGNITIVE}/deletedAccounts")).json["value"]) == 1
    scene.clock.advance(1)
    assert (await scene.get(f"{COGNITIVE}/deletedAccounts")).json["value"] == []
    assert (await scene.account()).status == 201


async def test_while_an_account_is_made_nothing_else_happens_to_it() -> None:
    scene = realistic()
    await scene.group()
    made = await scene.account()
    poll = made.headers.get("Azure-AsyncOperation")
    running = await scene.follow(poll)
    assert (running.json["status"], "endTime" in running.json) == ("Creating", False)
    for refused in (await scene.deploy(), await scene.account(), await scene.delete(EAST)):
        assert (refused.status, refused.code) == (409, "RequestConflict")
    scene.clock.advance(15)
    assert (await scene.follow(poll)).json["status"] == "Succeeded"
    assert (await scene.deploy()).status == 201


async def test_a_scaled_clock_tells_clients_to_come_back_soon() -> None:
    scene = realistic(time_scale=0.1)
    await scene.group()
    made = await scene.account()
    running = await scene.follow(made.headers.get("Azure-AsyncOperation"))
    for answer in (made, running, await scene.get(EAST)):
        assert answer.headers.get("Retry-After") == "1"
    scene.clock.advance(1.5)
    ready = await scene.get(EAST)
    assert (ready.properties["provisioningState"], ready.headers.get("Retry-After")) == ("Succeeded", None)


async def test_accounts_are_listed_by_group_and_by_subscription(scene: Scene) -> None:
    await scene.account("east")
    await scene.put(f"{ROOT}/resourceGroups/other", {"location": "eastus"})
    other = f"{ROOT}/resourceGroups/other/providers/Microsoft.CognitiveServices/accounts/west"
    await scene.put(other, account("west"))
    assert [row["name"] for row in (await scene.get(ACCOUNTS)).json["value"]] == ["east"]
    assert len((await scene.get(f"{COGNITIVE}/accounts")).json["value"]) == 2
    assert (await scene.get(f"{ACCOUNTS}/none")).code == "ResourceNotFound"
    missing = await scene.put(f"{ACCOUNTS}/none/deployments/gpt", deployment())
    assert (missing.status, missing.code) == (404, "ParentResourceNotFound")
    assert GROUP in missing.message


async def test_a_deleted_account_says_since_when_and_how_long_it_is_kept() -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    scene.clock.advance(600)
    await scene.delete(f"{ACCOUNTS}/east")
    gone = f"{COGNITIVE}/locations/eastus/resourceGroups/chat/deletedAccounts/east"
    properties = (await scene.get(gone)).json["properties"]
    deleted, purged = map(datetime.fromisoformat, (properties[name] for name in DATES))
    assert deleted.timestamp() == scene.clock.now()
    assert purged - deleted == timedelta(hours=48)
    old = (await scene.get(gone, version="2021-10-01")).json["properties"]
    assert "deletionDate" not in old
    await scene.put(f"{ACCOUNTS}/east", {"location": "eastus", "properties": {"restore": True}})
    assert "deletionDate" not in (await scene.get(f"{ACCOUNTS}/east")).json["properties"]


async def test_an_update_takes_its_time_where_work_does() -> None:
    scene = realistic()
    await scene.group()
    await scene.account()
    scene.clock.advance(60)
    begun = await scene.patch(EAST, {"properties": {"publicNetworkAccess": "Disabled"}})
    assert (begun.status, begun.properties["provisioningState"]) == (202, "Accepted")
    assert begun.headers.get("Azure-AsyncOperation")
    scene.clock.advance(6)
    after = await scene.get(EAST)
    assert after.properties["provisioningState"] == "Succeeded"
    assert after.properties["publicNetworkAccess"] == "Disabled"
    assert after.headers.get("ETag") != begun.headers.get("ETag")
