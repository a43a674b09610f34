"""XML text to the tree of System.Xml.Linq. Document types with declarations are refused:
they define nothing here."""

import re
from xml.parsers import expat

from apimlb.policy.clr.budget import BUDGET, MAX_DEPTH
from apimlb.policy.clr.exceptions import ClrException, required
from apimlb.policy.clr.utf16 import enter, leave
from apimlb.policy.clr.xml import (
    nodes,
    writer,  # noqa: F401  What is read has its text.
)
from apimlb.policy.clr.xml.faults import fault_behind, fault_of
from apimlb.policy.clr.xml.names import XML, XMLNS, XName, xml_error

_WHITE = " \t\r\n"
_ELEMENT = 4
_TEXT = 2
"""Steps of a node that is read."""


class _TreeBuilder:
    """Builds a document from expat's events."""

    def __init__(self) -> None:
        self.document = nodes.XDocument()
        self._open: list[tuple[nodes.XContainer, _Scope]] = [(self.document, _Scope({"xml": XML, "": ""}))]
        self._text: list[str] = []

    def parse(self, text: str) -> nodes.XDocument:
        BUDGET.spend(len(text) >> 6)
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.CommentHandler = lambda text: self._behind_text(nodes.XComment(enter(text)))
        parser.StartCdataSectionHandler = self._flush
        parser.EndCdataSectionHandler = lambda: self._take(nodes.XCData(self._pending()))
        parser.ProcessingInstructionHandler = lambda target, data: self._behind_text(
            nodes.XProcessingInstruction(enter(target), enter(data))
        )
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SkippedEntityHandler = self._skipped
        if text.startswith("\ufeff"):
            raise xml_error("Data at the root level is invalid. Line 1, position 1.")
        try:
            self._source = leave(text).encode("utf-8", "replace")
            parser.Parse(self._source, True)
        except expat.ExpatError:
            raise fault_of(self._source, parser) from None
        return self.document

    def _doctype(self, name: str, system: str | None, public: str | None, subset: int) -> None:
        """A document type that declares nothing here is kept; nothing is fetched for one."""
        if subset:
            raise xml_error("For security reasons DTD is prohibited in this XML document.")
        self._take(nodes.XDocumentType(name, public, system, ""))

    def _take(self, node: nodes.XNode) -> None:
        self._open[-1][0].take(node, _ELEMENT)

    def _pending(self) -> str:
        """The text since the last node."""
        text = enter("".join(self._text))
        self._text.clear()
        return text

    def _skipped(self, name: str, *rest: object) -> None:
        raise self._fault(f"Reference to undeclared entity '{name}'.", self._parser.CurrentByteIndex + 1)

    def _fault(self, what: str, size: int) -> ClrException:
        """What is wrong behind so many bytes."""
        return fault_behind(self._source[:size], what)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if version != "1.0":
            place = len(re.split(b"['\"]", self._source, maxsplit=1)[0]) + 1
            raise self._fault(f"Version number '{version}' is invalid.", place)
        alone = {0: "no", 1: "yes"}.get(standalone)
        self.document.declaration = nodes.XDeclaration(version, encoding, alone)

    def _flush(self) -> None:
        """What stands between tags, which is nothing where it is white space, unless xml:space keeps it."""
        text = self._pending()
        if len(self._open) > 1 and (text.strip(_WHITE) or (text and self._open[-1][1].keeps)):
            self._open[-1][0].take(nodes.XText(text), _TEXT)

    def _behind_text(self, node: nodes.XNode) -> None:
        self._flush()
        self._take(node)

    def _start(self, tag: str, pairs: list[str]) -> None:
        if self._text:
            self._flush()
        if len(self._open) > MAX_DEPTH:
            raise xml_error(f"The XML is nested more than {MAX_DEPTH} levels deep.")
        parent, scope = self._open[-1]
        if pairs:
            scope = self._declared(scope, pairs)
        try:
            element = nodes.XElement(scope.elements.get(tag) or scope.element(tag))
            if pairs:
                BUDGET.spend(len(pairs) ** 2 >> 6)
                for name, value in zip(pairs[::2], pairs[1::2], strict=True):
                    if name == "xml:space":
                        value = value.strip(_WHITE)
                    element.add_attribute(nodes.XAttribute(scope.attribute(name), enter(value)))
        except KeyError as error:
            prefix = error.args[0]
            place = self._source.index(f"{prefix}:".encode(), self._parser.CurrentByteIndex)
            raise self._fault(f"'{prefix}' is an undeclared prefix.", place) from None
        parent.take(element, _ELEMENT)
        self._open.append((element, scope))

    def _declared(self, scope: "_Scope", pairs: list[str]) -> "_Scope":
        """The scope of an element with these attributes."""
        if not any(name.startswith("xmlns") or name == "xml:space" for name in pairs[::2]):
            return scope
        keeps = scope.keeps
        BUDGET.spend(len(scope.uris) >> 4)
        uris = dict(scope.uris)
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if name == "xmlns" or name.startswith("xmlns:"):
                uris[name[6:]] = value
            elif name == "xml:space":
                keeps = self._space(value.strip(_WHITE))
        return _Scope(uris, keeps)

    def _space(self, value: str) -> bool:
        """Whether white space is kept from here on, by the value of xml:space."""
        if value not in ("default", "preserve"):
            place = self._source.index(b"xml:space", self._parser.CurrentByteIndex)
            raise self._fault(f"'{value}' is an invalid xml:space value.", place)
        return value == "preserve"

    def _end(self, tag: str) -> None:
        if self._text:
            self._flush()
        element, _ = self._open.pop()
        if not element.nodes:
            end = self._parser.CurrentByteIndex
            element.hollow = not self._source.endswith(b"/>", 0, end)


class _Scope:
    """The namespaces by their prefixes where an element stands, whether white space is kept there, and the
    names of elements that were read there."""

    __slots__ = ("elements", "keeps", "uris")

    def __init__(self, uris: dict[str, str], keeps: bool = False) -> None:
        self.keeps = keeps
        self.uris = uris
        self.elements: dict[str, XName] = {}

    def element(self, written: str) -> XName:
        made = self.elements[written] = self._name(written)
        return made

    def attribute(self, written: str) -> XName:
        """One without prefix is in no namespace."""
        if written.startswith("xmlns:"):
            return XName(XMLNS, written[6:])
        return self._name(written) if ":" in written else XName("", written)

    def _name(self, written: str) -> XName:
        """Raises KeyError for a prefix that is not declared."""
        prefix, _, local = written.rpartition(":")
        return XName(self.uris[prefix], local)


def parse_document(text: str | None) -> nodes.XDocument:
    """XDocument.Parse; throws System.Xml.XmlException."""
    return _TreeBuilder().parse(required(text, "s"))


def parse_element(text: str | None) -> nodes.XElement:
    """XElement.Parse: the root of the document, on its own."""
    document = parse_document(text)
    root = document.root
    assert root is not None
    root.remove()
    return root
