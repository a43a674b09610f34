"""Numbers in texts that others wrote."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.numerals import is_digits, is_json_integer, is_json_number, real, signed_integer

TEXTS = st.text("0123456789+-._eE \t٣１nafi", max_size=8)
ODD = ["", " ", "1_0", "٣", "１", "nan", "Infinity", "1_0.5", "²", "0x1", "1e", "+", "- 1", "1\u00a0"]


def refused(read: Callable[[str], float], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("text", ODD)
def test_what_only_python_reads_is_no_number(text: str) -> None:
    assert not is_digits(text)
    assert not is_json_integer(text)
    assert not is_json_number(text)
    for read in (signed_integer, real):
        assert refused(read, text)


@given(TEXTS)
def test_numbers_of_json_are_those_that_json_reads(text: str) -> None:
    try:
        plain = type(json.loads(text)) in (int, float) and text == text.strip() and text.isascii()
    except ValueError:
        plain = False
    assert is_json_number(text) == plain
    assert is_json_integer(text) == (plain and re.search("[.eE]", text) is None)


@given(TEXTS)
def test_what_is_read_is_what_python_reads_of_it(text: str) -> None:
    try:
        found = signed_integer(text)
    except ValueError:
        return
    assert found == int(text)
    assert real(text) == found


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * 400])
def test_a_real_number_is_finite(text: str) -> None:
    assert refused(real, text)
