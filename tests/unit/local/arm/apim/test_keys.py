"""Secrets inside a service: named values, and the keys of subscriptions."""

import pytest

from tests.unit.local.arm.apim.test_children import API, problems
from tests.unit.local.arm.scene import SERVICE, Scene

WHO = f"{SERVICE}/namedValues/who"
APP = f"{SERVICE}/subscriptions/app"


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.service()
    return made


async def test_a_secret_is_told_to_list_value_alone(scene: Scene) -> None:
    made = await scene.put(WHO, {"properties": {"displayName": "who", "value": "me", "secret": True}})
    assert (made.status, made.properties) == (201, {"ProvisioningState": "InProgress"})
    final = await scene.follow(made.headers.get("Location"))
    assert (final.status, "value" in final.properties) == (201, False)
    assert b'"me"' not in (await scene.get(f"{SERVICE}/namedValues")).body
    assert (await scene.post(f"{WHO}/listValue")).json == {"value": "me"}
    assert (await scene.post(f"{SERVICE}/namedValues/no/listValue")).status == 404


async def test_a_patch_keeps_the_value_that_it_does_not_name(scene: Scene) -> None:
    await scene.put(WHO, {"properties": {"displayName": "who", "value": "me", "secret": True}})
    patched = await scene.patch(WHO, {"properties": {"tags": ["a"]}})
    assert (patched.status, patched.body) == (202, b"")
    assert (await scene.get(WHO)).properties["tags"] == ["a"]
    assert (await scene.post(f"{WHO}/listValue")).json == {"value": "me"}
    open_ = await scene.put(WHO, {"properties": {"displayName": "who", "value": "you"}})
    assert open_.status == 200
    assert (await scene.get(WHO)).properties["value"] == "you"


async def test_a_named_value_needs_a_name_of_its_own_and_a_value(scene: Scene) -> None:
    await scene.put(WHO, {"properties": {"displayName": "who", "value": "me"}})
    twin = await scene.put(
        f"{SERVICE}/namedValues/twin", {"properties": {"displayName": "WHO", "value": "x"}}
    )
    assert "already exists" in problems(twin)[0][1]
    for body, target in (
        ({"displayName": "no way", "value": "x"}, "displayName"),
        ({"value": "x"}, "displayName"),
        ({"displayName": "x"}, "value"),
        ({"displayName": "x", "value": "y" * 4097}, "value"),
    ):
        answer = await scene.put(f"{SERVICE}/namedValues/bad", {"properties": body})
        assert problems(answer)[0][0] == target
    vault = {"properties": {"displayName": "kv", "keyVault": {"secretIdentifier": "https://x"}}}
    assert "no Key Vault" in (await scene.put(f"{SERVICE}/namedValues/kv", vault)).message


async def test_keys_are_made_shown_once_listed_and_renewed(scene: Scene) -> None:
    await scene.put(f"{SERVICE}/apis/openai", API)
    made = await scene.put(APP, {"properties": {"displayName": "App", "scope": "/apis/openai"}})
    assert made.properties["scope"] == f"{SERVICE}/apis/openai"
    assert len(made.properties["primaryKey"]) == 32
    again = await scene.put(APP, {"properties": {"displayName": "App", "scope": "/apis/openai"}})
    assert "primaryKey" not in again.properties
    keys = (await scene.post(f"{APP}/listSecrets")).json
    assert keys == {name: made.properties[name] for name in ("primaryKey", "secondaryKey")}
    assert keys["primaryKey"] != keys["secondaryKey"]
    assert (await scene.post(f"{APP}/regenerateSecondaryKey")).status == 204
    renewed = (await scene.post(f"{APP}/listSecrets")).json
    assert renewed["primaryKey"] == keys["primaryKey"]
    assert renewed["secondaryKey"] != keys["secondaryKey"]


async def test_a_subscription_says_what_it_was_not_told(scene: Scene) -> None:
    await scene.put(APP, {"properties": {"displayName": "App", "scope": "/apis"}})
    found = (await scene.get(APP)).properties
    unset = ("startDate", "expirationDate", "endDate", "notificationDate", "stateComment")
    assert found.pop("createdDate")
    assert found == {
        "scope": f"{SERVICE}/apis",
        "displayName": "App",
        "state": "active",
        **dict.fromkeys(unset),
    }


async def test_keys_can_be_brought_along(scene: Scene) -> None:
    body = {"displayName": "App", "scope": "/apis", "primaryKey": "p" * 32, "state": "suspended"}
    await scene.put(APP, {"properties": body})
    assert (await scene.post(f"{APP}/listSecrets")).json["primaryKey"] == "p" * 32
    patched = await scene.patch(APP, {"properties": {"state": "active"}})
    assert patched.properties["state"] == "active"
    assert (await scene.post(f"{APP}/listSecrets")).json["primaryKey"] == "p" * 32


@pytest.mark.parametrize("scope", ["/apis/none", "/products", "/products/none", "/everything", "apis"])
async def test_a_scope_must_exist(scene: Scene, scope: str) -> None:
    answer = await scene.put(APP, {"properties": {"displayName": "App", "scope": scope}})
    assert problems(answer)[0][0] == "scope"


async def test_the_built_in_subscription_stays(scene: Scene) -> None:
    master = f"{SERVICE}/subscriptions/master"
    assert (await scene.get(master)).properties["scope"] == f"{SERVICE}/"
    assert (await scene.delete(master)).status == 405
    odd = await scene.put(APP, {"properties": {"displayName": "A", "scope": f"{SERVICE}/", "state": "odd"}})
    assert problems(odd)[0][0] == "state"
    assert (await scene.put(APP, {"properties": {"displayName": "A", "scope": f"{SERVICE}/"}})).status == 201
