"""A stack lives well where Resource Manager's answers are some seconds older than its last write."""

from typing import Any

import pytest

from apimlb.deploy.cloud import Limits
from apimlb.deploy.ids import ACCOUNT, DELETED_ACCOUNT, DELETED_SERVICE, GROUP, IDENTITY, SERVICE
from apimlb.deploy.journal import KEEP
from apimlb.local.lateness import STALE, Lateness
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site

EAST, WEST, NORTH = ({"location": place} for place in ("eastus2", "westus3", "swedencentral"))
KINDS = (ACCOUNT, DELETED_ACCOUNT, DELETED_SERVICE, GROUP, IDENTITY, SERVICE)
CHAT = {"model": "gpt-5.1", "version": "2025-11-13"}
LIFE: list[dict[str, Any]] = [
    {"accounts": [EAST, WEST]},
    {"accounts": [EAST, WEST, NORTH]},
    {"accounts": [EAST, NORTH], "strategy": "retry"},
    {"accounts": [EAST, NORTH], "deployments": {"chat": {**CHAT, "sku": "DataZoneStandard"}}},
    {"accounts": [EAST, NORTH], "bare_host": False, "tier": "StandardV2"},
]


@pytest.mark.parametrize("lro", ["at-once", "realistic"])
def test_every_change_arrives_and_nothing_is_left_in_the_end(lro: str) -> None:
    azure = LocalAzure(lro=lro, lateness=Lateness(reads=STALE))
    site, before = Site(azure, Limits(steady=0, drain=0)), {kind: azure.ids(kind) for kind in KINDS}
    for change in LIFE:
        configuration = {"deployments": {"chat": CHAT}, **change}
        site.deploy(**configuration)
        azure.clock.advance(60)
        again = site.deploy(**configuration)
        assert {event.task.verb for event in again.outcome.events} == {KEEP}
    site.destroy(**configuration)
    assert {kind: azure.ids(kind) for kind in KINDS} == before
    azure.close()
