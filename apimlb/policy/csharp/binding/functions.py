"""Functions: their bodies, what they return, those that a block declares, and lambdas.

A lambda's parameters have the types that the call around it tells.
"""

from collections.abc import Callable, Sequence

from apimlb.errors import PolicyError
from apimlb.policy.clr.budget import spend
from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.arguments import common_type
from apimlb.policy.csharp.binding.bound import NEVER, Bound, LocalMethod, Variable
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import as_value, bind, check_runs, statement, value
from apimlb.policy.csharp.binding.emit import LIGHT, Line, Lines, suite, weight_of
from apimlb.policy.csharp.binding.flow import walked
from apimlb.policy.csharp.binding.lookup import shown_member, type_of
from apimlb.policy.csharp.binding.scope import Function, Inputs, Scope, Untyped
from apimlb.policy.csharp.binding.values import constant_code, throw_code
from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.nodes import Lambda, LambdaParameter, Node, Throw


def function_lines(scope: Scope, body: statement_nodes.BlockStatement) -> Lines:
    """The lines of a function. The outermost one counts the rounds of its loops in a local. The others count
    them in the budget that they share, because they may be called any number of times."""
    lines = statement(scope, body)
    first = "n = 0" if scope.function.outermost else scope.call(spend, str(weight_of(lines)))
    return [Line(first, body.at), *lines]


def bind_return(scope: Scope, node: statement_nodes.Return) -> Lines:
    function = scope.function
    if node.value is None:
        if function.outermost or function.result not in (None, VOID):
            shown = function.result.shown if function.result else "object"
            scope.refuse("CS0126", node.at, shown)
        function.returns.append(Bound(VOID, ""))
        return [Line(f"return {_returned(function, 'None')}", node.at)]
    found = bind(scope, node.value)
    if function.result is VOID and not function.shown:
        scope.refuse("CS8030", node.at)
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
    result = VOID if node.result.is_void else type_of(scope, node.result)
    scope.check_unused(node.name, node.at)
    python = scope.local(node.name, "f_")
    parameters = [_parameter(scope, each) for each in node.parameters]
    names = [each.name for each in node.parameters]
    for place, each in enumerate(node.parameters):
        if each.name in names[:place]:
            scope.refuse("CS0100", each.at, each.name)
    places = ", ".join(f"{{{n}}}" for n in range(sum(each.mode != "out" for each in parameters)))
    member = Member("method", node.name, True, (), parameters, result, f"{python}({places})")
    node.shown = shown_member(scope.registry.object, member).partition(".")[2]
    scope.names.enter(LocalMethod(node.name, python, member, node.at))
    scope.program.partial = True


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
    outer = scope.function
    function = Function([], outer.used, method.member.result, shown=node.shown, lambdas=outer.lambdas)
    block = scope.within(function)
    variables = [
        block.declare(each.name, parameter.type, each.at)
        for each, parameter in zip(node.parameters, method.member.parameters, strict=True)
    ]
    outs = tuple(
        each for each, written in zip(variables, node.parameters, strict=True) if written.mode == "out"
    )
    inner = block._replace(function=function._replace(outs=outs))
    given = ", ".join(each.python for each in variables if each not in outs)
    lines: Lines = []
    for each in variables:
        first = constant_code(scope, each.type.default) if each in outs else each.python
        if each.cell or each in outs:
            lines.append(Line(each.stored(first), node.at))
    lines += function_lines(inner, node.body)
    if outs:
        lines.append(Line(f"return {_returned(inner.function, 'None')}", node.at))
    return suite(f"def {method.python}({given}):", node.at, lines)


_MAX_LAMBDAS = 8


class LambdaValue(Untyped):
    described = "lambda expression"

    def __init__(self, node: Lambda) -> None:
        self.node = node

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


def _bound(scope: Scope, node: Lambda, inputs: Inputs, result: Type | None) -> Bound:
    """The lambda's code, with the type of what its body yields. `result` None leaves that open."""
    outer = scope.function
    if len(outer.lambdas) == _MAX_LAMBDAS:
        scope.refuse("CS8078", node.at, _MAX_LAMBDAS)
    function = Function(
        [], set(), result, enclosed=outer.enclosed or bool(scope.loops),
        lambdas=(*outer.lambdas, (id(node), inputs)),
    )  # fmt: skip
    captured = list(scope.cells())
    inner = scope.within(function)
    variables = [
        _lambda_parameter(inner, each, kind) for each, kind in zip(node.parameters, inputs, strict=True)
    ]

    def parameters() -> str:
        """With the cells that the body names: those of its own round of a loop."""
        kept = [each.python for each in captured if each in function.used]
        return ", ".join([*(each.python for each in variables), *(f"{name}={name}" for name in kept)])

    cells = [each.python for each in variables if each.cell]
    bind_body = _statements if isinstance(node.body, statement_nodes.BlockStatement) else _expression
    made = bind_body(inner, node, cells, parameters)
    outer.used.update(function.used)
    return made


def _lambda_parameter(scope: Scope, each: LambdaParameter, kind: Type) -> Variable:
    if each.row:
        return _row(scope, each.at, kind)
    if each.type is not None and type_of(scope, each.type) is not kind:
        scope.refuse("CS1661", each.at)
    if each.query and scope.find(each.name) is not None:
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


def _expression(scope: Scope, node: Lambda, cells: Sequence[str], parameters: Callable[[], str]) -> Bound:
    result = scope.function.result
    if isinstance(node.body, Throw):
        body = Bound(result or NEVER, throw_code(scope, node.body))
    else:
        if result is VOID:
            check_runs(scope, node.body, node.body.at)
        body = value(scope, node.body)
    code = body.code
    if result is not None and result is not VOID:
        code = convert(scope, body, result, node.body).code
    if len(code) > LIGHT:
        code = f"({scope.use(spend)}({len(code) // LIGHT}), {code})[1]"
    if cells:
        code = f"(lambda {', '.join(cells)}: {code})({', '.join(f'[{name}]' for name in cells)})"
    return Bound(body.type, f"(lambda {parameters()}: {code})", body.constant)


def _statements(scope: Scope, node: Lambda, cells: Sequence[str], parameters: Callable[[], str]) -> Bound:
    assert isinstance(node.body, statement_nodes.BlockStatement)
    python = scope.local(f"lambda_{len(scope.function.lambdas)}", "f_")
    lines = [Line(f"{name} = [{name}]", node.at) for name in cells]
    lines += function_lines(scope, node.body)
    scope.before.extend(suite(f"def {python}({parameters()}):", node.at, lines))
    found = scope.function.returns
    kind = common_type(scope, [each for each in found if each.type is not NULL] or found)
    ends, problem = walked(scope, node.body, closely=False)
    if ends and (scope.function.result or kind) is not VOID:
        scope.refuse("CS1643", node.arrow)
    if problem is not None:
        raise problem
    return Bound(kind if found or ends else NEVER, python)
