"""Arguments as they are given to a call or an indexer, and which parameter each is for."""

from collections.abc import Sequence
from typing import NamedTuple

from apimlb.policy.clr.types.constructed import VOID, Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.assignables import Assignable, assignable, read
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.dispatch import as_value, bind
from apimlb.policy.csharp.binding.resolution import is_var, type_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.syntax.nodes import Argument, Name, Node


class Given(NamedTuple):
    """One argument of a call. `mode` is "", "out" or "ref". What an out or ref argument receives goes to
    `target`, or to the local `declared` ("_": nowhere). The `value` of an out argument has the type that is
    written, or void where the parameter decides."""

    at: int | Node
    value: Bound | Untyped
    name: str | None = None
    mode: str = ""
    target: Assignable | None = None
    declared: str | None = None
    name_at: int = 0


def given_arguments(scope: Scope, written: Sequence[Argument]) -> list[Given]:
    return [_given(scope, each) for each in written]


def _given(scope: Scope, written: Argument) -> Given:
    if written.declared is not None:
        return _declaring(scope, written)
    value = written.value
    assert value is not None
    if not written.mode:
        found = bind(scope, value)
        kept = found if isinstance(found, Untyped) else as_value(scope, found, value)
        return Given(value, kept, written.name, name_at=written.name_at)
    if written.mode == "out" and isinstance(value, Name) and value.name == "_" and scope.find("_") is None:
        return Given(written.at, Bound(VOID, ""), written.name, "out", None, "_")
    target = assignable(scope, value)
    received = Bound(target.type, "") if written.mode == "out" else read(scope, target)
    return Given(value, received, written.name, written.mode, target, name_at=written.name_at)


def _declaring(scope: Scope, written: Argument) -> Given:
    """`out int x` or `out var x`"""
    kind = written.declared_type
    assert kind is not None
    declared = VOID if is_var(scope, kind) else type_of(scope, kind)
    value = Bound(declared, "")
    return Given(kind.at, value, written.name, "out", None, written.declared, written.name_at)


def takes(member: Member, count: int) -> bool:
    """Whether a member may be given so many arguments."""
    required = sum(1 for p in member.parameters if p.required and p.mode != "params")
    return required <= count and (is_variable(member) or count <= len(member.parameters))


def is_variable(member: Member) -> bool:
    """Whether the last parameter of a member takes any number of arguments."""
    return bool(member.parameters) and member.parameters[-1].mode == "params"


def match(
    member: Member, arguments: Sequence[Given], *, expanded: bool, modes: bool = True
) -> list[tuple[int, int]] | None:
    """The index of each argument with that of its parameter; None where they do not fit in number, name or
    (with `modes`) mode. The last parameter takes several where it is `expanded`."""
    if expanded and not is_variable(member):
        return None
    parameters = member.parameters
    last = len(parameters) - 1
    if len(arguments) > last + 1 and not expanded:
        return None
    matched: list[tuple[int, int]] = []
    taken: set[int] = set()
    for index, each in enumerate(arguments):
        if each.name is not None:
            place = next((i for i, p in enumerate(parameters) if p.name == each.name), -1)
        elif expanded and index >= last:
            place = last
        else:
            place = index if index <= last else -1
        if place < 0 or (place in taken and not (expanded and place == last)):
            return None
        if modes and each.mode != passing(parameters[place]):
            return None
        taken.add(place)
        matched.append((index, place))
    for place, parameter in enumerate(parameters):
        if place not in taken and parameter.required and not (expanded and place == last):
            return None
    return matched


def passing(parameter: Parameter) -> str:
    """The keyword that an argument for it must carry: "out", "ref" or ""."""
    return parameter.mode if parameter.mode in ("out", "ref") else ""


def pattern(parameter: Parameter, *, expanded: bool) -> Type:
    """The type that an argument must fit: of an expanded `params` parameter, its element's."""
    return parameter.type.arguments[0] if expanded and parameter.mode == "params" else parameter.type
