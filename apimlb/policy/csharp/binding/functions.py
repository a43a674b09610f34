"""Functions: their bodies, what they return, and those that a block declares."""

from collections.abc import Sequence

from apimlb.policy.clr.budget import spend
from apimlb.policy.clr.types.constructed import VOID, Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.bound import Bound, LocalMethod, Variable
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import as_value, bind, statement, statements
from apimlb.policy.csharp.binding.emit import Line, Lines, suite
from apimlb.policy.csharp.binding.resolution import type_of
from apimlb.policy.csharp.binding.scope import Function, Scope
from apimlb.policy.csharp.binding.values import constant_code
from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.nodes import Node, ThrowExpression


def function_lines(scope: Scope, body: statement_nodes.BlockStatement) -> Lines:
    """The lines of a function. The outermost one counts the rounds of its loops in a local. The others count
    them in the budget that they share, because they may be called any number of times."""
    first = "n = 0" if scope.function.outermost else f"{scope.use(spend)}()"
    return [Line(first, body.at), *statement(scope, body)]


def bind_return(scope: Scope, node: statement_nodes.Return) -> Lines:
    function = scope.function
    if node.value is None:
        if function.outermost or function.result not in (None, VOID):
            shown = function.result.shown if function.result else "object"
            scope.refuse("CS0126", node.at, shown)
        function.returns.append(Bound(VOID, ""))
        return [Line(f"return {_returned(function, 'None')}", node.at)]
    found = bind(scope, node.value)
    if function.result is VOID:
        scope.refuse("CS0127", node.at, function.shown)
    if function.result is None:
        bound = as_value(scope, found, node.value)
    else:
        bound = convert(scope, found, function.result, node.value)
    if bound.type is VOID:
        scope.refuse("CS0029", node.value, VOID, scope.registry.object)
    function.returns.append(found if isinstance(found, Bound) else bound)
    return [Line(f"return {_returned(function, bound.code)}", node.at)]


def _returned(function: Function, code: str) -> str:
    """What the Python function yields: with out parameters a tuple, the value first."""
    return f"({', '.join((code, *(each.code for each in function.outs)))})" if function.outs else code


# Functions that a block declares


def declare_function(scope: Scope, node: statement_nodes.LocalFunction) -> None:
    """Make the name known in the whole of its block."""
    result = VOID if node.returns_nothing else type_of(scope, node.result)
    scope.check_unused(node.name, node.at)
    python = scope.local(node.name, "f_")
    parameters = [_parameter(scope, each) for each in node.parameters]
    names = [each.name for each in node.parameters]
    for place, each in enumerate(node.parameters):
        if each.name in names[:place]:
            scope.refuse("CS0100", each.at, each.name)
    places = ", ".join(f"{{{n}}}" for n in range(sum(each.mode != "out" for each in parameters)))
    member = Member("method", node.name, True, (), parameters, result, f"{python}({places})")
    scope.names.enter(LocalMethod(node.name, python, member, node.at))
    scope.facts.partial = True


def _parameter(scope: Scope, written: statement_nodes.FunctionParameter) -> Parameter:
    made = Parameter(written.name, type_of(scope, written.type), written.mode)
    if written.default is not None:
        bound = convert(scope, bind(scope, written.default), made.type, written.default)
        if not bound.is_constant:
            scope.refuse("CS1736", written.default, written.name)
        made.default = bound.constant
    return made


def bind_local_function(scope: Scope, node: statement_nodes.LocalFunction) -> Lines:
    method = scope.names.own[node.name]
    assert isinstance(method, LocalMethod)
    known = method.member.parameters
    outer = scope.function
    function = Function(
        [], outer.used, method.member.result, shown=node.shown,
        enclosed=outer.enclosed or bool(scope.loops), lambdas=outer.lambdas,
    )  # fmt: skip
    block = scope.within(function)
    variables = [
        block.declare(each.name, parameter.type, each.at)
        for each, parameter in zip(node.parameters, known, strict=True)
    ]
    outs = tuple(each for each, parameter in zip(variables, known, strict=True) if parameter.mode == "out")
    inner = block._replace(function=function._replace(outs=outs))
    given = ", ".join(each.python for each in variables if each not in outs)
    lines = [*_started(scope, node, variables, outs), *function_lines(inner, _body(node, function.result))]
    if outs:
        lines.append(Line(f"return {_returned(inner.function, 'None')}", node.at))
    return suite(f"def {method.python}({given}):", node.at, lines)


def _started(
    scope: Scope, node: statement_nodes.LocalFunction, variables: Sequence[Variable], outs: Sequence[Variable]
) -> Lines:
    """What gives cells and out parameters their first values."""
    lines: Lines = []
    for each in variables:
        first = constant_code(scope, each.type.default) if each in outs else each.python
        if each.cell or each in outs:
            lines.append(Line(each.stored(first), node.at))
    return lines


def _body(node: statement_nodes.LocalFunction, result: Type | None) -> statement_nodes.BlockStatement:
    body = node.body
    if isinstance(body, statement_nodes.BlockStatement):
        return body
    inner: Node
    if isinstance(body, ThrowExpression):
        inner = statement_nodes.Throw(body.at, body.operand)
    elif result is VOID:
        inner = statement_nodes.ExpressionStatement(body.at, body)
    else:
        inner = statement_nodes.Return(body.at, body)
    return statement_nodes.BlockStatement(body.at, [inner])


statements.enter(statement_nodes.Return, bind_return)
statements.enter(statement_nodes.LocalFunction, bind_local_function)
