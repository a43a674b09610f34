"""Operators: numeric promotion, lifting, string concatenation, equality and those that types declare."""

from apimlb.policy.csharp.binder_arithmetic import COMPARISONS, ArithmeticBinder
from apimlb.policy.csharp.bound import Bound
from apimlb.policy.csharp.casts import as_type, enum_number, enum_of, is_type
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.nodes import As, Binary, Is, Name, Node, Ternary, ThrowValue, Unary
from apimlb.policy.csharp.types import NULL, Definition, Type
from apimlb.policy.values.metering import same_text
from apimlb.policy.values.numbers import both, either
from apimlb.policy.values.text import clr_equals, concat, raise_value, same, text_of


class OperatorBinder(ArithmeticBinder):
    """Unary, binary, conditional and type-testing operators."""

    def bind_binary(self, node: Binary) -> Bound:
        operator = node.operator
        if operator in ("&&", "||"):
            return self._logical(node)
        if operator == "??":
            return self._coalesce(node)
        operands = self._left_chain(node)
        left = self.value(operands[0][1])
        for op_node, right_node in operands[1:]:
            assert isinstance(op_node, Binary)
            left = self.operate(op_node.operator, left, self.value(right_node), op_node)
        return left

    def _left_chain(self, node: Binary) -> list[tuple[Node, Node]]:
        """`a + b - c` as its operands, each with the operator before it, so that long chains do not
        recurse."""
        found: list[tuple[Node, Node]] = []
        here: Node = node
        while isinstance(here, Binary) and here.operator not in ("&&", "||", "??"):
            found.append((here, here.right))
            here = here.left
        found.append((here, here))
        found.reverse()
        return found

    def _logical(self, node: Binary) -> Bound:
        parts: list[str] = []
        here: Node = node
        while isinstance(here, Binary) and here.operator == node.operator:
            parts.append(here)  # type: ignore[arg-type]
            here = here.left
        operands: list[Node] = [here, *(part.right for part in reversed(parts))]  # type: ignore[attr-defined]
        bound = [self._bool_operand(operand, node) for operand in operands]
        word = " and " if node.operator == "&&" else " or "
        made = Bound(self.registry.bool, f"({word.join(part.code for part in bound)})", safe=True)
        if all(part.is_constant for part in bound):
            values = [part.constant is True for part in bound]
            return self.literal(all(values) if node.operator == "&&" else any(values), self.registry.bool)
        return made

    def _bool_operand(self, operand: Node, node: Binary) -> Bound:
        bound = self.value(operand)
        if (
            bound.type is not self.registry.bool
            and self.conversions.implicit(bound.type, self.registry.bool) is None
        ):
            other = self.value(node.left if operand is not node.left else node.right)
            self._no_operator(node.operator, bound, other, node.at)
        return self.convert(bound, self.registry.bool, operand.at)

    def _no_operator(self, operator: str, left: Bound, right: Bound, at: int) -> None:
        self.refuse(
            "CS0019",
            f"Operator '{operator}' cannot be applied to operands of type '{left.type.shown}' and "
            f"'{right.type.shown}'",
            at,
        )

    def operate(self, operator: str, left: Bound, right: Bound, node: Node) -> Bound:
        """`left operator right`"""
        at = _start(node)
        left, right = self._beside_null(left, right), self._beside_null(right, left)
        made = (
            self._numeric_operator(operator, left, right, at)
            or self._declared_operator(operator, left, right, at)
            or self._string_operator(operator, left, right)
            or self._bool_operator(operator, left, right)
            or self._enum_operator(operator, left, right, at)
            or (self._reference_equality(operator, left, right) if operator in ("==", "!=") else None)
        )
        if made is None:
            self._no_operator(operator, left, right, at)
            raise AssertionError
        return made

    def _beside_null(self, bound: Bound, other: Bound) -> Bound:
        """A number beside `null` is computed with as its nullable."""
        kind = bound.type
        if other.type is not NULL or not kind.is_value or kind.is_nullable:
            return bound
        known = kind.name in NUMERIC or kind.kind == "enum" or kind is self.registry.bool
        if known or self.registry.own_members(_definition(kind), "operator =="):
            return Bound(self.registry.nullable(kind), bound.code, pure=bound.pure and not bound.is_constant)
        return bound

    # Strings

    def _string_operator(self, operator: str, left: Bound, right: Bound) -> Bound | None:
        string = self.registry.string
        if operator == "+" and string in (left.type, right.type):
            if left.type is right.type and isinstance(left.constant, str) and isinstance(right.constant, str):
                return self.literal(left.constant + right.constant, string)
            return self._concat(left, right)
        both = {left.type, right.type}
        if operator in ("==", "!=") and both <= {string, NULL} and string in both:
            if NULL in both:
                return self._null_test(operator, left if left.type is string else right)
            if left.is_constant or right.is_constant:
                return Bound(self.registry.bool, f"({left.code} {operator} {right.code})", safe=True)
            code = f"{self.out.use(same_text)}({left.code}, {right.code})"
            return Bound(self.registry.bool, code if operator == "==" else f"(not {code})", safe=True)
        return None

    def _concat(self, left: Bound, right: Bound) -> Bound:
        name = self.out.use(concat)
        if left.code.startswith(f"{name}(") and left.type is self.registry.string and left.pure is False:
            code = f"{left.code[:-1]}, {self.text_code(right)})"
        else:
            code = f"{name}({self.text_code(left)}, {self.text_code(right)})"
        return Bound(self.registry.string, code, safe=True)

    def text_code(self, bound: Bound) -> str:
        """Code for the text that concatenation and interpolation make of a value."""
        if bound.type is self.registry.string:
            return bound.code if bound.safe else f"({bound.code} or '')"
        if bound.type is self.registry.int:
            return f"{self.out.use(repr)}({bound.code})"
        if bound.is_constant and bound.constant is None:
            return "''"
        return f"{self.out.use(text_of)}({bound.code})"

    # bool, enumerations, references

    def _bool_operator(self, operator: str, left: Bound, right: Bound) -> Bound | None:
        boolean = self.registry.bool
        if left.type.underlying is not boolean or right.type.underlying is not boolean:
            if operator in ("==", "!=") and NULL in (left.type, right.type):
                other = left if right.type is NULL else right
                return self._null_test(operator, other) if other.type.is_nullable else None
            return None
        if operator in ("==", "!="):
            return Bound(boolean, f"({left.code} {operator} {right.code})", safe=True)
        if operator in "&|" and (left.type.is_nullable or right.type.is_nullable):
            call = self.out.use(both if operator == "&" else either)
            return Bound(self.registry.nullable(boolean), f"{call}({left.code}, {right.code})")
        if operator in "&|^" and not (left.type.is_nullable or right.type.is_nullable):
            return Bound(boolean, f"({left.code} {operator} {right.code})", safe=True)
        return None

    def _enum_operator(self, operator: str, left: Bound, right: Bound, at: int) -> Bound | None:
        enum = left.type.underlying if left.type.underlying.kind == "enum" else right.type.underlying
        if enum.kind != "enum":
            return None
        sides = []
        for side in (left, right):
            fitted = self.constant_conversion(side, enum) or side
            if fitted.type.underlying is not enum:
                return None
            sides.append(fitted)
        if operator in ("==", "!="):
            return Bound(self.registry.bool, f"({sides[0].code} {operator} {sides[1].code})", safe=True)
        if left.type.is_nullable or right.type.is_nullable:
            return None
        first, second = (f"{self.out.use(enum_number)}({side.code})" for side in sides)
        if operator in COMPARISONS:
            return Bound(self.registry.bool, f"({first} {operator} {second})", safe=True)
        if operator in "&|^":
            code = f"{self.out.use(enum_of)}({self.out.use(enum)}, {first} {operator} {second})"
            return Bound(enum, code, safe=True)
        return None

    def _reference_equality(self, operator: str, left: Bound, right: Bound) -> Bound | None:
        if left.type.is_value or right.type.is_value:
            nullable = (left.type.is_nullable and right.type is NULL) or (
                right.type.is_nullable and left.type is NULL
            )
            if nullable:
                return self._null_test(operator, left if right.type is NULL else right)
            return None
        if NULL in (left.type, right.type):
            return self._null_test(operator, left if right.type is NULL else right)
        related = (
            self.conversions.derives(left.type, right.type)
            or self.conversions.derives(right.type, left.type)
            or "interface" in (left.type.kind, right.type.kind)
        )
        if not related:
            return None
        code = f"{self.out.use(same)}({left.code}, {right.code})"
        return Bound(self.registry.bool, code if operator == "==" else f"(not {code})", safe=True)

    # ??, ?:, as, is, unary

    def _coalesce(self, node: Binary) -> Bound:
        left = self.value(node.left)
        first, again = self.once(left)
        kept = Bound(left.type, again, pure=True, safe=True)
        if isinstance(node.right, ThrowValue):
            right_code = self.throw_code(node.right)
            kind = left.type.underlying
            return Bound(kind, f"({again} if {first} is not None else {right_code})", safe=True)
        right = self.value(node.right)
        if left.type is NULL or (left.type.is_value and not left.type.is_nullable):
            self._no_operator("??", left, right, _start(node))
        plain = left.type.underlying
        for target in (plain, left.type):
            if left.type is not NULL and self._converts(right, target):
                made = self.convert(right, target, node.right.at)
                inner = Bound(target, again, pure=True)
                return Bound(
                    target, f"({inner.code} if {first} is not None else {made.code})", safe=made.safe
                )
        if self._converts(Bound(plain, again), right.type):
            inner = self.convert(Bound(plain, again, pure=True, safe=kept.safe), right.type, node.at)
            return Bound(
                right.type, f"({inner.code} if {first} is not None else {right.code})", safe=right.safe
            )
        self._no_operator("??", left, right, _start(node))
        raise AssertionError

    def _converts(self, bound: Bound, target: Type) -> bool:
        return (
            bound.type is target
            or self.constant_conversion(bound, target) is not None
            or self.conversions.implicit(bound.type, target) is not None
        )

    def throw_code(self, node: ThrowValue) -> str:
        """`throw` as an expression."""
        value = self.value(node.operand)
        return f"{self.out.use(raise_value)}({value.code})"

    def bind_ternary(self, node: Ternary) -> Bound:
        condition = self.condition(node.condition)
        if isinstance(node.when_true, ThrowValue) or isinstance(node.when_false, ThrowValue):
            return self._throwing_ternary(condition, node)
        left, right = self.value(node.when_true), self.value(node.when_false)
        target = self._common(left, right)
        if target is None:
            self.refuse(
                "CS0173",
                "Type of conditional expression cannot be determined because there is no implicit "
                f"conversion between '{left.type.shown}' and '{right.type.shown}'",
                _start(node),
            )
        first = self.convert(left, target, node.when_true.at)
        second = self.convert(right, target, node.when_false.at)
        return Bound(
            target, f"({first.code} if {condition} else {second.code})", safe=first.safe and second.safe
        )

    def _throwing_ternary(self, condition: str, node: Ternary) -> Bound:
        if isinstance(node.when_true, ThrowValue):
            other = self.value(node.when_false)
            return Bound(other.type, f"({self.throw_code(node.when_true)} if {condition} else {other.code})")
        assert isinstance(node.when_false, ThrowValue)
        other = self.value(node.when_true)
        return Bound(other.type, f"({other.code} if {condition} else {self.throw_code(node.when_false)})")

    def _common(self, left: Bound, right: Bound) -> Type | None:
        if left.type is right.type:
            return left.type
        forward, backward = self._converts(left, right.type), self._converts(right, left.type)
        if forward and backward:  # two constants: the wider type
            return right.type if self.conversions.implicit(left.type, right.type) else left.type
        return right.type if forward else left.type if backward else None

    def bind_as(self, node: As) -> Bound:
        target = self.type_of(node.type)
        bound = self.value(node.operand)
        if target.is_value and not target.is_nullable:
            self.refuse(
                "CS0077", "The as operator must be used with a reference type or nullable type", node.at
            )
        if not self.conversions.by_reference(bound.type, target):
            self.refuse(
                "CS0039",
                f"Cannot convert type '{bound.type.shown}' to '{target.shown}' via a reference conversion",
                _start(node),
            )
        return Bound(target, f"{self.out.use(as_type)}({bound.code}, {self.out.use(target)})")

    def bind_is(self, node: Is) -> Bound:
        bound = self.value(node.operand)
        target = self.find_type(node.type) if node.type is not None else None
        if target is None:
            return self._is_constant(node, bound)
        test = self.out.use(is_type)
        if node.name is None:
            return Bound(self.registry.bool, f"{test}({bound.code}, {self.out.use(target)})", safe=True)
        variable = self.declare(node.name, target, node.at)
        if variable.cell:
            self.out.line(self.store(variable, "None"), node.at)
        first, again = self.once(bound)
        kept = self.assign_code(variable, again)
        code = f"({test}({first}, {self.out.use(target)}) and ({kept}, True)[1])"
        return Bound(self.registry.bool, code, safe=True)

    def assign_code(self, variable: object, code: str) -> str:
        """An expression that assigns a local and yields its value; places.py knows how."""
        raise NotImplementedError

    def _is_constant(self, node: Is, bound: Bound) -> Bound:
        if node.type is not None and node.constant is None:
            if node.name is not None or not all(not inner for _, inner in node.type.parts):
                self.type_of(node.type)
            constant = self.value(_as_expression(node))
        else:
            assert node.constant is not None
            constant = self.value(node.constant)
        if not constant.is_constant:
            self.refuse("CS0150", "A constant value is expected", node.at)
        if constant.constant is None:
            return self._null_test("==", bound)
        code = f"{self.out.use(clr_equals)}({bound.code}, {constant.code})"
        return Bound(self.registry.bool, code, safe=True)

    def bind_unary(self, node: Unary) -> Bound:
        bound = self.value(node.operand)
        operator = node.operator
        plain = bound.type.underlying
        if operator == "!" and plain is self.registry.bool:
            if bound.type.is_nullable:
                first, again = self.once(bound)
                return Bound(bound.type, f"(not {again} if {first} is not None else None)")
            if bound.is_constant:
                return self.literal(not bound.constant, bound.type)
            return Bound(bound.type, f"(not {bound.code})", safe=True)
        if plain.name in NUMERIC:
            made = self._numeric_unary(operator, bound, plain, node)
            if made is not None:
                return made
        if operator in "-~+" and plain.definition is not None:
            for member in self.registry.own_members(plain.definition, f"operator {operator}"):
                if len(member.parameters) == 1:
                    return Bound(member.result, self._operator_call(member, bound.code), safe=True)
        self.refuse(
            "CS0023",
            f"Operator '{operator}' cannot be applied to operand of type '{bound.type.shown}'",
            node.at,
        )


def _start(node: Node) -> int:
    """Where an expression begins: at its leftmost operand."""
    while True:
        inner = getattr(node, "left", None) or getattr(node, "condition", None)
        if inner is None:
            inner = getattr(node, "target", None) or (node.operand if isinstance(node, As | Is) else None)
        if inner is None:
            return node.at
        node = inner


def _definition(kind: Type) -> Definition:
    assert kind.definition is not None
    return kind.definition


def _as_expression(node: Is) -> Node:
    """`x is Name.Constant`, which was read as a type."""
    assert node.type is not None
    from_parts = Name(node.type.at, node.type.parts[0][0])
    return from_parts
