"""Constant expressions: what C# computes while it compiles (C# specification, constant expressions)."""

import operator as python
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import literal
from apimlb.policy.csharp.syntax.nodes import Node

Calls = dict[str, Callable[[Any, Any], Any]]

COMPARE: Calls = {
    "==": python.eq, "!=": python.ne, "<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge,
}  # fmt: skip
WHOLE: Calls = {
    "+": python.add, "-": python.sub, "*": python.mul, "&": python.and_, "|": python.or_, "^": python.xor,
    "/": arithmetic.divide, "%": arithmetic.remainder,
}  # fmt: skip
PLAIN = {**COMPARE, **WHOLE}
_REAL: Calls = {
    "+": python.add, "-": python.sub, "*": python.mul, "/": arithmetic.divide_float,
    "%": arithmetic.remainder_float,
}  # fmt: skip
_DECIMAL: Calls = {
    "+": arithmetic.decimal_add, "-": arithmetic.decimal_subtract, "*": arithmetic.decimal_multiply,
    "/": arithmetic.decimal_divide, "%": arithmetic.decimal_remainder,
}  # fmt: skip
_FAMILIES = {"Decimal": _DECIMAL, "Double": _REAL, "Single": _REAL}


def plain_name(kind: Type) -> str:
    return kind.name.removeprefix("System.")


def calls_of(common: Type) -> Calls:
    """What computes each operator of two numbers of a type, but for comparisons."""
    return _FAMILIES.get(plain_name(common), WHOLE)


def fold_numbers(scope: Scope, operator: str, left: Any, right: Any, common: Type, at: int | Node) -> Bound:
    """Two numbers of the type `common`, which are computed with, and not compared."""
    if operator in "/%" and right == 0 and not isinstance(right, float):
        scope.refuse("CS0020", at)
    try:
        value = calls_of(common)[operator](left, right)
    except ClrException:
        scope.refuse("CS0463", at)
    return folded(scope, value, common, at)


def folded(scope: Scope, value: Any, common: Type, at: int | Node) -> Bound:
    """A result as a constant of its type, which an integer may not exceed unless unchecked."""
    name = plain_name(common)
    if name == "Single":
        value = arithmetic.Single(value)
    elif name in arithmetic.INTEGERS:
        lowest, highest, make = arithmetic.INTEGERS[name]
        if not lowest <= value <= highest and scope.overflow != "unchecked":
            scope.refuse("CS0220", at)
        value = make(arithmetic.wrap(value, name))
    return literal(scope, value, common)


def fold_shift(scope: Scope, operator: str, value: int, places: int, common: Type) -> Bound:
    name, count = plain_name(common), places & shift_mask(common)
    shifted = value << count if operator == "<<" else value >> count
    return literal(scope, arithmetic.wrap(shifted, name), common)


def shift_mask(common: Type) -> int:
    """The bits of a shift's right side that count, by the type of its left side."""
    return 63 if common.name in ("System.Int64", "System.UInt64") else 31


def fold_unary(scope: Scope, operator: str, value: Any, common: Type, at: int | Node) -> Bound:
    """`+`, `-` or `~` before a number of the type `common`."""
    if operator == "~":
        return literal(scope, arithmetic.wrap(~value, plain_name(common)), common)
    if operator == "-":
        value = value.copy_negate() if isinstance(value, Decimal) else -value
    return folded(scope, value, common, at)
