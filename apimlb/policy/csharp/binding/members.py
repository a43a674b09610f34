"""Names, members and calls: what stands before and after a dot."""

from collections.abc import Sequence

from apimlb.errors import PolicyError
from apimlb.policy.clr.casts import enum_of
from apimlb.policy.clr.types.constructed import NULL, Type, defined_type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.binding import bound, lookup
from apimlb.policy.csharp.binding.arguments import given_arguments
from apimlb.policy.csharp.binding.calls import MethodGroup, call_group
from apimlb.policy.csharp.binding.captures import declares
from apimlb.policy.csharp.binding.conversion import called
from apimlb.policy.csharp.binding.dispatch import as_value, bind, value, value_or_untyped
from apimlb.policy.csharp.binding.scope import Result, Scope, Untyped
from apimlb.policy.csharp.binding.values import if_not_null, literal, not_null, once
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.known_names import NAMESPACES
from apimlb.policy.csharp.syntax import nodes

# Names


def bind_name(scope: Scope, node: nodes.Name) -> Result:
    found = scope.find(node.name)
    if isinstance(found, bound.Variable):
        return variable_value(scope, found)
    if isinstance(found, bound.LocalMethod):
        return MethodGroup(node.at, found.name, scope.registry.object, local=found)
    if node.name == "context":
        return bound.Bound(scope.registry.named("IContext"), "ctx", repeatable=True, safe=True)
    written = _type_named(scope, node.name, node.type_arguments)
    if written is not None:
        return written
    if node.name in scope.registry.namespaces:
        return bound.NamespaceReference(node.name)
    raise no_variable(scope, node)


def _type_named(
    scope: Scope, name: str, type_arguments: Sequence[nodes.TypeName] | None
) -> bound.TypeReference | None:
    written = type_arguments or ()
    definition = scope.registry.written(name, len(written))
    if definition is None:
        return None
    arguments = tuple(lookup.type_of(scope, each) for each in written)
    return bound.TypeReference(defined_type(definition, arguments))


def no_variable(scope: Scope, node: nodes.Name) -> PolicyError:
    """Why a name means nothing here: declared later, off the allow-list, or nowhere."""
    if any(declares(names.statements, node.name) for names in scope.names.outward()):
        return scope.error("CS0841", node.at, node.name)
    arity = len(node.type_arguments or ())
    return lookup.no_name(scope, [], node.name, arity, node.at) or scope.error("CS0103", node.at, node.name)


def variable_value(scope: Scope, variable: bound.Variable) -> bound.Bound:
    scope.function.used.add(variable)
    if variable.row_member is not None:
        row, name = variable.row_member
        return bound.Bound(variable.type, f"{row.code}.members[{name!r}]")
    if variable.constant is not bound.NOT_CONSTANT:
        return literal(scope, variable.constant, variable.type)
    return bound.Bound(variable.type, variable.code, repeatable=True)


# Members


def bind_member(scope: Scope, node: nodes.MemberAccess, *, invoked: bool = False) -> Result:
    """`invoked` members may be methods that a property of the same name would hide."""
    target = bind(scope, node.target)
    if isinstance(target, bound.NamespaceReference) and not scope.is_bracketed(node.target):
        return _in_namespace(scope, target, node)
    types = [lookup.type_of(scope, each) for each in node.type_arguments] if node.type_arguments else None
    if isinstance(target, bound.TypeReference):
        if scope.is_bracketed(node.target):
            as_value(scope, target, node.target)
        return _static_member(scope, target.type, node, types)
    found = as_value(scope, target, node.target)
    if found.type is NULL:
        raise lookup.no_member(scope, NULL, node.name, scope.offset(node))
    return _instance_member(scope, found, node, types, invoked=invoked)


def _in_namespace(scope: Scope, target: bound.NamespaceReference, node: nodes.MemberAccess) -> Result:
    name = f"{target.name}.{node.name}"
    found = _type_named(scope, name, node.type_arguments)
    if found is not None:
        return found
    if name in scope.registry.namespaces or name in NAMESPACES:
        return bound.NamespaceReference(name)
    at, arity = scope.offset(node), len(node.type_arguments or ())
    known = lookup.no_name(scope, target.name.split("."), node.name, arity, at)
    raise known or scope.error("CS0234", at, node.name, target.name)


def _static_member(scope: Scope, owner: Type, node: nodes.MemberAccess, types: list[Type] | None) -> Result:
    definition, name = owner.definition, node.name
    if definition is not None and owner.kind == "enum" and name in definition.constants:
        return literal(scope, enum_of(owner, definition.constants[name]), owner)
    found = scope.registry.members(owner, name)
    if any(member.kind == "method" for _, member in found):
        return MethodGroup(node.name_at, name, owner, type_arguments=types)
    for base, member in found:
        if member.kind == "property" and member.static:
            return _static_value(scope, base, member)
    if found:
        scope.refuse("CS0120", node.name_at, owner, name)
    nested = scope.registry.nested(owner, name)
    if nested is None:
        raise lookup.no_member(scope, owner, name, node.name_at)
    return bound.TypeReference(nested)


def _static_value(scope: Scope, owner: Type, member: Member) -> bound.Bound:
    result = lookup.result_of(scope, owner, member)
    if isinstance(member.call, str):
        return bound.Bound(result, member.call, safe=True)
    known = result.name in NUMERIC and owner.name in (result.name, "System.Math")
    if known and not member.context:
        return literal(scope, member.call(), result)
    return bound.Bound(result, called(scope, member.call, *lookup.context_of(member)), safe=True)


def _instance_member(
    scope: Scope, target: bound.Bound, node: nodes.MemberAccess, types: list[Type] | None, *, invoked: bool
) -> Result:
    name = node.name
    kind = dict(target.type.members).get(name)
    if kind is not None:
        return bound.Bound(kind, f"{not_null(scope, target)}.members[{name!r}]")
    found = scope.registry.members(target.type, name)
    methods = any(member.kind == "method" for _, member in found) or any(scope.registry.extensions(name))
    if methods and (invoked or types or not found or found[0][1].kind == "method"):
        return MethodGroup(node.name_at, name, target.type, target, types)
    for owner, member in found:
        if member.kind == "property" and not member.static:
            return _property(scope, owner, member, target)
    if found:
        scope.refuse("CS0176", node, target.type, name)
    raise lookup.no_member(scope, target.type, name, node.name_at)


def _property(scope: Scope, owner: Type, member: Member, target: bound.Bound) -> bound.Bound:
    scope.program.properties.add((owner.name, member.name))
    code = called(scope, member.call, *lookup.context_of(member), lookup.receiver(scope, owner, target))
    return bound.Bound(lookup.result_of(scope, owner, member), code)


# Calls


def bind_invocation(scope: Scope, node: nodes.Invocation) -> bound.Bound:
    """A call of methods; there are no values that can be called."""
    member = node.target if isinstance(node.target, nodes.MemberAccess) else None
    target = bind(scope, node.target) if member is None else bind_member(scope, member, invoked=True)
    if isinstance(target, MethodGroup):
        return call_group(scope, target, given_arguments(scope, node.arguments))
    if member is None and isinstance(target, bound.Bound):
        scope.refuse("CS0149", node.target)
    scope.refuse("CS1955", node.target.at if member is None else member.name_at)


# ?.


def bind_conditional_access(scope: Scope, node: nodes.ConditionalAccess) -> bound.Bound:
    target = value(scope, node.target)
    if target.type is NULL or not target.type.takes_null:
        scope.refuse("CS0023", node.mark_at, "?", target.type)
    first, again = once(scope, target)
    there = bound.Bound(target.type.underlying, again, repeatable=True, safe=True)
    inner = value_or_untyped(scope._replace(receiver=there), node.access)
    if isinstance(inner, Untyped):
        scope.refuse("CS0023", node.mark_at, "?", inner.described)
    result = inner.type
    if not result.takes_null:
        result = scope.registry.nullable(result)
    return bound.Bound(result, if_not_null(first, inner.code, "None"))


def bind_receiver(scope: Scope, node: nodes.Receiver) -> bound.Bound:
    assert scope.receiver is not None
    return scope.receiver
