"""Blocks, declarations, expressions as statements, and `if`."""

from collections.abc import Sequence

from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.csharp.binding.arrays import array_of
from apimlb.policy.csharp.binding.assignment import run_assignment, run_increment
from apimlb.policy.csharp.binding.bound import NOT_CONSTANT, Bound, Variable
from apimlb.policy.csharp.binding.conversion import condition, convert
from apimlb.policy.csharp.binding.dispatch import as_value, bind, statement, statements, value
from apimlb.policy.csharp.binding.emit import Line, Lines, suite
from apimlb.policy.csharp.binding.functions import declare_function
from apimlb.policy.csharp.binding.resolution import is_var, type_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.binding.values import constant_code
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax import nodes, statement_nodes


def bind_block(scope: Scope, node: statement_nodes.BlockStatement) -> Lines:
    return block_lines(scope.inside(node.statements), node.statements)


def block_lines(scope: Scope, block: Sequence[nodes.Node]) -> Lines:
    """The statements of a block in its own scope. Functions come first: they may be called before they are
    declared."""
    functions: Lines = []
    lines: Lines = []
    for node in block:
        if isinstance(node, statement_nodes.LocalFunction):
            declare_function(scope, node)
    for node in block:
        if isinstance(node, statement_nodes.LocalFunction):
            functions += statement(scope, node)
        else:
            lines += statement(scope, node)
    return [*functions, *lines] or [Line("pass", block[-1].at if block else 0)]


def embedded(scope: Scope, node: nodes.Node) -> Lines:
    """The body of another statement, which is a block even where it is one statement."""
    return statement(
        scope,
        node
        if isinstance(node, statement_nodes.BlockStatement)
        else statement_nodes.BlockStatement(node.at, [node]),
    )


def bind_checked_block(scope: Scope, node: statement_nodes.CheckedBlock) -> Lines:
    return statement(scope._replace(overflow="checked" if node.checked else "unchecked"), node.body)


# Declarations


def bind_declaration(scope: Scope, node: statement_nodes.Declaration) -> Lines:
    return declared(scope, node)


def declared(scope: Scope, node: statement_nodes.Declaration, readonly: str = "") -> Lines:
    inferred = is_var(scope, node.type)
    if inferred and node.constant:
        scope.refuse("CS0822", node.type.at)
    if inferred and len(node.declarators) > 1:
        scope.refuse("CS0819", node.type.at)
    lines: Lines = []
    for at, name, initial in node.declarators:
        before: Lines = []
        inner = scope.after(before)
        if inferred:
            bound = _inferred(inner, at, initial)
            variable = scope.declare(name, bound.type, at, readonly=readonly)
        else:
            variable = scope.declare(name, type_of(scope, node.type), at, readonly=readonly)
            bound = _initial(inner, variable.type, initial)
        if variable in scope.function.used:  # `int x = x = 1`
            scope.facts.partial = True
            lines.append(Line(variable.stored(constant_code(scope, variable.type.default)), at))
        if node.constant:
            assert initial is not None
            _check_constant(scope, node, variable, bound, initial)
            variable.constant = bound.constant
        lines += [*before, Line(variable.stored(bound.code), at)]
    return lines


def _inferred(scope: Scope, at: int, initial: nodes.Node | None) -> Bound:
    if initial is None:
        scope.refuse("CS0818", at)
    if isinstance(initial, nodes.ArrayInitializer):
        scope.refuse("CS0820", at)
    found = bind(scope, initial)
    if isinstance(found, Untyped):
        scope.refuse("CS0815", at, found.described)
    bound = as_value(scope, found, initial)
    if bound.type in (NULL, VOID):
        scope.refuse("CS0815", at, bound.type)
    return bound


def _initial(scope: Scope, kind: Type, initial: nodes.Node | None) -> Bound:
    if initial is None:
        scope.facts.partial = True
        return Bound(kind, constant_code(scope, kind.default))
    if isinstance(initial, nodes.ArrayInitializer):
        return array_of(scope, kind, initial)
    return convert(scope, bind(scope, initial), kind, initial)


def _check_constant(
    scope: Scope, node: statement_nodes.Declaration, variable: Variable, bound: Bound, initial: nodes.Node
) -> None:
    kind = variable.type
    fit = kind.name in NUMERIC or kind.kind == "enum" or kind in (scope.registry.bool, scope.registry.string)
    if not fit and kind.is_value:
        scope.refuse("CS0283", node.type.at, kind)
    if not fit and bound.constant is not None and value(scope, initial).is_constant:
        scope.refuse("CS0134", initial, variable.name, kind)
    if bound.constant is NOT_CONSTANT:
        scope.refuse("CS0133", initial, variable.name)


# Expressions as statements, and `if`


def bind_expression(scope: Scope, node: statement_nodes.ExpressionStatement) -> Lines:
    expression = node.expression
    run = expression
    while isinstance(run, nodes.ConditionalAccess):
        run = run.access
    brackets = scope.program.source.brackets
    runs = isinstance(run, nodes.Invocation | nodes.Assignment | nodes.Increment | nodes.ObjectCreation)
    if not runs or id(expression) in brackets:
        scope.refuse("CS0201", brackets.get(id(expression), scope.offset(expression)))
    if isinstance(expression, nodes.Assignment):
        code = run_assignment(scope, expression)
    elif isinstance(expression, nodes.Increment):
        code = run_increment(scope, expression)
    else:
        code = value(scope, expression).code
    return [Line(code, node.at)]


def bind_if(scope: Scope, node: statement_nodes.If) -> Lines:
    """Variables of the condition live on after it, as they do in C#."""
    lines = suite(f"if {condition(scope, node.condition)}:", node.at, embedded(scope, node.then))
    if node.otherwise is not None:
        lines += suite("else:", node.otherwise.at, embedded(scope, node.otherwise))
    return lines


statements.enter(statement_nodes.BlockStatement, bind_block)
statements.enter(statement_nodes.CheckedBlock, bind_checked_block)
statements.enter(statement_nodes.Declaration, bind_declaration)
statements.enter(statement_nodes.ExpressionStatement, bind_expression)
statements.enter(statement_nodes.If, bind_if)
