"""Assignment, compound assignment, `++` and `--`, each as an expression and as a statement."""

from typing import NamedTuple

from apimlb.policy.clr.types.constructed import NULL, VOID
from apimlb.policy.csharp.binding.assignables import (
    Access,
    Assignable,
    assignable,
    assigned,
    in_order,
    named,
    read,
    stored,
)
from apimlb.policy.csharp.binding.bound import NOT_CONSTANT, Bound, TypeReference, Variable
from apimlb.policy.csharp.binding.conversion import cast, convert, converts
from apimlb.policy.csharp.binding.dispatch import bind, value
from apimlb.policy.csharp.binding.lookup import no_member, result_of
from apimlb.policy.csharp.binding.members import no_variable
from apimlb.policy.csharp.binding.operators import operate
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import literal
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax.nodes import Assignment, Increment, MemberAccess, Name, Node

# What can be assigned


def assignable_name(scope: Scope, node: Name) -> Variable | None:
    found = scope.find(node.name)
    if found is None:
        bind(scope, node)  # refuses a name that is nothing at all
    if not isinstance(found, Variable) or found.constant is not NOT_CONSTANT:
        return None
    if found.readonly:
        scope.refuse("CS1656", node, node.name, found.readonly)
    scope.function.used.add(found)
    return found


def assignable_member(scope: Scope, node: MemberAccess) -> Access | None:
    target = bind(scope, node.target)
    if isinstance(target, Bound):
        return assignable_property(scope, target, node.name, node)
    if isinstance(target, TypeReference) and scope.registry.members(target.type, node.name):
        scope.refuse("CS0198", node)
    bind(scope, node)  # refuses a name that is nothing at all
    return None


def assignable_property(scope: Scope, target: Bound, name: str, at: int | MemberAccess) -> Access:
    """A property that is assigned; `at` is its place, or the node that names it."""
    if any(name == member for member, _ in target.type.members):
        scope.refuse("CS0200", at, f"{target.type.shown}.{name}")
    for owner, member in scope.registry.members(target.type, name):
        if member.kind == "property" and not member.static:
            return Access(result_of(scope, owner, member), target, owner, member)
    raise no_member(scope, target.type, name, at if isinstance(at, int) else at.name_at)


# Assignments


class _Change(NamedTuple):
    """A value that is to be stored, with the code that runs before it."""

    place: Assignable
    first: tuple[str, ...]
    value: Bound


def bind_assignment(scope: Scope, node: Assignment) -> Bound:
    if _discards(scope, node):
        return _discarded(scope, node)
    return _expression(scope, _change(scope, node), node)


def run(scope: Scope, node: Assignment | Increment) -> str:
    """Code of an assignment, or of `++` or `--`, as a statement."""
    if isinstance(node, Assignment) and _discards(scope, node):
        return _discarded(scope, node).code
    change = _moved(scope, node) if isinstance(node, Increment) else _change(scope, node)
    return in_order(scope, change.first, stored(scope, change.place, change.value.code, node))


def _expression(scope: Scope, change: _Change, at: Node) -> Bound:
    code = assigned(scope, change.place, change.value.code, at)
    return Bound(change.place.type, in_order(scope, change.first, code), safe=change.value.safe)


def _change(scope: Scope, node: Assignment) -> _Change:
    place = assignable(scope, node.target)
    if not node.operator:
        return _Change(place, (), convert(scope, bind(scope, node.value), place.type, node.value))
    place, first = named(scope, place)
    current = read(scope, place)
    right = value(scope, node.value)
    made = operate(scope, node.operator, current, right, node)
    return _Change(place, first, _compound(scope, made, place, right, node))


def _compound(scope: Scope, made: Bound, place: Assignable, right: Bound, node: Assignment) -> Bound:
    """`x op= y` casts back to the type of x, where y itself converts to it or is a number of places."""
    target = place.type
    if made.type is target or scope.conversions.implicit(made.type, target) is not None:
        return convert(scope, made, target, node)
    if node.operator not in ("<<", ">>") and not converts(scope, right, target):
        convert(scope, right, target, node)  # refuses it
    return cast(scope, Bound(made.type, made.code), target, node)


def _discards(scope: Scope, node: Assignment) -> bool:
    return isinstance(node.target, Name) and node.target.name == "_" and scope.find("_") is None


def _discarded(scope: Scope, node: Assignment) -> Bound:
    """`_ = value` is computed and forgotten."""
    if node.operator:
        raise no_variable(scope, Name(node.target.at, "_"))
    bound = value(scope, node.value)
    if bound.type in (NULL, VOID):
        scope.refuse("CS8183", node.target)
    return Bound(bound.type, f"({bound.code})")


# ++ and --


def bind_increment(scope: Scope, node: Increment) -> Bound:
    if node.prefix:
        return _expression(scope, _moved(scope, node), node)
    change = _moved(scope, node, keep_old=True)
    code = assigned(scope, change.place, change.value.code, node)
    old = len(change.first) - 1
    return Bound(change.place.type, f"({', '.join((*change.first, code))})[{old}]", safe=True)


def _moved(scope: Scope, node: Increment, *, keep_old: bool = False) -> _Change:
    """One more or less; with `keep_old` the value before it is the last that is computed first."""
    place, first = named(scope, assignable(scope, node.operand, "CS1059"))
    kind = place.type.underlying
    if kind.name not in NUMERIC and kind.kind != "enum":
        scope.refuse("CS0023", node, node.operator, place.type)
    current = Bound(place.type, read(scope, place).code)
    if keep_old:
        name = scope.temporary()
        first = (*first, f"({name} := {current.code})")
        current = Bound(place.type, name, repeatable=True)
    made = operate(scope, node.operator[0], current, literal(scope, 1, scope.registry.int), node)
    if made.type is not place.type:
        made = cast(scope, Bound(made.type, made.code), place.type, node)
    return _Change(place, first, made._replace(safe=True))
