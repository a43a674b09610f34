"""Who is drained stands in a tag of the resource group, and nowhere in the file."""

import pytest

from apimlb.errors import ConflictError
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.draining import drained_in, require_one_left, tags_with
from tests.stacks import POLICIES, SUBSCRIPTION

STACK = parse({})


def test_what_is_written_is_read_back_beside_the_tags_of_others() -> None:
    tags = tags_with({"tags": {"owner": "ada", "apimlb-drained": "westus3"}}, {"eastus2", "swedencentral"})
    assert tags == {"owner": "ada", "apimlb-drained": "eastus2,swedencentral"}
    assert drained_in({"tags": tags}, STACK) == {"eastus2", "swedencentral"}
    assert tags_with({"tags": tags}, ()) == {"owner": "ada"}


def test_an_account_that_the_file_lost_does_not_count() -> None:
    assert drained_in({"tags": {"apimlb-drained": "eastus2,gone"}}, STACK) == {"eastus2"}
    assert drained_in(None, STACK) == set()


def test_one_account_is_always_left() -> None:
    require_one_left(STACK, {"eastus2", "westus3"})
    with pytest.raises(ConflictError, match="No account would be left"):
        require_one_left(STACK, {"eastus2", "westus3", "swedencentral"})


def test_more_than_a_tag_can_name_is_refused_before_it_is_written() -> None:
    with pytest.raises(ConflictError, match="More accounts"):
        tags_with({}, [f"a-name-of-20-chars{n:02}" for n in range(13)])


def test_what_is_drained_is_in_no_pool_and_on_the_list() -> None:
    pooled = parse({"strategy": "backend-pool"})
    made = resources(pooled, SUBSCRIPTION, POLICIES, drained=frozenset({"eastus2"}))
    pools = [r for r in made if r.label.startswith("pool ")]
    assert len(pools) == 2
    for pool in pools:
        members = pool.body["properties"]["pool"]["services"]
        assert len(members) == 2
        assert pool.needs == {member["id"] for member in members}
        assert not any("/backends/eastus2-" in member["id"] for member in members)
    [listed] = [r for r in made if r.name == "apimlb-drained"]
    assert listed.body["properties"]["value"] == "eastus2,"
