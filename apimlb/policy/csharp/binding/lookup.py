"""Which type a written name means; how members are looked up, and how messages name them."""

from collections.abc import Sequence

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import NULL, Type, array_type, defined_type, substitute
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import not_null
from apimlb.policy.csharp.known_names import NAMESPACES, TYPES
from apimlb.policy.csharp.syntax.nodes import TypeName

_MOST_TYPE_PARAMETERS = 3


def type_of(scope: Scope, written: TypeName) -> Type:
    """The type that a name means; raises `PolicyError` for one off the allow-list."""
    found = find_type(scope, written)
    if found is None:
        raise no_type(scope, written)
    if found.kind == "static":
        scope.refuse("CS0723", written.at, found)
    return found


def find_type(scope: Scope, written: TypeName) -> Type | None:
    registry = scope.registry
    arguments = tuple(type_of(scope, argument) for argument in written.parts[-1][1])
    name = ".".join(part for part, _ in written.parts)
    definition = registry.written(name, len(arguments))
    if definition is None or any(inner for _, inner in written.parts[:-1]):
        return None
    found = defined_type(definition, arguments)
    if written.nullable:
        if not found.is_value:
            scope.refuse("CS0453", written.at, found)
        found = registry.nullable(found)
    for rank in reversed(written.ranks):
        found = array_type(found, rank)
    return found


def no_type(scope: Scope, written: TypeName) -> PolicyError:
    """What is wrong with a type's name: misspelt, short of type arguments, or off the allow-list."""
    names = [name for name, _ in written.parts]
    if names == ["dynamic"]:
        what = "'dynamic' needs Microsoft.CSharp, which policy expressions may not use"
        return scope.not_allowed(what, written.at)
    namespaces = scope.registry.namespaces | NAMESPACES
    known = 0
    while known < len(names) - 1 and ".".join(names[: known + 1]) in namespaces:
        known += 1
    arity = len(written.parts[known][1])
    shown = names[known] + (f"<{',' * (arity - 1)}>" if arity else "")
    problem = no_name(scope, names[:known], names[known], arity, written.at)
    if problem is not None:
        return problem
    at = written.at + sum(len(name) + 1 for name in names[:known])
    if not known:
        return scope.error("CS0246", at, shown)
    return scope.error("CS0234", at, shown, ".".join(names[:known]))


def no_name(scope: Scope, before: Sequence[str], name: str, arity: int, at: int) -> PolicyError | None:
    """The problem of a name of .NET that cannot be used like this; None where .NET has no such name."""
    registry = scope.registry
    full = ".".join([*before, name])
    for count in range(_MOST_TYPE_PARAMETERS + 1):
        other = registry.written(full, count)
        if other is not None and count != arity:
            generic = f"{other.simple}<{', '.join(other.parameters)}>"
            return scope.error("CS0305", at, generic, count)
    known = registry.definition(full, arity) is not None or name in TYPES or full in NAMESPACES
    if known or ".".join(before) in NAMESPACES:
        return scope.not_allowed(f"The type '{full}' is not allowed in a policy expression", at)
    return None


Candidates = list[tuple[Type, Member]]
"""Members of one name, each with the type that declares it."""


def no_member(scope: Scope, owner: Type, name: str, at: int) -> PolicyError:
    if owner is NULL:
        return scope.error("CS0023", at, ".", owner)
    if owner.kind == "anonymous" or owner.definition is None or not owner.definition.namespace:
        return scope.error("CS1061", at, owner, name, name, owner)
    what = f"'{owner.shown}' does not contain a definition for '{name}' that a policy expression may use"
    return scope.not_allowed(what, at)


def type_arguments_of(owner: Type) -> dict[str, Type]:
    """The type arguments of a type, by its parameters."""
    if owner.definition is None or not owner.arguments:
        return {}
    return dict(zip(owner.definition.parameters, owner.arguments, strict=True))


def result_of(scope: Scope, owner: Type, member: Member) -> Type:
    """A member's type, with the type arguments of its owner."""
    return substitute(member.result, type_arguments_of(owner))


def shown_member(owner: Type, member: Member) -> str:
    """A member as messages name it."""
    given = type_arguments_of(owner)
    inner = ", ".join(
        ("" if each.mode in ("", "this") else f"{each.mode} ") + substitute(each.type, given).shown
        for each in member.parameters
    )
    own = f"<{', '.join(member.type_parameters)}>" if member.type_parameters else ""
    name = owner.shown if member.kind == "constructor" else member.name
    return f"{owner.shown}.{name}{own}({inner})"


def context_of(member: Member) -> tuple[str, ...]:
    """The code that a member takes before its arguments."""
    return ("ctx",) if member.context else ()


def receiver(scope: Scope, owner: Type, target: Bound) -> str:
    """The code of what stands before the dot; only Nullable's own members take a null."""
    return target.code if owner.is_nullable else not_null(scope, target)
