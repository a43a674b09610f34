"""A policy's text in one form, so that what Azure writes otherwise is told from what somebody changed.

Azure keeps a document's elements, attributes, comments and expressions, and lays them out its own way: an
element a line, tabs, CRLF (recorded: apim_cli_api_policy 3, apim_aso_20240501_crud_a 57 and 61). White space
between elements and attributes, and in C# between tokens, means nothing; in a C# string, in an attribute's
literal and in an element's text it does.
"""

import re
from collections.abc import Callable, Iterator

from apimlb.policy.document.brackets import end_of_expression

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_UNTOUCHED = re.compile(r"<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_OPEN = re.compile(r"<([A-Za-z_][\w.:-]*)")
_CLOSE = re.compile(r"</([A-Za-z_][\w.:-]*)\s*>")
_END = re.compile(r"\s*(/?)>")
_ATTRIBUTE = re.compile(r"\s*([A-Za-z_][\w.:-]*)\s*=\s*([\"'])")
_STARTS = re.compile(r"\s*@[({]")
# What keeps its white space in C#: strings, characters, and a comment with the line end that closes it.
_CSHARP = re.compile(
    r"""(?P<kept>@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^']*|[^'\\])'|//[^\n]*\n?|/\*.*?\*/)"""
    r"|(?P<space>\s+)",
    re.DOTALL,
)
_INTERPOLATED = re.compile(r'(\$@?|@\$)"')

Expression = Callable[[str], str]
"""How an expression is written."""


def canonical(text: str) -> tuple[str, ...]:
    """The document's lines, one for each tag, comment and text, without indentation or empty ones.

    Two documents that mean the same to Azure have the same lines. What does not read is taken as it stands.
    """
    return tuple(_pieces(_with_line_feeds(text), _on_one_line))


def laid_out(text: str) -> list[str]:
    """The document as lines to be shown: indented by depth, expressions in the lines that they have."""
    lines: list[str] = []
    depth = 0
    for piece in _pieces(_with_line_feeds(text), _unindented):
        if piece.startswith("</"):
            depth -= 1
        lines += ["  " * max(depth, 0) + line for line in piece.splitlines()]
        if _OPEN.match(piece) and not piece.endswith("/>"):
            depth += 1
    return lines


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _pieces(text: str, write: Expression) -> Iterator[str]:
    index = 0
    while index < len(text):
        if comment := _COMMENT.match(text, index):
            yield f"<!-- {' '.join(comment[1].split())} -->"
            index = comment.end()
        elif kept := _UNTOUCHED.match(text, index):
            yield kept[0]
            index = kept.end()
        elif closed := _CLOSE.match(text, index):
            yield f"</{closed[1]}>"
            index = closed.end()
        elif opened := _OPEN.match(text, index):
            piece, index = _tag(text, opened, write)
            yield piece
        else:
            piece, index = _characters(text, index, write)
            if piece:
                yield piece


def _tag(text: str, opened: re.Match[str], write: Expression) -> tuple[str, int]:
    """A start tag with its attributes in their order, and the index behind it."""
    parts, index = [f"<{opened[1]}"], opened.end()
    while attribute := _ATTRIBUTE.match(text, index):
        value, index = _value(text, attribute.end(), attribute[2], write)
        parts.append(f'{attribute[1]}="{value}"')
    end = _END.match(text, index)
    if end is None:
        return text[opened.start() :], len(text)
    return " ".join(parts) + (" />" if end[1] else ">"), end.end()


def _value(text: str, start: int, quote: str, write: Expression) -> tuple[str, int]:
    end = _expression_end(text, start)
    if end >= 0 and text[end:].lstrip().startswith(quote):
        return write(text[start:end].strip()), text.index(quote, end) + 1
    end = text.find(quote, start)
    end = len(text) if end < 0 else end
    return text[start:end], end + 1


def _characters(text: str, index: int, write: Expression) -> tuple[str, int]:
    end = _expression_end(text, index)
    if end >= 0:
        return write(text[index:end].strip()), end
    end = text.find("<", index + 1)
    end = len(text) if end < 0 else end
    return text[index:end].strip(), end


def _expression_end(text: str, start: int) -> int:
    """The index behind the expression that begins here, -1 where none does."""
    found = _STARTS.match(text, start)
    return end_of_expression(text, found.end() - 1) if found else -1


def _on_one_line(expression: str) -> str:
    """One blank for each run of white space between tokens; an interpolated string may hold code, so that
    nothing is changed where there is one."""
    if _INTERPOLATED.search(expression):
        return expression
    return _CSHARP.sub(lambda found: found["kept"] or " ", expression)


def _unindented(expression: str) -> str:
    """Without the indentation that the lines after the first have in common, as far as no string needs it."""
    first, *rest = expression.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join([first, *(line[margin:] for line in rest)])
