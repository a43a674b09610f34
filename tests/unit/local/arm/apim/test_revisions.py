"""Revisions are made beside the current one, and a release swaps them."""

import pytest

from tests.unit.local.arm.scene import SERVICE, Json, Scene

API: Json = {"properties": {"displayName": "OpenAI", "path": "openai", "subscriptionRequired": False}}
POST: Json = {"properties": {"displayName": "all", "method": "POST", "urlTemplate": "/*"}}
OPENAI = f"{SERVICE}/apis/openai"
SECOND = f"{OPENAI};rev=2"


def answering(text: str) -> Json:
    value = (
        f"<policies><inbound><return-response><set-body>{text}</set-body></return-response></inbound>"
        "<backend /><outbound /><on-error /></policies>"
    )
    return {"properties": {"format": "rawxml", "value": value}}


@pytest.fixture
async def scene() -> Scene:
    """A service with an API, its operation and its policy."""
    made = Scene()
    await made.group()
    await made.service()
    await made.put(OPENAI, API)
    await made.put(f"{OPENAI}/operations/all", POST)
    await made.put(f"{OPENAI}/policies/policy", answering("one"))
    return made


async def revise(scene: Scene, revision: str = "2", **properties: str) -> Json:
    """Make a revision of the current one."""
    about = {"path": "openai", "sourceApiId": OPENAI, "apiRevisionDescription": "next", **properties}
    made = await scene.put(f"{OPENAI};rev={revision}", {"properties": about})
    assert made.status == 201
    body: Json = made.json
    return body


async def release(scene: Scene, revision: str, name: str = "r1") -> Json:
    about = {"apiId": f"{OPENAI};rev={revision}", "notes": "better"}
    made = await scene.put(f"{OPENAI}/releases/{name}", {"properties": about})
    assert made.status in (200, 201)
    body: Json = made.json
    return body


async def value(scene: Scene, api: str) -> str:
    return str((await scene.get(f"{api}/policies/policy")).properties["value"])


async def test_a_revision_has_what_its_source_has_and_is_not_current(scene: Scene) -> None:
    made = await revise(scene)
    assert (made["name"], made["id"]) == ("openai;rev=2", SECOND)
    about = made["properties"]
    assert (about["displayName"], about["apiRevision"], about["isCurrent"]) == ("OpenAI", "2", False)
    assert about["subscriptionRequired"] is False
    operations = (await scene.get(f"{SECOND}/operations")).json["value"]
    assert [row["id"] for row in operations] == [f"{SECOND}/operations/all"]
    assert "one" in await value(scene, SECOND)
    assert (await scene.get(OPENAI)).properties["apiRevision"] == "1"


async def test_what_is_changed_in_one_revision_stays_there(scene: Scene) -> None:
    await revise(scene)
    await scene.put(f"{SECOND}/policies/policy", answering("two"))
    await scene.put(f"{SECOND}/operations/get", {"properties": {**POST["properties"], "method": "GET"}})
    assert "one" in await value(scene, OPENAI)
    assert (await scene.get(f"{OPENAI}/operations")).json["count"] == 1


async def test_a_release_makes_a_revision_current(scene: Scene) -> None:
    await revise(scene)
    await scene.put(f"{SECOND}/policies/policy", answering("two"))
    made = await release(scene, "2")
    assert (made["name"], made["properties"]["apiId"]) == ("r1", SECOND)
    current = await scene.get(OPENAI)
    assert (current.json["name"], current.properties["apiRevision"]) == ("openai", "2")
    assert current.properties["isCurrent"] is True
    former = await scene.get(f"{OPENAI};rev=1")
    assert (former.json["name"], former.properties["isCurrent"]) == ("openai;rev=1", False)
    assert "two" in await value(scene, OPENAI)
    assert "two" in await value(scene, SECOND)
    assert "one" in await value(scene, f"{OPENAI};rev=1")


async def test_what_is_in_the_current_revision_goes_by_the_name_that_was_asked_for(scene: Scene) -> None:
    await revise(scene)
    await release(scene, "2")
    policy = (await scene.get(f"{OPENAI}/policies/policy")).json
    assert policy["id"] == f"{OPENAI}/policies/policy"
    rows = (await scene.get(f"{OPENAI};rev=1/operations")).json["value"]
    assert [row["id"] for row in rows] == [f"{OPENAI};rev=1/operations/all"]
    written = await scene.put(
        f"{OPENAI}/operations/all", {"properties": {**POST["properties"], "method": "GET"}}
    )
    assert (written.status, written.json["id"]) == (200, f"{OPENAI}/operations/all")
    assert (await scene.get(f"{SECOND}/operations/all")).properties["method"] == "GET"
    assert (await scene.get(f"{OPENAI};rev=1/operations/all")).properties["method"] == "POST"


async def test_an_earlier_revision_can_be_released_again(scene: Scene) -> None:
    await revise(scene)
    await scene.put(f"{SECOND}/policies/policy", answering("two"))
    await release(scene, "2")
    await release(scene, "1", "back")
    assert "one" in await value(scene, OPENAI)
    listed = (await scene.get(f"{OPENAI}/releases")).json
    assert {row["name"] for row in listed["value"]} == {"r1", "back"}
    assert (await scene.get(f"{OPENAI}/releases/back")).properties["notes"] == "better"


async def test_revisions_and_apis_are_listed(scene: Scene) -> None:
    await revise(scene)
    await release(scene, "2")
    rows = (await scene.get(f"{OPENAI}/revisions")).json["value"]
    assert [(row["apiId"], row["isCurrent"], row["privateUrl"]) for row in rows] == [
        ("/apis/openai;rev=2", True, "/openai"),
        ("/apis/openai;rev=1", False, "/openai;rev=1"),
    ]
    names = [row["name"] for row in (await scene.get(f"{SERVICE}/apis")).json["value"]]
    assert names == ["openai;rev=1", "openai"]


async def test_only_the_current_revision_cannot_go_alone(scene: Scene) -> None:
    await revise(scene)
    refused = await scene.delete(OPENAI)
    assert (refused.status, refused.message) == (400, "Cannot delete the current revision of an API.")
    await release(scene, "2")
    assert (await scene.delete(SECOND)).status == 400
    assert (await scene.delete(f"{OPENAI};rev=1")).status == 202
    assert (await scene.get(f"{OPENAI};rev=1")).status == 404
    assert "one" in await value(scene, OPENAI)
    assert (await scene.get(f"{OPENAI}/releases/r1")).status == 200
    assert (await scene.delete(OPENAI)).status == 202
    assert (await scene.get(OPENAI)).status == 404
    assert scene.store.descendants(OPENAI) == []


async def test_all_revisions_go_where_that_is_asked_for(scene: Scene) -> None:
    await revise(scene)
    await release(scene, "2")
    assert (await scene.delete(f"{OPENAI}?deleteRevisions=true")).status == 202
    assert (await scene.get(f"{OPENAI};rev=1")).status == 404
    fresh = await scene.put(OPENAI, API)
    assert (fresh.status, fresh.properties["apiRevision"], fresh.properties["isCurrent"]) == (201, "1", True)


async def test_a_product_and_a_subscription_hold_the_api_whatever_is_current(scene: Scene) -> None:
    await scene.put(f"{SERVICE}/products/gold", {"properties": {"displayName": "Gold"}})
    await scene.put(f"{SERVICE}/products/gold/apis/openai", {})
    await revise(scene)
    await release(scene, "2")
    await scene.delete(f"{OPENAI};rev=1")
    held = (await scene.get(f"{SERVICE}/products/gold/apis")).json["value"]
    assert [(row["name"], row["properties"]["apiRevision"]) for row in held] == [("openai", "2")]
    assert [row["name"] for row in (await scene.get(f"{OPENAI}/products")).json["value"]] == ["gold"]
    about = {"displayName": "app", "scope": "/apis/openai"}
    assert (await scene.put(f"{SERVICE}/subscriptions/app", {"properties": about})).status == 201


async def test_a_release_names_a_revision_of_its_api(scene: Scene) -> None:
    for wrong in ("", f"{SERVICE}/apis/other;rev=2", f"{OPENAI};rev=9"):
        refused = await scene.put(f"{OPENAI}/releases/r1", {"properties": {"apiId": wrong}})
        assert (refused.status, refused.json["error"]["details"][0]["target"]) == (400, "apiId")
    assert (await scene.get(f"{OPENAI}/releases/r1")).status == 404
    unknown = {"properties": {"displayName": "x", "path": "x", "sourceApiId": f"{SERVICE}/apis/nobody"}}
    assert (await scene.put(f"{SERVICE}/apis/x", unknown)).status == 400


async def test_notes_change_and_a_release_goes_without_changing_what_is_current(scene: Scene) -> None:
    await revise(scene)
    await release(scene, "2")
    path = f"{OPENAI}/releases/r1"
    changed = await scene.patch(path, {"properties": {"notes": "much better"}}, If_Match="*")
    assert (changed.status, changed.properties["notes"]) == (200, "much better")
    assert (await scene.delete(path)).status == 200
    assert (await scene.delete(path)).status == 204
    assert (await scene.get(OPENAI)).properties["apiRevision"] == "2"


async def test_a_name_may_come_encoded_as_microsofts_sdks_send_it(scene: Scene) -> None:
    about = {"path": "openai", "sourceApiId": OPENAI, "apiRevisionDescription": "next"}
    made = await scene.put(f"{SERVICE}/apis/openai%3Brev%3D2", {"properties": about})
    assert (made.status, made.json["id"]) == (201, SECOND)
