"""Which locals closures share by assignment or keep per round of a loop: those live in cells."""

from collections.abc import Iterator, Sequence

from apimlb.policy.csharp.syntax import nodes, statement_nodes

_OWN_SCOPE = (
    statement_nodes.BlockStatement,
    statement_nodes.CheckedBlock,
    statement_nodes.DoWhile,
    statement_nodes.For,
    statement_nodes.ForEach,
    nodes.Lambda,
    statement_nodes.LocalFunction,
    statement_nodes.Switch,
    statement_nodes.Try,
    statement_nodes.Using,
    statement_nodes.While,
)


def celled_names(tree: nodes.Node) -> set[str]:
    """Names, wherever declared, whose locals must be cells. A name too many costs a little time, no more."""
    captured: set[str] = set()
    assigned: set[str] = set()
    looped: set[str] = set()
    stack: list[tuple[nodes.Node, bool, bool]] = [(tree, False, False)]
    while stack:
        node, inside, in_loop = stack.pop()
        if inside:
            if isinstance(node, nodes.Name):
                captured.add(node.name)
            assigned.update(_assigned(node))
        if in_loop:
            looped.update(_declared(node))
        if isinstance(node, statement_nodes.ForEach):
            looped.add(node.name)
        deeper = inside or isinstance(node, nodes.Lambda | statement_nodes.LocalFunction)
        for child, body in _children(node):
            stack.append((child, deeper, in_loop or body))
    return captured & (assigned | looped)


def assigned_names(tree: nodes.Node) -> set[str]:
    """The names that are given another value than their first."""
    found: set[str] = set()
    stack: list[nodes.Node] = [tree]
    while stack:
        node = stack.pop()
        found.update(_assigned(node))
        stack.extend(child for child, _ in _children(node))
    return found


def _assigned(node: nodes.Node) -> Iterator[str]:
    target = (
        node.target
        if isinstance(node, nodes.Assignment)
        else node.operand
        if isinstance(node, nodes.Increment)
        else None
    )
    if isinstance(node, nodes.Argument) and node.mode:
        target = node.value
    if isinstance(target, nodes.Name):
        yield target.name
    if isinstance(node, nodes.Argument) and node.declared:
        yield node.declared


def _declared(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, statement_nodes.Declaration):
        for _, name, _ in node.declarators:
            yield name
    elif isinstance(node, nodes.Argument) and node.declared:
        yield node.declared
    elif isinstance(node, nodes.Is | statement_nodes.SwitchLabel) and node.name:
        yield node.name


def _children(node: nodes.Node) -> Iterator[tuple[nodes.Node, bool]]:
    """Child nodes, and whether each is run every round of the loop that the node is."""
    loops = isinstance(
        node, statement_nodes.While | statement_nodes.DoWhile | statement_nodes.For | statement_nodes.ForEach
    )
    for name in node.fields:
        per_round = loops and name in ("body", "condition")
        for child in nodes.nodes_in(getattr(node, name)):
            yield child, per_round


def declaration(statements: Sequence[nodes.Node], name: str) -> tuple[int, bool] | None:
    """Where the statements of a block declare a local of that name, for the whole block, and whether its type
    is inferred."""
    for each in statements:
        found = _declared_in(each, name)
        if found is not None:
            return found
    return None


def _declared_in(node: nodes.Node, name: str) -> tuple[int, bool] | None:
    if isinstance(node, statement_nodes.Declaration):
        for at, declared, _ in node.declarators:
            if declared == name:
                return at, node.type.is_var
    if isinstance(node, nodes.Argument) and node.declared == name:
        return node.name_at, True
    if isinstance(node, nodes.Is) and node.name == name:
        return node.name_at, True
    if isinstance(node, _OWN_SCOPE):
        return None
    fields = ["condition"] if isinstance(node, statement_nodes.If) else node.fields
    for field in fields:
        for child in nodes.nodes_in(getattr(node, field)):
            found = _declared_in(child, name)
            if found is not None:
                return found
    return None
