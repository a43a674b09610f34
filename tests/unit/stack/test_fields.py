"""The table says of every field of every resource what becomes of a change; here each is changed."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.stack.differences import at, changes_of, warnings_of
from apimlb.stack.fates import Fate, Field
from apimlb.stack.fields import FIELDS
from apimlb.stack.merging import merged
from apimlb.stack.planner import Action, plan, step_for
from apimlb.stack.resources import Json, Resource, resolve
from tests.clouds import FakeCloud
from tests.stacks import watched

TAMPERED = "changed by hand"
VALUES: dict[str, Any] = {"sku.name": "StandardV2", "identity": {"type": "SystemAssigned"}}
"""What somebody sets, where it has to be of a kind."""

Case = tuple[Resource, Field]


def every_field() -> Iterator[Case]:
    """One resource of each type and kind with each of its fields."""
    seen = set()
    for resource in watched():
        kind = (resource.type, bool(at(resource.body, "properties.pool")))
        if kind not in seen:
            seen.add(kind)
            for field in FIELDS[resource.type.lower()]:
                yield resource, field


def named(case: Any) -> str:
    return case.path if isinstance(case, Field) else case.label


@pytest.fixture(scope="module")
def replies() -> dict[str, Json]:
    """What Azure shows of a whole stack."""
    cloud = FakeCloud()
    for step in plan(watched(), {}).steps:
        cloud.put(step.resource.id, resolve(step.body, cloud.resources))
    return cloud.resources


def tampered(there: Json, path: str) -> Json:
    made = copy.deepcopy(there)
    inner = made
    *above, last = path.split(".")
    for name in above:
        if not isinstance(inner.get(name), dict):
            inner[name] = {}
        inner = inner[name]
    inner[last] = VALUES.get(path, TAMPERED)
    return made


@pytest.mark.parametrize(("resource", "field"), list(every_field()), ids=named)
def test_a_change_of_the_field_meets_its_fate(
    replies: dict[str, Json], resource: Resource, field: Field
) -> None:
    there = tampered(replies[resource.key], field.path)
    step = step_for(resource, {**replies, resource.key: there})
    touched = [c.path for c in step.changes if c.path.startswith(field.path)]
    body = merged(resource, there, step.changes)
    is_pool = at(resource.body, "properties.pool") is not None
    kept_anyway = field.path in resource.create_only
    if field.fate is Fate.REPAIRED and not kept_anyway:
        assert step.action is Action.UPDATE
        assert touched
        assert at(body, field.path) != VALUES.get(field.path, TAMPERED)
    elif field.fate is Fate.REPLACED:
        assert step.action is Action.REPLACE
    elif field.fate is Fate.WARNED:
        assert [w.path for w in warnings_of(resource, there)] == [field.path]
        assert touched == []
    else:
        assert touched == [] or kept_anyway
        assert warnings_of(resource, there) == ()
    if field.fate in (Fate.LEFT, Fate.WARNED) and field.sent and not is_pool:
        left = VALUES.get(field.path, TAMPERED)
        assert at(body, field.path) == left or at(resource.body, field.path) is not None
    if not field.sent:
        assert at(body, field.path) is None


@pytest.mark.parametrize("resource", watched(), ids=named)
def test_what_nobody_touched_is_no_change_and_no_warning(
    replies: dict[str, Json], resource: Resource
) -> None:
    assert changes_of(resource, replies[resource.key], replies) == ()
    assert warnings_of(resource, replies[resource.key]) == ()


def test_every_type_of_the_stack_has_its_row_and_no_field_two() -> None:
    assert {resource.type.lower() for resource in watched()} == set(FIELDS)
    for fields in FIELDS.values():
        paths = [field.path for field in fields]
        assert len(paths) == len(set(paths))
