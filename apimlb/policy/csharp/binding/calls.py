"""Calls of methods and indexers of one name, before and after the arguments choose one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from apimlb.errors import PolicyError
from apimlb.policy.clr.objects.text import same_objects
from apimlb.policy.clr.types.constructed import VOID, Type, defined_type, substitute
from apimlb.policy.csharp.binding.arguments import Given, given_arguments, takes
from apimlb.policy.csharp.binding.assignables import (
    ELEMENT,
    Access,
    assigned,
    assigned_local,
    declared_inside,
    looked_at,
    read,
)
from apimlb.policy.csharp.binding.bound import Bound, LocalMethod
from apimlb.policy.csharp.binding.conversion import called, convert, converts
from apimlb.policy.csharp.binding.dispatch import value
from apimlb.policy.csharp.binding.lookup import context_of, receiver, result_of
from apimlb.policy.csharp.binding.overloads import Candidate, Resolution, parameter_values
from apimlb.policy.csharp.binding.scope import Inputs, Scope, Untyped
from apimlb.policy.csharp.binding.values import identity
from apimlb.policy.csharp.syntax.nodes import Argument, ElementAccess, Node


@dataclass(slots=True, eq=False, repr=False)
class MethodGroup(Untyped):
    """`target` is None for static calls; a group of one `local` function has no other methods."""

    at: int
    name: str
    owner: Type
    target: Bound | None = None
    type_arguments: list[Type] | None = None
    local: LocalMethod | None = None
    described: ClassVar[str] = "method group"

    def to_delegate(self, scope: Scope, target: Type, at: int | Node) -> Bound:
        if target.kind != "delegate":
            scope.refuse("CS0428", self.at, self.name, target)
        *inputs, result = target.arguments
        body = self._called_with(scope, tuple(inputs))
        if result is not VOID:
            body = convert(scope, body, result, at)
        names = ", ".join(f"a{i}" for i in range(len(inputs)))
        return Bound(target, f"(lambda {names}: {body.code})", safe=True)

    def result(self, scope: Scope, inputs: Inputs) -> Bound | None:
        try:
            return self._called_with(scope.trial(), inputs)
        except PolicyError:
            return None

    def explain(self, scope: Scope) -> None:
        """What is inside of its methods fits."""

    def _called_with(self, scope: Scope, inputs: Inputs) -> Bound:
        names = [Bound(kind, f"a{i}", repeatable=True) for i, kind in enumerate(inputs)]
        return call_group(scope, self, [Given(self.at, name) for name in names])


def call_group(scope: Scope, group: MethodGroup, arguments: Sequence[Given]) -> Bound:
    """A call of the best method of a group."""
    _check_names(scope, arguments)
    at, places = group.at, []
    for call in _calls(scope, group, arguments):
        found = call.best(at)
        if found is not None:
            return _call(scope, found, None if call.extra else group.target)
        places.append(call)
    call = next((each for each in places if each.members), places[0])
    raise call.refusal(group.name, group.owner, at, local=group.local is not None)


def _calls(scope: Scope, group: MethodGroup, arguments: Sequence[Given]) -> Iterator[Resolution]:
    """The call, of the group's own methods, and of the extension methods of its name: first those that are
    near, then those of outer namespaces."""
    members = [
        (owner, member)
        for owner, member in scope.registry.members(group.owner, group.name)
        if member.kind == "method" and member.static == (group.target is None)
    ]
    if group.local is not None:
        members = [(scope.registry.object, group.local.member)]
    yield Resolution(scope, members, arguments, group.type_arguments)
    if group.target is not None:
        extended = [Given(group.at, group.target), *arguments]
        extensions = list(scope.registry.extensions(group.name))
        for outer in (False, True):
            members = [
                (defined_type(definition, ()), member)
                for definition, member in extensions
                if definition.outer == outer
            ]
            yield Resolution(scope, members, extended, group.type_arguments, extra=1)


def construct(scope: Scope, made: Type, arguments: Sequence[Given], at: int) -> Bound:
    """`new Type(arguments)`, the type standing at `at`."""
    assert made.definition is not None
    members = [(made, member) for member in scope.registry.own_members(made.definition, "new")]
    _check_names(scope, arguments)
    call = Resolution(scope, members, arguments)
    found = call.best(arguments[0].at if arguments else at)
    if found is not None:
        return _call(scope, found, None)._replace(type=made, safe=True)
    if not members:
        raise scope.not_allowed(f"'{made.shown}' cannot be created in a policy expression", at)
    if not any(takes(member, len(arguments)) for _, member in members):
        scope.refuse("CS1729", at, made, len(arguments))
    raise call.refusal(made.shown, made, at)


def _check_names(scope: Scope, arguments: Sequence[Given]) -> None:
    named = False
    for each in arguments:
        if named and each.name is None:
            scope.refuse("CS1738", each.at)
        named = named or each.name is not None


def _call(scope: Scope, chosen: Candidate, target: Bound | None) -> Bound:
    member, arguments = chosen.member, chosen.arguments
    result = substitute(member.result, chosen.given)
    received = [pair for pair in zip(arguments, chosen.types, strict=True) if pair[0].mode]
    outs = scope.temporary() if received else ""  # a call with such yields them behind its result
    stores = [_store(scope, *pair, f"{outs}[{place}]") for place, pair in enumerate(received, 1)]
    given = parameter_values(scope, chosen)
    values = tuple(each.code for each in given)
    if member.check is not None:
        refused = member.check([each.constant if each.is_constant else None for each in given])
        if refused:
            raise scope.program.source.error(refused, scope.offset(arguments[0].at), "NotSupported")
    call = identity(scope, *given) if member.call is same_objects else member.call
    extra = (*context_of(member), *(scope.use(chosen.given[name]) for name in member.types))
    checked = () if target is None else (receiver(scope, chosen.owner, target),)
    if isinstance(call, str):
        code = f"({called(scope, call, *checked, *values)})"
    elif target is None or checked == (target.code,) or _are_still(arguments):
        code = called(scope, call, *extra, *checked, *values)
    else:
        code = looked_at(scope, call, len(extra), (*extra, target.code, *values))
    if stores:
        code = f"(({outs} := {code}), {', '.join(stores)})[0][0]"
    return Bound(result, code)


def _are_still(arguments: Sequence[Given]) -> bool:
    return all(each.value.is_still for each in arguments if isinstance(each.value, Bound))


def _store(scope: Scope, each: Given, kind: Type, code: str) -> str:
    """Code that stores an out or ref value."""
    if each.target is not None:
        if isinstance(each.target, Access) and each.target.member is not ELEMENT:
            scope.refuse("CS0206", each.at)
        return assigned(scope, each.target, code, each.at)
    assert each.declared is not None
    if each.declared == "_":
        return code
    scope.program.partial = True
    return assigned_local(scope, declared_inside(scope, each.declared, kind, each.name_at), code)


_SIZES = ("System.Int32", "System.UInt32", "System.Int64", "System.UInt64")


def bind_element(scope: Scope, node: ElementAccess) -> Bound:
    return read(scope, element(scope, value(scope, node.target), node.arguments, node))


def assignable_element(scope: Scope, node: ElementAccess) -> Access:
    return element(scope, value(scope, node.target), node.arguments, node)._replace(still=True)


def element(scope: Scope, target: Bound, written: Sequence[Argument], at: int | Node) -> Access:
    if target.type.kind == "array":
        return _array_element(scope, target, written, at)
    candidates = scope.registry.members(target.type, "this")
    if not candidates:
        scope.refuse("CS0021", at, target.type)
    given = given_arguments(scope, written)
    call = Resolution(scope, candidates, given)
    chosen = call.best(given[0].at if given else at)
    if chosen is None:
        raise call.refusal("this", candidates[0][0], scope.offset(at))
    still = target.safe or _are_still(given)
    arguments = tuple(parameter_values(scope, chosen))
    kind = result_of(scope, chosen.owner, chosen.member)
    return Access(kind, target, chosen.owner, chosen.member, arguments, still)


def _array_element(scope: Scope, target: Bound, written: Sequence[Argument], at: int | Node) -> Access:
    if len(written) != target.type.rank:
        scope.refuse("CS0022", at, target.type.rank)
    for number, each in enumerate(written, 1):
        if each.mode:
            scope.refuse("CS1615", each.value, number, each.mode)
    indices = [value(scope, each.value) for each in written]
    still = target.safe or all(each.is_still for each in indices)
    sizes = tuple(as_size(scope, each, at) for each in indices)
    return Access(target.type.arguments[0], target, target.type, ELEMENT, sizes, still)


def as_size(scope: Scope, bound: Bound, at: int | Node) -> Bound:
    """An index or a size of an array, of any integer type; messages point at `at`."""
    fitting = (kind for kind in map(scope.registry.named, _SIZES) if converts(scope, bound, kind))
    return convert(scope, bound, next(fitting, scope.registry.int), at)
