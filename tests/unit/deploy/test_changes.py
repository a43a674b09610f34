"""The same file leads to the same state, from wherever one came."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apimlb.deploy.claims import Overtaken
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, IDENTITY, SERVICE, kind_of
from apimlb.deploy.journal import Journal
from apimlb.errors import CloudError
from apimlb.stack.planner import Action, Revival
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud, Killed
from tests.deploys import deploy, deployed, labels, preview
from tests.fakes import ManualClock
from tests.stacks import CHAT, MARK, desired, labelled, whole

MODELS = {"gpt-5.1": "2025-11-13", "text-embedding-3-small": "1"}
BOTH = {**CHAT, "embedding": {"model": "text-embedding-3-small", "version": "1"}}
TWO = [{"location": "eastus2"}, {"location": "westus3"}]


# What the file no longer names.


def test_an_account_that_the_file_no_longer_names_goes_with_all_that_is_its() -> None:
    cloud = deployed(desired(accounts=TWO))
    made = preview(cloud, desired())
    account = labelled(desired(accounts=TWO), "account westus3").name
    gone = labels(made, Action.DELETE)
    assert set(gone[1:3]) == {f"deployment {account}/chat", f"role on {account}"}
    assert (gone[0], gone[3:]) == ("backend westus3-chat", [f"account {account}"])
    assert labels(made, Action.UPDATE) == ["pool pool-chat"]
    assert made.plan.summary() == "Plan: 0 to add, 1 to change, 4 to destroy."
    deploy(cloud, desired())
    assert set(cloud.resources) == {resource.key for resource in desired()}
    assert preview(cloud, desired()).plan.is_empty


def test_what_names_a_thing_is_written_before_the_thing_goes() -> None:
    cloud = deployed(desired(accounts=TWO, deployments=BOTH))
    deploy(cloud, desired())
    order = [f"{verb} {id.rsplit('/', 1)[-1]}" for verb, id in cloud.writes]
    assert order.index("put pool-chat") < order.index("delete westus3-chat")
    assert order.index("delete pool-embedding") < order.index("delete eastus2-embedding")
    assert order.index("delete eastus2-embedding") < order.index("delete embedding")
    account = labelled(desired(accounts=TWO), "account westus3").name
    assert order[-1] == f"delete {account}"


def test_the_other_strategy_s_pools_and_breakers_go() -> None:
    cloud = deployed(desired())
    stack = desired(strategy="retry")
    made = preview(cloud, stack)
    assert labels(made, Action.DELETE) == ["pool pool-chat"]
    [step] = made.plan.of(Action.UPDATE)
    assert [(c.path, c.after) for c in step.changes] == [("properties.circuitBreaker", None)]
    deploy(cloud, stack)
    assert "circuitBreaker" not in cloud.resources[labelled(stack, "backend eastus2-chat").key]["properties"]


def test_an_operation_of_ours_that_is_not_wanted_any_more_goes() -> None:
    cloud = deployed(desired())
    api = labelled(desired(), "API").id
    cloud.put(f"{api}/operations/old", {"properties": {"description": f"once {MARK}"}})
    assert labels(preview(cloud, desired()), Action.DELETE) == ["operation old"]


def test_a_client_s_key_is_never_taken_away() -> None:
    cloud = deployed(desired())
    service = labelled(desired(), "gateway (BasicV2)").id
    cloud.put(f"{service}/subscriptions/client", {"properties": {"displayName": f"client {MARK}"}})
    assert preview(cloud, desired()).plan.is_empty


def test_what_others_put_beside_ours_stays() -> None:
    cloud = deployed(desired())
    service, group = labelled(desired(), "gateway (BasicV2)").id, labelled(desired(), "resource group").id
    theirs = (
        f"{service}/backends/theirs",
        f"{service}/apis/theirs",
        f"{group}/providers/Microsoft.CognitiveServices/accounts/theirs",
    )
    for id in theirs:
        cloud.put(id, {"location": "eastus2", "properties": {"description": "apimlb:other:" + "0" * 36}})
    made = preview(cloud, desired())
    assert made.plan.is_empty
    assert set(made.seen.others) == set(theirs)


def test_a_deletion_that_was_killed_is_carried_on() -> None:
    reference = deployed(desired())
    for writes in range(8):
        cloud = deployed(desired(accounts=TWO))
        cloud.dies_after(writes)
        with suppress(Killed):
            deploy(cloud, desired())
        again = cloud.reborn()
        deploy(again, desired())
        assert again.resources == reference.resources


ACCOUNTS = st.lists(
    st.builds(
        lambda location, priority, weight: {"location": location, "priority": priority, "weight": weight},
        st.sampled_from(["eastus2", "swedencentral", "westus3"]),
        st.integers(1, 3),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda account: account["location"],
)
DEPLOYMENTS = st.dictionaries(
    st.sampled_from(["chat", "embedding", "other"]),
    st.builds(
        lambda model, capacity: {"model": model, "version": MODELS[model], "capacity": capacity},
        st.sampled_from(sorted(MODELS)),
        st.sampled_from([10, 20]),
    ),
    min_size=1,
)
CONFIGS = st.fixed_dictionaries(
    {
        "accounts": ACCOUNTS,
        "deployments": DEPLOYMENTS,
        "strategy": st.sampled_from(["retry", "backend-pool"]),
        "tier": st.sampled_from(["BasicV2", "StandardV2", "Developer"]),
        "accept_retry_after": st.booleans(),
        "clients": st.lists(st.just("00000000-0000-0000-0000-000000000000"), max_size=1),
        "publisher_email": st.sampled_from(["a@example.com", "b@example.com"]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONFIGS, CONFIGS, st.integers(0, 40))
def test_the_same_file_leads_to_the_same_state(first: Any, second: Any, writes: int) -> None:
    """Also when the deploy in between was killed after some writes."""
    first = {**first, "tier": second["tier"]}
    straight, cloud = FakeCloud(), FakeCloud()
    deploy(straight, desired(**second))
    deploy(cloud, desired(**first))
    assert preview(cloud, desired(**first)).plan.is_empty
    cloud.dies_after(writes)
    with suppress(Killed):
        deploy(cloud, desired(**second))
    again = cloud.reborn()
    deploy(again, desired(**second))
    assert again.resources == straight.resources
    assert preview(again, desired(**second)).plan.is_empty


# What Azure cannot change in place.


def test_another_family_of_tiers_replaces_the_gateway_and_all_in_it() -> None:
    cloud = deployed(desired())
    stack = desired(tier="Developer")
    made = preview(cloud, stack)
    assert labels(made, Action.REPLACE) == ["gateway (Developer)"]
    assert "policy" in labels(made, Action.CREATE)
    assert not made.plan.of(Action.DELETE)
    assert [step.resource.label for step in made.plan.guarded] == ["gateway (Developer)"]
    deploy(cloud, stack)
    assert cloud.deleted == {}
    assert preview(cloud, stack).plan.is_empty


def test_within_a_family_a_tier_is_changed_in_place() -> None:
    cloud = deployed(desired())
    deploy(cloud, desired(tier="StandardV2"))
    assert [verb for verb, _ in cloud.writes] == ["patch"]


def test_an_account_that_moves_is_replaced_with_what_is_in_it() -> None:
    cloud = deployed(desired(accounts=[{"location": "eastus2", "name": "main"}]))
    stack = desired(accounts=[{"location": "westus3", "name": "main"}])
    made = preview(cloud, stack)
    assert set(labels(made, Action.REPLACE)) == {"account main", "deployment main/chat", "role on main"}
    deploy(cloud, stack)
    assert cloud.deleted == {}
    assert preview(cloud, stack).plan.is_empty


def test_a_deployment_of_another_model_is_replaced() -> None:
    cloud = deployed(desired())
    stack = desired(deployments={"chat": {"model": "text-embedding-3-small", "version": "1"}})
    made = preview(cloud, stack)
    assert labels(made, Action.REPLACE) == ["deployment eastus2/chat"]
    assert len(made.plan.guarded) == 1
    deploy(cloud, stack)
    assert [verb for verb, _ in cloud.writes] == ["delete", "put"]


def test_a_role_of_an_identity_that_was_made_anew_is_given_anew() -> None:
    cloud = deployed(desired())
    role = labelled(desired(), "role on eastus2")
    cloud.resources[role.key]["properties"]["principalId"] = "gone"
    made = preview(cloud, desired())
    assert labels(made, Action.REPLACE) == ["role on eastus2"]
    assert made.plan.guarded == ()
    deploy(cloud, desired())
    assert cloud.writes == [("delete", role.id), ("put", role.id)]


# Repairs.


def test_a_repair_keeps_what_it_does_not_name() -> None:
    cloud = deployed(desired())
    chat = labelled(desired(), "deployment eastus2/chat")
    cloud.resources[chat.key]["properties"] |= {"raiPolicyName": "strict", "versionUpgradeOption": "No"}
    cloud.resources[chat.key]["tags"]["team"] = "blue"
    deploy(cloud, desired())
    now = cloud.resources[chat.key]
    assert now["properties"]["raiPolicyName"] == "strict"
    assert now["properties"]["versionUpgradeOption"] == "OnceCurrentVersionExpired"
    assert now["tags"]["team"] == "blue"


def test_what_is_changed_while_it_is_repaired_is_merged_again() -> None:
    class Busy(FakeCloud):
        """Somebody else writes just before we do."""

        stale = 2

        def put(self, id: str, body: Any, etag: str = "") -> Any:
            if id.endswith("/deployments/chat") and self.stale and self.resources:
                self.stale -= 1
                self.resources[id.lower()]["properties"]["raiPolicyName"] = f"theirs {self.stale}"
                raise CloudError("changed meanwhile", where=id, status=412)
            return super().put(id, body, etag)

    cloud = Busy()
    cloud.stale = 0
    deploy(cloud, desired())
    chat = labelled(desired(), "deployment eastus2/chat")
    cloud.resources[chat.key]["properties"]["versionUpgradeOption"] = "No"
    cloud.stale = 2
    deploy(cloud, desired())
    assert cloud.resources[chat.key]["properties"]["raiPolicyName"] == "theirs 0"
    assert cloud.resources[chat.key]["properties"]["versionUpgradeOption"] == "OnceCurrentVersionExpired"


def test_a_subscription_key_that_somebody_suspended_stays_so() -> None:
    cloud = deployed(desired())
    key = labelled(desired(), "subscription key")
    cloud.resources[key.key]["properties"]["state"] = "suspended"
    assert preview(cloud, desired()).plan.is_empty


def test_a_whole_stack_is_never_deleted_by_a_plan() -> None:
    cloud = deployed(whole())
    here = {kind: cloud.ids(kind) for kind in (SERVICE, ACCOUNT, IDENTITY, DEPLOYMENT)}
    moved = preview(cloud, desired(location="westus3"))
    assert moved.plan.of(Action.DELETE) == ()
    assert [row["id"] for row in moved.seen.elsewhere] == here[SERVICE]
    assert {kind_of(step.key) for step in moved.plan.of(Action.CREATE)} >= {SERVICE, ACCOUNT, IDENTITY}


# What was deleted and is kept.


def gone_by_hand(stack: tuple[Resource, ...]) -> FakeCloud:
    """Somebody deleted the one account in the portal."""
    cloud = deployed(stack)
    account = labelled(stack, "account eastus2")
    for id in cloud.ids(DEPLOYMENT):
        cloud.resources[id.lower()]["properties"]["raiPolicyName"] = "theirs"
    kept = {k: b for k, b in cloud.resources.items() if k.startswith(f"{account.key}/deployments")}
    for key in kept:
        del cloud.resources[key]
    cloud.delete(account.id)
    next(iter(cloud.deleted.values()))["tree"] |= kept
    cloud.writes.clear()
    return cloud


@pytest.mark.parametrize("way", [Revival.RESTORE, Revival.PURGE])
def test_one_account_that_was_deleted_by_hand_comes_back(way: Revival) -> None:
    cloud = gone_by_hand(desired())
    deployer = Deployer(cloud, ManualClock())
    [kept] = preview(cloud, desired()).kept
    made = deployer.preview(desired(), revivals={kept.key: way})
    assert made.problems == ()
    deployer.apply(made).outcome.raise_failure()
    assert cloud.deleted == {}
    assert preview(cloud, desired()).plan.is_empty
    [deployment] = cloud.ids(DEPLOYMENT)
    policy = cloud.resources[deployment.lower()]["properties"].get("raiPolicyName")
    assert policy == ("theirs" if way is Revival.RESTORE else None)


def test_what_another_stack_deleted_is_not_touched() -> None:
    cloud = gone_by_hand(desired())
    [gone] = cloud.deleted.values()
    gone["tags"] = {"apimlb-stack": "other"}
    made = Deployer(cloud, ManualClock()).preview(desired(), revivals={"": Revival.PURGE})
    assert "Choose another name" in made.problems[0].next_step
    assert made.kept == ()


@pytest.mark.parametrize("writes", range(6))
def test_a_replacement_that_was_killed_is_carried_on_by_the_same_command(tmp_path: Path, writes: int) -> None:
    """Also between the deletion and the purge, and twice."""
    stack = desired(accounts=[{"location": "westus3", "name": "main"}])
    cloud = deployed(desired(accounts=[{"location": "eastus2", "name": "main"}]))
    for _ in range(3):
        cloud.dies_after(writes)
        journal = Journal(tmp_path, ManualClock())
        deployer = Deployer(cloud, ManualClock(), journal=journal)
        with suppress(Killed):
            deployer.apply(deployer.preview(stack)).outcome.raise_failure()
        cloud = cloud.reborn()
    deployer = Deployer(cloud, ManualClock(), journal=Journal(tmp_path, ManualClock()))
    deployer.apply(deployer.preview(stack)).outcome.raise_failure()
    assert preview(cloud, stack).plan.is_empty
    assert cloud.deleted == {}


def test_a_stack_that_another_run_has_begun_to_make_is_not_made_twice() -> None:
    cloud = FakeCloud()
    deployer = Deployer(cloud, ManualClock())
    made = deployer.preview(desired())
    group = labelled(desired(), "resource group")
    cloud.put(group.id, {**group.body, "tags": {**group.body["tags"], "apimlb-stack-id": "theirs"}})
    with pytest.raises(Overtaken):
        deployer.apply(made).outcome.raise_failure()
    assert set(cloud.resources) == {group.key}
    assert cloud.resources[group.key]["tags"]["apimlb-stack-id"] == "theirs"
