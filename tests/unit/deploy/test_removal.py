"""A destroy takes exactly one stack, names what goes along, and does not take "not yet" for "gone"."""

from typing import Any

import pytest

from apimlb.deploy.deployer import Deployer
from apimlb.deploy.executor import Event
from apimlb.deploy.ids import ACCOUNT, GROUP, SERVICE
from apimlb.errors import CloudError, NotFoundError
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.marks import identified
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud, Json
from tests.fakes import ManualClock
from tests.stacks import POLICIES, STACK, SUBSCRIPTION, desired, labelled

CONFIG: dict[str, object] = {
    "accounts": [{"location": "eastus2"}],
    "deployments": {"chat": {"model": "gpt-5.1", "version": "2025-11-13"}},
}


class LateCloud(FakeCloud):
    """Shows what was deleted among the soft-deleted ones some time after; the name is kept from the start."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        super().__init__()
        self.clock = clock
        self.seconds = seconds
        self.since: dict[str, float] = {}

    def get(self, id: str) -> Json | None:
        return None if self._hides(id.lower()) else super().get(id)

    def children(self, parent: str, kind: str) -> list[Json]:
        return [row for row in super().children(parent, kind) if not self._hides(row["id"].lower())]

    def delete(self, id: str) -> None:
        if not self._hides(id.lower()):
            super().delete(id)
        for key in self.deleted:
            self.since.setdefault(key, self.clock.now())

    def service_name_taken(self, name: str) -> str:
        return self._kept(name)

    def domain_taken(self, subdomain: str) -> str:
        return self._kept(subdomain)

    def _hides(self, key: str) -> bool:
        return key in self.deleted and self.clock.now() - self.since.get(key, 0.0) < self.seconds

    def _kept(self, name: str) -> str:
        return "it is kept" if any(key.endswith(f"/{name}") for key in self.deleted) else ""


def deploy(cloud: FakeCloud, stack: tuple[Resource, ...]) -> None:
    deployer = Deployer(cloud, ManualClock())
    deployer.apply(deployer.preview(stack)).outcome.raise_failure()


def moved(cloud: FakeCloud, location: str) -> tuple[Resource, ...]:
    """The stack at another location, marked as the command line does it."""
    group = labelled(desired(), "resource group")
    mark = identified(STACK, group.id, cloud.get(group.id), location)
    return resources(parse({**CONFIG, "location": location}), SUBSCRIPTION, POLICIES, mark)


def test_a_moved_stack_and_the_one_it_was_stand_side_by_side_and_go_one_by_one() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    there = moved(cloud, "westus3")
    deployer = Deployer(cloud, ManualClock())
    made = deployer.preview(there)
    assert made.problems == ()
    assert [notice for notice in made.notices if "`apimlb destroy --location eastus2`" in notice]
    deploy(cloud, there)
    assert deployer.preview(there).plan.is_empty
    assert deployer.preview(desired()).plan.is_empty
    assert (len(cloud.ids(SERVICE)), len(cloud.ids(ACCOUNT)), len(cloud.ids(GROUP))) == (2, 2, 1)
    removed = deployer.destroy(deployer.survey(desired(), STACK, purge=True))
    assert [id.rsplit("/", 1)[-1] for id in removed.left if "/service/" in id] == [
        labelled(there, "gateway (BasicV2)").name
    ]
    assert deployer.preview(there).plan.is_empty
    deployer.destroy(deployer.survey(there, STACK, purge=True))
    assert (cloud.resources, cloud.deleted) == ({}, {})


@pytest.mark.parametrize("seconds", [30.0, 60.0, 300.0])
def test_a_namesake_that_shows_late_is_waited_for_and_purged(seconds: float) -> None:
    clock = ManualClock()
    cloud = LateCloud(clock, 0.0)
    deploy(cloud, desired())
    cloud.seconds = seconds
    told: list[Event] = []
    deployer = Deployer(cloud, clock, told.append)
    deployer.destroy(deployer.survey(desired(), STACK, purge=True))
    assert (cloud.resources, cloud.deleted) == ({}, {})
    waits = [event.wait.reason for event in told if event.wait is not None]
    assert set(waits) == {"Azure does not show it among what can be purged yet"}


def test_a_namesake_that_does_not_show_is_not_called_gone() -> None:
    clock = ManualClock()
    cloud = LateCloud(clock, 0.0)
    deploy(cloud, desired())
    cloud.seconds = 10_000.0
    deployer = Deployer(cloud, clock)
    with pytest.raises(CloudError, match="does not yet show it"):
        deployer.destroy(deployer.survey(desired(), STACK, purge=True))


def test_where_nothing_is_kept_there_is_no_stack() -> None:
    with pytest.raises(NotFoundError):
        Deployer(FakeCloud(), ManualClock()).survey(desired(), STACK, purge=True)


def test_what_was_deleted_and_does_not_show_yet_is_still_to_be_purged() -> None:
    """As after a destroy that was killed between the deletion and the purge."""
    clock = ManualClock()
    cloud = LateCloud(clock, 0.0)
    deploy(cloud, desired())
    deployer = Deployer(cloud, clock)
    deployer.destroy(deployer.survey(desired(), STACK, purge=False))
    cloud.since = dict.fromkeys(cloud.deleted, clock.now())
    cloud.seconds = 60.0
    again = deployer.survey(desired(), STACK, purge=False)
    assert (again.tasks, len(again.retained)) == ((), 2)
    deployer.destroy(deployer.survey(desired(), STACK, purge=True))
    assert cloud.deleted == {}


def test_what_is_never_kept_is_not_waited_for_long() -> None:
    class Forgetful(FakeCloud):
        """Keeps nothing, as a tier might."""

        def delete(self, id: str) -> None:
            super().delete(id)
            self.deleted.clear()

    clock = ManualClock()
    cloud = Forgetful()
    deploy(cloud, desired())
    deployer = Deployer(cloud, clock)
    deployer.destroy(deployer.survey(desired(), STACK, purge=True))
    assert cloud.resources == {}
    assert sum(clock.slept) < 600


def test_what_keeps_the_group_is_named_before_anything_goes() -> None:
    cloud = FakeCloud()
    stack = desired()
    deploy(cloud, stack)
    group = labelled(stack, "resource group").id
    theirs = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/theirs"
    cloud.put(theirs, {"location": "eastus2"})
    elsewhere = moved(cloud, "westus3")
    deploy(cloud, elsewhere)
    deployer = Deployer(cloud, ManualClock())
    what = deployer.survey(stack, "apimlb", purge=True)
    assert set(what.beside) == {theirs, labelled(elsewhere, "gateway (BasicV2)").id}
    left = deployer.destroy(what).left
    assert set(what.beside) <= set(left)
    assert cloud.get(group) is not None


def test_a_stack_that_is_elsewhere_is_not_taken_for_one_that_is_here() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    deployer = Deployer(cloud, ManualClock())
    with pytest.raises(NotFoundError) as caught:
        deployer.survey(moved(cloud, "westus3"), STACK, purge=True)
    assert "eastus2" in caught.value.what
    assert "`apimlb destroy --location eastus2`" in caught.value.next_step
    assert len(deployer.survey(desired(), STACK, purge=True).tasks) > 1


def test_what_others_put_inside_is_named_before_it_goes_along() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    service, account = labelled(desired(), "gateway (BasicV2)").id, labelled(desired(), "account eastus2").id
    theirs: dict[str, dict[str, Any]] = {
        f"{service}/apis/theirs": {"properties": {"displayName": "theirs", "path": "theirs"}},
        f"{account}/deployments/theirs": {
            "sku": {"name": "GlobalStandard", "capacity": 1},
            "properties": {"model": {"name": "gpt-5.1", "version": "1"}},
        },
    }
    for id, body in theirs.items():
        cloud.put(id, body)
    deployer = Deployer(cloud, ManualClock())
    what = deployer.survey(desired(), STACK, purge=True)
    assert set(what.others) == set(theirs)
    deployer.destroy(what)
    assert cloud.resources == {}


def test_another_stack_s_things_in_our_group_are_not_ours() -> None:
    cloud = FakeCloud()
    deploy(cloud, desired())
    group = labelled(desired(), "resource group").id
    id = f"{group}/providers/Microsoft.CognitiveServices/accounts/oai-apimlb-x-12345678"
    tags = {"apimlb-stack": "apimlb", "apimlb-stack-id": "another"}
    cloud.put(id, {"location": "eastus2", "tags": tags})
    deployer = Deployer(cloud, ManualClock())
    assert deployer.preview(desired()).plan.is_empty
    assert deployer.destroy(deployer.survey(desired(), STACK, purge=True)).left == (id,)


def test_what_azure_makes_by_itself_does_not_keep_the_group() -> None:
    cloud, clock = FakeCloud(), ManualClock()
    deployer = Deployer(cloud, clock)
    deployer.apply(deployer.preview(desired(monitoring=True))).outcome.raise_failure()
    (group,) = cloud.ids(GROUP)
    monitor = f"{group}/providers/Microsoft.Insights/actionGroups"
    azures = "Application Insights Smart Detection"
    cloud.resources[f"{monitor}/{azures}".lower()] = {"id": f"{monitor}/{azures}", "properties": {}}
    what = deployer.survey(desired(monitoring=True), STACK, purge=True)
    assert what.beside == ()
    assert deployer.destroy(what).left == ()
    assert cloud.ids(GROUP) == []
