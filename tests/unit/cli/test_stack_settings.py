"""What the file, the environment and the flags make of a stack's settings."""

from pathlib import Path

import pytest

from apimlb.cli.stack_settings import settings_of, stack_of
from apimlb.cli.workspace import Workspace, workspace
from apimlb.errors import ConfigError
from apimlb.stack.settings import Literal
from tests.told import lines_of


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    (tmp_path / "apimlb.toml").write_text('name = "shop"\n')
    return workspace(config=str(tmp_path / "apimlb.toml"), environ={})


def test_a_setting_that_names_another_stack_is_refused(place: Workspace) -> None:
    """It would be passed over: the command is for a stack already."""
    with pytest.raises(ConfigError, match="another stack than shop") as caught:
        stack_of(place, {"name": Literal("other")})
    assert caught.value.where == "--set name=other"
    assert "--stack other" in caught.value.next_step


def test_a_variable_that_names_another_stack_is_refused(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APIMLB_NAME", "other")
    with pytest.raises(ConfigError, match="another stack than shop") as caught:
        stack_of(place, {})
    assert caught.value.where == "APIMLB_NAME"


def test_the_stacks_own_name_may_be_said_again(place: Workspace) -> None:
    assert settings_of(place, {"name": Literal("shop")})[0].tables["name"] == "shop"


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_where_it_is(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, environment and flags; and of what is wrong for one reason no more is said."""
    place.config.write_text('name = "shop"\nunits = "many"\nlocaton = "westus"\n')
    monkeypatch.setenv("APIMLB_TEIR", "Basic")
    monkeypatch.setenv("APIMLB_STRATEGY", "rety")
    flags = {"deployments.chta.capacity": "20", "accounts.mars.priority": Literal("2"), "tier": "Basc"}
    with pytest.raises(ConfigError) as caught:
        stack_of(place, flags)
    file = str(place.config)
    told = lines_of(caught.value)
    assert [(line.partition(":")[0].split()[0], line.rpartition("(")[2].rstrip(")")) for line in told] == [
        ("deployments.chta.capacity", "--capacity chta=20"),
        ("accounts.mars.priority", "--set accounts.mars.priority=2"),
        ("tier", "--tier Basc"),
        ("locaton", file),
        ("units", file),
        ("strategy", "APIMLB_STRATEGY"),
        ("APIMLB_TEIR", "the environment"),
    ]
    assert caught.value.next_step == "Correct each where it stands, then run the same command again."
