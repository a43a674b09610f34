"""Arithmetic: numeric promotion, lifting to nullables, constant folding, and the operators that types
declare."""

from decimal import Decimal

from apimlb.policy.csharp.binder_conversions import ConversionBinder
from apimlb.policy.csharp.bound import Bound
from apimlb.policy.csharp.conversions import INTEGRAL, NUMERIC
from apimlb.policy.csharp.nodes import Unary
from apimlb.policy.csharp.signatures import Member
from apimlb.policy.csharp.types import NULL, Type
from apimlb.policy.values import numbers

COMPARISONS = frozenset(("<", ">", "<=", ">="))
_DECIMAL_CALLS = {
    "+": numbers.decimal_add, "-": numbers.decimal_subtract, "*": numbers.decimal_multiply,
    "/": numbers.decimal_divide, "%": numbers.decimal_remainder,
}  # fmt: skip
_REAL = {"System.Single", "System.Double"}
_INT_RANGE = "-2147483648 <= ({t} := {code}) <= 2147483647"


class ArithmeticBinder(ConversionBinder):
    """Operators of numbers and of types that have their own."""

    def promoted(self, left: Type, right: Type) -> Type | None:
        """The type in which two numbers are computed; None where C# has none."""
        names = {left.name, right.name}
        if not names <= NUMERIC:
            return None
        for name in ("Decimal", "Double", "Single"):
            if f"System.{name}" in names:
                return None if name == "Decimal" and names & _REAL else self.registry.named(f"System.{name}")
        if "System.UInt64" in names:
            signed = names & {"System.SByte", "System.Int16", "System.Int32", "System.Int64"}
            return None if signed else self.registry.named("System.UInt64")
        if "System.Int64" in names:
            return self.registry.named("System.Int64")
        if "System.UInt32" in names:
            if names & {"System.SByte", "System.Int16", "System.Int32"}:
                return self.registry.named("System.Int64")
            return self.registry.named("System.UInt32")
        return self.registry.int

    def _numeric_operator(self, operator: str, left: Bound, right: Bound, at: int) -> Bound | None:
        plain, other = left.type.underlying, right.type.underlying
        lifted = left.type.is_nullable or right.type.is_nullable
        if NULL in (left.type, right.type) and lifted and operator not in ("==", "!="):
            plain = other = other if left.type is NULL else plain
        if operator in ("<<", ">>"):
            return self._shift(operator, left, right, plain, other)
        left, right = self._fit_constants(left, right)
        plain, other = (
            (plain, left.type.underlying)[left.type is not NULL],
            (other, right.type.underlying)[right.type is not NULL],
        )
        common = self.promoted(plain, other)
        if common is None or operator in ("&&", "||"):
            return None
        if operator in "&|^" and common.name in (*_REAL, "System.Decimal"):
            return None
        if not lifted:
            folded = self._fold(operator, left, right, common, at)
            return folded or self._arithmetic(
                operator, self.convert(left, common, at).code, self.convert(right, common, at).code, common
            )
        return self._lifted(operator, left, right, common, at)

    def _fit_constants(self, left: Bound, right: Bound) -> tuple[Bound, Bound]:
        """An int constant beside a uint or ulong takes that type where it fits."""
        for here, there in ((left, right), (right, left)):
            if here.type.name in ("System.UInt32", "System.UInt64") and there.is_constant:
                fitted = self.constant_conversion(there, here.type)
                if fitted is not None:
                    return (here, fitted) if here is left else (fitted, here)
        return left, right

    def _lifted(self, operator: str, left: Bound, right: Bound, common: Type, at: int) -> Bound | None:
        wanted = self.registry.nullable(common)
        if operator in ("==", "!="):
            return Bound(self.registry.bool, f"({left.code} {operator} {right.code})", safe=True)
        first, first_again = self.once(self.convert(left, wanted, at))
        second, second_again = self.once(self.convert(right, wanted, at))
        made = self._arithmetic(operator, first_again, second_again, common)
        nothing = "False" if operator in COMPARISONS else "None"
        code = f"({nothing} if ({first} is None) | ({second} is None) else {made.code})"
        if operator in COMPARISONS:
            return Bound(self.registry.bool, code, safe=True)
        return Bound(wanted, code)

    def _arithmetic(self, operator: str, left: str, right: str, common: Type) -> Bound:
        if operator in COMPARISONS or operator in ("==", "!="):
            return Bound(self.registry.bool, f"({left} {operator} {right})", safe=True)
        use, name = self.out.use, common.name.removeprefix("System.")
        if name == "Decimal":
            return Bound(common, f"{use(_DECIMAL_CALLS[operator])}({left}, {right})", safe=True)
        if name in ("Double", "Single"):
            call = {"/": numbers.divide_float, "%": numbers.remainder_float}.get(operator)
            code = f"{use(call)}({left}, {right})" if call else f"({left} {operator} {right})"
            return Bound(common, f"{use(numbers.Single)}({code})" if name == "Single" else code, safe=True)
        if operator in "/%":
            whole = numbers.divide if operator == "/" else numbers.remainder
            return Bound(common, self._whole(f"{use(whole)}({left}, {right})", name), safe=True)
        if operator in "&|^":
            code = f"({left} {operator} {right})"
            make = numbers.INTEGERS[name][2]
            return Bound(common, code if name == "Int32" else f"{use(make)}{code}", safe=True)
        return Bound(common, self._whole(f"{left} {operator} {right}", name), safe=True)

    def _whole(self, code: str, name: str) -> str:
        """An integer result, wrapped to (or checked against) its type."""
        if self.checked:
            return f"{self.out.use(numbers.checked)}({code}, {name!r})"
        if name != "Int32":
            return f"{self.out.use(numbers.wrap)}({code}, {name!r})"
        t = self.out.temporary()
        return f"({t} if {_INT_RANGE.format(t=t, code=code)} else {self.out.use(numbers.wrap32)}({t}))"

    def _shift(self, operator: str, left: Bound, right: Bound, plain: Type, other: Type) -> Bound | None:
        """`left << right`: the right side is an int, the left one an integer of its own promoted type."""
        common = plain if plain.name == "System.UInt32" else self.promoted(plain, self.registry.int)
        fits = self.conversions.implicit(other, self.registry.int) or other is self.registry.int
        if plain.name not in INTEGRAL or common is None or not fits or left.type is not plain:
            return None
        name = common.name.removeprefix("System.")
        bits = 63 if name in ("Int64", "UInt64") else 31
        value, places = self.convert(left, common, 0).code, self.convert(right, self.registry.int, 0).code
        code = f"({value} {operator} ({places} & {bits}))"
        return Bound(common, f"{self.out.use(numbers.wrap)}({code}, {name!r})", safe=True)

    def _fold(self, operator: str, left: Bound, right: Bound, common: Type, at: int) -> Bound | None:
        """Arithmetic on integer constants, which C# checks for overflow."""
        name = common.name.removeprefix("System.")
        if not (left.is_constant and right.is_constant) or name not in numbers.INTEGERS:
            if name in numbers.INTEGERS and operator in "/%" and right.is_constant and right.constant == 0:
                self.refuse("CS0020", "Division by constant zero", at)
            return None
        if operator not in ("+", "-", "*", "/", "%", "&", "|", "^"):
            return None
        a, b = (_number(side.constant) for side in (left, right))
        if operator in "/%" and b == 0:
            self.refuse("CS0020", "Division by constant zero", at)
        value = {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "&": lambda: a & b,
            "|": lambda: a | b,
            "^": lambda: a ^ b,
            "/": lambda: numbers.divide(a, b),
            "%": lambda: numbers.remainder(a, b),
        }[operator]()
        lowest, highest, make = numbers.INTEGERS[name]
        if not lowest <= value <= highest:
            if not self.unchecked:
                self.refuse("CS0220", "The operation overflows at compile time in checked mode", at)
            value = numbers.wrap(value, name)
        return self.literal(make(value), common)

    def _declared_operator(self, operator: str, left: Bound, right: Bound, at: int) -> Bound | None:
        lifted = left.type.is_nullable or right.type.is_nullable
        plain, other = left.type.underlying, right.type.underlying
        if lifted and NULL in (left.type, right.type):
            if operator in ("==", "!="):
                return self._null_test(operator, left if right.type is NULL else right)
            return None
        best: Member | None = None
        best_rank = 99
        for owner in dict.fromkeys((*self._bases(plain), *self._bases(other))):
            assert owner.definition is not None
            for member in self.registry.own_members(owner.definition, f"operator {operator}"):
                if len(member.parameters) != 2:
                    continue
                rank = self._operand_rank(member, plain, other)
                if rank is not None and rank < best_rank:
                    best, best_rank = member, rank
        if best is None:
            return None
        if lifted:
            return self._lifted_declared(operator, best, left, right, at)
        first = self.convert(left, best.parameters[0].type, at).code
        second = self.convert(right, best.parameters[1].type, at).code
        return Bound(best.result, self._operator_call(best, first, second), safe=best.result.is_value)

    def _operator_call(self, member: Member, *codes: str) -> str:
        if isinstance(member.call, str):
            return f"({member.call.format(*codes)})"
        return f"{self.out.use(member.call)}({', '.join(codes)})"

    def _lifted_declared(self, operator: str, member: Member, left: Bound, right: Bound, at: int) -> Bound:
        if operator in ("==", "!="):
            return Bound(self.registry.bool, f"({left.code} {operator} {right.code})", safe=True)
        first, first_again = self.once(left)
        second, second_again = self.once(right)
        inner = self._operator_call(member, first_again, second_again)
        nothing = "False" if operator in COMPARISONS else "None"
        code = f"({nothing} if ({first} is None) | ({second} is None) else {inner})"
        if operator in COMPARISONS:
            return Bound(self.registry.bool, code, safe=True)
        return Bound(self.registry.nullable(member.result), code)

    def _bases(self, kind: Type) -> list[Type]:
        return [base for base in self.registry.bases(kind) if base.definition] if kind.definition else []

    def _operand_rank(self, member: Member, left: Type, right: Type) -> int | None:
        rank = 0
        for given, parameter in zip((left, right), member.parameters, strict=True):
            if given is parameter.type:
                continue
            found = self.conversions.implicit(given, parameter.type)
            if found is None or found.kind == "user":
                return None
            rank += 1
        return rank

    def _null_test(self, operator: str, bound: Bound) -> Bound:
        if bound.is_constant:
            return self.literal((bound.constant is None) == (operator == "=="), self.registry.bool)
        word = "is" if operator == "==" else "is not"
        return Bound(self.registry.bool, f"({bound.code} {word} None)", safe=True)

    def _numeric_unary(self, operator: str, bound: Bound, plain: Type, node: Unary) -> Bound | None:
        if operator == "!" or (operator == "~" and plain.name not in INTEGRAL):
            return None
        if operator == "-" and bound.is_constant and plain.name in ("System.UInt32", "System.UInt64"):
            number = _number(bound.constant)
            if number == 2**31:
                return self.literal(-(2**31), self.registry.int)
            if number == 2**63:
                return self.literal(numbers.Long(-(2**63)), self.registry.named("System.Int64"))
        common = self.promoted(plain, self.registry.int)
        if operator == "-" and plain.name == "System.UInt32":
            common = self.registry.named("System.Int64")
        if common is None:
            return None
        if bound.type.is_nullable:
            first, again = self.once(self.convert(bound, self.registry.nullable(common), node.at))
            inner = self._signed(operator, again, common)
            return Bound(self.registry.nullable(common), f"({inner} if {first} is not None else None)")
        converted = self.convert(bound, common, node.at)
        if converted.is_constant and operator in "-+":
            return self._negated(operator, converted, common)
        return Bound(common, self._signed(operator, converted.code, common), safe=True)

    def _negated(self, operator: str, bound: Bound, common: Type) -> Bound:
        value = bound.constant
        if operator == "-":
            name = common.name.removeprefix("System.")
            if isinstance(value, float):
                value = numbers.Single(-value) if name == "Single" else -value
            elif isinstance(value, Decimal):
                value = value.copy_negate()
            else:
                value = numbers.wrap(-_number(value), name)
        return self.literal(value, common)

    def _signed(self, operator: str, code: str, common: Type) -> str:
        name = common.name.removeprefix("System.")
        if operator == "+":
            return code
        if name in numbers.INTEGERS:
            return self._whole(f"{operator}{code}", name)
        made = f"(-{code})"
        return f"{self.out.use(numbers.Single)}({made})" if name == "Single" else made


def _number(value: object) -> int:
    if isinstance(value, str):
        return ord(value)
    assert isinstance(value, int)
    return int(value)
