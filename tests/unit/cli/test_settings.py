"""`config show`: each setting as a file would have it."""

import json
import tomllib

import pytest
from typer.testing import CliRunner

from apimlb.cli.app import app


@pytest.mark.parametrize("flags", [[], ["--origin"]])
def test_what_is_shown_is_toml(flags: list[str]) -> None:
    shown = CliRunner().invoke(app, ["config", "show", *flags], catch_exceptions=False).stdout
    lines = [line.replace("  (default)", "") for line in shown.splitlines() if "(not set)" not in line]
    read = tomllib.loads("\n".join(" = ".join(line.split(maxsplit=1)) for line in lines))
    assert "'" not in shown, "texts are quoted in one way"
    assert len(read["audiences"]) > 1
    listed = CliRunner().invoke(app, ["config", "show", "--output", "json"], catch_exceptions=False).stdout
    values = {row["setting"]: row["value"] for row in json.loads(listed)}
    assert read["audiences"] == values["audiences"]
    assert read["accounts"]["eastus2"]["priority"] == values["accounts.eastus2.priority"]
