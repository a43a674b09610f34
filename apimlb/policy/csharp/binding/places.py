"""Assignment, compound assignment, ++ and --: what can be changed, and how."""

from typing import NoReturn

from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.assignment import array_store, keep, set_cell, set_through
from apimlb.policy.csharp.binding.bound import NOT_CONSTANT, Bound, Result, TypeReference, Variable
from apimlb.policy.csharp.binding.members import MemberBinder, Place
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax.nodes import (
    Assignment,
    ElementAccess,
    Increment,
    MemberAccess,
    Name,
    Node,
    ThrowExpression,
)

_NO_PLACE = {
    "CS0131": "The left-hand side of an assignment must be a variable, property or indexer",
    "CS1059": "The operand of an increment or decrement operator must be a variable, property or indexer",
}
_STATIC_FIELD = (
    "A static readonly field cannot be assigned to (except in a static constructor or a variable initializer)"
)


class PlaceBinder(MemberBinder):
    """Changes locals, properties and elements."""

    def place(self, node: Node, code: str = "CS0131") -> Place:
        """What an assignment to a node changes; what cannot be changed is refused under `code`."""
        if isinstance(node, Name):
            return self._local_place(node, code)
        if isinstance(node, ElementAccess):
            return self.index_place(self.value(node.target), node.arguments, node)
        if isinstance(node, MemberAccess):
            target = self.bind(node.target)
            if isinstance(target, Bound):
                return self.property_place(target, node.name, node)
            if isinstance(target, TypeReference) and self.registry.members(target.type, node.name):
                self.refuse("CS0198", _STATIC_FIELD, node)
        self.refuse(code, _NO_PLACE[code], node)

    def _local_place(self, node: Name, code: str) -> Place:
        found = self.scope.find(node.name)
        if found is None:
            self.bind_name(node)  # refuses a name that is nothing at all
        if not isinstance(found, Variable) or found.constant is not NOT_CONSTANT:
            self.refuse(code, _NO_PLACE[code], node)
        if found.readonly:
            self.refuse("CS1656", f"Cannot assign to '{node.name}' because it is a '{found.readonly}'", node)
        if found is self.beginning:
            self.names_itself = True
        return Place(found.type, variable=found)

    def property_place(self, target: Bound, name: str, at: int | MemberAccess) -> Place:
        """A property that is assigned; `at` is its place, or the node that names it."""
        if any(name == member for member, _ in target.type.members):
            self._read_only(target.type, name, at)
        for owner, member in self.registry.members(target.type, name):
            if member.kind == "property" and not member.static:
                codes = (self.not_null(target),)
                return Place(self._result(owner, member), member=member, codes=codes, owner=owner)
        raise self.no_member(target.type, name, at if isinstance(at, int) else at.at)

    def _setter(self, place: Place, at: int | Node) -> str:
        if place.elements:
            return self.out.use(array_store)
        assert place.member is not None
        if place.member.setter is None:
            name = place.member.name
            if name == "this":
                name = f"this[{', '.join(each.type.shown for each in place.member.parameters)}]"
            self._read_only(place.owner, name, at)
        assert not isinstance(place.member.setter, str)
        return self.out.use(place.member.setter)

    def _read_only(self, owner: Type | None, name: str, at: int | Node) -> NoReturn:
        shown = f"{owner.shown}.{name}" if owner is not None else name
        what = f"Property or indexer '{shown}' cannot be assigned to -- it is read only"
        self.refuse("CS0200", what, at)

    def write(self, place: Place, code: str, at: int | Node, *, value_wanted: bool) -> str:
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

    def bind_assign(self, node: Assignment, *, value_wanted: bool = True) -> Bound:
        if isinstance(node.target, Name) and node.target.name == "_" and self.scope.find("_") is None:
            return self._discard(node)
        place = self.place(node.target)
        if not node.operator:
            value = self.convert(self._assigned(node.value), place.type, node.value)
            code = self.write(place, value.code, node, value_wanted=value_wanted)
            return Bound(place.type, code, safe=value.safe)
        place, first = self._named_codes(place)
        current = self.read(place)
        right = self.value(node.value)
        made = self.operate(node.operator, current, right, node)
        value = self._compound_result(made, place.type, right, node)
        code = self.write(place, value.code, node, value_wanted=value_wanted)
        return Bound(place.type, self._after(first, code), safe=value.safe)

    def _assigned(self, node: Node) -> Result:
        if isinstance(node, ThrowExpression):
            self.refuse("CS8115", "A throw expression is not allowed in this context.", node.at)
        return self.bind(node)

    def _discard(self, node: Assignment) -> Bound:
        """`_ = value` is computed and forgotten."""
        if node.operator:
            raise self.no_variable(Name(node.target.at, "_"))
        value = self.value(node.value)
        if value.type is NULL or value.type.kind == "void":
            what = "Cannot infer the type of implicitly-typed discard."
            self.refuse("CS8183", what, node.target)
        return Bound(value.type, f"({value.code})")

    def _compound_result(self, made: Bound, target: Type, right: Bound, node: Assignment) -> Bound:
        """`x op= y` casts back to the type of x, where y itself converts to it or is a number of places."""
        if made.type is target or self.conversions.implicit(made.type, target) is not None:
            return self.convert(made, target, node)
        if node.operator not in ("<<", ">>") and right.type is not target:
            self.convert(right, target, node)  # refuses what does not fit
        return self.cast(Bound(made.type, made.code), target, node)

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
        return Place(place.type, None, place.member, tuple(again), place.elements, place.owner), first

    def _after(self, first: list[str], code: str) -> str:
        return f"{self.out.use(keep)}({', '.join((*first, code))})" if first else code

    def bind_step(self, node: Increment, *, value_wanted: bool = True) -> Bound:
        place, first = self._named_codes(self.place(node.operand, "CS1059"))
        current = self.read(place)
        plain_type = place.type.underlying
        if plain_type.name not in NUMERIC and plain_type.kind != "enum":
            what = f"Operator '{node.operator}' cannot be applied to operand of type '{place.type.shown}'"
            self.refuse("CS0023", what, node)
        one = self.literal(1, self.registry.int)
        plain = Bound(current.type, current.code)
        if value_wanted and not node.prefix:
            name = self.out.temporary()
            first.append(f"({name} := {current.code})")
            plain = Bound(current.type, name, pure=True)
        made = self.operate(node.operator[0], plain, one, node)
        value = made
        if made.type is not place.type:
            value = self.cast(Bound(made.type, made.code), place.type, node)
        code = self.write(place, value.code, node, value_wanted=value_wanted)
        if value_wanted and not node.prefix:
            return Bound(place.type, f"({', '.join((*first, code))})[{len(first) - 1}]", safe=True)
        return Bound(place.type, self._after(first, code), safe=True)
