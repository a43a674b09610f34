"""Constants, and code that names a value or checks that there is one."""

from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.runtime import throw_null


def literal(scope: Scope, value: object, kind: Type) -> Bound:
    """A compile-time constant."""
    return Bound(kind, constant_code(scope, value), value, safe=value is not None)


def constant_code(scope: Scope, value: object) -> str:
    if value is None or type(value) in (bool, int, str):
        return repr(value)
    if type(value) is float and abs(value) < 1e300:
        return repr(value)
    return scope.program.globals.constant(value)


def default_value(scope: Scope, kind: Type) -> Bound:
    """`default(T)`, which is no constant for structures that C# has no literals of."""
    made = literal(scope, kind.default, kind)
    plain = kind.name in NUMERIC or kind.kind == "enum" or kind is scope.registry.bool
    return Bound(kind, made.code, safe=made.safe) if kind.is_value and not plain else made


def is_safe(value: Bound) -> bool:
    """Whether a value is never null, by itself or by its type."""
    return value.safe or (value.type.is_value and not value.type.is_nullable)


def not_null(scope: Scope, value: Bound) -> str:
    """The value's code with a check that throws NullReferenceException."""
    if is_safe(value):
        return value.code
    first, again = once(scope, value)
    return f"({again} if {first} is not None else {scope.use(throw_null)}())"


def once(scope: Scope, value: Bound) -> tuple[str, str]:
    """Code that computes the value and names it, and code that repeats it."""
    if value.repeatable:
        return value.code, value.code
    name = scope.temporary()
    return f"({name} := {value.code})", name
