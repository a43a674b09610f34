"""`new`: objects with initializers, arrays and anonymous objects; literals, and what C# computes of names."""

from collections.abc import Iterator, Sequence

from apimlb.errors import PolicyError
from apimlb.policy.clr.collections.arrays import make_array
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.objects.anonymous import Anonymous
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.types.constructed import NULL, Type, anonymous_type, array_type
from apimlb.policy.csharp.binding.arguments import Given, common_type, given_arguments, takes
from apimlb.policy.csharp.binding.assignables import in_order, read, shown_property, stored
from apimlb.policy.csharp.binding.assignment import assignable_property
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.calls import MethodGroup, as_size, call_group, construct, element
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import bind, typed, value, value_or_untyped
from apimlb.policy.csharp.binding.lookup import find_type, no_type, shown_member, type_of
from apimlb.policy.csharp.binding.overloads import Resolution
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import default_value, literal
from apimlb.policy.csharp.syntax import nodes


def bind_array(scope: Scope, node: nodes.ArrayCreation) -> Bound:
    if node.element is None:
        return _typed_by_items(scope, node)
    item = type_of(scope, node.element)
    kind = array_type(item, node.rank)
    bounds = [value(scope, each) for each in node.sizes]
    if node.items is not None:
        return array_of(scope, kind, node.items, _given_sizes(scope, bounds, node.sizes))
    for size, each in zip(bounds, node.sizes, strict=True):
        if isinstance(size.constant, int) and size.constant < 0:
            scope.refuse("CS0248", each)
    sizes = [as_size(scope, size, node).code for size in bounds]
    return Bound(kind, scope.call(make_array, scope.use(item), *sizes), safe=True)


def _given_sizes(scope: Scope, bounds: Sequence[Bound], nodes: Sequence[nodes.Node]) -> list[int]:
    """The sizes that stand beside an initializer."""
    sizes: list[int] = []
    for bound, node in zip(bounds, nodes, strict=True):
        if not isinstance(bound.constant, int):
            scope.refuse("CS0150", node)
        sizes.append(bound.constant)
    return sizes


def _typed_by_items(scope: Scope, node: nodes.ArrayCreation) -> Bound:
    assert node.items is not None
    values = [value(scope.trial(), item) for item in _leaves(node.items)]
    item = common_type(scope, [each for each in values if each.type is not NULL])
    if not any(each.type is item for each in values):
        scope.refuse("CS0826", node.at)
    return array_of(scope, array_type(item, node.rank), node.items)


def _leaves(items: nodes.ArrayInitializer) -> Iterator[nodes.Node]:
    """The values of an initializer of any number of dimensions, in one row."""
    for item in items.items:
        if isinstance(item, nodes.ArrayInitializer):
            yield from _leaves(item)
        else:
            yield item


def array_of(scope: Scope, kind: Type, items: nodes.ArrayInitializer, sizes: Sequence[int] = ()) -> Bound:
    """`{ a, b }` as an array of that type; `sizes` are those that are written beside it."""
    if kind.kind != "array":
        scope.refuse("CS0622", items.at)
    item = kind.arguments[0]
    shape, leaves = _shape(scope, kind.rank, items, sizes)
    codes = ", ".join(convert(scope, bind(scope, each), item, each).code for each in leaves)
    if kind.name == "System.Byte[]":
        return Bound(kind, f"{scope.use(bytearray)}([{codes}])", safe=True)
    further = f", {tuple(shape)!r}" if kind.rank > 1 else ""
    return Bound(kind, f"{scope.use(ClrArray)}([{codes}], {item.name!r}{further})", safe=True)


def _shape(
    scope: Scope, rank: int, items: nodes.ArrayInitializer, sizes: Sequence[int]
) -> tuple[list[int], list[nodes.Node]]:
    """The sizes of an array's dimensions, and its items in one row."""
    shape: list[int] = []
    level: list[nodes.Node] = [items]
    for depth in range(rank):
        wanted = sizes[depth] if sizes else None
        inner: list[nodes.Node] = []
        for row in level:
            if not isinstance(row, nodes.ArrayInitializer):
                scope.refuse("CS0846", row)
            wanted = len(row.items) if wanted is None else wanted
            if len(row.items) != wanted:
                scope.refuse("CS0847", row.at, wanted)
            inner += row.items
        shape.append(wanted or 0)
        level = inner
    return shape, level


_SIZES = {
    "SByte": 1, "Byte": 1, "Boolean": 1, "Int16": 2, "UInt16": 2, "Char": 2, "Int32": 4, "UInt32": 4,
    "Single": 4, "Int64": 8, "UInt64": 8, "Double": 8, "Decimal": 16,
}  # fmt: skip


def bind_literal(scope: Scope, node: nodes.Literal) -> Bound:
    known = node.value is not None
    return literal(scope, node.value, scope.registry.named(clr_type_name(node.value)) if known else NULL)


def bind_default(scope: Scope, node: nodes.DefaultValue) -> Bound:
    if node.type is None:
        scope.refuse("CS8107", node.at)
    return default_value(scope, type_of(scope, node.type))


def bind_nameof(scope: Scope, node: nodes.NameOf) -> Bound:
    try:
        bind(scope.trial(), node.operand)
    except PolicyError as error:
        if error.code != "CS0120":  # a member that is there, though not without an object
            raise
    return literal(scope, node.operand.name, scope.registry.string)


def bind_sizeof(scope: Scope, node: nodes.SizeOf) -> Bound:
    kind = type_of(scope, node.type)
    size = _SIZES.get(kind.name.removeprefix("System."))
    if size is None:
        scope.refuse("CS0233", node.at, kind)
    return literal(scope, size, scope.registry.int)


# Objects


def bind_new(scope: Scope, node: nodes.ObjectCreation) -> Bound:
    made = find_type(scope, node.type)
    if made is None:
        raise no_type(scope, node.type)
    if made.kind == "static":
        scope.refuse("CS0712", node.at, made)
    if made.kind == "interface" or made.definition is None:
        scope.refuse("CS0144", node.at, made)
    if made.is_value and not node.arguments:
        bound = default_value(scope, made)
    else:
        bound = construct(scope, made, given_arguments(scope, node.arguments), node.type.at)
    return _initialized(scope, bound, node.initializer) if node.initializer else bound


def _initialized(scope: Scope, bound: Bound, initializer: nodes.Initializer) -> Bound:
    """The object after its initializer has run on it."""
    if not initializer.entries:
        return bound
    enumerable = scope.registry.named("System.Collections.IEnumerable")
    if isinstance(initializer.entries[0][2], list) and not scope.registry.derives(bound.type, enumerable):
        scope.refuse("CS1922", initializer.at, bound.type)
    name = scope.temporary()
    target = Bound(bound.type, name, repeatable=True, safe=bound.safe)
    entries = [_entry(scope, target, *entry) for entry in initializer.entries]
    names: set[str] = set()
    for at, key, _ in initializer.entries:
        if isinstance(key, str):
            if key in names:
                scope.refuse("CS1912", at, key)
            names.add(key)
    return bound._replace(code=in_order(scope, (f"({name} := {bound.code})", *entries), name))


def _entry(
    scope: Scope,
    target: Bound,
    at: int,
    key: str | list[nodes.Argument] | None,
    given: list[nodes.Node] | nodes.Node,
) -> str:
    if isinstance(given, list):
        return _added(scope, target, [Given(item, value_or_untyped(scope, item)) for item in given], at).code
    if isinstance(key, str):
        place = assignable_property(scope, target, key, at)
    else:
        place = element(scope, target, key or [], at)._replace(still=True)
    if isinstance(given, nodes.Initializer):
        if place.type.is_value:
            scope.refuse("CS1918", at, shown_property(place), place.type)
        # On what the member holds, which is not looked at for nothing.
        return _initialized(scope, read(scope, place), given).code if given.entries else "None"
    bound = convert(scope, bind(scope, given), place.type, given)
    return stored(scope, place, bound.code, at)


def _added(scope: Scope, target: Bound, given: Sequence[Given], at: int) -> Bound:
    """One element of a collection initializer. Values of a wrong type have a code of their own."""
    kind = target.type
    if not given:
        scope.refuse("CS1920", at)
    try:
        return call_group(scope, MethodGroup(at, "Add", kind, target), given)
    except PolicyError as error:
        members = scope.registry.members(kind, "Add")
        taken = any(takes(member, len(given)) for _, member in members)
        if not taken or error.code not in ("CS1503", "CS1501"):
            raise
        owner, member = members[0]
        if len(given) < len(member.parameters):
            raise Resolution(scope, [(owner, member)], given).refusal("Add", kind, at) from None
        scope.refuse("CS1950", at, shown_member(owner, member))


def bind_anonymous(scope: Scope, node: nodes.AnonymousCreation) -> Bound:
    members: dict[str, Bound] = {}
    for at, name, written in node.members:
        if name in members:
            scope.refuse("CS0833", at)
        members[name] = typed(scope, written, "CS0828", at)
    kind = anonymous_type(tuple((name, bound.type) for name, bound in members.items()))
    inner = ", ".join(f"{name!r}: {bound.code}" for name, bound in members.items())
    return Bound(kind, f"{scope.use(Anonymous)}({{{inner}}})", safe=True)
