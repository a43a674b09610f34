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
    "sem-147": "System.Environment",
    "sem-165": "System.Xml.Linq.SaveOptions",
    "sem-166": "System.Type, by typeof and GetType()",
    "sem2-49": "System.Type, by GetType()",
    "sem2-57": "System.FormatException",
    "sem2-58": "System.Func as the type of a local",
    "sem2-59": "System.Func as the type of a local",
    "sem2-62": "System.ValueTuple, by deconstruction",
    "sem2-100": "DateTime.TryParse, ParseExact and ToUniversalTime; CultureInfo",
    "sem2-105": "Regex.Escape",
    "sem2-113": "System.IComparable",
    "sem2-118": "goto",
    "sem2-124": "dynamic, which is Microsoft.CSharp",
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
