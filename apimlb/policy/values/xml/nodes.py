"""System.Xml.Linq's tree: names, attributes, nodes, elements and documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apimlb.policy.values.budget import BUDGET
from apimlb.policy.values.dates.dates import DateTime, DateTimeOffset
from apimlb.policy.values.exceptions import ClrException, argument, argument_null
from apimlb.policy.values.json.write import iso_date
from apimlb.policy.values.text import text_of

X = "System.Xml.Linq."
XMLNS = "http://www.w3.org/2000/xmlns/"
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class XNamespace:
    uri: str
    clr_name = X + "XNamespace"

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True, slots=True)
class XName:
    """A name in a namespace; shown as `{uri}local`."""

    uri: str
    local: str
    clr_name = X + "XName"

    def __str__(self) -> str:
        return f"{{{self.uri}}}{self.local}" if self.uri else self.local


def name_of(text: str | None) -> XName | None:
    """The name that a text like `{uri}local` stands for; throws System.Xml.XmlException for none."""
    if text is None:
        return None
    uri, local = "", text
    if text.startswith("{"):
        uri, _, local = text[1:].rpartition("}")
    if not local:
        raise argument("The value cannot be an empty string.", "expandedName")
    if not (local[0].isalpha() or local[0] == "_") or any(c in " <>&/=\"'" for c in local):
        shown = next((c for c in local if not (c.isalnum() or c in "_-.")), local[0])
        raise xml_error(
            f"The '{shown}' character, hexadecimal value 0x{ord(shown):02X}, cannot be included in a name."
        )
    return XName(uri, local)


def escape(text: str) -> str:
    """Text as XML writes it between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """An attribute's value with its quotes."""
    plain = escape(text).replace('"', "&quot;")
    return f'"{plain.replace(chr(10), "&#xA;").replace(chr(13), "&#xD;").replace(chr(9), "&#x9;")}"'


def xml_error(message: str) -> ClrException:
    return ClrException("System.Xml.XmlException", message)


class XAttribute:
    """An attribute; a namespace declaration is one too."""

    clr_name = X + "XAttribute"

    def __init__(self, name: XName, value: str) -> None:
        self.name = name
        self.value = value
        self.parent: XElement | None = None

    def __str__(self) -> str:
        return f"{self.name.local}={quoted(self.value)}"


class XNode:
    """Anything inside an element or document."""

    clr_name = X + "XNode"

    def __init__(self) -> None:
        self.parent: XContainer | None = None

    def copy(self) -> "XNode":
        raise NotImplementedError

    def __str__(self) -> str:
        return xml_text(self)


class XText(XNode):
    """Text, or with `kind` a CDATA section or comment."""

    def __init__(self, value: str, kind: str = "XText") -> None:
        super().__init__()
        self.value = value
        self.kind = kind
        self.clr_name = X + kind

    def copy(self) -> "XText":
        return XText(self.value, self.kind)


class XContainer(XNode):
    """An element or a document, with the nodes inside."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[XNode] = []

    def append(self, node: XNode) -> None:
        """Take a node in; a copy of one that already has a parent."""
        BUDGET.spend()
        last = self.nodes[-1] if self.nodes else None
        if (
            isinstance(node, XText)
            and node.kind == "XText"
            and isinstance(last, XText)
            and last.kind == "XText"
        ):
            last.value += node.value
            return
        own = node.copy() if node.parent is not None else node
        own.parent = self
        self.nodes.append(own)

    def elements(self, name: XName | None = None) -> Iterator["XElement"]:
        for node in list(self.nodes):
            if isinstance(node, XElement) and (name is None or node.name == name):
                yield node

    def descendants(self, name: XName | None = None) -> Iterator["XElement"]:
        stack = [iter(list(self.nodes))]
        while stack:
            for node in stack[-1]:
                if isinstance(node, XElement):
                    if name is None or node.name == name:
                        yield node
                    stack.append(iter(list(node.nodes)))
                    break
            else:
                stack.pop()


class XElement(XContainer):
    clr_name = X + "XElement"

    def __init__(self, name: XName) -> None:
        super().__init__()
        self.name = name
        self.attributes: list[XAttribute] = []

    @property
    def text(self) -> str:
        """The text of all descendants."""
        pieces = []
        stack: list[XNode] = list(reversed(self.nodes))
        while stack:
            node = stack.pop()
            if isinstance(node, XText) and node.kind != "XComment":
                pieces.append(node.value)
            elif isinstance(node, XElement):
                stack.extend(reversed(node.nodes))
        return "".join(pieces)

    def attribute(self, name: XName) -> XAttribute | None:
        return next((each for each in self.attributes if each.name == name), None)

    def add_attribute(self, attribute: XAttribute) -> None:
        if self.attribute(attribute.name) is not None:
            raise ClrException("System.InvalidOperationException", "Duplicate attribute.")
        own = XAttribute(attribute.name, attribute.value) if attribute.parent is not None else attribute
        own.parent = self
        self.attributes.append(own)

    def copy(self) -> "XElement":
        made = XElement(self.name)
        for each in self.attributes:
            made.add_attribute(XAttribute(each.name, each.value))
        for node in self.nodes:
            made.append(node.copy())
        return made


class XDocument(XContainer):
    clr_name = X + "XDocument"

    def __init__(self) -> None:
        super().__init__()
        self.declaration: str | None = None

    @property
    def root(self) -> XElement | None:
        return next(self.elements(), None)

    def copy(self) -> "XDocument":
        made = XDocument()
        made.declaration = self.declaration
        for node in self.nodes:
            made.append(node.copy())
        return made


def content_text(value: object) -> str:
    """A value as XML writes it: `true`, ISO dates, plain numbers."""
    if value is None:
        raise argument_null("value")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, DateTime | DateTimeOffset):
        return iso_date(value)
    if isinstance(value, float) and abs(value) == float("inf"):
        return "INF" if value > 0 else "-INF"
    return text_of(value) if not isinstance(value, Decimal) else f"{value:f}"


def xml_text(node: XNode) -> str:
    """ToString(): indented by two spaces, but not inside of mixed content."""
    pieces: list[str] = []
    if isinstance(node, XDocument):
        for index, child in enumerate(node.nodes):
            pieces.append("\n" if index else "")
            _write(child, pieces, "\n", {"": "", XML: "xml"})
    else:
        _write(node, pieces, "\n", {"": "", XML: "xml"})
    return "".join(pieces)


def _declared(element: XElement, prefixes: dict[str, str]) -> dict[str, str]:
    made = dict(prefixes)
    for each in element.attributes:
        if each.name == XName("", "xmlns"):
            made = {uri: prefix for uri, prefix in made.items() if prefix}
            made[each.value] = ""
        elif each.name.uri == XMLNS:
            made[each.value] = each.name.local
    return made


def _write(node: XNode, pieces: list[str], newline: str, prefixes: dict[str, str]) -> None:
    if isinstance(node, XText):
        if node.kind == "XComment":
            pieces.append(f"<!--{node.value}-->")
        elif node.kind == "XCData":
            pieces.append(f"<![CDATA[{node.value}]]>")
        else:
            pieces.append(escape(node.value))
        return
    assert isinstance(node, XElement)
    BUDGET.spend(10)
    scope = _declared(node, prefixes)
    tag, extra = _tag(node.name, scope)
    pieces.append(f"<{tag}{extra}")
    for each in node.attributes:
        pieces.append(f" {_attribute_name(each.name, scope)}={quoted(each.value)}")
    if not node.nodes:
        pieces.append(" />")
        return
    pieces.append(">")
    inner = newline + "  " if newline else ""
    for child in node.nodes:
        if isinstance(child, XText) and child.kind != "XComment":
            inner = ""  # from here on the content is mixed, and white space would count
        pieces.append(inner)
        _write(child, pieces, inner, scope)
    pieces.append(f"{newline if inner else ''}</{tag}>")


def _tag(name: XName, scope: dict[str, str]) -> tuple[str, str]:
    if name.uri in scope:
        prefix = scope[name.uri]
        return (f"{prefix}:{name.local}" if prefix else name.local), ""
    for uri in [uri for uri, prefix in scope.items() if not prefix]:
        del scope[uri]
    scope[name.uri] = ""
    return name.local, f' xmlns="{escape(name.uri)}"'


def _attribute_name(name: XName, scope: dict[str, str]) -> str:
    if name.uri == XMLNS:
        return f"xmlns:{name.local}"
    prefix = scope.get(name.uri, "") if name.uri else ""
    return f"{prefix}:{name.local}" if prefix else name.local
