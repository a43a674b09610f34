"""Settings of an account by their names."""

from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import ConfigError
from apimlb.local.openai.adjustment import adjusted
from apimlb.local.openai.switches import CHARGES, Settings, Switches

NAMES = [each.name for kind in (Settings, Switches) for each in fields(kind)]


def test_what_is_named_changes_and_the_rest_stays():
    before = Settings(seed=3, switches=Switches(body="429"))
    asked = {
        "pressure": 2,
        "token_seconds": 0.02,
        "rate_headers": "stale",
        "charging": "words",
        "fills_limit": True,
        "answer_tokens": [1, 2],
        "blocked_terms": ["x"],
    }
    after = adjusted(before, asked)
    assert (after.seed, after.switches.body) == (3, "429")
    assert (after.pressure, after.token_seconds, after.fills_limit) == (2.0, 0.02, True)
    assert (after.switches.rate_headers, after.switches.charging) == ("stale", CHARGES["words"])
    assert (after.answer_tokens, after.blocked_terms) == ((1, 2), ("x",))
    assert adjusted(before, {}) == before


@pytest.mark.parametrize(
    ("asked", "help"),
    [
        ({"speed": 1}, "An account has no setting 'speed'"),
        ({"presure": 2}, "Did you mean pressure?"),
        ({"switches": {}}, "An account has no setting 'switches'"),
        ({"charging": "guess"}, "Choose one of likely,"),
        ({"rate_headers": "none"}, "Choose one of numbers, sentinel"),
        ({"pressure": 0}, "above 0"),
        ({"hidden_pressure": 0}, "above 0"),
        ({"token_seconds": -1}, "from 0 up"),
        ({"fills_limit": 1}, "true or false"),
        ({"seed": 1.5}, "from 0 up"),
        ({"seed": True}, "from 0 up"),
        ({"answer_tokens": [9, 1]}, "the least and the most"),
        ({"blocked_terms": "x"}, "a list of texts"),
    ],
)
def test_what_cannot_be_is_told(asked, help):
    with pytest.raises(ConfigError) as refused:
        adjusted(Settings(), asked)
    assert help in f"{refused.value.what} {refused.value.next_step}"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(NAMES), anything, max_size=3))
def test_whatever_is_asked_is_taken_or_refused(asked):
    with suppress(ConfigError):
        assert isinstance(adjusted(Settings(), asked), Settings)
