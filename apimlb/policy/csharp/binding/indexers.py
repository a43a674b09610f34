"""`target[arguments]`: elements of arrays, and indexers."""

from collections.abc import Sequence

from apimlb.policy.csharp.binding.arguments import given_arguments
from apimlb.policy.csharp.binding.assignables import Assignable, assignables, read
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert, converts
from apimlb.policy.csharp.binding.dispatch import expressions, value
from apimlb.policy.csharp.binding.explanations import no_overload
from apimlb.policy.csharp.binding.lookup import result_of
from apimlb.policy.csharp.binding.overloads import best_overload, parameter_values
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.syntax.nodes import Argument, ElementAccess, Node

_SIZES = ("System.Int32", "System.UInt32", "System.Int64", "System.UInt64")


def bind_element(scope: Scope, node: ElementAccess) -> Bound:
    return read(scope, element(scope, value(scope, node.target), node.arguments, node))


def assignable_element(scope: Scope, node: ElementAccess) -> Assignable:
    return element(scope, value(scope, node.target), node.arguments, node)._replace(still=True)


def element(scope: Scope, target: Bound, written: Sequence[Argument], at: int | Node) -> Assignable:
    if target.type.kind == "array":
        return _array_element(scope, target, written, at)
    candidates = scope.registry.members(target.type, "this")
    if not candidates:
        scope.refuse("CS0021", at, target.type)
    given = given_arguments(scope, written)
    chosen = best_overload(scope, candidates, given, given[0].at if given else at)
    if chosen is None:
        raise no_overload(scope, "this", candidates[0][0], candidates, given, scope.offset(at))
    still = target.safe or all(isinstance(each.value, Untyped) or each.value.is_still for each in given)
    return Assignable(
        result_of(scope, chosen.owner, chosen.member), None, target,
        tuple(parameter_values(scope, chosen, given)), chosen.member, chosen.owner, still,
    )  # fmt: skip


def _array_element(scope: Scope, target: Bound, written: Sequence[Argument], at: int | Node) -> Assignable:
    if len(written) != target.type.rank:
        scope.refuse("CS0022", at, target.type.rank)
    indices = []
    for each in written:
        assert each.value is not None
        indices.append(value(scope, each.value))
    still = target.safe or all(each.is_still for each in indices)
    sizes = tuple(as_size(scope, each, at) for each in indices)
    return Assignable(target.type.arguments[0], None, target, sizes, still=still)


def as_size(scope: Scope, bound: Bound, at: int | Node) -> Bound:
    """An index or a size of an array, of any integer type; messages point at `at`."""
    for name in _SIZES:
        target = scope.registry.named(name)
        if converts(scope, bound, target):
            return convert(scope, bound, target, at)
    return convert(scope, bound, scope.registry.int, at)


expressions.enter(ElementAccess, bind_element)
assignables.enter(ElementAccess, assignable_element)
