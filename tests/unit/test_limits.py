"""Windows and buckets: never more than the limit, and who waits as told gets in."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.limits import Bucket, FixedWindow, SlidingWindow

NOON = 1_800_000_000.0
gaps = st.lists(st.tuples(st.floats(0, 45, allow_nan=False), st.integers(0, 12)), min_size=1, max_size=60)


def drive(limit, arrivals):
    """(time, cost) of what was let through, as `limit` decides."""
    now, admitted = NOON, []
    for gap, cost in arrivals:
        now += gap
        limit, decision = limit.take(now, cost)
        assert decision.remaining >= 0
        assert (decision.wait == 0) == decision.allowed
        if decision.allowed:
            admitted.append((now, cost))
    return admitted


class TestFixedWindow:
    def test_opens_with_the_first_cost_and_resets_when_it_ends(self):
        window = FixedWindow(limit=10, seconds=60)
        window, first = window.take(NOON, 7)
        window, refused = window.take(NOON + 20, 4)
        window, fits = window.take(NOON + 30, 3)
        window, fresh = window.take(NOON + 60, 10)
        assert (first.allowed, first.remaining, first.reset) == (True, 3, 60)
        assert (refused.allowed, refused.remaining, refused.wait) == (False, 3, 40)
        assert fits.allowed
        assert (fresh.allowed, fresh.remaining) == (True, 0)

    def test_aligned_windows_lie_on_the_clock(self):
        window, decision = FixedWindow(10, 60, aligned=True).take(NOON + 59, 1)
        assert decision.reset == pytest.approx(1)
        assert window.start == NOON

    def test_a_cost_above_the_limit_waits_for_ever(self):
        _, decision = FixedWindow(10, 60).take(NOON, 11)
        assert decision.wait == math.inf

    def test_a_charge_counts_without_asking(self):
        window = FixedWindow(10, 60).charge(NOON, 25)
        _, decision = window.take(NOON + 1, 1)
        assert (decision.allowed, decision.remaining, decision.wait) == (False, 0, 59)

    def test_a_smaller_limit_holds_at_once_and_keeps_what_is_used(self):
        window, _ = FixedWindow(10, 60).take(NOON, 8)
        _, decision = window._replace(limit=9).take(NOON + 1, 2)
        assert not decision.allowed

    @given(gaps, st.booleans())
    def test_never_more_than_the_limit_in_a_window(self, arrivals, aligned):
        window, now = FixedWindow(20, 60, aligned), NOON
        used: dict[float, float] = {}
        for gap, cost in arrivals:
            now += gap
            window, decision = window.take(now, cost)
            used[window.start] = used.get(window.start, 0) + (cost if decision.allowed else 0)
        assert max(used.values()) <= 20
        starts = sorted(used)
        assert all(late - early >= 60 - 1e-5 for early, late in pairwise(starts))


class TestSlidingWindow:
    def test_lets_in_as_much_as_has_left(self):
        window = SlidingWindow(limit=10, seconds=60)
        window, _ = window.take(NOON, 6)
        window, _ = window.take(NOON + 30, 4)
        window, refused = window.take(NOON + 40, 5)
        window, late = window.take(NOON + 60, 6)
        assert (refused.allowed, refused.wait, refused.reset) == (False, 20, 50)
        assert late.allowed

    def test_an_empty_log_resets_at_once(self):
        _, decision = SlidingWindow(10, 60).take(NOON, 11)
        assert (decision.allowed, decision.reset, decision.wait) == (False, 0, math.inf)

    @given(gaps)
    def test_never_more_than_the_limit_in_any_window(self, arrivals):
        admitted = drive(SlidingWindow(20, 60), arrivals)
        for end, _ in admitted:
            inside = sum(cost for time, cost in admitted if end - 60 + 1e-5 < time <= end)
            assert inside <= 20


class TestBucket:
    def test_drains_at_its_rate(self):
        bucket = Bucket(capacity=60, rate=1)
        bucket, _ = bucket.take(NOON, 60)
        bucket, refused = bucket.take(NOON + 10, 20)
        bucket, fits = bucket.take(NOON + 20, 20)
        assert (refused.allowed, refused.wait, refused.reset) == (False, 10, 50)
        assert (fits.allowed, fits.remaining) == (True, 0)

    def test_a_charge_may_overfill_and_a_negative_one_gives_back(self):
        bucket = Bucket(60, 1).charge(NOON, 100)
        assert bucket.take(NOON, 0)[1].wait == 40
        assert bucket.charge(NOON, -70).level == 30
        assert bucket.charge(NOON, -200).level == 0

    def test_without_a_rate_it_never_drains(self):
        bucket, _ = Bucket(1, 0).take(NOON, 1)
        assert bucket.take(NOON + 1e6, 1)[1].wait == math.inf

    @given(gaps)
    def test_what_is_let_through_fits_capacity_and_rate(self, arrivals):
        admitted = drive(Bucket(20, 0.5), arrivals)
        for first in range(len(admitted)):
            for last in range(first, len(admitted)):
                total = sum(cost for _, cost in admitted[first : last + 1])
                assert total <= 20 + 0.5 * (admitted[last][0] - admitted[first][0]) + 1e-3


@pytest.mark.parametrize("empty", [FixedWindow(20, 60), SlidingWindow(20, 60), Bucket(20, 1 / 3)])
class TestEveryLimit:
    @given(arrivals=gaps, cost=st.integers(1, 20))
    def test_who_waits_as_told_gets_in(self, empty, arrivals, cost):
        limit, now = empty, NOON
        for gap, each in arrivals:
            now += gap
            limit, _ = limit.take(now, each)
        limit, decision = limit.take(now, cost)
        if not decision.allowed:
            assert limit.take(now + decision.wait, cost)[1].allowed

    @given(arrivals=gaps, cost=st.integers(0, 20))
    def test_who_asks_for_less_gets_in_where_more_does(self, empty, arrivals, cost):
        limit, now = empty, NOON
        for gap, each in arrivals:
            now += gap
            limit, _ = limit.take(now, each)
        if limit.take(now, cost)[1].allowed:
            assert all(limit.take(now, less)[1].allowed for less in range(cost))

    def test_a_refusal_changes_nothing(self, empty):
        limit, _ = empty.take(NOON, 20)
        refused, decision = limit.take(NOON, 1)
        assert (refused, decision.allowed) == (limit, False)


def test_a_window_of_many_calls_stays_small_and_nearly_exact() -> None:
    window = SlidingWindow(20_000, 60)
    allowed = 0
    for call in range(30_000):
        window, decision = window.take(call * 0.001)
        allowed += decision.allowed
    assert (allowed, window.used) == (20_000, 20_000)
    assert len(window.log) <= 512
    assert 30 - 60 / 256 <= window.take(30)[1].wait <= 30
    assert window.at(20 + 60).used == 0


WINDOWS = st.sampled_from(
    [FixedWindow(100, 60), FixedWindow(100, 60, aligned=True), SlidingWindow(100, 60), Bucket(100, 100 / 60)]
)
CALLS = st.lists(st.tuples(st.floats(0, 40), st.integers(1, 120)), max_size=30)


@given(WINDOWS, CALLS, st.integers(1, 100))
def test_who_waits_as_long_as_told_is_let_in_and_who_comes_a_moment_earlier_is_not(window, calls, cost):
    now = 1_800_000_000.0
    for gap, spent in calls:
        now += gap
        window, _ = window.take(now, spent)
    wait = window.wait(now, cost)
    assert window.take(now + wait, cost)[1].allowed
    if wait > 0.01:
        assert not window.take(now + wait - 0.01, cost)[1].allowed


@given(WINDOWS, CALLS, st.floats(0, 30), st.integers(1, 100))
def test_correcting_what_was_just_counted_is_as_if_it_had_been_counted_right(window, calls, later, right):
    now = 1_800_000_000.0
    for gap, spent in calls:
        now += gap
        window, _ = window.take(now, spent)
    wrong, true = window.charge(now, 30), window.charge(now, right)
    corrected = wrong.correct(now, right - 30, now)
    assert corrected.at(now + later).used == pytest.approx(true.at(now + later).used)
