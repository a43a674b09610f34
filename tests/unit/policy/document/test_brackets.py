"""Where a C# expression ends."""

import pytest

from apimlb.policy.document.brackets import end_of_expression, left_open


@pytest.mark.parametrize(
    "code",
    [
        "(1)",
        "{ return (a[0]); }",
        '(")")',
        '("\\")")',
        '(@"\\")',
        '(@"""")',
        '($"{a}")',
        '($"{{)}}")',
        '($"{(a ? "}" : $"{b}")}")',
        '($@"{a}""\n)")',
        '(@$"{a}")',
        "(')')",
        "('\\'')",
        "('\\u0029')",
        "( // )\n1)",
        "( /* ) */ 1)",
        "(4 / 2)",
        "($x)",
    ],
)
def test_the_expression_ends_with_its_own_bracket(code: str) -> None:
    assert end_of_expression(code + ' rest ")', 0) == len(code)


@pytest.mark.parametrize(
    "code", ["(", "(]", '("', '("\n")', "('abc')", "( /* ", '($"{', '($"}")', '(@"', "( // )", "([)]"]
)
def test_what_does_not_close_has_no_end(code: str) -> None:
    assert end_of_expression(code, 0) == -1


def test_brackets_nest_only_so_deep() -> None:
    assert end_of_expression("(" * 1000 + ")" * 1000, 0) == -1


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("(1", "a bracket is not closed"),
        ("(1]", "a bracket is not closed"),
        ('("a\nb")', "Newline in constant, a string literal is not closed on its line"),
        ('($"a{1}\nb")', "Newline in constant, a string literal is not closed on its line"),
        ("('abc')", "a character literal is not closed, or too long"),
        ("(1 /* 2)", "a comment is not closed"),
        ("(" * 300, "brackets are nested too deep"),
    ],
)
def test_what_does_not_close_says_why(code: str, why: str) -> None:
    assert end_of_expression(code, 0) == -1
    assert left_open(code, 0) == why
