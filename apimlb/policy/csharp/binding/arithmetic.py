"""Operators of numbers, and those that types declare: promotion, and lifting to nullables."""

from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding import folding
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import called, constant_conversion, convert
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import literal, once
from apimlb.policy.csharp.conversions import INTEGRAL, NUMERIC, SIGNED
from apimlb.policy.csharp.syntax.nodes import Literal, Node, Unary

EQUALITY = frozenset(("==", "!="))
COMPARISONS = frozenset(("<", ">", "<=", ">="))
_REAL = frozenset(("System.Single", "System.Double"))
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


def numeric_operator(scope: Scope, operator: str, left: Bound, right: Bound, at: int | Node) -> Bound | None:
    plain, other = left.type.underlying, right.type.underlying
    lifted = left.type.is_nullable or right.type.is_nullable
    if operator in ("<<", ">>"):
        return _shift(scope, operator, left, right)
    if NULL in (left.type, right.type) and lifted and operator not in EQUALITY:
        plain = other = other if left.type is NULL else plain
    left, right = _fit_constants(scope, left, right)
    plain = plain if left.type is NULL else left.type.underlying
    other = other if right.type is NULL else right.type.underlying
    common = promoted(scope, plain, other)
    if common is None or (operator in "&|^" and common.name in (*_REAL, "System.Decimal")):
        return None
    if lifted:
        return _lifted_numbers(scope, operator, left, right, common, at)
    folded = folding.fold_numbers(scope, operator, left, right, common, at)
    if folded is not None:
        return folded
    first, second = convert(scope, left, common, at).code, convert(scope, right, common, at).code
    return _computed(scope, operator, first, second, common)


def _fit_constants(scope: Scope, left: Bound, right: Bound) -> tuple[Bound, Bound]:
    """An int constant beside a uint or ulong takes that type where it fits."""
    for here, there in ((left, right), (right, left)):
        if here.type.name in ("System.UInt32", "System.UInt64") and there.is_constant:
            fitted = constant_conversion(scope, there, here.type)
            if fitted is not None:
                return (here, fitted) if here is left else (fitted, here)
    return left, right


def compared(scope: Scope, operator: str, left: str, right: str) -> Bound:
    """A bool that Python's operator of the same name yields."""
    return Bound(scope.registry.bool, f"({left} {operator} {right})", safe=True)


def _lifted_numbers(
    scope: Scope, operator: str, left: Bound, right: Bound, common: Type, at: int | Node
) -> Bound:
    if operator in EQUALITY:
        return compared(scope, operator, left.code, right.code)
    wanted = scope.registry.nullable(common)
    first, first_again = once(scope, convert(scope, left, wanted, at))
    second, second_again = once(scope, convert(scope, right, wanted, at))
    made = _computed(scope, operator, first_again, second_again, common)
    return _lifted(scope, operator, first, second, made.code, wanted)


def _lifted(scope: Scope, operator: str, first: str, second: str, code: str, wanted: Type) -> Bound:
    """An operator that yields null, or false, where one side is null; `|` because both sides are computed."""
    is_null = f"({first} is None) | ({second} is None)"
    if operator in COMPARISONS:
        return Bound(scope.registry.bool, f"(False if {is_null} else {code})", safe=True)
    return Bound(wanted, f"(None if {is_null} else {code})")


def _computed(scope: Scope, operator: str, left: str, right: str, common: Type) -> Bound:
    if operator in COMPARISONS or operator in EQUALITY:
        return compared(scope, operator, left, right)
    return Bound(common, _computed_code(scope, operator, left, right, common), safe=True)


def _computed_code(scope: Scope, operator: str, left: str, right: str, common: Type) -> str:
    use, name = scope.use, common.name.removeprefix("System.")
    if name == "Decimal":
        return f"{use(folding.DECIMAL_CALLS[operator])}({left}, {right})"
    if name in ("Double", "Single"):
        call = {"/": arithmetic.divide_float, "%": arithmetic.remainder_float}.get(operator)
        code = f"{use(call)}({left}, {right})" if call else f"({left} {operator} {right})"
        return f"{use(arithmetic.Single)}({code})" if name == "Single" else code
    if operator in "/%":
        whole = arithmetic.divide if operator == "/" else arithmetic.remainder
        return _whole(scope, f"{use(whole)}({left}, {right})", name)
    if operator in "&|^":
        code = f"({left} {operator} {right})"
        return code if name == "Int32" else f"{use(arithmetic.INTEGERS[name][2])}{code}"
    return _whole(scope, f"{left} {operator} {right}", name)


def _whole(scope: Scope, code: str, name: str) -> str:
    """An integer result, wrapped to (or checked against) its type."""
    if scope.overflow == "checked":
        return f"{scope.use(arithmetic.checked)}({code}, {name!r})"
    if name != "Int32":
        return f"{scope.use(arithmetic.wrap)}({code}, {name!r})"
    t = scope.temporary()
    return f"({t} if {_INT_RANGE.format(t=t, code=code)} else {scope.use(arithmetic.wrap32)}({t}))"


def _shift(scope: Scope, operator: str, left: Bound, right: Bound) -> Bound | None:
    """`left << right`: the right side is an int, the left one an integer of its own promoted type."""
    plain, int_type = left.type, scope.registry.int
    common = plain if plain.name == "System.UInt32" else promoted(scope, plain, int_type)
    fits = scope.conversions.implicit(right.type.underlying, int_type) is not None
    if plain.name not in INTEGRAL or common is None or not fits:
        return None
    folded = folding.fold_shift(scope, operator, left, right, common)
    if folded is not None:
        return folded
    value, places = convert(scope, left, common, 0).code, convert(scope, right, int_type, 0).code
    code = f"({value} {operator} ({places} & {folding.shift_mask(common)}))"
    name = common.name.removeprefix("System.")
    return Bound(common, f"{scope.use(arithmetic.wrap)}({code}, {name!r})", safe=True)


# Operators that types declare


def declared_operator(scope: Scope, operator: str, left: Bound, right: Bound, at: int | Node) -> Bound | None:
    lifted = left.type.is_nullable or right.type.is_nullable
    if lifted and NULL in (left.type, right.type):
        if operator in EQUALITY:
            return null_test(scope, operator, left if right.type is NULL else right)
        return None
    best = _best_operator(scope, operator, left.type.underlying, right.type.underlying)
    if best is None:
        return None
    if lifted:
        return _lifted_declared(scope, operator, best, left, right)
    first = convert(scope, left, best.parameters[0].type, at).code
    second = convert(scope, right, best.parameters[1].type, at).code
    return Bound(best.result, operator_call(scope, best, first, second), safe=best.result.is_value)


def _best_operator(scope: Scope, operator: str, left: Type, right: Type) -> Member | None:
    owners = dict.fromkeys(
        base.definition
        for kind in (left, right)
        for base in (scope.registry.bases(kind) if kind.definition else ())
    )
    ranked = [
        (rank, member)
        for owner in owners
        if owner is not None
        for member in scope.registry.own_members(owner, f"operator {operator}")
        if len(member.parameters) == 2 and (rank := _operand_rank(scope, member, left, right)) is not None
    ]
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


def _operand_rank(scope: Scope, member: Member, left: Type, right: Type) -> int | None:
    """How many operands must be converted; None where one does not fit."""
    rank = 0
    for given, parameter in zip((left, right), member.parameters, strict=True):
        if given is parameter.type:
            continue
        found = scope.conversions.implicit(given, parameter.type)
        if found is None:
            return None
        rank += 2 if found.kind == "user" else 1
    return rank


def operator_call(scope: Scope, member: Member, *codes: str) -> str:
    code = called(scope, member.call, *codes)
    return f"({code})" if isinstance(member.call, str) else code


def _lifted_declared(scope: Scope, operator: str, member: Member, left: Bound, right: Bound) -> Bound:
    if operator in EQUALITY:
        return compared(scope, operator, left.code, right.code)
    first, first_again = once(scope, left)
    second, second_again = once(scope, right)
    inner = operator_call(scope, member, first_again, second_again)
    wanted = member.result if operator in COMPARISONS else scope.registry.nullable(member.result)
    return _lifted(scope, operator, first, second, inner, wanted)


def null_test(scope: Scope, operator: str, bound: Bound) -> Bound:
    """`bound == null` or `bound != null`"""
    boolean = scope.registry.bool
    if bound.is_constant:
        return literal(scope, (bound.constant is None) == (operator == "=="), boolean)
    if bound.safe and bound.type.is_nullable:  # a plain value, computed for what it does
        return Bound(boolean, f"({bound.code}, {operator == '!='})[1]", safe=True)
    return compared(scope, "is" if operator == "==" else "is not", bound.code, "None")


# One operand


def numeric_unary(scope: Scope, operator: str, bound: Bound, node: Unary) -> Bound | None:
    """`+`, `-` or `~` before a number."""
    plain, named = bound.type.underlying, scope.registry.named
    if operator == "!" or (operator == "~" and plain.name not in INTEGRAL):
        return None
    smallest = _smallest(scope, operator, bound, node)
    if smallest is not None:
        return smallest
    common = promoted(scope, plain, scope.registry.int)
    if plain.name == "System.UInt32":
        common = named("System.Int64") if operator == "-" else plain
    elif plain.name == "System.UInt64":
        common = None if operator == "-" else plain
    if common is None:
        return None
    if bound.type.is_nullable:
        wanted = scope.registry.nullable(common)
        first, again = once(scope, convert(scope, bound, wanted, node.at))
        code = _signed(scope, operator, again, common)
        return Bound(wanted, f"({code} if {first} is not None else None)")
    converted = convert(scope, bound, common, node.at)
    if converted.is_constant:
        return folding.fold_unary(scope, operator, converted, common, node)
    return Bound(common, _signed(scope, operator, converted.code, common), safe=True)


def _smallest(scope: Scope, operator: str, bound: Bound, node: Unary) -> Bound | None:
    """The smallest int and the smallest long, whose digits alone are a uint and a ulong."""
    bare = isinstance(node.operand, Literal) and id(node.operand) not in scope.program.source.brackets
    if operator != "-" or not bare or bound.type.name not in ("System.UInt32", "System.UInt64"):
        return None
    number = folding.number_of(bound.constant)
    if number == 2**31:
        return folding.fold_whole(scope, -number, scope.registry.int, node)
    return (
        folding.fold_whole(scope, -number, scope.registry.named("System.Int64"), node)
        if number == 2**63
        else None
    )


def _signed(scope: Scope, operator: str, code: str, common: Type) -> str:
    name = common.name.removeprefix("System.")
    if operator == "+":
        return code
    if name in arithmetic.INTEGERS:
        return _whole(scope, f"{operator}{code}", name)
    made = f"(-{code})"
    return f"{scope.use(arithmetic.Single)}({made})" if name == "Single" else made
