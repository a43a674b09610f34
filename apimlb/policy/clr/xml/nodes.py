"""System.Xml.Linq's tree: attributes, nodes, elements and documents."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, MAX_DEPTH, charge_each
from apimlb.policy.clr.xml.names import XMLNS, X, XName, verify

_NODE: Final = 350
"""Bytes of memory that a node or an attribute takes."""


def level(depth: int) -> int:
    """One level deeper; throws where a tree is nested too deeply to be walked."""
    if depth > MAX_DEPTH:
        raise exceptions.over_limit(f"{MAX_DEPTH} levels of XML")
    return depth + 1


class XObject:
    """An attribute or a node; `notes` are its annotations."""

    __slots__ = ("notes", "parent")
    notes: list[object]
    clr_name = X + "XObject"
    kind = ""
    base_uri = ""

    def __init__(self) -> None:
        self.parent: XContainer | None = None

    @property
    def top(self) -> "XObject":
        """The root of its tree."""
        here: XObject = self
        while here.parent is not None:
            BUDGET.spend()
            here = here.parent
        return here

    @property
    def owner(self) -> "XContainer":
        """The parent; throws System.InvalidOperationException where there is none."""
        if self.parent is None:
            raise exceptions.invalid_operation("The parent is missing.")
        return self.parent

    @property
    def siblings(self) -> list[Any]:
        """The list that it stands in; an empty one without a parent."""
        return [] if self.parent is None else self.parent.nodes

    @property
    def place(self) -> int:
        """Where it stands in that list; -1 without a parent."""
        siblings = self.siblings
        charge_each(len(siblings) >> 2)
        return next((i for i, each in enumerate(siblings) if each is self), -1)

    def beside(self, offset: int) -> "XObject | None":
        """The attribute or node so many places behind, if there is one."""
        siblings, place = self.siblings, self.place + offset
        return siblings[place] if 0 <= place < len(siblings) else None

    def remove(self) -> None:
        """Take it out of its parent; throws System.InvalidOperationException where there is none."""
        assert self.owner
        del self.siblings[self.place]
        self.parent = None


class XAttribute(XObject):
    """An attribute; a namespace declaration is one too."""

    __slots__ = ("name", "value")
    clr_name = X + "XAttribute"
    kind = "Attribute"

    def __init__(self, name: XName, value: str) -> None:
        super().__init__()
        self.name = name
        self.value = value

    @property
    def declares(self) -> bool:
        return self.name.uri == XMLNS or (self.name.local == "xmlns" and not self.name.uri)

    @property
    def prefix(self) -> str:
        """The prefix that a declaration declares."""
        return self.name.local if self.name.uri else ""

    @property
    def siblings(self) -> list[Any]:
        return self.parent.attributes if isinstance(self.parent, XElement) else []

    def copy(self) -> "XAttribute":
        return XAttribute(self.name, self.value)


class XNode(XObject):
    """Anything inside an element or document. One that holds no other nodes is made of its `facts`."""

    __slots__ = ()
    clr_name = X + "XNode"
    facts: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.facts)

    def copy(self, depth: int = 0) -> "XNode":
        return type(self)(*self.parts)


class XText(XNode):
    """Text; by its `kind` also a CDATA section or a comment."""

    __slots__ = ("value",)
    clr_name = X + "XText"
    kind = "Text"
    facts = ("value",)

    def __init__(self, value: str) -> None:
        # Written out, as in XElement: a document holds many.
        self.parent = None
        self.value = value


class XCData(XText):
    __slots__ = ()
    clr_name = X + "XCData"
    kind = "CDATA"


class XComment(XText):
    __slots__ = ()
    clr_name = X + "XComment"
    kind = "Comment"


class XProcessingInstruction(XNode):
    __slots__ = ("data", "target")
    clr_name = X + "XProcessingInstruction"
    kind = "ProcessingInstruction"
    facts = ("target", "data")

    def __init__(self, target: str | None, data: str) -> None:
        super().__init__()
        self.target = target_name(target)
        self.data = data


def target_name(target: str | None) -> str:
    target = exceptions.required(target, "name")
    if verify(target).lower() == "xml":
        raise exceptions.argument(f"'{target}' is an invalid name for a processing instruction.")
    return target


class XDocumentType(XNode):
    __slots__ = ("internal", "name", "public", "system")
    clr_name = X + "XDocumentType"
    kind = "DocumentType"
    facts = ("name", "public", "system", "internal")

    def __init__(self, name: str, public: str | None, system: str | None, internal: str | None) -> None:
        super().__init__()
        self.name = verify(name, colons=True)
        self.public = public
        self.system = system
        self.internal = internal


@dataclass(eq=False)
class XDeclaration:
    clr_name = X + "XDeclaration"
    version: str | None
    encoding: str | None
    standalone: str | None

    def copy(self) -> "XDeclaration":
        return replace(self)

    def __str__(self) -> str:
        inner = "".join(f' {name}="{text}"' for name, text in vars(self).items() if text is not None)
        return f"<?xml{inner}?>"


class XContainer(XNode):
    """An element or a document. One that is `hollow` holds an empty text: `<a></a>` and not `<a />`."""

    __slots__ = ("hollow", "nodes")

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[XNode] = []
        self.hollow = False

    def check(self, node: XNode, place: int) -> None:
        """Throws System.ArgumentException for a node that may not stand there."""
        if isinstance(node, XDocument | XDocumentType):
            raise exceptions.argument(f"A node of type {node.kind} cannot be added to content.")

    def insert(self, place: int, node: XNode) -> None:
        """Take a node in; a copy of one that has a parent or would hold itself."""
        BUDGET.build(6 + (len(self.nodes) - place >> 4), _NODE)
        self.check(node, place)
        own = node
        if node.parent is not None or (isinstance(node, XContainer) and self.top is node):
            own = node.copy()
        own.parent = self
        self.nodes.insert(place, own)
        self.hollow = False

    def take(self, node: XNode, steps: int) -> None:
        """Take in a new node behind all others, which may stand there and took so many steps to make."""
        BUDGET.build(steps, _NODE)
        node.parent = self
        self.nodes.append(node)

    def insert_text(self, place: int, text: str) -> int:
        """A text becomes part of the text before it, if there is one; the place behind it."""
        last = self.nodes[place - 1] if place else None
        if type(last) is XText:
            self.check(XText(text), place)
            BUDGET.spend(len(last.value) >> 6)
            last.value += text
        elif text:
            self.insert(place, XText(text))
            return place + 1
        elif not self.nodes:
            self.hollow = True
        return place

    def append(self, node: XNode) -> None:
        self.insert(len(self.nodes), node)

    def clear(self) -> None:
        for node in self.nodes:
            node.parent = None
        self.nodes.clear()
        self.hollow = False

    def elements(self, name: XName | None = None) -> Iterator["XElement"]:
        charge_each(len(self.nodes))
        for node in list(self.nodes):
            if isinstance(node, XElement) and (name is None or node.name == name):
                yield node

    def element(self, name: XName | None) -> "XElement | None":
        """The first child element of that name; null is the name of no element."""
        return None if name is None else next(self.elements(name), None)

    def below(self) -> Iterator[XNode]:
        """All nodes below, in the order of the document."""
        stack = [iter(list(self.nodes))]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                continue
            BUDGET.spend()
            yield node
            if isinstance(node, XContainer):
                stack.append(iter(list(node.nodes)))


class XElement(XContainer):
    __slots__ = ("attributes", "name")
    clr_name = X + "XElement"
    kind = "Element"

    def __init__(self, name: XName) -> None:
        self.parent = None
        self.nodes = []
        self.hollow = False
        self.name = name
        self.attributes: list[XAttribute] = []

    @property
    def value(self) -> str:
        """The text of all descendants."""
        return "".join(
            node.value for node in self.below() if isinstance(node, XText) and node.kind != "Comment"
        )

    @value.setter
    def value(self, text: str) -> None:
        self.clear()
        self.insert_text(0, text)

    def declarations(self) -> Iterator[XAttribute]:
        """The namespace declarations here and above, the nearest first, and the hidden ones too."""
        here: XContainer | None = self
        while isinstance(here, XElement):
            charge_each(len(here.attributes) + 4)
            yield from (each for each in reversed(here.attributes) if each.declares)
            here = here.parent

    def attribute(self, name: XName) -> XAttribute | None:
        return next((each for each in self.attributes if each.name == name), None)

    def add_attribute(self, attribute: XAttribute) -> None:
        BUDGET.build(4 + (len(self.attributes) >> 2), _NODE)
        if self.attribute(attribute.name) is not None:
            raise exceptions.invalid_operation("Duplicate attribute.")
        own = attribute.copy() if attribute.parent is not None else attribute
        own.parent = self
        self.attributes.append(own)

    def clear_attributes(self) -> None:
        for each in self.attributes:
            each.parent = None
        self.attributes.clear()

    def copy(self, depth: int = 0) -> "XElement":
        made = XElement(self.name)
        made.hollow = self.hollow
        for each in self.attributes:
            made.add_attribute(each.copy())
        for node in self.nodes:
            made.append(node.copy(level(depth)))
        return made


class XDocument(XContainer):
    clr_name = X + "XDocument"
    kind = "Document"
    declaration: XDeclaration | None = None

    @property
    def root(self) -> XElement | None:
        return next(self.elements(), None)

    def check(self, node: XNode, place: int) -> None:
        """One element, one document type before it, and no text."""
        if isinstance(node, XDocument | XCData):
            raise exceptions.argument(f"A node of type {node.kind} cannot be added to content.")
        if type(node) is XText and node.value.strip(" \t\r\n"):
            raise exceptions.argument("Non-whitespace characters cannot be added to content.")
        if isinstance(node, XElement | XDocumentType):
            around = (*self.nodes[:place], node, *self.nodes[place:])
            kinds = [each.kind for each in around if isinstance(each, XElement | XDocumentType)]
            if kinds not in (["DocumentType"], ["Element"], ["DocumentType", "Element"]):
                raise exceptions.invalid_operation(
                    "This operation would create an incorrectly structured document."
                )

    def copy(self, depth: int = 0) -> "XDocument":
        made = XDocument()
        made.declaration = self.declaration and self.declaration.copy()
        for node in self.nodes:
            made.append(node.copy(level(depth)))
        return made
