"""Patterns, in `is` and in `case`: tests of values against types and constants."""

from apimlb.policy.clr.casts import is_type
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.assignables import assigned_local
from apimlb.policy.csharp.binding.bound import Bound, Variable
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import expressions, value
from apimlb.policy.csharp.binding.emit import Line
from apimlb.policy.csharp.binding.resolution import find_type, is_var, type_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import once
from apimlb.policy.csharp.conversions import INTEGRAL
from apimlb.policy.csharp.syntax.nodes import Is, MemberAccess, Name, Node, TypeName
from apimlb.policy.csharp.syntax.statement_nodes import SwitchLabel

PLAIN = INTEGRAL | {"System.Boolean", "System.String"}
"""Types of constants that Python compares as C# does."""


def bind_is(scope: Scope, node: Is) -> Bound:
    bound = value(scope, node.operand)
    written, constant = node.type, node.constant
    if written is not None and node.name is not None:
        code, _ = type_test(scope, bound, written, node)
    elif written is not None and not _is_constant(scope, written):
        code = f"{scope.use(is_type)}({bound.code}, {scope.use(type_of(scope, written))})"
    else:
        if written is not None:
            constant = _as_expression(written)
        assert constant is not None
        code, _ = constant_test(scope, bound, constant)
    return Bound(scope.registry.bool, code, safe=True)


def _is_constant(scope: Scope, written: TypeName) -> bool:
    """Whether `x is Name` or `x is Type.Member` compares with a constant."""
    if find_type(scope, written) is not None:
        return False
    names = [name for name, inner in written.parts if not inner]
    if len(names) != len(written.parts) or written.nullable or written.ranks:
        return False
    if scope.find(names[0]) is not None:
        return True
    return len(names) > 1 and find_type(scope, TypeName(written.at, written.parts[:-1])) is not None


def _as_expression(written: TypeName) -> Node:
    """`x is Name.Constant`, which was read as a type."""
    made: Node = Name(written.at, written.parts[0][0])
    at = written.at
    for (before, _), (name, _) in zip(written.parts, written.parts[1:], strict=False):
        at += len(before) + 1
        made = MemberAccess(at, made, name)
    return made


def type_test(scope: Scope, bound: Bound, written: TypeName, node: Is | SwitchLabel) -> tuple[str, Variable]:
    """Code that tests for the type `written` and gives the node's name the value, and that local."""
    assert node.name is not None
    if is_var(scope, written):
        target, always = bound.type, True
    else:
        target = type_of(scope, written)
        _check_testable(scope, bound.type, target, written.at)
        plain = bound.type.is_value and not bound.type.is_nullable
        always = plain and scope.registry.derives(bound.type, target)
    scope.facts.partial = True
    variable = scope.declare(node.name, target, node.name_at)
    if variable.cell:
        scope.before.append(Line(variable.stored("None"), node.name_at))
    if always:
        scope.facts.always.add(id(node))
        return f"({assigned_local(scope, variable, bound.code)}, True)[1]", variable
    first, again = once(scope, bound)
    test = f"{scope.use(is_type)}({first}, {scope.use(target)})"
    return f"({test} and ({assigned_local(scope, variable, again)}, True)[1])", variable


def _check_testable(scope: Scope, source: Type, target: Type, at: int) -> None:
    """Numbers convert to each other, but are never one another."""
    plain = source.underlying
    testable = plain is target.underlying or not (plain.is_value and target.is_value)
    if not testable or scope.conversions.explicit(source, target) is None:
        scope.refuse("CS8121", at, source, target)
    if target.is_nullable:
        scope.refuse("CS8116", at, target, target.underlying)


def constant_test(scope: Scope, bound: Bound, node: Node) -> tuple[str, Bound]:
    """Code that compares with a constant, and the constant."""
    constant = value(scope, node)
    if not constant.is_constant:
        scope.refuse("CS0150", node)
    if bound.type is not scope.registry.object and bound.type.kind not in ("interface", "null"):
        if constant.constant is not None:
            constant = convert(scope, constant, bound.type.underlying, node)
        elif bound.type.is_value and not bound.type.is_nullable:
            constant = convert(scope, constant, bound.type, node)
    if constant.constant is None:
        code = repr(bound.constant is None) if bound.is_constant else f"({bound.code} is None)"
        return code, constant
    if bound.type.name in PLAIN:
        return f"({bound.code} == {constant.code})", constant
    return f"{scope.use(clr_equals)}({bound.code}, {constant.code})", constant


expressions.enter(Is, bind_is)
