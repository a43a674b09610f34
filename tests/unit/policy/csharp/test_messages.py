"""The compiler's messages: each is used, with as many values as it has places for."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import apimlb.policy.csharp.binding
from apimlb.errors import PolicyError
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.csharp.messages import MESSAGES

BINDING = Path(apimlb.policy.csharp.binding.__file__).parent
BEFORE_THE_VALUES = {"refuse": 2, "error": 2, "report": 2}
CHOSEN_ELSEWHERE = {"CS0131", "CS1059", "CS1510", "CS0815", "CS0828", "CS8070", "CS0163"}


def uses() -> dict[str, set[int]]:
    """How many values each code is given, by the calls that name it."""
    found: dict[str, set[int]] = defaultdict(set)
    for path in BINDING.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                skipped = BEFORE_THE_VALUES.get(node.func.attr)
                codes = [
                    str(each.value)
                    for each in node.args[:2]
                    if isinstance(each, ast.Constant) and str(each.value).startswith("CS")
                ]
                if skipped is not None and codes:
                    found[codes[0]].add(len(node.args) - skipped)
    return found


def test_every_code_has_a_message_with_places_for_its_values() -> None:
    for code, counts in uses().items():
        assert counts == {MESSAGES[code].count("{}")}, code


def test_every_message_is_used() -> None:
    assert set(MESSAGES) == set(uses()) | CHOSEN_ELSEWHERE


def test_a_message_that_goes_on_in_the_next_line_is_one() -> None:
    assert MESSAGES["CS0039"].endswith("wrapping conversion, or null type conversion")
    assert not [text for text in MESSAGES.values() if "  " in text or "\n" in text]


def test_a_missing_argument_is_told_in_c_sharp_s_words() -> None:
    with pytest.raises(PolicyError, match=r"^Argument missing \(line 1, column 14\)"):
        compile_expression("@(Math.Max(1,,2))")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("@{ void f(System.Int32 x, List<String> y) { return 1; } return 1; }", "f(int, List<string>)"),
        ("@{ int f(out int x, params string[] y) { x = 1; } return 1; }", "f(out int, params string[])"),
        ("@{ int f(out int x) { x = 1; return 1; } return f(); }", "f(out int)"),
        ("@{ Array.Resize(); return 1; }", "Array.Resize<T>(ref T[], int)"),
        ("@{ int f(Nope x) { } return 1; }", "f"),
    ],
)
def test_a_function_is_named_with_the_types_of_its_parameters(source: str, shown: str) -> None:
    with pytest.raises(PolicyError) as caught:
        compile_expression(source)
    assert f"'{shown}'" in caught.value.what
