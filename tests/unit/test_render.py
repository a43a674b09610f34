"""The committed policies are what the templates render to, and every stack's policy compiles."""

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
