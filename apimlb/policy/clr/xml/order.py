"""Which of two nodes comes first in a document, and which are alike."""

from itertools import groupby

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.exceptions import invalid_operation
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import X


def shape(node: nodes.XNode, depth: int = 0) -> object:
    """What two nodes have in common if XNode.DeepEquals holds: texts side by side are one, an element that
    is empty differs from one with an empty text."""
    BUDGET.spend(5)
    if not isinstance(node, nodes.XContainer):
        return node.kind, *node.parts
    parts: list[object] = []
    for is_text, run in groupby(node.nodes, lambda child: type(child) is nodes.XText):
        if is_text:
            text = "".join(child.value for child in run if isinstance(child, nodes.XText))
            BUDGET.spend(len(text) >> 6)
            parts += [text] if text else []
        else:
            parts += [shape(child, nodes.level(depth)) for child in run]
    if not parts and (node.hollow or node.nodes):
        parts.append("")
    if isinstance(node, nodes.XElement):
        attributes = tuple((each.name, each.value) for each in node.attributes)
        return node.kind, node.name, attributes, tuple(parts)
    return node.kind, tuple(parts)


def deep_equals(left: nodes.XNode | None, right: nodes.XNode | None) -> bool:
    if left is None or right is None or left is right:
        return left is right
    return shape(left) == shape(right)


def _way(node: nodes.XNode) -> tuple[nodes.XNode, list[int]]:
    """The top of a node's tree, and the places on the way down."""
    places: list[int] = []
    here = node
    while here.parent is not None:
        BUDGET.spend()
        places.append(here.place)
        here = here.parent
    return here, places[::-1]


def compare_nodes(left: nodes.XNode | None, right: nodes.XNode | None) -> int:
    """XNode.CompareDocumentOrder; throws System.InvalidOperationException for nodes of two trees."""
    if left is None or right is None or left is right:
        return (left is not None) - (right is not None)
    (top, mine), (other, theirs) = _way(left), _way(right)
    if top is not other:
        raise invalid_operation("A common ancestor is missing.")
    return (mine > theirs) - (mine < theirs)


def _key(value: object) -> object:
    return shape(value) if isinstance(value, nodes.XNode) else value


ALIKE = Comparer(X + "XNodeEqualityComparer", _key)
IN_ORDER = Comparer(X + "XNodeDocumentOrderComparer", _key, compare_nodes)
