"""Constant expressions: what C# computes while it compiles (C# specification, constant expressions).

Each function gives None where there is nothing to compute.
"""

import operator as python
from collections.abc import Callable
from decimal import Decimal

from apimlb.policy.clr.casts import enum_number, enum_of
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import literal
from apimlb.policy.csharp.syntax.nodes import Node

DECIMAL_CALLS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": arithmetic.decimal_add, "-": arithmetic.decimal_subtract, "*": arithmetic.decimal_multiply,
    "/": arithmetic.decimal_divide, "%": arithmetic.decimal_remainder,
}  # fmt: skip
_COMPARE: dict[str, Callable[..., bool]] = {
    "==": python.eq, "!=": python.ne, "<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge,
}  # fmt: skip
_WHOLE: dict[str, Callable[[int, int], int]] = {
    "+": python.add, "-": python.sub, "*": python.mul, "&": python.and_, "|": python.or_, "^": python.xor,
    "/": arithmetic.divide, "%": arithmetic.remainder,
}  # fmt: skip
_REAL: dict[str, Callable[[float, float], float]] = {
    "+": python.add, "-": python.sub, "*": python.mul, "/": arithmetic.divide_float,
    "%": arithmetic.remainder_float,
}  # fmt: skip
_BOOLS: dict[str, Callable[[bool, bool], bool]] = {
    "&": python.and_, "|": python.or_, "^": python.xor, "==": python.eq, "!=": python.ne,
}  # fmt: skip


def number_of(value: object) -> int:
    """A constant of an integer type or char, as a plain number."""
    if isinstance(value, str):
        return ord(value)
    assert isinstance(value, int)
    return int(value)


def fold_numbers(
    scope: Scope, operator: str, left: Bound, right: Bound, common: Type, at: int | Node
) -> Bound | None:
    """Two numbers that are of, or fit, the type `common`."""
    if not (left.is_constant and right.is_constant):
        return None
    name = common.name.removeprefix("System.")
    a, b = (convert(scope, side, common, at).constant for side in (left, right))
    if operator in _COMPARE:
        return literal(scope, _COMPARE[operator](a, b), scope.registry.bool)
    if isinstance(a, float) and isinstance(b, float):
        value = _REAL[operator](float(a), float(b))
        return literal(scope, arithmetic.Single(value) if name == "Single" else value, common)
    if operator in "/%" and b == 0:
        scope.refuse("CS0020", at)
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _fold_decimal(scope, operator, a, b, common, at)
    return fold_whole(scope, _WHOLE[operator](number_of(a), number_of(b)), common, at)


def _fold_decimal(scope: Scope, operator: str, a: Decimal, b: Decimal, common: Type, at: int | Node) -> Bound:
    try:
        return literal(scope, DECIMAL_CALLS[operator](a, b), common)
    except ClrException:
        scope.refuse("CS0463", at)


def fold_whole(scope: Scope, value: int, common: Type, at: int | Node) -> Bound:
    """An integer result as a constant of its type, which it may not exceed unless unchecked."""
    name = common.name.removeprefix("System.")
    lowest, highest, make = arithmetic.INTEGERS[name]
    if not lowest <= value <= highest:
        if scope.overflow != "unchecked":
            scope.refuse("CS0220", at)
        value = arithmetic.wrap(value, name)
    return literal(scope, make(value), common)


def fold_shift(scope: Scope, operator: str, left: Bound, right: Bound, common: Type) -> Bound | None:
    if not (left.is_constant and right.is_constant):
        return None
    name = common.name.removeprefix("System.")
    value = number_of(convert(scope, left, common, 0).constant)
    count = number_of(right.constant) & shift_mask(common)
    shifted = value << count if operator == "<<" else value >> count
    return literal(scope, arithmetic.INTEGERS[name][2](arithmetic.wrap(shifted, name)), common)


def shift_mask(common: Type) -> int:
    """The bits of a shift's right side that count, by the type of its left side."""
    return 63 if common.name in ("System.Int64", "System.UInt64") else 31


def fold_unary(scope: Scope, operator: str, bound: Bound, common: Type, at: int | Node) -> Bound:
    """`+`, `-` or `~` before a number of the type `common`."""
    value, name = bound.constant, common.name.removeprefix("System.")
    if operator == "+":
        return literal(scope, value, common)
    if isinstance(value, float):
        return literal(scope, arithmetic.Single(-value) if name == "Single" else -value, common)
    if isinstance(value, Decimal):
        return literal(scope, value.copy_negate(), common)
    if operator == "~":
        return literal(scope, arithmetic.INTEGERS[name][2](arithmetic.wrap(~number_of(value), name)), common)
    return fold_whole(scope, -number_of(value), common, at)


def fold_bools(scope: Scope, operator: str, left: Bound, right: Bound) -> Bound | None:
    if isinstance(left.constant, bool) and isinstance(right.constant, bool) and operator in _BOOLS:
        return literal(scope, _BOOLS[operator](left.constant, right.constant), scope.registry.bool)
    return None


def fold_enums(scope: Scope, operator: str, left: Bound, right: Bound, enum: Type) -> Bound | None:
    """Two values of one enumeration."""
    if not (isinstance(left.constant, Enum) and isinstance(right.constant, Enum)):
        return None
    a, b = enum_number(left.constant), enum_number(right.constant)
    if operator in _COMPARE:
        return literal(scope, _COMPARE[operator](a, b), scope.registry.bool)
    if operator in "&|^":
        return literal(scope, enum_of(enum, _WHOLE[operator](a, b)), enum)
    return literal(scope, a - b, scope.registry.int) if operator == "-" else None
