"""`try`, and `using`."""

from collections.abc import Sequence

from apimlb.policy.clr.catching import caught, is_caught
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.assignables import assigned_local
from apimlb.policy.csharp.binding.blocks import declared, embedded
from apimlb.policy.csharp.binding.bound import Variable
from apimlb.policy.csharp.binding.conversion import condition
from apimlb.policy.csharp.binding.dispatch import statements, value
from apimlb.policy.csharp.binding.emit import Line, Lines, suite
from apimlb.policy.csharp.binding.resolution import type_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.throwing import check_exception
from apimlb.policy.csharp.syntax.nodes import Node
from apimlb.policy.csharp.syntax.statement_nodes import Catch, Declaration, Try, Using


def bind_try(scope: Scope, node: Try) -> Lines:
    lines = suite("try:", node.at, embedded(scope, node.body))
    name = scope.local("error", "e_")
    head = f"except {scope.use(Exception)} as {name}:"
    if node.catches:
        kept = scope.local("error", "k_")
        clauses = _clauses(scope._replace(catching=True), node.catches, kept, [])
        first = Line(f"{kept} = {scope.use(caught)}({name})", node.at)
        lines += suite(head, node.at, [first, *clauses])
    else:  # tells the budget of a stack that is full, before the frame outside runs on
        told = Line(f"{scope.use(caught)}({name})", node.at)
        lines += suite(head, node.at, [told, Line("raise", node.at)])
    if node.finally_body is not None:
        body = embedded(scope._replace(catching=False), node.finally_body)
        lines += suite("finally:", node.finally_body.at, body)
    return lines


def _clauses(scope: Scope, catches: Sequence[Catch], kept: str, done: list[Type]) -> Lines:
    """The clauses that are left; `done` are the exceptions that those before them take."""
    each, *rest = catches
    before: Lines = []
    inner = scope.inside().after(before)
    kind = _caught(scope, each, done)
    test = f"{scope.use(is_caught)}({kept}, {kind.name!r})"
    if each.name is not None:
        variable = inner.declare(each.name, kind, each.name_at)
        test = f"({test} and ({assigned_local(scope, variable, kept)}, True)[1])"
        if variable.cell:
            before.append(Line(variable.stored("None"), each.at))
    if each.filter is not None:
        test = f"({test} and {condition(inner, each.filter)})"
    else:
        done = [*done, kind]
    taken = suite(f"if {test}:", each.at, embedded(inner, each.body))
    otherwise = _clauses(scope, rest, kept, done) if rest else [Line("raise", each.at)]
    return [*before, *taken, *suite("else:", each.at, otherwise)]


def _caught(scope: Scope, each: Catch, done: Sequence[Type]) -> Type:
    if each.type is None:
        return scope.registry.named("System.Exception")
    kind = type_of(scope, each.type)
    check_exception(scope, kind, each.type.at)
    for other in done:
        if scope.registry.derives(kind, other):
            scope.refuse("CS0160", each.type.at, other)
    return kind


def bind_using(scope: Scope, node: Using) -> Lines:
    scope = scope.inside()
    if isinstance(node.resource, Declaration):
        lines = declared(scope, node.resource, readonly="using variable")
        resource = scope.names.own[node.resource.declarators[0][1]]
        assert isinstance(resource, Variable)
        _check_disposable(scope, resource.type, node.resource.type.at)
    else:
        bound = value(scope, node.resource)
        _check_disposable(scope, bound.type, node.resource)
        lines = [Line(bound.code, node.at)]
    return [*lines, *embedded(scope, node.body)]


def _check_disposable(scope: Scope, kind: Type, at: int | Node) -> None:
    """The tables do not say of every interface and cryptographic type that it is disposable."""
    known = scope.registry.derives(kind, scope.registry.named("System.IDisposable"))
    if not known and kind.kind != "interface" and not kind.name.startswith("System.Security."):
        scope.refuse("CS1674", at, kind)


statements.enter(Try, bind_try)
statements.enter(Using, bind_using)
