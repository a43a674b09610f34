"""Resource groups: made, listed, filtered, deleted with all that is in them."""

import pytest

from tests.unit.local.arm.scene import (
    ACCOUNTS,
    APIM,
    COGNITIVE,
    GROUP,
    IDENTITY,
    ROOT,
    SERVICE,
    Scene,
    account,
    realistic,
    service,
)


async def test_a_group_is_made_once_and_then_updated() -> None:
    scene = Scene()
    first = await scene.put(GROUP, {"location": "eastus", "tags": {"a": "1"}})
    assert first.status == 201
    assert list(first.json) == ["id", "name", "type", "location", "tags", "properties"]
    second = await scene.put(GROUP, {"location": "eastus"})
    assert (second.status, "tags" in second.json) == (200, False)
    patched = await scene.patch(GROUP, {"tags": {"b": "2"}})
    assert patched.json["tags"] == {"b": "2"}
    assert (await scene.ask("HEAD", GROUP)).status == 204
    assert (await scene.ask("HEAD", GROUP + "2")).status == 404


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("chat", {}, 400, "LocationRequired"),
        ("chat", {"location": "atlantis"}, 400, "LocationNotAvailableForResourceGroup"),
        ("chat.", {"location": "eastus"}, 400, "InvalidResourceGroup"),
        ("old", {"location": "westus"}, 409, "InvalidResourceGroupLocation"),
    ],
)
async def test_a_group_needs_a_name_and_a_place(
    name: str, body: dict[str, str], status: int, code: str
) -> None:
    scene = Scene()
    await scene.put(f"{ROOT}/resourceGroups/old", {"location": "eastus"})
    answer = await scene.put(f"{ROOT}/resourceGroups/{name}", body)
    assert (answer.status, answer.code) == (status, code)


async def test_a_missing_group_is_reported_by_the_front_end() -> None:
    scene = Scene()
    answer = await scene.get(SERVICE)
    assert (answer.status, answer.code) == (404, "ResourceGroupNotFound")
    assert answer.message == "Resource group 'chat' could not be found."


async def test_resources_are_listed_by_tag_and_type() -> None:
    scene = Scene()
    await scene.group()
    await scene.put(f"{ACCOUNTS}/east", {**account("east"), "tags": {"apimlb-stack": "chat"}})
    await scene.put(IDENTITY, {"location": "eastus", "tags": {"apimlb-stack": "other"}})
    await scene.put(SERVICE, service(tags={"apimlb-stack": "chat"}))
    every = await scene.get(f"{GROUP}/resources")
    assert len(every.json["value"]) == 3
    tagged = await scene.get(f"{ROOT}/resources?$filter=tagName eq 'apimlb-stack' and tagValue eq 'chat'")
    assert {row["name"] for row in tagged.json["value"]} == {"east", "chat-gw"}
    assert {row["location"] for row in tagged.json["value"]} == {"eastus"}
    typed = await scene.get(
        f"{ROOT}/resources?$filter=resourceType eq 'Microsoft.CognitiveServices/accounts'"
    )
    assert [row["sku"] for row in typed.json["value"]] == [{"name": "S0"}]
    groups = await scene.get(f"{ROOT}/resourcegroups?$filter=tagName eq 'none'")
    assert groups.json["value"] == []
    odd = await scene.get(f"{ROOT}/resources?$filter=startswith(name, 'x')")
    assert odd.code == "InvalidRequestContent"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("substringof('gat', name)", {"gateway"}),
        ("substringof('CHAT', name) and resourceType eq 'Microsoft.ApiManagement/service'", {"chat-gw"}),
        ("name eq 'east' or name eq 'chat-gw'", {"east", "chat-gw"}),
        ("resourceType ne 'Microsoft.CognitiveServices/accounts'", {"chat-gw", "gateway"}),
        ("name eq 'this and that' or substringof('as', name)", {"east"}),
    ],
)
async def test_a_filter_joins_comparisons_and_parts_of_names(text: str, names: set[str]) -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    await scene.put(IDENTITY, {"location": "eastus"})
    await scene.service()
    found = await scene.get(f"{ROOT}/resources?$filter={text}")
    assert {row["name"] for row in found.json["value"]} == names


@pytest.mark.parametrize("text", ["name", "name eq x", "name eq 'x' and ", "name eq 'x' name eq 'y'"])
async def test_a_filter_that_does_not_read_is_refused(text: str) -> None:
    refused = await Scene().get(f"{ROOT}/resources?$filter={text}")
    assert (refused.status, refused.code) == (400, "InvalidRequestContent")


async def test_deleting_a_group_keeps_what_can_be_restored() -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    await scene.deploy()
    await scene.put(IDENTITY, {"location": "eastus"})
    await scene.service()
    gone = await scene.delete(GROUP)
    assert (gone.status, gone.body) == (202, b"")
    end = await scene.follow(gone.headers.get("Location"))
    assert (end.status, end.body, end.headers.get("Location")) == (200, b"", None)
    assert (await scene.get(GROUP)).status == 404
    services = await scene.get(f"{APIM}/deletedservices")
    accounts = await scene.get(f"{COGNITIVE}/deletedAccounts")
    assert [row["name"] for row in services.json["value"] + accounts.json["value"]] == ["chat-gw", "east"]
    assert scene.store.descendants(GROUP) == []


async def test_deleting_takes_its_time_and_refuses_writes_meanwhile() -> None:
    scene = realistic()
    await scene.group()
    gone = await scene.delete(GROUP)
    assert gone.headers.get("Retry-After") == "15"
    again = await scene.follow(gone.headers.get("Location"))
    assert (again.status, again.headers.get("Location")) == (202, gone.headers.get("Location"))
    assert (await scene.get(GROUP)).properties["provisioningState"] == "Deleting"
    assert (await scene.put(IDENTITY, {"location": "eastus"})).code == "ResourceGroupBeingDeleted"
    scene.clock.advance(130)
    assert (await scene.follow(gone.headers.get("Location"))).status == 200
    assert (await scene.get(GROUP)).status == 404
