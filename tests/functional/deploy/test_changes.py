"""Changes of a stack that is there, over Resource Manager's wire: removals, replacements, repairs."""

from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.deploy.azure import Azure
from apimlb.deploy.claims import Overtaken
from apimlb.deploy.deployer import Deployer, Preview
from apimlb.deploy.ids import ACCOUNT, BACKEND, DEPLOYMENT, ROLE_ASSIGNMENT, SERVICE
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.planner import Action, Revival
from apimlb.stack.resources import Resource
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import deploy, destroy, preview
from tests.stacks import MARK, POLICIES, SUBSCRIPTION, desired, labelled

TWO = [{"location": "eastus2"}, {"location": "westus3"}]
EMBEDDING = {"chat": {"model": "text-embedding-3-small", "version": "1"}}
Stack = tuple[Resource, ...]


@pytest.fixture(params=["at-once", "realistic"])
def azure(request: pytest.FixtureRequest) -> Iterator[LocalAzure]:
    made = LocalAzure(lro=request.param)
    yield made
    made.close()


def labels(made: Preview, *actions: Action) -> set[str]:
    return {step.resource.label for step in made.plan.of(*actions)}


def test_what_the_file_no_longer_names_goes_and_nothing_is_left_to_do(
    azure: LocalAzure, cloud: Azure
) -> None:
    deploy(azure, cloud, desired(accounts=TWO))
    deploy(azure, cloud, desired(strategy="retry"))
    assert (len(azure.ids(ACCOUNT)), len(azure.ids(DEPLOYMENT)), len(azure.ids(BACKEND))) == (1, 1, 1)
    assert len(azure.ids(ROLE_ASSIGNMENT)) == 2
    assert preview(azure, cloud, desired(strategy="retry")).plan.is_empty


def test_a_stack_from_before_there_were_ids_is_adopted(azure: LocalAzure, cloud: Azure) -> None:
    config: dict[str, object] = {
        "strategy": "backend-pool",
        "accounts": [{"location": "eastus2"}],
        "deployments": {"chat": {"model": "gpt-5.1", "version": "2025-11-13"}},
    }
    deploy(azure, cloud, resources(parse(config), SUBSCRIPTION, POLICIES))
    made = preview(azure, cloud, desired())
    assert made.problems == ()
    assert labels(made, Action.CREATE, Action.DELETE, Action.REPLACE) == set()
    deploy(azure, cloud, desired())
    assert preview(azure, cloud, desired()).plan.is_empty


@pytest.mark.parametrize(
    ("before", "after", "replaced"),
    [
        ({"strategy": "retry"}, {"strategy": "retry", "tier": "Consumption"}, {"gateway (Consumption)"}),
        (
            {"accounts": [{"location": "eastus2", "name": "main"}]},
            {"accounts": [{"location": "westus3", "name": "main"}]},
            {"account main", "deployment main/chat", "role on main"},
        ),
        ({}, {"deployments": EMBEDDING}, {"deployment eastus2/chat"}),
    ],
)
def test_what_cannot_be_changed_is_replaced(
    azure: LocalAzure, cloud: Azure, before: Any, after: Any, replaced: set[str]
) -> None:
    deploy(azure, cloud, desired(**before))
    assert labels(preview(azure, cloud, desired(**after)), Action.REPLACE) == replaced
    deploy(azure, cloud, desired(**after))
    assert preview(azure, cloud, desired(**after)).plan.is_empty


def test_an_identity_that_was_made_anew_gets_its_roles_and_is_known_to_the_gateway(
    azure: LocalAzure, cloud: Azure
) -> None:
    deploy(azure, cloud, desired())
    cloud.delete(labelled(desired(), "identity").id)
    deploy(azure, cloud, desired())
    assert preview(azure, cloud, desired()).plan.is_empty
    identity = cloud.get(labelled(desired(), "identity").id)
    service = cloud.get(labelled(desired(), "gateway (BasicV2)").id)
    role = cloud.get(labelled(desired(), "role on eastus2").id)
    assert identity
    assert service
    assert role
    [attached] = service["identity"]["userAssignedIdentities"].values()
    assert attached["principalId"] == identity["properties"]["principalId"]
    assert role["properties"]["principalId"] == identity["properties"]["principalId"]


def test_a_repair_keeps_what_it_does_not_name(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired())
    chat, backend = (
        labelled(desired(), "deployment eastus2/chat"),
        labelled(desired(), "backend eastus2-chat"),
    )
    there = cloud.get(chat.id)
    assert there
    cloud.put(f"{chat.exclusive}/raiPolicies/strict", {"properties": {"basePolicyName": "Microsoft.Default"}})
    cloud.put(
        chat.id,
        {
            "sku": there["sku"],
            "tags": {**there["tags"], "team": "blue"},
            "properties": {
                "model": chat.body["properties"]["model"],
                "raiPolicyName": "strict",
                "versionUpgradeOption": "NoAutoUpgrade",
            },
        },
    )
    properties = {**backend.body["properties"], "title": "theirs", "url": "https://elsewhere/openai"}
    cloud.put(backend.id, {"properties": properties})
    made = preview(azure, cloud, desired())
    changed = {step.resource.label: [c.path for c in step.changes] for step in made.plan.of(Action.UPDATE)}
    assert changed == {
        "deployment eastus2/chat": ["properties.versionUpgradeOption"],
        "backend eastus2-chat": ["properties.url"],
    }
    deploy(azure, cloud, desired())
    now, then = cloud.get(chat.id), cloud.get(backend.id)
    assert now
    assert then
    assert (now["properties"]["raiPolicyName"], now["tags"]["team"]) == ("strict", "blue")
    assert (then["properties"]["title"], then["properties"]["url"]) == (
        "theirs",
        backend.body["properties"]["url"],
    )


def test_the_mark_is_on_everything(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired())
    seen = preview(azure, cloud, desired()).seen
    assert seen.strays == ()
    assert seen.others == ()
    account = labelled(desired(), "account eastus2").id
    assert azure.world.store.get(account).body["tags"]["apimlb-stack-id"] == MARK.id  # type: ignore[union-attr]


def test_what_is_restored_otherwise_than_the_file_has_it_is_not_replaced_unasked(
    azure: LocalAzure, cloud: Azure
) -> None:
    deploy(azure, cloud, desired(tier="Developer"))
    destroy(azure, cloud, desired(tier="Developer"), purge=False)
    other = desired(tier="BasicV2")
    deployer = Deployer(cloud, azure.clock)
    applied = deployer.apply(deployer.preview(other, revivals={"": Revival.RESTORE}))
    with pytest.raises(Overtaken, match="came back otherwise"):
        applied.outcome.raise_failure()
    [service] = azure.ids(SERVICE)
    there = cloud.get(service)
    assert there
    assert there["sku"]["name"] == "Developer"
    made = preview(azure, cloud, other)
    assert labels(made, Action.REPLACE) == {"gateway (BasicV2)"}
    assert made.problems == ()
