"""Whose a resource is: what carries the mark of the stack is changed, a namesake is told and left alone."""

import copy
from contextlib import suppress

import pytest

from apimlb.errors import ConflictError
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.marks import Mark
from apimlb.stack.planner import Action
from tests.clouds import Killed
from tests.deploys import deploy, deployed, labels, preview
from tests.stacks import CHAT, MARK, POLICIES, SUBSCRIPTION, desired, labelled, without_ids


@pytest.mark.parametrize("label", ["backend eastus2-chat", "API", "role on eastus2", "operation post"])
def test_a_namesake_without_our_mark_is_told_and_not_touched(label: str) -> None:
    cloud = deployed(desired())
    resource = labelled(desired(), label)
    cloud.resources[resource.key]["properties"]["description"] = "made by hand"
    before = copy.deepcopy(cloud.resources)
    with pytest.raises(ConflictError) as caught:
        deploy(cloud, desired())
    assert f"{label} exists and does not carry the mark {MARK}" in caught.value.what
    assert cloud.resources == before


def test_a_namesake_of_another_stack_of_the_same_name_is_told() -> None:
    cloud = deployed(desired())
    account = labelled(desired(), "account eastus2")
    cloud.resources[account.key]["tags"]["apimlb-stack-id"] = "another"
    with pytest.raises(ConflictError, match="another stack called apimlb, whose id is another"):
        deploy(cloud, desired())


def test_a_group_whose_stack_id_somebody_changed_is_told_once_with_the_way_back() -> None:
    cloud = deployed(desired())
    group = labelled(desired(), "resource group")
    tags = cloud.resources[group.key]["tags"]
    id, tags["apimlb-stack-id"] = tags["apimlb-stack-id"], "another"
    small = parse({"accounts": [{"location": "eastus2"}], "deployments": CHAT})
    stack = resources(small, SUBSCRIPTION, POLICIES, Mark(MARK.stack, "another"))
    [problem] = preview(cloud, stack).problems
    assert "The resource group carries another stack id" in problem.what
    assert f"--tags apimlb-stack-id={id}" in problem.next_step


def test_others_words_around_the_mark_stay() -> None:
    cloud = deployed(desired())
    backend = labelled(desired(), "backend eastus2-chat")
    properties = cloud.resources[backend.key]["properties"]
    properties |= {"description": f"fast one, {MARK}", "url": "https://elsewhere/openai"}
    deploy(cloud, desired())
    now = cloud.resources[backend.key]["properties"]
    assert (now["description"], now["url"]) == (f"fast one, {MARK}", backend.body["properties"]["url"])


# Stacks from before there were ids.


def test_an_old_stack_is_adopted_and_its_group_gets_its_id_last() -> None:
    cloud = deployed(without_ids())
    deploy(cloud, desired())
    assert cloud.writes[-1][1] == labelled(desired(), "resource group").id
    assert preview(cloud, desired()).plan.is_empty
    straight = deployed(desired())
    assert cloud.resources == straight.resources


def test_an_operation_of_an_old_stack_that_is_not_wanted_any_more_goes() -> None:
    cloud = deployed(without_ids())
    api = labelled(desired(), "API").id
    cloud.put(f"{api}/operations/old", {"properties": {"method": "POST", "urlTemplate": "/*"}})
    assert labels(preview(cloud, desired()), Action.DELETE) == ["operation old"]
    deploy(cloud, desired())
    cloud.put(f"{api}/operations/theirs", {"properties": {"method": "POST", "urlTemplate": "/theirs"}})
    assert preview(cloud, desired()).plan.is_empty


def test_an_adoption_that_was_killed_anywhere_is_carried_on() -> None:
    straight = deployed(desired(accept_retry_after=False))
    for writes in range(0, 40, 3):
        cloud = deployed(without_ids())
        cloud.dies_after(writes)
        with suppress(Killed):
            deploy(cloud, desired(accept_retry_after=False))
        again = cloud.reborn()
        deploy(again, desired(accept_retry_after=False))
        assert again.resources == straight.resources
