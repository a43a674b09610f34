"""What the file, the environment and the flags make of a stack's settings."""

from pathlib import Path

import pytest

from apimlb.cli.stack_settings import settings_of
from apimlb.cli.workspace import Workspace, workspace
from apimlb.errors import ConfigError
from apimlb.stack.settings import Literal


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    (tmp_path / "apimlb.toml").write_text('name = "shop"\n')
    return workspace(config=str(tmp_path / "apimlb.toml"), environ={})


def test_a_setting_that_names_another_stack_is_refused(place: Workspace) -> None:
    """It would be passed over: the command is for a stack already."""
    with pytest.raises(ConfigError, match="another stack than shop") as caught:
        settings_of(place, {"name": Literal("other")})
    assert caught.value.where == "--set name=other"
    assert "--stack other" in caught.value.next_step


def test_a_variable_that_names_another_stack_is_refused(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APIMLB_NAME", "other")
    with pytest.raises(ConfigError, match="another stack than shop") as caught:
        settings_of(place, {})
    assert caught.value.where == "APIMLB_NAME"


def test_the_stacks_own_name_may_be_said_again(place: Workspace) -> None:
    assert settings_of(place, {"name": Literal("shop")}).tables["name"] == "shop"
