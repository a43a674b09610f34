"""Values as text, whatever else is loaded; and what it costs to lay one out."""

import subprocess
import sys
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.budget import REQUEST_STEPS, Allowance
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers.formatting import format_number
from apimlb.policy.clr.objects.text import format_value

VALUES = [7, 1e300, 1e-300, Decimal("1.5"), DateTime(0), DateTimeOffset(0), TimeSpan(1)]


def steps_of(value: object, layout: str) -> int:
    allowance = Allowance()
    with (
        allowance.turn(),
        suppress(ClrException),
    ):  # a layout that the type does not know has been read all the same
        format_value(value, layout)
    return REQUEST_STEPS - allowance.steps


@given(st.sampled_from(VALUES), st.text("0#.,%eE'\\\\yMdhms;", min_size=2, max_size=400))
def test_a_layout_costs_a_step_for_each_character(value: object, layout: str) -> None:
    assert steps_of(value, layout) >= len(layout)


@pytest.mark.parametrize("value", [1e300, 1e-300])
def test_the_zeros_of_a_number_cost_too(value: float) -> None:
    assert steps_of(value, "0.0") > steps_of(1.0, "0.0") + 20


def test_a_layout_may_have_a_thousand_characters() -> None:
    assert format_number(1, "0" * 1000) == "1".rjust(1000, "0")
    with pytest.raises(ClrException, match="1000 characters in one format string"):
        format_number(1, "0" * 1001)


@pytest.mark.parametrize(
    ("home", "value", "text"),
    [
        ("dates.instants", "DateTime(0)", "01/01/0001 00:00:00"),
        ("numbers.arithmetic", "Single(0.5)", "0.5"),
        ("json.tokens", "JValue(True, 'Boolean')", "True"),
        ("xml.reader", "parse_element('<a  />')", "<a />"),
        ("objects.tuples", "ClrTuple((1, None), '')", "(1, )"),
        ("objects.anonymous", "Anonymous({'a': 1})", "{ a = 1 }"),
        ("guids", "EMPTY", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_value_has_its_text_when_only_its_home_is_loaded(home: str, value: str, text: str) -> None:
    code = f"""
from apimlb.policy.clr.{home} import *
from apimlb.policy.clr.objects.text import text_of
print(text_of({value}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == text
