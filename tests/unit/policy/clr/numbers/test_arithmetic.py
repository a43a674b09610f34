"""Numbers wrap, divide and show themselves as in C#."""

from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Single, divide, remainder, wrap, wrap32
from apimlb.policy.clr.numbers.formatting import float_text, format_number


@given(st.integers(-(2**70), 2**70), st.sampled_from(sorted(INTEGERS)))
def test_wrapping_keeps_the_low_bits(value: int, name: str) -> None:
    lowest, highest, make = INTEGERS[name]
    wrapped = wrap(value, name)
    assert lowest <= wrapped <= highest
    assert (wrapped - value) % (highest - lowest + 1) == 0
    assert type(wrapped) is make


@given(st.integers())
def test_the_short_way_for_int_is_the_same(value: int) -> None:
    assert wrap32(value) == wrap(value, "Int32")


@given(st.integers(-(10**12), 10**12), st.integers(-(10**6), 10**6).filter(bool))
def test_division_goes_towards_zero(left: int, right: int) -> None:
    assert divide(left, right) * right + remainder(left, right) == left
    assert abs(remainder(left, right)) < abs(right)
    assert remainder(left, right) * left >= 0


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_reads_back_as_itself(value: float) -> None:
    assert float(float_text(value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_single_reads_back_as_itself(value: float) -> None:
    assert Single(float(float_text(Single(value)))) == value


@given(st.integers(-(10**9), 10**9), st.integers(0, 12))
def test_padding_with_zeros_keeps_the_number(value: int, width: int) -> None:
    text = format_number(value, f"D{width}")
    assert int(text) == value
    assert len(text.lstrip("-")) >= width
