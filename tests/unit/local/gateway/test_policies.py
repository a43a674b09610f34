"""A policy is compiled once, and one that does not compile leaves the one before it serving."""

import pytest

from apimlb.errors import PolicyError
from apimlb.local.compiling import PolicyCompiler
from apimlb.local.gateway.policies import CompiledPolicies, Place, Substitutions, place_of
from apimlb.local.store import Document
from tests.unit.local.gateway.documents import policy_of

GOOD = policy_of(inbound='<set-variable name="a" value="{{greeting}}" />')
BAD = policy_of(inbound="<no-such-policy />")
VALUES = Substitutions({"greeting": "hello"})


def place(text: str, id: str = "/apis/chat/policies/policy") -> Place:
    return Place(id, "api", text)


def test_one_text_with_one_meaning_is_compiled_once() -> None:
    compiled = CompiledPolicies(PolicyCompiler())
    first = compiled.effective((place(GOOD),), VALUES)
    again = compiled.effective((place(GOOD, "/apis/other/policies/policy"),), VALUES)
    other = compiled.effective((place(GOOD),), Substitutions({"greeting": "bye"}))
    assert again.sections["inbound"] is first.sections["inbound"]
    assert other.sections["inbound"] is not first.sections["inbound"]


def test_what_does_not_compile_keeps_the_old_one_and_is_reported_until_it_is_mended() -> None:
    compiled = CompiledPolicies(PolicyCompiler())
    good = compiled.effective((place(GOOD),), VALUES)
    assert compiled.effective((place(BAD),), VALUES).sections["inbound"] is good.sections["inbound"]
    assert "no-such-policy" in str(compiled.problems["/apis/chat/policies/policy"])
    compiled.effective((place(GOOD),), VALUES)
    assert not compiled.problems


def test_a_named_value_that_is_gone_keeps_the_old_one_too() -> None:
    compiled = CompiledPolicies(PolicyCompiler())
    good = compiled.effective((place(GOOD),), VALUES)
    assert compiled.effective((place(GOOD),), Substitutions()).sections["inbound"] is good.sections["inbound"]


def test_what_was_deleted_does_not_come_back_when_its_successor_fails() -> None:
    compiled = CompiledPolicies(PolicyCompiler())
    old, other = place(GOOD, "/service/a/policies/policy"), place(GOOD, "/service/ab/policies/policy")
    compiled.effective((old,), VALUES)
    compiled.effective((other,), VALUES)
    compiled.forget("/service/A", keeping=set())
    with pytest.raises(PolicyError):
        compiled.effective((place(BAD, old.id),), VALUES)
    assert compiled.effective((place(BAD, other.id),), VALUES)


def test_what_never_compiled_is_refused() -> None:
    with pytest.raises(PolicyError):
        CompiledPolicies(PolicyCompiler()).effective((place(BAD),), VALUES)


def test_a_document_holds_its_text_hidden_or_shown() -> None:
    id = "/service/apim/apis/Chat/policies/policy"
    hidden = Document(id, "kind", {"properties": {"value": "shown"}}, {"rawxml": "hidden"})
    shown = Document(id, "kind", {"properties": {"value": "shown"}})
    assert place_of(hidden, "api") == Place(id.lower(), "api", "hidden")
    assert place_of(shown, "api").text == "shown"
