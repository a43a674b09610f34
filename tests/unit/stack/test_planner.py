"""plan(desired, observed): a thing in Azure's spelling is no change; anything else is one, and is named."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.stack.apis import operation
from apimlb.stack.differences import same
from apimlb.stack.graph import GraphError
from apimlb.stack.planner import Action, plan
from apimlb.stack.resources import Json, Output, Resource


def thing(name: str, body: Json, needs: tuple[str, ...] = (), create_only: tuple[str, ...] = ()) -> Resource:
    return Resource(name, "Test/things", body, name, frozenset(needs), "", frozenset(create_only))


def test_what_is_not_there_is_created() -> None:
    (step,) = plan([thing("/a", {"x": 1})], {}).steps
    assert step.action is Action.CREATE


def test_fields_that_others_set_stay_theirs() -> None:
    made = plan([thing("/a", {"x": 1})], {"/a": {"x": 1, "portal": "on"}})
    assert made.is_empty


def test_a_difference_is_named_with_both_values() -> None:
    (step,) = plan([thing("/a", {"sku": {"capacity": 50}})], {"/a": {"sku": {"capacity": 30}}}).steps
    assert step.action is Action.UPDATE
    (change,) = step.changes
    assert (change.path, change.before, change.after) == ("sku.capacity", 30, 50)


def test_what_is_for_creation_only_is_kept_and_sent_back_as_it_is() -> None:
    wanted = thing("/a", {"sku": {"capacity": 30}, "model": "new"}, create_only=("sku.capacity",))
    (step,) = plan([wanted], {"/a": {"sku": {"capacity": 50}, "model": "old"}}).steps
    assert step.body == {"sku": {"capacity": 50}, "model": "new"}
    assert [change.path for change in step.changes] == ["model"]


def test_a_secret_is_compared_where_it_can_be_read_and_never_shown() -> None:
    wanted = replace(thing("/a", {"key": "new"}), secrets=frozenset({"key"}))
    (step,) = plan([wanted], {"/a": {"key": "old"}}).steps
    assert [change.is_secret for change in step.changes] == [True]
    assert step.body == {"key": "new"}
    assert plan([wanted], {"/a": {}}).is_empty


def test_an_update_leaves_tags_of_others_alone() -> None:
    (step,) = plan(
        [thing("/a", {"tags": {"mine": "1"}, "x": 2})], {"/a": {"tags": {"theirs": "2"}, "x": 1}}
    ).steps
    assert step.body["tags"] == {"theirs": "2", "mine": "1"}


def test_an_update_leaves_one_mark_among_the_words_of_others() -> None:
    old, new = (f"apimlb:apimlb:00000000-0000-0000-0000-{number:012d}" for number in (1, 2))
    wanted = thing("/a", {"properties": {"tags": [new]}})
    (step,) = plan([wanted], {"/a": {"properties": {"tags": [old, "theirs"]}}}).steps
    assert step.body["properties"]["tags"] == ["theirs", new]


def test_an_identity_that_is_not_attached_is_a_change_although_nothing_is_set_on_it() -> None:
    wanted = thing("/a", {"identity": {"userAssignedIdentities": {"/id": {}}}})
    attached = {"identity": {"userAssignedIdentities": {"/ID": {"clientId": "x"}}}}
    assert plan([wanted], {"/a": attached}).is_empty
    assert not plan([wanted], {"/a": {"identity": None}}).is_empty


def test_what_azure_could_not_finish_is_made_again() -> None:
    (step,) = plan(
        [thing("/a", {"x": 1})], {"/a": {"x": 1, "properties": {"provisioningState": "Failed"}}}
    ).steps
    assert step.action is Action.UPDATE
    assert step.changes[0].before == "Failed"


def test_an_output_that_is_not_known_yet_is_a_change() -> None:
    wanted = thing("/b", {"principal": Output("/a", "id")}, needs=("/a",))
    source = thing("/a", {})
    unknown = plan([source, wanted], {"/b": {"principal": "x"}})
    assert str(unknown.steps[1].changes[0].after) == "(known after apply)"
    assert plan([source, wanted], {"/a": {"id": "x"}, "/b": {"principal": "x"}}).is_empty


@pytest.mark.parametrize(
    ("path", "wanted", "there"),
    [
        ("location", "westus", "West US"),
        ("properties.scope", "/subscriptions/s/resourceGroups/G", "/subscriptions/s/resourcegroups/g"),
        ("properties.value", "<policies>\n  <a />\n</policies>", "<policies>\r\n\t<a />\r\n</policies>"),
    ],
)
def test_azure_spells_some_things_its_own_way(path: str, wanted: str, there: str) -> None:
    assert same(path, wanted, there)
    assert not same(path, wanted, there + "x")


def test_needs_come_first_and_a_missing_one_is_named() -> None:
    steps = plan([thing("/b", {}, ("/a",)), thing("/a", {})], {}).steps
    assert [step.resource.id for step in steps] == ["/a", "/b"]
    with pytest.raises(GraphError, match="/gone"):
        plan([thing("/b", {}, ("/gone",))], {})
    with pytest.raises(GraphError, match="circle"):
        plan([thing("/a", {}, ("/b",)), thing("/b", {}, ("/a",))], {})


bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abcd"), bodies, max_size=3))
def test_planning_against_what_was_applied_changes_nothing(body: Mapping[str, Any]) -> None:
    assert plan([thing("/a", dict(body))], {"/a": dict(body)}).is_empty


@pytest.mark.parametrize(
    ("policy", "order"),
    [
        (None, ["/api", "/api/policies/policy", "/api/operations/post"]),
        ("before", ["/api", "/api/operations/post", "/api/policies/policy"]),
        ("now", ["/api", "/api/policies/policy", "/api/operations/post"]),
    ],
)
def test_a_policy_is_tried_where_the_operations_are_those_that_are_wanted(
    policy: str | None, order: list[str]
) -> None:
    """It is tried in a copy of the API; without any policy an operation would answer unchecked."""
    service = "Microsoft.ApiManagement/service"
    wanted = [
        thing("/api", {}),
        replace(thing("/api/policies/policy", {"a": "now"}, ("/api",)), type=f"{service}/apis/policies"),
        operation("/api", "post", "POST", "/*", "post"),
    ]
    observed: dict[str, Json] = {"/api": {}} | ({"/api/policies/policy": {"a": policy}} if policy else {})
    assert [step.resource.id for step in plan(wanted, observed).steps] == order
