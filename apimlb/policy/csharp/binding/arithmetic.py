"""Arithmetic: numeric promotion, lifting to nullables, constant folding, and the operators that types
declare."""

from decimal import Decimal

from apimlb.policy.clr.numbers import arithmetic as numbers
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.folding import DECIMAL_CALLS, FoldingBinder
from apimlb.policy.csharp.conversions import INTEGRAL, NUMERIC
from apimlb.policy.csharp.syntax.nodes import Literal, Node, Unary

COMPARISONS = frozenset(("<", ">", "<=", ">="))
_REAL = {"System.Single", "System.Double"}
_INT_RANGE = "-2147483648 <= ({t} := {code}) <= 2147483647"


class ArithmeticBinder(FoldingBinder):
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

    def _numeric_operator(self, operator: str, left: Bound, right: Bound, at: int | Node) -> Bound | None:
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
            folded = self.fold_numbers(operator, left, right, common, at)
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

    def _lifted(self, operator: str, left: Bound, right: Bound, common: Type, at: int | Node) -> Bound | None:
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
            return Bound(common, f"{use(DECIMAL_CALLS[operator])}({left}, {right})", safe=True)
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
        folded = self.fold_shift(operator, left, right, common)
        if folded is not None:
            return folded
        name = common.name.removeprefix("System.")
        bits = 63 if name in ("Int64", "UInt64") else 31
        value, places = self.convert(left, common, 0).code, self.convert(right, self.registry.int, 0).code
        code = f"({value} {operator} ({places} & {bits}))"
        return Bound(common, f"{self.out.use(numbers.wrap)}({code}, {name!r})", safe=True)

    def _declared_operator(self, operator: str, left: Bound, right: Bound, at: int | Node) -> Bound | None:
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

    def _lifted_declared(
        self, operator: str, member: Member, left: Bound, right: Bound, at: int | Node
    ) -> Bound:
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
        if bound.safe and bound.type.is_nullable:  # a plain value, computed for what it does
            return Bound(self.registry.bool, f"({bound.code}, {operator == '!='})[1]", safe=True)
        word = "is" if operator == "==" else "is not"
        return Bound(self.registry.bool, f"({bound.code} {word} None)", safe=True)

    def _numeric_unary(self, operator: str, bound: Bound, plain: Type, node: Unary) -> Bound | None:
        if operator == "!" or (operator == "~" and plain.name not in INTEGRAL):
            return None
        smallest = isinstance(node.operand, Literal) and id(node.operand) not in self.source.brackets
        if operator == "-" and smallest and plain.name in ("System.UInt32", "System.UInt64"):
            number = _number(bound.constant)
            if number == 2**31:
                return self.literal(-(2**31), self.registry.int)
            if number == 2**63:
                return self.literal(numbers.Long(-(2**63)), self.registry.named("System.Int64"))
        common = self.promoted(plain, self.registry.int)
        if plain.name == "System.UInt32":
            common = plain if operator != "-" else self.registry.named("System.Int64")
        elif plain.name == "System.UInt64" and operator != "-":
            common = plain
        if common is None:
            return None
        if bound.type.is_nullable:
            first, again = self.once(self.convert(bound, self.registry.nullable(common), node.at))
            inner = self._signed(operator, again, common)
            return Bound(self.registry.nullable(common), f"({inner} if {first} is not None else None)")
        converted = self.convert(bound, common, node.at)
        if converted.is_constant:
            return self._folded_unary(operator, converted, common, node)
        return Bound(common, self._signed(operator, converted.code, common), safe=True)

    def _folded_unary(self, operator: str, bound: Bound, common: Type, node: Unary) -> Bound:
        value = bound.constant
        if operator == "+":
            return self.literal(value, common)
        if isinstance(value, float):
            return self.literal(numbers.Single(-value) if common.name == "System.Single" else -value, common)
        if isinstance(value, Decimal):
            return self.literal(value.copy_negate(), common)
        number = _number(value)
        if operator == "~":
            return self.literal(
                numbers.INTEGERS[common.name.removeprefix("System.")][2](
                    numbers.wrap(~number, common.name.removeprefix("System."))
                ), common,
            )  # fmt: skip
        return self.fold_whole(-number, common, node)

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
