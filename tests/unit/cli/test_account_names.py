from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from apimlb.cli.flows import no_account

SESSION: Any = SimpleNamespace(
    stack=SimpleNamespace(accounts=[SimpleNamespace(name=name) for name in ("eastus2", "westus3")]),
    workspace=SimpleNamespace(config=Path("apimlb.toml")),
)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("EastUS2", "Did you mean eastus2?"),
        ("westus", "Did you mean westus3?"),
        ("nosuch", "It has eastus2, westus3."),
    ],
)
def test_an_account_that_is_none_is_told_by_the_names_of_the_file(given: str, told: str) -> None:
    error = no_account(SESSION, given)
    assert (error.what, error.where, error.next_step) == (
        f"The stack has no account {given}.",
        "apimlb.toml",
        told,
    )
