"""Which locals closures share by assignment or keep per round of a loop: those live in cells."""

from collections.abc import Iterable, Iterator

from apimlb.policy.csharp.syntax import nodes, statement_nodes

LOOPS = (statement_nodes.For, statement_nodes.ForEach, statement_nodes.DoWhile)
_OWN_SCOPE = (
    *LOOPS,
    statement_nodes.BlockStatement,
    nodes.Lambda,
    statement_nodes.Switch,
    statement_nodes.Try,
    statement_nodes.Using,
)


def celled_names(tree: nodes.Node) -> set[str]:
    """Names, wherever declared, whose locals must be cells. A name too many costs a little time, no more."""
    captured: set[str] = set()
    changing: set[str] = set()
    stack: list[tuple[nodes.Node, bool, bool]] = [(tree, False, False)]
    while stack:
        node, inside, in_loop = stack.pop()
        if inside:
            if isinstance(node, nodes.Name):
                captured.add(node.name)
            changing.update(_assigned(node))
        if in_loop:
            changing.update(_declared(node))
        deeper = inside or isinstance(node, nodes.Lambda | statement_nodes.LocalFunction)
        per_round = (
            (node.body, getattr(node, "condition", None), getattr(node, "variable", None))
            if isinstance(node, LOOPS)
            else ()
        )
        for child in nodes.children(node):
            stack.append((child, deeper, in_loop or child in per_round))
    return captured & changing


def assigned_names(tree: nodes.Node) -> set[str]:
    """The names that are given another value than their first."""
    found: set[str] = set()
    stack: list[nodes.Node] = [tree]
    while stack:
        node = stack.pop()
        found.update(_assigned(node))
        stack.extend(nodes.children(node))
    return found


def _assigned(node: nodes.Node) -> Iterator[str]:
    target = None
    if isinstance(node, nodes.Assignment):
        target = node.target
    elif isinstance(node, nodes.Increment):
        target = node.operand
    elif isinstance(node, nodes.Argument) and node.mode:
        target = node.value
    if isinstance(target, nodes.Name | nodes.TypedName):
        yield target.name


def _declared(node: nodes.Node) -> list[str]:
    """The locals that a node itself declares."""
    if isinstance(node, statement_nodes.Declaration):
        return [name for _, name, _ in node.declarators]
    return [node.name] if isinstance(node, nodes.TypedName) else []


def declares(several: Iterable[nodes.Node], name: str) -> bool:
    """Whether the statements of a block, or the nodes in them, declare a local of that name for the whole
    block."""
    stack = list(several)
    while stack:
        node = stack.pop()
        if name in _declared(node):
            return True
        if not isinstance(node, _OWN_SCOPE):
            stack += nodes.children(node)
    return False
