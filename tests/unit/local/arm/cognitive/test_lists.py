"""What a region tells about itself before anything is deployed."""

import pytest

from tests.unit.local.arm.scene import ACCOUNTS, COGNITIVE, Scene


async def test_models_say_what_can_be_deployed_and_until_when() -> None:
    scene = Scene()
    rows = (await scene.get(f"{COGNITIVE}/locations/East US/models")).json["value"]
    found = {row["name"]: row["model"] for row in rows if row["kind"] == "OpenAI"}
    chat = found["OpenAI.gpt-5.1.2025-11-13"]
    assert [sku["name"] for sku in chat["skus"]] == [
        "GlobalStandard",
        "DataZoneStandard",
        "Standard",
        "GlobalProvisionedManaged",
        "DataZoneProvisionedManaged",
        "ProvisionedManaged",
    ]
    assert chat["deprecation"] == {"inference": "2027-05-15T00:00:00Z"}
    assert chat["lifecycleStatus"] == "GenerallyAvailable"
    assert found["OpenAI.gpt-4o-mini.2024-07-18"]["lifecycleStatus"] == "Deprecated"


async def test_data_zones_are_in_the_us_and_the_eu() -> None:
    scene = Scene()
    rows = (await scene.get(f"{COGNITIVE}/locations/japaneast/models")).json["value"]
    skus = {sku["name"] for row in rows for sku in row["model"]["skus"]}
    assert skus == {"GlobalStandard", "GlobalProvisionedManaged"}


async def test_provisioned_throughput_comes_in_steps_and_from_one_quota_for_all_models() -> None:
    scene = Scene()
    rows = (await scene.get(f"{COGNITIVE}/locations/eastus/models")).json["value"]
    found = {
        (row["model"]["name"], sku["name"]): sku
        for row in rows
        for sku in row["model"]["skus"]
        if "Provisioned" in sku["name"]
    }
    sku = found["gpt-5.1", "GlobalProvisionedManaged"]
    assert sku["capacity"] == {"minimum": 15, "maximum": 100_000, "step": 5, "default": 15}
    assert "rateLimits" not in sku
    assert found["gpt-5-mini", "ProvisionedManaged"]["capacity"]["step"] == 25
    usages = (await scene.get(f"{COGNITIVE}/locations/eastus/usages")).json["value"]
    labels = {row["name"]["value"]: row["name"]["localizedValue"] for row in usages}
    assert {sku["usageName"]: labels[sku["usageName"]] for sku in found.values()} == {
        "OpenAI.GlobalProvisionedManaged": "Global Provisioned Managed Throughput Unit",
        "OpenAI.DataZoneProvisionedManaged": "Data Zone Provisioned Managed Throughput Unit",
        "OpenAI.ProvisionedManaged": "Provisioned Managed Throughput Unit",
    }


@pytest.mark.parametrize("location", ["atlantis", "ukwest"])
@pytest.mark.parametrize("kind", ["models", "usages", "modelCapacities"])
async def test_a_region_without_openai_is_named(location: str, kind: str) -> None:
    answer = await Scene().get(f"{COGNITIVE}/locations/{location}/{kind}?modelName=gpt-5.1")
    assert (answer.status, answer.code) == (400, "NoRegisteredProviderFound")
    assert f"for type 'locations/{kind}'" in answer.message


async def test_capacities_are_what_is_left_of_the_quota() -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    await scene.deploy(capacity=30)
    query = "modelCapacities?modelFormat=OpenAI&modelName=gpt-5.1&modelVersion=2025-11-13"
    rows = (await scene.get(f"{COGNITIVE}/{query}")).json["value"]
    left = {
        (row["location"], row["properties"]["skuName"]): row["properties"]["availableCapacity"]
        for row in rows
    }
    assert left["eastus", "GlobalStandard"] == 970
    assert left["swedencentral", "GlobalStandard"] == 1000
    assert (await scene.get(f"{COGNITIVE}/modelCapacities?modelName=gpt-9")).json["value"] == []


async def test_accounts_are_counted() -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    rows = (await scene.get(f"{COGNITIVE}/locations/eastus/usages")).json["value"]
    assert [(row["name"]["value"], row["currentValue"]) for row in rows[-2:]] == [
        ("OpenAI.S0.AccountCount", 1),
        ("AccountCount", 1),
    ]


async def test_skus() -> None:
    scene = Scene()
    await scene.group()
    await scene.account()
    answer = await scene.post(
        f"{COGNITIVE}/locations/eastus/checkSkuAvailability", {"skus": ["S0", "S1"], "kind": "OpenAI"}
    )
    assert [row["skuAvailable"] for row in answer.json["value"]] == [True, False]
    assert {row["name"] for row in (await scene.get(f"{COGNITIVE}/skus")).json["value"]} == {"S0"}
    assert (await scene.get(f"{ACCOUNTS}/east/skus")).json["value"][0]["sku"]["name"] == "S0"
    unknown = await scene.get(f"{COGNITIVE}/locations/eastus/operationResults/no")
    assert unknown.status == 404


async def test_a_quota_is_found_by_its_name() -> None:
    scene, usages = Scene(), f"{COGNITIVE}/locations/eastus/usages"
    wanted = "OpenAI.GlobalStandard.gpt-5.1"
    found = await scene.get(f"{usages}?$filter=name.value eq '{wanted}'")
    assert [row["name"]["value"] for row in found.json["value"]] == [wanted]
    assert (await scene.get(f"{usages}?$filter=currentValue gt 3")).status == 400
