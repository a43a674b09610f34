"""What `apimlb regions` proposes is a command to paste: a plan made with it asks for what was looked for."""

import json
import shlex

import pytest

from tests.integration.command_line import CommandLine


@pytest.mark.parametrize(
    ("search", "deployment", "wanted"),
    [
        ("--capacity 40", "chat", ("gpt-5.1", "2025-11-13", "GlobalStandard")),
        ("--capacity 40 --sku DataZoneStandard", "chat", ("gpt-5.1", "2025-11-13", "DataZoneStandard")),
        (
            "--capacity 40 --model text-embedding-3-small --geography Europe",
            "embedding",
            ("text-embedding-3-small", "1", "GlobalStandard"),
        ),
        (
            "--capacity 40 --model text-embedding-3-large",
            "chat",
            ("text-embedding-3-large", "1", "GlobalStandard"),
        ),
    ],
)
def test_the_proposed_command_asks_for_what_was_looked_for(
    apimlb: CommandLine, search: str, deployment: str, wanted: tuple[str, str, str]
) -> None:
    found = json.loads(apimlb.ok("regions", *search.split(), "--output", "json").out)
    program, verb, *flags = shlex.split(found["command"])
    assert (program, verb) == ("apimlb", "deploy")
    planned = json.loads(apimlb.ok("plan", *flags, "--output", "json").out)
    made = [
        {field["path"]: field["after"] for field in change["fields"]}
        for change in planned["changes"]
        if change["label"].startswith("deployment ") and change["label"].endswith(f"/{deployment}")
    ]
    assert len(made) == len(found["proposal"]) > 0
    for fields in made:
        assert fields["sku.capacity"] == 40
        assert (
            fields["properties.model.name"],
            fields["properties.model.version"],
            fields["sku.name"],
        ) == wanted
