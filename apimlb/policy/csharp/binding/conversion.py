"""Conversions as Python: numeric ones, casts, boxing, nullables and those that types declare."""

from decimal import Decimal
from typing import NoReturn

from apimlb.policy.clr import casts
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.tokens import JArray, JObject
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Char, Long, Single
from apimlb.policy.clr.numbers.formatting import number_text
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.clr.types.definitions import Implementation
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.dispatch import as_value, bind
from apimlb.policy.csharp.binding.scope import Result, Scope, Untyped
from apimlb.policy.csharp.binding.values import literal, once
from apimlb.policy.csharp.conversions import INTEGRAL, Conversion, ConversionKind
from apimlb.policy.csharp.runtime import throw_no_value
from apimlb.policy.csharp.syntax.nodes import Literal, Node

# Types whose values are of exactly one Python type, for casts without a call.
_EXACT: dict[str, type] = {
    "System.String": str,
    "System.Int32": int,
    "System.Boolean": bool,
    "System.Double": float,
    "System.Int64": Long,
    "Newtonsoft.Json.Linq.JObject": JObject,
    "Newtonsoft.Json.Linq.JArray": JArray,
}
_REAL = {"System.Single", "System.Double", "System.Decimal"}
_SUFFIXES = {"System.Single": "F", "System.Decimal": "M"}


def convert(scope: Scope, value: Result, target: Type, at: int | Node) -> Bound:
    """A value as another type, implicitly."""
    bound, done = _begun(scope, value, target, at)
    if done:
        return bound
    found = scope.conversions.implicit(bound.type, target)
    if found is not None:
        return _apply(scope, found, bound, target)
    if scope.conversions.explicit(bound.type, target) is not None:
        _only_by_cast(scope, bound, target, at)
    if bound.type is NULL:
        scope.refuse("CS0037", at, target)
    scope.refuse("CS0029", at, bound.type, target)


def cast(scope: Scope, value: Result, target: Type, at: int | Node) -> Bound:
    """`(target)value`"""
    bound, done = _begun(scope, value, target, at)
    if done:
        return bound
    found = scope.conversions.explicit(bound.type, target)
    if found is None:
        scope.refuse("CS0030", at, bound.type, target)
    return _apply(scope, found, bound, target, at)


def converts(scope: Scope, bound: Bound, target: Type) -> bool:
    """Whether a value converts implicitly."""
    return (
        bound.type is target
        or constant_conversion(scope, bound, target) is not None
        or scope.conversions.implicit(bound.type, target) is not None
    )


def condition(scope: Scope, node: Node) -> str:
    """The code of a condition."""
    return convert(scope, bind(scope, node), scope.registry.bool, node).code


def _begun(scope: Scope, value: Result, target: Type, at: int | Node) -> tuple[Bound, bool]:
    """The value, and whether it is one of `target` already: by its type, as a constant, or a delegate."""
    if isinstance(value, Untyped):
        return value.to_delegate(scope, target, at), True
    bound = as_value(scope, value, at)
    if bound.type is target:
        return bound, True
    constant = constant_conversion(scope, bound, target)
    return (bound, False) if constant is None else (constant, True)


def constant_conversion(scope: Scope, bound: Bound, target: Type) -> Bound | None:
    """Constants of int that fit a smaller integer type, and 0 as an enumeration."""
    if not bound.is_constant or bound.type.name not in ("System.Int32", "System.Int64"):
        return None
    value, inner = bound.constant, target.underlying
    assert isinstance(value, int)
    if inner.kind == "enum" and value == 0:
        return literal(scope, casts.enum_of(inner, 0), target)
    limits = INTEGERS.get(inner.name.removeprefix("System."))
    if limits is None or inner.name not in INTEGRAL or not limits[0] <= value <= limits[1]:
        return None
    if bound.type.name == "System.Int64" and inner.name != "System.UInt64":
        return None
    return literal(scope, limits[2](value), target)


def _only_by_cast(scope: Scope, bound: Bound, target: Type, at: int | Node) -> NoReturn:
    """Refuses a conversion that must be written."""
    inner = target.underlying
    too_large = bound.type is scope.registry.int and inner.name in INTEGRAL - {"System.Char"}
    if isinstance(bound.constant, int) and (
        too_large or (bound.type.name == "System.Int64" and inner.name == "System.UInt64")
    ):
        scope.refuse("CS0031", at, int(bound.constant), inner)
    suffix = _SUFFIXES.get(inner.name)
    if isinstance(at, Literal) and bound.type.name == "System.Double" and suffix:
        scope.refuse("CS0664", at, inner, suffix)
    scope.refuse("CS0266", at, bound.type, target)


# Applying what `Conversions` finds


def _apply(scope: Scope, found: Conversion, bound: Bound, target: Type, at: int | Node = 0) -> Bound:
    kind = found.kind
    if kind in ("identity", "reference", "box"):
        return Bound(target, bound.code, repeatable=bound.repeatable, safe=bound.safe or bound.type.is_value)
    if kind == "null":
        return Bound(target, "None", None)
    if kind == "numeric":
        folded = _constant_numeric(scope, bound, target, at)
        return folded or Bound(target, _numeric(scope, bound.code, bound.type, target), safe=True)
    if kind == "enum":
        return _enum(scope, bound, target)
    if kind == "unbox":
        return Bound(target, _unbox(scope, bound, target))
    if kind == "user":
        assert found.member is not None
        return _user(scope, found.member, bound, target, at)
    assert found.inner is not None
    return _nullable(scope, kind, found.inner, bound, target, at)


def _nullable(
    scope: Scope, kind: ConversionKind, inner: Conversion, bound: Bound, target: Type, at: int | Node
) -> Bound:
    """To a nullable (wrap), from one (unwrap) or both (lift), with the conversion inside."""
    source, wanted = bound.type.underlying, target.underlying
    if kind == "wrap":
        made = _apply(scope, inner, bound, wanted, at)
        return Bound(target, made.code, repeatable=made.repeatable, safe=True)
    first, again = once(scope, bound)
    code = _apply(scope, inner, Bound(source, again, repeatable=True), wanted, at).code
    nothing = "None" if kind == "lift" else f"{scope.use(throw_no_value)}()"
    return Bound(target, f"({code} if {first} is not None else {nothing})")


def _user(scope: Scope, member: Member, bound: Bound, target: Type, at: int | Node) -> Bound:
    given = member.parameters[0].type
    if bound.type is not given:
        bound = _step(scope, bound, given, at)
    made = Bound(member.result, called(scope, member.call, bound.code))
    return made if member.result is target else _step(scope, made, target, at)


def _step(scope: Scope, bound: Bound, target: Type, at: int | Node) -> Bound:
    """The conversion before or after one that a type declares."""
    found = scope.conversions.explicit(bound.type, target)
    assert found is not None
    return _apply(scope, found, bound, target, at)


def called(scope: Scope, implementation: Implementation, *codes: str) -> str:
    """The code of what implements a member, with all that it takes."""
    if isinstance(implementation, str):
        return implementation.format(*codes)
    return f"{scope.use(implementation)}({', '.join(codes)})"


def _unbox(scope: Scope, bound: Bound, target: Type) -> str:
    fallback = scope.use(casts.cast_value if target.is_value and not target.is_nullable else casts.cast)
    exact = _EXACT.get(target.name)
    if exact is None:
        return f"{fallback}({bound.code}, {scope.use(target)})"
    name = scope.temporary()
    test = f"{scope.use(type)}({name} := {bound.code}) is {scope.use(exact)}"
    return f"({name} if {test} else {fallback}({name}, {scope.use(target)}))"


def _enum(scope: Scope, bound: Bound, target: Type) -> Bound:
    code, int_type = bound.code, scope.registry.int
    if bound.type.kind == "enum":
        if target.kind != "enum":
            if bound.is_constant:
                number = literal(scope, getattr(bound.constant, "number", 0), int_type)
                return convert(scope, number, target, 0)
            code = f"{scope.use(casts.enum_number)}({code})"
            return Bound(target, _numeric(scope, code, int_type, target), safe=True)
        code = f"{scope.use(casts.enum_number)}({code})"
    return Bound(target, f"{scope.use(casts.enum_of)}({scope.use(target)}, {code})", safe=True)


# Numbers


def _constant_numeric(scope: Scope, bound: Bound, target: Type, at: int | Node) -> Bound | None:
    """A constant of another numeric type, at compile time."""
    value, name = bound.constant, target.name.removeprefix("System.")
    if isinstance(value, Char):
        value = ord(value)
    if not isinstance(value, int | float | Decimal):
        return None
    if name == "Char":
        whole = _constant_whole(scope, value, "UInt16", target, at)
        return None if whole is None else literal(scope, Char(chr(whole)), target)
    if name in INTEGERS:
        whole = _constant_whole(scope, value, name, target, at)
        return None if whole is None else literal(scope, INTEGERS[name][2](whole), target)
    if name == "Double":
        return literal(scope, float(value), target)
    if name == "Single":
        return literal(scope, Single(float(value)), target)
    if isinstance(value, Decimal):
        return None
    try:
        exact = arithmetic.decimal_from_float(value) if isinstance(value, float) else Decimal(int(value))
    except ClrException:
        scope.refuse("CS0031", at, number_text(value), target)
    return literal(scope, exact, target)


def _constant_whole(
    scope: Scope, value: int | float | Decimal, name: str, target: Type, at: int | Node
) -> int | None:
    """A number cut to an integer; out of range only where unchecked, and never from a decimal."""
    lowest, highest, _ = INTEGERS[name]
    if lowest - 1 < value < highest + 1:
        return int(value)
    if isinstance(value, Decimal):
        scope.refuse("CS0031", at, f"{value}M", target)
    if scope.overflow != "unchecked":
        shown = number_text(value) if isinstance(value, float) else str(value)
        scope.refuse("CS0221", at, shown, target)
    return arithmetic.wrap(value, name) if isinstance(value, int) else None


def _numeric(scope: Scope, code: str, source: Type, target: Type) -> str:
    """Code of one numeric type as another's."""
    use = scope.use
    wanted, given = target.name.removeprefix("System."), source.name.removeprefix("System.")
    checked, real = scope.overflow == "checked", source.name in _REAL
    if wanted == given:
        return code
    if given == "Char":
        code = f"{use(ord)}({code})"
        given = "UInt16"
    if wanted == "Char":
        whole = f"{use(arithmetic.truncate)}({code}, 'Int32')" if real else code
        if checked:
            whole = f"{use(arithmetic.checked)}({whole}, 'UInt16')"
        return f"{use(Char)}({use(chr)}({whole} & 65535))"
    if wanted in ("Double", "Single"):
        return f"{use(float if wanted == 'Double' else Single)}({code})"
    if wanted == "Decimal":
        return f"{use(arithmetic.decimal_from_float if real else Decimal)}({code})"
    if real:
        return f"{use(casts.truncate_checked if checked else arithmetic.truncate)}({code}, {wanted!r})"
    lowest, highest, make = INTEGERS[wanted]
    from_low, from_high, _ = INTEGERS[given]
    if lowest <= from_low and from_high <= highest:
        return f"{use(make)}({code})"
    return f"{use(arithmetic.checked if checked else arithmetic.wrap)}({code}, {wanted!r})"
