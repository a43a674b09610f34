"""Constants, code that names a value or checks that there is one, and `throw`."""

from collections.abc import Callable
from decimal import Decimal
from operator import is_
from typing import Any

from apimlb.policy.clr.casts import bad_throw, raise_value
from apimlb.policy.clr.objects.text import same_objects
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.dispatch import value
from apimlb.policy.csharp.binding.emit import Line, Lines
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.runtime import throw_null
from apimlb.policy.csharp.syntax.nodes import Node, Throw


def literal(scope: Scope, value: object, kind: Type) -> Bound:
    """A compile-time constant."""
    return Bound(kind, constant_code(scope, value), value, safe=value is not None)


def identity(scope: Scope, left: Bound, right: Bound) -> Callable[[object, object], bool]:
    """What tells whether two references are the same: a box is, where both name one place."""
    copies = scope.program.copies
    one_place = copies.get(left.code, left.code) == copies.get(right.code, right.code)
    return is_ if one_place and not left.safe and not left.is_constant else same_objects


def constant_code(scope: Scope, value: object) -> str:
    if value is None or type(value) in (bool, int, str):
        return repr(value)
    if type(value) is float and abs(value) < 1e300:
        return repr(value)
    if isinstance(value, Decimal) and str(value) == "-0":  # C# makes it of an integer, which has no sign
        value = abs(value)
    return scope.program.globals.constant(value)


def default_value(scope: Scope, kind: Type) -> Bound:
    """`default(T)`, which is no constant for structures that C# has no literals of."""
    made = literal(scope, kind.default, kind)
    plain = kind.name in NUMERIC or kind.kind == "enum" or kind is scope.registry.bool
    return Bound(kind, made.code, safe=made.safe) if kind.is_value and not plain else made


def not_null(scope: Scope, value: Bound) -> str:
    """The value's code with a check that throws NullReferenceException."""
    if value.safe or not value.type.takes_null:
        return value.code
    first, again = once(scope, value)
    return if_not_null(first, again, scope.call(throw_null))


def if_not_null(first: str, then: str, otherwise: str) -> str:
    return f"({then} if {first} is not None else {otherwise})"


def once(scope: Scope, value: Bound) -> tuple[str, str]:
    """Code that computes the value and names it, and code that repeats it."""
    if value.repeatable:
        return value.code, value.code
    name = scope.temporary()
    return f"({name} := {value.code})", name


def check_exception(scope: Scope, kind: Type, at: int | Node) -> None:
    """Refuses a type that nothing of can be thrown or caught."""
    if not scope.registry.derives(kind, scope.registry.named("System.Exception")):
        scope.refuse("CS0155", at)


def throw_code(scope: Scope, node: Throw, throw: Callable[[Any], object] = raise_value) -> str:
    """`throw` of an exception where C# allows it as an expression."""
    assert node.value is not None
    bound = value(scope, node.value)
    if bound.type is not NULL:
        check_exception(scope, bound.type, node.value)
    return scope.call(throw, bound.code)


def bind_throw(scope: Scope, node: Throw) -> Lines:
    if node.value is not None:
        return [Line(f"raise {throw_code(scope, node, bad_throw)}", node.at)]
    if not scope.catching:
        scope.refuse("CS0156", node.at)
    return [Line("raise", node.at)]
