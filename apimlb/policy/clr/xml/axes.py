"""Walking trees of System.Xml.Linq: axes of one node, and of every node of a sequence."""

from collections.abc import Callable, Iterable, Iterator
from functools import cmp_to_key
from itertools import chain

from apimlb.policy.clr.collections import iteration
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.types.definitions import Definition, Row
from apimlb.policy.clr.xml.edits import remove_each
from apimlb.policy.clr.xml.names import XML, XMLNS, X, XName, XNamespace
from apimlb.policy.clr.xml.nodes import XAttribute, XContainer, XDocument, XElement, XNode, XObject
from apimlb.policy.clr.xml.order import compare_nodes
from apimlb.policy.clr.xml.writer import prefix_in_scope

Walk = Callable[..., Iterable[object]]


def _with_self(walk: Walk) -> Walk:
    """What a walk finds, behind the node from which it starts."""

    def found(target: XObject) -> Iterator[object]:
        yield target
        yield from walk(target)

    return found


def _elements_of(walk: Walk) -> Walk:
    return lambda target: (node for node in walk(target) if isinstance(node, XElement))


def _nodes(target: XContainer) -> list[XNode]:
    return list(target.nodes)


def _attributes(target: XElement) -> list[XAttribute]:
    return list(target.attributes)


def _above(target: XNode) -> Iterator[XElement]:
    here = target.parent
    while isinstance(here, XElement):
        yield here
        here = here.parent


def _after(target: XNode) -> list[XNode]:
    return target.siblings[target.place + 1 :]


def _before(target: XNode) -> list[XNode]:
    return target.siblings[: target.place]


def _found(walk: Walk, target: object, *name: XName | None) -> Iterator[object]:
    """What a walk finds, or with a name what has that name; null is the name of nothing."""
    items = iteration.elements(walk(target))
    if not name:
        return items
    return (item for item in items if item.name == name[0])  # type: ignore[attr-defined]


def axis(walk: Walk) -> Callable[..., LazySequence]:
    """A method that yields what a walk finds, of any name or of the one that it is given."""

    def found(target: XObject, *name: XName | None) -> LazySequence:
        assert isinstance(target, XObject)
        return LazySequence(lambda: _found(walk, target, *name))

    return found


def _spread(walk: Walk) -> Callable[..., LazySequence]:
    """An Extensions method: an axis of each node of a sequence, one node after another, but for null."""

    def found(source: object, *name: XName | None) -> LazySequence:
        return LazySequence(
            lambda: chain.from_iterable(
                _found(walk, node, *name) for node in iteration.elements(source) if node is not None
            )
        )

    return found


# One step


def document(target: XObject) -> XDocument | None:
    top = target.top
    return top if isinstance(top, XDocument) else None


def in_document_order(source: object) -> LazySequence:
    def ordered() -> Iterator[object]:
        found = list(iteration.elements(source))
        charge_sorting(len(found))
        return iter(sorted(found, key=cmp_to_key(compare_nodes)))  # type: ignore[arg-type]

    return LazySequence(ordered)


# Namespaces


def _declared(target: XElement, prefix: str) -> str | None:
    """What the nearest declaration of a prefix says."""
    return next((each.value for each in target.declarations() if each.prefix == prefix), None)


def namespace_of_prefix(target: XElement, prefix: str) -> XNamespace | None:
    if not prefix:
        raise argument("'' is an invalid prefix.")
    uri = {"xml": XML, "xmlns": XMLNS}.get(prefix) or _declared(target, prefix)
    return None if uri is None else XNamespace(uri)


_SELF_AND_ABOVE = _with_self(_above)
_SELF_AND_BELOW = _with_self(XContainer.below)
_DESCENDANTS = _elements_of(XContainer.below)
_SELF_AND_DESCENDANTS = _with_self(_DESCENDANTS)
_E = "IEnumerable<XElement>"
_N = "IEnumerable<XNode>"

NODE_AXES: tuple[Row, ...] = (
    (f"{_E} Ancestors([XName name])", axis(_above)),
    (f"{_E} ElementsAfterSelf([XName name])", axis(_elements_of(_after))),
    (f"{_E} ElementsBeforeSelf([XName name])", axis(_elements_of(_before))),
    (f"{_N} NodesAfterSelf()", axis(_after)),
    (f"{_N} NodesBeforeSelf()", axis(_before)),
    ("XNode NextNode", lambda target: target.beside(1)),
    ("XNode PreviousNode", lambda target: target.beside(-1)),
    ("bool IsAfter(XNode node)", lambda target, other: compare_nodes(target, other) > 0),
    ("bool IsBefore(XNode node)", lambda target, other: compare_nodes(target, other) < 0),
)
CONTAINER_AXES: tuple[Row, ...] = (
    ("XElement Element(XName name)", XContainer.element),
    (f"{_E} Elements([XName name])", axis(XContainer.elements)),
    (f"{_E} Descendants([XName name])", axis(_DESCENDANTS)),
    (f"{_N} Nodes()", axis(_nodes)),
    (f"{_N} DescendantNodes()", axis(XContainer.below)),
    ("XNode FirstNode", lambda target: target.nodes[0] if target.nodes else None),
    ("XNode LastNode", lambda target: target.nodes[-1] if target.nodes else None),
)
ELEMENT_AXES: tuple[Row, ...] = (
    (f"{_E} AncestorsAndSelf([XName name])", axis(_SELF_AND_ABOVE)),
    (f"{_E} DescendantsAndSelf([XName name])", axis(_SELF_AND_DESCENDANTS)),
    (f"{_N} DescendantNodesAndSelf()", axis(_SELF_AND_BELOW)),
    ("XAttribute Attribute(XName name)", XElement.attribute),
    ("IEnumerable<XAttribute> Attributes([XName name])", axis(_attributes)),
    ("XAttribute FirstAttribute", lambda target: target.attributes[0] if target.attributes else None),
    ("XAttribute LastAttribute", lambda target: target.attributes[-1] if target.attributes else None),
    ("XNamespace GetDefaultNamespace()", lambda target: XNamespace(_declared(target, "") or "")),
    ("XNamespace GetNamespaceOfPrefix(string! prefix)", namespace_of_prefix),
    (
        "string GetPrefixOfNamespace(XNamespace! ns)",
        lambda target, space: prefix_in_scope(target, space.uri, False),
    ),
)

_T = "this IEnumerable<T>! source"
_OWN = f"this {_E}! source"
EXTENSIONS = Definition(
    X + "Extensions", "static",
    rows=(
        (f"static {_E} Elements<T>({_T}[, XName name])", _spread(XContainer.elements)),
        (f"static {_E} AncestorsAndSelf({_OWN}[, XName name])", _spread(_SELF_AND_ABOVE)),
        (f"static {_E} DescendantsAndSelf({_OWN}[, XName name])", _spread(_SELF_AND_DESCENDANTS)),
        (f"static IEnumerable<XAttribute> Attributes({_OWN}[, XName name])", _spread(_attributes)),
        # Without a name these two cannot be called: Newtonsoft's Extensions have the same.
        (f"static {_E} Ancestors<T>({_T}, XName name)", _spread(_above)),
        (f"static {_E} Descendants<T>({_T}, XName name)", _spread(_DESCENDANTS)),
        (f"static {_N} Nodes<T>({_T})", _spread(_nodes)),
        (f"static {_N} DescendantNodes<T>({_T})", _spread(XContainer.below)),
        (f"static {_N} DescendantNodesAndSelf({_OWN})", _spread(_SELF_AND_BELOW)),
        (f"static IEnumerable<T> InDocumentOrder<T>({_T})", in_document_order),
        (f"static void Remove<T>({_T})", remove_each),
    ),
)  # fmt: skip
