"""Where a C# expression ends."""

import pytest

from apimlb.policy.document.brackets import end_of_expression


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
