"""Which member the arguments of a call choose (C# specification, overload resolution); and why no member
takes them, in the words of C#."""

from collections.abc import Sequence
from typing import NamedTuple

from apimlb.errors import PolicyError
from apimlb.policy.clr.casts import enum_of
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.arguments import (
    Given,
    better_conversion,
    fits,
    infer,
    is_variable,
    match,
    passing,
    pattern,
    takes,
)
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.lookup import Candidates, no_member, shown_member, type_arguments_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.binding.values import literal
from apimlb.policy.csharp.syntax.nodes import Node


class Candidate(NamedTuple):
    """A member that the arguments fit.

    given     the type arguments of its owner and its own, by parameter
    types     the type that each matched argument becomes
    matched   (argument index, parameter index), the receiver of an extension method included
    expanded  whether the last parameter takes several arguments
    """

    owner: Type
    member: Member
    given: dict[str, Type]
    types: list[Type]
    matched: list[tuple[int, int]]
    expanded: bool


def best_overload(
    scope: Scope,
    members: Candidates,
    arguments: Sequence[Given],
    at: int | Node,
    types: list[Type] | None = None,
) -> Candidate | None:
    """The member that fits best, or None where nothing fits. `types` are the type arguments as written."""
    candidates: list[Candidate] = []
    for owner, member in members:
        if types and len(types) != len(member.type_parameters):
            continue
        made = _candidate(scope, owner, member, arguments, types, expanded=False)
        if made is None and is_variable(member):
            made = _candidate(scope, owner, member, arguments, types, expanded=True)
        if made is not None:
            candidates.append(made)
    if not candidates:
        return None
    best = candidates[0]
    for other in candidates[1:]:
        if _better(scope, other, best, arguments):
            best = other
    for other in candidates:
        if other is not best and _ambiguous(scope, best, other, arguments):
            scope.refuse(
                "CS0121",
                at,
                shown_member(scope, best.owner, best.member),
                shown_member(scope, other.owner, other.member),
                next_step="Cast an argument to the type that is meant.",
            )
    return best


def _candidate(
    scope: Scope,
    owner: Type,
    member: Member,
    arguments: Sequence[Given],
    types: list[Type] | None,
    *,
    expanded: bool,
) -> Candidate | None:
    matched = match(member, arguments, expanded=expanded)
    if matched is None:
        return None
    given = type_arguments_of(owner)
    patterns = [pattern(member.parameters[place], expanded=expanded) for _, place in matched]
    if types:
        given.update(zip(member.type_parameters, types, strict=True))
    elif member.type_parameters and not infer(
        scope, member.type_parameters, patterns, [arguments[index] for index, _ in matched], given
    ):
        return None
    substitute = scope.registry.types.substitute
    substituted = [substitute(each, given) for each in patterns] if given else patterns
    for (index, place), kind in zip(matched, substituted, strict=True):
        if not fits(scope, arguments[index], kind, member.parameters[place].mode):
            return None
    return Candidate(owner, member, given, substituted, matched, expanded)


def _better(scope: Scope, one: Candidate, other: Candidate, arguments: Sequence[Given]) -> bool:
    """Whether `one` is the better choice."""
    mine = {index: kind for (index, _), kind in zip(one.matched, one.types, strict=True)}
    theirs = {index: kind for (index, _), kind in zip(other.matched, other.types, strict=True)}
    orders = [
        better_conversion(scope, arguments[index], mine[index], theirs[index])
        for index in mine.keys() & theirs.keys()
    ]
    if min(orders, default=0) < 0:
        return False
    if any(orders):
        return True
    if one.expanded != other.expanded:
        return not one.expanded
    if bool(one.member.type_parameters) != bool(other.member.type_parameters):
        return not one.member.type_parameters
    return _unused(one) < _unused(other)


def _unused(candidate: Candidate) -> int:
    """How many parameters have no argument."""
    return len(candidate.member.parameters) - len({place for _, place in candidate.matched})


def _ambiguous(scope: Scope, best: Candidate, other: Candidate, arguments: Sequence[Given]) -> bool:
    """Whether two plain overloads fit equally well: C# then takes neither."""
    plain = not (best.member.type_parameters or other.member.type_parameters)
    alike = best.expanded == other.expanded and len(best.member.parameters) == len(other.member.parameters)
    if not plain or not alike or best.owner is not other.owner or best.types == other.types:
        return False
    return not _better(scope, best, other, arguments) and all(
        isinstance(each.value, Bound) for each in arguments
    )


# The arguments of the chosen one


def parameter_values(scope: Scope, chosen: Candidate, arguments: Sequence[Given]) -> list[Bound]:
    """The converted arguments in the order of the parameters, but for those that only receive."""
    by_place: dict[int, list[Bound]] = {}
    for (index, place), kind in zip(chosen.matched, chosen.types, strict=True):
        each = arguments[index]
        if each.mode != "out":
            by_place.setdefault(place, []).append(convert(scope, each.value, kind, each.at))
    values: list[Bound] = []
    for place, parameter in enumerate(chosen.member.parameters):
        if parameter.mode == "out":
            continue
        given = by_place.get(place, [])
        if parameter.mode == "params" and chosen.expanded:
            values.append(_expanded(scope, chosen, parameter, given))
        else:
            values.append(given[0] if given else _default(scope, chosen, parameter))
    return values


def _default(scope: Scope, chosen: Candidate, parameter: Parameter) -> Bound:
    kind = scope.registry.types.substitute(parameter.type, chosen.given)
    value = parameter.default
    if value is None:
        value = kind.default
    elif kind.kind == "enum" and isinstance(value, int):
        value = enum_of(kind, value)
    return literal(scope, value, kind)


def _expanded(scope: Scope, chosen: Candidate, parameter: Parameter, values: Sequence[Bound]) -> Bound:
    kind = scope.registry.types.substitute(parameter.type, chosen.given)
    items = ", ".join(each.code for each in values)
    return Bound(kind, f"{scope.use(ClrArray)}([{items}], {kind.arguments[0].name!r})", safe=True)


def no_overload(
    scope: Scope,
    name: str,
    owner: Type,
    members: Candidates,
    arguments: Sequence[Given],
    at: int,
    *,
    receiver: Bound | None = None,
    types: list[Type] | None = None,
    local: bool = False,
) -> PolicyError:
    """`receiver` is what stands before the dot. It is the first argument of an extension method."""
    if not members:
        return no_member(scope, owner, name, at)
    extra = 1 if members[0][1].extension and receiver is not None else 0
    fitting = [each for each in members if takes(each[1], len(arguments) + extra)]
    if not fitting:
        return _wrong_number(scope, name, members, arguments, extra, at, local=local)
    unknown = _unknown_name(scope, name, fitting, arguments)
    if unknown is not None:
        return unknown
    given = [Given(at, receiver), *arguments] if extra and receiver is not None else list(arguments)
    owner, member = fitting[0]
    explained = _misfit(scope, owner, member, given, extra, types, at)
    _explain_all(scope, arguments)
    return explained or scope.error("CS1501", at, name, "these")


def _explain_all(scope: Scope, arguments: Sequence[Given]) -> None:
    for each in arguments:
        if isinstance(each.value, Untyped):
            each.value.explain(scope)


def _wrong_number(
    scope: Scope,
    name: str,
    members: Candidates,
    arguments: Sequence[Given],
    extra: int,
    at: int,
    *,
    local: bool,
) -> PolicyError:
    if len(members) == 1:
        owner, member = members[0]
        missing = [each.name for each in member.parameters[extra:][len(arguments) :] if each.required]
        if missing:
            shown = shown_member(scope, owner, member)
            return scope.error("CS7036", at, missing[0], shown.partition(".")[2] if local else shown)
    return scope.error("CS1501", at, name, len(arguments))


def _unknown_name(
    scope: Scope, name: str, fitting: Candidates, arguments: Sequence[Given]
) -> PolicyError | None:
    known = {parameter.name for _, member in fitting for parameter in member.parameters}
    for each in arguments:
        if each.name is not None and each.name not in known:
            return scope.error("CS1739", each.name_at, name, each.name)
    return None


def _misfit(
    scope: Scope,
    owner: Type,
    member: Member,
    given: Sequence[Given],
    extra: int,
    types: list[Type] | None,
    at: int,
) -> PolicyError | None:
    """What is wrong with the arguments for one member, which takes as many."""
    matched = _matched(member, given)
    bindings = type_arguments_of(owner)
    if member.type_parameters and not _inferred(scope, member, matched, given, bindings, types):
        _explain_all(scope, given)
        return scope.error("CS0411", at, shown_member(scope, owner, member))
    for index, parameter, kind in matched:
        substituted = scope.registry.types.substitute(kind, bindings)
        problem = _argument_problem(scope, given[index], index + 1 - extra, parameter, substituted)
        if problem is not None:
            return problem
    return None


def _matched(member: Member, arguments: Sequence[Given]) -> list[tuple[int, Parameter, Type]]:
    """Arguments by index, with the parameters that they are for, as far as they are for any."""
    parameters, expanded = member.parameters, False
    found = match(member, arguments, expanded=False, modes=False)
    if found is None or len(arguments) > len(parameters):
        expanded = True
        found = match(member, arguments, expanded=True, modes=False)
    return [
        (index, parameters[place], pattern(parameters[place], expanded=expanded))
        for index, place in found or ()
    ]


def _inferred(
    scope: Scope,
    member: Member,
    matched: Sequence[tuple[int, Parameter, Type]],
    arguments: Sequence[Given],
    given: dict[str, Type],
    types: list[Type] | None,
) -> bool:
    """Fill `given` with a member's type parameters; False where the arguments do not tell."""
    if types:
        given.update(zip(member.type_parameters, types, strict=False))
        return True
    patterns = [kind for _, _, kind in matched]
    return infer(scope, member.type_parameters, patterns, [arguments[i] for i, _, _ in matched], given)


def _argument_problem(
    scope: Scope, each: Given, number: int, parameter: Parameter, kind: Type
) -> PolicyError | None:
    wanted = passing(parameter)
    if wanted != each.mode:
        if wanted:
            return scope.error("CS1620", each.at, number, wanted)
        return scope.error("CS1615", each.at, number, each.mode)
    if fits(scope, each, kind, parameter.mode):
        return None
    if isinstance(each.value, Untyped):
        convert(scope, each.value, kind, each.at)  # raises what is wrong with it
        return None
    mode = f"{wanted} " if wanted else ""
    return scope.error("CS1503", each.at, number, mode, each.value.type, mode, kind)
