"""The resources of a stack: what Azure will be sent."""

import pytest

from apimlb.stack.config import Stack, parse
from apimlb.stack.desired import resources
from apimlb.stack.graph import order
from apimlb.stack.resources import Resource, resolve
from tests.stacks import POLICIES, SUBSCRIPTION


def desired(stack: Stack | None = None) -> dict[str, Resource]:
    made = resources(stack or parse({}), SUBSCRIPTION, POLICIES)
    return {resource.label: resource for resource in made}


def test_the_default_stack_has_everything_that_a_gateway_needs() -> None:
    kinds = [resource.type.split("/", 1)[1] for resource in desired().values()]
    assert kinds.count("accounts") == 3
    assert kinds.count("accounts/deployments") == 6
    assert kinds.count("roleAssignments") == 3
    assert kinds.count("service/backends") == 6
    pooled = desired(parse({"strategy": "backend-pool"})).values()
    assert [resource.type.split("/", 1)[1] for resource in pooled].count("service/backends") == 6 + 2


def test_accounts_take_no_keys_and_the_gateway_is_let_in_by_role() -> None:
    made = desired()
    assert made["account eastus2"].body["properties"]["disableLocalAuth"] is True
    role = made["role on eastus2"]
    observed = {made["identity"].key: {"properties": {"principalId": "the-principal"}}}
    assert resolve(role.body, observed)["properties"]["principalId"] == "the-principal"


def test_a_throttled_deployment_does_not_park_the_other_one() -> None:
    made = desired(parse({"strategy": "backend-pool"}))
    pool = made["pool pool-chat"].body["properties"]["pool"]["services"]
    assert [member["id"].rsplit("/", 1)[-1] for member in pool] == [
        "eastus2-chat",
        "swedencentral-chat",
        "westus3-chat",
    ]


def test_the_retry_strategy_keeps_no_breakers_and_no_pools() -> None:
    made = desired(parse({"strategy": "retry"}))
    assert not any(label.startswith("pool") for label in made)
    assert "circuitBreaker" not in made["backend eastus2-chat"].body["properties"]


def test_capacity_is_only_compared_where_the_file_sets_one() -> None:
    left_out = desired()["deployment eastus2/chat"]
    assert left_out.body["sku"]["capacity"] == 30
    assert left_out.create_only == {"sku.capacity"}
    model = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 80}
    set_there = desired(parse({"deployments": {"chat": model}}))["deployment eastus2/chat"]
    assert set_there.body["sku"]["capacity"] == 80
    assert set_there.create_only == frozenset()


@pytest.mark.parametrize("strategy", ["backend-pool", "retry"])
def test_everything_that_a_resource_needs_is_in_the_stack(strategy: str) -> None:
    made = list(desired(parse({"strategy": strategy})).values())
    places = {resource.key: place for place, resource in enumerate(order(made))}
    for resource in made:
        assert all(places[need.lower()] < places[resource.key] for need in resource.needs)


def test_no_operation_answers_before_the_check_stands() -> None:
    made = desired()
    for label, resource in made.items():
        if label.startswith("operation"):
            api = resource.id.partition("/operations/")[0]
            assert f"{api}/policies/policy" in resource.needs


def test_a_service_whose_bare_host_is_taken_keeps_it() -> None:
    assert any("bare" in label for label in desired())
    assert not any("bare" in label for label in desired(parse({"bare_host": False})))


def test_names_are_the_same_every_time_and_differ_between_subscriptions() -> None:
    again = resources(parse({}), SUBSCRIPTION, POLICIES)
    other = resources(parse({}), SUBSCRIPTION.replace("1", "2"), POLICIES)
    ids = [resource.id for resource in desired().values()]
    assert ids == [resource.id for resource in again]
    assert {i.rsplit("/", 1)[-1] for i in ids if "/accounts/" in i and i.count("/") == 8}.isdisjoint(
        {r.id.rsplit("/", 1)[-1] for r in other}
    )


def test_an_adopted_account_is_called_and_not_made() -> None:
    adopted = {"location": "eastus2", "endpoint": "http://127.0.0.1:9101"}
    made = desired(parse({"strategy": "backend-pool", "accounts": [adopted, {"location": "westus3"}]}))
    assert [label for label in made if label.startswith(("account", "deployment", "role"))] == [
        "account westus3",
        "deployment westus3/chat",
        "deployment westus3/embedding",
        "role on westus3",
    ]
    backend = made["backend eastus2-chat"].body["properties"]
    assert backend["url"] == "http://127.0.0.1:9101/openai"
    assert "circuitBreaker" in backend
    ids = {resource.id for resource in made.values()}
    assert all(resource.needs <= ids for resource in made.values())
