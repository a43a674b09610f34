"""Operators: what a pair of operands, or one of them, makes of each."""

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.casts import as_type
from apimlb.policy.clr.metering import same_text
from apimlb.policy.clr.numbers.arithmetic import both, either
from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.csharp.binding import arithmetic, folding
from apimlb.policy.csharp.binding.arithmetic import EQUALITY, Operands
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import (
    constant_conversion,
    convert,
    converts,
    enum_from,
    number_of,
)
from apimlb.policy.csharp.binding.dispatch import bind, value
from apimlb.policy.csharp.binding.lookup import type_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.text import concatenated
from apimlb.policy.csharp.binding.values import identity, if_not_null, literal, once, throw_code
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax import nodes

_OPERATOR = 8
"""Steps of binding an operator."""

_BOOL = ("&", "|", "^", "==", "!=")


def bind_binary(scope: Scope, node: nodes.Binary) -> Bound:
    if node.operator in ("&&", "||"):
        return _logical(scope, node)
    if node.operator == "??":
        return _coalesce(scope, node)
    first, parts = nodes.chain(node)
    left = value(scope, first)
    for part in parts:
        left = operate(scope, part.operator, left, value(scope, part.right), part)
    return left


def _logical(scope: Scope, node: nodes.Binary) -> Bound:
    boolean = scope.registry.bool
    first, parts = nodes.chain(node)
    before = value(scope, first)
    bound: list[Bound] = []
    for part in parts:
        after = value(scope, part.right)
        for side in (before, after):
            if not converts(scope, side, boolean):
                _no_operator(scope, node.operator, before, after, part)
        bound = bound or [convert(scope, before, boolean, first)]
        bound.append(convert(scope, after, boolean, part.right))
        before = Bound(boolean, "")
    if all(part.is_constant for part in bound):
        values = [part.constant is True for part in bound]
        return literal(scope, all(values) if node.operator == "&&" else any(values), boolean)
    word = " and " if node.operator == "&&" else " or "
    return Bound(boolean, f"({word.join(part.code for part in bound)})", safe=True)


def _no_operator(scope: Scope, operator: str, left: Bound, right: Bound, at: int | nodes.Node) -> NoReturn:
    if left.type is NULL and right.type is NULL and operator not in nodes.SHORT_CIRCUIT:
        scope.refuse("CS0034", at, operator)
    scope.refuse("CS0019", at, operator, left.type, right.type)


def operate(scope: Scope, operator: str, left: Bound, right: Bound, node: nodes.Node) -> Bound:
    """`left operator right`"""
    left, right = _beside_null(scope, left, right), _beside_null(scope, right, left)
    given = arithmetic.operands(scope, operator, left, right, node)
    made = (
        arithmetic.of_numbers(given)
        or arithmetic.declared_operation(given)
        or _enum_operation(given)
        or _bool_operation(given)
        or _null_equality(given)
        or _string_operator(given)
        or _reference_equality(given)
    )
    if made is None or VOID in (left.type, right.type):
        written = f"{operator}=" if isinstance(node, nodes.Assignment) else operator
        _no_operator(scope, written, left, right, node)
    BUDGET.spend(_OPERATOR + (len(made.code) >> 7))  # the code of a chain holds that of all before
    return made


def _beside_null(scope: Scope, bound: Bound, other: Bound) -> Bound:
    """A number beside `null` is computed with as its nullable."""
    kind = bound.type
    if other.type is not NULL or kind.takes_null:
        return bound
    known = kind.name in NUMERIC or kind.kind == "enum" or kind is scope.registry.bool
    assert kind.definition is not None
    if known or scope.registry.own_members(kind.definition, "operator =="):
        return Bound(scope.registry.nullable(kind), bound.code, repeatable=bound.repeatable, safe=True)
    return bound


def _enum_operation(given: Operands) -> Bound | None:
    """Two values of one enumeration, or one plus or minus a number: as with numbers, and back."""
    scope, operator, left, right, at, kinds = given
    int_type = scope.registry.int
    enum, other = kinds if kinds[0].kind == "enum" else (kinds[1], kinds[0])
    if enum.kind != "enum":
        return None
    if operator in ("+", "-") and scope.conversions.implicit(other, int_type) is not None:
        one, two = (enum if kind is enum else int_type for kind in kinds)
        yields_enum = True
    else:
        zero = any(constant_conversion(scope, side, enum) is not None for side in (left, right))
        if not (other is enum or zero) or operator not in (*folding.COMPARE, "&", "|", "^", "-"):
            return None
        one = two = enum
        yields_enum = operator in ("&", "|", "^")

    def make(first: Bound, second: Bound) -> Bound:
        if operator in EQUALITY:
            return arithmetic.plainly(scope, operator, first, second)
        first, second = number_of(scope, first), number_of(scope, second)
        made = arithmetic.computed(scope, operator, first, second, int_type, at)
        return enum_from(scope, enum, made) if yields_enum else made

    return arithmetic.applied(given, one, two, make)


def _bool_operation(given: Operands) -> Bound | None:
    """`&` and `|` of nullable bools are three-valued: one of them may be enough."""
    scope, operator, boolean = given.scope, given.operator, given.scope.registry.bool
    if given.kinds != (boolean, boolean) or operator not in _BOOL:
        return None
    if given.lifted and operator in ("&", "|"):
        code = scope.call(both if operator == "&" else either, given.left.code, given.right.code)
        return Bound(scope.registry.nullable(boolean), code)
    return arithmetic.applied(given, boolean, boolean, partial(arithmetic.plainly, scope, operator))


def _string_operator(given: Operands) -> Bound | None:
    scope, operator, left, right, *_ = given
    string, types = scope.registry.string, {left.type, right.type}
    if operator == "+" and string in types:
        if left.type is right.type and isinstance(left.constant, str) and isinstance(right.constant, str):
            return literal(scope, left.constant + right.constant, string)
        return concatenated(scope, left, right)
    if operator not in EQUALITY or types != {string}:
        return None
    if left.is_constant or right.is_constant:
        return arithmetic.plainly(scope, operator, left, right)
    return _equality(given, same_text)


def _equality(given: Operands, alike: Callable[[Any, Any], bool]) -> Bound:
    """`==` or `!=`, by what tells whether two values are equal."""
    code = given.scope.call(alike, given.left.code, given.right.code)
    return Bound(given.scope.registry.bool, code if given.operator == "==" else f"(not {code})", safe=True)


def _null_equality(given: Operands) -> Bound | None:
    """A comparison with `null` of what may be null."""
    scope, operator, left, right, *_ = given
    boolean, other = scope.registry.bool, left if right.type is NULL else right
    if operator not in EQUALITY or NULL not in (left.type, right.type) or not other.type.takes_null:
        return None
    if other.is_constant:
        return literal(scope, (other.constant is None) == (operator == "=="), boolean)
    if other.safe and other.type.is_nullable:  # a plain value, computed for what it does
        return Bound(boolean, f"({other.code}, {operator == '!='})[1]", safe=True)
    return Bound(boolean, f"({other.code} {'is' if operator == '==' else 'is not'} None)", safe=True)


def _reference_equality(given: Operands) -> Bound | None:
    scope, operator, left, right, *_ = given
    one, other = left.type, right.type
    if operator not in EQUALITY or one.is_value or other.is_value:
        return None
    derives = scope.registry.derives
    if derives(one, other) or derives(other, one) or "interface" in (one.kind, other.kind):
        return _equality(given, identity(scope, left, right))
    return None


# ??, ?:, as, and one operand


def _coalesce(scope: Scope, node: nodes.Binary) -> Bound:
    left = value(scope, node.left)
    thrown = isinstance(node.right, nodes.Throw)
    right = Bound(NULL, "") if thrown else value(scope, node.right)
    if left.type is NULL and right.type.takes_null and right.type not in (NULL, VOID):
        return Bound(right.type, right.code, repeatable=right.repeatable, safe=right.safe)
    if left.type is NULL or not left.type.takes_null:
        _no_operator(scope, "??", left, right, node)
    first, again = once(scope, left)
    plain = left.type.underlying
    if isinstance(node.right, nodes.Throw):
        return Bound(plain, if_not_null(first, again, throw_code(scope, node.right)), safe=True)
    for target in (plain, left.type):
        if converts(scope, right, target):
            made = convert(scope, right, target, node.right)
            return Bound(target, if_not_null(first, again, made.code), safe=made.safe)
    inner = Bound(plain, again, repeatable=True, safe=True)
    if not converts(scope, inner, right.type):
        _no_operator(scope, "??", left, right, node)
    code = convert(scope, inner, right.type, node).code
    return Bound(right.type, if_not_null(first, code, right.code), safe=right.safe)


def bind_conditional(scope: Scope, node: nodes.Conditional) -> Bound:
    condition = convert(scope, bind(scope, node.condition), scope.registry.bool, node.condition)
    if isinstance(node.when_true, nodes.Throw):
        code = throw_code(scope, node.when_true)
        other = value(scope, node.when_false)
        return Bound(other.type, f"({code} if {condition.code} else {other.code})")
    left = value(scope, node.when_true)
    if isinstance(node.when_false, nodes.Throw):
        code = throw_code(scope, node.when_false)
        return Bound(left.type, f"({left.code} if {condition.code} else {code})")
    right = value(scope, node.when_false)
    target = _common(scope, left, right)
    if target is None or target is NULL:
        scope.refuse("CS0173", node, left.type, right.type)
    first = convert(scope, left, target, node.when_true)
    second = convert(scope, right, target, node.when_false)
    if condition.is_constant and first.is_constant and second.is_constant:
        return literal(scope, (first if condition.constant is True else second).constant, target)
    code = f"({first.code} if {condition.code} else {second.code})"
    return Bound(target, code, safe=first.safe and second.safe)


def _common(scope: Scope, left: Bound, right: Bound) -> Type | None:
    if left.type is right.type:
        return left.type
    forward, backward = converts(scope, left, right.type), converts(scope, right, left.type)
    if forward and backward:  # two constants: the wider type
        return right.type if scope.conversions.implicit(left.type, right.type) else left.type
    return right.type if forward else left.type if backward else None


def bind_as(scope: Scope, node: nodes.As) -> Bound:
    bound = value(scope, node.operand)
    target = type_of(scope, node.type)
    if not target.takes_null:
        scope.refuse("CS0077", node, target)
    if not scope.conversions.by_reference(bound.type, target):
        scope.refuse("CS0039", node, bound.type, target)
    return Bound(target, scope.call(as_type, bound.code, scope.use(target)))


def bind_unary(scope: Scope, node: nodes.Unary) -> Bound:
    bound, operator = value(scope, node.operand), node.operator
    made = _unary(scope, operator, bound, node)
    if made is not None:
        return made
    if bound.type is NULL:
        scope.refuse("CS8310", node.at, operator)
    scope.refuse("CS0023", node.at, operator, bound.type)


def _unary(scope: Scope, operator: str, bound: Bound, node: nodes.Unary) -> Bound | None:
    kind = bound.type
    if kind.is_nullable:
        first, again = once(scope, bound)
        made = _unary(scope, operator, Bound(kind.underlying, again, repeatable=True), node)
        return made and Bound(scope.registry.nullable(made.type), if_not_null(first, made.code, "None"))
    if operator == "!" and kind is scope.registry.bool:
        folded = literal(scope, not bound.constant, kind) if bound.is_constant else None
        return folded or Bound(kind, f"(not {bound.code})", safe=True)
    if operator != "!" and kind.name in NUMERIC:
        return arithmetic.numeric_unary(scope, operator, bound, node)
    if operator == "~" and kind.kind == "enum":
        return _complement(scope, bound)
    for member in scope.conversions.declared(f"operator {operator}", kind):
        if len(member.parameters) == 1:
            return arithmetic.operator_call(scope, member, bound)
    return None


def _complement(scope: Scope, bound: Bound) -> Bound:
    number = number_of(scope, bound)
    if isinstance(number.constant, int):
        number = literal(scope, ~number.constant, number.type)
    else:
        number = Bound(number.type, f"~{number.code}")
    return enum_from(scope, bound.type, number)
