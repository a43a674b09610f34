"""The tiers that there are, and those that a service can change to."""

import pytest

from tests.unit.local.arm.scene import APIM, SERVICE, Scene


async def test_every_tier_says_where_it_is_and_how_big_it_gets() -> None:
    rows = {row["name"]: row for row in (await Scene().get(f"{APIM}/skus")).json["value"]}
    assert rows["StandardV2"]["capacity"] == {
        "minimum": 1,
        "maximum": 10,
        "default": 1,
        "scaleType": "Automatic",
    }
    assert rows["Consumption"]["capacity"]["scaleType"] == "None"
    assert "East US" in rows["Developer"]["locations"]


@pytest.mark.parametrize(("tier", "other"), [("BasicV2", "StandardV2"), ("Developer", "Premium")])
async def test_a_service_changes_within_its_generation(tier: str, other: str) -> None:
    scene = Scene()
    await scene.group()
    await scene.service(tier)
    names = [row["sku"]["name"] for row in (await scene.get(f"{SERVICE}/skus")).json["value"]]
    assert {tier, other} <= set(names)
    assert all(name.endswith("V2") == tier.endswith("V2") for name in names)
