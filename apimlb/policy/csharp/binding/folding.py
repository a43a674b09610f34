"""Constant expressions: what C# computes while it compiles (C# specification, constant expressions)."""

import operator as python
from collections.abc import Callable
from decimal import Decimal

from apimlb.policy.clr.casts import enum_number, enum_of
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers import arithmetic as numbers
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversions import ConversionBinder
from apimlb.policy.csharp.syntax.nodes import Node

DECIMAL_CALLS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": numbers.decimal_add, "-": numbers.decimal_subtract, "*": numbers.decimal_multiply,
    "/": numbers.decimal_divide, "%": numbers.decimal_remainder,
}  # fmt: skip
_COMPARE: dict[str, Callable[..., bool]] = {
    "==": python.eq, "!=": python.ne, "<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge,
}  # fmt: skip
_WHOLE: dict[str, Callable[[int, int], int]] = {
    "+": python.add, "-": python.sub, "*": python.mul, "&": python.and_, "|": python.or_, "^": python.xor,
    "/": numbers.divide, "%": numbers.remainder,
}  # fmt: skip
_REAL: dict[str, Callable[[float, float], float]] = {
    "+": python.add, "-": python.sub, "*": python.mul, "/": numbers.divide_float,
    "%": numbers.remainder_float,
}  # fmt: skip
_BOOLS: dict[str, Callable[[bool, bool], bool]] = {
    "&": python.and_, "|": python.or_, "^": python.xor, "==": python.eq, "!=": python.ne,
}  # fmt: skip
_TOO_LARGE = "The operation overflows at compile time in checked mode"


class FoldingBinder(ConversionBinder):
    """Computes operators on constants. Each method gives None where there is nothing to compute."""

    def fold_numbers(
        self, operator: str, left: Bound, right: Bound, common: Type, at: int | Node
    ) -> Bound | None:
        """Two numbers that are of, or fit, the type `common`."""
        if not (left.is_constant and right.is_constant):
            return None
        name = common.name.removeprefix("System.")
        a, b = (self.convert(side, common, at).constant for side in (left, right))
        if operator in _COMPARE:
            return self.literal(_COMPARE[operator](a, b), self.registry.bool)
        if operator in "/%" and b == 0 and name not in ("Single", "Double"):
            self.refuse("CS0020", "Division by constant zero", at)
        if name == "Decimal":
            assert isinstance(a, Decimal)
            assert isinstance(b, Decimal)
            return self._fold_decimal(operator, a, b, common, at)
        if name in ("Single", "Double"):
            assert isinstance(a, float)
            assert isinstance(b, float)
            value = _REAL[operator](float(a), float(b))
            return self.literal(numbers.Single(value) if name == "Single" else value, common)
        assert isinstance(a, int)
        assert isinstance(b, int)
        return self.fold_whole(_WHOLE[operator](int(a), int(b)), common, at)

    def _fold_decimal(self, operator: str, a: Decimal, b: Decimal, common: Type, at: int | Node) -> Bound:
        try:
            return self.literal(DECIMAL_CALLS[operator](a, b), common)
        except ClrException:
            self.refuse("CS0463", "Evaluation of the decimal constant expression failed", at)

    def fold_whole(self, value: int, common: Type, at: int | Node) -> Bound:
        """An integer result as a constant of its type, which it may not exceed unless unchecked."""
        name = common.name.removeprefix("System.")
        lowest, highest, make = numbers.INTEGERS[name]
        if not lowest <= value <= highest:
            if not self.unchecked:
                self.refuse("CS0220", _TOO_LARGE, at)
            value = numbers.wrap(value, name)
        return self.literal(make(value), common)

    def fold_shift(self, operator: str, left: Bound, right: Bound, common: Type) -> Bound | None:
        if not (left.is_constant and right.is_constant):
            return None
        name = common.name.removeprefix("System.")
        value, places = self.convert(left, common, 0).constant, right.constant
        assert isinstance(value, int)
        count = (ord(places) if isinstance(places, str) else int(places)) & (  # type: ignore[call-overload]
            63 if name in ("Int64", "UInt64") else 31
        )
        shifted = int(value) << count if operator == "<<" else int(value) >> count
        return self.literal(numbers.INTEGERS[name][2](numbers.wrap(shifted, name)), common)

    def fold_bools(self, operator: str, left: Bound, right: Bound) -> Bound | None:
        if isinstance(left.constant, bool) and isinstance(right.constant, bool) and operator in _BOOLS:
            return self.literal(_BOOLS[operator](left.constant, right.constant), self.registry.bool)
        return None

    def fold_enums(self, operator: str, left: Bound, right: Bound, enum: Type) -> Bound | None:
        """Two values of one enumeration."""
        if not (isinstance(left.constant, Enum) and isinstance(right.constant, Enum)):
            return None
        a, b = enum_number(left.constant), enum_number(right.constant)
        if operator in _COMPARE:
            return self.literal(_COMPARE[operator](a, b), self.registry.bool)
        if operator in "&|^":
            return self.literal(enum_of(enum, _WHOLE[operator](a, b)), enum)
        return self.literal(a - b, self.registry.int) if operator == "-" else None
