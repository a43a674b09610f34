"""Why no overload takes the arguments of a call, in the words of C#.

Of several candidates the first one in the tables is explained.
"""

from collections.abc import Sequence

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.arguments import Given, match, passing, pattern, takes
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.inference import fits, infer
from apimlb.policy.csharp.binding.lookup import Candidates, no_member, shown_member, type_arguments_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped


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
