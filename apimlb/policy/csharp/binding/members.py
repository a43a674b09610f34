"""Names, members, indexers, and what can be assigned."""

from dataclasses import dataclass

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.assignment import array_item
from apimlb.policy.csharp.binding.bound import (
    NOT_CONSTANT,
    Bound,
    LocalMethod,
    MethodGroup,
    NamespaceReference,
    Result,
    Scope,
    TypeReference,
    Variable,
)
from apimlb.policy.csharp.binding.captures import declaration
from apimlb.policy.csharp.binding.core import call_on
from apimlb.policy.csharp.binding.operators import OperatorBinder
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.known_names import NAMESPACES
from apimlb.policy.csharp.syntax.nodes import (
    Argument,
    ConditionalAccess,
    ElementAccess,
    Literal,
    MemberAccess,
    Name,
    Node,
    TypeName,
)


@dataclass(slots=True)
class Place:
    """Something that can be assigned: a local, a property or an indexer with its arguments' codes."""

    type: Type
    variable: Variable | None = None
    member: Member | None = None
    codes: tuple[str, ...] = ()
    elements: bool = False
    owner: Type | None = None


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
        raise self.no_variable(node, len(arguments))

    def no_variable(self, node: Name, arity: int = 0) -> PolicyError:
        """Why a name means nothing here: declared later, off the allow-list, or nowhere."""
        name = node.name
        early = self._declared_later(node)
        if early is not None:
            return early
        if arity:
            return self.no_type(TypeName(node.at, [(name, node.type_arguments or [])]))
        known = self.no_name([], name, name, arity, node.at)
        if known is not None:
            return known
        what = f"The name '{name}' does not exist in the current context"
        return self.source.error(what, node.at, "CS0103")

    def _declared_later(self, node: Name) -> PolicyError | None:
        scope: Scope | None = self.scope
        while scope is not None:
            found = declaration(scope.statements, node.name)
            if found is not None:
                at, inferred = found
                if at > node.at or inferred:
                    what = f"Cannot use local variable '{node.name}' before it is declared"
                    return self.source.error(what, node.at, "CS0841")
                what = f"Use of unassigned local variable '{node.name}'"
                return self.source.error(what, node.at, "CS0165")
            scope = scope.parent
        return None

    def variable_value(self, variable: Variable) -> Bound:
        if variable is self.beginning:
            self.names_itself = True
        if variable.row_member is not None:
            row, name = variable.row_member
            return Bound(variable.type, f"{row.code}.members[{name!r}]")
        if variable.constant is not NOT_CONSTANT:
            return self.literal(variable.constant, variable.type)
        return Bound(variable.type, variable.code, pure=True)

    def bind_member(self, node: MemberAccess, called: bool = False) -> Result:
        """`called` members may be methods that a property of the same name would hide."""
        target = self.bind(node.target)
        if isinstance(target, NamespaceReference):
            return self._in_namespace(target, node)
        types = [self.type_of(each) for each in node.type_arguments] if node.type_arguments else None
        if isinstance(target, TypeReference):
            return self._static_member(target.type, node, types)
        value = self.as_value(target, node.target)
        if value.type is NULL:
            raise self.no_member(NULL, node.name, self.offset(node))
        return self.instance_member(value, node.name, types, node.at, called)

    def _in_namespace(self, target: NamespaceReference, node: MemberAccess) -> Result:
        name = f"{target.name}.{node.name}"
        arguments = [self.type_of(each) for each in node.type_arguments or []]
        definition = self.registry.written(name, len(arguments))
        if definition is not None:
            return TypeReference(self.registry.types.of(definition, arguments))
        if name in self.registry.namespaces or name in NAMESPACES:
            return NamespaceReference(name)
        at = self.offset(node)
        known = self.no_name(target.name.split("."), node.name, node.name, len(arguments), at)
        raise known or self.no_member_of_namespace(target.name, node.name, at)

    def _static_member(self, owner: Type, node: MemberAccess, types: list[Type] | None) -> Result:
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
                "CS0120",
                f"An object reference is required for the non-static field, method, or property "
                f"'{owner.shown}.{node.name}'",
                node.at,
            )
        nested = self.registry.nested(owner, node.name)
        if nested is not None:
            return TypeReference(nested)
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
            and result.name in NUMERIC
            and owner.name in (result.name, "System.Math")
        ):
            return self.literal(member.call(), result)
        return made

    def no_member(self, owner: Type, name: str, at: int) -> PolicyError:
        if owner is NULL:
            return self.source.error(
                "Operator '.' cannot be applied to operand of type '<null>'", at, "CS0023"
            )
        if owner.kind == "anonymous" or owner.definition is None or not owner.definition.namespace:
            return self.source.error(
                f"'{owner.shown}' does not contain a definition for '{name}' and no extension method "
                f"'{name}' accepting a first argument of type '{owner.shown}' could be found (are you "
                "missing a using directive or an assembly reference?)", at, "CS1061",
            )  # fmt: skip
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

    def bind_index(self, node: ElementAccess) -> Bound:
        target = self.value(node.target)
        place = self.index_place(target, node.arguments, node)
        call = array_item if place.member is None else place.member.call
        quiet = target.safe or all(isinstance(each.value, Literal | Name) for each in node.arguments)
        if quiet or isinstance(call, str):
            return self.read(place)
        # C# computes the arguments before it looks whether there is anything to index.
        codes = list(place.codes)
        first = int(codes[0] == "ctx")
        codes[first] = target.code
        named = (self.out.use(call), str(first), *codes)
        return Bound(place.type, f"{self.out.use(call_on)}({', '.join(named)})")

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

    def index_place(self, target: Bound, arguments: list[Argument], at: int | Node) -> Place:
        if target.type.kind == "array":
            codes = [self.not_null(target)]
            if len(arguments) != target.type.rank:
                self.refuse("CS0022", f"Wrong number of indices inside []; expected {target.type.rank}", at)
            for argument in arguments:
                assert argument.value is not None
                codes.append(self.size_code(argument.value, at))
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
        return Place(self._result(owner, member), member=member, codes=tuple(codes), owner=owner)

    def size_code(self, node: Node, at: int | Node) -> str:
        """An index or a size of an array, of any integer type; messages point at `at`."""
        bound = self.value(node)
        for name in ("System.Int32", "System.UInt32", "System.Int64", "System.UInt64"):
            target = self.registry.named(name)
            fits = self.conversions.implicit(bound.type, target) is not None
            if fits or self.constant_conversion(bound, target) is not None:
                return self.convert(bound, target, at).code
        return self.convert(bound, self.registry.int, at).code

    def choose_indexer(
        self, candidates: list[tuple[Type, Member]], arguments: list[Argument], at: int | Node
    ) -> tuple[Type, Member, list[str]]:
        """The indexer that the arguments fit, with their codes; calls.py knows how."""
        raise NotImplementedError

    # ?.

    def bind_conditional(self, node: ConditionalAccess) -> Bound:
        target = self.value(node.target)
        if target.type is NULL or (target.type.is_value and not target.type.is_nullable):
            self.refuse(
                "CS0023", f"Operator '?' cannot be applied to operand of type '{target.type.shown}'", node.at
            )
        first, again = self.once(target)
        self.receivers.append(Bound(target.type.underlying, again, pure=True, safe=True))
        inner = self.value(node.access)
        self.receivers.pop()
        result = inner.type
        if result is NULL or result.kind == "delegate":
            what = f"Operator '?' cannot be applied to operand of type '{result.shown}'"
            self.refuse("CS0023", what, node.at)
        if result.kind == "void":
            return Bound(result, f"({inner.code} if {first} is not None else None)")
        if result.is_value and not result.is_nullable:
            result = self.registry.nullable(result)
        return Bound(result, f"({inner.code} if {first} is not None else None)")


_FIELDS: dict[tuple[str, str], object] = {}
