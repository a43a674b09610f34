"""XML text to the tree of System.Xml.Linq. Document types with declarations are refused:
they define nothing here."""

import re
from typing import NoReturn
from xml.parsers import expat

from apimlb.policy.clr.budget import BUDGET, MAX_DEPTH
from apimlb.policy.clr.exceptions import required
from apimlb.policy.clr.utf16 import enter, leave
from apimlb.policy.clr.xml import (
    nodes,
    writer,  # noqa: F401  What is read has its text.
)
from apimlb.policy.clr.xml.names import XML, XMLNS, XName, xml_error


class _TreeBuilder:
    """Builds a document from expat's events."""

    def __init__(self) -> None:
        self.document = nodes.XDocument()
        self._stack: list[nodes.XContainer] = [self.document]
        self._scopes: list[dict[str, str]] = [{"xml": XML, "": ""}]
        self._text: list[str] = []
        self._source = b""
        self._starts: list[int] = []

    def parse(self, text: str) -> nodes.XDocument:
        BUDGET.spend(len(text) >> 6)
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.CommentHandler = self._comment
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        parser.ProcessingInstructionHandler = self._instruction
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SkippedEntityHandler = self._skipped
        if text.startswith("\ufeff"):
            raise xml_error("Data at the root level is invalid. Line 1, position 1.")
        try:
            self._source = leave(text).encode("utf-8", "replace")
            parser.Parse(self._source, True)
        except expat.ExpatError as error:
            _refuse(text, error)
        return self.document

    def _doctype(self, name: str, system: str | None, public: str | None, subset: int) -> None:
        """A document type that declares nothing here is kept; nothing is fetched for one."""
        if subset:
            raise xml_error("For security reasons DTD is prohibited in this XML document.")
        self._stack[-1].append(nodes.XDocumentType(name, public, system, ""))

    def _skipped(self, name: str, *rest: object) -> None:
        raise xml_error(f"Reference to undeclared entity '{name}'.")

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        alone = {0: "no", 1: "yes"}.get(standalone)
        self.document.declaration = nodes.XDeclaration(version, encoding, alone)

    def _flush(self) -> None:
        text = enter("".join(self._text))
        self._text.clear()
        if text.strip() and len(self._stack) > 1:
            self._stack[-1].append(nodes.XText(text))

    def _start_cdata(self) -> None:
        self._flush()

    def _end_cdata(self) -> None:
        text = enter("".join(self._text))
        self._text.clear()
        self._stack[-1].append(nodes.XCData(text))

    def _comment(self, text: str) -> None:
        self._flush()
        self._stack[-1].append(nodes.XComment(enter(text)))

    def _instruction(self, target: str, data: str) -> None:
        self._flush()
        self._stack[-1].append(nodes.XProcessingInstruction(enter(target), enter(data)))

    def _name(self, written: str, scope: dict[str, str], default: bool) -> XName:
        prefix, _, local = written.rpartition(":")
        if not prefix and not default:
            return XName("", local)
        if prefix not in scope:
            raise xml_error(f"'{prefix}' is an undeclared prefix.")
        return XName(scope[prefix], local)

    def _start(self, tag: str, pairs: list[str]) -> None:
        self._flush()
        if len(self._stack) > MAX_DEPTH:
            raise xml_error(f"The XML is nested more than {MAX_DEPTH} levels deep.")
        attributes = list(zip(pairs[::2], pairs[1::2], strict=True))
        scope = self._scopes[-1]
        if any(name.startswith("xmlns") for name, _ in attributes):
            BUDGET.spend(len(scope) >> 4)
            scope = dict(scope)
        for name, value in attributes:
            if name == "xmlns":
                scope[""] = value
            elif name.startswith("xmlns:"):
                scope[name[6:]] = value
        element = nodes.XElement(self._name(tag, scope, True))
        BUDGET.spend(len(attributes) ** 2 >> 4)
        for name, value in attributes:
            if name == "xmlns":
                key = XName("", "xmlns")
            elif name.startswith("xmlns:"):
                key = XName(XMLNS, name[6:])
            else:
                key = self._name(name, scope, False)
            element.add_attribute(nodes.XAttribute(key, enter(value)))
        self._stack[-1].append(element)
        self._stack.append(element)
        self._scopes.append(scope)
        self._starts.append(self._parser.CurrentByteIndex)

    def _end(self, tag: str) -> None:
        self._flush()
        element = self._stack.pop()
        self._scopes.pop()
        start, end = self._starts.pop(), self._parser.CurrentByteIndex
        element.hollow = not element.nodes and self._source[max(start, end - 2) : end] != b"/>"


def _refuse(text: str, error: expat.ExpatError) -> NoReturn:
    if not text.strip():
        raise xml_error("Root element is missing.") from None
    line, column = error.lineno, error.offset + 1
    if not text.lstrip().startswith("<"):
        raise xml_error(f"Data at the root level is invalid. Line {line}, position {column}.") from None
    what = expat.ErrorString(error.code)
    if error.code == 7:
        _mismatch(text, line, column)
    raise xml_error(f"{what[0].upper()}{what[1:]}. Line {line}, position {column}.") from None


_TAG = re.compile(r"<(/?)([^\s/>!?]+)[^<>]*?(/?)>")


def _mismatch(text: str, line: int, column: int) -> NoReturn:
    """An end tag that closes another element than the last one that is open."""
    rows = text.split("\n")
    at = sum(len(row) + 1 for row in rows[: line - 1]) + column - 1
    wrong = re.compile(r"[^\s>]*").match(text, at)
    opened: list[re.Match[str]] = []
    for tag in _TAG.finditer(text, 0, at - 2):
        if tag[1] and opened:
            opened.pop()
        elif not tag[1] and not tag[3]:
            opened.append(tag)
    if not opened or wrong is None:
        raise xml_error(f"Unexpected end tag. Line {line}, position {column}.") from None
    last = opened[-1]
    before = text[: last.start() + 1]
    place = f"line {before.count(chr(10)) + 1} position {len(before) - before.rfind(chr(10))}"
    raise xml_error(
        f"The '{last[2]}' start tag on {place} does not match the end tag of '{wrong[0]}'. "
        f"Line {line}, position {column}."
    ) from None


def parse_document(text: str | None) -> nodes.XDocument:
    """XDocument.Parse; throws System.Xml.XmlException."""
    text = required(text, "s")
    return _TreeBuilder().parse(text)


def parse_element(text: str | None) -> nodes.XElement:
    """XElement.Parse: the root of the document, on its own."""
    document = parse_document(text)
    root = document.root
    assert root is not None
    document.take_out(root)
    return root
