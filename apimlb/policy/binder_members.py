"""Names, members, indexers, and what can be assigned."""

from dataclasses import dataclass

from apimlb.policy.binder_operators import OperatorBinder
from apimlb.policy.bound import (
    Bound,
    LocalMethod,
    MethodGroup,
    NamespaceReference,
    Result,
    TypeReference,
    Variable,
)
from apimlb.policy.nodes import (
    Argument,
    Assign,
    ConditionalAccess,
    Index,
    Name,
    Node,
    Step,
)
from apimlb.policy.nodes import (
    Member as MemberNode,
)
from apimlb.policy.signatures import Member
from apimlb.policy.types import Type
from apimlb.policy.values.places import array_item, array_store, keep, set_cell, set_through

# Names of .NET that people reach for and that the allow-list leaves out.
BANNED = frozenset(
    ["Activator", "AppDomain", "Assembly", "Console", "CultureInfo", "DateTimeStyles", "Environment", "File", "GC", "HttpClient", "Interlocked", "JsonSerializer", "Marshal", "Path", "Process", "Stopwatch", "Task", "Thread", "Type"]
)


@dataclass(slots=True)
class Place:
    """Something that can be assigned: a local, a property or an indexer with its arguments' codes."""

    type: Type
    variable: Variable | None = None
    member: Member | None = None
    codes: tuple[str, ...] = ()
    elements: bool = False


class MemberBinder(OperatorBinder):
    """What stands before and after a dot."""

    def bind_name(self, node: Name) -> Result:
        found = self.scope.find(node.name)
        if isinstance(found, Variable):
            return self.variable_value(found)
        if isinstance(found, LocalMethod):
            return MethodGroup(node.at, found.name, self.registry.object, None, None, is_local=True)
        if node.name == "context":
            return Bound(self.registry.named("IContext"), "ctx", pure=True, safe=True)
        arguments = node.type_arguments or []
        definition = self.registry.written(node.name, len(arguments))
        if definition is not None:
            return TypeReference(
                self.registry.types.of(definition, [self.type_of(each) for each in arguments])
            )
        if node.name in self.registry.namespaces:
            return NamespaceReference(node.name)
        if node.name in BANNED or self.registry.definition(node.name, len(arguments)) is not None:
            raise self.not_allowed(f"The type '{node.name}' is not allowed in a policy expression", node.at)
        self.refuse(
            "CS0103", f"The name '{node.name}' does not exist in the current context, or is not allowed in a policy "
            "expression", node.at)  # fmt: skip

    def variable_value(self, variable: Variable) -> Bound:
        if variable.row_member is not None:
            row, name = variable.row_member
            return Bound(variable.type, f"{row.code}.members[{name!r}]")
        if variable.constant is not None and isinstance(variable.constant, bool | int | str | float):
            return self.literal(variable.constant, variable.type)
        return Bound(variable.type, variable.code, pure=True)

    def bind_member(self, node: MemberNode, called: bool = False) -> Result:
        """`called` members may be methods that a property of the same name would hide."""
        target = self.bind(node.target)
        if isinstance(target, NamespaceReference):
            return self._in_namespace(target, node)
        types = [self.type_of(each) for each in node.type_arguments] if node.type_arguments else None
        if isinstance(target, TypeReference):
            return self._static_member(target.type, node, types)
        return self.instance_member(self.as_value(target, node.target.at), node.name, types, node.at, called)

    def _in_namespace(self, target: NamespaceReference, node: MemberNode) -> Result:
        name = f"{target.name}.{node.name}"
        arguments = [self.type_of(each) for each in node.type_arguments or []]
        definition = self.registry.written(name, len(arguments))
        if definition is not None:
            return TypeReference(self.registry.types.of(definition, arguments))
        if name in self.registry.namespaces:
            return NamespaceReference(name)
        raise self.not_allowed(f"'{name}' is not allowed in a policy expression", node.at)

    def _static_member(self, owner: Type, node: MemberNode, types: list[Type] | None) -> Result:
        definition = owner.definition
        if definition is not None and owner.kind == "enum" and node.name in definition.constants:
            return self.literal(self.enum_constant(owner, definition.constants[node.name]), owner)
        found = [(base, member) for base, member in self.registry.members(owner, node.name)]
        if any(member.kind == "method" for _, member in found):
            return MethodGroup(node.at, node.name, owner, None, types)
        for base, member in found:
            if member.kind == "property" and member.static:
                return self._static_value(base, member)
        if found:
            self.refuse(
                "CS0120", f"An object reference is required for the non-static field, method, or property "
                f"'{owner.shown}.{node.name}'", node.at)  # fmt: skip
        raise self.no_member(owner, node.name, node.at)

    def enum_constant(self, owner: Type, number: int) -> object:
        raise NotImplementedError

    def _static_value(self, owner: Type, member: Member) -> Bound:
        result = self._result(owner, member)
        if isinstance(member.call, str):
            return Bound(result, member.call, safe=True)
        codes = ["ctx"] if member.context else []
        made = Bound(result, f"{self.out.use(member.call)}({', '.join(codes)})", safe=True)
        constant = _FIELDS.get((owner.name, member.name))
        if (
            constant is None
            and not member.context
            and result.name in _CONSTANT_TYPES
            and owner.name == result.name
        ):
            return self.literal(member.call(), result)
        return made

    def no_member(self, owner: Type, name: str, at: int) -> Exception:
        if owner.kind == "anonymous" or owner.definition is None:
            return self.source.error(
                f"'{owner.shown}' does not contain a definition for '{name}'", at, "CS1061"
            )
        return self.not_allowed(
            f"'{owner.shown}' does not contain a definition for '{name}' that a policy expression may use", at
        )

    def _result(self, owner: Type, member: Member) -> Type:
        if owner.definition is None or not owner.arguments:
            return member.result
        given = dict(zip(owner.definition.parameters, owner.arguments, strict=True))
        return self.registry.types.substitute(member.result, given)

    def instance_member(
        self, target: Bound, name: str, types: list[Type] | None, at: int, called: bool = False
    ) -> Result:
        if target.type.kind == "anonymous":
            for member_name, kind in target.type.members:
                if member_name == name:
                    return Bound(kind, f"{self.not_null(target)}.members[{name!r}]")
        found = self.registry.members(target.type, name)
        methods = any(member.kind == "method" for _, member in found) or any(
            True for _ in self.registry.extensions(name)
        )
        if methods and (called or types or not found or found[0][1].kind == "method"):
            return MethodGroup(at, name, target.type, target, types)
        for owner, member in found:
            if member.kind == "property" and not member.static:
                self._note_body(owner, member, target)
                return self._property(owner, member, target)
        raise self.no_member(target.type, name, at)

    def _note_body(self, owner: Type, member: Member, target: Bound) -> None:
        """Remember which of the two bodies the expression reads, so that they can be there in time."""
        if member.name == "Body":
            if owner.name.endswith("IRequest"):
                self.reads_request_body = True
            elif "ctx.response" in target.code or target.pure:
                self.reads_response_body = True

    def _property(self, owner: Type, member: Member, target: Bound) -> Bound:
        result = self._result(owner, member)
        code = self.receiver(owner, target)
        if isinstance(member.call, str):
            return Bound(result, member.call.format(code))
        context = "ctx, " if member.context else ""
        return Bound(result, f"{self.out.use(member.call)}({context}{code})")

    def receiver(self, owner: Type, target: Bound) -> str:
        """The code of what stands before the dot; only Nullable's own members take a null."""
        return target.code if owner.is_nullable else self.not_null(target)

    # Indexers

    def bind_index(self, node: Index) -> Bound:
        target = self.value(node.target)
        return self.read(self.index_place(target, node.arguments, node.at))

    def index_place(self, target: Bound, arguments: list[Argument], at: int) -> Place:
        if target.type.kind == "array":
            codes = [self.not_null(target)]
            for argument in arguments:
                assert argument.value is not None
                codes.append(self._array_index(argument.value))
            if len(arguments) != target.type.rank:
                self.refuse("CS0022", f"Wrong number of indices inside []; expected {target.type.rank}", at)
            return Place(target.type.arguments[0], codes=tuple(codes), elements=True)
        candidates = self.registry.members(target.type, "this")
        if not candidates:
            self.refuse(
                "CS0021", f"Cannot apply indexing with [] to an expression of type '{target.type.shown}'", at
            )
        chosen = self.choose_indexer(candidates, arguments, at)
        owner, member, given = chosen
        codes = [self.not_null(target), *given]
        if member.context:
            codes.insert(0, "ctx")
        return Place(self._result(owner, member), member=member, codes=tuple(codes))

    def _array_index(self, node: Node) -> str:
        bound = self.value(node)
        if self.conversions.implicit(bound.type, self.registry.int) is not None:
            return self.convert(bound, self.registry.int, node.at).code
        return self.convert(bound, self.registry.named("System.Int64"), node.at).code

    def choose_indexer(
        self, candidates: list[tuple[Type, Member]], arguments: list[Argument], at: int
    ) -> tuple[Type, Member, list[str]]:
        """The indexer that the arguments fit, with their codes; binder_calls.py knows how."""
        raise NotImplementedError

    # ?.

    def bind_conditional(self, node: ConditionalAccess) -> Bound:
        target = self.value(node.target)
        if target.type.is_value and not target.type.is_nullable:
            self.refuse(
                "CS0023", f"Operator '?' cannot be applied to operand of type '{target.type.shown}'", node.at
            )
        first, again = self.once(target)
        self.receivers.append(Bound(target.type.underlying, again, pure=True, safe=True))
        inner = self.value(node.access)
        self.receivers.pop()
        result = inner.type
        if result.kind == "void":
            return Bound(result, f"({inner.code} if {first} is not None else None)")
        if result.is_value and not result.is_nullable:
            result = self.registry.nullable(result)
        return Bound(result, f"({inner.code} if {first} is not None else None)")

    # Assignment

    def place(self, node: Node) -> Place:
        """What an assignment to a node changes."""
        if isinstance(node, Name):
            found = self.scope.find(node.name)
            if isinstance(found, Variable):
                if (
                    found.readonly
                    or (found.constant is not None
                    and isinstance(found.constant, int | str | float))
                ):
                    self.refuse("CS1656", f"Cannot assign to '{node.name}' because it is a "
                                f"'{found.readonly or 'constant'}'", node.at)  # fmt: skip
                return Place(found.type, variable=found)
        if isinstance(node, Index):
            return self.index_place(self.value(node.target), node.arguments, node.at)
        if isinstance(node, MemberNode):
            target = self.bind(node.target)
            if isinstance(target, Bound):
                return self.property_place(target, node.name, node.at)
        self.refuse(
            "CS0131", "The left-hand side of an assignment must be a variable, property or indexer", node.at
        )

    def property_place(self, target: Bound, name: str, at: int) -> Place:
        for owner, member in self.registry.members(target.type, name):
            if member.kind == "property" and not member.static:
                return Place(self._result(owner, member), member=member, codes=(self.not_null(target),))
        raise self.no_member(target.type, name, at)

    def read(self, place: Place) -> Bound:
        if place.variable is not None:
            return Bound(place.type, place.variable.code, pure=True)
        if place.elements:
            return Bound(place.type, f"{self.out.use(array_item)}({', '.join(place.codes)})")
        assert place.member is not None
        call = place.member.call
        if isinstance(call, str):
            return Bound(place.type, call.format(*place.codes))
        return Bound(place.type, f"{self.out.use(call)}({', '.join(place.codes)})")

    def _setter(self, place: Place, at: int) -> str:
        if place.elements:
            return self.out.use(array_store)
        assert place.member is not None
        if place.member.setter is None:
            self.refuse("CS0200", f"Property or indexer '{place.member.name}' cannot be assigned to -- it is read "
                        "only", at)  # fmt: skip
        assert not isinstance(place.member.setter, str)
        return self.out.use(place.member.setter)

    def write(self, place: Place, code: str, at: int, *, value_wanted: bool) -> str:
        """Code that stores a value; as an expression it yields that value."""
        if place.variable is not None:
            return self.assign_code(place.variable, code)
        setter = self._setter(place, at)
        if value_wanted:
            return f"{self.out.use(set_through)}({', '.join((setter, *place.codes, code))})"
        return f"{setter}({', '.join((*place.codes, code))})"

    def assign_code(self, variable: object, code: str) -> str:
        assert isinstance(variable, Variable)
        if variable.cell:
            return f"{self.out.use(set_cell)}({variable.python}, {code})"
        return f"({variable.python} := {code})"

    def bind_assign(self, node: Assign, *, value_wanted: bool = True) -> Bound:
        place = self.place(node.target)
        if not node.operator:
            value = self.convert(self.bind(node.value), place.type, node.value.at)
            return Bound(
                place.type, self.write(place, value.code, node.at, value_wanted=value_wanted), safe=value.safe
            )
        place, first = self._named_codes(place)
        current = self.read(place)
        made = self.operate(node.operator, current, self.value(node.value), node)
        value = self._compound_result(made, place.type, node.at)
        code = self.write(place, value.code, node.at, value_wanted=value_wanted)
        return Bound(place.type, self._after(first, code), safe=value.safe)

    def _compound_result(self, made: Bound, target: Type, at: int) -> Bound:
        """`x op= y` casts back to the type of x."""
        if self.conversions.implicit(made.type, target) is not None:
            return self.convert(made, target, at)
        return self.cast(Bound(made.type, made.code), target, at)

    def _named_codes(self, place: Place) -> tuple[Place, list[str]]:
        """The place with its receiver and arguments computed once; with the code that computes them."""
        if place.variable is not None:
            return place, []
        first, again = [], []
        for code in place.codes:
            if code.isidentifier() or code.isdigit():
                again.append(code)
                continue
            name = self.out.temporary()
            first.append(f"({name} := {code})")
            again.append(name)
        return Place(place.type, None, place.member, tuple(again), place.elements), first

    def _after(self, first: list[str], code: str) -> str:
        return f"{self.out.use(keep)}({', '.join((*first, code))})" if first else code

    def bind_step(self, node: Step, *, value_wanted: bool = True) -> Bound:
        place, first = self._named_codes(self.place(node.operand))
        current = self.read(place)
        one = self.literal(1, self.registry.int)
        plain = Bound(current.type, current.code)
        if value_wanted and not node.prefix:
            name = self.out.temporary()
            first.append(f"({name} := {current.code})")
            plain = Bound(current.type, name, pure=True)
        made = self.operate(node.operator[0], plain, one, node)
        value = self._compound_result(made, place.type, node.at)
        code = self.write(place, value.code, node.at, value_wanted=value_wanted)
        if value_wanted and not node.prefix:
            return Bound(place.type, f"({', '.join((*first, code))})[{len(first) - 1}]", safe=True)
        return Bound(place.type, self._after(first, code), safe=True)


_FIELDS: dict[tuple[str, str], object] = {}
_CONSTANT_TYPES = frozenset(
    f"System.{name}"
    for name in ["SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Char", "Single", "Double", "Decimal"]
)
