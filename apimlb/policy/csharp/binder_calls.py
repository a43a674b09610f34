"""Calls: arguments, overload resolution and the Python of the chosen method (C# specification, overload
resolution)."""

from dataclasses import dataclass

from apimlb.policy.csharp.binder_inference import InferenceBinder
from apimlb.policy.csharp.bound import Bound, Given, LambdaValue, LocalMethod, MethodGroup
from apimlb.policy.csharp.nodes import Argument, Call, Name
from apimlb.policy.csharp.nodes import Member as MemberNode
from apimlb.policy.csharp.signatures import Member, Parameter
from apimlb.policy.csharp.types import VOID, Type
from apimlb.policy.values.collections import ClrArray


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

    def bind_call(self, node: Call) -> Bound:
        if isinstance(node.target, MemberNode):
            target = self.bind_member(node.target, called=True)
        else:
            target = self.bind(node.target)
        if isinstance(target, Bound) and target.type.kind == "delegate":
            return self._invoke(target, node)
        if not isinstance(target, MethodGroup):
            self.refuse("CS1955", "Non-invocable member cannot be used like a method.", node.target.at)
        return self.call_group(target, self.arguments(node.arguments), node.at)

    def _invoke(self, target: Bound, node: Call) -> Bound:
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

    def _local_call(self, local: LocalMethod, arguments: list[Given], at: int) -> Bound:
        if len(arguments) != len(local.parameters):
            self.refuse(
                "CS1501", f"No overload for method '{local.name}' takes {len(arguments)} arguments", at
            )
        codes = [
            self.convert(each.value, kind, each.at).code
            for each, (_, kind) in zip(arguments, local.parameters, strict=True)
        ]
        return Bound(local.result, f"{local.python}({', '.join(codes)})")

    def arguments(self, written: list[Argument]) -> list[Given]:
        return [self._argument(each) for each in written]

    def _argument(self, written: Argument) -> Given:
        if written.mode == "ref":
            self.refuse("NotAllowed", "'ref' arguments are not supported in a policy expression", written.at)
        if written.mode == "out":
            if written.declared is not None:
                assert written.declared_type is not None
                kind = None if written.declared_type.is_var else self.type_of(written.declared_type)
                stand_in = Bound(kind or VOID, "None")
                return Given(written.at, stand_in, written.name, "out", None, written.declared)
            assert written.value is not None
            if isinstance(written.value, Name) and written.value.name == "_" and self.scope.find("_") is None:
                return Given(written.at, Bound(VOID, "None"), written.name, "out", None, "_")
            place = self.place(written.value)
            return Given(written.at, Bound(place.type, "None"), written.name, "out", written.value)
        assert written.value is not None
        found = self.bind(written.value)
        if isinstance(found, LambdaValue | MethodGroup):
            return Given(written.at, found, written.name)
        return Given(written.value.at, self.as_value(found, written.value.at), written.name)

    # Overload resolution

    def call_group(self, group: MethodGroup, arguments: list[Given], at: int) -> Bound:
        """A call of the best method of a group."""
        local = self.scope.find(group.name) if group.is_local else None
        if isinstance(local, LocalMethod):
            return self._local_call(local, arguments, at)
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
            self._no_overload(group, members, arguments)
            raise AssertionError
        return self._emit(found, group.target, arguments, at)

    def _no_overload(
        self, group: MethodGroup, members: list[tuple[Type, Member]], arguments: list[Given]
    ) -> None:
        if not members:
            raise self.no_member(group.owner, group.name, group.at)
        extra = 1 if members[0][1].extension and group.target is not None else 0
        fitting = [member for _, member in members if self._takes(member, len(arguments) + extra)]
        if not fitting:
            self.refuse(
                "CS1501", f"No overload for method '{group.name}' takes {len(arguments)} arguments", group.at
            )
        for each in arguments:
            if isinstance(each.value, LambdaValue):
                self.explain_lambda(each.value)
        wanted = fitting[-1].parameters[extra:]
        shown = ", ".join(
            each.value.type.shown if isinstance(each.value, Bound) else "lambda expression"
            for each in arguments
        )
        named = ", ".join(parameter.type.shown for parameter in wanted)
        at = arguments[0].at if len(arguments) == 1 else group.at
        self.refuse(
            "CS1503", f"The arguments of '{group.name}' ({shown}) do not fit its parameters ({named})", at
        )

    def _takes(self, member: Member, count: int) -> bool:
        required = sum(1 for p in member.parameters if p.required and p.mode != "params")
        variable = bool(member.parameters) and member.parameters[-1].mode == "params"
        return required <= count and (variable or count <= len(member.parameters))

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
                    f"The call is ambiguous between two overloads of '{best.member.name}'",
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
        matched = _match(member.parameters, arguments, expanded)
        if matched is None:
            return None
        given: dict[str, Type] = {}
        if owner.definition is not None and owner.arguments:
            given.update(zip(owner.definition.parameters, owner.arguments, strict=True))
        patterns = [_pattern(member.parameters[p], expanded) for _, p in matched]
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
        outs = self.out.temporary() if any(each.mode == "out" for each in arguments) else ""
        codes, stores = self._argument_codes(chosen, arguments, outs)
        if target is not None:
            codes.insert(0, self.receiver(chosen.owner, target))
        extra = [self.out.use(chosen.given[name]) for name in member.types]
        if member.context:
            extra.insert(0, "ctx")
        result = self.registry.types.substitute(member.result, chosen.given)
        if isinstance(member.call, str):
            code = f"({member.call.format(*extra, *codes)})"
        else:
            code = f"{self.out.use(member.call)}({', '.join((*extra, *codes))})"
        if stores:
            code = f"(({outs} := {code}), {', '.join(stores)})[0][0]"
        return Bound(result, code)

    def _argument_codes(
        self, chosen: Candidate, arguments: list[Given], outs: str = ""
    ) -> tuple[list[str], list[str]]:
        """Codes in the order of the parameters, and those that store the out values. `outs` is the name of
        the tuple that the call yields, the out values behind its result."""
        by_parameter: dict[int, list[str]] = {}
        stores: list[str] = []
        for (index, place), kind in zip(chosen.matched, chosen.types, strict=True):
            each = arguments[index]
            if each.mode == "out":
                stores.append(self._out_store(each, kind, f"{outs}[{len(stores) + 1}]"))
            else:
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
        variable = self.declare(each.declared, kind, each.at)
        if variable.cell:
            self.out.line(self.store(variable, "None"), each.at)
        return self.assign_code(variable, code)

    def choose_indexer(
        self, candidates: list[tuple[Type, Member]], arguments: list[Argument], at: int
    ) -> tuple[Type, Member, list[str]]:
        given = self.arguments(arguments)
        found = self._best(candidates, given, None)
        if found is None:
            shown = given[0].value.type.shown if given and isinstance(given[0].value, Bound) else ""
            wanted = candidates[0][1].parameters[0].type
            expected = self.registry.types.substitute(
                wanted,
                dict(
                    zip(
                        candidates[0][0].definition.parameters if candidates[0][0].definition else (),
                        candidates[0][0].arguments,
                        strict=True,
                    )
                ),
            )
            self.refuse("CS1503", f"Argument 1: cannot convert from '{shown}' to '{expected.shown}'", at)
        codes, _ = self._argument_codes(found, given)
        return found.owner, found.member, codes

    def construct(self, made: Type, arguments: list[Given], at: int) -> Bound:
        """`new Type(arguments)`"""
        assert made.definition is not None
        members = [(made, member) for member in self.registry.own_members(made.definition, "new")]
        found = self._best(members, arguments, None)
        if found is None:
            if not members:
                raise self.not_allowed(f"'{made.shown}' cannot be created in a policy expression", at)
            self.refuse(
                "CS1729",
                f"'{made.shown}' does not contain a constructor that takes these {len(arguments)} arguments",
                at,
            )
        bound = self._emit(found, None, arguments, at)
        return Bound(made, bound.code, safe=True)

    def method_on(self, target: Bound, name: str, arguments: list[Given], at: int) -> Bound:
        """A call of an instance or extension method by name."""
        return self.call_group(MethodGroup(at, name, target.type, target, None), arguments, at)


def _match(
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
        if (parameters[place].mode == "out") != (each.mode == "out"):
            return None
        taken.add(place)
        matched.append((index, place))
    for place, parameter in enumerate(parameters):
        if place not in taken and parameter.required and not (expanded and place == len(parameters) - 1):
            return None
    return matched


def _pattern(parameter: Parameter, expanded: bool) -> Type:
    return parameter.type.arguments[0] if expanded and parameter.mode == "params" else parameter.type
