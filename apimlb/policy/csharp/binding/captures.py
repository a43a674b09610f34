"""Which locals closures share by assignment or keep per round of a loop: those live in cells."""

from collections.abc import Iterator, Sequence

from apimlb.policy.csharp.syntax.nodes import (
    Argument,
    Assignment,
    Increment,
    Is,
    Lambda,
    Name,
    Node,
    nodes_in,
)
from apimlb.policy.csharp.syntax.statements import (
    BlockStatement,
    CheckedBlock,
    Declaration,
    DoWhile,
    For,
    ForEach,
    If,
    LocalFunction,
    Switch,
    SwitchLabel,
    Try,
    Using,
    While,
)

_OWN_SCOPE = (
    BlockStatement,
    CheckedBlock,
    DoWhile,
    For,
    ForEach,
    Lambda,
    LocalFunction,
    Switch,
    Try,
    Using,
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
    target = (
        node.target if isinstance(node, Assignment) else node.operand if isinstance(node, Increment) else None
    )
    if isinstance(node, Argument) and node.mode:
        target = node.value
    if isinstance(target, Name):
        yield target.name
    if isinstance(node, Argument) and node.declared:
        yield node.declared


def _declared(node: Node) -> Iterator[str]:
    if isinstance(node, Declaration):
        for _, name, _ in node.declarators:
            yield name
    elif isinstance(node, Argument) and node.declared:
        yield node.declared
    elif isinstance(node, Is | SwitchLabel) and node.name:
        yield node.name


def _children(node: Node) -> Iterator[tuple[Node, bool]]:
    """Child nodes, and whether each is run every round of the loop that the node is."""
    loops = isinstance(node, While | DoWhile | For | ForEach)
    for name in node.fields:
        per_round = loops and name in ("body", "condition")
        for child in nodes_in(getattr(node, name)):
            yield child, per_round


def declaration(statements: Sequence[Node], name: str) -> tuple[int, bool] | None:
    """Where the statements of a block declare a local of that name, for the whole block, and whether its type
    is inferred."""
    for each in statements:
        found = _declared_in(each, name)
        if found is not None:
            return found
    return None


def _declared_in(node: Node, name: str) -> tuple[int, bool] | None:
    if isinstance(node, Declaration):
        for at, declared, _ in node.declarators:
            if declared == name:
                return at, node.type.is_var
    if isinstance(node, Argument) and node.declared == name:
        return node.name_at, True
    if isinstance(node, Is) and node.name == name:
        return node.name_at, True
    if isinstance(node, _OWN_SCOPE):
        return None
    fields = ["condition"] if isinstance(node, If) else node.fields
    for field in fields:
        for child in nodes_in(getattr(node, field)):
            found = _declared_in(child, name)
            if found is not None:
                return found
    return None
