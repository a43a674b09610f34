"""What a plan's steps wait for so that traffic does not notice them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.deploy.deployer import Deployer
from apimlb.deploy.executor import Task
from apimlb.deploy.traffic import DRAIN, IN, OUT, TRY, Arrangement, arrange
from apimlb.deploy.writer import tasks_of
from apimlb.render import render_all
from apimlb.stack.config import Stack, parse
from apimlb.stack.desired import Policies, resources
from apimlb.stack.differences import at
from apimlb.stack.draining import listed
from apimlb.stack.names import Names
from apimlb.stack.probe import site
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import MARK, SUBSCRIPTION, TENANT

SITE = site(Names(SUBSCRIPTION, parse({})), TENANT)
CHAT = {"chat": {"model": "gpt-5.1", "version": "2025-11-13"}}
OTHER = {"chat": {"model": "text-embedding-3-small", "version": "1"}}
EAST, WEST, NORTH = ({"location": place} for place in ("eastus2", "westus3", "swedencentral"))
STRATEGIES = pytest.mark.parametrize("strategy", ["backend-pool", "retry"])


def desired(**configuration: Any) -> tuple[Resource, ...]:
    """What the stack wants, with its own policy: that says who is sent something."""
    stack = parse({"deployments": CHAT, **configuration})
    return resources(stack, SUBSCRIPTION, rendered(stack.model_dump_json()), MARK)


@cache
def rendered(stack: str) -> Policies:
    return render_all(Stack.model_validate_json(stack))


def deployed(**configuration: Any) -> FakeCloud:
    cloud, clock = FakeCloud(), ManualClock()
    deployer = Deployer(cloud, clock)
    deployer.apply(deployer.preview(desired(**configuration))).outcome.raise_failure()
    return cloud


def arranged(cloud: FakeCloud, **configuration: Any) -> Arrangement:
    made = Deployer(cloud, ManualClock()).preview(desired(**configuration))
    return arrange(tasks_of(made.plan), made.plan, made.observed, SITE)


def by_label(made: Arrangement) -> Mapping[str, Task]:
    return {f"{task.verb} {task.label}": task for task in made.tasks}


def before(made: Arrangement, label: str) -> set[str]:
    """The tasks that are done before the one with this label."""
    tasks = {task.key: task for task in made.tasks}
    waiting, found = [by_label(made)[label]], set[str]()
    while waiting:
        for need in waiting.pop().needs & tasks.keys():
            if need not in found:
                found.add(need)
                waiting.append(tasks[need])
    return {f"{tasks[key].verb} {tasks[key].label}" for key in found}


@STRATEGIES
def test_at_first_nothing_is_sent_before_every_backend_was_tried(strategy: str) -> None:
    made = arranged(FakeCloud(), accounts=[EAST, WEST], strategy=strategy)
    tries = {"try backend eastus2-chat", "try backend westus3-chat"}
    assert tries <= before(made, "create policy")
    assert {"create role on eastus2", "create deployment eastus2/chat"} <= before(made, min(tries))


@STRATEGIES
def test_who_comes_is_tried_and_who_is_there_is_not_tried_again(strategy: str) -> None:
    cloud = deployed(accounts=[EAST], strategy=strategy)
    made = arranged(cloud, accounts=[EAST, WEST], strategy=strategy)
    assert [name for name in by_label(made) if name.startswith(TRY)] == ["try backend westus3-chat"]
    gate = "update pool pool-chat" if strategy == "backend-pool" else "update policy"
    assert "try backend westus3-chat" in before(made, gate)


@STRATEGIES
def test_who_goes_is_drained_once_nothing_sends_to_it(strategy: str) -> None:
    cloud = deployed(accounts=[EAST, WEST], strategy=strategy)
    made = arranged(cloud, accounts=[EAST], strategy=strategy)
    gate = "update pool pool-chat" if strategy == "backend-pool" else "update policy"
    for gone in ("delete backend westus3-chat", "delete role on oai-apimlb-westus3"):
        found = next(label for label in by_label(made) if label.startswith(gone))
        if gone.startswith("delete backend"):
            assert {gate, "drain what was sent before"} <= before(made, found)


@STRATEGIES
def test_accounts_that_change_in_place_are_out_meanwhile_one_after_another(strategy: str) -> None:
    cloud = deployed(accounts=[EAST, WEST], deployments=CHAT, strategy=strategy)
    made = arranged(cloud, accounts=[EAST, WEST], deployments=OTHER, strategy=strategy)
    second = "delete deployment westus3/chat"
    assert {f"{OUT} account westus3", f"{DRAIN} account westus3"} <= before(made, second)
    assert {"create deployment eastus2/chat", "try backend eastus2-chat"} <= before(made, second)
    assert "try backend westus3-chat" in before(made, f"{IN} every account")


@STRATEGIES
def test_a_pool_that_goes_sends_nothing_to_who_changes_in_place(strategy: str) -> None:
    """Until the other policy is there it is the pool that sends."""
    other = "retry" if strategy == "backend-pool" else "backend-pool"
    cloud = deployed(accounts=[EAST, WEST], deployments=CHAT, strategy=strategy)
    made = arranged(cloud, accounts=[EAST, WEST], deployments=OTHER, strategy=other)
    for place, left in (("eastus2", "westus3"), ("westus3", "eastus2")):
        out = by_label(made)[f"{OUT} account {place}"]
        assert f"{DRAIN} account {place}" in before(made, f"delete deployment {place}/chat")
        pools = {id: body for id, body in made.writes[out.key].items() if id.endswith("/pool-chat")}
        assert len(pools) == (strategy == "backend-pool")
        for body in pools.values():
            assert f"/{left}-chat" in json.dumps(body)
            assert f"/{place}-chat" not in json.dumps(body)
    assert f"{IN} every account" in before(made, "update policy")
    if strategy == "backend-pool":
        (whole,) = (b for id, b in made.writes["#in"].items() if id.endswith("/pool-chat"))
        assert all(f"/{place}-chat" in json.dumps(whole) for place in ("eastus2", "westus3"))


def test_who_comes_takes_the_place_of_the_only_one_in_a_pool_that_goes() -> None:
    cloud = deployed(accounts=[EAST], deployments=CHAT, strategy="backend-pool")
    made = arranged(cloud, accounts=[EAST, WEST], deployments=OTHER, strategy="retry")
    out = by_label(made)[f"{OUT} account eastus2"]
    assert "try backend westus3-chat" in before(made, f"{OUT} account eastus2")
    (pool,) = (body for id, body in made.writes[out.key].items() if id.endswith("/pool-chat"))
    (member,) = pool["properties"]["pool"]["services"]
    assert member["id"].endswith("/westus3-chat")


def cut_off(cloud: FakeCloud, out: Iterable[str]) -> None:
    """An earlier run took these accounts out to change them, and got no further."""
    for id, body in [*cloud.resources.items()]:
        services = at(body, "properties.pool.services")
        if services:
            left = [each for each in services if not any(f"/{place}-" in each["id"] for place in out)]
            body["properties"]["pool"]["services"] = left or services
        if id.endswith("/namedvalues/apimlb-drained"):
            body["properties"]["value"] = listed(out)
        if id.endswith("/deployments/chat") and any(f"-{place}-" in id for place in out):
            del cloud.resources[id]


@STRATEGIES
def test_who_was_left_out_is_back_before_the_next_one_goes_out(strategy: str) -> None:
    cloud = deployed(accounts=[EAST, WEST], deployments=CHAT, strategy=strategy)
    cut_off(cloud, ["westus3"])
    made = arranged(cloud, accounts=[EAST, WEST], deployments=OTHER, strategy=strategy)
    taken = f"{OUT} account eastus2"
    assert {"create deployment westus3/chat", "try backend westus3-chat"} <= before(made, taken)
    assert f"{DRAIN} account eastus2" in before(made, "delete deployment eastus2/chat")
    (out,) = (task.key for task in made.tasks if f"{task.verb} {task.label}" == taken)
    written = json.dumps([*made.writes[out].values()])
    assert "eastus2-chat" not in written
    left = "westus3-chat" if strategy == "backend-pool" else '"value": "eastus2,"'
    assert left in written


@STRATEGIES
def test_the_only_account_is_not_taken_out(strategy: str) -> None:
    cloud = deployed(accounts=[EAST], deployments=CHAT, strategy=strategy)
    made = arranged(cloud, accounts=[EAST], deployments=OTHER, strategy=strategy)
    assert not [label for label in by_label(made) if label.startswith((OUT, IN))]


@STRATEGIES
def test_what_changes_nothing_waits_for_nothing(strategy: str) -> None:
    cloud = deployed(accounts=[EAST, WEST], strategy=strategy)
    made = arranged(cloud, accounts=[EAST, WEST], strategy=strategy)
    assert {task.verb for task in made.tasks} == {"keep"}
    capacity = {"chat": {**CHAT["chat"], "capacity": 50}}
    made = arranged(cloud, accounts=[EAST, WEST], deployments=capacity, strategy=strategy)
    assert {task.verb for task in made.tasks} == {"keep", "update"}


CONFIGS = st.fixed_dictionaries(
    {
        "accounts": st.lists(
            st.sampled_from([EAST, WEST, NORTH]), min_size=1, unique_by=lambda account: account["location"]
        ),
        "deployments": st.sampled_from([CHAT, OTHER, {**CHAT, "more": OTHER["chat"]}]),
        "strategy": st.sampled_from(["retry", "backend-pool"]),
        "accept_retry_after": st.booleans(),
    }
)


@settings(max_examples=60)
@given(CONFIGS, st.sets(st.sampled_from(["eastus2", "westus3"])), CONFIGS)
def test_whatever_changes_every_task_can_be_done_and_comes_once(
    first: Any, out: set[str], second: Any
) -> None:
    cloud = deployed(**first)
    cut_off(cloud, out)
    made = arranged(cloud, **second)
    assert len({task.key for task in made.tasks}) == len(made.tasks)
    keys, done = {task.key for task in made.tasks}, set[str]()
    while ready := [t for t in made.tasks if t.key not in done and (t.needs & keys) <= done]:
        done |= {task.key for task in ready}
    assert done == keys
