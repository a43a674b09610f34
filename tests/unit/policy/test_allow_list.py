"""Every documented member, called once: all that the allow-list names can be written here.

`allow_list.json` holds, by type, a call of each public member (and overload) of the types in Microsoft
Learn, "API Management policy expressions", .NET Framework types allowed, whose parameters can be written
with types of that list. A C# 7 compiler on .NET Core 3.1 accepts all of them; what they yield is asked in
`test_cases.py`.
"""

import json
from pathlib import Path

import pytest

from apimlb.errors import PolicyError
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.rehearse.cases import answer

HERE = Path(__file__).parent
CALLS: dict[str, list[str]] = json.loads((HERE / "allow_list.json").read_text())
REFUSED = frozenset(
    {
        "default(X509Certificate).Import(default(string)); return 0;",
        "default(X509Certificate2).Import(default(string)); return 0;",
        "default(XDocument).Save(default(string)); return 0;",
        "default(XElement).Save(default(string)); return 0;",
        "return X509Certificate.CreateFromCertFile(default(string));",
        "return X509Certificate.CreateFromSignedFile(default(string));",
        "return X509Certificate2.GetCertContentType(default(string));",
        "return XElement.Load(default(string));",
        "return new X509Certificate(default(string));",
        "return new X509Certificate(default(string), default(string));",
        "return new X509Certificate2(default(string));",
        "return new X509Certificate2(default(string), default(string));",
    }
)
"""They read or write a file, and there are none within reach of a policy."""


def compiles(call: str) -> bool:
    try:
        compile_expression(f"@{{ {call} }}")
    except PolicyError:
        return False
    return True


@pytest.mark.parametrize("name", CALLS)
def test_a_documented_type_has_its_documented_members(name: str) -> None:
    refused = {call for call in CALLS[name] if not compiles(call)}
    assert refused == REFUSED & set(CALLS[name])


@pytest.mark.parametrize("name", CALLS)
def test_what_is_called_with_nothing_answers_or_throws_as_dot_net_does(name: str) -> None:
    for call in CALLS[name]:
        found = answer(f"@{{ {call} }}", {})
        # How a failure of Python's own would show.
        assert "expected range (" not in found.get("message", ""), call


def test_what_is_refused_is_documented() -> None:
    assert {call for calls in CALLS.values() for call in calls} >= REFUSED
