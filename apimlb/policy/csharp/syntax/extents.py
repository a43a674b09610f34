"""Where a piece of syntax begins: messages of C# point at its first character."""

from apimlb.policy.csharp.syntax import nodes

_BEGINS_WITH_ANOTHER = (
    nodes.As, nodes.Assignment, nodes.Binary, nodes.Conditional, nodes.ConditionalAccess,
    nodes.ElementAccess, nodes.Increment, nodes.Invocation, nodes.Is, nodes.MemberAccess,
)  # fmt: skip


def start(node: nodes.Node, brackets: dict[int, int]) -> int:
    """The offset of the first character of `node`. `brackets` are the offsets of the round brackets around
    nodes, by the node's id; those around `node` itself do not count."""
    while isinstance(node, _BEGINS_WITH_ANOTHER):
        if isinstance(node, nodes.Increment) and node.prefix:
            break
        node = next(nodes.children(node))
        opening = brackets.get(id(node))
        if opening is not None:
            return opening
    return node.at
