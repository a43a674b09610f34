"""A monitored stack, over Resource Manager's wire: made, kept as it is, no longer wanted, taken away."""

from typing import Any

import pytest

from apimlb.deploy.azure import Azure
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import ALERT, COMPONENT, DIAGNOSTIC, GROUP, LOGGER, SMART_RULE, WORKBOOK, WORKSPACE
from apimlb.stack.planner import Action, Revival
from apimlb.stack.resources import Resource
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import deploy, destroy, preview
from tests.stacks import STACK, desired

PARTS = (ALERT, COMPONENT, DIAGNOSTIC, LOGGER, WORKBOOK, WORKSPACE)
DELETED_WORKSPACE = "microsoft.operationalinsights/resourcegroups/deletedworkspaces"
Stack = tuple[Resource, ...]


def counts(azure: LocalAzure) -> dict[str, int]:
    return {kind: len(azure.ids(kind)) for kind in PARTS}


def body_of(azure: LocalAzure, kind: str) -> dict[str, Any]:
    (id,) = azure.ids(kind)
    found = azure.world.store.get(id)
    assert found is not None
    properties: dict[str, Any] = found.body["properties"]
    return properties


def test_it_is_made_once_and_a_second_deploy_writes_nothing(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    assert counts(azure) == dict.fromkeys(PARTS, 1) | {DIAGNOSTIC: 2}
    made = preview(azure, cloud, desired(monitoring=True))
    assert [(step.resource.label, step.changes) for step in made.plan.steps if step.changes] == []
    assert made.seen.others == ()
    azure.requests.clear()
    deploy(azure, cloud, desired(monitoring=True))
    assert azure.writes == []


def test_the_gateway_speaks_as_its_identity_and_no_key_is_taken(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    component = body_of(azure, COMPONENT)
    assert component["DisableLocalAuth"] is True
    assert component["CustomMetricsOptedInType"] == "WithDimensions"
    credentials = body_of(azure, LOGGER)["credentials"]
    assert credentials["connectionString"] == "{{apimlb-insights}}"
    assert credentials["identityClientId"]
    sent = [str(request.body) for request in azure.requests if request.path.endswith("/apimlb-insights")]
    assert any(component["ConnectionString"] in text for text in sent)


def test_what_somebody_changed_is_set_back(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    id = next(id for id in azure.ids(DIAGNOSTIC) if "/openai/" in id)
    logged = {"body": {"bytes": 8192}, "headers": ["api-key"]}
    document = azure.world.store.get(id)
    assert document is not None
    body = {"properties": {**document.body["properties"], "frontend": {"request": logged}}}
    azure.ask("PUT", id, body)
    changed = preview(azure, cloud, desired(monitoring=True)).plan.of(Action.UPDATE)
    assert [step.resource.label for step in changed] == ["diagnostics of openai"]
    deploy(azure, cloud, desired(monitoring=True))
    frontend = azure.world.store.get(id).body["properties"]["frontend"]  # type: ignore[union-attr]
    assert frontend["request"] == {"headers": [], "body": {"bytes": 0}}


def test_without_the_setting_all_of_it_goes_and_the_data_only_when_asked(
    azure: LocalAzure, cloud: Azure
) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    made = preview(azure, cloud, desired())
    assert [step.resource.type for step in made.plan.guarded] == [WORKSPACE]
    assert {step.resource.type for step in made.plan.of(Action.DELETE)} > set(PARTS)
    deploy(azure, cloud, desired())
    assert counts(azure) == dict.fromkeys(PARTS, 0)
    assert preview(azure, cloud, desired()).plan.is_empty


@pytest.mark.parametrize("purge", [False, True])
def test_a_destroy_leaves_nothing_and_keeps_no_name(azure: LocalAzure, cloud: Azure, purge: bool) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    destroy(azure, cloud, desired(monitoring=purge), purge=purge)
    assert counts(azure) == dict.fromkeys(PARTS, 0)
    assert azure.ids(DELETED_WORKSPACE) == []
    assert azure.ids("microsoft.resources/resourcegroups") == []


def test_a_workspace_that_went_with_its_group_comes_back(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    before = body_of(azure, WORKSPACE)["customerId"]
    azure.ask("DELETE", azure.ids("microsoft.resources/resourcegroups")[0])
    azure.world.arm.ripen()
    assert len(azure.ids(DELETED_WORKSPACE)) == 1
    stack = desired(monitoring=True, name="apimlb")
    deployer = Deployer(cloud, azure.clock)
    deployer.apply(deployer.preview(stack, revivals={"": Revival.PURGE})).outcome.raise_failure()
    assert body_of(azure, WORKSPACE)["customerId"] == before
    assert azure.ids(DELETED_WORKSPACE) == []


def test_the_rule_that_azure_makes_by_itself_is_no_drift_and_goes_with_the_rest(
    azure: LocalAzure, cloud: Azure
) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    (rule,) = azure.ids(SMART_RULE)
    assert rule.rpartition("/")[2].startswith("Failure Anomalies - appi-")
    assert preview(azure, cloud, desired(monitoring=True)).plan.is_empty
    deploy(azure, cloud, desired())
    assert azure.ids(SMART_RULE) == []
    deploy(azure, cloud, desired(monitoring=True))
    made = Deployer(cloud, azure.clock).survey(desired(monitoring=True), STACK, purge=True)
    assert rule in made.ids.values()
    destroy(azure, cloud, desired(monitoring=True), purge=True)
    assert azure.ids(SMART_RULE) == azure.ids(GROUP) == []


def test_the_rule_of_somebody_elses_component_keeps_the_group(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired(monitoring=True))
    (group,) = azure.ids(GROUP)
    theirs = f"{group}/providers/Microsoft.Insights/components/theirs"
    azure.ask(
        "PUT", theirs, {"location": "eastus2", "kind": "web", "properties": {"Application_Type": "web"}}
    )
    destroy(azure, cloud, desired(monitoring=True), purge=True)
    assert azure.ids(COMPONENT) == [theirs]
    assert [id.rpartition("/")[2] for id in azure.ids(SMART_RULE)] == ["Failure Anomalies - theirs"]
