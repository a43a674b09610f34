"""Users, who own subscriptions, and the groups that they are in."""

import pytest

from tests.unit.local.arm.scene import SERVICE, Answer, Scene

ADA = {"firstName": "Ada", "lastName": "L", "email": "ada@example.com"}


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.service("StandardV2")
    return made


def names(answer: Answer) -> list[str]:
    return [row["name"] for row in answer.json["value"]]


async def test_a_service_has_its_administrator_from_the_start(scene: Scene) -> None:
    answer = await scene.get(f"{SERVICE}/users/1")
    assert answer.json["properties"]["firstName"] == "Administrator"
    assert "@" in answer.json["properties"]["email"]
    for group in ("administrators", "developers"):
        assert names(await scene.get(f"{SERVICE}/groups/{group}/users")) == ["1"]


async def test_a_user_is_a_developer_and_may_join_other_groups(scene: Scene) -> None:
    made = await scene.put(f"{SERVICE}/users/ada", {"properties": ADA})
    assert (made.status, made.json["properties"]["identities"]) == (
        201,
        [{"provider": "Basic", "id": "ada@example.com"}],
    )
    again = await scene.put(f"{SERVICE}/users/ada", {"properties": {**ADA, "note": "first"}})
    assert (again.status, again.json["properties"]["note"]) == (200, "first")
    assert again.json["properties"]["registrationDate"] == made.json["properties"]["registrationDate"]
    await scene.put(f"{SERVICE}/groups/friends", {"properties": {"displayName": "Friends"}})
    link = f"{SERVICE}/groups/friends/users/ada"
    assert (await scene.ask("HEAD", link)).status == 404
    assert [(await scene.ask("PUT", link)).status for _ in range(2)] == [201, 200]
    assert names(await scene.get(f"{SERVICE}/groups/developers/users")) == ["1", "ada"]
    assert [(await scene.delete(link)).status for _ in range(2)] == [200, 204]


@pytest.mark.parametrize("wrong", [{"email": ""}, {"state": "asleep"}, {"lastName": 7}])
async def test_who_is_nobody_is_refused(scene: Scene, wrong: dict[str, object]) -> None:
    answer = await scene.put(f"{SERVICE}/users/ada", {"properties": {**ADA, **wrong}})
    assert (answer.status, answer.json["error"]["code"]) == (400, "ValidationError")


async def test_a_user_who_left_is_in_no_group(scene: Scene) -> None:
    await scene.put(f"{SERVICE}/users/ada", {"properties": ADA})
    assert (await scene.delete(f"{SERVICE}/users/ada", If_Match="*")).status == 204
    assert names(await scene.get(f"{SERVICE}/groups/developers/users")) == ["1"]
    assert (await scene.ask("PUT", f"{SERVICE}/groups/nobodys/users/1")).status == 404
    assert (await scene.ask("PUT", f"{SERVICE}/groups/developers/users/ada")).status == 404
