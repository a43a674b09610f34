from pathlib import Path

import pytest

from apimlb.cli.workspace import workspace
from apimlb.errors import ConfigError


def test_a_flag_beats_the_environment_beats_the_file(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text('name = "filed"')
    environ = {"APIMLB_STACK": "set", "APIMLB_CONFIG": str(file)}
    assert workspace(stack="flagged", environ=environ).stack == "flagged"
    assert workspace(environ=environ).stack == "set"
    assert workspace(environ={"APIMLB_CONFIG": str(file)}).stack == "filed"
    assert workspace(environ={}).stack == "apimlb"


def test_azure_and_the_local_azure_keep_their_files_apart(tmp_path: Path) -> None:
    azure = workspace(state=str(tmp_path), environ={})
    local = workspace(state=str(tmp_path), environ={"APIMLB_TARGET": "local"})
    assert local.local
    assert azure.directory != local.directory
    assert local.directory.is_relative_to(local.local_azure)


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ConfigError, match="APIMLB_TARGET"):
        workspace(environ={"APIMLB_TARGET": "mars"})


def test_a_file_that_is_named_and_missing_is_refused(tmp_path: Path) -> None:
    named = str(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="no such file"):
        workspace(config=named, environ={})
    with pytest.raises(ConfigError, match="no such file"):
        workspace(environ={"APIMLB_CONFIG": named})


def test_no_stack_takes_the_local_azures_place() -> None:
    with pytest.raises(ConfigError, match="local"):
        workspace(stack="local", environ={})
