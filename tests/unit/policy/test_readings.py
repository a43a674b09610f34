"""What is uncertain about variables is a switch: a policy can be run under either reading."""

import pytest

from apimlb.policy.apim.context import Context
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.rehearse.cases import context_of
from apimlb.policy.switches import ADVERSE, Switches


def context(switches: Switches) -> Context:
    made = context_of({"variables": {"text": {"type": "string", "value": "x"}}})
    made.switches = switches
    return made


def test_a_variable_that_nobody_set_throws_or_is_null() -> None:
    read = compile_expression('@(context.Variables["gone"] == null)')
    with pytest.raises(ClrException) as thrown:
        read(context(Switches()))
    assert thrown.value.type_name == "System.Collections.Generic.KeyNotFoundException"
    assert read(context(ADVERSE)) is True


def test_a_variable_of_another_type_throws_or_is_the_default() -> None:
    read = compile_expression('@(context.Variables.GetValueOrDefault<int>("text", 7))')
    with pytest.raises(ClrException) as thrown:
        read(context(Switches()))
    assert thrown.value.type_name == "System.InvalidCastException"
    assert read(context(ADVERSE)) == 7


@pytest.mark.parametrize("switches", [Switches(), ADVERSE])
def test_what_is_there_and_of_its_type_is_the_same_under_both(switches: Switches) -> None:
    assert compile_expression('@((string)context.Variables["text"])')(context(switches)) == "x"
    assert (
        compile_expression('@(context.Variables.GetValueOrDefault<string>("text"))')(context(switches)) == "x"
    )
    assert compile_expression('@(context.Variables.ContainsKey("gone"))')(context(switches)) is False
