"""Arguments, and which of them is for which parameter."""

from collections.abc import Sequence
from typing import NamedTuple

from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.assignables import Assignable
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.scope import Untyped
from apimlb.policy.csharp.syntax.nodes import Node


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


def takes(member: Member, count: int) -> bool:
    """Whether a member may be given so many arguments."""
    required = sum(1 for p in member.parameters if p.required and p.mode != "params")
    return required <= count and (_is_variable(member.parameters) or count <= len(member.parameters))


def _is_variable(parameters: Sequence[Parameter]) -> bool:
    return bool(parameters) and parameters[-1].mode == "params"


def match(
    parameters: Sequence[Parameter], arguments: Sequence[Given], *, expanded: bool, modes: bool = True
) -> list[tuple[int, int]] | None:
    """The index of each argument with that of its parameter; None where they do not fit in number, name or
    (with `modes`) mode. The last parameter takes several where it is `expanded`."""
    if expanded and not _is_variable(parameters):
        return None
    last = len(parameters) - 1
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
    """The keyword that an argument for it must carry: out, ref or none."""
    return parameter.mode if parameter.mode in ("out", "ref") else ""


def pattern(parameter: Parameter, *, expanded: bool) -> Type:
    """The type that an argument must fit: of an expanded `params` parameter, its element's."""
    return parameter.type.arguments[0] if expanded and parameter.mode == "params" else parameter.type
