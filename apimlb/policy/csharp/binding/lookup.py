"""What members need to be looked up and called: their types, their receivers, and how messages name them."""

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import not_null

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
    given = type_arguments_of(owner)
    return scope.registry.types.substitute(member.result, given) if given else member.result


def shown_member(scope: Scope, owner: Type, member: Member) -> str:
    """A member as messages name it."""
    given = type_arguments_of(owner)
    inner = ", ".join(
        ("out " if each.mode == "out" else "") + scope.registry.types.substitute(each.type, given).shown
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
