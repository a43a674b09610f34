"""Blocks, declarations, expressions as statements, `if`, `try` and `using`."""

from collections.abc import Sequence

from apimlb.policy.clr.catching import caught, is_caught
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding import assignment
from apimlb.policy.csharp.binding.assignables import assigned_local, declared_inside
from apimlb.policy.csharp.binding.bound import NOT_CONSTANT, Bound, Variable
from apimlb.policy.csharp.binding.captures import assigned_names
from apimlb.policy.csharp.binding.conversion import condition, convert
from apimlb.policy.csharp.binding.creation import array_of
from apimlb.policy.csharp.binding.dispatch import bind, check_runs, statement, typed, value
from apimlb.policy.csharp.binding.emit import Line, Lines, suite
from apimlb.policy.csharp.binding.functions import declare_function
from apimlb.policy.csharp.binding.lookup import type_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import check_exception, constant_code
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


# Declarations


def bind_declaration(scope: Scope, node: statement_nodes.Declaration, readonly: str = "") -> Lines:
    inferred = node.type.is_var
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
            scope.program.partial = True
            lines.append(Line(variable.stored(constant_code(scope, variable.type.default)), at))
        if node.constant:
            assert initial is not None
            _check_constant(scope, node, variable, bound, initial)
            variable.constant = bound.constant
        lines += [*before, Line(variable.stored(bound.code), at)]
        if isinstance(initial, nodes.Name) and not variable.type.is_value:
            _copied(scope, variable, initial.name, bound.code)
    return lines


def _copied(scope: Scope, variable: Variable, name: str, code: str) -> None:
    """Note that a local is another name of the one at `code`, if neither is ever assigned."""
    program = scope.program
    if program.written is None:
        program.written = assigned_names(program.tree)
    source = scope.find(name)
    held = isinstance(source, Variable) and not source.type.is_value
    if held and not {variable.name, name} & program.written:
        program.copies[variable.code] = program.copies.get(code, code)


def _inferred(scope: Scope, at: int, initial: nodes.Node | None) -> Bound:
    if initial is None:
        scope.refuse("CS0818", at)
    if isinstance(initial, nodes.ArrayInitializer):
        scope.refuse("CS0820", at)
    return typed(scope, initial, "CS0815", at)


def _initial(scope: Scope, kind: Type, initial: nodes.Node | None) -> Bound:
    if initial is None:
        scope.program.partial = True
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
    check_runs(scope, expression, node.at)
    if isinstance(expression, nodes.Assignment | nodes.Increment):
        return [Line(assignment.run(scope, expression), node.at)]
    return [Line(value(scope, expression).code, node.at)]


def bind_if(scope: Scope, node: statement_nodes.If) -> Lines:
    """Variables of the condition live on after it, as they do in C#."""
    lines = suite(f"if {condition(scope, node.condition)}:", node.at, statement(scope, node.then))
    if node.otherwise is not None:
        lines += suite("else:", node.otherwise.at, statement(scope, node.otherwise))
    return lines


def bind_try(scope: Scope, node: statement_nodes.Try) -> Lines:
    lines = suite("try:", node.at, statement(scope, node.body))
    name = scope.local("error", "e_")
    head = f"except {scope.use(Exception)} as {name}:"
    if node.catches:
        kept = scope.local("error", "k_")
        clauses = _clauses(scope._replace(catching=True), node.catches, kept, [])
        first = Line(f"{kept} = {scope.use(caught)}({name})", node.at)
        lines += suite(head, node.at, [first, *clauses])
    else:  # tells the budget of a stack that is full, before the frame outside runs on
        told = Line(scope.call(caught, name), node.at)
        lines += suite(head, node.at, [told, Line("raise", node.at)])
    if node.finally_body is not None:
        body = statement(scope._replace(catching=False), node.finally_body)
        lines += suite("finally:", node.finally_body.at, body)
    return lines


def _clauses(scope: Scope, catches: Sequence[statement_nodes.Catch], kept: str, done: list[Type]) -> Lines:
    """The clauses that are left; `done` are the exceptions that those before them take."""
    each, *rest = catches
    before: Lines = []
    inner = scope.inside().after(before)
    kind = _caught(scope, each, done)
    test = scope.call(is_caught, kept)
    if each.variable is not None:
        variable = declared_inside(inner, each.variable.name, kind, each.variable.name_at)
        test = f"({test} and ({assigned_local(scope, variable, kept)}, True)[1])"
    if each.filter is not None:
        test = f"({test} and {condition(inner, each.filter)})"
    else:
        done = [*done, kind]
    taken = suite(f"if {test}:", each.at, statement(inner, each.body))
    otherwise = _clauses(scope, rest, kept, done) if rest else [Line("raise", each.at)]
    return [*before, *taken, *suite("else:", each.at, otherwise)]


def _caught(scope: Scope, each: statement_nodes.Catch, done: Sequence[Type]) -> Type:
    if each.type is None:
        return scope.registry.named("System.Exception")
    kind = type_of(scope, each.type)
    check_exception(scope, kind, each.type.at)
    for other in done:
        if scope.registry.derives(kind, other):
            scope.refuse("CS0160", each.type.at, other)
    return kind


def bind_using(scope: Scope, node: statement_nodes.Using) -> Lines:
    scope = scope.inside()
    if isinstance(node.resource, statement_nodes.Declaration):
        lines = bind_declaration(scope, node.resource, readonly="using variable")
        resource = scope.names.own[node.resource.declarators[0][1]]
        assert isinstance(resource, Variable)
        _check_disposable(scope, resource.type, node.resource.type.at)
    else:
        bound = value(scope, node.resource)
        _check_disposable(scope, bound.type, node.resource)
        lines = [Line(bound.code, node.at)]
    return [*lines, *statement(scope, node.body)]


def _check_disposable(scope: Scope, kind: Type, at: int | nodes.Node) -> None:
    """The tables do not say of every interface and cryptographic type that it is disposable."""
    known = scope.registry.derives(kind, scope.registry.named("System.IDisposable"))
    if not known and kind.kind != "interface" and not kind.name.startswith("System.Security."):
        scope.refuse("CS1674", at, kind)
