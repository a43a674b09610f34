"""Which member the arguments of a call choose (C# specification, overload resolution); and why no member
takes them, in the words of C#."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from apimlb.errors import PolicyError
from apimlb.policy.clr.casts import enum_of
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.types.constructed import Type, substitute
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.arguments import (
    Given,
    better_conversion,
    fits,
    infer,
    is_variable,
    match,
    passing,
    takes,
)
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.lookup import Candidates, no_member, shown_member, type_arguments_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.binding.values import literal
from apimlb.policy.csharp.syntax.nodes import Node


class Candidate(NamedTuple):
    """A member with the arguments of a call, the receiver of an extension method included.

    places    the index of each argument's parameter
    types     the type that each argument becomes
    given     the type arguments of its owner and its own, by parameter
    expanded  whether the last parameter takes several arguments
    """

    owner: Type
    member: Member
    arguments: Sequence[Given]
    places: list[int]
    types: list[Type]
    given: dict[str, Type]
    expanded: bool

    @property
    def unused(self) -> int:
        """How many parameters have no argument."""
        return len(self.member.parameters) - len(set(self.places))


class Resolution(NamedTuple):
    """A call whose member is looked for among some of one name.

    types  the type arguments as written
    extra  how many arguments stand before the dot: 1 for extension methods
    """

    scope: Scope
    members: Candidates
    arguments: Sequence[Given]
    types: Sequence[Type] | None = None
    extra: int = 0

    def best(self, at: int | Node) -> Candidate | None:
        """The member that fits best, or None where nothing fits."""
        fitting = (self._fitting(owner, member) for owner, member in self.members)
        candidates = [each for each in fitting if each is not None]
        if not candidates:
            return None
        best = candidates[0]
        for other in candidates[1:]:
            if self._better(other, best):
                best = other
        for other in candidates:
            if other is not best and self._ambiguous(best, other):
                self.scope.refuse(
                    "CS0121",
                    at,
                    shown_member(best.owner, best.member),
                    shown_member(other.owner, other.member),
                    next_step="Cast an argument to the type that is meant.",
                )
        return best

    def _fitting(self, owner: Type, member: Member) -> Candidate | None:
        """The member, if the arguments fit, one for each parameter or several for its last one."""
        if not self._takes_types(member):
            return None
        for expanded in (False, True) if is_variable(member) else (False,):
            places = match(member, self.arguments, expanded=expanded)
            made = None if places is None else self._typed(owner, member, places, expanded=expanded)
            if made is not None and all(map(partial(fits, self.scope), self.arguments, made.types)):
                return made
        return None

    def _takes_types(self, member: Member) -> bool:
        return not self.types or len(self.types) == len(member.type_parameters)

    def _typed(self, owner: Type, member: Member, places: list[int], *, expanded: bool) -> Candidate | None:
        """The member with its type arguments, whether or not the arguments fit; None where they do not tell
        those."""
        given = type_arguments_of(owner)
        wanted = [member.parameters[place] for place in places]
        types = [
            each.type.arguments[0] if expanded and each.mode == "params" else each.type for each in wanted
        ]
        if self.types:
            given.update(zip(member.type_parameters, self.types, strict=True))
        elif member.type_parameters and not infer(
            self.scope, member.type_parameters, types, self.arguments, given
        ):
            return None
        if given:
            types = [substitute(each, given) for each in types]
        return Candidate(owner, member, self.arguments, places, types, given, expanded)

    def _better(self, one: Candidate, other: Candidate) -> bool:
        """Whether `one` is the better choice."""
        orders = [
            better_conversion(self.scope, each, mine, theirs)
            for each, mine, theirs in zip(self.arguments, one.types, other.types, strict=True)
        ]
        if min(orders, default=0) < 0:
            return False
        if any(orders):
            return True
        if one.expanded != other.expanded:
            return not one.expanded
        if bool(one.member.type_parameters) != bool(other.member.type_parameters):
            return not one.member.type_parameters
        return one.unused < other.unused

    def _ambiguous(self, best: Candidate, other: Candidate) -> bool:
        """Whether two plain overloads fit equally well: C# then takes neither."""
        plain = not (best.member.type_parameters or other.member.type_parameters)
        alike = best.expanded == other.expanded and len(best.member.parameters) == len(
            other.member.parameters
        )
        if not plain or not alike or best.owner is not other.owner or best.types == other.types:
            return False
        return not self._better(best, other) and all(isinstance(each.value, Bound) for each in self.arguments)

    # Why nothing fits

    def refusal(self, name: str, owner: Type, at: int, *, local: bool = False) -> PolicyError:
        if not self.members:
            return no_member(self.scope, owner, name, at)
        count = len(self.arguments)
        fitting = [each for each in self.members if takes(each[1], count) and self._takes_types(each[1])]
        if not fitting:
            return self._wrong_number(name, at, local=local)
        known = {parameter.name for _, member in fitting for parameter in member.parameters}
        for each in self.arguments:
            if each.name is not None and each.name not in known:
                return self.scope.error("CS1739", each.name_at, name, each.name)
        explained = self._misfit(*fitting[0], at)
        self._explain()
        return explained or self.scope.error("CS1501", at, name, "these")

    def _explain(self) -> None:
        """Raises what is wrong inside of an argument."""
        for each in self.arguments:
            if isinstance(each.value, Untyped):
                each.value.explain(self.scope)

    def _wrong_number(self, name: str, at: int, *, local: bool) -> PolicyError:
        if len(self.members) == 1:
            owner, member = self.members[0]
            missing = [each.name for each in member.parameters[len(self.arguments) :] if each.required]
            if missing:
                shown = shown_member(owner, member)
                return self.scope.error("CS7036", at, missing[0], shown.partition(".")[2] if local else shown)
        return self.scope.error("CS1501", at, name, len(self.arguments) - self.extra)

    def _misfit(self, owner: Type, member: Member, at: int) -> PolicyError | None:
        """What is wrong with the arguments for one member, which takes as many."""
        expanded = match(member, self.arguments, expanded=False, modes=False) is None
        places = match(member, self.arguments, expanded=expanded, modes=False)
        if places is None:
            return None
        typed = self._typed(owner, member, places, expanded=expanded)
        if typed is None:
            self._explain()
            return self.scope.error("CS0411", at, shown_member(owner, member))
        problems = (
            self._problem(index, member.parameters[place], kind)
            for index, (place, kind) in enumerate(zip(places, typed.types, strict=True))
        )
        return next((each for each in problems if each is not None), None)

    def _problem(self, index: int, parameter: Parameter, kind: Type) -> PolicyError | None:
        """What is wrong with an argument; messages count those after the dot, from 1."""
        scope, each, wanted = self.scope, self.arguments[index], passing(parameter)
        number = index + 1 - self.extra
        if wanted != each.mode:
            if wanted:
                return scope.error("CS1620", each.at, number, wanted)
            return scope.error("CS1615", each.at, number, each.mode)
        if fits(scope, each, kind):
            return None
        given = convert(scope, each.value, kind, each.at) if isinstance(each.value, Untyped) else each.value
        mode = f"{wanted} " if wanted else ""
        return scope.error("CS1503", each.at, number, mode, given.type, mode, kind)


# The arguments of the chosen one


def parameter_values(scope: Scope, chosen: Candidate) -> list[Bound]:
    """The converted arguments in the order of the parameters, but for those that only receive."""
    by_place: dict[int, list[Bound]] = {}
    for each, place, kind in zip(chosen.arguments, chosen.places, chosen.types, strict=True):
        if each.mode != "out":
            by_place.setdefault(place, []).append(convert(scope, each.value, kind, each.at))
    values: list[Bound] = []
    for place, parameter in enumerate(chosen.member.parameters):
        if parameter.mode == "out":
            continue
        given = by_place.get(place, [])
        kind = substitute(parameter.type, chosen.given)
        if parameter.mode == "params" and chosen.expanded:
            items = ", ".join(each.code for each in given)
            code = f"{scope.use(ClrArray)}([{items}], {kind.arguments[0].name!r})"
            values.append(Bound(kind, code, safe=True))
        else:
            values.append(given[0] if given else _default(scope, parameter, kind))
    return values


def _default(scope: Scope, parameter: Parameter, kind: Type) -> Bound:
    value = parameter.default
    if value is None:
        value = kind.default
    elif kind.kind == "enum" and isinstance(value, int):
        value = enum_of(kind, value)
    return literal(scope, value, kind)
