"""Counters of rates and quotas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.clock import isoformat
from apimlb.policy.run.counters import Algorithm, Counters, bounds, spoken

NOON = 1_800_014_400.0  # 2027-01-15T12:00:00Z, a Friday


class TestRates:
    def test_an_overshoot_is_paid_back_over_more_than_a_minute_by_a_bucket(self) -> None:
        counters = Counters("bucket")
        counters.spend("k", 60, NOON, 240)
        assert counters.wait("k", 60, NOON, 0) == 181
        assert counters.wait("k", 60, NOON + 181, 0) == 0

    def test_a_sliding_window_forgets_after_a_minute(self) -> None:
        counters = Counters("sliding")
        counters.spend("k", 60, NOON, 240)
        assert counters.wait("k", 60, NOON + 20, 0) == 40
        assert counters.wait("k", 60, NOON + 60, 0) == 0

    @pytest.mark.parametrize(("algorithm", "wait"), [("sliding", 10), ("bucket", 1)])
    def test_a_rate_may_be_of_other_times_than_a_minute(self, algorithm: Algorithm, wait: int) -> None:
        counters = Counters(algorithm)
        counters.spend("k", 10, NOON, 10, seconds=10)
        assert counters.wait("k", 10, NOON, 1, seconds=10) == wait
        assert counters.left("k", 10, NOON + 10, seconds=10) == 10

    @pytest.mark.parametrize("algorithm", ["sliding", "bucket"])
    def test_keys_do_not_know_each_other(self, algorithm: Algorithm) -> None:
        counters = Counters(algorithm)
        counters.spend("a", 100, NOON, 100)
        assert counters.wait("a", 100, NOON, 0) > 0
        assert (counters.wait("b", 100, NOON, 0), counters.left("b", 100, NOON)) == (0, 100)

    @given(
        st.sampled_from(["sliding", "bucket"]),
        st.lists(st.tuples(st.floats(0, 90), st.integers(0, 300)), max_size=20),
    )
    def test_whoever_waits_as_long_as_told_gets_through(
        self, algorithm: Algorithm, calls: list[tuple[float, int]]
    ) -> None:
        counters, now = Counters(algorithm), NOON
        for gap, cost in calls:
            now += gap
            counters.spend("k", 100, now, cost)
        assert counters.wait("k", 100, now + counters.wait("k", 100, now, 0), 0) == 0

    def test_the_oldest_of_very_many_keys_are_forgotten(self) -> None:
        counters = Counters()
        for number in range(10_001):
            counters.spend(str(number), 1, NOON, 1)
        assert (counters.wait("0", 1, NOON, 0), counters.wait("10000", 1, NOON, 0)) == (0, 60)


class TestQuotas:
    @pytest.mark.parametrize(
        ("period", "start", "end"),
        [
            ("Hourly", "2027-01-15T12:00", "2027-01-15T13:00"),
            ("Daily", "2027-01-15T00:00", "2027-01-16T00:00"),
            ("Weekly", "2027-01-11T00:00", "2027-01-18T00:00"),
            ("Monthly", "2027-01-01T00:00", "2027-02-01T00:00"),
            ("Yearly", "2027-01-01T00:00", "2028-01-01T00:00"),
        ],
    )
    def test_are_counted_in_periods_of_the_calendar(self, period: str, start: str, end: str) -> None:
        assert [isoformat(moment)[:16] for moment in bounds(period, NOON + 1234)] == [start, end]

    def test_begin_anew_with_each_period(self) -> None:
        counters = Counters()
        counters.draw("k", NOON, 40)
        counters.draw("k", NOON, 2)
        assert counters.spent("k", NOON) == 42
        assert counters.spent("k", NOON + 3600) == 0
        assert counters.spent("other", NOON) == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (1293, "21 minutes and 33 seconds"),
        (3600, "1 hour"),
        (90_061, "1 day, 1 hour, 1 minute and 1 second"),
    ],
)
def test_a_time_is_said_in_words(seconds: int, text: str) -> None:
    assert spoken(seconds) == text
