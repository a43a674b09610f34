"""The clients' counts as shares, times and tokens; the conditions that fail a test."""

import json
from collections import Counter

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.schemas import DOCUMENTS
from apimlb.errors import ConfigError
from apimlb.loadtest.criteria import criterion
from apimlb.loadtest.results import KINDS, document, lines, percentile

COUNTS = {
    "chat|asked": 100,
    "chat|ended|200": 90,
    "chat|ended|429": 6,
    "chat|ended|503": 2,
    "chat|ended|-1": 1,
    "chat|sent|200": 90,
    "chat|sent|429": 20,
    "chat|sent|503": 2,
    "chat|took|1000": 80,
    "chat|took|4000": 10,
    "stream|asked": 10,
    "stream|ended|200": 10,
    "stream|sent|200": 10,
    "stream|took|2000": 10,
    "stream|first|250": 10,
    "waits|true": 14,
    "waits|short": 2,
    "waits|untried": 4,
    "account|East US 2|answers": 60,
    "account|East US 2|tokens": 30_000,
    "account|oai-x.openai.azure.com|answers": 30,
    "account|oai-x.openai.azure.com|tokens": 10_000,
    "account||answers": 10,
    "account||tokens": 50,
}
CALLED = {"eastus2": "eastus2", "oai-x.openai.azure.com": "second"}
TOLD = document(COUNTS, 120.0, CALLED)


def test_questions_are_told_by_how_they_ended() -> None:
    chat, stream = TOLD["kinds"]
    assert (chat["asked"], chat["unfinished"]) == (100, 2)
    assert (chat["answered"], chat["refused"], chat["errors"]) == (0.9184, 0.0612, 0.0204)
    assert (stream["answered"], stream["first_token_p95"]) == (1.0, 0.25)
    assert (TOLD["attempts"], TOLD["refusals"]) == (122, 20)


def test_times_are_those_of_answers() -> None:
    assert (TOLD["p50"], TOLD["p95"], TOLD["kinds"][1]["p50"]) == (1.0, 4.0, 2.0)
    assert TOLD["kinds"][0]["first_token_p50"] is None


def test_tokens_are_told_by_account_and_minute() -> None:
    rows = [(row["account"], row["answers"], row["tokens_per_minute"]) for row in TOLD["accounts"]]
    assert rows == [("eastus2", 60, 15_000), ("second", 30, 5_000), ("not told", 10, 25)]


def test_a_person_reads_it_in_eighty_columns() -> None:
    shown = list(lines(TOLD))
    assert max(map(len, shown)) <= 80
    assert any("14 let in, 2 refused again" in line for line in shown)


@given(st.dictionaries(st.sampled_from([*COUNTS]), st.integers(0, 50)), st.floats(0, 1e4))
def test_whatever_was_counted_is_a_document(counts: dict[str, int], seconds: float) -> None:
    told = {"gateway_url": "", "users": 1, "rpm": 0.0, "seed": 0, "failed": [], "report": ""}
    made = {**told, **document(counts, seconds, CALLED)}
    jsonschema.validate(json.loads(json.dumps(made)), DOCUMENTS["loadtest"])
    assert max(map(len, lines(made))) <= 80


@given(st.dictionaries(st.integers(0, 10_000), st.integers(1, 9), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_the_least_time_that_the_share_stays_within(
    times: dict[int, int], share: float
) -> None:
    found = percentile(Counter(times), share)
    every = sorted(ms for ms, count in times.items() for _ in range(count))
    assert found is not None
    assert sum(ms <= found * 1000 + 0.5 for ms in every) >= share * len(every)
    assert sum(ms < found * 1000 - 0.5 for ms in every) < share * len(every)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("429>5%", "5.56%"),
        ("429 > 0.06", ""),
        ("chat.429>6%", "6.12%"),
        ("stream.429>0", ""),
        ("errors>0", "1.85%"),
        ("answered<99%", "92.59%"),
        ("p95>2s", "4 s"),
        ("p95>4000ms", ""),
        ("p95>=4", "4 s"),
        ("stream.first-token.p95>200ms", "0.25 s"),
        ("chat.first-token.p95>1ms", ""),
        ("embeddings.p95>1ms", ""),
        ("false-waits>10%", "12.5"),
        ("false-waits>0.2", ""),
    ],
)
def test_a_condition_fails_the_test_when_it_comes_true(text: str, found: str) -> None:
    said = criterion(text).found(TOLD)
    assert bool(said) == bool(found), said
    assert found in said


@pytest.mark.parametrize("text", ["", "429", "429>", "p95>5%", "429>2s", "p42>1s", "chatt.p95>1s", "p95=2s"])
def test_a_condition_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        criterion(text)
    assert "--fail-if" in refused.value.what
    assert "p95" in refused.value.next_step


def test_every_kind_can_be_named_in_a_condition() -> None:
    assert [criterion(f"{kind}.p95>1s").kind for kind in KINDS] == [*KINDS]
