"""Operators: numeric promotion, lifting, string concatenation, equality and those that types declare."""

from typing import NoReturn

from apimlb.policy.clr.casts import as_type, enum_number, enum_of
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.metering import same_text
from apimlb.policy.clr.numbers.arithmetic import both, either
from apimlb.policy.clr.objects.text import concat, same, text_of
from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.clr.types.definitions import Definition
from apimlb.policy.csharp.binding.arithmetic import COMPARISONS, ArithmeticBinder
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax.nodes import (
    As,
    Assignment,
    Binary,
    Conditional,
    Node,
    ThrowExpression,
    Unary,
)


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
        parts: list[Binary] = []
        here: Node = node
        while isinstance(here, Binary) and here.operator == node.operator:
            parts.append(here)
            here = here.left
        boolean = self.registry.bool
        bound = [self.value(here)]
        for part in reversed(parts):
            before = bound[-1] if len(bound) == 1 else Bound(boolean, "")
            after = self.value(part.right)
            for side in (before, after):
                if side.type is not boolean and self.conversions.implicit(side.type, boolean) is None:
                    self._no_operator(node.operator, before, after, part)
            bound.append(self.convert(after, boolean, part.right))
        bound[0] = self.convert(bound[0], boolean, here)
        if all(part.is_constant for part in bound):
            values = [part.constant is True for part in bound]
            return self.literal(all(values) if node.operator == "&&" else any(values), boolean)
        word = " and " if node.operator == "&&" else " or "
        return Bound(boolean, f"({word.join(part.code for part in bound)})", safe=True)

    def _no_operator(self, operator: str, left: Bound, right: Bound, at: int | Node) -> NoReturn:
        if left.type is NULL and right.type is NULL and operator not in ("&&", "||"):
            self.refuse(
                "CS0034", f"Operator '{operator}' is ambiguous on operands of type '<null>' and '<null>'", at
            )
        self.refuse(
            "CS0019",
            f"Operator '{operator}' cannot be applied to operands of type '{left.type.shown}' and "
            f"'{right.type.shown}'",
            at,
        )

    def operate(self, operator: str, left: Bound, right: Bound, node: Node) -> Bound:
        """`left operator right`"""
        at = node
        left, right = self._beside_null(left, right), self._beside_null(right, left)
        written = f"{operator}=" if isinstance(node, Assignment) else operator
        made = (
            self._numeric_operator(operator, left, right, at)
            or self._declared_operator(operator, left, right, at)
            or self._string_operator(operator, left, right)
            or self._bool_operator(operator, left, right)
            or self._enum_operator(operator, left, right)
            or (self._reference_equality(operator, left, right) if operator in ("==", "!=") else None)
        )
        if made is None:
            self._no_operator(written, left, right, at)
        return made

    def _beside_null(self, bound: Bound, other: Bound) -> Bound:
        """A number beside `null` is computed with as its nullable."""
        kind = bound.type
        if other.type is not NULL or not kind.is_value or kind.is_nullable:
            return bound
        known = kind.name in NUMERIC or kind.kind == "enum" or kind is self.registry.bool
        if known or self.registry.own_members(_definition(kind), "operator =="):
            return Bound(
                self.registry.nullable(kind), bound.code, pure=bound.pure and not bound.is_constant, safe=True
            )
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
            if left.is_constant and right.is_constant:
                equal = left.constant == right.constant
                return self.literal(equal == (operator == "=="), self.registry.bool)
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
        folded = self.fold_bools(operator, left, right)
        if folded is not None:
            return folded
        if operator in ("==", "!="):
            return Bound(boolean, f"({left.code} {operator} {right.code})", safe=True)
        if operator == "^" and (left.type.is_nullable or right.type.is_nullable):
            first, first_again = self.once(left)
            second, second_again = self.once(right)
            code = f"(None if ({first} is None) | ({second} is None) else {first_again} ^ {second_again})"
            return Bound(self.registry.nullable(boolean), code)
        if operator in "&|" and (left.type.is_nullable or right.type.is_nullable):
            call = self.out.use(both if operator == "&" else either)
            return Bound(self.registry.nullable(boolean), f"{call}({left.code}, {right.code})")
        if operator in "&|^" and not (left.type.is_nullable or right.type.is_nullable):
            return Bound(boolean, f"({left.code} {operator} {right.code})", safe=True)
        return None

    def _enum_operator(self, operator: str, left: Bound, right: Bound) -> Bound | None:
        enum = left.type.underlying if left.type.underlying.kind == "enum" else right.type.underlying
        if enum.kind != "enum":
            return None
        if operator in ("+", "-") and left.type is not right.type:
            moved = self._moved_enum(operator, left, right)
            if moved is not None:
                return moved
        sides = []
        for side in (left, right):
            fitted = self.constant_conversion(side, enum) or side
            if fitted.type.underlying is not enum:
                return None
            sides.append(fitted)
        folded = self.fold_enums(operator, sides[0], sides[1], enum)
        if folded is not None:
            return folded
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
        if operator == "-":
            return Bound(self.registry.int, f"({first} - {second})", safe=True)
        return None

    def _moved_enum(self, operator: str, left: Bound, right: Bound) -> Bound | None:
        """An enumeration's value so many numbers further on, or back."""
        enum, number = (left, right) if left.type.kind == "enum" else (right, left)
        if enum.type.kind != "enum" or (operator == "-" and enum is right):
            return None
        if self.conversions.implicit(number.type, self.registry.int) is None:
            return None
        places = self.convert(number, self.registry.int, 0)
        if isinstance(enum.constant, Enum) and isinstance(places.constant, int):
            by = places.constant if operator == "+" else -places.constant
            return self.literal(enum_of(enum.type, enum.constant.number + by), enum.type)
        first = f"{self.out.use(enum_number)}({enum.code})"
        code = f"{self.out.use(enum_of)}({self.out.use(enum.type)}, {first} {operator} {places.code})"
        return Bound(enum.type, code, safe=True)

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
            self.registry.derives(left.type, right.type)
            or self.registry.derives(right.type, left.type)
            or "interface" in (left.type.kind, right.type.kind)
        )
        if not related:
            return None
        code = f"{self.out.use(same)}({left.code}, {right.code})"
        return Bound(self.registry.bool, code if operator == "==" else f"(not {code})", safe=True)

    # ??, ?:, as, is, unary

    def _coalesce(self, node: Binary) -> Bound:
        left = self.value(node.left)
        if isinstance(node.right, ThrowExpression):
            if left.type is NULL or (left.type.is_value and not left.type.is_nullable):
                self._no_coalesce(left, Bound(NULL, ""), node)
            first, again = self.once(left)
            code = f"({again} if {first} is not None else {self.throw_code(node.right)})"
            return Bound(left.type.underlying, code, safe=True)
        right = self.value(node.right)
        nullable = not right.type.is_value or right.type.is_nullable
        if left.type is NULL and right.type is not NULL and right.type is not VOID and nullable:
            return Bound(right.type, right.code, pure=right.pure and not right.is_constant, safe=right.safe)
        if left.type is NULL or (left.type.is_value and not left.type.is_nullable):
            self._no_coalesce(left, right, node)
        first, again = self.once(left)
        plain = left.type.underlying
        for target in (plain, left.type):
            if self._converts(right, target):
                made = self.convert(right, target, node.right)
                inner = Bound(target, again, pure=True)
                return Bound(
                    target, f"({inner.code} if {first} is not None else {made.code})", safe=made.safe
                )
        if self._converts(Bound(plain, again), right.type):
            inner = self.convert(Bound(plain, again, pure=True, safe=True), right.type, node)
            return Bound(
                right.type, f"({inner.code} if {first} is not None else {right.code})", safe=right.safe
            )
        self._no_coalesce(left, right, node)

    def _no_coalesce(self, left: Bound, right: Bound, node: Binary) -> NoReturn:
        self.refuse(
            "CS0019",
            f"Operator '??' cannot be applied to operands of type '{left.type.shown}' and "
            f"'{right.type.shown}'",
            node,
        )

    def _converts(self, bound: Bound, target: Type) -> bool:
        return (
            bound.type is target
            or self.constant_conversion(bound, target) is not None
            or self.conversions.implicit(bound.type, target) is not None
        )

    def bind_ternary(self, node: Conditional) -> Bound:
        condition = self.convert(self.bind(node.condition), self.registry.bool, node.condition)
        if isinstance(node.when_true, ThrowExpression) or isinstance(node.when_false, ThrowExpression):
            return self._throwing_ternary(condition.code, node)
        left, right = self.value(node.when_true), self.value(node.when_false)
        target = self._common(left, right)
        if target is None or target is NULL:
            self.refuse(
                "CS0173",
                "Type of conditional expression cannot be determined because there is no implicit "
                f"conversion between '{left.type.shown}' and '{right.type.shown}'",
                node,
            )
        first = self.convert(left, target, node.when_true)
        second = self.convert(right, target, node.when_false)
        if condition.is_constant and first.is_constant and second.is_constant:
            return self.literal((first if condition.constant is True else second).constant, target)
        return Bound(
            target,
            f"({first.code} if {condition.code} else {second.code})",
            safe=first.safe and second.safe,
        )

    def _throwing_ternary(self, condition: str, node: Conditional) -> Bound:
        if isinstance(node.when_true, ThrowExpression):
            code = self.throw_code(node.when_true)
            other = self.value(node.when_false)
            return Bound(other.type, f"({code} if {condition} else {other.code})")
        assert isinstance(node.when_false, ThrowExpression)
        other = self.value(node.when_true)
        return Bound(other.type, f"({other.code} if {condition} else {self.throw_code(node.when_false)})")

    def throw_code(self, node: ThrowExpression) -> str:
        """`throw` as an expression."""
        raise NotImplementedError

    def _common(self, left: Bound, right: Bound) -> Type | None:
        if left.type is right.type:
            return left.type
        forward, backward = self._converts(left, right.type), self._converts(right, left.type)
        if forward and backward:  # two constants: the wider type
            return right.type if self.conversions.implicit(left.type, right.type) else left.type
        return right.type if forward else left.type if backward else None

    def bind_as(self, node: As) -> Bound:
        bound = self.value(node.operand)
        target = self.type_of(node.type)
        if target.is_value and not target.is_nullable:
            self.refuse(
                "CS0077",
                "The as operator must be used with a reference type or nullable type "
                f"('{target.shown}' is a non-nullable value type)",
                node,
            )
        if not self.conversions.by_reference(bound.type, target):
            self.refuse(
                "CS0039",
                f"Cannot convert type '{bound.type.shown}' to '{target.shown}' via a reference conversion, "
                "boxing conversion, unboxing conversion, wrapping conversion, or null type conversion",
                node,
            )
        return Bound(target, f"{self.out.use(as_type)}({bound.code}, {self.out.use(target)})")

    def assign_code(self, variable: object, code: str) -> str:
        """An expression that assigns a local and yields its value; places.py knows how."""
        raise NotImplementedError

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
        if operator == "~" and bound.type.kind == "enum":
            return self._enum_complement(bound)
        if operator in "-~+" and plain.definition is not None:
            for member in self.registry.own_members(plain.definition, f"operator {operator}"):
                if len(member.parameters) == 1:
                    return Bound(member.result, self._operator_call(member, bound.code), safe=True)
        if bound.type is NULL:
            self.refuse("CS8310", f"Operator '{operator}' cannot be applied to operand '<null>'", node.at)
        self.refuse(
            "CS0023",
            f"Operator '{operator}' cannot be applied to operand of type '{bound.type.shown}'",
            node.at,
        )

    def _enum_complement(self, bound: Bound) -> Bound:
        if isinstance(bound.constant, Enum):
            return self.literal(enum_of(bound.type, ~bound.constant.number), bound.type)
        code = f"~{self.out.use(enum_number)}({bound.code})"
        return Bound(bound.type, f"{self.out.use(enum_of)}({self.out.use(bound.type)}, {code})", safe=True)


def _definition(kind: Type) -> Definition:
    assert kind.definition is not None
    return kind.definition
