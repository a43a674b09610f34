"""Which locals closures share by assignment or keep per round of a loop: those live in cells."""

from collections.abc import Iterator

from apimlb.policy.csharp.nodes import (
    Argument,
    Assign,
    Declare,
    DoWhile,
    For,
    ForEach,
    Is,
    Lambda,
    LocalFunction,
    Name,
    Node,
    Step,
    While,
)


def celled_names(tree: Node) -> set[str]:
    """Names, wherever declared, whose locals must be cells. A name too many costs a little time, no more."""
    captured: set[str] = set()
    assigned: set[str] = set()
    looped: set[str] = set()
    stack: list[tuple[Node, bool, bool]] = [(tree, False, False)]
    while stack:
        node, inside, in_loop = stack.pop()
        if inside:
            if isinstance(node, Name):
                captured.add(node.name)
            assigned.update(_assigned(node))
        if in_loop:
            looped.update(_declared(node))
        if isinstance(node, ForEach):
            looped.add(node.name)
        deeper = inside or isinstance(node, Lambda | LocalFunction)
        for child, body in _children(node):
            stack.append((child, deeper, in_loop or body))
    return captured & (assigned | looped)


def _assigned(node: Node) -> Iterator[str]:
    target = node.target if isinstance(node, Assign) else node.operand if isinstance(node, Step) else None
    if isinstance(node, Argument) and node.mode:
        target = node.value
    if isinstance(target, Name):
        yield target.name
    if isinstance(node, Argument) and node.declared:
        yield node.declared


def _declared(node: Node) -> Iterator[str]:
    if isinstance(node, Declare):
        for _, name, _ in node.declarators:
            yield name
    elif isinstance(node, Argument) and node.declared:
        yield node.declared
    elif isinstance(node, Is) and node.name:
        yield node.name


def _children(node: Node) -> Iterator[tuple[Node, bool]]:
    """Child nodes, and whether each is run every round of the loop that the node is."""
    loops = isinstance(node, While | DoWhile | For | ForEach)
    for name in node.__dataclass_fields__:
        per_round = loops and name in ("body", "condition")
        for child in _nodes(getattr(node, name)):
            yield child, per_round


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _nodes(each)
