"""What is ours can be told from what is not, on every type of resource."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.stack.marks import Mark, identified, mark_in, mark_of, marked
from tests.stacks import MARK, whole

GROUP = "/subscriptions/s/resourceGroups/rg-apimlb"
OLD = {"location": "eastus2", "tags": {"apimlb-stack": "apimlb"}}


def test_everything_that_stands_by_itself_carries_the_mark_and_shows_it_again() -> None:
    for resource in whole():
        part = resource.type.endswith(("/policies", "/products/apis"))
        assert mark_of(resource.type, resource.body) == (None if part else MARK), resource.label


def test_a_stack_s_mark_is_found_in_its_resources() -> None:
    assert mark_in(whole()) == MARK


@given(st.text(alphabet="abc :[]-", max_size=12), st.text(alphabet="abc :[]-", max_size=12))
def test_others_may_write_around_a_mark(before: str, after: str) -> None:
    body = {"properties": {"description": f"{before} {MARK} {after}"}}
    assert mark_of("Microsoft.ApiManagement/service/backends", body) == MARK


@pytest.mark.parametrize("text", [None, "", "apimlb:apimlb:", "apimlb", "our backend for apimlb:chat"])
def test_another_description_is_no_mark(text: str | None) -> None:
    assert mark_of("Microsoft.ApiManagement/service/backends", {"properties": {"description": text}}) is None


def test_a_stack_has_the_id_that_its_group_keeps() -> None:
    kept = {"location": "eastus2", "tags": {"apimlb-stack": "apimlb", "apimlb-stack-id": "kept"}}
    assert identified("apimlb", GROUP, kept, "eastus2") == Mark("apimlb", "kept")


def test_a_stack_that_is_made_again_has_the_id_that_it_had() -> None:
    made = identified("apimlb", GROUP, None, "eastus2")
    assert made.id
    assert made == identified("apimlb", GROUP, None, "eastus2") == identified("apimlb", GROUP, OLD, "eastus2")
    assert made.id != identified("apimlb", "/subscriptions/s/resourceGroups/rg-other", None, "eastus2").id


def test_a_stack_that_moved_is_told_from_the_one_it_was() -> None:
    here = identified("apimlb", GROUP, OLD, "eastus2")
    moved = identified("apimlb", GROUP, OLD, "westus3")
    assert moved.id != here.id
    assert not moved.owns(here)


def test_a_stack_that_moved_away_does_not_adopt_the_old_one_that_stayed() -> None:
    group = whole()[0]
    moved = identified("apimlb", GROUP, OLD, "westus3")
    assert marked(group, moved).body["tags"] == OLD["tags"]
    kept = {**OLD, "tags": {"apimlb-stack": "apimlb", "apimlb-stack-id": "kept"}}
    moved = identified("apimlb", GROUP, kept, "westus3")
    assert marked(group, moved).body["tags"] == kept["tags"]


def test_what_is_older_than_ids_goes_by_the_stack_s_name() -> None:
    assert MARK.owns(Mark("apimlb"))
    assert not MARK.owns(Mark("other"))
    assert not MARK.owns(Mark("apimlb", "another id"))
    assert not MARK.owns(None)
