"""What a call counts for, and over which minute: profiles, because nobody outside Azure knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.openai.ask import estimate
from apimlb.local.openai.models import Model
from apimlb.local.openai.switches import CHARGES, Charging, Switches
from apimlb.local.openai.throttle import Limits, Rate, changed_meter, new_meter

NOON = 1_800_000_000.0
GPT = Model("gpt-5.1", "2025-11-13", stated_output=128_000)
TWELVE_WORDS = {"messages": [{"role": "user", "content": " ".join(["token"] * 12)}]}
SMALL = Limits(Rate(1000, 60), Rate(10_000, 60))


def charged(body, profile, operation="chat", prompt_tokens=30):
    return estimate(body, prompt_tokens, operation, GPT, CHARGES[profile])


def meter_of(profile):
    switches = Switches(charging=CHARGES[profile])
    return new_meter(SMALL, switches), switches


class TestEstimates:
    @pytest.mark.parametrize(
        ("profile", "tokens"),
        [
            ("likely", 30 + 16),
            ("clock-minutes", 30 + 16),
            ("simulator", 16),
            ("words", 16 + 16),
            ("two-characters", 60 + 16),
            ("six-characters", 20 + 16),
            ("thousand", 30 + 1000),
            ("model-maximum", 30 + 128_000),
        ],
    )
    def test_of_a_call_without_max_tokens(self, profile, tokens):
        assert charged(TWELVE_WORDS, profile) == tokens

    @pytest.mark.parametrize("profile", CHARGES)
    def test_take_a_stated_limit_and_best_of_for_what_they_say(self, profile):
        asked = charged({**TWELVE_WORDS, "max_tokens": 100, "best_of": 3}, profile)
        assert asked - charged({**TWELVE_WORDS, "max_tokens": 100}, profile) == 200

    @pytest.mark.parametrize("profile", CHARGES)
    def test_of_embeddings_are_their_input(self, profile):
        assert charged({"input": "text"}, profile, "embeddings", 7) == 7

    def test_likely_is_the_default_and_adverse_is_another(self):
        assert Switches().charging == CHARGES["likely"] == Charging()


class TestMinutes:
    def spend(self, profile, start, gap):
        """Whether a second call of 600 of 1,000 tokens passes `gap` seconds after a first one at `start`."""
        meter, switches = meter_of(profile)
        meter, first = meter.admit(start, 600, switches)
        assert first.refused_by == ""
        return meter.admit(start + gap, 600, switches)[1]

    def test_opened_by_a_call_last_sixty_seconds_from_there(self):
        assert self.spend("likely", NOON + 50, 59).refused_by == "token"
        assert self.spend("likely", NOON + 50, 60).refused_by == ""

    def test_of_the_clock_end_with_it(self):
        assert self.spend("clock-minutes", NOON + 50, 9).wait == pytest.approx(1)
        assert self.spend("clock-minutes", NOON + 50, 10).refused_by == ""

    def test_that_slide_give_back_what_is_sixty_seconds_old(self):
        meter, switches = meter_of("simulator")
        for at in (0, 40):
            meter, _ = meter.admit(NOON + at, 500, switches)
        refused = meter.admit(NOON + 50, 100, switches)[1]
        assert (refused.refused_by, refused.wait) == ("token", pytest.approx(10))
        assert meter.admit(NOON + 60, 500, switches)[1].refused_by == ""
        assert meter.admit(NOON + 60, 501, switches)[1].refused_by == "token"

    @pytest.mark.parametrize("profile", CHARGES)
    def test_cannot_be_waited_for_by_a_call_above_the_limit(self, profile):
        meter, switches = meter_of(profile)
        admission = meter.admit(NOON, 1001, switches)[1]
        assert (admission.refused_by, admission.oversize) == ("token", True)

    @given(
        st.sampled_from(sorted(CHARGES)),
        st.lists(st.tuples(st.floats(0, 20), st.integers(1, 500)), max_size=30),
        st.integers(1, 2000),
    )
    def test_never_give_back_what_is_used_when_capacity_changes(self, profile, calls, after):
        meter, switches = meter_of(profile)
        now = NOON
        for gap, cost in calls:
            now += gap
            meter, _ = meter.admit(now, cost, switches)
        used = meter.tokens.at(now).used
        changed = changed_meter(meter, Limits(Rate(after, 60), Rate(10_000, 60)), switches, now)
        admission = changed.admit(now, 1, switches)[1]
        assert (admission.refused_by == "token") == (used + 1 > after)
