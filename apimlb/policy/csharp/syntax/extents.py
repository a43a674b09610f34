"""Where a piece of syntax begins: messages of C# point at its first character."""

from apimlb.policy.csharp.syntax.nodes import (
    As,
    Assignment,
    Binary,
    Conditional,
    ConditionalAccess,
    ElementAccess,
    Increment,
    Invocation,
    Is,
    MemberAccess,
    Node,
)

_FIRST: dict[type[Node], str] = {
    As: "operand",
    Assignment: "target",
    Binary: "left",
    Invocation: "target",
    ConditionalAccess: "target",
    ElementAccess: "target",
    Is: "operand",
    MemberAccess: "target",
    Increment: "operand",
    Conditional: "condition",
}


def start(node: Node, brackets: dict[int, int]) -> int:
    """The offset of the first character of `node`. `brackets` are the offsets of the round brackets around
    nodes, by the node's id; those around `node` itself do not count."""
    while True:
        name = _FIRST.get(type(node))
        if name is None or (isinstance(node, Increment) and node.prefix):
            return node.at
        node = getattr(node, name)
        opening = brackets.get(id(node))
        if opening is not None:
            return opening
