"""Trees of System.Xml.Linq as text: prefixes, indentation and escapes as .NET's XmlWriter has them."""

import html
import re
from typing import Final

from apimlb.policy.clr.budget import BUDGET, bounded_text
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.objects.text import written
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XML, XMLNS

_INVALID: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]"
)
_ELEMENT: Final = 5
_OTHER: Final = 2
"""Steps of writing a node."""

_DASHES: Final = re.compile("-(?=-)|-\\Z")


def _valid(text: str, name: str = "") -> str:
    """Text that XML may hold; throws System.ArgumentException."""
    found = _INVALID.search(text)
    if found is None:
        return text
    char, rest = found[0], text[found.end() : found.end() + 1]
    if "\ud800" <= char <= "\udbff":
        if not rest:
            raise argument("The surrogate pair is invalid. Missing a low surrogate character.")
        raise argument(
            f"The surrogate pair (0x{ord(char):X}, 0x{ord(rest):X}) is invalid. A high surrogate character "
            "(0xD800 - 0xDBFF) must always be paired with a low surrogate character (0xDC00 - 0xDFFF)."
        )
    if "\udc00" <= char <= "\udfff":
        raise argument(
            f"Invalid high surrogate character (0x{ord(char):X}). A high surrogate character must have a "
            "value from range (0xD800 - 0xDBFF)."
        )
    shown = "." if char == "\0" else char
    raise argument(f"'{shown}', hexadecimal value 0x{ord(char):02X}, is an invalid character.", name)


def _lines(text: str) -> str:
    """Valid text with line breaks as one character."""
    return _valid(text).replace("\r\n", "\n").replace("\r", "\n")


def quoted(text: str) -> str:
    """An attribute's value with its quotes."""
    plain = html.escape(_valid(text), quote=False).replace('"', "&quot;")
    return f'"{plain.replace(chr(10), "&#xA;").replace(chr(13), "&#xD;").replace(chr(9), "&#x9;")}"'


def prefix_in_scope(element: nodes.XElement | None, uri: str, default: bool) -> str | None:
    """The prefix that the nearest declaration gives a namespace; "" is the default one."""
    if uri in _FIXED:
        return _FIXED[uri]
    hidden: set[str] = set()
    for each in element.declarations() if element is not None else ():
        if each.prefix not in hidden and each.value == uri and (each.prefix or default):
            return each.prefix
        hidden.add(each.prefix)
    return None


_FIXED = {XML: "xml", XMLNS: "xmlns"}


@written.register
def attribute_text(attribute: nodes.XAttribute) -> str:
    """XAttribute.ToString()"""
    name = attribute.name
    if not name.uri:
        return f"{name.local}={quoted(attribute.value)}"
    parent = attribute.parent if isinstance(attribute.parent, nodes.XElement) else None
    prefix = prefix_in_scope(parent, name.uri, False) or "p0"
    return f"{prefix}:{name.local}={quoted(attribute.value)}"


@written.register
def xml_text(node: nodes.XNode) -> str:
    """ToString(): indented by two spaces, but not inside of mixed content."""
    writer = _XmlWriter()
    if isinstance(node, nodes.XDocument):
        writer.children(node, "\n", 0)
        del writer.pieces[:1]  # the line break before the first node
    else:
        writer.node(node, "\n", 0)
    return bounded_text("".join(writer.pieces))


class _XmlWriter:
    """`scope` are the namespaces by their prefixes where the writer is, the nearest last; `own` are the
    prefixes that came with the element that is being written, and whether they are still to be declared;
    `count` is how many came with the elements that are open."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.scope = {"xmlns": XMLNS, "xml": XML, "": ""}
        self.own: dict[str, bool] = {}
        self.count = 0

    def node(self, node: nodes.XNode, newline: str, depth: int) -> None:
        if isinstance(node, nodes.XElement):
            BUDGET.spend(_ELEMENT + len(node.attributes))
            self._element(node, newline, nodes.level(depth))
            return
        BUDGET.spend(_OTHER)
        if isinstance(node, nodes.XComment):
            self.pieces.append(f"<!--{_DASHES.sub('- ', _lines(node.value))}-->")
        elif isinstance(node, nodes.XText):
            text = _lines(node.value)
            plain = node.kind == "Text"
            self.pieces.append(html.escape(text, quote=False) if plain else _section(text))
        elif isinstance(node, nodes.XProcessingInstruction):
            data = _lines(node.data).replace("?>", "? >")
            self.pieces.append(f"<?{node.target}{' ' if data else ''}{data}?>")
        else:
            self.pieces.append(_document_type(*node.parts))

    def _element(self, element: nodes.XElement, newline: str, depth: int) -> None:
        outer, count = self.scope, self.count
        self.scope, self.own = dict(outer), {}
        prefix = prefix_in_scope(element, element.name.uri, True) if element.name.uri else ""
        if prefix is None:
            prefix = self._prefix_of(element.name.uri) or ""
        self._imply(prefix, element.name.uri)
        tag = f"{prefix}:{element.name.local}" if prefix else element.name.local
        self.pieces.append(f"<{tag}")
        for each in element.attributes:
            self.pieces.append(f" {self._attribute(element, each)}={quoted(each.value)}")
        for declared in reversed(self.own):
            if self.own[declared]:
                uri = self.scope[declared]
                self.pieces.append(f" xmlns{':' if declared else ''}{declared}={quoted(uri)}")
        if element.nodes:
            self.pieces.append(">")
            inner = self.children(element, newline and newline + "  ", depth)
            self.pieces.append(f"{newline if inner else ''}</{tag}>")
        else:
            self.pieces.append(f"></{tag}>" if element.hollow else " />")
        self.scope, self.count = outer, count

    def children(self, parent: nodes.XContainer, inner: str, depth: int) -> str:
        """Write what is in a parent, each node behind a line break; the one before the last node."""
        for child in parent.nodes:
            if isinstance(child, nodes.XText) and not isinstance(child, nodes.XComment):
                inner = ""  # from here on the content is mixed, and white space would count
            self.pieces.append(inner)
            self.node(child, inner, depth)
        return inner

    def _prefix_of(self, uri: str) -> str | None:
        return next((prefix for prefix in reversed(self.scope) if self.scope[prefix] == uri), None)

    def _imply(self, prefix: str, uri: str) -> None:
        """A prefix is used: it must be declared, if it is not."""
        if prefix not in self.own:
            self._bring(prefix, uri, self.scope.get(prefix) != uri)

    def _bring(self, prefix: str, uri: str, undeclared: bool) -> None:
        """The element has a prefix of its own, before which others of its name do not count."""
        if prefix not in self.own:
            self.scope.pop(prefix, None)
            self.count += 1
        self.own[prefix], self.scope[prefix] = undeclared, uri

    def _attribute(self, element: nodes.XElement, attribute: nodes.XAttribute) -> str:
        name = attribute.name
        if attribute.declares:
            self._bring(attribute.prefix, attribute.value, False)
            return f"xmlns:{attribute.prefix}" if attribute.prefix else "xmlns"
        if not name.uri:
            return name.local
        prefix = prefix_in_scope(element, name.uri, False) or self._prefix_of(name.uri) or self._new_prefix()
        self._imply(prefix, name.uri)
        return f"{prefix}:{name.local}"

    def _new_prefix(self) -> str:
        made, number = f"p{self.count}", 0
        while made in self.scope:
            made, number = f"p{self.count}{number}", number + 1
        return made


def _section(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _document_type(name: str, public: str | None, system: str | None, internal: str | None) -> str:
    for text, parameter in ((public, "pubid"), (system, "sysid"), (internal, "subset")):
        _valid(text or "", parameter)
    identified = "" if system is None else f'SYSTEM "{system}"'
    if public is not None:
        identified = f'PUBLIC "{public}" "{system or ""}"'
    subset = "" if internal is None else f"[{internal}]"
    return f"<!DOCTYPE {name} {identified}{subset}>"
