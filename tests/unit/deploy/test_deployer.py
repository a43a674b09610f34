"""A stack's life in a cloud: made, kept, changed, interrupted, carried on, taken away."""

import threading
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.deployer import Applied, Deployer, Removed, state_of
from apimlb.deploy.executor import Event, State
from apimlb.deploy.ids import ACCOUNT, DEPLOYMENT, GROUP, SERVICE, kind_of
from apimlb.deploy.journal import Journal
from apimlb.errors import CloudError, ConfigError, ConflictError, Interrupted, NotFoundError, QuotaError
from apimlb.stack.config import parse
from apimlb.stack.names import Names
from apimlb.stack.planner import Action
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud, Killed
from tests.fakes import ManualClock
from tests.stacks import STACK, SUBSCRIPTION, desired, labelled, whole

SMALL = desired()
EVERY_KILL_POINT = pytest.mark.parametrize("writes", range(len(SMALL) + 2))


def deploy(cloud: Cloud, stack: tuple[Resource, ...], **options: object) -> Applied:
    deployer = Deployer(cloud, ManualClock(), **options)  # type: ignore[arg-type]
    applied = deployer.apply(deployer.preview(stack))
    applied.outcome.raise_failure()
    return applied


def destroy(cloud: Cloud, stack: tuple[Resource, ...], *, purge: bool = True) -> Removed:
    deployer = Deployer(cloud, ManualClock())
    return deployer.destroy(deployer.survey(stack, STACK, purge=purge))


# Deploying.


def test_a_deploy_makes_everything_and_knows_the_gateway() -> None:
    cloud = FakeCloud()
    applied = deploy(cloud, whole())
    assert {resource.key for resource in whole()} == set(cloud.resources)
    state = state_of(Names(SUBSCRIPTION, parse({})), "https://management.azure.com", applied.replies)
    assert state is not None
    assert state["gateway_url"] == f"https://{state['service']}.azure-api.net"
    assert state["subscription_id"] == SUBSCRIPTION
    assert (state["resource_group"], state["location"], len(state["accounts"])) == ("rg-apimlb", "eastus2", 3)


def test_a_second_deploy_writes_nothing() -> None:
    cloud = FakeCloud()
    deploy(cloud, whole())
    cloud.writes.clear()
    deployer = Deployer(cloud, ManualClock())
    preview = deployer.preview(whole())
    assert preview.plan.is_empty
    deployer.apply(preview)
    assert cloud.writes == []


def test_what_azure_assigns_reaches_those_who_need_it() -> None:
    cloud = FakeCloud()
    stack = desired()
    deploy(cloud, stack)
    principal = cloud.resources[labelled(stack, "identity").key]["properties"]["principalId"]
    role = cloud.resources[labelled(stack, "role on eastus2").key]
    assert role["properties"]["principalId"] == principal


def test_a_plan_with_a_problem_is_not_begun() -> None:
    cloud = FakeCloud(limit=10)
    deployer = Deployer(cloud, ManualClock())
    preview = deployer.preview(desired())
    with pytest.raises(QuotaError):
        deployer.apply(preview)
    assert cloud.writes == []


def test_one_account_that_fails_does_not_keep_the_others() -> None:
    cloud = FakeCloud()
    cloud.refuses("oai-apimlb-westus3", QuotaError("no room in westus3"))
    deployer = Deployer(cloud, ManualClock())
    applied = deployer.apply(deployer.preview(whole()))
    assert [event.task.label for event in applied.outcome.failed] == ["account westus3"]
    assert {event.task.label for event in applied.outcome.of(State.SKIPPED)} == {
        "deployment westus3/chat",
        "deployment westus3/embedding",
        "role on westus3",
    }
    with pytest.raises(QuotaError, match="no room"):
        applied.outcome.raise_failure()


def test_the_next_deploy_makes_up_for_what_failed() -> None:
    cloud = FakeCloud()
    cloud.refuses("oai-apimlb-westus3", CloudError("busy"))
    deployer = Deployer(cloud, ManualClock())
    deployer.apply(deployer.preview(whole()))
    again = cloud.reborn()
    preview = Deployer(again, ManualClock()).preview(whole())
    assert len(preview.plan.of(Action.CREATE)) == 4
    deploy(again, whole())
    assert {resource.key for resource in whole()} == set(again.resources)


def test_progress_is_told_from_the_caller_s_thread() -> None:
    told: list[tuple[Event, str]] = []
    deploy(
        FakeCloud(),
        desired(),
        progress=lambda event: told.append((event, threading.current_thread().name)),
    )
    assert {thread for _, thread in told} == {threading.current_thread().name}
    assert {event.task.key for event, _ in told} == {resource.key for resource in desired()}


# Interrupting.


@EVERY_KILL_POINT
def test_a_deploy_that_was_killed_anywhere_is_finished_by_the_next(writes: int) -> None:
    undisturbed, cloud = FakeCloud(), FakeCloud()
    deploy(undisturbed, SMALL)
    cloud.dies_after(writes)
    with pytest.raises(Killed) if writes < len(SMALL) else nullcontext():
        deploy(cloud, SMALL)
    again = cloud.reborn()
    deploy(again, SMALL)
    assert again.resources == undisturbed.resources


@EVERY_KILL_POINT
def test_a_destroy_that_was_killed_anywhere_is_finished_by_the_next(writes: int) -> None:
    cloud = FakeCloud()
    deploy(cloud, SMALL)
    cloud.dies_after(writes)
    with suppress(Killed):
        destroy(cloud, SMALL)
    if cloud.resources or cloud.deleted:
        destroy(cloud.reborn(), SMALL)
    assert (cloud.resources, cloud.deleted) == ({}, {})


def test_a_stop_is_carried_on_by_the_same_command_and_is_written_down(tmp_path: Path) -> None:
    cloud, stop = FakeCloud(), threading.Event()
    journal = Journal(tmp_path, ManualClock())

    def stop_at_the_gateway(verb: str, id: str) -> None:
        if kind_of(id) == SERVICE:
            stop.set()

    cloud.during = stop_at_the_gateway
    with pytest.raises(Interrupted):
        deploy(cloud, whole(), stop=stop, journal=journal)
    assert journal.cut_off() is not None
    deploy(cloud, whole(), journal=journal)
    assert journal.cut_off() is None
    assert {resource.key for resource in whole()} == set(cloud.resources)


# Changing capacity.


def test_capacity_changes_in_place_and_only_where_it_differs() -> None:
    cloud = FakeCloud()
    stack = whole()
    deploy(cloud, stack)
    cloud.resources[labelled(stack, "deployment westus3/chat").key]["sku"]["capacity"] = 50
    cloud.writes.clear()
    changes = Deployer(cloud, ManualClock()).resize(stack, 50, deployments=["chat"])
    assert [(change.before, change.after) for change in changes] == [(30, 50), (30, 50), (50, 50)]
    assert [verb for verb, _ in cloud.writes] == ["patch", "patch"]
    capacities = [body["sku"] for key, body in cloud.resources.items() if kind_of(key) == DEPLOYMENT]
    assert sorted(sku["capacity"] for sku in capacities) == [30, 30, 30, 50, 50, 50]
    assert {sku["name"] for sku in capacities} == {"GlobalStandard"}


def test_a_changed_capacity_is_kept_by_the_next_deploy() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    Deployer(cloud, ManualClock()).resize(desired(), 50)
    assert Deployer(cloud, ManualClock()).preview(desired()).plan.is_empty


def test_one_account_can_be_meant() -> None:
    cloud = FakeCloud()
    stack = whole()
    deploy(cloud, stack)
    name = labelled(stack, "account westus3").name
    changes = Deployer(cloud, ManualClock()).resize(stack, 40, accounts=[name.upper()])
    assert {change.account for change in changes} == {name}
    assert {change.deployment for change in changes} == {"chat", "embedding"}


def test_a_capacity_beyond_the_quota_changes_nothing() -> None:
    cloud = FakeCloud(limit=60)
    deploy(cloud, desired())
    cloud.writes.clear()
    with pytest.raises(QuotaError) as caught:
        Deployer(cloud, ManualClock()).resize(desired(), 61)
    assert "A capacity of 60 in all would fit" in caught.value.next_step
    Deployer(cloud, ManualClock()).resize(desired(), 60)
    assert len(cloud.writes) == 1


def test_a_capacity_needs_deployments_that_are_there_and_known() -> None:
    with pytest.raises(NotFoundError, match="deployment eastus2/chat does not exist"):
        Deployer(FakeCloud(), ManualClock()).resize(desired(), 50)
    with pytest.raises(ConfigError) as caught:
        Deployer(FakeCloud(), ManualClock()).resize(desired(), 50, deployments=["chta"])
    assert caught.value.next_step == "It has chat."


# Destroying.


def test_a_destroy_leaves_nothing_and_frees_names_and_quota() -> None:
    cloud = FakeCloud()
    deploy(cloud, whole())
    destroy(cloud, whole())
    assert (cloud.resources, cloud.deleted) == ({}, {})
    deploy(cloud, whole())


def test_without_a_purge_azure_keeps_the_names_and_a_later_purge_frees_them() -> None:
    cloud = FakeCloud()
    deploy(cloud, whole())
    assert len(destroy(cloud, whole(), purge=False).retained) == 4
    with pytest.raises(ConflictError) as caught:
        deploy(cloud, whole())
    assert "--on-soft-deleted purge" in caught.value.next_step
    destroy(cloud, whole())
    assert cloud.deleted == {}


def test_a_destroy_without_a_purge_can_be_said_twice() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    destroy(cloud, desired(), purge=False)
    again = destroy(cloud, desired(), purge=False)
    assert (again.outcome.events, len(again.retained)) == ((), 2)


def test_what_was_deleted_by_hand_is_still_purged() -> None:
    cloud = FakeCloud()
    deploy(cloud, whole())
    cloud.during = lambda verb, id: None
    for id in cloud.ids(DEPLOYMENT):
        cloud.delete(id)
    cloud.delete(cloud.ids(GROUP)[0])
    assert len(cloud.deleted) == 4
    destroy(cloud, whole())
    assert cloud.deleted == {}


def test_where_there_is_no_stack_that_is_said() -> None:
    with pytest.raises(NotFoundError, match="There is no stack apimlb"):
        destroy(FakeCloud(), whole())


def test_what_an_older_configuration_made_goes_too() -> None:
    cloud = FakeCloud()
    deploy(cloud, whole())
    destroy(cloud, desired())
    assert (cloud.resources, cloud.deleted) == ({}, {})


def test_a_soft_deleted_account_of_an_older_configuration_is_purged() -> None:
    cloud = FakeCloud()
    deploy(cloud, whole())
    destroy(cloud, whole(), purge=False)
    destroy(cloud, desired())
    assert cloud.deleted == {}


def test_what_others_put_into_the_group_stays_and_so_does_the_group() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    group = cloud.ids(GROUP)[0]
    theirs = f"{group}/providers/Microsoft.CognitiveServices/accounts/theirs"
    cloud.put(theirs, {"location": "eastus2", "tags": {}, "properties": {}})
    assert destroy(cloud, desired()).left == (theirs,)
    assert set(cloud.resources) == {group.lower(), theirs.lower()}
    assert cloud.deleted == {}


def test_what_does_not_carry_the_stack_s_tag_is_left_alone() -> None:
    cloud = FakeCloud()
    stack = desired()
    deploy(cloud, stack)
    account = labelled(stack, "account eastus2")
    cloud.resources[account.key]["tags"] = {"apimlb-stack": "other"}
    destroy(cloud, stack)
    assert [id.lower() for id in cloud.ids(ACCOUNT)] == [account.key]
    assert len(cloud.ids(DEPLOYMENT)) == 1
    assert len(cloud.ids(GROUP)) == 1


def test_a_soft_deleted_service_of_somebody_else_is_not_purged() -> None:
    cloud = FakeCloud()
    stack = desired()
    deploy(cloud, stack)
    destroy(cloud, stack, purge=False)
    for body in cloud.deleted.values():
        if "serviceId" in body["properties"]:
            body["properties"]["serviceId"] = "/subscriptions/s/resourceGroups/theirs/providers/a/service/b"
    destroy(cloud, stack)
    assert len(cloud.deleted) == 1


def test_a_deletion_that_fails_keeps_the_group_and_is_told() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    cloud.refuses("/accounts/", CloudError("locked", code="ScopeLocked"))
    with pytest.raises(CloudError, match="locked"):
        destroy(cloud, desired())
    assert len(cloud.ids(GROUP)) == 1


def test_a_purge_is_repeated_until_azure_has_done_it() -> None:
    class Reluctant(FakeCloud):
        refusals = 2

        def delete(self, id: str) -> None:
            if id.lower() in self.deleted and self.refusals:
                self.refusals -= 1
                return
            super().delete(id)

    cloud = Reluctant()
    deploy(cloud, desired())
    clock = ManualClock()
    deployer = Deployer(cloud, clock)
    deployer.destroy(deployer.survey(desired(), STACK, purge=True))
    assert cloud.deleted == {}
    assert len(clock.slept) == 2
