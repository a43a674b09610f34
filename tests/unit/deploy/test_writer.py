"""One step of a plan at a time, also where an earlier run was cut off."""

import pytest

from apimlb.deploy.ids import kind_of
from apimlb.deploy.observer import observe
from apimlb.deploy.patience import PATIENCE
from apimlb.deploy.writer import Writer, tasks_of
from apimlb.errors import CloudError
from apimlb.stack.planner import plan
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud, Json
from tests.fakes import ManualClock
from tests.stacks import desired, labelled


class SlowCloud(FakeCloud):
    """Shows a resource in other states first, one at each look."""

    def __init__(self, states: dict[str, list[str]]) -> None:
        super().__init__()
        self.states = states

    def get(self, id: str) -> Json | None:
        body = super().get(id)
        left = self.states.get(id.lower())
        if body is not None and left:
            body["properties"]["provisioningState"] = left.pop(0)
        return body


def carry_out(cloud: FakeCloud, clock: ManualClock, stack: tuple[Resource, ...], label: str) -> None:
    """Do the one step."""
    observed = observe(cloud, stack)
    steps = {step.resource.key: step for step in plan(stack, observed).steps}
    tasks = {task.key: task for task in tasks_of(plan(stack, observed))}
    writer = Writer(cloud, clock, steps, dict(observed))
    writer.act(tasks[labelled(stack, label).key])


def deployed(cloud: FakeCloud, stack: tuple[Resource, ...], *labels: str) -> None:
    for label in labels:
        resource = labelled(stack, label)
        cloud.put(resource.id, resource.body)
    cloud.writes.clear()


GATEWAY = "gateway (BasicV2)"
GROUND = "resource group", "identity"


def test_a_gateway_that_an_earlier_run_left_in_the_making_is_waited_for() -> None:
    stack = desired()
    cloud = SlowCloud({labelled(stack, GATEWAY).key: ["Created", "Activating", "Activating", "Succeeded"]})
    deployed(cloud, stack, *GROUND, GATEWAY)
    clock = ManualClock()
    carry_out(cloud, clock, stack, GATEWAY)
    assert cloud.writes == []
    assert len(clock.slept) == 2


def test_a_gateway_that_failed_is_made_again() -> None:
    stack = desired()
    cloud = SlowCloud({labelled(stack, GATEWAY).key: ["Failed"]})
    deployed(cloud, stack, *GROUND, GATEWAY)
    carry_out(cloud, ManualClock(), stack, GATEWAY)
    assert cloud.writes == [("put", labelled(stack, GATEWAY).id)]


def test_what_never_settles_is_given_up() -> None:
    stack = desired()
    cloud = SlowCloud({labelled(stack, GATEWAY).key: ["Activating"] * 1000})
    deployed(cloud, stack, *GROUND, GATEWAY)
    with pytest.raises(CloudError, match="does not finish"):
        carry_out(cloud, ManualClock(), stack, GATEWAY)


def test_a_changed_account_gets_the_changed_part_only() -> None:
    stack = desired()
    cloud = FakeCloud()
    account = labelled(stack, "account eastus2")
    deployed(cloud, stack, "resource group", "account eastus2")
    cloud.resources[account.key]["properties"] |= {"disableLocalAuth": False, "networkAcls": {"by": "others"}}
    carry_out(cloud, ManualClock(), stack, "account eastus2")
    assert cloud.writes == [("patch", account.id)]
    assert cloud.resources[account.key]["properties"]["disableLocalAuth"] is True
    assert cloud.resources[account.key]["properties"]["networkAcls"] == {"by": "others"}


def test_a_value_that_azure_did_not_assign_is_told() -> None:
    stack = desired()
    cloud = FakeCloud()
    deployed(cloud, stack, "resource group", "account eastus2")
    with pytest.raises(CloudError, match="role on eastus2 needs"):
        carry_out(cloud, ManualClock(), stack, "role on eastus2")


STALE = CloudError("changed since", where="deployments/chat", status=412, code="PreconditionFailed")


def test_what_somebody_changed_meanwhile_is_read_again_and_kept() -> None:
    stack, clock = desired(), ManualClock()
    cloud, chat = FakeCloud(), labelled(stack, "deployment eastus2/chat")
    deployed(cloud, stack, "resource group", "account eastus2", chat.label)
    cloud.resources[chat.key]["properties"]["versionUpgradeOption"] = "NoAutoUpgrade"

    def change_once(verb: str, id: str) -> None:
        cloud.fail = lambda verb, id: None
        cloud.resources[chat.key]["sku"]["capacity"] = 80
        raise STALE

    cloud.fail = change_once
    carry_out(cloud, clock, stack, chat.label)
    assert cloud.resources[chat.key]["sku"]["capacity"] == 80
    assert cloud.resources[chat.key]["properties"]["versionUpgradeOption"] == "OnceCurrentVersionExpired"
    assert len(clock.slept) == 1


def test_what_somebody_made_as_it_is_wanted_is_not_written_again() -> None:
    stack = desired()
    cloud, group = FakeCloud(), labelled(stack, "resource group")

    def make(verb: str, id: str) -> None:
        cloud.fail = lambda verb, id: None
        cloud.resources[group.key] = {**group.body, "id": group.id, "properties": {}}
        raise STALE

    cloud.fail = make
    carry_out(cloud, ManualClock(), stack, group.label)
    assert cloud.writes == []


def test_a_resource_that_keeps_changing_is_told_at_the_deadline_of_its_type() -> None:
    stack, clock = desired(), ManualClock()
    cloud, group = FakeCloud(), labelled(stack, "resource group")

    def fail(verb: str, id: str) -> None:
        raise STALE

    cloud.fail = fail
    with pytest.raises(CloudError, match="changed since"):
        carry_out(cloud, clock, stack, group.label)
    deadline = PATIENCE[kind_of(group.id)].deadline
    assert deadline - 20 < sum(clock.slept) <= deadline
