"""The deployer and the local Azure meet over Resource Manager's wire, with Microsoft's SDK between them."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from apimlb.deploy.cloud import Limits
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, GROUP, IDENTITY, ROLE_ASSIGNMENT, SERVICE
from apimlb.errors import AuthError, ConflictError, NotFoundError, QuotaError
from tests.clouds import Killed
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site, deploy, destroy, preview
from tests.stacks import desired, labelled, whole

KINDS = (ACCOUNT, DEPLOYMENT, GROUP, IDENTITY, ROLE_ASSIGNMENT, SERVICE)


def test_a_stack_is_made_and_a_second_deploy_writes_nothing(azure: LocalAzure) -> None:
    cloud = azure.logged_in("the-secret")
    applied = deploy(azure, cloud, whole())
    service = labelled(whole(), "gateway (BasicV2)")
    assert applied.replies[service.key]["properties"]["gatewayUrl"]
    assert (len(azure.ids(ACCOUNT)), len(azure.ids(DEPLOYMENT)), len(azure.ids(ROLE_ASSIGNMENT))) == (3, 6, 4)
    azure.requests.clear()
    deployer = Deployer(cloud, azure.clock)
    preview = deployer.preview(whole())
    assert [(step.resource.label, step.changes) for step in preview.plan.steps if step.changes] == []
    deployer.apply(preview)
    assert azure.writes == []


def test_a_deploy_that_changes_nothing_asks_forty_questions_at_most(
    azure: LocalAzure, tmp_path: Path
) -> None:
    site = Site(azure, Limits(steady=0, drain=0), folder=tmp_path)
    site.deploy()
    azure.requests.clear()
    site.deploy()
    assert azure.writes == []
    assert len(azure.requests) <= 40


def test_the_key_that_clients_use_stands_in_nothing_that_was_sent(azure: LocalAzure) -> None:
    applied = deploy(azure, azure.connected(), desired())
    key = applied.replies[labelled(desired(), "subscription key").key]["primaryKey"]
    assert key
    assert [request for request in azure.requests if key in str(request.body) or key in request.url] == []


def test_operations_are_waited_for_as_long_as_they_take(slow_azure: LocalAzure) -> None:
    deploy(slow_azure, slow_azure.connected(), desired())
    assert sum(slow_azure.clock.slept) > 60
    slow_azure.requests.clear()
    deploy(slow_azure, slow_azure.connected(), desired())
    assert slow_azure.writes == []


@pytest.mark.parametrize("writes", [1, 3, 6, 12])
def test_a_deploy_that_was_killed_is_finished_by_the_next(slow_azure: LocalAzure, writes: int) -> None:
    """Also when Azure is still at work on what the first one began."""
    with pytest.raises(Killed), slow_azure.dies_after(writes, "PUT"):
        deploy(slow_azure, slow_azure.connected(), desired())
    deploy(slow_azure, slow_azure.connected(), desired())
    assert preview(slow_azure, slow_azure.connected(), desired()).plan.is_empty


def test_capacity_changes_in_place(azure: LocalAzure) -> None:
    cloud = azure.connected()
    deploy(azure, cloud, desired())
    azure.requests.clear()
    Deployer(cloud, azure.clock).resize(desired(), 50)
    chat = labelled(desired(), "deployment eastus2/chat")
    assert azure.writes == [("PATCH", chat.id)]
    found = cloud.get(chat.id)
    assert found is not None
    assert found["sku"] == {"name": "GlobalStandard", "capacity": 50}


def test_a_capacity_beyond_the_quota_is_refused_before_anything_is_written() -> None:
    azure = LocalAzure(quota={"OpenAI.GlobalStandard.gpt-5.1": 40})
    cloud = azure.connected()
    deploy(azure, cloud, desired())
    azure.requests.clear()
    with pytest.raises(QuotaError) as caught:
        Deployer(cloud, azure.clock).resize(desired(), 41)
    assert "A capacity of 40 in all would fit" in caught.value.next_step
    assert azure.writes == []
    azure.close()


def test_a_destroy_leaves_nothing(azure: LocalAzure) -> None:
    cloud = azure.connected()
    before = {kind: azure.ids(kind) for kind in KINDS}
    deploy(azure, cloud, whole())
    destroy(azure, cloud, whole())
    assert {kind: azure.ids(kind) for kind in KINDS} == before
    with pytest.raises(NotFoundError):
        destroy(azure, cloud, whole())


def test_names_are_kept_until_they_are_purged(slow_azure: LocalAzure) -> None:
    cloud = slow_azure.connected()
    deploy(slow_azure, cloud, desired())
    destroy(slow_azure, cloud, desired(), purge=False)
    with pytest.raises(ConflictError) as caught:
        deploy(slow_azure, cloud, desired())
    assert "--on-soft-deleted purge" in caught.value.next_step
    destroy(slow_azure, cloud, desired())
    deploy(slow_azure, cloud, desired())


def test_a_wrong_secret_is_no_login(azure: LocalAzure) -> None:
    with pytest.raises(AuthError, match="AADSTS7000215"):
        azure.logged_in("wrong").get(labelled(desired(), "resource group").id)


def test_a_namesake_of_somebody_else_is_not_touched(azure: LocalAzure) -> None:
    cloud = azure.connected()
    group = labelled(desired(), "resource group")
    cloud.put(group.id, {"location": "eastus2"})
    azure.requests.clear()
    with pytest.raises(ConflictError, match="does not carry the tag"):
        deploy(azure, cloud, desired())
    with suppress(NotFoundError):
        destroy(azure, cloud, desired())
    assert azure.writes == []
    assert cloud.get(group.id) is not None


def test_an_account_that_azure_made_one_of_foundry_serves_on_and_is_not_fought(azure: LocalAzure) -> None:
    site = Site(azure, Limits(steady=0, drain=0))
    tables: dict[str, Any] = {"accounts": [{"location": "eastus2"}]}
    site.deploy(**tables)
    (account,) = azure.ids(ACCOUNT)
    foundry = {"kind": "AIServices", "identity": {"type": "SystemAssigned"}}
    more = {"allowProjectManagement": True, "disableLocalAuth": False}
    assert azure.ask("PATCH", account, {**foundry, "properties": more}).status in (200, 202)
    site.deploy(**tables)  # asks every backend, too
    found = azure.connected().get(account)
    assert found is not None
    assert (found["kind"], found["identity"]["type"]) == ("AIServices", "SystemAssigned")
    assert found["properties"]["disableLocalAuth"] is True
    assert found["properties"]["allowProjectManagement"] is True
