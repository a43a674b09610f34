"""The golden cases: what a real C# 7 compiler with Newtonsoft.Json 10 on .NET Core 3.1 answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from apimlb.policy.cases import answer

FOLDER = Path(__file__).parent / "cases"
CASES = json.loads((FOLDER / "semantics.json").read_text())
ANSWERS = {each.pop("id"): each for each in json.loads((FOLDER / "semantics.answers.json").read_text())}

# What a case uses that API Management's allow-list, or a gateway without Microsoft.CSharp, does not have.
REFUSED = {
    "sem-147": "Environment",
    "sem-165": "SaveOptions",
    "sem-166": "System.Type",
    "sem2-49": "GetType()",
    "sem2-57": "FormatException",
    "sem2-58": "Func",
    "sem2-59": "Func",
    "sem2-62": "ValueTuple",
    "sem2-100": "DateTime.TryParse, ParseExact and ToUniversalTime",
    "sem2-105": "Regex.Escape",
    "sem2-113": "IComparable",
    "sem2-118": "goto",
    "sem2-124": "dynamic",
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_expression_means_what_c_sharp_says(case: dict[str, Any]) -> None:
    found = answer(case["expression"], case.get("context") or {})
    if case["id"] in REFUSED:
        assert found["compile_error"] == "NotAllowed", found
    else:
        assert found == ANSWERS[case["id"]]
