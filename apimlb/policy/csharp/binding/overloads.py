"""Why no overload takes the arguments of a call, in the words of C#."""

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.bound import Bound, Given, LambdaValue, MethodGroup
from apimlb.policy.csharp.binding.calls import CallBinder
from apimlb.policy.csharp.binding.matching import passing, takes


class OverloadBinder(CallBinder):
    """Explains calls that fit nothing. Of several candidates the first one in the tables is explained."""

    def no_overload(
        self, group: MethodGroup, members: list[tuple[Type, Member]], arguments: list[Given]
    ) -> PolicyError:
        if not members:
            raise self.no_member(group.owner, group.name, group.at)
        extra = 1 if members[0][1].extension and group.target is not None else 0
        fitting = [each for each in members if takes(each[1], len(arguments) + extra)]
        if not fitting:
            return self._wrong_number(group, members, arguments, extra)
        owner, member = fitting[0]
        unknown = self._unknown_name(group, fitting, arguments)
        if unknown is not None:
            return unknown
        given = arguments
        if extra:
            assert group.target is not None
            given = [Given(group.at, group.target), *arguments]
        explained = self._explain(owner, member, given, group, extra)
        for each in arguments:
            if isinstance(each.value, LambdaValue):
                self.explain_lambda(each.value)
        return explained or self.source.error(
            f"No overload for method '{group.name}' takes these arguments", self.offset(group.at), "CS1501"
        )

    def _wrong_number(
        self, group: MethodGroup, members: list[tuple[Type, Member]], arguments: list[Given], extra: int
    ) -> PolicyError:
        at = self.offset(group.at)
        if len(members) == 1:
            owner, member = members[0]
            missing = [each.name for each in member.parameters[extra:][len(arguments) :] if each.required]
            if missing:
                what = (
                    "There is no argument given that corresponds to the required formal parameter "
                    f"'{missing[0]}' of '{self._named(owner, member, group)}'"
                )
                return self.source.error(what, at, "CS7036")
        what = f"No overload for method '{group.name}' takes {len(arguments)} arguments"
        return self.source.error(what, at, "CS1501")

    def _named(self, owner: Type, member: Member, group: MethodGroup) -> str:
        text = self.shown_member(owner, member)
        return text.partition(".")[2] if group.is_local else text

    def _unknown_name(
        self, group: MethodGroup, fitting: list[tuple[Type, Member]], arguments: list[Given]
    ) -> PolicyError | None:
        for each in arguments:
            known = any(each.name == p.name for _, member in fitting for p in member.parameters)
            if each.name is not None and not known:
                what = f"The best overload for '{group.name}' does not have a parameter named '{each.name}'"
                return self.source.error(what, each.name_at, "CS1739")
        return None

    def _explain(
        self, owner: Type, member: Member, given: list[Given], group: MethodGroup, extra: int
    ) -> PolicyError | None:
        matched = self.matched(member, given)
        bindings: dict[str, Type] = {}
        if owner.definition is not None and owner.arguments:
            bindings.update(zip(owner.definition.parameters, owner.arguments, strict=True))
        if member.type_parameters:
            known = self.inferred(member, matched, given, bindings, group.type_arguments)
            if not known:
                for each in given:
                    if isinstance(each.value, LambdaValue):
                        self.explain_lambda(each.value)
                what = (
                    f"The type arguments for method '{self.shown_member(owner, member)}' cannot be inferred "
                    "from the usage. Try specifying the type arguments explicitly."
                )
                return self.source.error(what, self.offset(group.at), "CS0411")
        for index, parameter, pattern in matched:
            kind = self.registry.types.substitute(pattern, bindings)
            problem = self._argument_problem(given[index], index + 1 - extra, parameter, kind)
            if problem is not None:
                return problem
        return None

    def _argument_problem(
        self, each: Given, number: int, parameter: Parameter, kind: Type
    ) -> PolicyError | None:
        at = self.offset(each.at)
        wanted = passing(parameter)
        if wanted != each.mode:
            if wanted:
                return self.source.error(
                    f"Argument {number} must be passed with the '{wanted}' keyword", at, "CS1620"
                )
            return self.source.error(
                f"Argument {number} may not be passed with the '{each.mode}' keyword", at, "CS1615"
            )
        if self.fits(each, kind, parameter.mode):
            return None
        if not isinstance(each.value, Bound):
            self.convert(each.value, kind, each.at)  # raises what is wrong with it
            return None
        mode = f"{wanted} " if wanted else ""
        given = f"{mode}{each.value.type.shown}"
        return self.source.error(
            f"Argument {number}: cannot convert from '{given}' to '{mode}{kind.shown}'", at, "CS1503"
        )
