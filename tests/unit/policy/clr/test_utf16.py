"""Text on its way in and out of expressions."""

from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.utf16 import decode, encode, enter, leave


@given(st.text())
def test_what_goes_in_comes_out(text: str) -> None:
    assert leave(enter(text)) == text
    assert decode(encode(enter(text))) == enter(text)


@given(st.text())
def test_the_length_is_counted_in_sixteen_bits(text: str) -> None:
    assert len(enter(text)) == len(text.encode("utf-16-le")) // 2


def test_half_a_pair_becomes_the_replacement_character() -> None:
    assert encode("a\ud83d") == b"a\xef\xbf\xbd"
