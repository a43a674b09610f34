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


def test_flags_are_shown_as_a_plan_would_take_them() -> None:
    typed = ["--origin", "--capacity", "chat=50", "--tier", "StandardV2", "--set", "units=3", "-o", "json"]
    shown = CliRunner().invoke(app, ["config", "show", *typed], catch_exceptions=False).stdout
    rows = {row["setting"]: (row["value"], row["origin"]) for row in json.loads(shown)}
    assert rows["deployments.chat.capacity"] == (50, "--capacity chat=50")
    assert rows["tier"] == ("StandardV2", "--tier StandardV2")
    assert rows["units"] == (3, "--set units=3")
    assert rows["strategy"][1] == "default"
