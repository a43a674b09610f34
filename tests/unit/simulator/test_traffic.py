"""Who comes, when, and with what: at random, or as a file says."""

import json
from itertools import islice, takewhile
from statistics import fmean

import pytest

from apimlb.errors import ConfigError
from apimlb.local.openai import tokens
from apimlb.simulator.profiles import profile
from apimlb.simulator.scenario import Scenario, Span, seconds, span
from apimlb.simulator.trace import read_trace
from apimlb.simulator.traffic import arrivals, questions


def hour(scenario: Scenario, rate: float = 2.0):
    return list(takewhile(lambda arrival: arrival[0] < 3600, arrivals(scenario, rate)))


def test_what_an_account_reads_is_what_a_client_sends():
    for question in islice(questions(Scenario(streams=0.5, profile=profile("unstated"))), 200):
        assert json.loads(question.encoded()) == question.body
        assert tokens.in_prompt(question.body) == question.prompt_tokens


def test_sizes_have_the_mean_and_the_spread_that_was_asked_for():
    spread = [question.tokens for question in islice(questions(Scenario(mean_tokens=500)), 20_000)]
    assert 480 < fmean(spread) < 520
    assert min(spread) < 100
    assert max(spread) > 5_000
    assert {question.tokens for question in islice(questions(Scenario(sigma=0)), 50)} == {500}


def test_prompt_and_completion_can_have_means_of_their_own():
    drawn = list(islice(questions(Scenario(prompt=400, completion=100)), 20_000))
    assert 380 < fmean(question.prompt_tokens for question in drawn) < 420
    assert 95 < fmean(question.limit or 0 for question in drawn) < 110


def test_the_same_seed_brings_the_same_and_another_one_others():
    assert hour(Scenario(seed=1)) == hour(Scenario(seed=1)) != hour(Scenario(seed=2))


@pytest.mark.parametrize("shape", ["steady", "bursts"])
def test_an_hour_has_as_many_as_the_rate_says(shape):
    assert 6_900 < len(hour(Scenario(shape=shape))) < 7_500


def test_bursts_are_four_times_as_dense():
    moments = [moment for moment, _ in hour(Scenario(shape="bursts"))]
    inside = sum(moment % 300 < 30 for moment in moments)
    assert 0.35 < inside / len(moments) < 0.45


def test_a_day_has_its_peak_in_the_afternoon():
    day = takewhile(lambda arrival: arrival[0] < 86_400, arrivals(Scenario(shape="day"), 0.2))
    by_hour = [0] * 24
    for moment, _ in day:
        by_hour[int(moment // 3600)] += 1
    assert 12 <= by_hour.index(max(by_hour)) <= 16
    assert min(by_hour) < 0.5 * max(by_hour)


def test_a_trace_says_when_and_how_much(tmp_path):
    file = tmp_path / "trace.csv"
    file.write_text("stream,Seconds,prompt_tokens,completion_tokens\n,10,100,50\ntrue,12.5,200,80\n")
    (first, one), (second, two) = arrivals(Scenario(trace=file), 1.0)
    assert (first, one.prompt_tokens, one.limit, one.stream) == (0, 100, 50, False)
    assert (second, two.prompt_tokens, two.limit, two.stream) == (2.5, 200, 80, True)


def test_azures_published_traces_can_be_read(tmp_path):
    file = tmp_path / "azure.csv"
    file.write_text(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.9799600,110,27\n"
    )
    assert [line.at for line in read_trace(file)] == [0, pytest.approx(1.0)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("when,prompt_tokens,completion_tokens\n1,2,3\n", "no column seconds"),
        ("seconds,prompt_tokens,completion_tokens\n1,many,3\n", "line 2"),
        ("seconds,prompt_tokens,completion_tokens\n5,1,1\n4,1,1\n", "line 3"),
        ("seconds,prompt_tokens,completion_tokens\n5\n", "line 2"),
    ],
)
def test_what_is_wrong_with_a_trace_is_said(tmp_path, text, complaint):
    file = tmp_path / "trace.csv"
    file.write_text(text)
    with pytest.raises(ConfigError, match=complaint):
        list(read_trace(file))


def test_outages_are_written_with_their_times():
    assert span("swedencentral@10m-20m") == Span(600, 1200, "swedencentral", 0)
    assert span("swedencentral@90s-2h=503") == Span(90, 7200, "swedencentral", 503)
    assert seconds("1.5m") == 90
    for wrong in ("swedencentral", "a@20m-10m", "a@soon-later"):
        with pytest.raises(ConfigError):
            span(wrong)
