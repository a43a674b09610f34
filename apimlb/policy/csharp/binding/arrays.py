"""Arrays: `new T[n]`, and what stands in braces."""

from collections.abc import Iterator, Sequence

from apimlb.policy.clr.collections.array_creation import make_array, make_bytes
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import bind, expressions, value
from apimlb.policy.csharp.binding.indexers import as_size
from apimlb.policy.csharp.binding.inference import common_type
from apimlb.policy.csharp.binding.resolution import type_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.syntax.nodes import ArrayCreation, ArrayInitializer, Node


def bind_array(scope: Scope, node: ArrayCreation) -> Bound:
    if node.element is None:
        return _typed_by_items(scope, node)
    item = type_of(scope, node.element)
    kind = scope.registry.array(item, node.rank)
    bounds = [value(scope, each) for each in node.sizes]
    if node.items is not None:
        return array_of(scope, kind, node.items, _given_sizes(scope, bounds, node.sizes))
    for size, each in zip(bounds, node.sizes, strict=True):
        if isinstance(size.constant, int) and size.constant < 0:
            scope.refuse("CS0248", each)
    sizes = [as_size(scope, size, node).code for size in bounds]
    if kind.name == "System.Byte[]":
        return Bound(kind, f"{scope.use(make_bytes)}({sizes[0]})", safe=True)
    arguments = ", ".join((scope.use(item), *sizes))
    return Bound(kind, f"{scope.use(make_array)}({arguments})", safe=True)


def _given_sizes(scope: Scope, bounds: Sequence[Bound], nodes: Sequence[Node]) -> list[int]:
    """The sizes that stand beside an initializer."""
    sizes: list[int] = []
    for bound, node in zip(bounds, nodes, strict=True):
        if not isinstance(bound.constant, int):
            scope.refuse("CS0150", node)
        sizes.append(bound.constant)
    return sizes


def _typed_by_items(scope: Scope, node: ArrayCreation) -> Bound:
    assert node.items is not None
    values = [value(scope.trial(), item) for item in _leaves(node.items)]
    item = common_type(scope, [each for each in values if each.type is not NULL])
    if not any(each.type is item for each in values):
        scope.refuse("CS0826", node.at)
    return array_of(scope, scope.registry.array(item, node.rank), node.items)


def _leaves(items: ArrayInitializer) -> Iterator[Node]:
    """The values of an initializer, whatever its dimensions."""
    for item in items.items:
        if isinstance(item, ArrayInitializer):
            yield from _leaves(item)
        else:
            yield item


def array_of(scope: Scope, kind: Type, items: ArrayInitializer, sizes: Sequence[int] = ()) -> Bound:
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
    scope: Scope, rank: int, items: ArrayInitializer, sizes: Sequence[int]
) -> tuple[list[int], list[Node]]:
    """The sizes of an array's dimensions, and its items in one row."""
    shape: list[int] = []
    level: list[Node] = [items]
    for depth in range(rank):
        rows = [each for each in level if isinstance(each, ArrayInitializer)]
        if len(rows) != len(level):
            scope.refuse("CS0846", level[0])
        wanted = sizes[depth] if sizes else len(rows[0].items) if rows else 0
        for row in rows:
            if len(row.items) != wanted:
                scope.refuse("CS0847", row.at, wanted)
        shape.append(wanted)
        level = [item for row in rows for item in row.items]
    return shape, level


def refuse_initializer(scope: Scope, node: ArrayInitializer) -> Bound:
    """Braces where no array is declared."""
    scope.refuse("CS0623", node.at)


expressions.enter(ArrayCreation, bind_array)
expressions.enter(ArrayInitializer, refuse_initializer)
