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
CASES = {f"{family}/{case['id']}": case for family in FAMILIES for case in load(f"{family}.json")}
ANSWERS = {f"{family}/{each['id']}": each for family in FAMILIES for each in load(f"{family}.answers.json")}

# What a case uses that the allow-list of policy expressions leaves out, or that they do without here.
REFUSED = {
    "semantics/environment-new-line-length": "System.Environment",
    "semantics/save-options-disable-formatting-attribute": "System.Xml.Linq.SaveOptions",
    "semantics/typeof-name-get-type": "System.Type, by typeof and GetType()",
    "semantics/reference-equals-parent-get-type": "System.Type, by GetType()",
    "semantics/catch-format-exception-finally": "System.FormatException",
    "semantics/func-for-add": "System.Func as the type of a local",
    "semantics/func-foreach-add": "System.Func as the type of a local",
    "semantics/plus-block": "System.ValueTuple, by deconstruction",
    "semantics/to-universal-time-culture-info-format-o": "DateTime.ParseExact; CultureInfo",
    "semantics/regex-named-group-class-class-escape": "Regex.Escape",
    "semantics/long-i-comparable-as": "System.IComparable",
    "semantics/goto-block": "goto",
    "semantics/dynamic-j-object": "dynamic, which is Microsoft.CSharp",
}


def test_each_case_has_a_name_and_an_answer() -> None:
    assert len(CASES) == len(ANSWERS) == sum(len(load(f"{family}.json")) for family in FAMILIES)


@pytest.mark.parametrize("name", CASES)
def test_an_expression_means_what_c_sharp_says(name: str) -> None:
    case = CASES[name]
    found = answer(case["expression"], case.get("context") or {})
    expected = {key: value for key, value in ANSWERS[name].items() if key != "id"}
    if name in REFUSED:
        assert found["compile_error"] == "NotAllowed", found
    else:
        assert {key: found[key] for key in expected} == expected


def test_answers_come_in_the_order_of_the_cases() -> None:
    cases = [{"id": "a", "expression": "@(1)"}, {"id": "b", "expression": "@(nope)"}]
    assert [(each["id"], sorted(each)) for each in evaluate(cases)] == [
        ("a", ["id", "type", "value"]),
        ("b", ["column", "compile_error", "id", "line", "message"]),
    ]
