"""Where a piece of syntax begins: messages of C# point at its first character."""

from apimlb.policy.csharp.syntax.nodes import (
    As,
    Assign,
    Binary,
    Call,
    ConditionalAccess,
    Index,
    Is,
    Member,
    Node,
    Step,
    Ternary,
)

_FIRST: dict[type[Node], str] = {
    As: "operand", Assign: "target", Binary: "left", Call: "target", ConditionalAccess: "target",
    Index: "target", Is: "operand", Member: "target", Step: "operand", Ternary: "condition",
}  # fmt: skip


def start(node: Node, brackets: dict[int, int]) -> int:
    """The offset of the first character of `node`. `brackets` are the offsets of the round brackets around
    nodes, by the node's id; those around `node` itself do not count."""
    while True:
        name = _FIRST.get(type(node))
        if name is None or (isinstance(node, Step) and node.prefix):
            return node.at
        node = getattr(node, name)
        opening = brackets.get(id(node))
        if opening is not None:
            return opening
