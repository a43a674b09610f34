"""APIM's dialect of XML, read into elements that know their line and column.

Differences from XML, all of them needed to read policies as people write and Azure stores them (`rawxml`):

- A value that starts with `@(` or `@{` is a C# expression and ends with its bracket, so it may hold quotes,
  `<` and `&&`. Line breaks inside it are kept: a `//` comment ends with its line.
- `&quot; &apos; &lt; &gt; &amp;` and numeric references are decoded one level, everywhere but in CDATA and
  comments; any other `&` is an ordinary character. That reads escaped (`xml`) documents by the same rule.
- Comments may hold `--`.

`{{name}}` is a named value: text that replaces text before anything is read (`substitute`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from apimlb.errors import PolicyError
from apimlb.policy.document.brackets import end_of_expression, left_open
from apimlb.policy.document.source import Source
from apimlb.policy.document.well_formed import DTD_PROHIBITED, check_well_formed, unreadable

SIZE_LIMIT = 512 * 1024
"""Characters of a document; Microsoft Learn, API Management gateway constraints (2026-04): 512 KiB."""
DEPTH_LIMIT = 100

Format = Literal["rawxml", "xml"]

_NAME = re.compile(r"[A-Za-z_][\w.:-]*")
_SPACE = re.compile(r"\s*")
NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded value and where it starts; an expression begins with its `@`, and ends with its bracket."""

    value: str
    line: int
    column: int
    is_expression: bool = False


@dataclass(slots=True)
class Element:
    """One element; `text` is its character data: an expression or a literal. `column` is the column of its
    name, as .NET counts and Azure reports it."""

    tag: str
    line: int
    column: int
    attributes: dict[str, Text] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    text: Text | None = None
    _inside: tuple[str, int, int] = ("", 0, 0)

    @property
    def markup(self) -> str:
        """What stands between the tags, entities decoded."""
        text, start, end = self._inside
        return text[start:end]

    def placed(self, path: str) -> Iterator[tuple["Element", str]]:
        """The child elements, each with its path below `path`, counted where siblings share a tag."""
        totals: dict[str, int] = {}
        for child in self.children:
            totals[child.tag] = totals.get(child.tag, 0) + 1
        counts = dict.fromkeys(totals, 0)
        for child in self.children:
            counts[child.tag] += 1
            name = f"{child.tag}[{counts[child.tag]}]" if totals[child.tag] > 1 else child.tag
            yield child, f"{path}/{name}" if path else name

    def descendants(self) -> Iterator["Element"]:
        """The element itself and everything below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


def substitute(text: str, named_values: Mapping[str, str]) -> str:
    """`text` with every `{{name}}` replaced by the named value's raw text, once.

    Names ignore case. Raises PolicyError for a name that does not exist (in a document with a liquid
    template, whose own braces look the same, such a name stays), and when the text outgrows the limit.
    """
    known = {name.lower(): value for name, value in named_values.items()}
    liquid = "liquid" in text
    room = SIZE_LIMIT - len(text)
    if room < 0:
        raise _too_long(len(text))

    def value_of(found: re.Match[str]) -> str:
        nonlocal room
        value = known.get(found[1].lower(), found[0] if liquid else None)
        if value is None:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            raise PolicyError(
                f"Cannot find a property '{found[1]}'",
                line=line,
                column=column,
                code="ValidationError",
                next_step=f"Create the named value '{found[1]}' first, or correct its name.",
            )
        room -= len(value) - len(found[0])
        if room < 0:
            raise _too_long(SIZE_LIMIT - room)
        return value

    return NAMED_VALUE.sub(value_of, text)


def read(text: str, format: Format = "rawxml") -> Element:
    """The root element of a document. Raises PolicyError, with a position, for what does not read."""
    if len(text) > SIZE_LIMIT:
        raise _too_long(len(text))
    if format == "xml":
        check_well_formed(text)
    return _PolicyReader(text).document()


def _too_long(length: int) -> PolicyError:
    return PolicyError(
        f"The policy is at least {length} characters long; {SIZE_LIMIT} are allowed",
        line=1,
        column=1,
        code="ValidationError",
    )


_MOST_UNCLOSED = 50


@dataclass(slots=True)
class _Open:
    """An element whose end tag has not come yet."""

    element: Element
    content: int
    chunks: list[tuple[str, int, bool]] = field(default_factory=list)


class _PolicyReader:
    """One pass over one document."""

    def __init__(self, text: str) -> None:
        self._source = Source(text.removeprefix("\ufeff"))
        self._text = self._source.text
        self._open: list[_Open] = []
        self._root: Element | None = None
        self._unclosed = 0

    def document(self) -> Element:
        index = 0
        while index < len(self._text):
            index = self._markup(index) if self._is_markup(index) else self._characters(index)
        if self._open:
            element = self._open[-1].element
            raise self._error(
                f"Unexpected end of file: the element '{element.tag}' is not closed.", len(self._text)
            )
        if self._root is None:
            raise self._error("Root element is missing.", 0)
        return self._root

    def _is_markup(self, index: int) -> bool:
        return self._text[index] == "<" and index not in self._source.escaped

    def _error(self, what: str, index: int) -> PolicyError:
        return unreadable(what, *self._source.position(index))

    def _characters(self, index: int) -> int:
        """Character data up to the next tag; an expression may hold `<`."""
        start = self._skip_space(index)
        if self._starts_expression(start):
            end = self._expression_end(start, "<", self._open[-1].element if self._open else None)
            after = self._skip_space(end)
            if after < len(self._text) and not self._is_markup(after):
                raise self._error("An expression must be the whole of a value.", after)
            self._keep(self._text[start:end].rstrip(), start, expression=True)
            return after
        end = self._source.find("<", index)
        end = len(self._text) if end < 0 else end
        self._keep(self._text[index:end], index, expression=False)
        return end

    def _keep(self, data: str, index: int, *, expression: bool) -> None:
        if self._open:
            self._open[-1].chunks.append((data, index, expression))
        elif data.strip():
            raise self._error("Data at the root level is invalid.", self._skip_space(index))

    def _skip_space(self, index: int) -> int:
        found = _SPACE.match(self._text, index)
        return found.end() if found else index

    def _starts_expression(self, index: int) -> bool:
        return self._text.startswith(("@(", "@{"), index)

    def _expression_end(self, index: int, boundary: str, element: Element | None) -> int:
        """Where the expression at `index` ends. An expression whose brackets do not close ends where XML
        says, if XML can delimit it: such a document can be read, and its expression is refused when it is
        compiled."""
        end = end_of_expression(self._text, index + 1)
        if end >= 0:
            return end
        self._unclosed += 1  # each is looked for up to the end of the document
        if self._unclosed > _MOST_UNCLOSED:
            raise self._error("The expression does not end, nor do many before it.", index)
        end = self._source.find(boundary, index)
        if end < 0 or not self._is_plausible_end(index, end, boundary):
            holder = f"Error in element '{element.tag}': " if element else ""
            why = left_open(self._text, index + 1)
            raise self._error(f"{holder}The expression does not end: {why}.", index)
        return end

    def _is_plausible_end(self, index: int, end: int, boundary: str) -> bool:
        if boundary == "<":
            return self._text.startswith("</", end)
        after = self._text[end + 1 : end + 2]
        return (after.isspace() or after in ("/", ">")) and not 0 <= self._source.find("<", index) < end

    def _markup(self, index: int) -> int:
        text = self._text
        if text.startswith("<!--", index):
            return self._past(index, "-->", "comment", len("<!--"))
        if text.startswith("<![CDATA[", index):
            return self._cdata(index)
        if text.startswith("<?", index):
            return self._past(index, "?>", "processing instruction")
        if text.startswith("<!", index):
            raise self._error(DTD_PROHIBITED, index)
        if text.startswith("</", index):
            return self._end_tag(index)
        return self._start_tag(index)

    def _past(self, index: int, closing: str, what: str, opening: int = 2) -> int:
        """The index behind the markup that begins at `index`. `opening` is the length of its beginning, which
        the end may not overlap: `<!-->` is no whole comment."""
        end = self._text.find(closing, index + opening)
        if end < 0:
            raise self._error(f"The {what} is not closed.", index)
        return end + len(closing)

    def _cdata(self, index: int) -> int:
        end = self._past(index, "]]>", "CDATA section")
        start = index + len("<![CDATA[")
        data = self._text[start : end - 3]
        plain = data.strip()
        if plain.startswith(("@(", "@{")) and end_of_expression(plain, 1) == len(plain):
            self._keep(plain, start + data.index(plain), expression=True)
        else:
            self._keep(data, start, expression=False)
        return end

    def _start_tag(self, index: int) -> int:
        name = _NAME.match(self._text, index + 1)
        if name is None:
            raise self._error(
                "Name cannot begin with this character: a tag was expected after '<'.", index + 1
            )
        if self._root is not None and not self._open:
            raise self._error("There are multiple root elements.", index)
        if len(self._open) >= DEPTH_LIMIT:
            raise self._error(f"Elements are nested more than {DEPTH_LIMIT} deep.", index)
        element = Element(name[0], *self._source.position(index + 1))
        cursor = self._attributes(element, name.end())
        if self._root is None:
            self._root = element
        else:
            self._open[-1].element.children.append(element)
        if self._text.startswith("/>", cursor):
            return cursor + 2
        self._open.append(_Open(element, cursor + 1))
        return cursor + 1

    def _attributes(self, element: Element, index: int) -> int:
        """Read attributes up to `>` or `/>`, whose index is returned."""
        while True:
            start = self._skip_space(index)
            if self._text.startswith((">", "/>"), start):
                return start
            name = _NAME.match(self._text, start)
            if name is None or start == index:
                raise self._error(f"The start tag of '{element.tag}' is malformed or not closed.", start)
            if name[0] in element.attributes:
                raise self._error(f"'{name[0]}' is a duplicate attribute name.", start)
            index, element.attributes[name[0]] = self._attribute_value(element, name[0], name.end())

    def _attribute_value(self, element: Element, name: str, index: int) -> tuple[int, Text]:
        index = self._skip_space(index)
        opening = self._skip_space(index + 1)
        quote = self._text[opening : opening + 1]
        quoted = quote in ("'", '"') and opening not in self._source.escaped
        if not quoted or not self._text.startswith("=", index):
            raise self._error(f"The attribute '{name}' needs a value in quotes.", index)
        start = self._skip_space(opening + 1)
        if self._starts_expression(start):
            end = self._expression_end(start, quote, element)
            closing = self._skip_space(end)
            if not self._text.startswith(quote, closing) or closing in self._source.escaped:
                raise self._error(f"An expression must be the whole value of the attribute '{name}'.", end)
            return closing + 1, Text(self._text[start:end], *self._source.position(start), is_expression=True)
        end = self._source.find(quote, opening + 1)
        stray = self._source.find("<", opening + 1)
        if end < 0 or 0 <= stray < end:
            raise self._error(
                f"The value of the attribute '{name}' holds '<' or is not closed.", max(stray, opening)
            )
        return end + 1, Text(self._text[opening + 1 : end], *self._source.position(opening + 1))

    def _end_tag(self, index: int) -> int:
        name = _NAME.match(self._text, index + 2)
        close = self._skip_space(name.end()) if name else index
        if name is None or not self._text.startswith(">", close):
            raise self._error("The end tag is malformed.", index)
        if not self._open:
            raise self._error(f"Unexpected end tag '{name[0]}'.", index)
        opened = self._open.pop()
        element = opened.element
        if element.tag != name[0]:
            raise self._error(
                f"The '{element.tag}' start tag on line {element.line} position {element.column} "
                f"does not match the end tag of '{name[0]}'.",
                index,
            )
        element._inside = (self._text, opened.content, index)
        element.text = self._joined(opened.chunks)
        return close + 1

    def _joined(self, chunks: list[tuple[str, int, bool]]) -> Text | None:
        """An element's character data as one value; None when it is only white space."""
        full = [chunk for chunk in chunks if chunk[0].strip()]
        for data, index, expression in full:
            if expression and len(full) == 1:
                return Text(data, *self._source.position(index), is_expression=True)
            if expression:
                raise self._error("An expression must be the whole of a value.", index)
        if not full:
            return None
        return Text("".join(data for data, _, _ in chunks), *self._source.position(chunks[0][1]))
