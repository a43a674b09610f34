"""Products: what they hold, who sees them, who subscribed."""

import pytest

from tests.unit.local.arm.scene import SERVICE, Answer, Scene

CHAT = f"{SERVICE}/products/chat"


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.service("StandardV2")
    await made.put(f"{SERVICE}/products/chat", {"properties": {"displayName": "Chat"}})
    api = {"displayName": "OpenAI", "path": "openai", "protocols": ["https"]}
    await made.put(f"{SERVICE}/apis/openai", {"properties": api})
    return made


def names(answer: Answer) -> list[str]:
    assert answer.json["count"] == len(answer.json["value"])
    return [row["name"] for row in answer.json["value"]]


async def test_an_api_is_in_a_product_as_it_is_now(scene: Scene) -> None:
    link = f"{CHAT}/apis/openai"
    assert (await scene.ask("HEAD", link)).status == 404
    assert [(await scene.ask("PUT", link)).status for _ in range(2)] == [201, 200]
    assert (await scene.ask("HEAD", link)).status == 204
    await scene.patch(f"{SERVICE}/apis/openai", {"properties": {"displayName": "Chat"}}, If_Match="*")
    [row] = (await scene.get(f"{CHAT}/apis")).json["value"]
    assert row["properties"]["displayName"] == "Chat"
    assert names(await scene.get(f"{SERVICE}/apis/openai/products")) == ["chat"]
    assert [(await scene.delete(link)).status for _ in range(2)] == [200, 204]
    assert names(await scene.get(f"{SERVICE}/apis/openai/products")) == []


async def test_administrators_see_a_product_from_the_start(scene: Scene) -> None:
    assert names(await scene.get(f"{CHAT}/groups")) == ["administrators"]
    await scene.ask("PUT", f"{CHAT}/groups/guests")
    assert names(await scene.get(f"{CHAT}/groups")) == ["administrators", "guests"]
    friends = f"{SERVICE}/groups/friends"
    await scene.put(friends, {"properties": {"displayName": "Friends"}})
    await scene.ask("PUT", f"{CHAT}/groups/friends")
    await scene.delete(friends, If_Match="*")
    assert names(await scene.get(f"{CHAT}/groups")) == ["administrators", "guests"]


async def test_what_is_not_there_cannot_be_held(scene: Scene) -> None:
    assert (await scene.ask("PUT", f"{CHAT}/apis/none")).message == "Api not found."
    assert (await scene.ask("PUT", f"{CHAT}/groups/none")).message == "Group not found."
    assert (await scene.ask("PUT", f"{SERVICE}/products/none/apis/openai")).message == "Product not found."
    assert (await scene.get(f"{SERVICE}/products/none/groups")).message == "Product not found."


async def test_a_product_knows_its_subscriptions(scene: Scene) -> None:
    for name, scope in (("one", "/products/chat"), ("two", "/apis/openai")):
        properties = {"displayName": name, "scope": scope}
        await scene.put(f"{SERVICE}/subscriptions/{name}", {"properties": properties})
    assert names(await scene.get(f"{CHAT}/subscriptions")) == ["one"]


async def test_a_fragment_knows_who_includes_it(scene: Scene) -> None:
    fragment = f"{SERVICE}/policyFragments/shared"
    text = "<fragment><set-variable name='a' value='b' /></fragment>"
    await scene.put(fragment, {"properties": {"value": text, "format": "rawxml"}})
    assert (await scene.post(f"{fragment}/listReferences")).json == {"value": [], "count": 0}
    policy = (
        '<policies><inbound><base /><include-fragment fragment-id="shared" /></inbound>'
        "<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>"
    )
    path = f"{SERVICE}/apis/openai/policies/policy"
    await scene.put(path, {"properties": {"value": policy, "format": "rawxml"}})
    [user] = (await scene.post(f"{fragment}/listReferences")).json["value"]
    assert user["id"] == path
