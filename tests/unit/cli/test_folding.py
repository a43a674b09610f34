"""Lines in a terminal: each fits, and nothing of it is lost."""

from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.folding import folded

words = st.lists(st.text("abc-/", min_size=1, max_size=30), min_size=1, max_size=12)


@given(words, st.integers(0, 60), st.integers(1, 120))
def test_every_line_fits_and_says_the_same(said: list[str], indent: int, columns: int) -> None:
    line = " ".join(said)
    told = list(folded([line], indent, columns))
    assert all(len(each) <= columns for each in told)
    assert "".join("".join(told).split()) == "".join(said)


def test_what_continues_a_line_stands_below_its_value() -> None:
    assert list(folded(['audiences  ["one", "two", "three"]'], 11, 24)) == [
        'audiences  ["one",',
        '    "two", "three"]',
    ]


def test_a_script_reads_each_line_whole() -> None:
    line = "word " * 100
    assert list(folded([line], 4, None)) == [line]
