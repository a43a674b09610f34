"""Deployments: what can be deployed where, how fast it then is, and how much quota it holds."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import ManualClock
from tests.unit.local.arm.scene import ACCOUNTS, COGNITIVE, NOW, Scene, account, deployment

GPT = f"{ACCOUNTS}/east/deployments/gpt"
USAGE = "OpenAI.GlobalStandard.gpt-5.1"
UNITS = "GlobalProvisionedManaged"


async def made(limit: int = 100) -> Scene:
    scene = Scene(replace(Scene().settings, quota={USAGE: limit}))
    await scene.group()
    await scene.account()
    return scene


async def used(scene: Scene, name: str = USAGE, location: str = "eastus") -> int:
    rows = (await scene.get(f"{COGNITIVE}/locations/{location}/usages")).json["value"]
    return next(int(row["currentValue"]) for row in rows if row["name"]["value"] == name)


async def test_rates_follow_the_capacity() -> None:
    scene = await made()
    answer = await scene.deploy(capacity=30)
    assert answer.properties["rateLimits"] == [
        {"key": "request", "renewalPeriod": 60, "count": 300},
        {"key": "token", "renewalPeriod": 60, "count": 30_000},
    ]
    more = await scene.patch(GPT, {"sku": {"name": "GlobalStandard", "capacity": 31}})
    assert (more.status, more.json["sku"]["capacity"], more.properties["currentCapacity"]) == (200, 31, 31)
    assert more.properties["rateLimits"][1]["count"] == 31_000
    assert more.json["etag"] != answer.json["etag"]
    assert more.json["systemData"]["createdAt"] == answer.json["systemData"]["createdAt"]


async def test_provisioned_throughput_has_no_rates_and_models_share_its_quota() -> None:
    scene = await made()
    answer = await scene.deploy(sku=UNITS, capacity=60)
    assert (answer.status, answer.json["sku"]) == (201, {"name": UNITS, "capacity": 60})
    assert "rateLimits" not in answer.properties
    mini = {"model": "gpt-5-mini", "version": "2025-08-07"}
    assert (await scene.deploy(name="mini", **mini, sku=UNITS, capacity=45)).code == "InsufficientQuota"
    assert (await scene.deploy(name="mini", **mini, sku=UNITS, capacity=40)).status == 201
    assert await used(scene, "OpenAI.GlobalProvisionedManaged") == 100
    assert (await scene.patch(GPT, {"sku": {"capacity": 15}})).properties["currentCapacity"] == 15
    sizes = (await scene.get(f"{GPT}/skus")).json["value"]
    assert {row["sku"]["name"]: row["capacity"]["step"] for row in sizes}["ProvisionedManaged"] == 50


async def test_an_older_model_takes_one_request_in_ten_seconds_per_unit() -> None:
    scene = await made()
    answer = await scene.deploy(model="text-embedding-3-small", version="1", capacity=7)
    assert answer.properties["rateLimits"][0] == {"key": "request", "renewalPeriod": 10, "count": 7}


async def test_choices_are_kept_and_tags_can_be_patched() -> None:
    scene = await made()
    body = deployment()
    body["properties"] |= {"versionUpgradeOption": "NoAutoUpgrade", "raiPolicyName": "Microsoft.DefaultV2"}
    answer = await scene.put(GPT, {**body, "tags": {"a": "b"}})
    assert answer.properties["versionUpgradeOption"] == "NoAutoUpgrade"
    patched = await scene.patch(GPT, {"tags": {"c": "d"}})
    assert patched.json["tags"] == {"a": "b", "c": "d"}
    assert patched.properties["raiPolicyName"] == "Microsoft.DefaultV2"


async def test_a_content_filter_is_azures_own_or_one_of_the_account() -> None:
    scene = await made()
    body = deployment()
    filters = f"{ACCOUNTS}/east/raiPolicies"
    names = [row["name"] for row in (await scene.get(filters)).json["value"]]
    assert names == ["Microsoft.Default", "Microsoft.DefaultV2"]
    body["properties"] |= {"raiPolicyName": "strict"}
    refused = await scene.put(GPT, body)
    assert (refused.status, refused.code) == (400, "InvalidResourceProperties")
    assert (await scene.get(f"{filters}/strict")).status == 404
    sent = {"properties": {"basePolicyName": "Microsoft.DefaultV2", "mode": "Blocking"}}
    answer = await scene.put(f"{filters}/strict", sent)
    assert (answer.status, answer.properties["type"]) == (201, "UserManaged")
    assert (await scene.put(f"{filters}/strict", sent)).status == 200
    assert (await scene.get(f"{filters}/Strict")).properties["basePolicyName"] == "Microsoft.DefaultV2"
    assert len((await scene.get(filters)).json["value"]) == 3
    assert (await scene.put(GPT, body)).properties["raiPolicyName"] == "strict"
    assert (await scene.put(f"{filters}/Microsoft.Default", sent)).status == 400
    assert (await scene.get(f"{filters}/microsoft.default")).properties["type"] == "SystemManaged"
    other = {"properties": {"basePolicyName": "strict"}}
    assert (await scene.put(f"{filters}/other", other)).status == 400


async def test_without_a_version_the_default_one_is_taken() -> None:
    scene = await made()
    body = deployment()
    del body["properties"]["model"]["version"]
    assert (await scene.put(GPT, body)).properties["model"]["version"] == "2025-11-13"


@pytest.mark.parametrize(
    ("choices", "code", "words"),
    [
        (
            {"model": "gpt-9"},
            "DeploymentModelNotSupported",
            "Format: OpenAI, Name: gpt-9, Version: 2025-11-13",
        ),
        ({"version": "1999"}, "DeploymentModelNotSupported", "Version: 1999"),
        ({"sku": "Provisioned"}, "InvalidResourceProperties", "is not supported by the model 'gpt-5.1'"),
        ({"capacity": 0}, "InvalidCapacity", "capacity '0' of account deployment should be at least 1 and"),
        ({"capacity": 1.5}, "InvalidCapacity", "capacity '1.5'"),
        ({"capacity": True}, "InvalidCapacity", "capacity 'True'"),
        ({"sku": UNITS, "capacity": 10}, "InvalidCapacity", "should be at least 15 and no more than 100000"),
        ({"sku": UNITS, "capacity": 17}, "InvalidCapacity", "should be a multiple of 5."),
        ({"sku": UNITS, "capacity": 105}, "InsufficientQuota", "Global Provisioned Managed Throughput Unit"),
        (
            {"model": "gpt-35-turbo", "version": "0613", "sku": "Standard"},
            "ServiceModelDeprecated",
            "'Format:OpenAI,Name:gpt-35-turbo,Version:0613' has been deprecated since 02/13/2025 00:00:00.",
        ),
        ({"model": "gpt-4o-mini", "version": "2024-07-18"}, "ServiceModelDeprecated", "since 10/01/2026"),
    ],
)
async def test_what_cannot_be_deployed_is_refused(choices: dict[str, Any], code: str, words: str) -> None:
    scene = await made()
    answer = await scene.deploy(**choices)
    assert (answer.status, answer.code) == (400, code)
    assert words in answer.message


async def test_a_capacity_may_be_sent_as_text() -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    body = deployment()
    body["sku"]["capacity"] = "30"
    made = await scene.put(f"{ACCOUNTS}/east/deployments/gpt", body)
    assert (made.status, made.json["sku"]["capacity"]) == (201, 30)


async def test_a_sku_must_be_offered_in_the_region() -> None:
    scene = await made()
    await scene.put(f"{ACCOUNTS}/oz", account("oz", "australiaeast"))
    answer = await scene.deploy("oz", sku="DataZoneStandard")
    assert answer.code == "InvalidResourceProperties"
    assert "'gpt-5.1 2025-11-13' is not supported in this region 'australiaeast'" in answer.message


async def test_without_a_sku_standard_with_capacity_one_is_meant() -> None:
    scene = await made()
    answer = await scene.put(GPT, {"properties": deployment()["properties"]})
    assert answer.json["sku"] == {"name": "Standard", "capacity": 1}


async def test_a_model_retires_with_the_calendar_but_what_runs_can_be_resized() -> None:
    scene = await made()
    scene.clock.advance(datetime(2026, 9, 30, tzinfo=UTC).timestamp() - scene.clock.now())
    mini = {"model": "gpt-4o-mini", "version": "2024-07-18"}
    assert (await scene.deploy(**mini)).status == 201
    scene.clock.advance(24 * 3600)
    assert (await scene.deploy(**mini, capacity=31)).status == 200
    assert (await scene.deploy(name="new", **mini)).code == "ServiceModelDeprecated"


async def test_quota_is_shared_by_the_accounts_of_a_region() -> None:
    scene = await made(100)
    await scene.account("two")
    assert (await scene.deploy(capacity=60)).status == 201
    refused = await scene.deploy("two", capacity=60)
    assert (refused.status, refused.code) == (400, "InsufficientQuota")
    label = "Tokens Per Minute (thousands) - gpt-5.1 - GlobalStandard"
    assert refused.message == (
        f"This operation require 60 new capacity in quota {label}, which is bigger than the current "
        f"available capacity 40. The current quota usage is 60 and the quota limit is 100 for quota {label}."
    )
    assert (await scene.deploy("two", capacity=40)).status == 201
    grown = await scene.deploy(capacity=61)
    assert "require 1 new capacity" in grown.message
    assert "available capacity 0. The current quota usage is 100 and" in grown.message
    assert (await scene.deploy(capacity=10)).status == 200
    assert await used(scene) == 50


async def test_each_region_and_sku_has_a_quota_of_its_own() -> None:
    scene = await made(30)
    await scene.put(f"{ACCOUNTS}/north", account("north", "swedencentral"))
    assert (await scene.deploy()).status == 201
    assert (await scene.deploy("north")).status == 201
    assert (await scene.deploy(name="zone", sku="DataZoneStandard")).status == 201
    assert [await used(scene), await used(scene, location="swedencentral")] == [30, 30]


async def test_a_quota_can_be_set_for_one_region() -> None:
    scene = Scene(replace(Scene().settings, quota={USAGE: 10, f"eastus:{USAGE}": 50}))
    await scene.group()
    await scene.account()
    await scene.put(f"{ACCOUNTS}/north", account("north", "swedencentral"))
    assert (await scene.deploy(capacity=50)).status == 201
    assert (await scene.deploy("north", capacity=11)).code == "InsufficientQuota"


async def test_a_deleted_account_holds_its_quota_until_it_is_purged() -> None:
    scene = await made(50)
    await scene.deploy(capacity=50)
    await scene.delete(f"{ACCOUNTS}/east")
    assert await used(scene) == 50
    await scene.account("two")
    assert (await scene.deploy("two", capacity=1)).code == "InsufficientQuota"
    await scene.delete(f"{COGNITIVE}/locations/eastus/resourceGroups/chat/deletedAccounts/east")
    assert await used(scene) == 0
    assert (await scene.deploy("two", capacity=50)).status == 201


async def test_a_deleted_deployment_gives_its_quota_back() -> None:
    scene = await made(50)
    await scene.deploy(capacity=50)
    assert [(await scene.delete(GPT)).status for _ in range(2)] == [200, 204]
    assert await used(scene) == 0
    missing = await scene.get(GPT)
    assert (missing.status, missing.message) == (404, f"Specified resource '{GPT}' cannot be found.")
    assert (await scene.patch(GPT, {"sku": {"capacity": 1}})).status == 404


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60)), max_size=12))
def test_no_order_of_writes_gets_past_the_quota(writes: list[tuple[str, int]]) -> None:
    async def story() -> None:
        scene = await made(100)
        held: dict[str, int] = {}
        for name, capacity in writes:
            path = f"{ACCOUNTS}/east/deployments/{name}"
            if capacity == 0:
                await scene.delete(path)
                held.pop(name, None)
                continue
            wanted = {**held, name: capacity}
            answer = await scene.put(path, deployment(capacity=capacity))
            assert (answer.status < 300) == (sum(wanted.values()) <= 100)
            held = wanted if answer.status < 300 else held
        assert await used(scene) == sum(held.values())

    asyncio.run(story())


async def test_two_writes_under_one_account_are_a_conflict() -> None:
    clock = GatedClock(NOW)
    scene = Scene(replace(Scene().settings, lro="realistic"), clock=clock)
    await scene.group()
    await scene.account()
    clock.advance(20)
    first = asyncio.create_task(scene.deploy(name="one"))
    await clock.entered.wait()
    second = await scene.deploy(name="two")
    assert (second.status, second.code) == (409, "RequestConflict")
    assert f"parent resource '{ACCOUNTS}/east'" in second.message
    clock.opened.set()
    assert (await first).status == 201
    assert (await scene.deploy(name="two")).status == 201


class GatedClock(ManualClock):
    """A clock on which a sleep that has seconds lasts until it is opened."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self.entered, self.opened = asyncio.Event(), asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.entered.set()
        await self.opened.wait()
