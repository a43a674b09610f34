"""Calls: arguments, overload resolution and the Python of the chosen method (C# specification, overload
resolution)."""

from dataclasses import dataclass

from apimlb.errors import PolicyError
from apimlb.policy.clr.collections.values import ClrArray
from apimlb.policy.clr.types.constructed import VOID, Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.bound import Bound, Given, LambdaValue, LocalMethod, MethodGroup
from apimlb.policy.csharp.binding.core import call_on
from apimlb.policy.csharp.binding.inference import InferenceBinder
from apimlb.policy.csharp.binding.matching import match, pattern, takes
from apimlb.policy.csharp.syntax.nodes import Argument, Invocation, MemberAccess, Name, Node


@dataclass(slots=True)
class Candidate:
    """A member that the arguments fit: its parameters' types after inference, one for each argument."""

    owner: Type
    member: Member
    given: dict[str, Type]
    parameters: list[Parameter]
    types: list[Type]
    matched: list[tuple[int, int]]  # (argument index, parameter index), receiver included for extensions
    expanded: bool


class CallBinder(InferenceBinder):
    """Chooses methods and writes calls."""

    def bind_call(self, node: Invocation) -> Bound:
        if isinstance(node.target, MemberAccess):
            target = self.bind_member(node.target, called=True)
        else:
            target = self.bind(node.target)
        if isinstance(target, Bound) and target.type.kind == "delegate":
            return self._invoke(target, node)
        if not isinstance(target, MethodGroup):
            if isinstance(target, Bound) and not isinstance(node.target, MemberAccess):
                self.refuse("CS0149", "Method name expected", node.target)
            self.refuse("CS1955", "Non-invocable member cannot be used like a method.", node.target.at)
        return self.call_group(target, self.arguments(node.arguments), node.at)

    def _invoke(self, target: Bound, node: Invocation) -> Bound:
        *parameters, result = target.type.arguments
        arguments = self.arguments(node.arguments)
        if len(arguments) != len(parameters):
            self.refuse(
                "CS1593", f"Delegate '{target.type.shown}' does not take {len(arguments)} arguments", node.at
            )
        codes = [
            self.convert(each.value, kind, each.at).code
            for each, kind in zip(arguments, parameters, strict=True)
        ]
        return Bound(result, f"{self.not_null(target)}({', '.join(codes)})")

    def arguments(self, written: list[Argument]) -> list[Given]:
        return [self._argument(each) for each in written]

    def _argument(self, written: Argument) -> Given:
        if written.mode == "ref":
            assert written.value is not None
            value = self.as_value(self.bind(written.value), written.value)
            return Given(written.value, value, written.name, "ref", written.value, name_at=written.name_at)
        if written.mode == "out":
            if written.declared is not None:
                assert written.declared_type is not None
                kind = None if written.declared_type.is_var else self.type_of(written.declared_type)
                stand_in = Bound(kind or VOID, "None")
                at = written.declared_type.at
                return Given(at, stand_in, written.name, "out", None, written.declared, written.name_at)
            assert written.value is not None
            if isinstance(written.value, Name) and written.value.name == "_" and self.scope.find("_") is None:
                return Given(written.at, Bound(VOID, "None"), written.name, "out", None, "_")
            place = self.place(written.value)
            return Given(written.value, Bound(place.type, "None"), written.name, "out", written.value)
        assert written.value is not None
        found = self.bind(written.value)
        name_at = written.name_at
        if isinstance(found, LambdaValue | MethodGroup):
            return Given(written.value, found, written.name, name_at=name_at)
        return Given(written.value, self.as_value(found, written.value), written.name, name_at=name_at)

    # Overload resolution

    def call_group(self, group: MethodGroup, arguments: list[Given], at: int) -> Bound:
        """A call of the best method of a group."""
        self._check_names(arguments)
        local = self.scope.find(group.name) if group.is_local else None
        if isinstance(local, LocalMethod):
            own = [(self.registry.object, local.member)]
            chosen = self._best(own, arguments, group)
            if chosen is None:
                raise self.no_overload(group, own, arguments)
            return self._emit(chosen, None, arguments, at)
        static = group.target is None
        members = [
            (owner, member)
            for owner, member in self.registry.members(group.owner, group.name)
            if member.kind == "method" and (member.static == static) and not (member.extension and not static)
        ]
        found = self._best(members, arguments, group)
        if found is None and group.target is not None:
            receiver = Given(group.at, group.target)
            extensions = [
                (self.registry.types.of(definition), member)
                for definition, member in self.registry.extensions(group.name)
            ]
            found = self._best(extensions, [receiver, *arguments], group)
            if found is not None:
                return self._emit(found, None, [receiver, *arguments], at)
            members = members or extensions
        if found is None:
            raise self.no_overload(group, members, arguments)
        return self._emit(found, group.target, arguments, at)

    def _check_names(self, arguments: list[Given]) -> None:
        named = False
        for each in arguments:
            if named and each.name is None:
                what = (
                    "Named argument specifications must appear after all fixed arguments have been specified"
                )
                self.refuse("CS1738", what, each.at)
            named = named or each.name is not None

    def _best(
        self, members: list[tuple[Type, Member]], arguments: list[Given], group: MethodGroup | None
    ) -> Candidate | None:
        candidates: list[Candidate] = []
        types = group.type_arguments if group is not None else None
        for owner, member in members:
            if types and len(types) != len(member.type_parameters):
                continue
            for expanded in (False, True):
                made = self._candidate(owner, member, arguments, types, expanded)
                if made is not None:
                    candidates.append(made)
                    break
        if not candidates:
            return None
        best = candidates[0]
        for other in candidates[1:]:
            if self._better(other, best, arguments):
                best = other
        for other in candidates:
            if other is not best and self._ambiguous(best, other, arguments):
                self.refuse(
                    "CS0121",
                    "The call is ambiguous between the following methods or properties: "
                    f"'{self.shown_member(best.owner, best.member)}' and "
                    f"'{self.shown_member(other.owner, other.member)}'",
                    group.at if group is not None else arguments[0].at,
                    "Cast an argument to the type that is meant.",
                )
        return best

    def _ambiguous(self, best: Candidate, other: Candidate, arguments: list[Given]) -> bool:
        """Whether two plain overloads fit equally well: C# then takes neither."""
        plain = not (best.member.type_parameters or other.member.type_parameters)
        alike = best.expanded == other.expanded and len(best.parameters) == len(other.parameters)
        if not plain or not alike or best.owner is not other.owner or best.types == other.types:
            return False
        return not self._better(best, other, arguments) and all(
            isinstance(each.value, Bound) for each in arguments
        )

    def _candidate(
        self, owner: Type, member: Member, arguments: list[Given], types: list[Type] | None, expanded: bool
    ) -> Candidate | None:
        matched = match(member.parameters, arguments, expanded)
        if matched is None:
            return None
        given: dict[str, Type] = {}
        if owner.definition is not None and owner.arguments:
            given.update(zip(owner.definition.parameters, owner.arguments, strict=True))
        patterns = [pattern(member.parameters[p], expanded) for _, p in matched]
        if member.type_parameters:
            if types:
                given.update(zip(member.type_parameters, types, strict=True))
            elif not self.infer(member.type_parameters, patterns, [arguments[a] for a, _ in matched], given):
                return None
        substituted = [self.registry.types.substitute(pattern, given) for pattern in patterns]
        made = Candidate(owner, member, given, member.parameters, substituted, matched, expanded)
        for (index, place), kind in zip(matched, substituted, strict=True):
            if not self.fits(arguments[index], kind, member.parameters[place].mode):
                return None
        return made

    def _better(self, one: Candidate, other: Candidate, arguments: list[Given]) -> bool:
        """Whether `one` is the better choice."""
        score = 0
        mine, theirs = (
            dict(zip((a for a, _ in one.matched), one.types, strict=True)),
            dict(zip((a for a, _ in other.matched), other.types, strict=True)),
        )
        for index in mine.keys() & theirs.keys():
            order = self.better_conversion(arguments[index], mine[index], theirs[index])
            if order < 0:
                return False
            score += order
        if score:
            return True
        if one.expanded != other.expanded:
            return not one.expanded
        if bool(one.member.type_parameters) != bool(other.member.type_parameters):
            return not one.member.type_parameters
        unused, others_unused = (len(c.parameters) - len({p for _, p in c.matched}) for c in (one, other))
        return unused < others_unused

    # Codes

    def _emit(self, chosen: Candidate, target: Bound | None, arguments: list[Given], at: int) -> Bound:
        member = chosen.member
        outs = self.out.temporary() if any(each.mode for each in arguments) else ""
        codes, stores = self._argument_codes(chosen, arguments, outs)
        quiet = self._is_quiet(chosen, target, arguments) or isinstance(member.call, str)
        if target is not None:
            codes.insert(0, self.receiver(chosen.owner, target) if quiet else target.code)
        extra = [self.out.use(chosen.given[name]) for name in member.types]
        if member.context:
            extra.insert(0, "ctx")
        result = self.registry.types.substitute(member.result, chosen.given)
        if isinstance(member.call, str):
            code = f"({member.call.format(*extra, *codes)})"
        elif quiet:
            code = f"{self.out.use(member.call)}({', '.join((*extra, *codes))})"
        else:
            call = (self.out.use(member.call), str(len(extra)), *extra, *codes)
            code = f"{self.out.use(call_on)}({', '.join(call)})"
        if stores:
            code = f"(({outs} := {code}), {', '.join(stores)})[0][0]"
        return Bound(result, code)

    def _is_quiet(self, chosen: Candidate, target: Bound | None, arguments: list[Given]) -> bool:
        """Whether nobody can tell when a call looks that what stands before its dot is not null: C# does so
        once it has computed the arguments."""
        if target is None or self.receiver(chosen.owner, target) == target.code:
            return True
        return all(not isinstance(each.value, Bound) or each.value.pure for each in arguments)

    def _argument_codes(
        self, chosen: Candidate, arguments: list[Given], outs: str = ""
    ) -> tuple[list[str], list[str]]:
        """Codes in the order of the parameters, and those that store the out and ref values. `outs` is the
        name of the tuple that the call yields, these values behind its result."""
        by_parameter: dict[int, list[str]] = {}
        stores: list[str] = []
        for (index, place), kind in zip(chosen.matched, chosen.types, strict=True):
            each = arguments[index]
            if each.mode:
                stores.append(self._out_store(each, kind, f"{outs}[{len(stores) + 1}]"))
            if each.mode != "out":
                by_parameter.setdefault(place, []).append(self.convert(each.value, kind, each.at).code)
        codes: list[str] = []
        for place, parameter in enumerate(chosen.parameters):
            if parameter.mode == "out":
                continue
            if parameter.mode == "params" and chosen.expanded:
                codes.append(self._params(chosen, parameter, by_parameter.get(place, [])))
            elif place in by_parameter:
                codes.append(by_parameter[place][0])
            else:
                codes.append(self._default_argument(parameter, chosen))
        return codes, stores

    def _default_argument(self, parameter: Parameter, chosen: Candidate) -> str:
        kind = self.registry.types.substitute(parameter.type, chosen.given)
        if parameter.default is None:
            return self.default_code(kind)
        if kind.kind == "enum" and isinstance(parameter.default, int):
            return self.constant_code(self.enum_constant(kind, parameter.default))
        return self.constant_code(parameter.default)

    def _params(self, chosen: Candidate, parameter: Parameter, codes: list[str]) -> str:
        element = self.registry.types.substitute(parameter.type.arguments[0], chosen.given)
        return f"{self.out.use(ClrArray)}([{', '.join(codes)}], {element.name!r})"

    def _out_store(self, each: Given, kind: Type, code: str) -> str:
        """Code that stores an out value. It takes the value's code and pastes it nowhere: a template would
        mix with the braces of the policy's own strings."""
        if each.declared is None:
            assert each.target is not None
            place = self.place(each.target)
            if place.member is not None:
                self.refuse(
                    "CS0206", "A property or indexer may not be passed as an out or ref parameter", each.at
                )
            return self.write(place, code, each.at, value_wanted=True)
        if each.declared == "_":
            return code
        self.partial = True
        variable = self.declare(each.declared, kind, each.name_at)
        if variable.cell:
            self.out.line(self.store(variable, "None"), each.name_at)
        return self.assign_code(variable, code)

    def matched(self, member: Member, arguments: list[Given]) -> list[tuple[int, Parameter, Type]]:
        """Arguments with the parameters that they stand for, as far as they do, `out` or not."""
        plain = [Given(each.at, each.value, each.name) for each in arguments]
        parameters = [Parameter(p.name, p.type, p.mode if p.mode == "params" else "", p.default)
                      for p in member.parameters]  # fmt: skip
        expanded = False
        found = match(parameters, plain, expanded=False)
        if found is None or len(arguments) > len(parameters):
            expanded = True
            found = match(parameters, plain, expanded=True)
        return [
            (index, member.parameters[place], pattern(member.parameters[place], expanded))
            for index, place in found or ()
        ]

    def inferred(
        self,
        member: Member,
        matched: list[tuple[int, Parameter, Type]],
        arguments: list[Given],
        given: dict[str, Type],
        types: list[Type] | None,
    ) -> bool:
        """Fill `given` with a member's type parameters; False where the arguments do not tell."""
        if types:
            given.update(zip(member.type_parameters, types, strict=False))
            return True
        patterns = [pattern for _, _, pattern in matched]
        return self.infer(member.type_parameters, patterns, [arguments[i] for i, _, _ in matched], given)

    def no_overload(
        self, group: MethodGroup, members: list[tuple[Type, Member]], arguments: list[Given]
    ) -> PolicyError:
        """Why no method of a group takes the arguments; overloads.py tells."""
        raise NotImplementedError

    def shown_member(self, owner: Type, member: Member) -> str:
        """A member as messages name it."""
        given: dict[str, Type] = {}
        if owner.definition is not None and owner.arguments:
            given.update(zip(owner.definition.parameters, owner.arguments, strict=True))
        inner = ", ".join(
            ("out " if each.mode == "out" else "") + self.registry.types.substitute(each.type, given).shown
            for each in member.parameters
        )
        own = f"<{', '.join(member.type_parameters)}>" if member.type_parameters else ""
        name = owner.shown if member.kind == "constructor" else member.name
        return f"{owner.shown}.{name}{own}({inner})"

    def choose_indexer(
        self, candidates: list[tuple[Type, Member]], arguments: list[Argument], at: int | Node
    ) -> tuple[Type, Member, list[str]]:
        given = self.arguments(arguments)
        found = self._best(candidates, given, None)
        if found is None:
            group = MethodGroup(self.offset(at), "this", candidates[0][0], None, None)
            raise self.no_overload(group, candidates, given)
        codes, _ = self._argument_codes(found, given)
        return found.owner, found.member, codes

    def construct(self, made: Type, arguments: list[Given], at: int) -> Bound:
        """`new Type(arguments)`, the type standing at `at`."""
        assert made.definition is not None
        members = [(made, member) for member in self.registry.own_members(made.definition, "new")]
        self._check_names(arguments)
        found = self._best(members, arguments, None)
        if found is None:
            if not members:
                raise self.not_allowed(f"'{made.shown}' cannot be created in a policy expression", at)
            if not any(takes(member, len(arguments)) for _, member in members):
                self.refuse(
                    "CS1729",
                    f"'{made.shown}' does not contain a constructor that takes {len(arguments)} arguments",
                    at,
                )
            raise self.no_overload(MethodGroup(at, made.shown, made, None, None), members, arguments)
        bound = self._emit(found, None, arguments, at)
        return Bound(made, bound.code, safe=True)

    def method_on(self, target: Bound, name: str, arguments: list[Given], at: int) -> Bound:
        """A call of an instance or extension method by name."""
        return self.call_group(MethodGroup(at, name, target.type, target, None), arguments, at)
