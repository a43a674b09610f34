"""The binder: an expression's syntax tree in, the lines of a Python function with its static type out."""

from typing import NamedTuple

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import VOID
from apimlb.policy.clr.types.registry import Registry
from apimlb.policy.csharp.binding import (
    assignables,
    assignment,
    blocks,
    calls,
    creation,
    dispatch,
    functions,
    loops,
    members,
    operators,
    switch,
    text,
    values,
)
from apimlb.policy.csharp.binding.arguments import common_type
from apimlb.policy.csharp.binding.bound import NEVER, TypeReference
from apimlb.policy.csharp.binding.captures import celled_names
from apimlb.policy.csharp.binding.conversion import cast
from apimlb.policy.csharp.binding.dispatch import bind, statement, value
from apimlb.policy.csharp.binding.emit import Lines
from apimlb.policy.csharp.binding.flow import walked
from apimlb.policy.csharp.binding.lookup import type_of
from apimlb.policy.csharp.binding.scope import Function, Names, Program, Scope
from apimlb.policy.csharp.conversions import Conversions
from apimlb.policy.csharp.syntax import nodes, statement_nodes
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement, Return

dispatch.expressions |= {
    nodes.AnonymousCreation: creation.bind_anonymous,
    nodes.ArrayCreation: creation.bind_array,
    nodes.ArrayInitializer: lambda scope, node: scope.refuse("CS0623", node.at),  # no array is declared
    nodes.As: operators.bind_as,
    nodes.Assignment: assignment.bind_assignment,
    nodes.Binary: operators.bind_binary,
    nodes.Cast: lambda scope, node: cast(scope, bind(scope, node.operand), type_of(scope, node.type), node),
    nodes.Checked: lambda scope, node: value(scope._replace(overflow=node.overflow), node.operand),
    nodes.Conditional: operators.bind_conditional,
    nodes.ConditionalAccess: members.bind_conditional_access,
    nodes.DefaultValue: creation.bind_default,
    nodes.ElementAccess: calls.bind_element,
    nodes.Increment: assignment.bind_increment,
    nodes.InterpolatedString: text.bind_interpolated,
    nodes.Invocation: members.bind_invocation,
    nodes.Is: switch.bind_is,
    nodes.Lambda: lambda scope, node: functions.LambdaValue(node),
    nodes.Literal: creation.bind_literal,
    nodes.MemberAccess: members.bind_member,
    nodes.Name: members.bind_name,
    nodes.NameOf: creation.bind_nameof,
    nodes.ObjectCreation: creation.bind_new,
    nodes.Parenthesized: lambda scope, node: value(scope, node.operand),
    nodes.PredefinedType: lambda scope, node: TypeReference(scope.registry.named(node.name)),
    nodes.Receiver: members.bind_receiver,
    nodes.SizeOf: creation.bind_sizeof,
    nodes.Throw: lambda scope, node: scope.refuse("CS8115", node.at),  # it may stand elsewhere
    nodes.Unary: operators.bind_unary,
}
dispatch.statements |= {
    statement_nodes.BlockStatement: blocks.bind_block,
    statement_nodes.Break: loops.bind_break,
    nodes.Checked: lambda scope, node: statement(scope._replace(overflow=node.overflow), node.operand),
    statement_nodes.Continue: loops.bind_continue,
    statement_nodes.Declaration: blocks.bind_declaration,
    statement_nodes.DoWhile: loops.bind_do_while,
    statement_nodes.ExpressionStatement: blocks.bind_expression,
    statement_nodes.For: loops.bind_for,
    statement_nodes.ForEach: loops.bind_for_each,
    statement_nodes.If: blocks.bind_if,
    statement_nodes.LocalFunction: functions.bind_local_function,
    statement_nodes.Return: functions.bind_return,
    statement_nodes.Switch: switch.bind_switch,
    nodes.Throw: values.bind_throw,
    statement_nodes.Try: blocks.bind_try,
    statement_nodes.Using: blocks.bind_using,
}
assignables.assignables |= {
    nodes.ElementAccess: calls.assignable_element,
    nodes.MemberAccess: assignment.assignable_member,
    nodes.Name: assignment.assignable_name,
}

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
        program.partial = True  # the rest may have shown it
        earlier = _misrun(scope, tree)
        if earlier is not None and (earlier.line, earlier.column) < (error.line, error.column):
            raise earlier from None
        raise
    problem = _misrun(scope, tree)
    if problem is not None:
        raise problem
    read = program.properties
    request = ("IRequest", _BODY) in read
    response = {("IContext", "Response"), ("IResponse", _BODY)} <= read
    returned = [each for each in scope.function.returns if each.type is not VOID]
    kind = common_type(scope, returned).name if returned else NEVER.name
    return BoundExpression(lines, program.globals.names, kind, request, response)


def _misrun(scope: Scope, tree: BlockStatement) -> PolicyError | None:
    """The first problem of how the expression runs: an end without a value, a local without one."""
    partial = scope.program.partial
    if len(tree.statements) == 1 and isinstance(tree.statements[0], Return) and not partial:
        return None
    ends, problem = walked(scope, tree, closely=partial)
    return scope.error("CS0161", tree.at, "@{...}") if ends else problem
