"""What can be assigned: locals, properties, indexers and the elements of arrays."""

from collections.abc import Callable
from typing import Any, NamedTuple

from apimlb.policy.clr.types.constructed import VOID, Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding.bound import Bound, Variable
from apimlb.policy.csharp.binding.conversion import called
from apimlb.policy.csharp.binding.emit import Line
from apimlb.policy.csharp.binding.lookup import context_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import not_null
from apimlb.policy.csharp.runtime import array_item, array_store, call_on, keep, set_cell, set_through
from apimlb.policy.csharp.syntax.nodes import Node


class Access(NamedTuple):
    """A property of a target, or an indexer or the `ELEMENT` of an array, with its `arguments`.

    `still` arguments make no difference to whether the target is null, so that it may be looked at first.
    """

    type: Type
    target: Bound
    owner: Type
    member: Member
    arguments: tuple[Bound, ...] = ()
    still: bool = True


Assignable = Variable | Access

ELEMENT = Member("property", "this", False, (), [], VOID, array_item, setter=array_store)
"""An element of any array, whose type has no row in the tables."""

assignables: dict[type[Node], Callable[[Scope, Any], Assignable | None]] = {}
"""By the class of a node, what finds the place that an assignment to it changes. `binder` fills it."""


def assignable(scope: Scope, node: Node, code: str = "CS0131") -> Assignable:
    """The variable, member or element that an assignment to a node changes. Any other node is refused with
    `code`."""
    find = assignables.get(type(node))
    found = None if find is None else find(scope, node)
    if found is None:
        scope.refuse(code, node)
    return found


def read(scope: Scope, place: Assignable) -> Bound:
    if isinstance(place, Variable):
        return Bound(place.type, place.code, repeatable=True)
    call = place.member.call
    if place.still or isinstance(call, str):
        return Bound(place.type, called(scope, call, *_codes(scope, place)))
    context = context_of(place.member)
    arguments = (*context, place.target.code, *(each.code for each in place.arguments))
    return Bound(place.type, looked_at(scope, call, len(context), arguments))


def looked_at(scope: Scope, call: object, place: int, codes: tuple[str, ...]) -> str:
    """A call that looks whether its argument at `place` is null once all of them are computed, as C# does."""
    return scope.call(call_on, scope.use(call), str(place), *codes)


def _codes(scope: Scope, place: Access) -> tuple[str, ...]:
    """What a call that reads or writes takes, but for the value."""
    return (
        *context_of(place.member),
        not_null(scope, place.target),
        *(each.code for each in place.arguments),
    )


def _setter(scope: Scope, place: Access, at: int | Node) -> str:
    if place.member.setter is None:
        scope.refuse("CS0200", at, shown_property(place))
    return scope.use(place.member.setter)


def shown_property(place: Access) -> str:
    """A property or an indexer as messages name it."""
    name = place.member.name
    if name == "this":
        name = f"this[{', '.join(each.type.shown for each in place.arguments)}]"
    return f"{place.owner.shown}.{name}"


def assigned(scope: Scope, place: Assignable, code: str, at: int | Node) -> str:
    """An expression that stores a value and yields it."""
    if isinstance(place, Variable):
        return assigned_local(scope, place, code)
    return scope.call(set_through, _setter(scope, place, at), *_codes(scope, place), code)


def declared_inside(scope: Scope, name: str, kind: Type, at: int) -> Variable:
    """A local that an expression declares. Its cell is there before the statement."""
    variable = scope.declare(name, kind, at)
    if variable.cell:
        scope.before.append(Line(variable.stored("None"), at))
    return variable


def assigned_local(scope: Scope, variable: Variable, code: str) -> str:
    if variable.cell:
        return scope.call(set_cell, variable.python, code)
    return f"({variable.python} := {code})"


def stored(scope: Scope, place: Assignable, code: str, at: int | Node) -> str:
    """A statement that stores a value."""
    if isinstance(place, Variable):
        return f"{place.code} = {code}"
    return f"{_setter(scope, place, at)}({', '.join((*_codes(scope, place), code))})"


def named(scope: Scope, place: Assignable) -> tuple[Assignable, tuple[str, ...]]:
    """The same with a target and arguments that are names, and the code that computes those, in order."""
    if isinstance(place, Variable):
        return place, ()
    first: list[str] = []

    def name(each: Bound, code: str) -> Bound:
        if each.is_still and code == each.code:
            return each
        made = scope.temporary()
        first.append(f"({made} := {code})")
        return Bound(each.type, made, repeatable=True, safe=True)

    target = name(place.target, not_null(scope, place.target))
    arguments = tuple(name(each, each.code) for each in place.arguments)
    return place._replace(target=target, arguments=arguments, still=True), tuple(first)


def in_order(scope: Scope, first: tuple[str, ...], code: str) -> str:
    """Code that runs after other code, and yields its own value."""
    return scope.call(keep, *first, code) if first else code
