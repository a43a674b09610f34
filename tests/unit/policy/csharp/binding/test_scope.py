"""A scope is a value: what is bound in another one leaves it as it was."""

from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import Type, array_type
from apimlb.policy.csharp.binding.binder import bind_expression
from apimlb.policy.csharp.binding.captures import celled_names
from apimlb.policy.csharp.binding.creation import bind_nameof
from apimlb.policy.csharp.binding.functions import LambdaValue
from apimlb.policy.csharp.binding.scope import Function, Names, Program, Scope
from apimlb.policy.csharp.expression import library
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.nodes import Lambda, NameOf, Node, children
from apimlb.policy.csharp.syntax.parser import parse
from tests.unit.policy.test_cases import CASES

REGISTRY, CONVERSIONS = library()
OTHERS = [REGISTRY.int, REGISTRY.string, REGISTRY.object, array_type(REGISTRY.token, 1)]


def scope_of(source: SourceText, tree: Node) -> Scope:
    """The scope in which the whole of an expression is bound."""
    program = Program(source, REGISTRY, CONVERSIONS, celled_names(tree), tree)
    return Scope(program, REGISTRY, Names(), Function([], set(), outermost=True), [])


def written(scope: Scope) -> dict[str, Any]:
    """All that binding may write into."""
    program, names = scope.program, scope.program.globals
    return {
        "globals": (dict(names.names), dict(names._locals), names._temporaries),
        "names": (dict(scope.names.own), dict(scope.names.inner)),
        "before": list(scope.before),
        "function": (list(scope.function.returns), set(scope.function.used)),
        "truths": (dict(program.truths), program.partial),
        "properties": set(program.properties),
        "copies": dict(scope.program.copies),
    }


def within(node: Node) -> Iterator[Node]:
    for child in children(node):
        yield child
        yield from within(child)


def parsed(text: str) -> tuple[SourceText, Node]:
    source = SourceText(text, 1, 1)
    return source, parse(source)


def inputs_of(node: Lambda, kind: Type) -> tuple[Type, ...]:
    return tuple(kind for _ in node.parameters)


def test_a_lambda_that_is_tried_changes_nothing_whether_it_fits_or_not() -> None:
    tried = {True: 0, False: 0}
    for case in [*CASES.values()][::3]:
        if "=>" not in case["expression"]:
            continue
        try:
            source, tree = parsed(case["expression"])
        except PolicyError:
            continue
        scope = scope_of(source, tree)
        for node in within(tree):
            for kind in OTHERS if isinstance(node, Lambda) else ():
                assert isinstance(node, Lambda)
                before = written(scope)
                tried[LambdaValue(node).result(scope, inputs_of(node, kind)) is not None] += 1
                assert written(scope) == before, case["expression"]
    assert min(tried.values()) > 100


@pytest.mark.parametrize("operand", ["string.Length", "context.Request.Body"])
def test_nameof_changes_nothing(operand: str) -> None:
    source, tree = parsed(f"@(nameof({operand}))")
    scope = scope_of(source, tree)
    node = next(each for each in within(tree) if isinstance(each, NameOf))
    before = written(scope)
    assert bind_nameof(scope, node).constant == operand.rpartition(".")[2]
    assert written(scope) == before


def test_a_failed_trial_is_remembered_with_its_problem() -> None:
    source, tree = parsed("@(new[] { 1 }.Select(x => x.Nothing))")
    scope = scope_of(source, tree)
    value = LambdaValue(next(each for each in within(tree) if isinstance(each, Lambda)))
    assert value.result(scope, (REGISTRY.int,)) is None
    with pytest.raises(PolicyError, match="'int' does not contain a definition for 'Nothing'"):
        value.explain(scope)


def test_a_lambda_inside_another_is_tried_with_the_types_of_both() -> None:
    text = "@(new[] { 1 }.Select(x => new[] { 2 }.Select(y => x).First()).First())"
    source, tree = parsed(text)
    scope = scope_of(source, tree)
    outer = LambdaValue(next(each for each in within(tree) if isinstance(each, Lambda)))
    for kind in (REGISTRY.int, REGISTRY.string):
        found = outer.result(scope, (kind,))
        assert found is not None
        assert found.type is kind


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@{ var s = 0; new List<int> { 1 }.ForEach(x => s += x); return s; }", ["v_s"]),
        ("@{ var s = 0; var t = 0; new List<int> { 1 }.ForEach(x => { s += x; t = t + 0; }); return s + t; }",
         ["v_s", "v_t"]),
        ("""@{ var s = 0; var t = 0; new List<int> { 1 }.ForEach(x => s += x);
            new List<int> { 1 }.ForEach(x => t += x); return s; }""", ["v_s", "v_t"]),
    ],
)  # fmt: skip
def test_a_lambda_keeps_the_cells_that_it_names(text: str, kept: list[str]) -> None:
    source, tree = parsed(text)
    bound = bind_expression(source, tree, REGISTRY, CONVERSIONS)  # type: ignore[arg-type]
    python = "\n".join(line.text for line in bound.lines)
    for name in kept:
        assert python.count(f"{name}={name}") == 1
