"""Who gets in, as resources: keys that APIM itself decides about, and clients in named values with room."""

import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.errors import ConfigError
from apimlb.stack.clients import COUNTS, ROOM, in_shards, shard_count
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.graph import order
from apimlb.stack.planner import Action, plan
from apimlb.stack.resources import Json, Resource
from tests.stacks import POLICIES, SUBSCRIPTION

IDS = st.builds(lambda number: str(uuid.UUID(int=number)), st.integers(0, 2**128 - 1))


def desired(**configuration: Any) -> dict[str, Resource]:
    made = resources(parse(configuration), SUBSCRIPTION, POLICIES)
    return {resource.label: resource for resource in made}


def test_the_key_is_for_the_stacks_product_alone() -> None:
    made = desired()
    assert made["subscription key"].body["properties"]["scope"] == made["product apimlb"].id
    assert made["product apimlb"].body["properties"]["subscriptionRequired"] is True
    assert made["API apimlb-keys"].body["properties"]["subscriptionRequired"] is True


def test_both_apis_are_in_the_product() -> None:
    ids = [r.id for r in desired().values() if r.type.endswith("/products/apis")]
    assert [id.rsplit("/", 1)[-1] for id in ids] == ["apimlb-keys", "openai", "openai-bare-host"]


def test_a_deploy_does_not_activate_what_somebody_suspended() -> None:
    key = desired()["subscription key"]
    there = {**key.body, "properties": {**key.body["properties"], "state": "suspended"}}
    [step] = plan([alone(key)], {key.key: there}).steps
    assert step.action is Action.KEEP


def test_a_key_of_all_apis_becomes_one_of_the_product_and_keeps_its_state() -> None:
    key = desired()["subscription key"]
    there = {"properties": {**key.body["properties"], "scope": "/apis", "state": "suspended"}}
    [step] = plan([alone(key)], {key.key: there}).steps
    assert step.action is Action.UPDATE
    assert step.body["properties"]["state"] == "suspended"


def test_the_policy_comes_after_what_it_asks() -> None:
    labels = [resource.label for resource in order(tuple(desired().values()))]
    for asked in ("operation of apimlb-keys", "apimlb-keys in the product", "named value apimlb-gateway"):
        assert labels.index(asked) < labels.index("policy")


def test_a_file_without_clients_leaves_those_that_azure_has() -> None:
    value = desired()["named value apimlb-client-ids-0"]
    there: Json = {"properties": {**value.body["properties"], "value": str(uuid.UUID(int=7))}}
    [step] = plan([alone(value)], {value.key: there}).steps
    assert step.action is Action.KEEP
    named = desired(clients=[])["named value apimlb-client-ids-0"]
    [step] = plan([alone(named)], {named.key: there}).steps
    assert step.action is Action.UPDATE


def alone(resource: Resource) -> Resource:
    """The resource without what it needs."""
    return Resource(
        resource.id, resource.type, resource.body, resource.label, create_only=resource.create_only
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(IDS, max_size=40), IDS)
def test_a_client_stays_in_its_named_value_when_another_comes(ids: list[str], other: str) -> None:
    before, after = in_shards(ids), in_shards([*ids, other])
    changed = [name for name in before if before[name] != after[name]]
    assert len(changed) <= 1
    held = [id for value in after.values() for id in value.split(",") if id != "none"]
    assert sorted(held) == sorted({*ids, other})


@pytest.mark.parametrize("number", [0, 101, 1_000, 5_000])
def test_no_named_value_is_longer_than_it_may_be(number: int) -> None:
    ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(index))) for index in range(number)]
    held = in_shards(ids)
    assert max(map(len, held.values())) <= 4_096
    assert sum(len(value.split(",")) for value in held.values() if value != "none") == number


def test_more_clients_than_fit_are_told_what_to_do() -> None:
    ids = [f"00000000-0000-0000-0000-{index:012d}" for index in range(ROOM + 1)]
    with pytest.raises(ValueError, match="list a group"):
        shard_count(ids)
    assert shard_count(ids[:-1]) == COUNTS[0]
    with pytest.raises(ConfigError, match="list a group"):
        parse({"clients": ids})
