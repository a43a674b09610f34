"""Provisioned throughput, billed by the hour used or not: nobody gets it without having agreed to it."""

from typing import Any

import pytest

from apimlb.cli.consent import Consent, confirm_plan
from apimlb.deploy.deployer import Deployer, Preview
from apimlb.errors import ConfigError
from tests.functional.deploy.local_azure import LocalAzure
from tests.stacks import desired

DEPLOYMENT = "microsoft.cognitiveservices/accounts/deployments"
SKU = "GlobalProvisionedManaged"


def previewed(azure: LocalAzure, sku: str = SKU, **chat: Any) -> tuple[Deployer, Preview]:
    model = {"model": "gpt-5.1", "version": "2025-11-13", "sku": sku, **chat}
    deployer = Deployer(azure.connected(), azure.clock)
    return deployer, deployer.preview(desired(deployments={"chat": model}))


def test_units_are_made_when_somebody_agreed_to_pay_by_the_hour(azure: LocalAzure) -> None:
    deployer, preview = previewed(azure, capacity=50)
    assert preview.problems == ()
    with pytest.raises(ConfigError, match=f"50 units of {SKU}") as caught:
        confirm_plan(preview, Consent(yes=True))
    assert "--accept-hourly" in caught.value.next_step
    assert azure.writes == []
    confirm_plan(preview, Consent(yes=True, hourly=True))
    deployer.apply(preview).outcome.raise_failure()
    (id,) = azure.ids(DEPLOYMENT)
    made = azure.world.store.get(id)
    assert made is not None
    assert made.body["sku"] == {"name": SKU, "capacity": 50}
    _, again = previewed(azure, capacity=50)
    confirm_plan(again, Consent(yes=True))
    _, more = previewed(azure, capacity=60)
    with pytest.raises(ConfigError, match=f"60 units of {SKU}"):
        confirm_plan(more, Consent(yes=True))


@pytest.mark.parametrize(
    ("sku", "capacity", "told"),
    [
        (SKU, 10, "is at least 15 and at most 100000, not 10"),
        (SKU, 52, "comes in steps of 5, not 52"),
        ("ProvisionedManaged", 75, "comes in steps of 50, not 75"),
        ("DataZoneProvisionedManaged", 105, "DataZoneProvisionedManaged"),
    ],
)
def test_a_plan_says_which_units_can_be_had(azure: LocalAzure, sku: str, capacity: int, told: str) -> None:
    _, preview = previewed(azure, sku, capacity=capacity)
    (problem,) = preview.problems
    assert told in problem.what
    assert "tokens per minute" not in problem.why


def test_the_quota_is_one_for_all_models(azure: LocalAzure) -> None:
    _, preview = previewed(azure, capacity=50)
    rows = [(row.quota, row.limit, row.used, row.asked) for row in preview.quotas]
    assert rows == [("OpenAI.GlobalProvisionedManaged", 100, 0, 50)]
