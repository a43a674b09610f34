"""Lambdas: delegates, whose parameters have the types that the call around them tells."""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.csharp.binding.bound import Bound, Variable
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import expressions, value
from apimlb.policy.csharp.binding.emit import Line, suite
from apimlb.policy.csharp.binding.flow import analyse
from apimlb.policy.csharp.binding.functions import function_lines
from apimlb.policy.csharp.binding.inference import common_type
from apimlb.policy.csharp.binding.resolution import type_of
from apimlb.policy.csharp.binding.scope import Function, Inputs, Scope, Untyped
from apimlb.policy.csharp.binding.throwing import throw_code
from apimlb.policy.csharp.syntax.nodes import Lambda, LambdaParameter, Node, ThrowExpression
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement

_MAX_LAMBDAS = 8


class LambdaValue(Untyped):
    described = "lambda expression"

    def __init__(self, node: Lambda) -> None:
        self.node = node

    def refuse(self, scope: Scope, at: int | Node) -> NoReturn:
        scope.refuse("CS1660", at, "object")

    def to_delegate(self, scope: Scope, target: Type, at: int | Node) -> Bound:
        if target.kind != "delegate":
            scope.refuse("CS1660", at, target)
        *inputs, result = target.arguments
        if len(inputs) != len(self.node.parameters):
            scope.refuse("CS1593", self.node.at, target, len(self.node.parameters))
        made = _bound(scope, self.node, tuple(inputs), result)
        return Bound(target, made.code, safe=True)

    def result(self, scope: Scope, inputs: Inputs) -> Bound | None:
        """An overload may be tried with the same types any number of times: it is bound once for them."""
        if len(inputs) != len(self.node.parameters):
            return None
        trials, key = scope.program.trials, (*scope.function.lambdas, (id(self.node), inputs))
        if key not in trials:
            try:
                trials[key] = _bound(scope.trial(), self.node, inputs, None)
            except PolicyError as problem:
                trials[key] = problem
        found = trials[key]
        return found if isinstance(found, Bound) else None

    def explain(self, scope: Scope) -> None:
        """Raise the first problem that it had with any types."""
        for key, found in scope.program.trials.items():
            if key[-1][0] == id(self.node) and isinstance(found, PolicyError):
                raise found


def bind_lambda(scope: Scope, node: Lambda) -> LambdaValue:
    return LambdaValue(node)


def _bound(scope: Scope, node: Lambda, inputs: Inputs, result: Type | None) -> Bound:
    """The lambda's code, with the type of what its body yields. `result` None leaves that open."""
    outer = scope.function
    if len(outer.lambdas) == _MAX_LAMBDAS:
        scope.refuse("CS8078", node.at, _MAX_LAMBDAS)
    function = Function(
        [], set(), result, shown=outer.shown, enclosed=outer.enclosed or bool(scope.loops),
        lambdas=(*outer.lambdas, (id(node), inputs)),
    )  # fmt: skip
    captured = list(scope.cells())
    inner = scope.within(function)
    variables = _parameters(inner, node, inputs)
    bind_body = _statements if isinstance(node.body, BlockStatement) else _expression
    made = bind_body(inner, node, _Signature(variables, captured))
    outer.used.update(function.used)
    return made


class _Signature(NamedTuple):
    """The parameters of a lambda, and the cells that it might keep: those of its own round of a loop."""

    variables: Sequence[Variable]
    captured: Sequence[Variable]

    def written(self, function: Function) -> str:
        kept = [each.python for each in self.captured if each in function.used]
        return ", ".join([each.python for each in self.variables] + [f"{name}={name}" for name in kept])


def _parameters(scope: Scope, node: Lambda, inputs: Inputs) -> list[Variable]:
    return [_parameter(scope, each, kind) for each, kind in zip(node.parameters, inputs, strict=True)]


def _parameter(scope: Scope, each: LambdaParameter, kind: Type) -> Variable:
    if each.row:
        return _row(scope, each.at, kind)
    if each.type is not None and type_of(scope, each.type) is not kind:
        scope.refuse("CS1661", each.at)
    if each.query and (scope.find(each.name) is not None or each.name in scope.names.inner):
        scope.refuse("CS1931", each.at, each.name, each.name)
    if each.name in scope.names.own:
        scope.refuse("CS0100", each.at, each.name)
    return scope.declare(each.name, kind, each.at)


def _row(scope: Scope, at: int, kind: Type) -> Variable:
    """The anonymous object that holds a query's range variables, and those as names of its members."""
    row = scope.declare(f"<row {len(scope.function.lambdas)}>", kind, at, python=scope.local("row"))
    for name, member_kind in kind.members:
        scope.declare(name, member_kind, at, readonly="range variable", row_member=(row, name))
    return row


def _expression(scope: Scope, node: Lambda, signature: _Signature) -> Bound:
    result = scope.function.result
    if isinstance(node.body, ThrowExpression):
        body = Bound(result or NULL, throw_code(scope, node.body))
    else:
        body = value(scope, node.body)
    code = body.code
    if result is not None and result is not VOID:
        code = convert(scope, body, result, node.body).code
    cells = [each.python for each in signature.variables if each.cell]
    if cells:
        code = f"(lambda {', '.join(cells)}: {code})({', '.join(f'[{name}]' for name in cells)})"
    return Bound(body.type, f"(lambda {signature.written(scope.function)}: {code})", body.constant)


def _statements(scope: Scope, node: Lambda, signature: _Signature) -> Bound:
    assert isinstance(node.body, BlockStatement)
    name = scope.local(f"lambda_{len(scope.function.lambdas)}", "f_")
    cells = [Line(f"{each.python} = [{each.python}]", node.at) for each in signature.variables if each.cell]
    lines = [*cells, *function_lines(scope, node.body)]
    scope.before.extend(suite(f"def {name}({signature.written(scope.function)}):", node.at, lines))
    found = scope.function.returns
    kind = common_type(scope, [each for each in found if each.type is not NULL] or found)
    _check_end(scope, node, VOID if scope.function.result is VOID else kind)
    return Bound(kind, name)


def _check_end(scope: Scope, node: Lambda, kind: Type) -> None:
    """A lambda that returns values does so wherever it ends."""
    flow = analyse(node.body, scope.facts, scope.program.source.text, closely=False)
    for each in flow.findings[:1]:
        scope.refuse(each.code, each.at, *each.values)
    if flow.ends and kind is not VOID:
        scope.refuse("CS1643", node.arrow)


expressions.enter(Lambda, bind_lambda)
