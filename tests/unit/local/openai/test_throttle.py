"""Meters: standard deployments in windows, provisioned ones in a bucket."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.openai.switches import Charging, Settings, Switches
from apimlb.local.openai.throttle import Limits, Rate, StandardMeter, changed_meter, limits_of, new_meter
from apimlb.local.store import Document

NOON = 1_800_000_000.0
LIKELY = Switches()


def limits(tokens=1000, requests=(10, 10)):
    return Limits(Rate(tokens, 60), Rate(*requests))


def deployment(sku, *rules):
    return Document("/d", "kind", {"sku": sku, "properties": {"rateLimits": list(rules)}})


class TestLimitsOf:
    def test_what_arm_stored_wins_over_capacity(self):
        rules = (
            {"key": "request", "count": 3, "renewalPeriod": 10},
            {"key": "token", "count": 1000, "renewalPeriod": 60},
        )
        found = limits_of(deployment({"name": "Standard", "capacity": 9}, *rules), Settings())
        assert found == Limits(Rate(1000, 60), Rate(3, 10))

    def test_one_unit_is_1000_tokens_a_minute_and_a_request_in_10_seconds(self):
        found = limits_of(deployment({"name": "Standard", "capacity": 3}), Settings())
        assert found == Limits(Rate(3000, 60), Rate(3, 10))

    def test_provisioned_units_are_worth_what_the_settings_say(self):
        found = limits_of(
            deployment({"name": "ProvisionedManaged", "capacity": 50}), Settings(unit_tokens=2000)
        )
        assert (found.tokens, found.provisioned) == (Rate(100_000, 60), True)


class TestRequests:
    @pytest.mark.parametrize(
        ("rate", "switches", "slices"),
        [
            ((600, 60), LIKELY, [(10, 1), (600, 60)]),
            ((30, 60), LIKELY, [(5, 10), (30, 60)]),
            ((1, 60), LIKELY, [(1, 60)]),
            ((1, 10), LIKELY, [(1, 10)]),
            ((1, 10), Switches(request_slice="one-second"), [(1, 1), (1, 10)]),
        ],
    )
    def test_are_counted_over_slices(self, rate, switches, slices):
        meter = new_meter(limits(requests=rate), switches)
        assert isinstance(meter, StandardMeter)
        assert [(window.limit, window.seconds) for window in meter.slices] == slices

    @given(st.lists(st.floats(0, 3), min_size=1, max_size=80))
    def test_no_slice_admits_more_than_its_share(self, gaps):
        meter, now, admitted = new_meter(limits(10**6, (100, 10)), LIKELY), NOON, []
        for gap in gaps:
            now += gap
            meter, admission = meter.admit(now, 1, LIKELY)
            assert isinstance(meter, StandardMeter)
            if not admission.refused_by:
                admitted.append((meter.slices[0].start, meter.slices[1].start))
        for place, most in ((0, 10), (1, 100)):
            starts = [starts[place] for starts in admitted]
            assert all(starts.count(start) <= most for start in starts)


class TestChanges:
    @given(st.integers(1, 2000), st.integers(1, 2000), st.lists(st.integers(1, 500), max_size=10))
    def test_capacity_never_gives_back_what_is_used(self, before, after, costs):
        meter = new_meter(limits(before, (1000, 10)), LIKELY)
        used = 0
        for cost in costs:
            meter, admission = meter.admit(NOON, cost, LIKELY)
            used += 0 if admission.refused_by else cost
        meter = changed_meter(meter, limits(after, (1000, 10)), LIKELY, NOON + 1)
        _, admission = meter.admit(NOON + 1, max(1, after - used + 1), LIKELY)
        assert admission.refused_by == "token"

    def test_another_kind_of_deployment_starts_afresh(self):
        meter, _ = new_meter(limits(), LIKELY).admit(NOON, 900, LIKELY)
        provisioned = Limits(Rate(1000, 60), Rate(1000, 60), provisioned=True)
        changed = changed_meter(meter, provisioned, LIKELY, NOON)
        assert changed.admit(NOON, 900, LIKELY)[1].refused_by == ""


class TestProvisioned:
    def meter(self):
        return new_meter(Limits(Rate(600, 60), Rate(600, 60), provisioned=True), LIKELY)

    def test_a_burst_may_pass_above_100_percent_then_waits_until_it_drains(self):
        meter, first = self.meter().admit(NOON, 900, LIKELY)
        meter, second = meter.admit(NOON, 1, LIKELY)
        assert (first.refused_by, second.refused_by) == ("", "utilization")
        assert second.wait == pytest.approx(30)
        assert meter.admit(NOON + second.wait, 1, LIKELY)[1].refused_by == ""

    def test_what_was_estimated_too_high_is_given_back(self):
        meter, _ = self.meter().admit(NOON, 900, LIKELY)
        assert meter.settle(NOON, 100 - 900, NOON, LIKELY).admit(NOON, 1, LIKELY)[1].refused_by == ""


class TestSettled:
    """What is charged when a call arrives, and corrected when its answer is there."""

    @pytest.mark.parametrize("minute", ["opened", "aligned", "sliding", "leaky"])
    def test_what_was_estimated_too_high_is_given_back(self, minute):
        switches = replace(LIKELY, charging=Charging(minute=minute, settled=True))
        meter, _ = new_meter(limits(requests=(100, 10)), switches).admit(NOON, 900, switches)
        assert meter.admit(NOON, 900, switches)[1].refused_by == "token"
        assert meter.settle(NOON, 50 - 900, NOON, switches).admit(NOON, 900, switches)[1].refused_by == ""

    def test_a_window_that_is_over_keeps_its_mistake(self):
        switches = replace(LIKELY, charging=Charging(settled=True))
        meter, _ = new_meter(limits(requests=(100, 10)), switches).admit(NOON, 900, switches)
        meter, _ = meter.admit(NOON + 61, 900, switches)
        settled = meter.settle(NOON + 62, 50 - 900, NOON, switches)
        assert settled.admit(NOON + 62, 900, switches)[1].refused_by == "token"

    def test_without_it_nothing_is_given_back(self):
        meter, _ = new_meter(limits(requests=(100, 10)), LIKELY).admit(NOON, 900, LIKELY)
        assert meter.settle(NOON, 50 - 900, NOON, LIKELY).admit(NOON, 900, LIKELY)[1].refused_by == "token"


def test_a_leaky_minute_takes_a_minutes_worth_at_once_and_then_what_has_drained():
    switches = replace(LIKELY, charging=Charging(minute="leaky"))
    meter, first = new_meter(limits(requests=(100, 10)), switches).admit(NOON, 1000, switches)
    _, second = meter.admit(NOON, 100, switches)
    assert (first.refused_by, second.refused_by) == ("", "token")
    assert second.wait == pytest.approx(6)
    assert meter.admit(NOON + 6, 100, switches)[1].refused_by == ""
