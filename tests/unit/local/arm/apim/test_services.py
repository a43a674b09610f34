"""Services: creation in every api-version, updates, deletion, return, and the operations behind them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.local.arm.scene import APIM, GROUP, ROOT, SERVICE, Scene, realistic, service


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    return made


async def test_a_service_is_there_as_soon_as_it_is_asked_for(scene: Scene) -> None:
    made = await scene.service()
    assert (made.status, made.properties["provisioningState"]) == (201, "Created")
    assert "Retry-After" not in made.headers
    status = await scene.follow(made.headers.get("Azure-AsyncOperation"))
    assert status.body == b'{"status":"Succeeded"}'
    result = await scene.follow(made.headers.get("Location"))
    assert result.properties["provisioningState"] == "Succeeded"
    assert result.headers.get("ETag") is None
    found = await scene.get(SERVICE)
    assert found.json == result.json
    assert found.headers.get("ETag") == f'"{found.json["etag"]}"'


@pytest.mark.parametrize(
    ("version", "first", "headers"),
    [
        ("2019-12-01", "id", ["Location"]),
        ("2021-08-01", "id", ["Location"]),
        ("2022-08-01", "etag", ["Azure-AsyncOperation", "Location"]),
        ("2024-05-01", "etag", ["Azure-AsyncOperation", "Location"]),
    ],
)
async def test_the_api_version_decides_the_form(
    scene: Scene, version: str, first: str, headers: list[str]
) -> None:
    made = await scene.put(SERVICE, service(), version=version)
    assert next(iter(made.json)) == first
    assert [name for name in ("Azure-AsyncOperation", "Location") if name in made.headers] == headers
    assert ("platformVersion" in made.properties) == (version >= "2021-08-01")
    assert ("natGatewayState" in made.properties) == (version >= "2022-08-01")
    assert ("configurationApi" in made.properties) == (version >= "2024-05-01")
    for name in headers:
        assert (await scene.follow(made.headers.get(name))).status == 200


async def test_2022_goes_on_polling_a_status_for_as_long_as_it_takes() -> None:
    scene = realistic()
    await scene.group()
    url = (await scene.put(SERVICE, service(), version="2022-08-01")).headers.get("Azure-AsyncOperation")
    for _ in range(3):
        polled = await scene.follow(url)
        assert (polled.status, polled.json) == (200, {"status": "InProgress"})
        assert polled.headers.get("Location") == polled.headers.get("Azure-AsyncOperation") == url
    scene.clock.advance(3600)
    assert (await scene.follow(url)).json == {"status": "Succeeded"}


async def test_2022_polls_a_status_under_the_service(scene: Scene) -> None:
    made = await scene.put(SERVICE, service(), version="2022-08-01")
    url = made.headers.get("Azure-AsyncOperation")
    assert url is not None
    assert url.endswith("&asyncResponse")
    assert (await scene.follow(url)).json == {"status": "Succeeded"}
    assert made.headers.get("Location") == url


@pytest.mark.parametrize(
    ("tier", "switches", "products"), [("Consumption", 6, 0), ("Developer", 8, 2), ("StandardV2", 6, 0)]
)
async def test_the_tiers_differ(scene: Scene, tier: str, switches: int, products: int) -> None:
    made = await scene.service(tier)
    assert (made.properties["targetProvisioningState"] == "") == tier.endswith("V2")
    found = await scene.get(SERVICE)
    assert len(found.properties["customProperties"]) == switches
    assert (found.properties["scmUrl"] is not None) == (tier == "Developer")
    assert ("disableGateway" in found.properties) != tier.endswith("V2")
    assert (await scene.get(f"{SERVICE}/products")).json["count"] == products
    assert [row["name"] for row in (await scene.get(f"{SERVICE}/subscriptions")).json["value"]] == ["master"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"location": "atlantis"}, 400, "LocationNotAvailableForResourceType"),
        ({"sku": {"name": "Gold", "capacity": 1}}, 400, "InvalidParameters"),
        ({"sku": {"name": "Consumption", "capacity": 1}}, 400, "InvalidParameters"),
        ({"sku": {"name": "BasicV2", "capacity": 0}}, 400, "InvalidParameters"),
        ({"sku": {"name": "Developer", "capacity": 3}}, 400, "InvalidParameters"),
        ({"sku": {"name": "StandardV2", "capacity": 11}}, 400, "InvalidParameters"),
        ({"properties": {"publisherName": "A"}}, 400, "InvalidParameters"),
        ({"properties": {"restore": True}}, 400, "ServiceUndeleteNotPossible"),
    ],
)
async def test_a_bad_service_is_refused(
    scene: Scene, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await scene.put(SERVICE, service(**changes))
    assert (answer.status, answer.code) == (status, code)


async def test_a_service_name_is_taken_in_the_world(scene: Scene) -> None:
    await scene.service()
    await scene.put(f"{ROOT}/resourceGroups/other", {"location": "eastus"})
    elsewhere = SERVICE.replace("/resourceGroups/chat/", "/resourceGroups/other/")
    twin = await scene.put(elsewhere, service())
    assert (twin.status, twin.code) == (409, "ServiceAlreadyExists")
    bad = await scene.put(f"{SERVICE.rpartition('/')[0]}/-bad", service())
    assert bad.code == "InvalidParameters"
    check = f"{APIM}/checkNameAvailability"
    reasons = [(await scene.post(check, {"name": name})).json["reason"] for name in ("chat-gw", "new", "-")]
    assert reasons == ["AlreadyExists", "Valid", "Invalid"]


async def test_the_first_service_gets_the_gateway_itself_and_the_next_a_path() -> None:
    scene = Scene(replace(Scene().settings, gateway_origin="http://127.0.0.1:4580"))
    await scene.group()
    second = SERVICE.replace("chat-gw", "chat-gw2")
    assert (await scene.service()).properties["gatewayUrl"] == "http://127.0.0.1:4580"
    assert (await scene.put(second, service())).properties["gatewayUrl"] == "http://127.0.0.1:4580/chat-gw2"
    await scene.delete(SERVICE)
    third = SERVICE.replace("chat-gw", "chat-gw3")
    assert (await scene.put(third, service())).properties["gatewayUrl"] == "http://127.0.0.1:4580"
    stored = scene.store.get(third)
    assert stored is not None
    assert stored.hidden["gatewayPath"] == ""


async def test_a_service_is_updated_in_part_and_in_whole(scene: Scene) -> None:
    made = await scene.service()
    patched = await scene.patch(SERVICE, {"tags": {"a": "b"}, "sku": {"name": "BasicV2", "capacity": 2}})
    assert (patched.status, patched.properties["provisioningState"]) == (202, "Updating")
    found = await scene.get(SERVICE)
    assert (found.json["tags"], found.json["sku"]["capacity"]) == ({"a": "b"}, 2)
    assert found.properties["createdAtUtc"] == made.properties["createdAtUtc"]
    again = await scene.put(SERVICE, service())
    assert (again.status, again.json["sku"]["capacity"]) == (200, 1)
    classic = await scene.patch(SERVICE, {"sku": {"name": "Developer", "capacity": 1}})
    assert classic.code == "ValidationError"
    stale = await scene.patch(SERVICE, {"tags": {}}, If_Match=made.json["etag"])
    assert stale.status == 412
    moved = await scene.patch(SERVICE, {"location": "westus"})
    assert moved.code == "InvalidResourceLocation"


async def test_a_deleted_service_keeps_its_name_and_comes_back_whole(scene: Scene) -> None:
    await scene.service()
    await scene.put(f"{SERVICE}/namedValues/who", {"properties": {"displayName": "who", "value": "me"}})
    gone = await scene.delete(SERVICE)
    assert (gone.status, gone.properties["targetProvisioningState"]) == (202, "Deleting")
    assert (await scene.follow(gone.headers.get("Location"))).body == b""
    assert (await scene.delete(SERVICE)).status == 204
    blocked = await scene.service()
    assert (blocked.status, blocked.code) == (409, "ServiceAlreadyExistsInSoftDeletedState")
    restored = await scene.put(SERVICE, {"location": "eastus", "properties": {"restore": True}})
    assert restored.status == 201
    assert (await scene.get(f"{SERVICE}/namedValues/who")).properties["value"] == "me"
    assert (await scene.get(SERVICE)).properties["provisioningState"] == "Succeeded"


async def test_a_purged_service_is_gone(scene: Scene) -> None:
    await scene.service()
    await scene.delete(SERVICE)
    deleted = f"{APIM}/locations/eastus/deletedservices/chat-gw"
    purged = await scene.delete(deleted)
    assert purged.properties["scheduledPurgeDate"] == scene_time(scene)
    assert (await scene.follow(purged.headers.get("Location"))).status == 200
    assert (await scene.delete(deleted)).status == 204
    assert (await scene.get(deleted)).code == "ServiceNotFound"
    assert (await scene.service()).status == 201


def scene_time(scene: Scene) -> str:
    assert scene.clock.now() == 1_795_219_200.0
    return "2026-11-21T00:00:00.0000000Z"


async def test_a_deleted_service_is_forgotten_after_48_hours(scene: Scene) -> None:
    await scene.service()
    await scene.delete(SERVICE)
    [row] = (await scene.get(f"{APIM}/deletedservices")).json["value"]
    assert row["properties"]["scheduledPurgeDate"].startswith("2026-11-23T00:00:00")
    scene.clock.advance(48 * 3600)
    assert (await scene.get(f"{APIM}/deletedservices")).json["value"] == []


async def test_a_service_takes_its_time_and_is_closed_meanwhile() -> None:
    scene = realistic()
    await scene.group()
    made = await scene.service()
    assert made.headers.get("Retry-After") == "20"
    child = await scene.put(f"{SERVICE}/tags/a", {"properties": {"displayName": "A"}})
    assert (child.status, child.code) == (409, "ServiceLocked")
    assert (await scene.delete(SERVICE)).code == "ServiceLocked"
    result = await scene.follow(made.headers.get("Location"))
    assert (result.status, result.body, result.headers.get("Location")) == (
        202,
        b"",
        made.headers.get("Location"),
    )
    scene.clock.advance(140)
    assert (await scene.follow(made.headers.get("Location"))).status == 200
    updated = await scene.patch(SERVICE, {"tags": {"a": "b"}})
    assert updated.status == 202
    assert (await scene.put(f"{SERVICE}/tags/a", {"properties": {"displayName": "A"}})).status == 201
    assert (await scene.get(SERVICE)).properties["provisioningState"] == "Updating"


async def test_a_faster_clock_makes_everything_sooner() -> None:
    scene = realistic(time_scale=0.1)
    await scene.group()
    made = await scene.service("StandardV2")
    assert made.headers.get("Retry-After") == "2"
    poll = made.headers.get("Azure-AsyncOperation")
    scene.clock.advance(13.9)
    assert (await scene.follow(poll)).json == {"status": "InProgress"}
    scene.clock.advance(0.1)
    assert (await scene.follow(poll)).json == {"status": "Succeeded"}


async def test_services_are_listed_by_group_and_by_subscription(scene: Scene) -> None:
    await scene.service()
    for path in (f"{GROUP}/providers/Microsoft.ApiManagement/service", f"{APIM}/service"):
        listed = await scene.get(path)
        assert [row["name"] for row in listed.json["value"]] == ["chat-gw"]
        assert list(listed.json) == ["value"]
    assert (await scene.get(f"{SERVICE}/operationresults/no")).status == 404
