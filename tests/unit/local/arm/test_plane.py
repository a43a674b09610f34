"""The front end: tokens, api-versions, subscriptions, roles, providers, unknown paths, headers."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apimlb.http import Headers, Request
from apimlb.local.store import Store
from tests.unit.local.arm.scene import (
    ACCOUNTS,
    APIM,
    GROUP,
    HOST,
    IDENTITY,
    ROOT,
    SERVICE,
    STRANGER,
    TENANT,
    Scene,
    answered,
    service,
)


async def test_a_request_without_a_good_token_is_turned_away() -> None:
    scene = Scene()
    request = Request("GET", f"{HOST}/subscriptions?api-version=2022-12-01", Headers())
    answer = await answered(await scene.plane.send(request))
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")
    assert TENANT in (answer.headers.get("WWW-Authenticate") or "")


async def test_the_api_version_is_required() -> None:
    scene = Scene()
    request = Request("GET", f"{HOST}{GROUP}", Headers([("Authorization", "Bearer good")]))
    answer = await answered(await scene.plane.send(request))
    assert (answer.status, answer.code) == (400, "MissingApiVersionParameter")


async def test_the_api_version_is_a_date() -> None:
    scene = Scene()
    assert (await scene.get(ROOT, version="latest")).code == "InvalidApiVersionParameter"
    for version in ("2020-01-01", "2026-05-15-preview"):
        assert (await scene.get(ROOT, version=version)).status == 200


async def test_a_client_learns_where_the_cloud_is_without_a_token() -> None:
    scene = Scene()
    asked = Request("GET", f"{HOST}/metadata/endpoints?api-version=2022-09-01")
    cloud = (await answered(await scene.plane.send(asked))).json
    assert (cloud["resourceManager"], cloud["authentication"]["loginEndpoint"]) == (HOST, HOST)
    asked = Request("GET", f"{HOST}/metadata/endpoints?api-version=2019-05-01")
    assert (await answered(await scene.plane.send(asked))).json == [cloud]
    asked = Request("GET", f"{HOST}/metadata/endpoints?api-version=2015-01-01")
    old = (await answered(await scene.plane.send(asked))).json
    assert HOST in old["authentication"]["audiences"]


async def test_providers_say_which_versions_they_have() -> None:
    scene = Scene()
    listed = await scene.get("/providers", version="2025-04-01")
    assert {row["id"] for row in listed.json["value"]} >= {"/providers/Microsoft.ApiManagement"}
    one = await scene.get("/providers/microsoft.authorization", version="2025-04-01")
    types = {row["resourceType"]: row["apiVersions"] for row in one.json["resourceTypes"]}
    assert "2020-05-01" in types["locks"]
    assert "2022-04-01" in types["roleAssignments"]


async def test_there_is_one_subscription() -> None:
    scene = Scene()
    listed = await scene.get("/subscriptions")
    assert [row["id"] for row in listed.json["value"]] == [ROOT]
    assert (await scene.get(ROOT)).json["state"] == "Enabled"
    assert (await scene.get("/tenants")).json["value"][0]["tenantId"] == TENANT
    other = await scene.get("/subscriptions/00000000-0000-4000-8000-00000000dead/resourcegroups")
    assert (other.status, other.code) == (404, "SubscriptionNotFound")


async def test_a_stranger_may_do_nothing_and_a_reader_only_read() -> None:
    scene = Scene()
    await scene.group()
    scene.caller = STRANGER
    refused = await scene.get(GROUP)
    assert (refused.status, refused.code) == (403, "AuthorizationFailed")
    assert "Microsoft.Resources/subscriptions/resourceGroups/read" in refused.message
    assert "stranger-app" in refused.message
    await grant(scene, "acdd72a7-3385-48ef-bd42-f606fba81ae7")
    assert (await scene.get(GROUP)).status == 200
    assert (await scene.delete(GROUP)).code == "AuthorizationFailed"


async def test_a_contributor_may_do_all_but_assign_roles() -> None:
    scene = Scene()
    await scene.group()
    await grant(scene, "b24988ac-6180-42a0-ab88-20f7382dd24c")
    scene.caller = STRANGER
    assert (await scene.account()).status == 201
    name = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/7b83888d-03fb-55bb-8209-aec4e36328a9"
    assert (await scene.put(name, {})).code == "AuthorizationFailed"
    purge = await scene.delete(f"{APIM}/locations/eastus/deletedservices/chat-gw")
    assert purge.status == 403
    assert "Microsoft.ApiManagement/locations/deletedservices/delete" in purge.message


async def grant(scene: Scene, role: str) -> None:
    caller, scene.caller = scene.caller, Scene().caller
    name = "7b83888d-03fb-55bb-8209-aec4e36328a8"
    definition = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {
        "roleDefinitionId": definition,
        "principalId": STRANGER.principal_id,
        "principalType": "User",
    }
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{name}"
    assert (await scene.put(path, {"properties": properties})).status == 201
    scene.caller = caller


async def test_roles_can_be_left_unchecked() -> None:
    scene = Scene(replace(Scene().settings, check_roles=False))
    scene.caller = STRANGER
    assert (await scene.group()).status == 201


async def test_a_provider_that_is_not_registered_takes_no_writes_until_it_is() -> None:
    scene = Scene(replace(Scene().settings, unregistered=frozenset({"microsoft.apimanagement"})))
    await scene.group()
    provider = f"{ROOT}/providers/Microsoft.ApiManagement"
    assert (await scene.get(provider)).json["registrationState"] == "NotRegistered"
    refused = await scene.put(SERVICE, service())
    assert (refused.status, refused.code) == (409, "MissingSubscriptionRegistration")
    assert "'Microsoft.ApiManagement'" in refused.message
    assert (await scene.post(f"{provider}/register")).json["registrationState"] == "Registered"
    assert (await scene.put(SERVICE, service())).status == 201


async def test_unknown_paths_are_named() -> None:
    scene = Scene()
    other = await scene.get(f"{GROUP}/providers/Microsoft.KeyVault/vaults/x")
    assert (other.status, other.code) == (501, "NotImplemented")
    assert "Microsoft.KeyVault/vaults" in other.message
    provider = await scene.get(f"{ROOT}/providers/Microsoft.KeyVault")
    assert (provider.status, provider.code) == (501, "NotImplemented")
    assert "Microsoft.KeyVault" in provider.message
    lacking = await scene.get(f"{SERVICE}/gateways/x")
    assert (lacking.status, lacking.code) == (501, "NotImplemented")
    assert "Microsoft.ApiManagement/service/gateways" in lacking.message
    assert (await scene.ask("POST", GROUP)).status == 405
    assert (await scene.get("/nowhere/at/all")).code == "InvalidRequestUri"


async def test_whether_something_is_there_can_be_asked_of_any_resource() -> None:
    """As `resources.check_existence_by_id` does, with a path that begins with two slashes."""
    scene = Scene()
    await scene.group()
    assert (await scene.account()).status == 201
    there = await scene.ask("HEAD", f"/{ACCOUNTS}/east")
    assert (there.status, there.body) == (204, b"")
    assert (await scene.ask("HEAD", f"/{ACCOUNTS}/nobody")).status == 404
    assert (await scene.get(f"/{ACCOUNTS}/east")).status == 200


async def test_a_generic_call_leaves_room_for_a_parent_that_there_is_none_of() -> None:
    """As `resources.get` and `check_existence` do: `NAMESPACE/PARENT/TYPE/NAME`, the parent empty."""
    scene = Scene()
    await scene.group()
    assert (await scene.account()).status == 201
    generic = ACCOUNTS.replace("CognitiveServices/", "CognitiveServices//")
    assert generic != ACCOUNTS
    assert (await scene.get(f"{generic}/east")).json["id"] == f"{ACCOUNTS}/east"
    assert (await scene.ask("HEAD", f"{generic}/east")).status == 204
    assert (await scene.ask("HEAD", f"{generic}/nobody")).status == 404
    elsewhere = await scene.get("//subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/chat")
    assert elsewhere.code == "SubscriptionNotFound"


async def test_an_api_version_from_before_a_provider_is_refused() -> None:
    scene = Scene()
    await scene.group()
    refused = await scene.get(f"{ACCOUNTS}/east", version="2014-01-01")
    assert (refused.status, refused.code) == (400, "NoRegisteredProviderFound")
    assert "for type 'accounts'" in refused.message
    assert "2025-09-01" in refused.message
    assert (await scene.get(f"{ACCOUNTS}/east", version="2026-05-15-preview")).code == "ResourceNotFound"


@pytest.mark.parametrize(
    ("path", "versions", "others"),
    [
        (
            f"{ACCOUNTS}/east",
            ["2016-02-01-preview", "2025-09-01", "2026-10-01"],
            ["2024-05-01", "2025-09-02"],
        ),
        (f"{ACCOUNTS}/east/deployments/gpt", ["2021-10-01"], ["2017-04-18", "2021-04-30"]),
        (SERVICE, ["2019-12-01", "2024-05-01"], ["2014-02-14", "2024-05-01-preview", "2025-06-01"]),
        (f"{SERVICE}/policyFragments/f", ["2021-12-01-preview", "2024-05-01"], ["2021-08-01"]),
        (
            f"{IDENTITY}/federatedIdentityCredentials/f",
            ["2022-01-31-preview", "2024-11-30"],
            ["2018-11-30"],
        ),
        (IDENTITY, ["2015-08-31-preview", "2022-01-31-preview"], ["2015-01-01", "2099-01-01"]),
    ],
)
async def test_each_type_has_versions_of_its_own(path: str, versions: list[str], others: list[str]) -> None:
    scene = Scene()
    await scene.group()
    for version in versions:
        assert (await scene.get(path, version=version)).status == 404
    for version in others:
        refused = await scene.get(path, version=version)
        assert (refused.status, refused.code) == (400, "NoRegisteredProviderFound")
        assert f"API version '{version}' for type" in refused.message


async def test_a_version_that_is_known_is_not_refused_by_a_clock_that_is_behind() -> None:
    scene = Scene()
    scene.clock.advance(datetime(2020, 9, 8, tzinfo=UTC).timestamp() - scene.clock.now())
    assert (await scene.group()).status == 201
    assert (await scene.account()).status == 201


async def test_a_body_must_be_a_json_object() -> None:
    scene = Scene()
    request = Request(
        "PUT", f"{HOST}{GROUP}?api-version=2025-04-01", Headers([("Authorization", "Bearer good")]), b"["
    )
    answer = await answered(await scene.plane.send(request))
    assert (answer.status, answer.code) == (400, "InvalidRequestContent")
    sideways = await scene.put(GROUP, {"location": "eastus", "tags": "none"})
    assert "'tags' must be a JSON object" in sideways.message


async def test_paths_ignore_case_and_ids_keep_theirs() -> None:
    scene = Scene()
    await scene.put(GROUP.replace("resourceGroups/chat", "resourcegroups/Chat"), {"location": "East US"})
    found = await scene.get(GROUP.upper())
    assert found.json["id"] == f"{ROOT}/resourceGroups/Chat"
    assert found.json["location"] == "eastus"


async def test_every_answer_counts_down_and_says_who_it_is() -> None:
    scene = Scene()
    made = await scene.group()
    assert made.headers.get("x-ms-ratelimit-remaining-subscription-global-writes") == "11999"
    read = await scene.get(GROUP, x_ms_client_request_id="abc", x_ms_return_client_request_id="true")
    assert read.headers.get("x-ms-ratelimit-remaining-subscription-global-reads") == "16499"
    assert read.headers.get("x-ms-client-request-id") == "abc"
    missing = await scene.get(f"{ACCOUNTS}/east")
    assert missing.headers.get("x-ms-failure-cause") == "gateway"
    assert "x-ms-ratelimit-remaining-subscription-global-reads" not in missing.headers


async def test_a_refused_request_leaves_nothing_behind() -> None:
    scene = Scene()
    await scene.group()
    revision = scene.store.revision
    assert (await scene.account(location="atlantis")).code == "LocationNotAvailableForResourceType"
    assert scene.store.revision == revision


async def test_a_cloud_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    settings = replace(Scene().settings, lro="realistic")
    before = Scene(settings, Store(tmp_path / "azure.db"))
    await before.group()
    poll = (await before.service()).headers.get("Azure-AsyncOperation")
    before.store.close()
    after = Scene(settings, Store(tmp_path / "azure.db"), before.clock)
    assert (await after.follow(poll)).json == {"status": "InProgress"}
    after.clock.advance(140)
    assert (await after.follow(poll)).json == {"status": "Succeeded"}
    assert (await after.get(SERVICE)).properties["provisioningState"] == "Succeeded"
    assert (await after.get(f"{SERVICE}/subscriptions")).json["count"] == 1
    after.store.close()


async def test_an_api_version_of_a_day_to_come_is_refused() -> None:
    scene = Scene()
    await scene.group()
    refused = await scene.get(GROUP, version="2099-01-01")
    assert (refused.code, refused.status) == ("InvalidApiVersionParameter", 400)
    assert "2025-04-01" in refused.message
    assert (await scene.get(ACCOUNTS, version="2099-01-01-preview")).code == "NoRegisteredProviderFound"
