"""Policy documents written out again: one element a line, tabs, CRLF, expressions escaped.

Comments stay, and so does the difference between `<inbound></inbound>` and `<outbound />` (recorded:
apim_cli_api_policy 3, apim_aso_20240501_crud_a 57 and 61).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import unescape

from apimlb.policy.document.brackets import end_of_expression

_NAME = re.compile(r"[A-Za-z_][\w.:-]*")
_ATTRIBUTE = re.compile(r"\s+([A-Za-z_][\w.:-]*)\s*=\s*([\"'])")
_UNTOUCHED = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_STARTS = ("@(", "@{")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}
# What a raw policy would read as an entity, though its ampersand is one.
_ENTITY_LIKE = re.compile(r"&(?=(?:quot|apos|lt|gt|amp|#\w+);)")
_BARE_AMPERSAND = re.compile(r"&(?!(?:quot|apos|lt|gt|amp|#\w+);)")
_ESCAPES = str.maketrans({'"': "&quot;", "<": "&lt;", ">": "&gt;"})


@dataclass(slots=True)
class _Node:
    """An element whose start tag is `tag`, whole; `parts` are child elements, comments and text."""

    name: str
    tag: str
    closed: bool
    parts: "list[_Node | str]" = field(default_factory=list)


def written(text: str, *, escape: bool, escaped: bool = False) -> str:
    """The document, which must read, written as API Management does.

    `escaped` says that it is proper XML (`format: xml`), `escape` that it is to become so; else expressions
    stand in it as they are (`rawxml`).
    """
    scanner = _Scanner(text, escape, escaped)
    return "\r\n".join(line for part in scanner.parts() for line in _lines(part, 0))


def _lines(part: "_Node | str", depth: int) -> Iterator[str]:
    indent = "\t" * depth
    if isinstance(part, str):
        yield indent + part
    elif part.closed:
        yield f"{indent}{part.tag} />"
    elif all(isinstance(inner, str) and not inner.startswith("<!--") for inner in part.parts):
        content = "".join(str(inner) for inner in part.parts)
        yield f"{indent}{part.tag}>{content}</{part.name}>"
    else:
        yield f"{indent}{part.tag}>"
        for inner in part.parts:
            yield from _lines(inner, depth + 1)
        yield f"{indent}</{part.name}>"


class _Scanner:
    """One pass over a document that is known to read."""

    def __init__(self, text: str, escape: bool, escaped: bool) -> None:
        self._text = text
        self._escape = escape
        self._escaped = escaped

    def parts(self) -> "list[_Node | str]":
        """What stands at the top: the root element and the comments around it."""
        top = _Node("", "", False)
        open_nodes = [top]
        index = 0
        while index < len(self._text):
            index = self._step(index, open_nodes)
        return top.parts

    def _step(self, index: int, open_nodes: list[_Node]) -> int:
        untouched = _UNTOUCHED.match(self._text, index)
        if untouched:
            open_nodes[-1].parts.append(untouched.group())
            return untouched.end()
        if self._text.startswith("</", index):
            open_nodes.pop()
            return self._text.index(">", index) + 1
        if self._text.startswith("<", index):
            return self._element(index, open_nodes)
        return self._characters(index, open_nodes[-1])

    def _element(self, index: int, open_nodes: list[_Node]) -> int:
        found = _NAME.match(self._text, index + 1)
        name = found.group() if found else ""
        index += 1 + len(name)
        tag = f"<{name}"
        while attribute := _ATTRIBUTE.match(self._text, index):
            value, index = self._value(attribute.end(), attribute.group(2))
            tag += f" {attribute.group(1)}={attribute.group(2)}{value}{attribute.group(2)}"
        end = self._text.index(">", index)
        node = _Node(name, tag, self._text[end - 1] == "/")
        open_nodes[-1].parts.append(node)
        if not node.closed:
            open_nodes.append(node)
        return end + 1

    def _value(self, start: int, quote: str) -> tuple[str, int]:
        """The attribute's value, escaped if it is an expression, and the index after its closing quote."""
        end = self._expression_end(start)
        if end >= 0 and self._text[end:].lstrip().startswith(quote):
            return self._expression(self._text[start:end].strip()), self._text.index(quote, end) + 1
        end = self._text.index(quote, start)
        return self._expression(self._text[start:end]), end + 1

    def _expression_end(self, start: int) -> int:
        while start < len(self._text) and self._text[start].isspace():
            start += 1
        if self._escaped or not self._text.startswith(_STARTS, start):
            return -1
        return end_of_expression(self._text, start + 1)

    def _characters(self, index: int, node: _Node) -> int:
        end = self._expression_end(index)
        if end < 0:
            end = self._text.find("<", index)
            end = len(self._text) if end < 0 else end
        data = self._text[index:end]
        if data.strip():
            node.parts.append(self._expression(data))
        return end

    def _expression(self, value: str) -> str:
        """The value with its entities as they are wanted, and without blanks around it, if it is one."""
        if not value.lstrip().startswith(_STARTS):
            return value
        value = value.strip()
        if self._escaped:
            value = _ENTITY_LIKE.sub("&amp;", unescape(value, _ENTITIES))
        if not self._escape:
            return value
        return _BARE_AMPERSAND.sub("&amp;", value).translate(_ESCAPES)
