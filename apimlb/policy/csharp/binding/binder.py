"""The binder: an expression's syntax tree in, the lines of a Python function with its static type out."""

from typing import NamedTuple

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import NULL, VOID
from apimlb.policy.clr.types.registry import Registry

# Each enters its functions in the tables of `dispatch`.
from apimlb.policy.csharp.binding import (
    assignment,
    blocks,
    calls,
    creation,
    functions,
    loops,
    members,
    operators,
    switch,
    text,
    values,
)
from apimlb.policy.csharp.binding.arguments import common_type
from apimlb.policy.csharp.binding.captures import celled_names
from apimlb.policy.csharp.binding.emit import Lines
from apimlb.policy.csharp.binding.flow import analyse
from apimlb.policy.csharp.binding.scope import Function, Names, Program, Scope
from apimlb.policy.csharp.conversions import Conversions
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement, Return

__all__ = [
    "BoundExpression", "assignment", "bind_expression", "blocks", "calls", "creation", "functions", "loops",
    "members", "operators", "switch", "text", "values",
]  # fmt: skip

_BODY = "Body"


class BoundExpression(NamedTuple):
    """The body of a function of `ctx`, and the globals that its lines name. `type` is the CLR name of what it
    returns, "null" where that is all it can be."""

    lines: Lines
    names: dict[str, object]
    type: str
    reads_request_body: bool
    reads_response_body: bool


def bind_expression(
    source: SourceText, tree: BlockStatement, registry: Registry, conversions: Conversions
) -> BoundExpression:
    """Raises `PolicyError` for the first thing in the text that C# or the allow-list refuses."""
    celled = celled_names(tree) if source.has_functions else set()
    program = Program(source, registry, conversions, celled, tree)
    scope = Scope(program, registry, Names(), Function([], set(), outermost=True), [])
    try:
        lines = functions.function_lines(scope, tree)
    except PolicyError as error:
        program.facts.partial = True  # the rest may have shown it
        earlier = _misrun(scope, tree)
        if earlier is not None and (earlier.line, earlier.column) < (error.line, error.column):
            raise earlier from None
        raise
    problem = _misrun(scope, tree)
    if problem is not None:
        raise problem
    read = program.facts.properties
    request = ("IRequest", _BODY) in read
    response = {("IContext", "Response"), ("IResponse", _BODY)} <= read
    return BoundExpression(lines, program.globals.names, _type_name(scope), request, response)


NEVER = "never"
"""The type of an expression that never returns: it throws or loops for ever. C# takes it for any type."""


def _type_name(scope: Scope) -> str:
    values = [each for each in scope.function.returns if each.type is not VOID]
    if values and all(each.type is NULL for each in values):
        return NULL.name
    return common_type(scope, values).name if values else NEVER


def _misrun(scope: Scope, tree: BlockStatement) -> PolicyError | None:
    """The first problem of how the expression runs: an end without a value, a local without one."""
    facts, text = scope.facts, scope.program.source.text
    if len(tree.statements) == 1 and isinstance(tree.statements[0], Return) and not facts.partial:
        return None
    flow = analyse(tree, facts, text, closely=False)
    if flow.ends:
        return scope.error("CS0161", tree.at, "@{...}")
    found = flow.findings
    if facts.partial:  # what is reached does not depend on the parts of a condition, what has a value does
        closely = analyse(tree, facts, text, closely=True)
        found = found + [each for each in closely.findings if each.code == "CS0165"]
    first = min(found, key=lambda each: each.at, default=None)
    return scope.error(first.code, first.at, *first.values) if first else None
