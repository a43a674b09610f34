"""Operators of numbers, and those that types declare: promotion, and lifting to nullables."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding import folding
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import called, constant_conversion, convert
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import if_not_null, literal, once
from apimlb.policy.csharp.conversions import INTEGRAL, NUMERIC, SIGNED, nearest
from apimlb.policy.csharp.syntax.nodes import Literal, Node, Unary

EQUALITY = frozenset(("==", "!="))
_REAL = frozenset(("System.Single", "System.Double"))
_WIDE_UNSIGNED = frozenset(("System.UInt32", "System.UInt64"))
_INT_RANGE = "-2147483648 <= ({t} := {code}) <= 2147483647"


def promoted(scope: Scope, left: Type, right: Type) -> Type | None:
    """The type in which two numbers are computed, or None where C# refuses to."""
    named, names = scope.registry.named, {left.name, right.name}
    if not names <= NUMERIC:
        return None
    if "System.Decimal" in names:
        return None if names & _REAL else named("System.Decimal")
    for name in ("System.Double", "System.Single"):
        if name in names:
            return named(name)
    if "System.UInt64" in names:
        return None if names & SIGNED else named("System.UInt64")
    if "System.Int64" in names or ("System.UInt32" in names and names & SIGNED):
        return named("System.Int64")
    return named("System.UInt32") if "System.UInt32" in names else scope.registry.int


class Operands(NamedTuple):
    """Two values with an operator between them, which stands at the node `at`. `kinds` are their types, but
    for nullability."""

    scope: Scope
    operator: str
    left: Bound
    right: Bound
    at: Node
    kinds: tuple[Type, Type]

    @property
    def lifted(self) -> bool:
        return self.left.type.is_nullable or self.right.type.is_nullable


def operands(scope: Scope, operator: str, left: Bound, right: Bound, at: Node) -> Operands:
    """`null` beside a nullable is one of its type, unless they are compared."""
    one, other = left.type.underlying, right.type.underlying
    if operator not in EQUALITY:
        if one is NULL and right.type.is_nullable:
            one = other
        elif other is NULL and left.type.is_nullable:
            other = one
    return Operands(scope, operator, left, right, at, (one, other))


Make = Callable[[Bound, Bound], Bound]
"""What an operator makes of operands of two types, neither of them nullable: of constants a constant."""


def applied(given: Operands, one: Type, other: Type, make: Make) -> Bound:
    """What `make` makes of the operands, converted to the types `one` and `other`."""
    if given.lifted:
        return _lifted(given, one, other, make)
    left = convert(given.scope, given.left, one, given.at)
    return make(left, convert(given.scope, given.right, other, given.at))


def _lifted(given: Operands, one: Type, other: Type, make: Make) -> Bound:
    """An operator that yields null, or false, where one side is null; `|` because both sides are computed."""
    scope, operator, left, right, at, _ = given
    tests: list[str] = []
    values: list[Bound] = []
    for side, kind in ((left, one), (right, other)):
        if side.is_constant and side.constant is not None:
            plain = side._replace(type=side.type.underlying)
            values.append(Bound(kind, convert(scope, plain, kind, at).code))
            continue
        first, name = once(scope, side)
        inner = kind if side.type is NULL else side.type.underlying
        code = convert(scope, Bound(inner, name, repeatable=True), kind, at).code
        if operator in EQUALITY:  # null equals null
            code = side.code if code == name else if_not_null(first, code, "None")
        values.append(Bound(kind, code))
        tests.append(f"({first} is None)")
    if operator in EQUALITY:
        return plainly(scope, operator, *values)
    made, is_null = make(*values), " | ".join(tests) or "False"
    if operator in folding.COMPARE:
        return Bound(made.type, f"(False if {is_null} else {made.code})", safe=True)
    return Bound(scope.registry.nullable(made.type), f"(None if {is_null} else {made.code})")


def plainly(scope: Scope, operator: str, left: Bound, right: Bound) -> Bound:
    """The bool that Python's operator of the same name yields."""
    if left.is_constant and right.is_constant:
        return literal(scope, folding.PLAIN[operator](left.constant, right.constant), scope.registry.bool)
    return Bound(scope.registry.bool, f"({left.code} {operator} {right.code})", safe=True)


# Numbers


def of_numbers(given: Operands) -> Bound | None:
    """What an operator makes of two numbers; None where a side is none."""
    scope, operator, left, right, at, (one, other) = given
    if operator in ("<<", ">>"):
        return _shift(given, one, scope.registry.int if right.type is NULL else other)
    common = promoted(scope, _fitted(scope, left, one, other), _fitted(scope, right, other, one))
    if common is None or (operator in "&|^" and common.name in (*_REAL, "System.Decimal")):
        return None
    return applied(
        given, common, common, lambda first, second: computed(scope, operator, first, second, common, at)
    )


def _fitted(scope: Scope, bound: Bound, kind: Type, beside: Type) -> Type:
    """An int constant beside a uint or ulong takes that type where it fits."""
    fits = beside.name in _WIDE_UNSIGNED and constant_conversion(scope, bound, beside) is not None
    return beside if fits else kind


def computed(scope: Scope, operator: str, left: Bound, right: Bound, common: Type, at: Node) -> Bound:
    """An operator between two numbers of one type."""
    if operator in folding.COMPARE:
        return plainly(scope, operator, left, right)
    if left.is_constant and right.is_constant:
        return folding.fold_numbers(scope, operator, left.constant, right.constant, common, at)
    return Bound(common, _computed(scope, operator, left.code, right.code, common), safe=True)


def _computed(scope: Scope, operator: str, left: str, right: str, common: Type) -> str:
    name = folding.plain_name(common)
    call = folding.calls_of(common)[operator]
    own = call.__module__ == "_operator"
    code = f"{left} {operator} {right}" if own else scope.call(call, left, right)
    if name in arithmetic.INTEGERS and operator not in "&|^":
        return _whole(scope, code, name)
    if name in ("Int32", "Double", "Decimal"):
        return f"({code})" if own else code
    make = arithmetic.Single if name == "Single" else arithmetic.INTEGERS[name][2]
    return scope.call(make, code)


def _whole(scope: Scope, code: str, name: str) -> str:
    """An integer result, wrapped to (or checked against) its type."""
    if scope.overflow == "checked":
        return scope.call(arithmetic.checked, code, repr(name))
    if name != "Int32":
        return scope.call(arithmetic.wrap, code, repr(name))
    t = scope.temporary()
    return f"({t} if {_INT_RANGE.format(t=t, code=code)} else {scope.use(arithmetic.wrap32)}({t}))"


def _shift(given: Operands, one: Type, other: Type) -> Bound | None:
    """`left << right`: the right side is an int, the left one an integer of its own promoted type."""
    scope, operator, int_type = given.scope, given.operator, given.scope.registry.int
    common = one if one.name in _WIDE_UNSIGNED else promoted(scope, one, int_type)
    if one.name not in INTEGRAL or common is None or scope.conversions.implicit(other, int_type) is None:
        return None
    mask, name = folding.shift_mask(common), folding.plain_name(common)

    def make(value: Bound, places: Bound) -> Bound:
        if isinstance(value.constant, int) and isinstance(places.constant, int):
            return folding.fold_shift(scope, operator, value.constant, places.constant, common)
        shifted = f"({value.code} {operator} ({places.code} & {mask}))"
        return Bound(common, scope.call(arithmetic.wrap, shifted, repr(name)), safe=True)

    return applied(given, common, int_type, make)


# Operators that types declare


def declared_operation(given: Operands) -> Bound | None:
    scope = given.scope
    members = scope.conversions.declared(f"operator {given.operator}", *given.kinds)
    best = nearest(members, lambda member: _operand_rank(scope, member, given.kinds))
    if best is None:
        return None
    left, right = (each.type for each in best.parameters)
    return applied(given, left, right, partial(operator_call, scope, best))


def _operand_rank(scope: Scope, member: Member, kinds: tuple[Type, Type]) -> int | None:
    """How many operands must be converted; None where one does not fit."""
    if len(member.parameters) != len(kinds):
        return None
    rank = 0
    for given, parameter in zip(kinds, member.parameters, strict=True):
        if given is parameter.type:
            continue
        found = scope.conversions.implicit(given, parameter.type)
        if found is None:
            return None
        rank += 2 if isinstance(found, Member) else 1
    return rank


def operator_call(scope: Scope, member: Member, *sides: Bound) -> Bound:
    code = called(scope, member.call, *(side.code for side in sides))
    written = f"({code})" if isinstance(member.call, str) else code
    return Bound(member.result, written, safe=member.result.is_value)


# One operand


def numeric_unary(scope: Scope, operator: str, bound: Bound, node: Unary) -> Bound | None:
    """`+`, `-` or `~` before a number."""
    plain = bound.type
    if operator == "~" and plain.name not in INTEGRAL:
        return None
    smallest = _smallest(scope, operator, bound, node)
    if smallest is not None:
        return smallest
    unsigned = plain.name in _WIDE_UNSIGNED and operator != "-"
    common = plain if unsigned else promoted(scope, plain, scope.registry.int)
    if common is None:
        return None
    converted = convert(scope, bound, common, node.at)
    if converted.is_constant:
        return folding.fold_unary(scope, operator, converted.constant, common, node)
    return Bound(common, _signed(scope, operator, converted.code, common), safe=True)


def _smallest(scope: Scope, operator: str, bound: Bound, node: Unary) -> Bound | None:
    """The smallest int and the smallest long, whose digits alone are a uint and a ulong."""
    bare = isinstance(node.operand, Literal) and not scope.is_bracketed(node.operand)
    if operator != "-" or not bare or bound.type.name not in _WIDE_UNSIGNED:
        return None
    for value, name in ((2**31, "System.Int32"), (2**63, "System.Int64")):
        if bound.constant == value:
            return folding.folded(scope, -value, scope.registry.named(name), node)
    return None


def _signed(scope: Scope, operator: str, code: str, common: Type) -> str:
    name = folding.plain_name(common)
    if operator == "+":
        return code
    if name in arithmetic.INTEGERS:
        return _whole(scope, f"{operator}{code}", name)
    if name == "Decimal":
        return scope.call(Decimal.copy_negate, code)
    made = f"(-{code})"
    return scope.call(arithmetic.Single, made) if name == "Single" else made
