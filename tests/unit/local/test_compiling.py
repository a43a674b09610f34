"""A policy that ARM has checked is not compiled again for the gateway that runs it."""

from typing import Any

import pytest

from apimlb.errors import PolicyError
from apimlb.local.compiling import PolicyCompiler
from apimlb.policy.compiler import Scope
from apimlb.policy.run.exchange import PolicyDocument
from tests.unit.local.gateway.documents import policy_of

POLICY = policy_of(
    inbound='<set-variable name="a" value="{{greeting}}" /><include-fragment fragment-id="f" />'
)
FRAGMENTS = {"f": "<fragment />"}
VALUES = {"greeting": "hello"}


class Counting(PolicyCompiler):
    """Knows how often it compiled."""

    count = 0

    def compile(self, *what: Any, **how: Any) -> PolicyDocument:
        self.count += 1
        return super().compile(*what, **how)


def test_what_was_checked_is_taken_as_it_is() -> None:
    compiler = Counting()
    compiler.check(POLICY, "api", VALUES, FRAGMENTS)
    compiler.check(POLICY, "api", VALUES, FRAGMENTS)
    compiler.take(POLICY, "api", dict(VALUES), dict(FRAGMENTS))
    assert compiler.count == 1


def test_each_gateway_takes_a_document_of_its_own() -> None:
    compiler = Counting()
    compiler.check(POLICY, "api", VALUES, FRAGMENTS)
    first, second = (compiler.take(POLICY, "api", VALUES, FRAGMENTS) for _ in range(2))
    assert (first is second, compiler.count) == (False, 2)


@pytest.mark.parametrize(
    ("scope", "values", "fragments"),
    [
        ("product", VALUES, FRAGMENTS),
        ("api", {"greeting": "bye"}, FRAGMENTS),
        ("api", VALUES, {"f": "<fragment><return-response /></fragment>"}),
    ],
    ids=["scope", "named-value", "fragment"],
)
def test_with_another_meaning_it_is_compiled_anew(
    scope: Scope, values: dict[str, str], fragments: dict[str, str]
) -> None:
    compiler = Counting()
    compiler.check(POLICY, "api", VALUES, FRAGMENTS)
    compiler.take(POLICY, scope, values, fragments)
    assert compiler.count == 2


def test_what_is_checked_and_never_taken_does_not_pile_up() -> None:
    compiler = Counting()
    for number in range(100):
        compiler.check(policy_of(inbound=f"<!-- {number} -->"), "api", {}, {})
    compiler.take(policy_of(inbound="<!-- 99 -->"), "api", {}, {})
    assert compiler.count == 100
    compiler.take(policy_of(inbound="<!-- 0 -->"), "api", {}, {})
    assert compiler.count == 101


def test_a_refusal_is_one_for_both() -> None:
    for ask in (PolicyCompiler().check, PolicyCompiler().take):
        with pytest.raises(PolicyError):
            ask(policy_of(inbound="<no-such-policy />"), "api", {}, {})
