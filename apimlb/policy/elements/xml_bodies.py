"""XML as JSON and JSON as XML.

XML as JSON is what Newtonsoft.Json's SerializeXNode writes: attributes with @, text beside others as #text.
Of `javascript-friendly` Microsoft Learn says no more than the name; here it leaves the @ out. JSON as XML:
members become elements, and what has no single root is given one, `Document`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates.formatting import iso_date
from apimlb.policy.clr.dates.instants import DateTime
from apimlb.policy.clr.json.scalars import string_token
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XName
from apimlb.policy.clr.xml.reader import parse_element
from apimlb.policy.clr.xml.writer import prefix_in_scope
from apimlb.policy.elements import formats

_NAME = re.compile(r"[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?")
_NOT_IN_NAMES = re.compile(r"[^\w.:-]")

_MEMBER = 7
"""Steps of writing a value of JSON that has been read as an element."""

_ELEMENT = 4
"""Steps of making JSON of an element that has been read."""


def json_of_xml(content: bytes, mark: str, always_lists: bool) -> str:
    """JSON of a document, attributes with `mark`; raises ClrException for what is no XML or too much."""
    root = parse_element(formats.text(content))
    return formats.json_text({_qualified(root.name, root): _json_of(root, mark, always_lists)})


def _qualified(name: XName, element: nodes.XElement, *, of_attribute: bool = False) -> str:
    """The name of an element or of an attribute of it, with its prefix."""
    prefix = prefix_in_scope(element, name.uri, not of_attribute) if name.uri else ""
    return f"{prefix}:{name.local}" if prefix else name.local


def _json_of(element: nodes.XElement, mark: str, always_lists: bool) -> Any:
    BUDGET.spend(_ELEMENT)
    made: dict[str, Any] = {
        mark + _qualified(each.name, element, of_attribute=True): each.value for each in element.attributes
    }
    children: dict[str, list[Any]] = {}
    for child in element.elements():
        children.setdefault(_qualified(child.name, child), []).append(_json_of(child, mark, always_lists))
    texts = "".join(
        node.value for node in element.nodes if isinstance(node, nodes.XText) and node.kind != "Comment"
    )
    if not children and not made:
        return texts if element.nodes else None
    if texts.strip():
        made["#text"] = texts
    for name, found in children.items():
        made[name] = found if always_lists or len(found) > 1 else found[0]
    return made


def _rooted(given: Any) -> dict[str, Any]:
    """An object of one member that is no list, as it is; any other value under a root."""
    if not isinstance(given, dict):
        return {"Document": {"Array": given}}
    single = len(given) == 1 and not any(isinstance(value, list) for value in given.values())
    return given if single else {"Document": given}


@dataclass(slots=True)
class XmlWriter:
    """JSON as elements. Members that begin with `prefix` and `separator` declare namespaces, those in the
    member `block` are attributes, and dates are written as XML has them if `dates`. An empty prefix declares
    nothing."""

    separator: str
    prefix: str
    block: str | None
    dates: bool
    _pieces: list[str] = field(default_factory=list)

    def written(self, content: bytes) -> str:
        """XML of a JSON text; raises ValueError or RecursionError for any other text, ClrException for one
        that is too large."""
        self._members(_rooted(formats.loaded(content)))
        return "".join(self._pieces)

    def _members(self, given: Mapping[str, Any]) -> None:
        for name, value in given.items():
            for each in value if isinstance(value, list) else [value]:
                self._element(_xml_name(name), each)

    def _element(self, name: str, value: Any) -> None:
        BUDGET.spend(_MEMBER)
        members = value if isinstance(value, dict) else {"Array": value} if isinstance(value, list) else {}
        declared, inside = dict[str, Any](), dict[str, Any]()
        for each, held in members.items():
            if (declaration := self._declared(each)) is not None:
                declared[declaration] = held
            elif each != self.block:
                inside[each] = held
        block = None if self.block is None else members.get(self.block)
        declared |= block if isinstance(block, dict) else {}
        attributes = "".join(
            f" {_xml_name(each)}={quoteattr(self._text(held))}" for each, held in declared.items()
        )
        text = "" if isinstance(value, (dict, list)) else self._text(value)
        if not inside and not text:
            self._pieces.append(f"<{name}{attributes} />")
            return
        self._pieces.append(f"<{name}{attributes}>{escape(text)}")
        self._members(inside)
        self._pieces.append(f"</{name}>")

    def _declared(self, name: str) -> str | None:
        """The name of the declaration that a member is; None for any other member."""
        if not self.prefix or not name.startswith(self.prefix):
            return None
        rest = name.removeprefix(self.prefix)
        if not rest:
            return "xmlns"
        return f"xmlns:{rest.removeprefix(self.separator)}" if rest.startswith(self.separator) else None

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            token = string_token(value) if self.dates else None
            return iso_date(token.value) if token and isinstance(token.value, DateTime) else value
        return "" if value is None else formats.json_text(value)


def _xml_name(name: str) -> str:
    """The name, what no name may hold written as .NET's XmlConvert does."""
    if _NAME.fullmatch(name):
        return name
    encoded = _NOT_IN_NAMES.sub(lambda found: f"_x{ord(found[0]):04X}_", name) or "_"
    return encoded if _NAME.fullmatch(encoded) else f"_x{ord(encoded[0]):04X}_{encoded[1:]}"
