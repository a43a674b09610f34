"""The golden cases: what a real C# 7 compiler with Newtonsoft.Json 10 on .NET Core 3.1 answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from apimlb.policy.rehearse.cases import answer, evaluate

FOLDER = Path(__file__).parent / "cases"


def load(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text())
    return found


FAMILIES = ("semantics", "library", "crypto", "text", "data", "language", "values")
CASES = [case for family in FAMILIES for case in load(f"{family}.json")]
ANSWERS = {each["id"]: each for family in FAMILIES for each in load(f"{family}.answers.json")}

# What a case uses that the allow-list of policy expressions leaves out, or that they do without here.
REFUSED = {
    "environment-new-line-length": "System.Environment",
    "save-options-disable-formatting-attribute": "System.Xml.Linq.SaveOptions",
    "typeof-name-get-type": "System.Type, by typeof and GetType()",
    "reference-equals-parent-get-type": "System.Type, by GetType()",
    "catch-format-exception-finally": "System.FormatException",
    "func-for-add": "System.Func as the type of a local",
    "func-foreach-add": "System.Func as the type of a local",
    "plus-block": "System.ValueTuple, by deconstruction",
    "to-universal-time-culture-info-format-o": "DateTime.TryParse, ParseExact, ToUniversalTime; CultureInfo",
    "regex-named-group-class-class-escape": "Regex.Escape",
    "long-i-comparable-as": "System.IComparable",
    "goto-block": "goto",
    "dynamic-j-object": "dynamic, which is Microsoft.CSharp",
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_expression_means_what_c_sharp_says(case: dict[str, Any]) -> None:
    found = answer(case["expression"], case.get("context") or {})
    expected = {name: value for name, value in ANSWERS[case["id"]].items() if name != "id"}
    if case["id"] in REFUSED:
        assert found["compile_error"] == "NotAllowed", found
    else:
        assert {name: found[name] for name in expected} == expected


def test_answers_come_in_the_order_of_the_cases() -> None:
    cases = [{"id": "a", "expression": "@(1)"}, {"id": "b", "expression": "@(nope)"}]
    assert [(each["id"], sorted(each)) for each in evaluate(cases)] == [
        ("a", ["id", "type", "value"]),
        ("b", ["column", "compile_error", "id", "line", "message"]),
    ]
