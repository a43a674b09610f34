"""Where a piece of syntax begins: messages of C# point at its first character."""

from apimlb.policy.csharp.syntax import nodes

_FIRST: dict[type[nodes.Node], str] = {
    nodes.As: "operand",
    nodes.Assignment: "target",
    nodes.Binary: "left",
    nodes.Invocation: "target",
    nodes.ConditionalAccess: "target",
    nodes.ElementAccess: "target",
    nodes.Is: "operand",
    nodes.MemberAccess: "target",
    nodes.Increment: "operand",
    nodes.Conditional: "condition",
}


def start(node: nodes.Node, brackets: dict[int, int]) -> int:
    """The offset of the first character of `node`. `brackets` are the offsets of the round brackets around
    nodes, by the node's id; those around `node` itself do not count."""
    while True:
        name = _FIRST.get(type(node))
        if name is None or (isinstance(node, nodes.Increment) and node.prefix):
            return node.at
        node = getattr(node, name)
        opening = brackets.get(id(node))
        if opening is not None:
            return opening
