"""The committed policies are what the templates render to, and every stack's policy compiles."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.render import references, render
from apimlb.stack.config import parse

POLICIES = Path(__file__).parents[2] / "policies"


def test_every_committed_policy_is_a_reference() -> None:
    assert {path.name for path in POLICIES.iterdir()} == set(references())


@pytest.mark.parametrize("name", references())
def test_a_committed_policy_is_what_its_template_renders_to(name: str) -> None:
    assert (POLICIES / name).read_text() == references()[name]


@pytest.mark.parametrize("name", references())
def test_a_committed_policy_is_indented_to_its_end(name: str) -> None:
    lines = (POLICIES / name).read_text().splitlines()
    assert [line for line in lines if not line.startswith("\t")] == ["<policies>", "</policies>"]
    # What a gateway on Azure takes at most, but for Consumption (Microsoft Learn, API Management limits).
    assert sum(len(line) + 1 for line in lines) < 256 * 1024


def keys(policy: str) -> set[str]:
    """What the keys of the cache start with."""
    return set(re.findall(r"apimlb/[0-9a-f]{8}", policy))


def test_a_capacity_changes_no_policy() -> None:
    """`set-capacity` writes it into the file, and nothing else."""
    chat = {"model": "gpt-5.1", "version": "2025-11-13"}
    policies = [render(parse({"deployments": {"chat": {**chat, **more}}})) for more in ({}, {"capacity": 50})]
    assert policies[0] == policies[1]


def test_a_changed_stack_has_nothing_in_the_cache_to_stand_in_its_way() -> None:
    stack = {"strategy": "retry", "accounts": [{"location": "eastus2"}, {"location": "westus3"}]}
    chat = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 80}
    changes: list[dict[str, Any]] = [{}, {"accounts": stack["accounts"][:1]}, {"deployments": {"chat": chat}}]
    found = [keys(render(parse({**stack, **change}))) for change in changes]
    assert [len(each) for each in found] == [1, 1, 1]
    assert len(set().union(*found)) == 3
    assert keys(render(parse({**stack, "publisher_email": "a@b.example"}))) == found[0]


names = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
accounts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "name": names,
        "location": st.just("eastus2"),
        "priority": st.integers(0, 9),
        "weight": st.integers(1, 9),
    }
)
models = st.just({"model": "gpt-5.1", "version": "2025-11-13"})
stacks: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "strategy": st.sampled_from(["backend-pool", "retry"]),
        "accounts": st.lists(accounts, min_size=1, max_size=4, unique_by=lambda account: account["name"]),
        "deployments": st.dictionaries(names, models, min_size=1, max_size=3),
    }
)


@settings(max_examples=20)
@given(stacks)
def test_whatever_the_stack_its_policy_compiles_and_checks_who_calls(stack: dict[str, Any]) -> None:
    assert "credential" in render(parse(stack))
