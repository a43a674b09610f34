"""Reading what Azure has."""

from apimlb.deploy.ids import SERVICE
from apimlb.deploy.observer import observe
from tests.clouds import FakeCloud
from tests.stacks import desired, labelled


def test_in_an_empty_subscription_one_question_is_enough() -> None:
    cloud = FakeCloud()
    assert observe(cloud, desired()) == {}
    assert cloud.reads == [labelled(desired(), "resource group").id]


def test_nothing_is_asked_about_the_children_of_what_is_not_there() -> None:
    cloud = FakeCloud()
    stack = desired()
    for label in ("resource group", "account eastus2"):
        resource = labelled(stack, label)
        cloud.put(resource.id, resource.body)
    seen = observe(cloud, stack)
    assert set(seen) == {labelled(stack, "resource group").key, labelled(stack, "account eastus2").key}
    assert not [id for id in cloud.reads if SERVICE in id.lower() and "/apis/" in id]
    assert any("/deployments/" in id for id in cloud.reads)
    assert any("roleAssignments" in id for id in cloud.reads)


def test_replies_stand_under_lower_case_ids() -> None:
    cloud = FakeCloud()
    group = labelled(desired(), "resource group")
    cloud.put(group.id, group.body)
    assert observe(cloud, [group])[group.id.lower()]["tags"]["apimlb-stack"] == "apimlb"
