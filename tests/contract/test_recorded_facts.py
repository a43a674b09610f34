"""Everything that Azure was recorded to do, and the local Azure does too."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.facts import FACTS, Fact
from tests.contract.replay import Replay
from tests.contract.scripts import SCRIPTS
from tests.contract.shared import folder

Json = dict[str, Any]
_PLAYED: dict[str, Replay] = {}


@pytest.fixture
async def played() -> Mapping[str, Replay]:
    """Every recording, played once for all tests."""
    for name, script in SCRIPTS.items():
        if name not in _PLAYED:
            _PLAYED[name] = await Replay(name, script).play()
    return _PLAYED


IN_SCOPE = [fact for fact in FACTS if not fact.out]


@pytest.mark.parametrize("fact", IN_SCOPE, ids=[f"{fact.number} {fact.says}" for fact in IN_SCOPE])
async def test_a_recorded_fact_is_true_here(fact: Fact, played: Mapping[str, Replay]) -> None:
    problems = []
    for name, number in fact.exchanges:
        replay = played[name]
        if number not in replay.script.left_out:
            problems += [f"{name} {number}: {text}" for text in replay.exchanges[number].problems]
    assert problems == []
    if fact.more:
        fact.more(played)


@pytest.mark.parametrize("name", SCRIPTS)
async def test_every_exchange_is_like_the_recorded_one(name: str, played: Mapping[str, Replay]) -> None:
    """Also those that no fact names; what is excused is needed."""
    replay = played[name]
    assert {number: done.problems for number, done in replay.exchanges.items() if done.problems} == {}
    assert set(replay.script.excused) == replay.needed


def test_no_fact_is_forgotten() -> None:
    """The table has the numbers and the sources of the list that was made from the recordings."""
    listed = (folder() / "reference" / "recorded-facts.md").read_text()
    found = re.findall(r"^(\d+)\. .*\[([^\]]*)\]\s*$", listed, re.MULTILINE)
    assert [(str(fact.number), fact.sources) for fact in FACTS] == found
    assert [fact.number for fact in FACTS] == list(range(1, len(FACTS) + 1))


def test_every_recording_is_played() -> None:
    there = {path.stem for path in (folder() / "recordings").glob("*.json")}
    assert there == set(SCRIPTS)
