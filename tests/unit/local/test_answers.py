"""What was found out about Azure sets the local one, and a file that is none is told apart."""

import json
from pathlib import Path
from typing import Any

import pytest

from apimlb.errors import ConfigError
from apimlb.local.answers import answered
from apimlb.local.world import WorldSettings
from tests.told import lines_of


def written(folder: Path, answers: Any, version: int = 1) -> Path:
    file = folder / "answers.json"
    file.write_text(json.dumps({"version": version, "answers": answers}))
    return file


def test_answers_set_the_switches_that_they_are_about(tmp_path: Path) -> None:
    answers = {
        "gateway.weighting": "random",
        "gateway.cache_seconds": [0.01, 0.5],
        "gateway.wrong_method": 405,
        "policy.first_fast_retry_index": 1,
        "openai.charging": {"minute": "leaky", "unstated": "model-maximum", "characters_per_token": 3},
        "openai.body": "429",
        "fact.whatever": {"any": "thing"},
    }
    world = answered(WorldSettings(), written(tmp_path, answers))
    assert (world.gateway.weighting, world.gateway.wrong_method) == ("random", 405)
    assert world.gateway.cache_seconds == (0.01, 0.5)
    assert world.policy.first_fast_retry_index == 1
    charging = world.openai.switches.charging
    assert (charging.minute, charging.unstated, charging.characters_per_token) == (
        "leaky",
        "model-maximum",
        3.0,
    )
    assert charging.prompt == "characters"
    assert world.openai.switches.body == "429"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("gateway.wieghting", "random", "Did you mean gateway.weighting?"),
        ("elsewhere.weighting", "random", "there is no such switch"),
        ("gateway.weighting", "fair", "none of its readings, which are smooth, random"),
        ("gateway.wrong_method", True, "none of its readings"),
        ("policy.first_fast_retry_index", True, "none of its readings"),
        ("gateway.cache_seconds", [1], "none of its readings"),
        ("openai.charging", {"second": 1}, "it must be a table of minute"),
        ("openai.charging", {"minute": "long"}, "openai.charging.minute"),
    ],
)
def test_what_is_no_switch_or_no_reading_is_told(tmp_path: Path, name: str, value: Any, says: str) -> None:
    with pytest.raises(ConfigError, match="answers") as refused:
        answered(WorldSettings(), written(tmp_path, {name: value}))
    assert says in str(refused.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    wrong = {"gateway.wieghting": "random", "fact.spillover": 1, "policy.lookup_miss": "zero"}
    with pytest.raises(ConfigError) as refused:
        answered(WorldSettings(), written(tmp_path, wrong))
    told = lines_of(refused.value)
    assert len(told) == 2
    assert "Did you mean gateway.weighting?" in told[0]
    assert "policy.lookup_miss" in told[1]


def test_another_file_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    for file in (tmp_path / "none.json", tmp_path / "broken.json", written(tmp_path, {}, version=2)):
        with pytest.raises(ConfigError):
            answered(WorldSettings(), file)


def test_a_file_that_is_no_json_is_told_in_our_words_and_the_readers_come_last(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text("{oops")
    with pytest.raises(ConfigError, match="it goes wrong at line 1, column 2") as refused:
        answered(WorldSettings(), file)
    assert "Expecting property name" in refused.value.raw
    assert "Expecting" not in refused.value.what
