"""The breaker opens when its rule is met, stays open as long as it was told, and then simply closes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import ConfigError
from apimlb.local.gateway.breaker import (
    Breaker,
    LateFailures,
    Outcome,
    Rule,
    Window,
    parse_duration,
    read_rule,
    record,
    retry_after,
)

NOW = 1_800_000_000.0
THROTTLED = Outcome(429, "20")
SERVED = Outcome(200)
MICROSOFTS = {
    "rules": [
        {
            "name": "throttled",
            "failureCondition": {
                "count": 1,
                "interval": "PT5M",
                "statusCodeRanges": [{"min": 429, "max": 429}],
                "errorReasons": ["Server errors"],
            },
            "tripDuration": "PT1M",
            "acceptRetryAfter": True,
        }
    ]
}


def rule(**changes: object) -> Rule:
    made: dict[str, object] = {
        "interval": 60.0,
        "trip": 30.0,
        "count": 1,
        "statuses": ((429, 429), (500, 599)),
        **changes,
    }
    return Rule(**made)  # type: ignore[arg-type]


def after(
    rule: Rule,
    *outcomes: tuple[float, Outcome],
    window: Window = "sliding",
    late: LateFailures = "ignored",
) -> Breaker:
    """The state after outcomes at seconds from NOW."""
    state = Breaker()
    for at, outcome in outcomes:
        state = record(state, rule, outcome, NOW + at, window=window, late=late)
    return state


def test_one_throttled_answer_opens_it_for_the_trip_duration() -> None:
    state = after(rule(), (0, THROTTLED))
    assert state.is_open(NOW + 29.999)
    assert not state.is_open(NOW + 30)


def test_retry_after_counts_literally_where_it_is_accepted_even_a_day() -> None:
    accepting = rule(accept_retry_after=True)
    assert after(accepting, (0, THROTTLED)).open_until == NOW + 20
    assert after(accepting, (0, Outcome(429, "86400"))).open_until == NOW + 86400
    assert after(accepting, (0, Outcome(429, "Fri, 15 Jan 2027 08:01:00 GMT"))).open_until == NOW + 60


def test_without_retry_after_an_accepting_rule_falls_back_to_the_trip_duration() -> None:
    accepting = rule(accept_retry_after=True)
    assert after(accepting, (0, Outcome(429))).open_until == NOW + 30
    assert after(accepting, (0, Outcome(429, "soon"))).open_until == NOW + 30


def test_successes_and_other_statuses_leave_it_closed() -> None:
    state = after(rule(), (0, SERVED), (1, Outcome(404)), (2, Outcome(499)))
    assert not state.is_open(NOW + 2)


def test_it_takes_as_many_failures_as_the_rule_says_within_the_interval() -> None:
    third = rule(count=3)
    assert not after(third, (0, THROTTLED), (50, THROTTLED)).is_open(NOW + 50)
    assert after(third, (0, THROTTLED), (50, THROTTLED), (59, THROTTLED)).is_open(NOW + 59)
    assert not after(third, (0, THROTTLED), (50, THROTTLED), (60, THROTTLED)).is_open(NOW + 60)


def test_a_success_in_between_forgives_nothing() -> None:
    assert after(rule(count=2), (0, THROTTLED), (1, SERVED), (2, THROTTLED)).is_open(NOW + 2)


def test_a_tumbling_window_forgets_at_its_edge() -> None:
    outcomes = ((55, THROTTLED), (65, THROTTLED))
    assert NOW % 60 == 0
    assert after(rule(count=2), *outcomes).is_open(NOW + 65)
    assert not after(rule(count=2), *outcomes, window="tumbling").is_open(NOW + 65)


def test_a_percentage_looks_at_all_calls_of_the_interval() -> None:
    half = rule(count=0, percentage=50)
    assert not after(half, (0, SERVED), (1, SERVED), (2, THROTTLED)).is_open(NOW + 2)
    assert after(half, (0, SERVED), (1, SERVED), (2, THROTTLED), (3, THROTTLED)).is_open(NOW + 3)
    assert after(half, (0, SERVED), (1, SERVED), (70, THROTTLED)).is_open(NOW + 70)
    assert after(half, (0, SERVED), (1, THROTTLED), window="tumbling").is_open(NOW + 1)


def test_a_busy_backend_does_not_grow_the_state() -> None:
    calls = [(second / 100, SERVED) for second in range(6000)]
    assert len(after(rule(count=0, percentage=50), *calls).slots) <= 62
    failures = [(second / 100, THROTTLED) for second in range(6000)]
    assert len(after(rule(count=7000), *failures).slots) <= 6000


def test_after_it_closes_it_starts_anew() -> None:
    second = rule(count=2)
    state = after(second, (0, THROTTLED), (1, THROTTLED))
    state = record(state, second, THROTTLED, NOW + 31)
    assert not state.is_open(NOW + 31)
    assert record(state, second, THROTTLED, NOW + 32).is_open(NOW + 32)


def test_a_failure_that_was_under_way_when_it_opened_is_ignored_or_extends() -> None:
    accepting = rule(accept_retry_after=True)
    outcomes = ((0, Outcome(429, "10")), (5, Outcome(429, "10")), (6, SERVED), (7, Outcome(429, "1")))
    assert after(accepting, *outcomes).open_until == NOW + 10
    assert after(accepting, *outcomes, late="extend").open_until == NOW + 15


def test_a_call_that_nobody_answered_counts_only_for_a_rule_that_names_its_reason() -> None:
    refused = Outcome(reason="BackendConnectionFailure")
    assert not after(rule(), (0, refused)).is_open(NOW)
    assert after(rule(reasons=frozenset({"backendconnectionfailure"})), (0, refused)).is_open(NOW)


def test_the_rule_that_microsofts_samples_deploy_is_read() -> None:
    assert read_rule(MICROSOFTS) == Rule(
        interval=300,
        trip=60,
        count=1,
        statuses=((429, 429),),
        reasons=frozenset({"server errors"}),
        accept_retry_after=True,
    )


@pytest.mark.parametrize("breaker", [None, {}, {"rules": []}, {"rules": None}])
def test_a_backend_without_rule_has_no_breaker(breaker: dict[str, object] | None) -> None:
    assert read_rule(breaker) is None


@pytest.mark.parametrize(
    "failure",
    [
        {},
        {"count": 0, "interval": "PT1M"},
        {"count": 1, "interval": "PT0S"},
        {"count": 1, "interval": "1 minute"},
        {"count": "many", "interval": "PT1M"},
        {"count": 1, "statusCodeRanges": [{"min": 429}]},
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(failure: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        read_rule({"rules": [{"failureCondition": failure, "tripDuration": "PT1M"}]})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT10S", 10), ("PT1M", 60), ("PT1H30M", 5400), ("P1D", 86400), ("P1DT1S", 86401), ("PT0.5S", 0.5)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "10", "PT10", "PT-1S", "1M", "pt1m", "P1W"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 7 ", 7),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30),
        ("Fri, 15 Jan 2027 08:00:30 -0000", 30),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("9" * 400, None),
        ("Fri, 99 Jan 2027 08:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


outcomes = st.builds(
    Outcome,
    status=st.sampled_from([200, 429, 503]),
    retry_after=st.sampled_from([None, "0", "5", "90"]),
)
histories = st.lists(st.tuples(st.integers(0, 20), outcomes), max_size=30)


@given(histories, st.integers(1, 4), st.booleans(), st.sampled_from(["sliding", "tumbling"]))
def test_it_opens_exactly_when_enough_failures_lie_in_the_window(
    history: list[tuple[int, Outcome]], count: int, accept: bool, window: Window
) -> None:
    given_rule = rule(count=count, accept_retry_after=accept)
    state, now, counted = Breaker(), NOW, list[float]()
    for gap, outcome in history:
        now += gap
        was_open = state.is_open(now)
        state = record(state, given_rule, outcome, now, window=window)
        if was_open:
            continue
        counted += [now] if outcome.status != 200 else []
        edge = now - 60 if window == "sliding" else now // 60 * 60 - 0.001
        counted = [at for at in counted if at > edge]
        if outcome.status != 200 and len(counted) >= count:
            wait = float(outcome.retry_after) if accept and outcome.retry_after else 30.0
            assert state.open_until == now + wait
            counted = []
        else:
            assert not state.is_open(now)
