"""Calls as they are written, of methods and of delegates."""

from apimlb.policy.csharp.binding.arguments import given_arguments
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import bind, expressions
from apimlb.policy.csharp.binding.groups import MethodGroup, call_group
from apimlb.policy.csharp.binding.members import member_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import not_null
from apimlb.policy.csharp.syntax.nodes import Invocation, MemberAccess


def bind_invocation(scope: Scope, node: Invocation) -> Bound:
    member = isinstance(node.target, MemberAccess)
    if isinstance(node.target, MemberAccess):
        target = member_of(scope, node.target, called=True)
    else:
        target = bind(scope, node.target)
    if isinstance(target, MethodGroup):
        return call_group(scope, target, given_arguments(scope, node.arguments), node.at)
    if isinstance(target, Bound) and target.type.kind == "delegate":
        return _invoke(scope, target, node)
    if isinstance(target, Bound) and not member:
        scope.refuse("CS0149", node.target)
    scope.refuse("CS1955", node.target.at)


def _invoke(scope: Scope, target: Bound, node: Invocation) -> Bound:
    *parameters, result = target.type.arguments
    arguments = given_arguments(scope, node.arguments)
    if len(arguments) != len(parameters):
        scope.refuse("CS1593", node.at, target.type, len(arguments))
    codes = [
        convert(scope, each.value, kind, each.at).code
        for each, kind in zip(arguments, parameters, strict=True)
    ]
    return Bound(result, f"{not_null(scope, target)}({', '.join(codes)})")


expressions.enter(Invocation, bind_invocation)
