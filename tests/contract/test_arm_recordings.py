"""The local ARM answers as Azure was recorded to answer: status, headers, keys and their order."""

from dataclasses import replace
from typing import Any, Literal

import pytest

from tests.contract.shared import recorded
from tests.fakes import ManualClock
from tests.unit.local.arm.scene import (
    ACCOUNTS,
    APIM,
    COGNITIVE,
    GROUP,
    IDENTITY,
    ROOT,
    SERVICE,
    Answer,
    Scene,
)

Json = dict[str, Any]

# Headers that say something; the others are transport, or differ in every answer.
HEADERS = ("Azure-AsyncOperation", "Location", "Retry-After", "ETag", "Content-Type")
# 2025-06-19, when the models of the recordings could be deployed.
THEN = 1_750_300_000.0


def scene(lro: Literal["at-once", "realistic"] = "realistic") -> Scene:
    """A cloud of the recordings' day in which operations take their time."""
    return Scene(replace(Scene().settings, lro=lro), clock=ManualClock(THEN))


def same(answer: Answer, name: str, number: int | str) -> Json:
    """Assert that status, headers and the keys of the body are those recorded; returns the recording."""
    wanted = recorded(name, number)
    assert answer.status == wanted["status"]
    sent = {header: answer.headers.get(header) is not None for header in HEADERS}
    assert sent == {header: header in wanted["response_headers"] for header in HEADERS}
    if wanted["response_body"] == "":
        assert answer.body == b""
    else:
        assert keys(answer.json) == keys(wanted["response_body"])
    return wanted


def keys(value: Any) -> Any:
    """The shape of JSON: names in order, with the shape below them; scalars by kind, lists by first item."""
    if isinstance(value, dict):
        return [(name, keys(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [keys(value[0])] if value else []
    return type(value).__name__


def of(name: str, number: int | str) -> Json:
    body: Json = recorded(name, number)["request_body"]
    return body


async def test_a_resource_group() -> None:
    cloud = scene()
    body = of("cog_aso_deployment", 0)
    same(await cloud.put(GROUP, body, version="2020-06-01"), "cog_aso_deployment", 0)
    same(await cloud.get(GROUP, version="2020-06-01"), "cog_aso_deployment", 1)
    gone = await cloud.delete(GROUP, version="2020-06-01")
    same(gone, "rbac_aso_role_assignment", 13)
    same(await cloud.follow(gone.headers.get("Location")), "rbac_aso_role_assignment", 14)
    cloud.clock.advance(600)
    same(await cloud.follow(gone.headers.get("Location")), "apim_cli_deletedservice", 16)


async def test_an_account_and_its_deployment() -> None:
    cloud, name, version = scene(), "cog_aso_deployment", "2024-10-01"
    await cloud.group()
    account, deployment = f"{ACCOUNTS}/asotest", f"{ACCOUNTS}/asotest/deployments/cogsvcdep"
    made = await cloud.put(account, of(name, 2), version=version)
    assert (
        made.json["properties"]["callRateLimit"]
        == same(made, name, 2)["response_body"]["properties"]["callRateLimit"]
    )
    poll = made.headers.get("Azure-AsyncOperation")
    assert poll is not None
    assert poll.endswith("?api-version=2017-04-18")
    running = await cloud.follow(poll)
    assert running.json["status"] == same(running, name, 3)["response_body"]["status"]
    cloud.clock.advance(60)
    same(await cloud.follow(poll), name, 6)
    same(await cloud.get(account, version=version), name, 7)
    for number, status in ((9, 201), (11, 200)):
        answer = await cloud.put(deployment, of(name, number), version=version)
        wanted = recorded(name, number)["response_body"]["properties"]
        assert answer.status == status
        assert answer.properties["rateLimits"] == wanted["rateLimits"]
        assert list(answer.properties) == list(wanted)
        assert list(answer.json) == list(recorded(name, number)["response_body"])
    same(await cloud.delete(deployment, version=version), name, 13)
    missing = await cloud.get(deployment, version=version)
    assert missing.code == same(missing, name, 14)["response_body"]["error"]["code"]
    same(await cloud.delete(account, version=version), name, 15)
    gone = await cloud.get(account, version=version)
    expected = same(gone, name, 16)["response_body"]["error"]["message"]
    assert gone.message == expected.replace("asotestcogsvcaccuhvfwo", "asotest").replace(
        "asotest-rg-zorxyy", "chat"
    )


async def test_an_account_is_soft_deleted_restored_and_purged() -> None:
    cloud, name, version = scene(), "cog_cli_softdelete", "2021-10-01"
    await cloud.group()
    account = f"{ACCOUNTS}/cs"
    await cloud.account("cs")
    cloud.clock.advance(60)
    before = await cloud.get(account, version=version)
    assert (await cloud.delete(account, version=version)).status == recorded(name, 5)["status"]
    gone = f"{COGNITIVE}/locations/eastus/resourceGroups/chat/deletedAccounts/cs"
    kept = await cloud.get(gone, version=version)
    assert (kept.status, kept.headers.get("ETag")) == (recorded(name, 6)["status"], None)
    assert kept.json["type"] == recorded(name, 6)["response_body"]["type"]
    restored = await cloud.put(account, {**of(name, 7), "location": "eastus"}, version=version)
    assert restored.status == recorded(name, 7)["status"]
    for kept_field in ("internalId", "dateCreated", "customSubDomainName"):
        assert restored.properties[kept_field] == before.properties[kept_field]
    assert restored.json["etag"] != before.json["etag"]
    assert (await cloud.delete(account, version=version)).status == recorded(name, 9)["status"]
    purged = await cloud.delete(gone, version=version)
    same(purged, name, 10)
    assert str(purged.headers.get("Location")).endswith("&operationResultResponseType=Location")
    cloud.clock.advance(60)
    same(await cloud.follow(purged.headers.get("Azure-AsyncOperation")), name, 11)
    assert (await cloud.get(f"{COGNITIVE}/deletedAccounts")).json["value"] == []


async def test_a_v2_service() -> None:
    cloud, name = scene(), "apim_aso_backend"
    await cloud.group()
    made = await cloud.put(SERVICE, of(name, 2))
    wanted = same(made, name, 2)
    assert made.headers.get("Retry-After") == wanted["response_headers"]["Retry-After"]
    poll = made.headers.get("Azure-AsyncOperation")
    running = await cloud.follow(poll)
    same(running, name, 3)
    assert running.body == b'{"status":"InProgress"}'
    assert running.headers.get("Content-Type") == "application/json"
    assert running.headers.get("Location") == poll
    cloud.clock.advance(200)
    assert (await cloud.follow(poll)).body == b'{"status":"Succeeded"}'
    same(await cloud.get(SERVICE), name, 10)
    backend = f"{SERVICE}/backends/test_backend"
    version = "2025-03-01-preview"
    child = await cloud.put(backend, of(name, 12), version=version)
    same(child, name, 12)
    assert child.body.startswith(b'{\r\n  "id": ')
    assert child.headers.get("Cache-Control") == "private"
    same(await cloud.get(backend, version=version), name, 13)
    gone = await cloud.delete(SERVICE)
    same(gone, name, 16)
    same(await cloud.follow(gone.headers.get("Azure-AsyncOperation")), name, 17)


async def test_a_consumption_service_in_the_old_way() -> None:
    cloud, name, version = scene(), "apim_cli_deletedservice", "2021-08-01"
    await cloud.group("westus")
    check = f"{APIM}/checkNameAvailability"
    assert (await cloud.post(check, {"name": "chat-gw"}, version=version)).json == recorded(name, 2)[
        "response_body"
    ]
    made = await cloud.put(SERVICE, of(name, 3), version=version)
    same(made, name, 3)
    poll = made.headers.get("Location")
    cloud.clock.advance(61)
    same(await cloud.follow(poll), name, 4)
    taken = await cloud.post(check, {"name": "chat-gw"}, version=version)
    same(taken, name, 5)
    assert (await cloud.get(SERVICE, version=version)).headers.get("ETag") is not None
    await cloud.delete(GROUP)
    cloud.clock.advance(100)
    gone = f"{APIM}/locations/westus/deletedservices/chat-gw"
    same(await cloud.get(gone, version=version), name, 18)
    purged = await cloud.delete(gone, version=version)
    same(purged, name, 19)
    cloud.clock.advance(60)
    same(await cloud.follow(purged.headers.get("Location")), name, 20)
    assert (await cloud.get(f"{APIM}/deletedservices")).json == {"value": []}


@pytest.fixture
async def gateway() -> Scene:
    """A cloud with a service in it, at once."""
    cloud = scene("at-once")
    await cloud.group()
    assert (await cloud.service("StandardV2")).status == 201
    return cloud


async def test_an_api_and_its_policy(gateway: Scene) -> None:
    name, version, api = "apim_cli_api_policy", "2021-08-01", f"{SERVICE}/apis/test-policy-api"
    made = await gateway.put(api, of(name, 1), version=version)
    assert made.properties == same(made, name, 1)["response_body"]["properties"]
    assert (await gateway.get(api, version=version)).json == made.json
    etags = []
    for number in (3, 4):
        written = await gateway.put(f"{api}/policies/policy", of(name, number), version=version)
        wanted = same(written, name, number)
        assert written.properties == wanted["response_body"]["properties"]
        etags.append(written.headers.get("ETag"))
    assert etags[0] == etags[1]


async def test_a_product_policy_and_a_fragment(gateway: Scene) -> None:
    name = "apim_aso_20240501_crud_a"
    product = f"{SERVICE}/products/one"
    same(await gateway.put(product, of(name, 46)), name, 46)
    same(await gateway.get(product), name, 49)
    assert (await gateway.put(f"{product}/policies/policy", of(name, 57))).status == 201
    read = await gateway.get(f"{product}/policies/policy")
    assert read.properties == same(read, name, 61)["response_body"]["properties"]
    fragment = f"{SERVICE}/policyFragments/shared"
    made = await gateway.put(fragment, of(name, 59))
    same(made, name, 59)
    same(await gateway.follow(made.headers.get("Azure-AsyncOperation")), name, 62)
    shown = await gateway.get(fragment)
    same(shown, name, 64)
    assert "/policyfragments/" in shown.json["id"]
    same(await gateway.delete(f"{product}/policies/policy"), name, 72)
    same(await gateway.delete(fragment), name, 73)


async def test_a_subscription_and_its_keys(gateway: Scene) -> None:
    name, version, one = "apim_cli_subscription", "2019-12-01", f"{SERVICE}/subscriptions/one"
    same(await gateway.get(f"{SERVICE}/subscriptions", version=version), name, 1)
    body = {"properties": {"scope": f"{SERVICE}/apis", "displayName": "foo-bar"}}
    same(await gateway.put(one, body, version=version), name, 3)
    same(await gateway.get(one, version=version), name, 4)
    patched = await gateway.patch(one, of(name, 5), version=version, If_Match="*")
    same(patched, name, 5)
    same(await gateway.post(f"{one}/listSecrets", version=version), name, 7)
    same(await gateway.post(f"{one}/regeneratePrimaryKey", version=version), name, 8)
    same(await gateway.delete(one, version=version, If_Match="*"), name, 11)


async def test_a_named_value_in_the_old_way(gateway: Scene) -> None:
    name, version, value = "apim_cli_core_service", "2019-12-01", f"{SERVICE}/namedValues/one"
    await gateway.put(value, of(name, "t7"), version=version)
    again = await gateway.put(value, of(name, "t7"), version=version)
    same(again, name, "t7")
    same(await gateway.follow(again.headers.get("Location")), name, "t8")
    same(await gateway.post(f"{value}/listValue", version=version), name, "t9")
    same(await gateway.get(f"{SERVICE}/namedValues", version=version), name, "t10")
    same(await gateway.delete(value, version=version, If_Match="*"), name, "t11")


async def test_an_identity_and_a_role_assignment() -> None:
    cloud, name = scene(), "rbac_aso_role_assignment"
    await cloud.group()
    identity = await cloud.put(IDENTITY, of(name, 2), version="2018-11-30")
    same(identity, name, 2)
    same(await cloud.put(IDENTITY, of(name, 3), version="2018-11-30"), name, 3)
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/7b83888d-03fb-55bb-8209-aec4e36328a8"
    sent = of(name, 6)["properties"]
    role = sent["roleDefinitionId"].replace("00000000-0000-0000-0000-000000000000", ROOT.rsplit("/", 1)[-1])
    properties = {"principalId": identity.properties["principalId"], "roleDefinitionId": role}
    same(await cloud.put(path, {"properties": properties}), name, 6)
    same(await cloud.get(path), name, 7)
    same(await cloud.delete(path), name, 10)
    missing = await cloud.get(path)
    assert missing.json == same(missing, name, 11)["response_body"]


async def test_models_and_usages() -> None:
    cloud = scene()
    models = await cloud.get(f"{COGNITIVE}/locations/westeurope/models")
    turbo = next(row for row in models.json["value"] if row["name"] == "OpenAI.gpt-35-turbo.0125")
    rows = recorded("cog_cli_list_models", 1)["response_body"]["value"]
    wanted = next(row for row in rows if row.get("name") == "OpenAI.gpt-35-turbo.0125")
    assert list(turbo) == list(wanted)
    assert turbo["location"] == wanted["location"]
    assert turbo["model"]["skus"][0]["rateLimits"] == wanted["model"]["skus"][0]["rateLimits"]
    usages = await cloud.get(f"{COGNITIVE}/locations/westeurope/usages")
    row = recorded("cog_cli_list_usages", 1)["response_body"]["value"][0]
    assert all(keys(item) == keys(row) for item in usages.json["value"])
    assert usages.json["value"][-1]["name"]["value"] == "AccountCount"
