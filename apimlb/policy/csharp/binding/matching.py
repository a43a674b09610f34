"""Which argument is for which parameter."""

from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.bound import Given


def takes(member: Member, count: int) -> bool:
    """Whether a member may be given so many arguments."""
    required = sum(1 for p in member.parameters if p.required and p.mode != "params")
    variable = bool(member.parameters) and member.parameters[-1].mode == "params"
    return required <= count and (variable or count <= len(member.parameters))


def match(
    parameters: list[Parameter], arguments: list[Given], expanded: bool
) -> list[tuple[int, int]] | None:
    """Which parameter each argument is for, or None where they do not fit in number, name or mode."""
    variable = bool(parameters) and parameters[-1].mode == "params"
    if expanded and not variable:
        return None
    matched: list[tuple[int, int]] = []
    taken: set[int] = set()
    for index, each in enumerate(arguments):
        if each.name is not None:
            place = next((i for i, p in enumerate(parameters) if p.name == each.name), -1)
        elif expanded and index >= len(parameters) - 1:
            place = len(parameters) - 1
        else:
            place = index if index < len(parameters) else -1
        if place < 0 or (place in taken and not (expanded and place == len(parameters) - 1)):
            return None
        if each.mode != passing(parameters[place]):
            return None
        taken.add(place)
        matched.append((index, place))
    for place, parameter in enumerate(parameters):
        if place not in taken and parameter.required and not (expanded and place == len(parameters) - 1):
            return None
    return matched


def passing(parameter: Parameter) -> str:
    """The keyword that an argument for it must carry: out, ref or none."""
    return parameter.mode if parameter.mode in ("out", "ref") else ""


def pattern(parameter: Parameter, expanded: bool) -> Type:
    """The type that an argument must fit: of an expanded `params` parameter, its element's."""
    return parameter.type.arguments[0] if expanded and parameter.mode == "params" else parameter.type
