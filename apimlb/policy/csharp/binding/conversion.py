"""Conversions as Python: numeric ones, casts, boxing, nullables and those that types declare."""

from decimal import Decimal
from typing import Any, NoReturn

from apimlb.policy.clr import casts
from apimlb.policy.clr.enums import Enum
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
from apimlb.policy.csharp.binding.values import if_not_null, literal, once
from apimlb.policy.csharp.conversions import INTEGRAL, Conversion
from apimlb.policy.csharp.runtime import decimal_character, throw_no_value
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
_REAL = {"Single", "Double", "Decimal"}
_SUFFIXES = {"System.Single": "F", "System.Decimal": "M"}


def convert(scope: Scope, value: Result, target: Type, at: int | Node) -> Bound:
    """A value as another type, implicitly."""
    bound = _begun(scope, value, target, at)
    found = scope.conversions.implicit(bound.type, target)
    if found is not None:
        return _apply(scope, found, bound, target, at)
    if scope.conversions.explicit(bound.type, target) is not None:
        _only_by_cast(scope, bound, target, at)
    if bound.type is NULL:
        scope.refuse("CS0037", at, target)
    scope.refuse("CS0029", at, bound.type, target)


def cast(scope: Scope, value: Result, target: Type, at: int | Node) -> Bound:
    """`(target)value`"""
    bound = _begun(scope, value, target, at)
    found = scope.conversions.explicit(bound.type, target)
    if found is None:
        if bound.type is NULL:
            scope.refuse("CS0037", at, target)
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


def _begun(scope: Scope, value: Result, target: Type, at: int | Node) -> Bound:
    """The value, which is one of `target` already where it is a constant that fits, or a delegate."""
    if isinstance(value, Bound):
        bound = value
    elif isinstance(value, Untyped):
        return value.to_delegate(scope, target, at)
    else:
        bound = as_value(scope, value, at)
    if bound.type is target:
        return bound
    return constant_conversion(scope, bound, target) or bound


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


def _apply(scope: Scope, found: Conversion, bound: Bound, target: Type, at: int | Node) -> Bound:
    match found:
        case "identity":
            return bound
        case "reference" | "box":
            return Bound(
                target, bound.code, repeatable=bound.repeatable, safe=bound.safe or bound.type.is_value
            )
        case "null":
            return Bound(target, "None", None)
        case "numeric":
            return _number(scope, bound, target, at)
        case "unbox":
            return Bound(target, _unbox(scope, bound, target))
        case "nullable":
            return _nullable(scope, bound, target, at)
    return _user(scope, found, bound, target, at)


def _nullable(scope: Scope, bound: Bound, target: Type, at: int | Node) -> Bound:
    """To a nullable, from one or both, with the conversion of what stands inside."""
    source, wanted = bound.type.underlying, target.underlying
    if not bound.type.is_nullable:
        made = _step(scope, bound, wanted, at)
        return Bound(target, made.code, repeatable=made.repeatable, safe=True)
    first, again = once(scope, bound)
    code = _step(scope, Bound(source, again, repeatable=True), wanted, at).code
    nothing = "None" if target.is_nullable else scope.call(throw_no_value)
    return Bound(target, if_not_null(first, code, nothing))


def _user(scope: Scope, member: Member, bound: Bound, target: Type, at: int | Node) -> Bound:
    given = _step(scope, bound, member.parameters[0].type, at)
    return _step(scope, Bound(member.result, called(scope, member.call, given.code)), target, at)


def _step(scope: Scope, bound: Bound, target: Type, at: int | Node) -> Bound:
    """A conversion that is part of another one."""
    found = scope.conversions.explicit(bound.type, target)
    assert found is not None
    return _apply(scope, found, bound, target, at)


def called(scope: Scope, implementation: Implementation, *codes: str) -> str:
    """The code of what implements a member, with all that it takes."""
    if isinstance(implementation, str):
        return implementation.format(*codes)
    return scope.call(implementation, *codes)


def _unbox(scope: Scope, bound: Bound, target: Type) -> str:
    fallback = scope.use(casts.cast if target.takes_null else casts.cast_value)
    exact = _EXACT.get(target.name)
    if exact is None:
        return f"{fallback}({bound.code}, {scope.use(target)})"
    name = scope.temporary()
    test = f"{scope.use(type)}({name} := {bound.code}) is {scope.use(exact)}"
    return f"({name} if {test} else {fallback}({name}, {scope.use(target)}))"


def _number(scope: Scope, bound: Bound, target: Type, at: int | Node) -> Bound:
    """A number or a value of an enumeration as another such type."""
    number = number_of(scope, bound)
    if target.kind != "enum":
        return _numeric(scope, number, target, at)
    return enum_from(scope, target, _numeric(scope, number, scope.registry.int, at))


def number_of(scope: Scope, bound: Bound) -> Bound:
    """A number, or the number that an enumeration's value is."""
    if bound.type.kind != "enum":
        return bound
    if isinstance(bound.constant, Enum):
        return literal(scope, bound.constant.number, scope.registry.int)
    return Bound(scope.registry.int, scope.call(casts.enum_number, bound.code), safe=True)


def enum_from(scope: Scope, enum: Type, number: Bound) -> Bound:
    """An int as a value of an enumeration."""
    if isinstance(number.constant, int):
        return literal(scope, casts.enum_of(enum, number.constant), enum)
    return Bound(enum, scope.call(casts.enum_of, scope.use(enum), number.code), safe=True)


# Numbers


def _numeric(scope: Scope, bound: Bound, target: Type, at: int | Node) -> Bound:
    """A value of one numeric type as another's. A constant may be out of its range only where that is
    unchecked, and never as a decimal."""
    source, wanted = (kind.name.removeprefix("System.") for kind in (bound.type, target))
    if not bound.is_constant:
        code = bound.code
        for call, *further in _calls(source, wanted, checked=scope.overflow == "checked"):
            code = scope.call(call, code, *map(repr, further))
        return Bound(target, code, safe=True)
    value: Any = bound.constant
    try:
        for call, *further in _calls(source, wanted, checked=scope.overflow != "unchecked"):
            value = call(value, *further)
    except ClrException:
        value = bound.constant
        if isinstance(value, Decimal):
            scope.refuse("CS0031", at, f"{value}M", target)
        shown = number_text(ord(value) if isinstance(value, Char) else value)
        if wanted == "Decimal":
            scope.refuse("CS0031", at, shown, target)
        scope.refuse("CS0221", at, shown, target)
    return literal(scope, value, target)


def _calls(source: str, target: str, *, checked: bool) -> list[tuple[Any, ...]]:
    """The calls that make a number of one type that of another, each with what it takes beside the number."""
    if source == target:
        return []
    if target == "Char":
        if source == "Decimal":
            return [(decimal_character,)]
        first = _calls(source, "Int32", checked=checked) if source in _REAL else []
        last_step = _calls("Int32" if source in _REAL else source, "UInt16", checked=checked)
        return [*first, *last_step, (chr,), (Char,)]
    if target in ("Double", "Single"):
        last: tuple[Any, ...] = (float if target == "Double" else Single,)
        if source == "Decimal":
            return [(arithmetic.double_of,), last]
    elif target == "Decimal":
        last = (arithmetic.decimal_from_float if source in _REAL else Decimal,)
    elif source in _REAL:
        last = (casts.truncate_checked if checked else arithmetic.truncate, target)
    else:
        lowest, highest, make = INTEGERS[target]
        least, most, _ = INTEGERS["UInt16" if source == "Char" else source]
        fits = lowest <= least and most <= highest
        last = (make,) if fits else (arithmetic.checked if checked else arithmetic.wrap, target)
    return [(ord,), last] if source == "Char" else [last]
