"""Python's engine and the machine that counts its steps find the same matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.budget import Allowance
from apimlb.policy.clr.catching import is_caught
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.regex.engine import engine_of
from apimlb.policy.clr.regex.patterns import Regex
from apimlb.policy.rehearse.cases import answer

PATTERNS = [
    "a+b?", "(a|b)*c", "^a.*b$", "(?<x>a)(b)?", "a{2,3}?b", "(?=ab)a", "(?<!a)b", "[^ab]+", r"\bab",
    "(?>a+)b", "(?i)AB",
    "a|", "(a)(?(1)b|c)", r"(a)\1", "(?:ab?)+c",
]  # fmt: skip


@given(st.sampled_from(PATTERNS), st.text("abcAB \n", max_size=12))
def test_both_engines_agree(pattern: str, text: str) -> None:
    engine = engine_of(pattern, 0)
    quick, counted = engine.search(text, 0), engine.machine.search(text, 0)
    assert (quick is None) == (counted is None)
    if quick is not None and counted is not None:
        assert [spans[-1:] for spans in quick] == [spans[-1:] for spans in counted]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*$", "(.*)*x", "a*a*a*a*a*b"])
def test_a_pattern_that_runs_away_is_stopped(pattern: str) -> None:
    with pytest.raises(ClrException, match="timed out"):
        Regex(pattern).first("a" * 5000 + "!")


def test_a_pattern_may_not_be_too_long() -> None:
    Regex("a" * 10_000)
    with pytest.raises(ClrException, match="exceeds 10000 characters in one regular expression"):
        Regex("a" * 10_001)


def test_a_pattern_pays_for_its_categories() -> None:
    with pytest.raises(ClrException, match="exceed the number of steps"), Allowance().turn():
        Regex("".join(rf"[\p{{L}}{digit}]+" for digit in range(300)))


def test_a_long_text_is_searched_with_many_long_sets() -> None:
    assert not Regex("".join(rf"[\p{{L}}{digit}]+ " for digit in range(20))).first("ab 12 " * 2500).success


@pytest.mark.parametrize("pattern", ["a{1001}", "(" * 61 + ")" * 61, r"[\p{IsThai}]"])
def test_what_is_lacking_is_caught_by_no_policy(pattern: str) -> None:
    with pytest.raises(ClrException, match="not supported here") as found:
        Regex(pattern)
    assert not is_caught(found.value)


def test_a_constant_pattern_that_is_lacking_is_refused_before_it_runs() -> None:
    written = '@{ try { return Regex.IsMatch("a", "a", RegexOptions.RightToLeft); } catch { return true; } }'
    found = answer(written, {})
    assert (found["compile_error"], found["line"], found["column"]) == ("NotSupported", 1, 31)


def test_a_look_behind_may_be_of_any_width() -> None:
    assert [match.value for match in Regex(r"(?<=\d+)x").matches("1x 22x x")] == ["x", "x"]


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "a**", "\\", "(?<n>a)(?<m-o>b)"])
def test_a_bad_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ClrException):
        Regex(pattern)


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [
        ("\u0130", "i", False),
        ("\u0131", "[a-z]", False),
        ("\u017f", "[^s]", True),
        ("\u212a", "[a-k-[x]]", True),
        ("\u03c2", "\u03a3", False),
        ("\u03c3", "[\u03a3]", True),
        ("\u00b5", "\u03bc", False),
        ("K", "[a-z-[k]]", False),
        ("\u00c9", "\u00e9", True),
        ("aA\u017fs", r"(a)\1(\u017f)\2", False),
        ("k\u212a", r"(k)\1", True),
    ],
)
def test_without_case_are_the_same_whose_lower_case_is(text: str, pattern: str, matches: bool) -> None:
    """What .NET Core answers."""
    engine = engine_of(f"(?i){pattern}", 0)
    assert (engine.search(text, 0) is not None) is matches
    assert (engine.machine.search(text, 0) is not None) is matches
