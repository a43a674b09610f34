"""Assignment, compound assignment, ++ and --: what can be changed, and how."""

from apimlb.policy.csharp.binder_members import MemberBinder, Place
from apimlb.policy.csharp.bound import (
    Bound,
    Variable,
)
from apimlb.policy.csharp.nodes import (
    Assign,
    Index,
    Name,
    Node,
    Step,
)
from apimlb.policy.csharp.nodes import (
    Member as MemberNode,
)
from apimlb.policy.csharp.types import Type
from apimlb.policy.values.places import array_store, keep, set_cell, set_through


class PlaceBinder(MemberBinder):
    """Changes locals, properties and elements."""

    def place(self, node: Node) -> Place:
        """What an assignment to a node changes."""
        if isinstance(node, Name):
            found = self.scope.find(node.name)
            if isinstance(found, Variable):
                if found.readonly or (
                    found.constant is not None and isinstance(found.constant, int | str | float)
                ):
                    self.refuse(
                        "CS1656",
                        f"Cannot assign to '{node.name}' because it is a '{found.readonly or 'constant'}'",
                        node.at,
                    )
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

    def _setter(self, place: Place, at: int) -> str:
        if place.elements:
            return self.out.use(array_store)
        assert place.member is not None
        if place.member.setter is None:
            self.refuse(
                "CS0200",
                f"Property or indexer '{place.member.name}' cannot be assigned to -- it is read only",
                at,
            )
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
